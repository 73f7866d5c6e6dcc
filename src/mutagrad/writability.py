"""What is checked before memory is written: that the tensor may be written, and that the result fits.

Each check raises what PyTorch raises, before anything has changed. Autograd's come first (`check_writable`: leaves,
inference tensors, views cut from their history), then those of shape and of memory that stands for several elements.

Read next: `in_place.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mutagrad.batched import physical_of
from mutagrad.graph import Edge, Leaf
from mutagrad.modes import extras, modes
from mutagrad.overlap import address
from mutagrad.overwrite import policy
from mutagrad.regions import has_overlap
from mutagrad.report import errors
from mutagrad.report.leaving import inference_tensor
from mutagrad.report.spans import caller_frame, caller_span, span_at
from mutagrad.tensor import Tensor, edge_of

ndarray = np.ndarray
SEVERAL_VIEWS = frozenset({"Split", "SplitWithSizes", "Unbind"})  # views of which one call gives several


def check_writable(target: Tensor, others: Sequence[Any], writer: str) -> tuple[Edge | None, ...] | None:
    """The edges of a write to `target`, or None when it is not to be recorded.

    Raises RuntimeError where PyTorch forbids the write: to a leaf that requires grad or a view of one, to an inference
    tensor outside inference mode, or through a view made in a mode that cut it from a history it would need.
    """
    family = target._family
    if family.traits is not None:
        check_origin(target, others, writer)
    if not modes.grad:
        return None
    edge = edge_of(target)
    if len(others) == 1:  # as most have: a list less
        (other,) = others
        edges: tuple[Edge | None, ...] = (edge, edge_of(other) if isinstance(other, Tensor) else None)
    else:
        edges = (edge, *[edge_of(x) if isinstance(x, Tensor) else None for x in others])
    if edge is not None:
        if type(edge[2]) is Leaf:
            leaf = edge[2].tensor()
            parameter = leaf is not None and type(leaf) is not Tensor
            raise errors.leaf_in_place(writer, caller_span(), view=target._view is not None, parameter=parameter)
    elif not any(edges):
        return None
    if extras[0] and policy.name == "torch":
        _refuse_several_views(target, writer)
    if target._array.dtype.kind not in "fc":
        return None
    if family.layout is not None and family.layout.overlapping:
        # Its adjoint holds each element apart, so a write that several of them see cannot be recorded.
        raise overlapping_write()
    return edges


def _refuse_several_views(target: Tensor, writer: str) -> None:
    """Raises RuntimeError for a write to one of several views that one call gave: PyTorch refuses them all."""
    view = target._view
    while view is not None:
        if view.name in SEVERAL_VIEWS:
            output = (target.output_nr, target._view.name) if target._family.edge is not None else None  # type: ignore
            raise errors.restricted_view("multi_output", writer, caller_span(), output_of=output)
        view = view.maker


def check_origin(target: Tensor, others: Sequence[Any], writer: str) -> None:
    """Raises RuntimeError for a write to a tensor whose making forbids it."""
    traits = target._family.traits
    if traits is None:
        return
    if traits.origin == "inference":
        if not modes.inference:
            raise inference_tensor(
                "Inplace update to inference tensor outside InferenceMode is not allowed."
                "You can make a clone to get a normal tensor before doing inplace update."
                "See https://github.com/pytorch/rfcs/pull/17 for more details.",
                caller_frame(),
                caller_span(),
            )
    elif traits.origin == "function":
        if modes.grad:
            output = (target.output_nr, traits.maker)
            raise errors.restricted_view(
                "function", writer, caller_span(), output_of=output, made_at=span_at(*traits.made)
            )
    elif modes.grad and traits.source is not None:
        needed = traits.source.edge is not None or any(isinstance(x, Tensor) and x.requires_grad for x in others)
        if needed:
            origin: Any = traits.origin
            raise errors.restricted_view(origin, writer, caller_span(), made_at=span_at(*traits.made))


def check_shape(target: Tensor, shape: tuple[int, ...]) -> None:
    """Raises RuntimeError where a result of `shape` cannot be written into the target."""
    if shape != target._array.shape:
        raise RuntimeError(
            f"output with shape {list(target._array.shape)} doesn't match the broadcast shape {list(shape)}"
        )


def check_overlap(target: Tensor, others: Sequence[Any], apart: bool = False) -> None:
    """Raises RuntimeError where elements of the target share memory, with one another or in part with an input.

    An input that is to be `apart` may not be all of the target either.
    """
    view, array = target._view, target._array
    storage = target._family.storage
    # Fresh memory is in order; a base of other memory, or a view that may overlap, is looked at.
    doubtful = array is not storage.array or storage.exposure is not None if view is None else view.overlapping
    if doubtful or type(array) is not ndarray:
        physical = physical_of(array)
        if has_overlap(physical.shape, physical.strides):
            raise overlapping_write()
    for other in others:
        if isinstance(other, Tensor) and other._family.storage is storage:
            source = other._array
            meet = _is_dense(array) and _is_dense(source) and np.shares_memory(array, source)
            if meet and (apart or not _same_places(array, source)):
                raise shared_with_input()


def shared_with_input() -> RuntimeError:
    """PyTorch's error for a write to memory that an input of the same operation is read from."""
    return RuntimeError(
        "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory"
        " location. Please clone() the tensor before performing the operation."
    )


def overlapping_write() -> RuntimeError:
    """PyTorch's error for a write to memory in which one place stands for several elements."""
    return RuntimeError(
        "unsupported operation: more than one element of the written-to tensor refers to a single memory location."
        " Please clone() the tensor before performing the operation."
    )


def _same_places(target: ndarray, other: ndarray) -> bool:
    """Whether two arrays are the same places in the same order, be it in two dtypes."""
    if target is other:
        return True
    return target.shape == other.shape and target.strides == other.strides and address(target) == address(other)


def _is_dense(array: ndarray) -> bool:
    """Whether the elements fill their range of memory, each place once: of others PyTorch does not ask."""
    extent = array.itemsize
    for stride, size in sorted((s, n) for s, n in zip(array.strides, array.shape) if n > 1):
        if stride != extent:
            return False
        extent *= size
    return True
