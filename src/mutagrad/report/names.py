"""The user's own names for what a line writes to, read from its source.

An advice such as `write h = h.clone()` needs the variable at the root of the written expression: `h` in
`h[:2].add_(1)`, `self.state` in `self.state[i] += 1`. The syntax tree gives it, where the span's columns say which
expression of the line ran. Where a name would mislead the answer is None: none is better than a wrong one.
"""

import ast
from copy import deepcopy
from inspect import CO_OPTIMIZED
from types import CodeType

from .spans import Position, Span
from .statements import (
    USUAL_MODULES,
    Binding,
    Scope,
    as_receiver,
    expression_at,
    modules_in,
    path_of,
    short,
    syntax_tree,
)

__all__ = ["carried_over", "cloned_operand", "mentions", "out_of_place", "view_taken", "written_name"]

# Methods and attributes that look at the same memory as the tensor they belong to: the root is to their left.
VIEW_METHODS = frozenset(
    ("chunk", "detach", "diagonal", "expand", "expand_as", "flatten", "movedim", "narrow", "permute", "ravel")
    + ("reshape", "select", "split", "squeeze", "swapaxes", "swapdims", "t", "transpose", "unbind", "unflatten")
    + ("unfold", "unsqueeze", "view", "view_as")
)
VIEW_ATTRIBUTES = frozenset(("H", "T", "data", "imag", "mH", "mT", "real"))


# Operations of two tensors that are methods of the first.
SECOND = frozenset(("exponent", "mat", "mat2", "other", "tensor"))  # what the second of two is called
OF_TWO = frozenset(("atan2", "bmm", "div", "dot", "hypot", "matmul", "maximum", "minimum", "mm", "mul", "mv", "pow"))


def written_name(span: Span, whole: bool = False) -> str | None:
    """The variable at the root of the tensor expression that the line at `span` writes to; None where it is unclear.

    `whole` says that the write went over every element: `xs[i].add_(1)` then means the tensor `xs[i]` of a list.

    >>> code = compile("", "train.py", "exec")
    >>> written_name(Span(code, 0)) is None
    True
    """
    tree = syntax_tree(span.code)
    node = expression_at(tree, span.position) if tree else None
    target = _written(node, modules_in(tree)) if tree and node else None
    if isinstance(target, ast.Subscript) and node is target and not _is_key(target):
        target = target.value  # Had `x[i] = y` put something into a list, no tensor would have been written.
    name = _root(target, whole) if target else None
    if (
        tree is None
        or name is None
        or _is_loop_variable(name, tree, span.position)
        or _is_from_outside(name, span.code)
    ):
        return None
    return name


def _is_from_outside(name: str, code: CodeType) -> bool:
    """Whether `name` is a variable of the function's surroundings: to bind it in the function would be to make another."""
    bare, optimized = name.isidentifier(), code.co_flags & CO_OPTIMIZED
    return bare and bool(optimized) and name not in code.co_varnames and name not in code.co_cellvars


def out_of_place(span: Span) -> str | None:
    """The statement at `span`, such as `s *= 2`, so that it makes a new tensor; None where it is no such statement."""
    tree = syntax_tree(span.code)
    node = expression_at(tree, span.position) if tree else None
    if not isinstance(node, ast.AugAssign) or not isinstance(node.target, ast.Name):
        return None
    name = ast.Name(node.target.id, ast.Load())
    return short(ast.Assign([node.target], ast.BinOp(name, node.op, node.value), lineno=node.lineno), 60)


def cloned_operand(span: Span, operation: str, role: str, written: str | None = None) -> str | None:
    """The expression at `span`, of an operation, with a clone in the place of the variable that plays `role` in it.

    Where the source does not show which that is, as in the call of a module, whose operation is inside, it is the one in
    which the memory that is `written` is mentioned; None where none is, or several.
    """
    tree = syntax_tree(span.code)
    node = expression_at(tree, span.position) if tree else None
    match node:
        case ast.BinOp(left=left, right=right):
            operands = [left, right]
        case ast.Call(func=ast.Attribute(value=owner, attr=function), args=arguments) if function == operation:
            path = path_of(owner)
            if tree and path is not None and path.partition(".")[0] in modules_in(tree):
                operands = arguments
            elif not arguments or operation in OF_TWO:
                operands = [owner, *arguments]
            else:
                operands, role = arguments, ""  # `self.linear(x)` is a module's call.
        case ast.Call(args=operands):
            role = ""
        case _:
            return None
    place = 0 if role == "input" else 1 if role in SECOND else len(operands)
    target = operands[place] if place < len(operands) else None
    if target is None and written is not None:
        target = _only([each for each in operands if written in map(ast.unparse, _expressions(each))])
    if node is None or not isinstance(target, (ast.Name, ast.Attribute, ast.Subscript)):
        return None
    cloned = ast.unparse(target)

    class Cloning(ast.NodeTransformer):
        def visit(self, each: ast.AST) -> ast.AST:
            if isinstance(each, ast.expr) and ast.unparse(each) == cloned:
                return ast.Call(ast.Attribute(each, "clone", ast.Load()), [], [])
            return self.generic_visit(each)

    return short(Cloning().visit(deepcopy(node)), 60)


