"""Errors of a reverse pass that cannot begin, with the cause that the caller's source and variables tell."""

from __future__ import annotations

from typing import Any

from mutagrad.graph import Leaf
from mutagrad.report import errors
from mutagrad.report.cuts import asked_for, find_cut
from mutagrad.report.spans import caller_frame, caller_span, span_at
from mutagrad.report.statements import as_receiver
from mutagrad.tensor import Tensor


def leads_to_gradient(value: Any) -> bool | None:
    """Whether a tensor, or a parameter of a module, requires grad; None for other values."""
    if isinstance(value, Tensor):
        return value.requires_grad
    if isinstance(value, (list, tuple)) and value and isinstance(value[0], Tensor):
        return any(isinstance(each, Tensor) and each.requires_grad for each in value)
    parameters = getattr(type(value), "parameters", None)
    if parameters is not None and "_parameters" in getattr(value, "__dict__", {}):
        found = [each.requires_grad for each in parameters(value)]
        return any(found) if found else None
    return None


def no_graph(index: int) -> Exception:
    """The error for output number `index`, which has no history: with the line that cut it from one."""
    frame, span = caller_frame(), caller_span()
    asked = None if frame is None else asked_for(frame, span, index)
    return errors.no_graph(index, span, asked and find_cut(*asked, leads_to_gradient))


def non_scalar(index: int, output: Any, shape: tuple[int, ...]) -> Exception:
    """The error for output number `index`, of several elements, that is given no cotangent."""
    frame, span = caller_frame(), caller_span()
    asked = None if frame is None else asked_for(frame, span, index)
    return errors.non_scalar_output(shape, origin_of(output), span, asked and as_receiver(asked[1]))


def origin_of(output: Any) -> errors.Origin | None:
    """The operation that made a tensor, and where; None for a leaf, and for an edge of the graph."""
    edge = output._family.edge if isinstance(output, Tensor) else None
    if edge is None or isinstance(edge[2], Leaf):
        return None
    node = edge[2]
    return errors.Origin(node.operation.name, span_at(node.code, node.instruction))
