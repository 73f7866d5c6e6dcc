"""The user's own names for what a line writes to, read from its source.

An advice such as `write h = h.clone()` needs the variable at the root of the written expression: `h` in
`h[:2].add_(1)`, `self.state` in `self.state[i] += 1`. The syntax tree gives it, where the span's columns say which
expression of the line ran. Where a name would mislead the answer is None: none is better than a wrong one.
"""

import ast
from copy import deepcopy

from .spans import Position, Span
from .statements import Scope, expression_at, modules_in, path_of, short, syntax_tree

__all__ = ["carried_over", "cloned_operand", "mentions", "view_taken", "written_name"]

# Methods and attributes that look at the same memory as the tensor they belong to: the root is to their left.
VIEW_METHODS = frozenset(
    ("chunk", "detach", "diagonal", "expand", "expand_as", "flatten", "movedim", "narrow", "permute", "ravel")
    + ("reshape", "select", "split", "squeeze", "swapaxes", "swapdims", "t", "transpose", "unbind", "unflatten")
    + ("unfold", "unsqueeze", "view", "view_as")
)
VIEW_ATTRIBUTES = frozenset(("H", "T", "data", "imag", "mH", "mT", "real"))


# Operations of two tensors that are methods of the first.
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
    name = _root(target, whole) if target else None
    if tree is None or name is None or _is_loop_variable(name, tree, span.position):
        return None
    return name


def cloned_operand(span: Span, operation: str, role: str) -> str | None:
    """The expression at `span`, of an operation, with a clone in the place of the variable that plays `role` in it.

    None where the source does not show which that is: in the call of a module, say, whose operation is inside.
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
                return None  # `self.linear(x)` is a module's call.
        case _:
            return None
    place = ("input", "other").index(role) if role in ("input", "other") else len(operands)
    target = operands[place] if place < len(operands) else None
    if node is None or target is None or not isinstance(target, (ast.Name, ast.Attribute, ast.Subscript)):
        return None
    written = ast.unparse(target)

    class Cloning(ast.NodeTransformer):
        def visit(self, each: ast.AST) -> ast.AST:
            if isinstance(each, ast.expr) and ast.unparse(each) == written:
                return ast.Call(ast.Attribute(each, "clone", ast.Load()), [], [])
            return self.generic_visit(each)

    return short(Cloning().visit(deepcopy(node)), 60)


def view_taken(span: Span) -> tuple[str, Span] | None:
    """Where the variable that the line at `span` writes to was bound to a view: in words, and the place.

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
            return f"{target.id} is a view of {short(binding.value)}, which is iterated here", scope.passage(
                binding.value
            )
        if binding.kind == "is":
            viewed = _viewed(binding.value)
            return viewed and (f"{target.id} is made a view of {short(viewed)} here", scope.passage(binding.value))
    return None


def carried_over(span: Span) -> str | None:
    """The variable that the statement at `span`, in a loop, computes from its value of the time before."""
    scope = Scope(span.code, {}, {})
    node = expression_at(scope.tree, span.position) if scope.tree else None
    if node is None or not any(isinstance(each, (ast.For, ast.AsyncFor, ast.While)) for each in scope.around(node)):
        return None
    statement = next((each for each in (node, *scope.around(node)) if isinstance(each, ast.stmt)), None)
    if not isinstance(statement, ast.Assign):
        return None
    targets = [each for target in statement.targets for each in getattr(target, "elts", [target])]
    used = {path_of(each) for each in ast.walk(statement.value)} - {None}
    return next((path for path in map(path_of, targets) if path in used), None)


def _viewed(node: ast.expr) -> ast.expr | None:
    """The tensor that an expression is a view of, by how it is written."""
    match node:
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
        case ast.Call(func=ast.Attribute(value=receiver, attr=method)) if _writes(method):
            return receiver
        case ast.Call(func=ast.Name(id=function), args=[first, *_]) if _writes(function):
            return first
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
        case ast.Subscript(slice=ast.Constant(value=str())):
            return ast.unparse(node)  # A dictionary's key: no tensor has one.
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


def _may_index_a_list(index: ast.expr) -> bool:
    """Whether a list of tensors could be indexed with `index` to give one of them."""
    if isinstance(index, ast.Constant):
        return isinstance(index.value, int)
    return not isinstance(index, (ast.Slice, ast.Tuple))


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