def _expressions(node: ast.expr) -> list[ast.expr]:
    return [each for each in ast.walk(node) if isinstance(each, ast.expr)]


def _only(found: list[ast.expr]) -> ast.expr | None:
    return found[0] if len(found) == 1 else None


def view_taken(span: Span) -> tuple[str, Span, str] | None:
    """Where the variable that the line at `span` writes to was bound to a view: in words, the place, and what it views.

    None where it is no variable, or was not bound to an expression that gives a view.
    """
    scope = Scope(span.code, {}, {})
    node = expression_at(scope.tree, span.position) if scope.tree else None
    target = _written(node, modules_in(scope.tree)) if scope.tree and node else None
    while target is not None and not isinstance(target, ast.Name):
        target = _viewed(target)
    if target is None:
        return None
    for binding in scope.bindings_before(target.id, node):
        if binding.kind == "each":
            several, value = _iterated(binding.value, binding, scope)
            label = f"{target.id} is a view of {short(several)}, which is iterated here"
            return label, scope.passage(value), as_receiver(several)
        if binding.kind == "is":
            viewed = _viewed(binding.value)
            if viewed is None and binding.item is not None:
                viewed = binding.value
            if viewed is None:
                return None
            label = f"{target.id} is made a view of {short(viewed)} here"
            return label, scope.passage(binding.value), as_receiver(viewed)
    return None


def _iterated(value: ast.expr, binding: Binding, scope: Scope) -> tuple[ast.expr, ast.expr]:
    """The tensor whose rows are gone through, and the expression that takes them: through `enumerate`, a list of rows."""
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.args:
        if value.func.id not in ("enumerate", "iter", "list", "reversed", "tuple", "zip"):
            break
        value = value.args[0]
    for before in scope.bindings_before(value.id, binding.node) if isinstance(value, ast.Name) else ():
        match before.value:
            case ast.ListComp(
                elt=ast.Name(id=name), generators=[ast.comprehension(target=ast.Name(id=same), iter=several)]
            ):
                if name == same:
                    return several, several
            case ast.Call(func=ast.Name(id="list" | "tuple"), args=[several]):
                return several, several
            case ast.Call(func=ast.Attribute(attr="chunk" | "split" | "unbind")):
                return _viewed(before.value) or value, before.value
    return (_viewed(value) if isinstance(value, ast.Call) else None) or value, value


def carried_over(span: Span) -> str | None:
    """The variable that the statement at `span` computes from its value of the time before, in a loop or call after call."""
    scope = Scope(span.code, {}, {})
    node = expression_at(scope.tree, span.position) if scope.tree else None
    if node is None:
        return None
    in_loop = any(isinstance(each, (ast.For, ast.AsyncFor, ast.While)) for each in scope.around(node))
    statement = next((each for each in (node, *scope.around(node)) if isinstance(each, ast.stmt)), None)
    if not isinstance(statement, ast.Assign):
        return None
    targets = [each for target in statement.targets for each in getattr(target, "elts", [target])]
    used = {path_of(each) for each in ast.walk(statement.value)} - {None}
    lasting = [each for each in targets if in_loop or (isinstance(each, ast.Attribute) and not scope.is_module)]
    return next((path for path in map(path_of, lasting) if path in used), None)


