"""Which line cut a tensor from its history: `detach()`, `no_grad()`, a dtype without gradients, values taken out.

No operation records that it cut something. So when `backward` finds nothing to go back through, the source is read
backwards instead, from the expression whose gradient was asked for, through what bound its names, into functions of the
user's that it calls. Where a value is at hand (a variable of the caller's frame) it tells on which side of the cut a
name lies, and so which of several suspects it was.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from types import FrameType, FunctionType
from typing import Any, NamedTuple

from .severing import CREATION, Severance, picked, severed
from .spans import Span, is_internal
from .statements import FUNCTIONS, MISSING, Binding, Scope, expression_at, path_of, short
from .updates import gathered_by, rebound_by, targets_of

__all__ = ["Cut", "asked_for", "find_cut"]

Judge = Callable[[Any], "bool | None"]

DEPTH = 8  # bindings and calls between the question and the cut
MODES = frozenset(("inference_mode", "no_grad"))


class Cut(NamedTuple):
    """The place where a history ends: what happens there, and what to write instead."""

    span: Span
    label: str
    advice: str
    certainty: int = 1  # 2 where a value shows that there was a history
    weight: int = 2  # among those of which as much is known; none where it is only an index that is cut
    then: str | None = None  # where numbers are made a tensor again: what else to write, when they are tensors

    @property
    def is_taken_out(self) -> bool:
        """Whether it makes Python numbers of a tensor."""
        return "Python number" in self.label


def asked_for(frame: FrameType, span: Span | None, index: int, inputs: bool = False) -> tuple[Scope, ast.expr] | None:
    """The expression whose gradient the call at `span` asks for, as number `index` of several; with `inputs`, that of the
    tensor with respect to which it asks.
    """
    scope = Scope.of_frame(frame)
    if scope.tree is None or span is None:
        return None
    arguments: list[ast.expr] = []
    call = expression_at(scope.tree, span.position)
    match call:
        case ast.Call(func=ast.Attribute(value=receiver, attr="backward"), args=given) if not _is_module(
            receiver, scope
        ):
            arguments = [receiver, *given]
        case ast.Call(args=given):
            arguments = given
    asked = arguments[int(inputs)] if int(inputs) < len(arguments) else None
    if isinstance(call, ast.Call):
        named = "inputs" if inputs else "outputs"
        asked = next((each.value for each in call.keywords if each.arg == named), asked)
    if isinstance(asked, (ast.List, ast.Tuple)):
        asked = asked.elts[index] if index < len(asked.elts) else None
    return None if asked is None else (scope, asked)


def _is_module(node: ast.expr, scope: Scope) -> bool:
    """Whether an expression names a module, as `torch.autograd` does, rather than a tensor."""
    path = path_of(node)
    return path is not None and (path.partition(".")[0] in scope.modules or path.endswith("autograd"))


def find_cut(scope: Scope, asked: ast.expr, judge: Judge) -> Cut | None:
    """Where `asked` lost its history; None where the source does not tell.

    `judge(value)` says whether a value leads to a gradient; None for what is neither a tensor nor a module.
    """
    tracer = _Tracer(judge)
    found = list(tracer.trace(asked, scope, DEPTH))
    cut = max(found, key=lambda cut: (cut.certainty, cut.weight), default=None)
    then = next((each.then for each in found if each.then is not None), None)
    if cut is None or then is None or not cut.is_taken_out:
        return cut
    return cut._replace(advice=f"{cut.advice}, and {then}")


class _Tracer:
    """One search: `trace` yields the cuts behind an expression, the nearest first."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.seen: set[tuple[Any, int, int]] = set()

    def trace(self, node: ast.expr, scope: Scope, depth: int, is_index: bool = False) -> Iterator[Cut]:
        place = scope.code, node.lineno, node.col_offset
        if depth == 0 or place in self.seen:
            return
        self.seen.add(place)
        yield from self._modes(node, scope)
        parts = list(_parts(node, is_index))
        for part, indexes in parts:
            cut = self._direct(part, scope)
            if cut is not None:
                yield cut._replace(weight=0) if indexes else cut
        for part, indexes in parts:
            path = path_of(part)
            if path is not None:
                yield from self._bound(path, part, scope, depth, indexes)
            if isinstance(part, ast.Call):
                yield from self._called(part, scope, depth)

    def knows_history(self, node: ast.AST, scope: Scope) -> bool | None:
        """Whether something in the expression leads to a gradient now; None where that is not known."""
        known: list[bool] = []
        unknown = False
        for part in ast.walk(node):
            path = path_of(part)
            value = MISSING if path is None else scope.lookup(path)
            if path is None or (value is MISSING and isinstance(part, ast.Subscript)):
                continue  # Of an element nothing is known: what it is an element of comes next.
            judged = None if value is MISSING else self.judge(value)
            unknown = unknown or value is MISSING
            if judged is not None:
                known.append(judged)
        return True if any(known) else None if unknown or not known else False

    # What may cut -------------------------------------------------------------------------------------------------

    def _modes(self, node: ast.expr, scope: Scope) -> Iterator[Cut]:
        """A block or a function around the expression in which nothing is recorded."""
        for around in scope.around(node):
            if isinstance(around, (ast.With, ast.AsyncWith)):
                for item in around.items:
                    mode = _mode(item.context_expr, scope)
                    if mode == "enable_grad":
                        return
                    if mode is not None:
                        yield self._cut_by_mode(mode, item.context_expr, node, scope)
            if around is scope.body and isinstance(around, FUNCTIONS):
                for decorator in around.decorator_list:
                    mode = _mode(decorator, scope)
                    if mode is not None and mode != "enable_grad":
                        yield Cut(
                            scope.passage(decorator),
                            f"{around.name} records nothing, since {mode} decorates it",
                            f"take {mode} off {around.name}, or call it outside what is to be differentiated",
                            2,
                        )
        for where in (scope,) if scope.is_module else (scope, scope.module()):
            switch = _last_switch(where, None if where is not scope else node)
            if switch is not None and _mode(switch, where) == "set_grad_enabled(False)":
                yield Cut(
                    where.passage(switch),
                    "nothing is recorded from here on, until set_grad_enabled(True)",
                    f"call set_grad_enabled(True) before {short(node)}, or put what is not to be recorded under no_grad()",
                    1 + bool(self.knows_history(node, scope)),
                )

    def _cut_by_mode(self, mode: str, context: ast.expr, node: ast.expr, scope: Scope) -> Cut:
        statement = next((each for each in scope.around(node) if isinstance(each, ast.stmt)), None)
        itself, gathered = rebound_by(statement), gathered_by(statement)
        if itself or gathered:
            name, instead = itself or gathered or ("", "")
            updated = f"updates {name} in place" if itself else "updates in place"
            made = (
                "new tensors here, under {}, which do"
                if instead.startswith("for ")
                else "a new tensor here, under {}, which does"
            )
            label = f"{name} is bound to {made.format(mode)} not require grad"
            return Cut(scope.passage(statement), label, f"write {instead}, which {updated}", 2)
        names = [path for target, _ in targets_of(statement) if (path := path_of(target)) is not None]
        what = names[0] if names else short(node)
        certainty = 2 if self.knows_history(node, scope) else 1
        advice = f"compute {what} outside {mode}"
        if mode.startswith("set_grad_enabled(") and mode != "set_grad_enabled(False)":
            advice = f"let {mode[17:-1]} be true where {what} is to have a gradient"
        return Cut(
            scope.passage(context), f"nothing is recorded under {mode}, where {what} is computed", advice, certainty
        )

    def _direct(self, part: ast.expr, scope: Scope) -> Cut | None:
        return self._cut_by(severed(part, scope), part, scope)

    def _cut_by(self, found: Severance | None, part: ast.expr, scope: Scope) -> Cut | None:
        if found is None:
            return None
        history = None if found.base is None else self.knows_history(found.base, scope)
        if history is False and found.label.startswith("tensor"):
            history = None  # What it is rebuilt from are numbers by now.
        certainty = 1 + bool(history) - (history is False)
        return Cut(scope.passage(part), found.label, found.advice, certainty, found.weight, found.then)

    # What it was made of --------------------------------------------------------------------------------------------

    def _bound(self, path: str, node: ast.expr, scope: Scope, depth: int, is_index: bool) -> Iterator[Cut]:
        """The cuts behind what a name was bound to, unless its value has a history."""
        value = scope.lookup(path)
        if value is not MISSING and self.judge(value) and not isinstance(value, (dict, list, tuple)):
            return
        if value is not MISSING and isinstance(node, (ast.Attribute, ast.Subscript)) and self.judge(value) is False:
            yield from _rebound_elsewhere(node, scope)
        if value is MISSING and isinstance(node, ast.Attribute):
            yield from self._property(node, scope, depth)
        bindings = scope.bindings_before(path, node)
        if not bindings and not scope.is_module and value is not MISSING:
            scope = scope.module()
            bindings = scope.bindings(path)[::-1]
        if not bindings and value is not MISSING:
            earlier = ((cell, found) for cell in scope.earlier() if (found := cell.bindings(path)[::-1]))
            scope, bindings = next(earlier, (scope, bindings))
        for binding in bindings:
            cut = self._cut_by(picked(binding.value, binding.item), binding.value, scope)
            if cut is not None:
                yield cut._replace(weight=0) if is_index else cut
            yield from self.trace(binding.value, scope, depth - 1, is_index)
            if value is not MISSING and self.judge(value) is False:
                yield from _never_required(path, binding, scope)

    def _property(self, node: ast.Attribute, scope: Scope, depth: int) -> Iterator[Cut]:
        """The cuts inside a property of the user's."""
        path = path_of(node.value)
        owner = MISSING if path is None else scope.lookup(path)
        found = MISSING if owner is MISSING else getattr(type(owner), node.attr, MISSING)
        if isinstance(found, property) and isinstance(found.fget, FunctionType):
            yield from self._inside(Scope.of_function(found.fget, {"self": owner}), depth)

    def _inside(self, inside: Scope, depth: int) -> Iterator[Cut]:
        """The cuts behind what a function gives."""
        if isinstance(inside.body, ast.Lambda):
            yield from self.trace(inside.body.body, inside, depth - 1)
        for node in inside.nodes:
            if isinstance(node, (ast.Return, ast.Yield, ast.YieldFrom)) and node.value is not None:
                yield from self.trace(node.value, inside, depth - 1)

    def _called(self, call: ast.Call, scope: Scope, depth: int) -> Iterator[Cut]:
        """The cuts inside a function of the user's, where that is what is called."""
        path = path_of(call.func)
        called = MISSING if path is None else scope.lookup(path)
        given: dict[str, Any] = {}
        match call.func:  # `Model().loss()`: of what is just made only the class is known
            case ast.Attribute(value=ast.Call(func=ast.Name(id=name)), attr=method):
                kind = scope.lookup(name)
                called = getattr(kind, method, MISSING) if isinstance(kind, type) else MISSING
        if called is MISSING:
            return
        if self.judge(called) is False:  # a module of which nothing requires grad
            yield from self._frozen(path or "", call, scope)
        forward = getattr(type(called), "forward", None)
        if isinstance(forward, FunctionType):
            given, called = {"self": called}, forward
        elif path is not None and "." in path and isinstance(called, FunctionType):
            owner = scope.lookup(path.rpartition(".")[0])
            given = {} if owner is MISSING else {"self": owner}
        while isinstance(called, FunctionType) and is_internal(called.__code__.co_filename):
            called = getattr(called, "__wrapped__", None)  # no_grad() as a decorator, say
        if isinstance(called, FunctionType):
            yield from self._inside(Scope.of_function(called, given), depth)

    def _frozen(self, name: str, call: ast.Call, scope: Scope) -> Iterator[Cut]:
        for where in (scope, scope.module()):
            for node in where.nodes:
                if _freezes(node):
                    yield Cut(
                        where.passage(node),
                        f"no parameter of {name} requires grad from here on",
                        f"call {name}.requires_grad_() before {short(call)}",
                        2,
                    )
                    return


