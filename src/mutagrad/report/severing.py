"""Expressions that cut a tensor from its history: how each does so, and what to write in its place.

Read next: `cuts.py`, which looks for the one that did.
"""

from __future__ import annotations

import ast
from copy import deepcopy
from types import ModuleType
from typing import Any, NamedTuple

from .statements import Scope, path_of, short

__all__ = ["CREATION", "Severance", "picked", "severed"]

COMPARISONS = frozenset(("bool", "eq", "ge", "gt", "isclose", "le", "lt", "ne"))
INTEGER_METHODS = COMPARISONS.union(
    ("argmax", "argmin", "argsort", "byte", "char", "count_nonzero", "int", "long", "nonzero", "searchsorted", "short")
)
INTEGER_DTYPES = frozenset(("bool", "int", "int8", "int16", "int32", "int64", "long", "short", "uint8"))
REBUILT = frozenset(("FloatTensor", "DoubleTensor", "Tensor", "as_tensor", "asarray", "from_numpy", "tensor"))
WITH_INDICES = frozenset(("cummax", "cummin", "kthvalue", "max", "median", "min", "mode", "sort", "topk"))
TAKEN_OUT = frozenset(("cpu", "data", "detach", "item", "numpy", "tolist"))
CREATION = frozenset(
    ("arange", "empty", "eye", "full", "linspace", "ones", "ones_like", "rand", "rand_like", "randn", "randn_like")
    + ("tensor", "zeros", "zeros_like")
)


class Severance(NamedTuple):
    """How an expression cuts `base` from its history, and the way out.

    `weight` orders suspects of which as much is known: to detach (1) is often meant, to take a value out (2) hardly ever,
    and where values are taken out and made a tensor again (3) both ends are seen. `then` is what else to write where
    numbers are made a tensor again, once they are tensors as they come.
    """

    base: ast.expr | None
    label: str
    advice: str
    weight: int = 2
    then: str | None = None


def severed(part: ast.expr, scope: Scope) -> Severance | None:
    """What an expression cuts; None where it cuts nothing."""
    match part:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="np" | "numpy" | "math" as name), attr=function), args=[first, *_]
        ):
            how = "computes with NumPy, which records nothing" if name != "math" else "makes a Python number of it"
            return Severance(first, f"{name}.{function} {how}", _recorded(part, function, first, scope))
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=function), args=[first, *_]) if (
            name in scope.modules
        ):
            return _of_function(name, function, part, first, scope)
        case ast.Call(func=ast.Attribute(value=base, attr=method)):
            return _of_gradient(part) if method == "grad" else _of_method(part, base, method)
        case ast.Call(func=ast.Name(id="float" | "int" as kind), args=[base]):
            return Severance(base, f"{kind}() makes a Python number of {short(base)}", _write(base, part))
        case ast.Call(func=ast.Name(id="grad")):
            return _of_gradient(part)
        case ast.Attribute(value=base, attr="data"):
            return Severance(base, f".data leaves the history of {short(base)} behind", _write(base, part), 1)
        case ast.Attribute(value=base, attr="grad"):
            advice = f"give create_graph=True to the backward() that fills {short(part)}"
            return Severance(None, f"{short(part)} is a gradient without a history of its own", advice, 1)
        case ast.Attribute(value=ast.Call() as call, attr="indices"):
            return picked(call, 1)
        case ast.Subscript(value=ast.Call() as call, slice=ast.Constant(value=int() as item)):
            return picked(call, item)
        case ast.Compare(ops=[first, *_]) if not isinstance(first, (ast.Is, ast.IsNot, ast.In, ast.NotIn)):
            label = "a comparison gives booleans, which have no gradient"
            return Severance(part, label, _smooth(part.left, part))
    return None


def picked(call: ast.expr, item: int | None) -> Severance | None:
    """What is cut by taking result number `item` of a call: the second one of `max` and its like is made of indices."""
    match call:
        case ast.Call(func=ast.Attribute(attr=function)) if function in WITH_INDICES and item == 1:
            base = _subject(call)
            label = f"the second result of {function}() are indices, integers, which have no gradient"
            return Severance(base, label, f"compute the loss from {short(base)} itself, or from the first result")
    return None


def _of_function(name: str, function: str, part: ast.Call, first: ast.expr, scope: Scope) -> Severance | None:
    if function in REBUILT:
        if _is_literal(first):
            return None
        label = f"{function}() makes a new tensor of the values alone"
        of_numpy = _of_numpy(first)
        source = _source(first if of_numpy is None else of_numpy[1])
        advice = _instead(part, first, name, scope)
        held = scope.lookup(path) if (path := path_of(first)) is not None else None
        then = f"{name}.stack({path})" if isinstance(held, (list, tuple)) else short(first)
        then = None if path is None else f"{then} in place of {short(part)} at line {part.lineno}"
        return Severance(source, label, advice, 3 if _takes_out(first) else 1, then)
    if function in INTEGER_METHODS:
        return Severance(first, _integers(function), _smooth(first, part))
    return None


def _of_method(part: ast.Call, base: ast.expr, method: str) -> Severance | None:
    if method == "detach":
        return Severance(base, f"detach() leaves the history of {short(base)} behind", _write(base, part), 1)
    if method in ("item", "tolist"):
        return Severance(
            base, f"{method}() takes the values of {short(base)} out as Python numbers", _write(base, part)
        )
    if method == "numpy":
        base = _source(base)
        advice = f"compute with {short(base)} itself, by torch functions"
        return Severance(base, f"numpy() takes the values of {short(base)} out", advice)
    if method in ("to", "type"):
        kinds = [*part.args, *[each.value for each in part.keywords if each.arg == "dtype"]]
        kind = next(filter(_is_integer, kinds), None)
        if kind is not None:
            return Severance(base, f"{ast.unparse(kind)} is a dtype without gradients", _smooth(base, part))
    if method in INTEGER_METHODS:
        return Severance(base, _integers(method), _smooth(base, part))
    return None