def _viewed(node: ast.expr) -> ast.expr | None:
    """The tensor that an expression is a view of, by how it is written."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=function), args=[first, *_]) if (
            name in USUAL_MODULES and function in VIEW_METHODS
        ):
            return first
        case ast.Subscript(value=value):
            return value
        case ast.Attribute(value=value, attr=attribute) if attribute in VIEW_ATTRIBUTES:
            return value
        case ast.Call(func=ast.Attribute(value=value, attr=method)) if method in VIEW_METHODS or _writes(method):
            return value
    return None


def mentions(span: Span, name: str) -> bool:
    """Whether `name`, a variable or a dotted path, occurs in the statement at `span`."""
    tree = syntax_tree(span.code)
    line = span.line
    if tree is None or line is None:
        return False
    around = [node for node in ast.walk(tree) if isinstance(node, ast.stmt) and _encloses(node, line)]
    if not around:
        return False
    statement = min(around, key=lambda node: (node.end_lineno or node.lineno) - node.lineno)
    return any(isinstance(node, ast.expr) and ast.unparse(node) == name for node in ast.walk(statement))


def _written(node: ast.AST, modules: frozenset[str]) -> ast.expr | None:
    """The expression for the tensor that `node` writes to."""
    match node:
        case ast.AugAssign(target=target):
            return target
        case ast.Subscript(ctx=ast.Store()) | ast.Attribute(ctx=ast.Store()):
            return node
        case ast.Call(keywords=keywords) if out := _keyword(keywords, "out"):
            return out
        case ast.Call(args=[first, *_], keywords=keywords) if _keyword(keywords, "inplace"):
            return first
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=function), args=arguments) if name in modules:
            return arguments[0] if arguments and _writes(function) else None
        case ast.Call(func=ast.Attribute(value=owner, attr=method), args=[first, *_]) if (
            _writes(method) and (path := path_of(owner)) and path.partition(".")[0] in modules
        ):
            return first  # `nn.functional.relu_(h)`
        case ast.Call(func=ast.Attribute(value=receiver, attr=method)) if _writes(method):
            return receiver
        case ast.Call(func=ast.Name(id=function), args=[first, *_]) if _writes(function):
            return first
        case ast.Call(
            func=ast.Name() | ast.Attribute() | ast.Call(), args=[ast.Name() | ast.Attribute() as first], keywords=[]
        ):
            return first  # A module that writes to what it is given: a function of the user's has a line of its own.
    return None


def _keyword(keywords: list[ast.keyword], name: str) -> ast.expr | None:
    return next((keyword.value for keyword in keywords if keyword.arg == name), None)


def _writes(function: str) -> bool:
    """Whether a function of this name works in place, by PyTorch's convention."""
    return function.endswith("_") and not function.endswith("__")


def _root(node: ast.expr, whole: bool) -> str | None:
    """The source of the variable whose memory `node` looks at."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Subscript() if _is_key(node):
            return ast.unparse(node)
        case ast.Subscript(slice=index) if whole and _may_index_a_list(index):
            return ast.unparse(node)
        case ast.Subscript(value=value):
            return _root(value, whole)
        case ast.Attribute(value=value, attr=attribute) if attribute in VIEW_ATTRIBUTES:
            return _root(value, whole)
        case ast.Attribute(value=value):
            return ast.unparse(node) if _is_path(value) else None
        case ast.Call(func=ast.Attribute(value=value, attr=method)) if method in VIEW_METHODS or _writes(method):
            return _root(value, whole)
    return None


def _is_key(node: ast.Subscript) -> bool:
    """Whether an index is a dictionary's key: no tensor has one that is a text."""
    return isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)


def _may_index_a_list(index: ast.expr) -> bool:
    """Whether a list of tensors could be indexed with `index` to give one of them."""
    if isinstance(index, ast.Constant):
        return isinstance(index.value, int)
    return not isinstance(index, (ast.Compare, ast.Slice, ast.Tuple))


def _is_path(node: ast.expr) -> bool:
    """Whether `node` is a name or a dotted path of names."""
    return isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and _is_path(node.value))


def _is_loop_variable(name: str, tree: ast.Module, position: Position) -> bool:
    """Whether `name` is bound by a loop around `position`: binding it anew there would leave the tensor as it was."""
    loops = [node for node in ast.walk(tree) if isinstance(node, (ast.For, ast.AsyncFor))]
    targets = [loop.target for loop in loops if position.line is not None and _encloses(loop, position.line)]
    return any(isinstance(node, ast.Name) and node.id == name for target in targets for node in ast.walk(target))


def _encloses(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)
