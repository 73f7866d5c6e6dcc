"""Parts of a tensor, as views: `select`, `narrow`, and the many ways to split and unbind.

Each part is a basic key, so what is read from or written to it costs in proportion to its elements. The pieces of a
split may be written in place like any view (PyTorch forbids that): the result is well defined.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import index
from typing import Any

from mutagrad.declaration import composite
from mutagrad.dtypes import of_numpy
from mutagrad.ops.sizes import axis_of, integer, sizes_in
from mutagrad.ops.views import check_tensor, index_step
from mutagrad.tensor import Tensor

__all__ = [
    "chunk",
    "dsplit",
    "hsplit",
    "narrow",
    "select",
    "split",
    "split_with_sizes",
    "tensor_split",
    "unbind",
    "unsafe_chunk",
    "unsafe_split",
    "unsafe_split_with_sizes",
    "vsplit",
]

Tensors = tuple[Tensor, ...]


def _along(dim: int, item: Any) -> tuple:
    """The key that takes `item` along one dimension and all of the others."""
    return (*(slice(None),) * dim, item, ...)


@composite()
def select(input: Tensor, dim: int, index: int) -> Tensor:
    """The view of the elements with one index along `dim`, which is left out.

    Raises IndexError when the dimension or the index is out of range.

    >>> import mutagrad
    >>> mutagrad.tensor([[1, 2], [3, 4]]).select(1, 0)
    tensor([1, 3])
    """
    check_tensor("select", input)
    shape = input._array.shape
    if not shape:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    axis, place = axis_of("select", dim, len(shape), "dim", 1), integer("select", index, "index", 2)
    if not -shape[axis] <= place < shape[axis]:
        raise IndexError(f"select(): index {place} out of range for tensor of size {list(shape)} at dimension {axis}")
    return index_step(input, _along(axis, place), "Select")


@composite()
def narrow(input: Tensor, dim: int, start: int | Tensor, length: int) -> Tensor:
    """The view of `length` indices along `dim` from `start` on.

    Raises IndexError when `start` is out of range, RuntimeError when the length is negative or goes beyond the end.

    >>> import mutagrad
    >>> mutagrad.arange(5).narrow(0, 1, 3)
    tensor([1, 2, 3])
    """
    check_tensor("narrow", input)
    shape = input._array.shape
    if not shape:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    if isinstance(start, Tensor) and (start.ndim or start._array.dtype.kind not in "iu"):
        raise RuntimeError("start must be an 0-dim integral Tensor.")
    axis, first = axis_of("narrow", dim, len(shape), "dim", 1), integer("narrow", start, "start", 2)
    size = shape[axis]
    if not -size <= first <= size:
        raise IndexError(f"start out of range (expected to be in range of [{-size}, {size}], but got {first})")
    first += size if first < 0 else 0
    if first + length > size:
        raise RuntimeError(f"start ({first}) + length ({length}) exceeds dimension size ({size}).")
    return index_step(input, _along(axis, slice(first, first + index(length))), "Slice")


# Pieces one after another -------------------------------------------------------------------------------------------


def _pieces(input: Tensor, axis: int, bounds: Sequence[int], name: str) -> Tensors:
    """The views between each two of the bounds along a dimension, numbered as outputs of one operation."""
    made = []
    for i, (start, stop) in enumerate(pairwise(bounds)):
        piece = index_step(input, _along(axis, slice(start, max(start, stop))), name)
        piece._output = i
        made.append(piece)
    return tuple(made)


def _cumulated(sizes: Sequence[int]) -> list[int]:
    bounds = [0]
    for size in sizes:
        bounds.append(bounds[-1] + size)
    return bounds


def _splittable(function: str, input: Tensor, dim: int) -> int:
    """The axis of a tensor that has one."""
    if input._array.ndim == 0:
        raise RuntimeError(f"{function} expects at least a 1-dimensional tensor")
    return axis_of(function, dim, input._array.ndim)


@composite("unsafe_split")
def split(tensor: Tensor, split_size_or_sections: Any = None, dim: int = 0, *, split_size: Any = None) -> Tensors:
    """The pieces of a tensor along `dim`, as views: of one size (the last may be smaller), or of the sizes given.

    The method calls the size `split_size`, as PyTorch's does.
    Raises RuntimeError when the sizes do not add up to the dimension, or one is negative.

    >>> import mutagrad
    >>> mutagrad.arange(5).split(2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    check_tensor("split", tensor, "tensor")
    given = split_size if split_size_or_sections is None else split_size_or_sections
    if isinstance(given, (tuple, list)) or not hasattr(given, "__index__"):
        return split_with_sizes(tensor, given, dim)
    axis, size = _splittable("split", tensor, dim), index(given)
    extent = tensor._array.shape[axis]
    if size < 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={size}")
    if size == 0 and extent:
        raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {extent}")
    return _pieces(tensor, axis, [*range(0, extent, size or 1), extent] if extent else [0, 0], "Split")


@composite("unsafe_split_with_sizes")
def split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> Tensors:
    """The pieces of these sizes along `dim`, as views. Raises RuntimeError when they do not add up to it."""
    check_tensor("split_with_sizes", input)
    sizes = sizes_in("split_with_sizes", split_sizes, "split_sizes", 2)
    axis = _splittable("split", input, dim)
    extent = input._array.shape[axis]
    if any(size < 0 for size in sizes):
        raise RuntimeError(
            f"split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={list(sizes)}"
        )
    if sum(sizes) != extent:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {extent} (input tensor's size at dimension "
            f"{axis}), but got split_sizes={list(sizes)}"
        )
    return _pieces(input, axis, _cumulated(sizes), "SplitWithSizes")


@composite("unsafe_chunk")
def chunk(input: Tensor, chunks: int, dim: int = 0) -> Tensors:
    """At most `chunks` pieces of one size along `dim`, as views; the last may be smaller.

    >>> import mutagrad
    >>> mutagrad.arange(7).chunk(3)
    (tensor([0, 1, 2]), tensor([3, 4, 5]), tensor([6]))
    """
    check_tensor("chunk", input)
    axis = _splittable("chunk", input, dim)
    if not hasattr(chunks, "__index__"):
        raise TypeError(f"chunk(): argument 'chunks' (position 1) must be int, not {type(chunks).__name__}")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    extent = input._array.shape[axis]
    if extent == 0:
        return split_with_sizes(input, [0] * index(chunks), axis)
    return split(input, -(-extent // index(chunks)), axis)


@composite()
def tensor_split(
    input: Tensor, indices_or_sections: Any = None, dim: int = 0, *, sections: Any = None, indices: Any = None
) -> Tensors:
    """The pieces along `dim`, as views: so many of nearly one size, or those between the indices given.

    >>> import mutagrad
    >>> mutagrad.arange(5).tensor_split(2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    >>> mutagrad.arange(5).tensor_split((1, 3))
    (tensor([0]), tensor([1, 2]), tensor([3, 4]))
    """
    check_tensor("tensor_split", input)
    given = next((each for each in (indices_or_sections, sections, indices) if each is not None), None)
    if input._array.ndim == 0:
        raise RuntimeError("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims")
    axis = axis_of("tensor_split", dim, input._array.ndim)
    if isinstance(given, Tensor):
        if given._array.dtype != "int64":
            raise RuntimeError(
                "tensor_split expected tensor_indices_or_sections to have dtype of long, but got "
                f"{of_numpy[given._array.dtype].scalar_type}"
            )
        given = given.tolist()
    extent = input._array.shape[axis]
    if isinstance(given, (tuple, list)):
        bounds = [min(max(i + extent if i < 0 else i, 0), extent) for i in map(index, given)]
        made = _pieces(input, axis, [0, *bounds, extent], "Slice")
    else:
        if index(given) <= 0:  # type: ignore[arg-type]
            raise RuntimeError(f"number of sections must be larger than 0, got {given}")
        small, larger = divmod(extent, index(given))  # type: ignore[arg-type]
        sizes = [small + 1] * larger + [small] * (index(given) - larger)  # type: ignore[arg-type]
        made = _pieces(input, axis, _cumulated(sizes), "Slice")
    for piece in made:
        piece._output = 0
    return made


def _split_evenly(name: str, input: Tensor, given: Any, axis: int, least: int) -> Tensors:
    check_tensor(name, input)
    if input._array.ndim < least:
        raise RuntimeError(
            f"torch.{name} requires a tensor with at least {least} dimension, but got a tensor with "
            f"{input._array.ndim} dimensions!"
        )
    if not isinstance(given, (tuple, list, Tensor)):
        extent = input._array.shape[axis]
        if given <= 0 or extent % given:
            raise RuntimeError(
                f"torch.{name} attempted to split along dimension {axis}, but the size of the dimension {extent} is "
                f"not divisible by the split_size {given}!"
            )
    return tensor_split(input, given, axis)


@composite()
def hsplit(input: Tensor, indices_or_sections: Any) -> Tensors:
    """The pieces side by side (along the second dimension; the first of a vector), as views."""
    return _split_evenly("hsplit", input, indices_or_sections, 1 if getattr(input, "ndim", 0) > 1 else 0, 1)


@composite()
def vsplit(input: Tensor, indices_or_sections: Any) -> Tensors:
    """The pieces one above the other (along the first dimension), as views."""
    return _split_evenly("vsplit", input, indices_or_sections, 0, 2)


@composite()
def dsplit(input: Tensor, indices_or_sections: Any) -> Tensors:
    """The pieces one behind the other (along the third dimension), as views."""
    return _split_evenly("dsplit", input, indices_or_sections, 2, 3)


@composite()
def unbind(input: Tensor, dim: int = 0) -> Tensors:
    """The slices along `dim`, as views without that dimension.

    >>> import mutagrad
    >>> mutagrad.tensor([[1, 2], [3, 4]]).unbind(1)
    (tensor([1, 3]), tensor([2, 4]))
    """
    check_tensor("unbind", input)
    if input._array.ndim == 0:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    axis = axis_of("unbind", dim, input._array.ndim, "dim", 1)
    made, front = [], (slice(None),) * axis
    for i in range(input._array.shape[axis]):
        piece = index_step(input, (*front, i, ...), "Unbind")
        piece._output = i
        made.append(piece)
    return tuple(made)


def iterate(self: Tensor) -> Iterator[Tensor]:
    """The slices along the first dimension, each a view."""
    if self._array.ndim == 0:
        raise TypeError("iteration over a 0-d tensor")
    return iter(unbind(self))


Tensor.__iter__ = iterate

unsafe_split = split
unsafe_split_with_sizes = split_with_sizes
unsafe_chunk = chunk
