"""Which line cut a tensor from its history: `detach()`, `no_grad()`, a dtype without gradients, values taken out.

No operation records that it cut something. So when `backward` finds nothing to go back through, the source is read
backwards instead, from the expression whose gradient was asked for, through what bound its names, into functions of the
user's that it calls. Where a value is at hand (a variable of the caller's frame) it tells on which side of the cut a
name lies, and so which of several suspects it was.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from types import FrameType, FunctionType
from typing import Any, NamedTuple

from .spans import Span, is_internal
from .statements import FUNCTIONS, MISSING, Binding, Scope, expression_at, path_of, short

__all__ = ["Cut", "asked_for", "find_cut", "rebound_by", "rebound_name"]

Judge = Callable[[Any], "bool | None"]

DEPTH = 8  # bindings and calls between the question and the cut
INTEGER_METHODS = frozenset(
    ("argmax", "argmin", "argsort", "bool", "byte", "count_nonzero", "eq", "ge", "gt", "int", "isclose", "le", "long")
    + ("lt", "ne", "nonzero", "searchsorted", "short", "char")
)
COMPARISONS = frozenset(("bool", "eq", "ge", "gt", "isclose", "le", "lt", "ne"))
INTEGER_DTYPES = frozenset(("bool", "int", "int8", "int16", "int32", "int64", "long", "short", "uint8"))
REBUILT = frozenset(("FloatTensor", "DoubleTensor", "Tensor", "as_tensor", "asarray", "from_numpy", "tensor"))
NUMPY = frozenset(("np", "numpy"))
CREATION = frozenset(
    (
        "arange",
        "empty",
        "eye",
        "full",
        "linspace",
        "ones",
        "ones_like",
        "rand",
        "randn",
        "randn_like",
        "tensor",
        "zeros",
    )
    + ("zeros_like", "rand_like")
)
MODES = frozenset(("inference_mode", "no_grad"))


class Cut(NamedTuple):
    """The place where a history ends: what happens there, and what to write instead."""

    span: Span
    label: str
    advice: str
    certainty: int = 1  # 2 where a value shows that there was a history


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
    return max(found, key=lambda cut: cut.certainty, default=None)


class _Tracer:
    """One search: `trace` yields the cuts behind an expression, the nearest first."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.seen: set[tuple[Any, int, int]] = set()

    def trace(self, node: ast.expr, scope: Scope, depth: int) -> Iterator[Cut]:
        place = scope.code, node.lineno, node.col_offset
        if depth == 0 or place in self.seen:
            return
        self.seen.add(place)
        yield from self._modes(node, scope)
        for part in _parts(node):
            cut = self._direct(part, scope)
            if cut is not None:
                yield cut
        for part in _parts(node):
            path = path_of(part)
            if path is not None:
                yield from self._bound(path, part, scope, depth)
            if isinstance(part, ast.Call):
                yield from self._called(part, scope, depth)

    def knows_history(self, node: ast.AST, scope: Scope) -> bool | None:
        """Whether something in the expression leads to a gradient now; None where that is not known."""
        known: list[bool] = []
        unknown = False
        for part in ast.walk(node):
            path = path_of(part)
            if path is None:
                continue
            value = scope.lookup(path)
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
                    mode = _mode(item.context_expr)
                    if mode == "enable_grad":
                        return
                    if mode is not None:
                        yield self._cut_by_mode(mode, item.context_expr, node, scope)
            if around is scope.body and isinstance(around, FUNCTIONS):
                for decorator in around.decorator_list:
                    mode = _mode(decorator)
                    if mode is not None and mode != "enable_grad":
                        yield Cut(
                            scope.passage(decorator),
                            f"{around.name} records nothing, since {mode} decorates it",
                            f"take {mode} off {around.name}, or call it outside what is to be differentiated",
                            2,
                        )

    def _cut_by_mode(self, mode: str, context: ast.expr, node: ast.expr, scope: Scope) -> Cut:
        statement = next((each for each in scope.around(node) if isinstance(each, ast.stmt)), None)
        rebound = rebound_by(statement)
        if rebound is not None:
            name, instead = rebound
            return Cut(
                scope.passage(statement),
                f"{name} is bound to a new tensor here, under {mode}, which does not require grad",
                f"write {instead}, which updates {name} in place",
                2,
            )
        names = [name for name, _ in _targets(statement)] if statement is not None else []
        what = names[0] if names else short(node)
        certainty = 2 if self.knows_history(node, scope) else 1
        return Cut(
            scope.passage(context),
            f"nothing is recorded under {mode}, where {what} is computed",
            f"compute {what} outside {mode}",
            certainty,
        )

    def _direct(self, part: ast.expr, scope: Scope) -> Cut | None:
        found = self._described(part, scope)
        if found is None:
            return None
        base, label, advice = found
        history = None if base is None else self.knows_history(base, scope)
        if history is False and label.startswith("tensor"):
            history = None  # What it is rebuilt from are numbers by now.
        return Cut(scope.passage(part), label, advice, 1 + bool(history) - (history is False))

    def _described(self, part: ast.expr, scope: Scope) -> tuple[ast.expr | None, str, str] | None:
        """What an expression cuts, how, and what to write instead; None where it cuts nothing."""
        modules = scope.modules
        match part:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=function), args=[first, *_]) if (
                name in NUMPY
            ):
                return (
                    first,
                    f"{name}.{function} computes with NumPy, which records nothing",
                    (f"compute with the torch function in place of {name}.{function}"),
                )
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=function), args=[first, *_]) if (
                name in modules and function in REBUILT
            ):
                return first, f"{function}() makes a new tensor of the values alone", _instead(part, first, name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=function), args=[first, *_]) if (
                name in modules and function in INTEGER_METHODS
            ):
                return first, _integers(function), _smooth(first, part)
            case ast.Call(func=ast.Attribute(value=base, attr="detach")):
                return base, f"detach() leaves the history of {short(base)} behind", _write(base, part)
            case ast.Attribute(value=base, attr="data"):
                return base, f".data leaves the history of {short(base)} behind", _write(base, part)
            case ast.Call(func=ast.Attribute(value=base, attr="item" | "tolist" as method), args=[]):
                return base, f"{method}() takes the values of {short(base)} out as Python numbers", _write(base, part)
            case ast.Call(func=ast.Name(id="float" | "int" as kind), args=[base]):
                return base, f"{kind}() makes a Python number of {short(base)}", _write(base, part)
            case ast.Call(func=ast.Attribute(value=base, attr="numpy")):
                while (
                    isinstance(base, ast.Call) and isinstance(base.func, ast.Attribute) and base.func.attr == "detach"
                ):
                    base = base.func.value
                return (
                    base,
                    f"numpy() takes the values of {short(base)} out",
                    (f"compute with {short(base)} itself, by torch functions"),
                )
            case ast.Call(func=ast.Attribute(value=base, attr="to" | "type"), args=[kind, *_]) if _is_integer(kind):
                return base, f"{ast.unparse(kind)} is a dtype without gradients", _smooth(base, part)
            case ast.Call(func=ast.Attribute(value=base, attr=method)) if method in INTEGER_METHODS:
                return base, _integers(method), _smooth(base, part)
            case ast.Compare(left=base, ops=[ast.Gt() | ast.Lt() | ast.GtE() | ast.LtE() | ast.Eq() | ast.NotEq()]):
                return base, "a comparison gives booleans, which have no gradient", _smooth(base, part)
        return None

    # What it was made of --------------------------------------------------------------------------------------------

    def _bound(self, path: str, node: ast.expr, scope: Scope, depth: int) -> Iterator[Cut]:
        """The cuts behind what a name was bound to, unless its value has a history."""
        value = scope.lookup(path)
        if value is not MISSING and self.judge(value) and not isinstance(value, (list, tuple)):
            return
        bindings = scope.bindings_before(path, node)
        if not bindings and not scope.is_module and value is not MISSING:
            scope = scope.module()
            bindings = scope.bindings(path)[::-1]
        for binding in bindings:
            yield from self.trace(binding.value, scope, depth - 1)
            if value is not MISSING and self.judge(value) is False:
                yield from _never_required(path, binding, scope)

    def _called(self, call: ast.Call, scope: Scope, depth: int) -> Iterator[Cut]:
        """The cuts inside a function of the user's, where that is what is called."""
        path = path_of(call.func)
        called = MISSING if path is None else scope.lookup(path)
        given: dict[str, Any] = {}
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
        called = inspect.unwrap(called) if callable(called) else called
        if not isinstance(called, FunctionType) or is_internal(called.__code__.co_filename):
            return
        inside = Scope.of_function(called, given)
        for node in inside.nodes:
            if isinstance(node, ast.Return) and node.value is not None:
                yield from self.trace(node.value, inside, depth - 1)

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


