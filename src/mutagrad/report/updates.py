"""Updates that bind a name to a new tensor where they mean to change the one that it has: `w = w - lr * w.grad`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from .spans import Span
from .statements import Scope, expression_at, short

__all__ = ["gathered_by", "rebound_by", "rebound_name", "targets_of"]


def rebound_name(span: Span) -> tuple[str, str] | None:
    """The name that the statement at `span` binds to an update of itself by its gradient, and that update in place."""
    scope = Scope(span.code, {}, {})
    node = expression_at(scope.tree, span.position) if scope.tree else None
    around = [] if node is None else [node, *scope.around(node)]
    return rebound_by(next((each for each in around if isinstance(each, ast.stmt)), None))


def rebound_by(statement: Any) -> tuple[str, str] | None:
    """The name that an assignment binds anew to an update of itself, and that update in place.

    >>> rebound_by(ast.parse("w = w - 0.1 * w.grad").body[0])
    ('w', 'w -= 0.1 * w.grad')
    """
    for target, value in targets_of(statement):
        name = ast.unparse(target)
        instead = _in_place(name, value)
        if instead is not None:
            return name, instead
    return None


def gathered_by(statement: Any) -> tuple[str, str] | None:
    """The same of an assignment that puts the updates of other tensors where those were: `ws[i] = w - lr * w.grad`.

    >>> gathered_by(ast.parse("ws = [w - 0.1 * w.grad for w in ws]").body[0])
    ('ws', 'for w in ws: w -= 0.1 * w.grad')
    """
    for target, value in targets_of(statement):
        match value:
            case ast.ListComp(elt=updated, generators=[ast.comprehension(target=each, iter=several, ifs=[])]):
                pass
            case ast.DictComp(value=updated, generators=[ast.comprehension(target=each, iter=several, ifs=[])]):
                pass
            case ast.BinOp(left=left):
                instead = _in_place(ast.unparse(left), value)
                if instead is not None:
                    return ast.unparse(target), instead
                continue
            case _:
                continue
        bound = [ast.unparse(name) for name in ast.walk(each) if isinstance(name, ast.Name)]
        instead = next((found for name in bound if (found := _in_place(name, updated)) is not None), None)
        if instead is not None:
            return ast.unparse(target), f"for {ast.unparse(each)} in {short(several)}: {instead}"
    return None


def _in_place(name: str, value: ast.expr) -> str | None:
    """What changes the tensor `name` to `value`; None where that is no update of it by its gradient."""
    mentioned = {
        ast.unparse(part) for part in ast.walk(value) if isinstance(part, (ast.Name, ast.Attribute, ast.Subscript))
    }
    if name not in mentioned or f"{name}.grad" not in mentioned:
        return None
    match value:
        case ast.BinOp(left=left, op=ast.Sub(), right=right) if ast.unparse(left) == name:
            return f"{name} -= {short(right)}"
        case ast.BinOp(left=left, op=ast.Add(), right=right) if ast.unparse(left) == name:
            return f"{name} += {short(right)}"
    return f"{name}.copy_({short(value)})"


def targets_of(statement: Any) -> Iterator[tuple[ast.expr, ast.expr]]:
    """The names, attributes and elements that an assignment binds, each with the value."""
    match statement:
        case ast.Assign(targets=targets, value=value):
            pass
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            targets = [target]
        case _:
            return
    for target in targets:
        if isinstance(target, (ast.Name, ast.Attribute, ast.Subscript)):
            yield target, value
