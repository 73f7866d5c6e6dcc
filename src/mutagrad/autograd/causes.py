"""Errors of a reverse pass that cannot begin, with the cause that the caller's source and variables tell."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from mutagrad.graph import Node
from mutagrad.namespaces import arrays
from mutagrad.report import errors, traps
from mutagrad.report.cuts import asked_for, find_cut
from mutagrad.report.spans import caller_frame, caller_span, span_at
from mutagrad.report.statements import as_receiver, is_assignment, is_called_on
from mutagrad.tensor import Tensor, written_at


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


def without_grad(index: int, place: Any) -> Exception:
    """The error for input number `index`, which does not require grad: with the line that cut it, or that made it."""
    frame, span = caller_frame(), caller_span()
    asked = None if frame is None else asked_for(frame, span, index, inputs=True)
    return errors.input_without_grad(index, origin_of(place), span, asked and find_cut(*asked, leads_to_gradient))


def unused(index: int, place: Any, outputs: Any) -> Exception:
    """The error for input number `index`, which the outputs do not depend on."""
    made = origin_of(outputs[0]) if len(outputs) == 1 else None
    return errors.unused_input(index, origin_of(place), made, caller_span())


def non_scalar(index: int, output: Any, shape: tuple[int, ...]) -> Exception:
    """The error for output number `index`, of several elements, that is given no cotangent."""
    frame, span = caller_frame(), caller_span()
    asked = None if frame is None else asked_for(frame, span, index)
    is_method = asked is not None and asked[0].tree is not None and is_called_on(asked[0].tree, span, asked[1])
    call = ".backward()" if is_method else ""
    return errors.non_scalar_output(shape, origin_of(output), span, asked and as_receiver(asked[1]), call)


def origin_of(output: Any) -> errors.Origin | None:
    """The operation that made a tensor, and where; None for a leaf, and for an edge of the graph."""
    return written_at(output) if isinstance(output, Tensor) else None


# Gradients that are all zero ------------------------------------------------------------------------------------------


def is_zero(gradient: Any) -> bool:
    """Whether an array or a NumPy scalar has nothing but zeros; found out at its first element where that is none."""
    is_array = isinstance(gradient, (np.ndarray, np.generic))
    return is_array and not (gradient.size and gradient.item(0)) and not gradient.any()


def warn_of_wiped(nodes: list[Node]) -> None:
    """Warns where a pass over `nodes` found nothing but zeros because all that led to the leaves was overwritten."""
    for node in nodes:  # the last that ran forward comes first
        if not _overwrites(node) or node.key == node.sequence:
            continue
        if node.region is None and node.edges[0] is None:
            warnings.warn(_wiped(node, None), stacklevel=5)
            return
        made = next((each for each in nodes if each.key == node.key and each.sequence == node.key), None)
        writes = [each for each in nodes if each.key == node.key and each is not made and _overwrites(each)]
        if made is not None and not _overwrites(made) and _cover(writes):
            warnings.warn(_wiped(node, made), stacklevel=5)
            return


def _overwrites(node: Node) -> bool:
    """Whether an operation leaves nothing of what stood where it wrote."""
    rules = getattr(node.operation, "rules", None)
    return bool(rules) and rules[0] is None and node.operation.joint is None


def _cover(writes: list[Node]) -> bool:
    """Whether the regions written make up all of the family's memory."""
    regions = [node.region for node in writes if node.region is not None]
    if len(regions) < len(writes) or not writes:
        return bool(writes)
    left = regions[0].layout.zeros(arrays)
    left += 1
    for region in regions:
        region.clear(arrays, left)
    return not left.any()


def _wiped(node: Node, made: Node | None) -> Warning:
    span = span_at(node.code, node.instruction)
    assigned = span is not None and is_assignment(span)
    writer = errors.Origin("__setitem__" if assigned else f"{node.operation.name}_", span)
    return traps.wiped_gradient(caller_span(), made and _origin(made), writer, None)


def _origin(node: Node) -> errors.Origin:
    return errors.Origin(node.operation.name, span_at(node.code, node.instruction))