def rebound_name(span: Span) -> tuple[str, str] | None:
    """The name that the statement at `span` binds to an update of itself by its gradient, and that update in place."""
    scope = Scope(span.code, {}, {})
    node = expression_at(scope.tree, span.position) if scope.tree else None
    around = [] if node is None else [node, *scope.around(node)]
    return rebound_by(next((each for each in around if isinstance(each, ast.stmt)), None))


def _parts(node: ast.AST) -> Iterator[Any]:
    """The subexpressions that the value of an expression is made of, outer ones first."""
    if isinstance(node, (ast.Lambda, *FUNCTIONS)):
        return
    if isinstance(node, ast.expr):
        yield node
        if path_of(node) is not None:
            # `self.h.data`: the longest path first, then what it is an attribute of.
            if isinstance(node, ast.Attribute):
                yield from _parts(node.value)
            return
    for child in ast.iter_child_nodes(node):
        yield from _parts(child)


def _mode(node: ast.expr) -> str | None:
    """The grad mode that an expression enters, by its name, where that is one in which nothing is recorded."""
    called = node.func if isinstance(node, ast.Call) else node
    path = path_of(called)
    name = path.rpartition(".")[2] if path else ""
    if name in MODES:
        return f"{name}()"
    if name == "set_grad_enabled" and isinstance(node, ast.Call) and node.args:
        argument = node.args[0]
        if isinstance(argument, ast.Constant) and argument.value is False:
            return "set_grad_enabled(False)"
    return "enable_grad" if name == "enable_grad" else None


