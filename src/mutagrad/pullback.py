"""How a cotangent is pulled back through an operation: its rules, called with what they name.

A rule is a function `rule(xp, ct, ...)` that gives an input's share of the cotangent `ct`. The names of its further
parameters say what it needs: first saved values, then parameters of the operation. `plan_rules` reads them once, when the
operation is declared; `pullback` and `joint_pullback` make of the plans the one function that the reverse pass calls.

Read next: `operation.py`, whose declarations these are; `engine.py`, which calls them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from numpy import generic, ndarray

from mutagrad.graph import Node
from mutagrad.signatures import names_of

Rule = Callable[..., Any]


def same(xp: Any, ct: Any) -> Any:
    """The rule of an input that the result is a sum of, or a copy: its share is the cotangent."""
    return ct


def fitted(xp: Any, shares: Iterable[Any], fit: Sequence[Any]) -> list[Any]:
    """The shares in shape and dtype of their inputs, where `fit` says that these are not the result's."""
    return [s if s is None or f is None else xp.fit(s, *f) for s, f in zip(shares, fit)]


class Plan(NamedTuple):
    """A rule, the slots of the saved values that it takes, and the names of the parameters that follow them."""

    rule: Rule
    slots: tuple[int, ...]
    names: tuple[str, ...]


def plan_rules(
    name: str, rules: Sequence[Rule | None], available: Collection[str]
) -> tuple[dict[str, list[int]], list[Plan | None]]:
    """What the operation `name` saves, each with the numbers of the rules that need it, and the plan of each rule.

    It follows from the names of the rules' parameters: values are saved by the names `available`, in that order, the rest
    are parameters.
    """
    named = [() if rule is None else names_of(rule)[2:] for rule in rules]
    values = [tuple([each for each in names if each in available]) for names in named]
    if any(names[: len(taken)] != taken for names, taken in zip(named, values)):
        raise TypeError(f"{name}: a rule names its saved values first, then its parameters")
    users = {each: [number for number, taken in enumerate(values) if each in taken] for each in available}
    saves = {each: numbers for each, numbers in users.items() if numbers}
    slot = [*saves].index
    plans = [
        None if rule is None else Plan(rule, tuple(map(slot, taken)), names[len(taken) :])
        for rule, names, taken in zip(rules, named, values)
    ]
    return saves, plans


def pullback(plans: Sequence[Plan | None]) -> Callable:
    """`pullback(xp, ct, cells, node)`: the shares of the inputs that want one, called as directly as can be.

    `cells` hold the saved values in their attribute `array`.
    """
    if all(plan is None or plan.rule is same for plan in plans):
        given, number = [plan is not None for plan in plans], len(plans)
        if all(given):
            return lambda xp, ct, cells, node: (ct,) * number
        if given == [False, True]:
            return lambda xp, ct, cells, node: (None, ct)
    if len(plans) == 1 and plans[0] is not None:
        return _pullback_of_one(plans[0])
    if len(plans) == 2 and plans[0] is not None and plans[1] is not None:
        return _pullback_of_two(plans[0], plans[1])
    if len(plans) == 2 and plans[0] is None and plans[1] is not None:
        last = _share(plans[1])
        return lambda xp, ct, cells, node: (None, None if node.edges[1] is None else last(xp, ct, cells, node))
    shares = [None if plan is None else _share(plan) for plan in plans]
    return lambda xp, ct, cells, node: [
        None if share is None or edge is None else share(xp, ct, cells, node) for share, edge in zip(shares, node.edges)
    ]


def _pullback_of_one(plan: Plan) -> Callable:
    rule, slots, names = plan
    if names or len(slots) > 1:
        share = _share(plan)
        return lambda xp, ct, cells, node: (share(xp, ct, cells, node),)
    if not slots:
        return lambda xp, ct, cells, node: (rule(xp, ct),)
    (slot,) = slots

    def pullback(xp: Any, ct: Any, cells: Sequence[Any], node: Node) -> tuple:
        if type(ct) is ndarray or not isinstance(ct, generic):
            return (rule(xp, ct, cells[slot].array),)
        return (rule(xp, ct, cells[slot].array[()]),)

    return pullback


def _pullback_of_two(first: Plan, second: Plan) -> Callable:
    (rule_a, slots_a, names_a), (rule_b, slots_b, names_b) = first, second
    if names_a or names_b or not len(slots_a) == len(slots_b) == 1:
        share_a, share_b = _share(first), _share(second)

        def general(xp: Any, ct: Any, cells: Sequence[Any], node: Node) -> tuple:
            edge_a, edge_b = node.edges
            if edge_b is None:
                return (share_a(xp, ct, cells, node), None)
            if edge_a is None:
                return (None, share_b(xp, ct, cells, node))
            return (share_a(xp, ct, cells, node), share_b(xp, ct, cells, node))

        return general
    (slot_a,), (slot_b,) = slots_a, slots_b

    def pullback(xp: Any, ct: Any, cells: Sequence[Any], node: Node) -> tuple:
        edge_a, edge_b = node.edges
        if type(ct) is ndarray or not isinstance(ct, generic):
            if edge_b is None:
                return (rule_a(xp, ct, cells[slot_a].array), None)
            if edge_a is None:
                return (None, rule_b(xp, ct, cells[slot_b].array))
            return (rule_a(xp, ct, cells[slot_a].array), rule_b(xp, ct, cells[slot_b].array))
        # Of numbers NumPy computes ten times as fast as of arrays without dimensions.
        share_a = None if edge_a is None else rule_a(xp, ct, cells[slot_a].array[()])
        return (share_a, None if edge_b is None else rule_b(xp, ct, cells[slot_b].array[()]))

    return pullback