def _of_gradient(part: ast.Call) -> Severance | None:
    """A gradient that is asked for without a history of its own."""
    path = path_of(part.func) or ""
    if path != "grad" and not path.endswith("autograd.grad"):
        return None
    if any(each.arg in ("create_graph", None) for each in part.keywords):
        return None
    label = "the gradient has no history of its own, since create_graph=True is not given"
    return Severance(None, label, f"give {path} create_graph=True at line {part.lineno}")


def _subject(call: ast.Call) -> ast.expr:
    """What a function or a method is called on."""
    function: Any = call.func
    path = path_of(function.value)
    return call.args[0] if call.args and path in ("torch", "mutagrad", "mg") else function.value


def _source(node: ast.expr) -> ast.expr:
    """The tensor whose values an expression takes out: `x` in `x.detach().cpu().numpy()`."""
    while True:
        match node:
            case ast.Call(func=ast.Attribute(value=base, attr=method)) if method in TAKEN_OUT:
                node = base
            case ast.Attribute(value=base, attr="data"):
                node = base
            case ast.Call(func=ast.Name(id="float"), args=[base]):
                node = base
            case _:
                return node


def _of_numpy(node: ast.AST) -> tuple[str, ast.expr] | None:
    """The function of NumPy that an expression calls, and on what; None where it calls none."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="math" | "np" | "numpy"), attr=function), args=[first, *_]):
            return function, first
    return None


class _TakingIn(ast.NodeTransformer):
    """Leaves out all that takes values out of tensors."""

    def visit(self, node: ast.AST) -> ast.AST:
        return self.generic_visit(_source(node) if isinstance(node, ast.expr) else node)


def _taken_in(node: ast.expr) -> str:
    return short(_TakingIn().visit(deepcopy(node)), 60)


def _takes_out(node: ast.expr) -> bool:
    """Whether an expression takes values out of tensors, or computes with them by NumPy."""
    return _of_numpy(node) is not None or any(
        _source(each) is not each for each in ast.walk(node) if isinstance(each, ast.expr)
    )


def _is_literal(node: ast.expr) -> bool:
    """Whether an expression is made of numbers alone."""
    numbers = (ast.List, ast.Tuple, ast.Constant, ast.UnaryOp, ast.expr_context, ast.unaryop)
    return all(isinstance(each, numbers) for each in ast.walk(node))


def _is_integer(node: ast.expr) -> bool:
    path = path_of(node)
    return path is not None and path.rpartition(".")[2] in INTEGER_DTYPES


# What to write instead ------------------------------------------------------------------------------------------------


def _integers(function: str) -> str:
    return f"{function}() gives {'booleans' if function in COMPARISONS else 'integers'}, which have no gradient"


def _smooth(base: ast.expr, part: ast.expr) -> str:
    while isinstance(base, ast.Call) and isinstance(base.func, ast.Attribute) and base.func.attr in INTEGER_METHODS:
        base = base.func.value
    return f"compute the loss from {short(base)} itself: {short(part)} has no derivative"


def _write(base: ast.expr, part: ast.expr) -> str:
    return f"write {short(base)} in place of {short(part)}"


def _library(scope: Scope) -> tuple[str, Any]:
    """What the program calls the library, and the library."""
    for name in ("torch", "mutagrad", *sorted(scope.modules)):
        value = scope.lookup(name)
        if isinstance(value, ModuleType) and value.__name__ == "mutagrad":
            return name, value
    return "torch", None


def _recorded(part: ast.expr, function: str, argument: ast.expr, scope: Scope) -> str:
    """The function of the library that does what one of NumPy's does."""
    name, library = _library(scope)
    if hasattr(library, function):
        return f"write {name}.{function}({_taken_in(argument)}) in place of {short(part)}"
    return f"compute with functions of {name} in place of {short(part)}"


def _instead(part: ast.expr, argument: ast.expr, module: str, scope: Scope) -> str:
    """What to write in place of a tensor that is rebuilt from values."""
    of_numpy = _of_numpy(argument)
    if of_numpy is not None:
        function, given = of_numpy
        if function in ("array", "asarray"):
            return _instead(part, given, module, scope)
        return _recorded(part, function, given, scope)
    match argument:
        case ast.ListComp(elt=elt, generators=[ast.comprehension(target=target, iter=several, ifs=[])]):
            same = ast.unparse(_source(elt)) == ast.unparse(target)
            stacked = short(several) if same else _taken_in(argument)
            return f"write {module}.stack({stacked}) in place of {short(part)}"
        case ast.List(elts=elements) if not any(isinstance(each, ast.List) for each in elements):
            numbers = [
                f"{module}.tensor({ast.unparse(each)})" if _is_literal(each) else _taken_in(each) for each in elements
            ]
            return f"write {module}.stack([{', '.join(numbers)}]) in place of {short(part)}"
        case ast.Name(id=name):
            held = scope.lookup(name)
            if isinstance(held, (list, tuple)) and held and hasattr(held[0], "requires_grad"):
                return f"write {module}.stack({name}) in place of {short(part)}"
            if isinstance(held, float):
                return f"let {name} be made of tensors, and write {name} in place of {short(part)}"
            return f"use the tensors that {name} was made of: {module}.stack({name}) where it is a list of them"
    return f"write {_taken_in(argument)} in place of {short(part)}"
