"""Parameters that a training loop binds anew where it means to update them: noticed by the next backward pass.

`w = w - lr * w.grad` leaves the tensor that `w` was as it is. No operation is wrong, so nothing can be raised; but the
source of the loop shows it. It is looked at once, when a backward pass is called a second time from the same code.
"""

from __future__ import annotations

import ast
import dis
import warnings
from collections.abc import Iterator
from types import CodeType, FrameType, FunctionType
from typing import Any

from mutagrad.report import traps
from mutagrad.report.spans import caller_frame, is_internal
from mutagrad.report.statements import LOOPS, MISSING, Scope, path_of, values_in
from mutagrad.report.updates import rebound_by
from mutagrad.tensor import Tensor

MANY = 10_000
once: dict[int, CodeType] = {}
twice: dict[int, CodeType] = {}
"""The code from which backward passes were called, by its `id`: it is held, so that no other can have it."""


def count_visit(code: CodeType) -> None:
    """Notes that `code` calls a backward pass, for the first time or, then its source is looked at, for the second."""
    if id(code) not in once:
        once[id(code)] = code
        return
    if len(once) > MANY:
        once.clear()
        twice.clear()
    twice[id(code)] = code
    frame = caller_frame()
    if frame is None or frame.f_code is not code:
        return
    here = Scope.of_frame(frame) if _may_rebind(code) else None
    functions = [each for each in _called(code, frame) if _may_rebind(each.__code__)]
    others = [Scope.of_function(each, {}) for each in functions if not is_internal(each.__code__.co_filename)]
    for scope in [here, *others] if here else others:
        for warning in _rebindings(scope, scope is here):
            warnings.warn(warning, stacklevel=5)


def _may_rebind(code: CodeType) -> bool:
    """Whether something is bound after a gradient was read, other than by an operation in place.

    The syntax of a file takes much more memory than its instructions, so it is only made where this is so.
    """
    was_read = False
    for each in dis.get_instructions(code) if "grad" in code.co_names else ():
        if each.opname == "LOAD_ATTR" and each.argval == "grad":
            was_read = True
        elif each.opname == "BINARY_OP" and each.argrepr.endswith("="):
            was_read = False
        elif was_read and each.opname.startswith("STORE"):
            return True
    return False


def _called(code: CodeType, frame: FrameType) -> Iterator[FunctionType]:
    """The functions, and the methods of its variables, that a code object seems to call."""
    values = values_in(frame)
    held = [values[name] for name in (*code.co_names, *code.co_varnames) if name in values]
    held += [frame.f_globals[name] for name in code.co_names if name in frame.f_globals]
    kinds = {kind: None for each in held if (kind := type(each)).__module__ != "builtins"}
    methods = [vars(base).get(name) for kind in kinds for base in kind.__mro__[:-1] for name in code.co_names]
    yield from dict.fromkeys(each for each in (*held, *methods) if isinstance(each, FunctionType))


def _rebindings(scope: Scope, has_values: bool) -> Iterator[Warning]:
    """A warning for each statement that binds a name to an update of what it was, where that update is lost."""
    for statement in scope.nodes:
        found = rebound_by(statement)
        if found is None:
            continue
        name, instead = found
        if _is_borrowed(name, statement, scope):
            if not _is_used_after(name, statement, scope):
                yield traps.rebound(name, scope.passage(statement), instead, "the tensor it stood for stays as it was")
        elif has_values:
            value = scope.lookup(name)
            if value is not MISSING and isinstance(value, Tensor) and not value.requires_grad:
                yield traps.rebound(name, scope.passage(statement), instead, "it does not require grad any more")


def _is_borrowed(name: str, statement: ast.AST, scope: Scope) -> bool:
    """Whether a name is that of a loop over other tensors, or of an argument: not the tensor's own."""
    loops = [each for each in scope.around(statement) if isinstance(each, LOOPS)]
    targets = [each.target for each in loops if not isinstance(each, ast.While)]
    arguments = scope.code.co_varnames[: scope.code.co_argcount]
    return name in arguments or any(path_of(node) == name for target in targets for node in ast.walk(target))


def _is_used_after(name: str, statement: Any, scope: Scope) -> bool:
    """Whether the new value is read later on, for anything but its `.grad`."""
    for node in scope.nodes:
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            above = scope.parents.get(node)
            of_grad = isinstance(above, ast.Attribute) and above.attr in ("grad", "requires_grad")
            later = (node.lineno, node.col_offset) > (statement.end_lineno or 0, statement.end_col_offset or 0)
            if later and not of_grad:
                return True
    return False