def _share(plan: Plan) -> Callable:
    """`share(xp, ct, cells, node)`: the rule with its saved values and parameters picked out."""
    rule, slots, names = plan
    if names:
        picked = itemgetter(*names)
        if len(names) == 1 and not slots:
            return lambda xp, ct, cells, node: rule(xp, ct, picked(node.values))
        if len(names) == 1:
            return lambda xp, ct, cells, node: rule(xp, ct, *[cells[s].array for s in slots], picked(node.values))
        if not slots:
            return lambda xp, ct, cells, node: rule(xp, ct, *picked(node.values))
        return lambda xp, ct, cells, node: rule(xp, ct, *[cells[s].array for s in slots], *picked(node.values))
    if not slots:
        return lambda xp, ct, cells, node: rule(xp, ct)
    if len(slots) == 1:
        (slot,) = slots
        return lambda xp, ct, cells, node: rule(xp, ct, cells[slot].array)
    return lambda xp, ct, cells, node: rule(xp, ct, *[cells[s].array for s in slots])


class Around:
    """An operation with something around its pullback; all else is the operation's own."""

    pullback_of_large = None  # which would go past it
    passes = False  # It may change what goes to the first input.

    def __init__(self, operation: Any) -> None:
        self.operation = operation

    def __getattr__(self, name: str) -> Any:
        return getattr(self.operation, name)


def pullback_of_large(plans: Sequence[Plan | None]) -> Callable | None:
    """`pullback(xp, ct, cells, node, over)` of large arrays, by the kernels of the rules (see `namespaces/fused.py`).

    `over` says whether a share may be written over `ct`: that of the last input that wants one is. Rules without kernels
    that take several saved values are called one by one. None where there is another rule without a kernel.
    """
    plain = [plan for plan in plans if plan is not None and not plan.names and not hasattr(plan.rule, "kernel")]
    if (
        len(plain) == len(plans)
        and plain[0].rule is not same
        and len({slot for plan in plain for slot in plan.slots}) > 1
    ):
        return lambda xp, ct, cells, node, over: _one_by_one(
            xp,
            [plan.rule for plan in plain],
            ct,
            [
                None if edge is None else [cells[slot].array for slot in plan.slots]
                for edge, plan in zip(node.edges, plain)
            ],
        )
    if any(plan is None or not hasattr(plan.rule, "kernel") or len(plan.slots) != 1 or plan.names for plan in plans):
        return None
    parts: Any = [(plan.rule, plan.rule.kernel, plan.slots[0]) for plan in plans if plan is not None]

    def pullback(xp: Any, ct: Any, cells: Sequence[Any], node: Node, over: bool) -> Iterator[Any]:
        edges, shares = node.edges, []
        last = max(i for i, edge in enumerate(edges) if edge is not None)
        for i, (rule, kernel, slot) in enumerate(parts):
            share = None
            if edges[i] is not None:
                saved = cells[slot].array
                share = NotImplemented
                if type(ct) is ndarray and type(saved) is ndarray:
                    share = kernel(ct, saved, ct if over and i == last else None)
                if share is NotImplemented:
                    share = rule(xp, ct, saved)
            shares.append(share)
        shares.reverse()
        return (shares.pop() for _ in edges)  # once taken a share is held here no longer, and may be added to

    return pullback


def _one_by_one(xp: Any, rules: Sequence[Rule], ct: Any, given: list[Any]) -> Iterator[Any]:
    """The shares by rules with the values `given` to each (None: no share is wanted), made last to first.

    That is done when the first share is asked for. The pass has let go what was saved by then, so that each value's memory
    is free before the next share is made: the share of a product's first factor can lie where that factor was, of which
    the other's was made.
    """
    shares = []
    for rule in reversed(rules):
        values = given.pop()
        shares.append(None if values is None else rule(xp, ct, *values))
    del ct, values
    while shares:
        yield shares.pop()


def joint_pullback(plan: Plan) -> Callable:
    """`pullback` where one rule gives the shares of all inputs."""
    rule, slots, names = plan
    if "needed" not in names:
        return _share(plan)

    def pullback(xp: Any, ct: Any, cells: Sequence[Any], node: Node) -> Any:
        given = {n: node.values[n] for n in names if n != "needed"}
        given["needed"] = [edge is not None for edge in node.edges]
        return rule(xp, ct, *[cells[s].array for s in slots], **given)

    return pullback
