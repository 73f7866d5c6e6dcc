"""The statements around a place in the user's program: what bound a name before it, and what encloses it.

An error comes when all is over: the frame of the caller is still there, with the values of its variables, and so is its
source. From the two can be read what no record was kept of: where a tensor was made, which line cut it from its history.
Everything here looks at text and at values that are there already; nothing of the user's program is run.
"""

from __future__ import annotations

import ast
import builtins
import sys
import warnings
from collections.abc import Iterator, Mapping
from functools import cached_property
from inspect import CO_OPTIMIZED
from types import CodeType, FrameType, FunctionType
from typing import Any, NamedTuple

from . import source
from .spans import Position, Span

__all__ = [
    "MISSING",
    "Binding",
    "Scope",
    "as_receiver",
    "expression_at",
    "is_assignment",
    "is_called_on",
    "modules_in",
    "path_of",
    "short",
    "syntax_tree",
    "tested_at",
    "values_in",
]

MISSING: Any = object()
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
LOOPS = (ast.For, ast.AsyncFor, ast.While)
# What the library is imported as, for sources (a cell, a REPL line) in which the import does not stand.
USUAL_MODULES = frozenset(("F", "mutagrad", "mg", "torch"))
_trees: dict[str, tuple[list[str], ast.Module | None]] = {}


class Binding(NamedTuple):
    """A statement or expression that bound a name (or put something into what it names), to a part of `value`.

    `kind` is "is" for an assignment, "each" for a loop over `value`, "also" for what is put in addition to what was there.
    `item` is which of the several results that `value` has.
    """

    node: ast.AST
    value: ast.expr
    kind: str = "is"
    item: int | None = None


def syntax_tree(code: CodeType) -> ast.Module | None:
    """The syntax of the file that `code` was compiled from; None where its source is not known."""
    lines = source.lines(code)
    known = _trees.get(code.co_filename)
    if known is not None and known[0] == lines:
        return known[1]
    tree = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # The compiler has warned of "\d" already.
            tree = ast.parse("".join(lines)) if lines else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    if len(_trees) > 100:
        _trees.clear()
    _trees[code.co_filename] = lines, tree
    return tree


def modules_in(tree: ast.Module) -> frozenset[str]:
    """Names that stand for modules rather than tensors."""
    imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    aliases = [alias for statement in imports for alias in statement.names]
    return USUAL_MODULES.union(alias.asname or alias.name.split(".")[0] for alias in aliases)


def expression_at(tree: ast.Module, position: Position) -> ast.AST | None:
    """The expression, or augmented assignment, whose instruction stands at `position`.

    A method call that goes over several lines is filed from the method's name on, so only the ends are sure to agree;
    of the nodes which end there, the one that begins last is meant.
    """
    if position.line is None or position.column is None:
        return None
    start, end = (position.line, position.column), (position.end_line, position.end_column)
    candidates = [
        node
        for node in ast.walk(tree)
        if isinstance(node, (ast.expr, ast.AugAssign))
        and (node.end_lineno, node.end_col_offset) == end
        and (node.lineno, node.col_offset) <= start
    ]
    return max(candidates, key=lambda node: (node.lineno, node.col_offset), default=None)


def tested_at(tree: ast.Module, position: Position) -> ast.expr | None:
    """The expression of which the instruction at `position` asks whether it is true."""
    node: Any = expression_at(tree, position)
    if node is None or isinstance(node, ast.AugAssign):
        branches = (each for each in ast.walk(tree) if isinstance(each, (ast.If, ast.While, ast.Assert)))
        node = next((each.test for each in branches if each.lineno == position.line), None)
    return node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) else node


def is_called_on(tree: ast.Module, span: Span, owner: ast.expr) -> bool:
    """Whether what ran at `span` is the call of a method of `owner`."""
    node = expression_at(tree, span.position)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.value is owner


def is_assignment(span: Span) -> bool:
    """Whether what ran at `span` is an assignment to an index, `x[i] = y`."""
    tree = syntax_tree(span.code)
    node = expression_at(tree, span.position) if tree else None
    return isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)


def as_receiver(node: ast.AST) -> str:
    """The source of an expression as a method can be called on it: in brackets where it needs them."""
    primary = isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript))
    return short(node) if primary else f"({short(node)})"