def _last_switch(scope: Scope, before: ast.expr | None) -> ast.Call | None:
    """The last `set_grad_enabled(...)` that stands as a statement of its own, before an expression of the scope."""
    calls = [each.value for each in scope.nodes if isinstance(each, ast.Expr) and isinstance(each.value, ast.Call)]
    switches = [each for each in calls if (path_of(each.func) or "").rpartition(".")[2] == "set_grad_enabled"]
    return next((each for each in reversed(switches) if before is None or each.lineno < before.lineno), None)


def _rebound_elsewhere(node: ast.Attribute | ast.Subscript, scope: Scope) -> Iterator[Cut]:
    """The statement that binds such an attribute or element to an update of itself, in whatever function of the file."""
    holder = node.value if isinstance(node, ast.Subscript) else node
    name = (path_of(holder) or "").rpartition(".")[2]
    alike = re.compile(
        rf"(.*\.)?{re.escape(name)}\[.*\]" if isinstance(node, ast.Subscript) else rf".*\.{re.escape(name)}"
    )
    for statement in ast.walk(scope.tree) if scope.tree else ():
        found = rebound_by(statement)
        if found is not None and alike.fullmatch(found[0]):
            name, instead = found
            label = f"{name} is bound to a new tensor here, which does not require grad"
            yield Cut(scope.passage(statement), label, f"write {instead}, which updates {name} in place", 2)