def rebound_by(statement: Any) -> tuple[str, str] | None:
    """The name that an assignment binds anew to an update of itself, and that update in place."""
    for name, value in _targets(statement):
        mentioned = {path_of(part) for part in ast.walk(value)}
        if name not in mentioned or f"{name}.grad" not in mentioned:
            continue
        match value:
            case ast.BinOp(left=left, op=ast.Sub(), right=right) if path_of(left) == name:
                return name, f"{name} -= {short(right)}"
            case ast.BinOp(left=left, op=ast.Add(), right=right) if path_of(left) == name:
                return name, f"{name} += {short(right)}"
        return name, f"{name}.copy_({short(value)})"
    return None


def _targets(statement: Any) -> list[tuple[str, ast.expr]]:
    """The names that an assignment binds, each with the value."""
    match statement:
        case ast.Assign(targets=targets, value=value):
            return [(path, value) for target in targets if (path := path_of(target)) is not None]
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            path = path_of(target)
            return [] if path is None else [(path, value)]
    return []


def _is_integer(node: ast.expr) -> bool:
    path = path_of(node)
    return path is not None and path.rpartition(".")[2] in INTEGER_DTYPES


def _integers(function: str) -> str:
    return f"{function}() gives {'booleans' if function in COMPARISONS else 'integers'}, which have no gradient"


def _smooth(base: ast.expr, part: ast.expr) -> str:
    while isinstance(base, ast.Call) and isinstance(base.func, ast.Attribute) and base.func.attr in INTEGER_METHODS:
        base = base.func.value
    return f"compute the loss from {short(base)} itself: {short(part)} has no derivative"


def _write(base: ast.expr, part: ast.expr) -> str:
    return f"write {short(base)} in place of {short(part)}"


def _instead(part: ast.expr, argument: ast.expr, module: str) -> str:
    """What to write in place of a tensor that is rebuilt from values."""
    match argument:
        case ast.Call(func=ast.Attribute(value=base, attr="item" | "detach" | "numpy" | "tolist")):
            return _write(base, part)
        case ast.ListComp(generators=[ast.comprehension(iter=several)]):
            return f"write {module}.stack({short(several)}) in place of {short(part)}, with tensors in {short(several)}"
        case ast.List():
            return f"write {module}.stack([...]) in place of {module}.tensor([...])"
        case ast.Name(id=name):
            return f"use the tensors that {name} was made of: {module}.stack({name}) where it is a list of them"
    return f"write {short(argument)} in place of {short(part)}"


def _never_required(path: str, binding: Binding, scope: Scope) -> Iterator[Cut]:
    """A tensor that was made without requiring grad, in case no other cut is found."""
    match binding.value:
        case ast.Call(func=ast.Attribute(attr=function), keywords=keywords) if (
            binding.kind == "is" and function in CREATION and all(k.arg != "requires_grad" for k in keywords)
        ):
            yield Cut(
                scope.passage(binding.value),
                f"{path} is made here and does not require grad",
                f"call {path}.requires_grad_() after line {binding.value.lineno}, if it is what is to be learnt",
                -1,
            )


def _freezes(node: ast.AST) -> bool:
    match node:
        case ast.Assign(targets=[ast.Attribute(attr="requires_grad")], value=ast.Constant(value=False)):
            return True
        case ast.Call(func=ast.Attribute(attr="requires_grad_"), args=[ast.Constant(value=False)]):
            return True
    return False