def path_of(node: ast.AST) -> str | None:
    """`a`, `a.b.c` or `a["b"]` where the expression is a variable, or a path of names and constant keys from one."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            before = path_of(value)
            return before and f"{before}.{name}"
        case ast.Subscript(value=value, slice=ast.Constant(value=str() | int() as key)):
            before = path_of(value)
            return before and f"{before}[{key!r}]"
    return None


def short(node: ast.AST, width: int = 40) -> str:
    """The source of an expression on one line, as short as `width`: what goes beyond is cut out of the middle.

    >>> short(ast.parse("torch.tensor([loss.item() for loss in losses]).mean()"))
    'torch.tensor([loss....in losses]).mean()'
    """
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= width else f"{text[: width // 2 - 1]}...{text[2 - width // 2 :]}"


class Scope:
    """One function, or module, of the user's program: its syntax, and the values its names have now where that is known."""

    def __init__(self, code: CodeType, values: Mapping[str, Any], outer: Mapping[str, Any]) -> None:
        self.code = code
        self.values = values
        self.outer = outer
        self.tree = syntax_tree(code)
        self.body = self.tree and _body(self.tree, code)
        self.parents: dict[ast.AST, ast.AST] = {}
        self.nodes = list(self._walk(self.body)) if self.body is not None else []

    @classmethod
    def of_frame(cls, frame: FrameType) -> Scope:
        """The scope of a frame, with the values its variables have at this moment."""
        return cls(frame.f_code, values_in(frame), frame.f_globals)

    @classmethod
    def of_function(cls, function: FunctionType, given: Mapping[str, Any]) -> Scope:
        """The scope of a function that has returned: of its variables those `given` are known, and those it closes over."""
        cells = zip(function.__code__.co_freevars, function.__closure__ or ())
        closed = {name: value for name, cell in cells if (value := _contents(cell)) is not MISSING}
        return cls(function.__code__, {**closed, **given}, function.__globals__)

    @property
    def is_module(self) -> bool:
        """Whether this is what stands at the outermost level of a file."""
        return isinstance(self.body, ast.Module)

    @cached_property
    def modules(self) -> frozenset[str]:
        """The names that stand for modules rather than tensors."""
        return modules_in(self.tree) if self.tree else frozenset()

    def module(self) -> Scope:
        """The scope of the file's outermost level, with the values of its names."""
        made = Scope(self.code, self.outer, self.outer)
        made.body, made.parents = made.tree, {}
        made.nodes = list(made._walk(made.body)) if made.body is not None else []
        return made

    def earlier(self) -> Iterator[Scope]:
        """In a notebook the scopes of the cells before this one, the latest first: their names are the same."""
        for filename in source.earlier_cells(self.code.co_filename) if self.is_module else ():
            yield Scope(compile("", filename, "exec"), self.values, self.outer)

    def _walk(self, node: ast.AST) -> Iterator[ast.AST]:
        """All below, in the order of the text, without what is inside other functions and classes."""
        yield node
        if node is not self.body and isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
            return
        for child in ast.iter_child_nodes(node):
            self.parents[child] = node
            yield from self._walk(child)

    def lookup(self, path: str) -> Any:
        """What a name or a path stands for now; MISSING where that cannot be told without running code."""
        return self._value_of(ast.parse(path, mode="eval").body)

    def _value_of(self, node: ast.expr) -> Any:
        match node:
            case ast.Name(id=name):
                return self._variable(name)
            case ast.Attribute(value=value, attr=name):
                owner = self._value_of(value)
                return MISSING if owner is MISSING else _attribute(owner, name)
            case ast.Subscript(value=value, slice=ast.Constant(value=key)):
                return _element(self._value_of(value), key)
        return MISSING

    def _variable(self, name: str) -> Any:
        for names in (self.values, self.outer, vars(builtins)):
            if name in names:
                return names[name]
            if names is self.values and not self.is_module and self._is_local(name):
                return MISSING
        return MISSING

    def _is_local(self, name: str) -> bool:
        return name in self.code.co_varnames or name in self.code.co_cellvars

    def passage(self, node: Any) -> Span:
        """The place of a piece of syntax."""
        return Span(self.code, -1, Position(node.lineno, node.end_lineno, node.col_offset, node.end_col_offset))

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """What encloses a node, from the inside to the function."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def bindings(self, path: str) -> list[Binding]:
        """All that binds a name or dotted path in this scope, in the order of the text."""
        found = (each for node in self.nodes for each in _bindings(node))
        return [binding for target, binding in found if path_of(target) == path]

    def bindings_before(self, path: str, node: Any) -> list[Binding]:
        """What may have bound `path` when `node` ran: the nearest before it, and later ones in a loop around both."""
        for around in self.around(node):
            for each in getattr(around, "generators", ()):  # of a comprehension
                if any(path_of(name) == path for name in ast.walk(each.target)):
                    return [Binding(each.iter, each.iter, "each")]
        loops = [each for each in self.around(node) if isinstance(each, LOOPS)]
        found = self.bindings(path)
        before = [each for each in found if _start(each.node) < _start(node) and not _within(each.node, node)]
        last = next((i for i in reversed(range(len(before))) if before[i].kind != "also"), 0)
        nearest = before[last:][::-1]
        inside = {id(loop) for loop in loops}
        carried = [
            each
            for each in found
            if _start(each.node) > _start(node) and inside & {id(x) for x in self.around(each.node)}
        ]
        in_loop = [each for each in nearest if inside & {id(x) for x in self.around(each.node)}]
        return nearest if in_loop else [*carried[::-1], *nearest]


def values_in(frame: FrameType) -> Mapping[str, Any]:
    """The variables of a frame and what they hold."""
    values = frame.f_locals
    if sys.version_info >= (3, 13) or not frame.f_code.co_flags & CO_OPTIMIZED:
        return values
    # Up to Python 3.12 a function's frame keeps the dictionary, and so all that is in it, until it returns.
    taken = dict(values)
    values.clear()
    return taken


def _body(tree: ast.Module, code: CodeType) -> ast.AST:
    """The function that `code` is the code of, or the one around it (of a comprehension, say)."""
    if code.co_name == "<module>":
        return tree
    if code.co_name == "<lambda>":
        return _lambda(tree, code) or tree
    functions = [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]
    for node in functions:
        if node.name == code.co_name and _first_line(node) == code.co_firstlineno:
            return node
    around = [n for n in functions if n.lineno <= code.co_firstlineno <= (n.end_lineno or n.lineno)]
    return max(around, key=lambda node: node.lineno, default=tree)


def _lambda(tree: ast.Module, code: CodeType) -> ast.Lambda | None:
    """The lambda that `code` is the code of: of several on a line the one in which its instructions lie."""
    found = [each for each in ast.walk(tree) if isinstance(each, ast.Lambda) and each.lineno == code.co_firstlineno]
    columns = {(line, column) for line, _, column, _ in code.co_positions() if column}
    return max(found, key=lambda each: sum(_start(each.body) <= at <= _end(each.body) for at in columns), default=None)


def _first_line(function: Any) -> int:
    return min([function.lineno, *[each.lineno for each in function.decorator_list]])


def _attribute(value: Any, name: str) -> Any:
    """An attribute that is there as such, or registered with a module; nothing is computed for it."""
    held = getattr(value, "__dict__", {})
    for names in (held, *[held.get(kind) or {} for kind in ("_parameters", "_buffers", "_modules")]):
        if isinstance(names, Mapping) and name in names:
            return _function(names[name])
    for kind in type(value).__mro__:
        if name in vars(kind):
            found = _function(vars(kind)[name])
            return found if isinstance(found, FunctionType) else MISSING
    return MISSING


def _function(found: Any) -> Any:
    return found.__func__ if isinstance(found, (staticmethod, classmethod)) else found


def _element(owner: Any, key: Any) -> Any:
    """An element of a list or a dictionary; nothing is computed for it."""
    try:
        if type(owner) in (list, tuple):
            return owner[key]
        return dict.get(owner, key, MISSING) if isinstance(owner, dict) else MISSING
    except (IndexError, TypeError):
        return MISSING


def _contents(cell: Any) -> Any:
    """What a variable that a function closes over holds."""
    try:
        return cell.cell_contents
    except ValueError:
        return MISSING


def _start(node: Any) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _within(outer: Any, node: Any) -> bool:
    """Whether an assignment is the statement that `node` is a part of: it binds only after."""
    if isinstance(outer, LOOPS):
        return False
    return _start(outer) <= _start(node) and _end(node) <= _end(outer)


def _end(node: Any) -> tuple[int, int]:
    return node.end_lineno, node.end_col_offset


def _bindings(node: ast.AST) -> Iterator[tuple[ast.AST, Binding]]:
    """Each target that a node binds, with the binding."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _unpacked(node, target, value)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield from _unpacked(node, target, value)
        case ast.AugAssign(target=target, value=value):
            yield _root(target), Binding(node, value, "also")
        case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
            for name in ast.walk(target):
                yield name, Binding(node, value, "each")
        case ast.NamedExpr(target=target, value=value):
            yield target, Binding(node, value)
        case ast.Call(func=ast.Attribute(value=receiver, attr="append" | "extend" | "insert"), args=[*_, value]):
            yield receiver, Binding(node, value, "also")


def _unpacked(
    node: ast.AST, target: ast.expr, value: ast.expr, item: int | None = None
) -> Iterator[tuple[ast.AST, Binding]]:
    if isinstance(target, (ast.Tuple, ast.List)):
        parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
        for i, each in enumerate(target.elts):
            same = len(parts) == len(target.elts)
            yield from _unpacked(node, each, parts[i] if same else value, None if same else i)
        return
    target = target.value if isinstance(target, ast.Starred) else target
    if isinstance(target, ast.Subscript):
        yield _root(target), Binding(node, value, "also")
    yield target, Binding(node, value, item=item)


def _root(target: ast.expr) -> ast.expr:
    while isinstance(target, ast.Subscript):
        target = target.value
    return target
