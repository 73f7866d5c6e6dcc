"""How a cotangent is pulled back through an operation: its rules, called with what they name.

A rule is a function `rule(xp, ct, ...)` that gives an input's share of the cotangent `ct`. The names of its further
parameters say what it needs: first saved values, then parameters of the operation. `plan_rules` reads them once, when the
operation is declared; `pullback` and `joint_pullback` make of the plans the one function that the reverse pass calls.

Read next: `operation.py`, whose declarations these are; `engine.py`, which calls them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

from mutagrad.graph import Node
from mutagrad.namespaces import arrays
from mutagrad.signatures import names_of

Rule = Callable[..., Any]


def same(xp: Any, ct: Any) -> Any:
    """The rule of an input that the result is a sum of, or a copy: its share is the cotangent."""
    return ct


def fitted(xp: Any, shares: Sequence[Any], fit: Sequence[Any]) -> list[Any]:
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

    It follows from the names of the rules' parameters: values are saved by the names `available`, the rest are parameters.
    """
    saves: dict[str, list[int]] = {}
    plans: list[Plan | None] = []
    for number, rule in enumerate(rules):
        if rule is None:
            plans.append(None)
            continue
        wanted = names_of(rule)[2:]
        values = tuple([each for each in wanted if each in available])
        if values != wanted[: len(values)]:
            raise TypeError(f"{name}: a rule names its saved values first, then its parameters")
        for each in values:
            saves.setdefault(each, []).append(number)
        plans.append(Plan(rule, tuple(map([*saves].index, values)), wanted[len(values) :]))
    return saves, plans


def pullback(plans: Sequence[Plan | None]) -> Callable:
    """`pullback(xp, ct, cells, node)`: the shares of the inputs that want one, called as directly as can be.

    `cells` hold the saved values in their attribute `array`.
    """
    if any(plan is not None and plan.names for plan in plans):
        return _pullback_with_parameters(plans)
    if all(plan is not None and plan.rule is same for plan in plans):
        number = len(plans)
        return lambda xp, ct, cells, node: (ct,) * number
    first, second = plans if len(plans) == 2 else (plans[0], None)
    if len(plans) == 1 and first is not None:
        rule, slots, _ = first
        if not slots:
            return lambda xp, ct, cells, node: (rule(xp, ct),)
        if len(slots) == 1:
            (slot,) = slots
            return lambda xp, ct, cells, node: (rule(xp, ct, cells[slot].array),)
    if first is not None and second is not None and len(first.slots) == len(second.slots) == 1:
        return _pullback_of_two(first, second)
    shares = [None if plan is None else _share(*plan[:2]) for plan in plans]
    return lambda xp, ct, cells, node: [
        None if share is None or edge is None else share(xp, ct, cells) for share, edge in zip(shares, node.edges)
    ]


def _pullback_of_two(first: Plan, second: Plan) -> Callable:
    (rule_a, (slot_a,), _), (rule_b, (slot_b,), _) = first, second

    def pullback(xp: Any, ct: Any, cells: Sequence[Any], node: Node) -> tuple:
        edge_a, edge_b = node.edges
        if edge_b is None:
            return (rule_a(xp, ct, cells[slot_a].array), None)
        if edge_a is None:
            return (None, rule_b(xp, ct, cells[slot_b].array))
        return (rule_a(xp, ct, cells[slot_a].array), rule_b(xp, ct, cells[slot_b].array))

    return pullback


def _share(rule: Rule, slots: tuple[int, ...]) -> Callable:
    """`share(xp, ct, cells)`: the rule with its saved values picked out."""
    if not slots:
        return lambda xp, ct, cells: rule(xp, ct)
    return lambda xp, ct, cells: rule(xp, ct, *[cells[slot].array for slot in slots])


def _pullback_with_parameters(plans: Sequence[Plan | None]) -> Callable:
    def pullback(xp: Any, ct: Any, cells: Sequence[Any], node: Node) -> list:
        shares: list[Any] = []
        for plan, edge in zip(plans, node.edges):
            if plan is None or edge is None:
                shares.append(None)
            else:
                rule, slots, names = plan
                shares.append(rule(xp, ct, *[cells[s].array for s in slots], **{n: node.values[n] for n in names}))
        return shares

    return pullback


class Around:
    """An operation with something around its pullback; all else is the operation's own."""

    pullback_of_large = None  # which would go past it

    def __init__(self, operation: Any) -> None:
        self.operation = operation

    def __getattr__(self, name: str) -> Any:
        return getattr(self.operation, name)


def pullback_of_large(plans: Sequence[Plan | None]) -> Callable | None:
    """`pullback(ct, cells, node, over)` of large arrays, by the kernels of the rules (see `namespaces/fused.py`).

    `over` says whether a share may be written over `ct`: that of the last input that wants one is. None where there is a
    rule without a kernel.
    """
    if any(plan is None or not hasattr(plan.rule, "kernel") or len(plan.slots) != 1 or plan.names for plan in plans):
        return None
    parts: Any = [(plan.rule, plan.rule.kernel, plan.slots[0]) for plan in plans if plan is not None]

    def pullback(ct: Any, cells: Sequence[Any], node: Node, over: bool) -> list[Any]:
        edges, shares = node.edges, []
        last = max(i for i, edge in enumerate(edges) if edge is not None)
        for i, (rule, kernel, slot) in enumerate(parts):
            share = None
            if edges[i] is not None:
                saved = cells[slot].array
                share = kernel(ct, saved, ct if over and i == last else None)
                if share is NotImplemented:
                    share = rule(arrays, ct, saved)
            shares.append(share)
        return shares

    return pullback


def joint_pullback(plan: Plan) -> Callable:
    """`pullback` where one rule gives the shares of all inputs."""
    rule, slots, names = plan

    def pullback(xp: Any, ct: Any, cells: Sequence[Any], node: Node) -> Any:
        given = {n: node.values[n] for n in names if n != "needed"}
        if "needed" in names:
            given["needed"] = [edge is not None for edge in node.edges]
        return rule(xp, ct, *[cells[s].array for s in slots], **given)

    return pullback