def _parts(node: ast.AST, is_index: bool = False) -> Iterator[tuple[Any, bool]]:
    """The subexpressions that the value of an expression is made of, outer ones first; and whether they only index."""
    if isinstance(node, (ast.Lambda, *FUNCTIONS)):
        return
    if isinstance(node, ast.expr):
        yield node, is_index
        if path_of(node) is not None:
            # `self.h.data`: the longest path first, then what it is an attribute of.
            if isinstance(node, (ast.Attribute, ast.Subscript)):
                yield from _parts(node.value, is_index)
            return
    for child in ast.iter_child_nodes(node):
        yield from _parts(child, is_index or (isinstance(node, ast.Subscript) and child is node.slice))


def _mode(node: ast.expr, scope: Scope) -> str | None:
    """The grad mode that an expression enters, by its name, where that is one in which nothing is (perhaps) recorded."""
    called = node.func if isinstance(node, ast.Call) else node
    path = path_of(called)
    name = path.rpartition(".")[2] if path else ""
    if name in MODES:
        return f"{name}()"
    if name == "set_grad_enabled" and isinstance(node, ast.Call) and node.args:
        argument = node.args[0]
        path = path_of(argument)
        if not (isinstance(argument, ast.Constant) and argument.value) and not (path and scope.lookup(path) is True):
            return f"set_grad_enabled({short(argument)})"
    return "enable_grad" if name == "enable_grad" else None


def _never_required(path: str, binding: Binding, scope: Scope) -> Iterator[Cut]:
    """A tensor that was made without requiring grad, in case no other cut is found."""
    calls = [each for each in ast.walk(binding.value) if isinstance(each, ast.Call)]
    made = [each for each in calls if isinstance(each.func, ast.Attribute) and each.func.attr in CREATION]
    if binding.kind == "is" and made and not any(k.arg == "requires_grad" for each in calls for k in each.keywords):
        yield Cut(
            scope.passage(binding.value),
            f"{path} is made here and does not require grad",
            f"call {path}.requires_grad_() after line {binding.value.end_lineno}, if it is what is to be learnt",
            -1,
        )


def _freezes(node: ast.AST) -> bool:
    match node:
        case ast.Assign(targets=[ast.Attribute(attr="requires_grad")], value=ast.Constant(value=False)):
            return True
        case ast.Call(func=ast.Attribute(attr="requires_grad_"), args=[ast.Constant(value=False)]):
            return True
    return False
