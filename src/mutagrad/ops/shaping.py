"""Other shapes of the same elements: `view`, `reshape`, `squeeze`, `expand` and their like.

All are views where the memory allows it; `reshape` and `flatten` copy where it does not. Sizes of one come and go as
basic keys, an expanded dimension has stride zero: it may be read, but not written.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from mutagrad.declaration import composite
from mutagrad.dtypes import as_dtype, dtype
from mutagrad.operands import broadcast_error
from mutagrad.ops.conversion import copied_in_order
from mutagrad.ops.sizes import axis_of, broadcast_shapes, expanded, inferred, shape_of, sizes_in, sizes_of
from mutagrad.ops.views import check_tensor, index_step, view_as_dtype, view_step
from mutagrad.regions import BACK, repeat_along
from mutagrad.tensor import Tensor

__all__ = [
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "broadcast_shapes",
    "broadcast_tensors",
    "broadcast_to",
    "expand",
    "flatten",
    "ravel",
    "reshape",
    "squeeze",
    "unflatten",
    "unsqueeze",
    "view",
]


def _reshape(xp: Any, x: Any, shape: tuple[int, ...]) -> Any:
    return xp.reshape(x, shape, copy=False)


BACK[_reshape] = lambda xp, share, shape, _: xp.reshape(share, shape)


@composite()
def view(input: Tensor, *shape: Any, **named: Any) -> Tensor:
    """The view of the same elements in another shape, or of the same bytes as another dtype.

    One size may be -1: it is inferred. Raises RuntimeError when the number of elements does not fit, or when the
    strides do not allow it (`reshape` copies then). A view of another dtype takes no part in gradients.

    >>> import mutagrad
    >>> mutagrad.arange(6).view(2, -1)
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    if len(shape) == 1 and isinstance(shape[0], (dtype, type)):
        named, shape = {"dtype": shape[0]}, ()
    if named and "dtype" in named:
        wanted = as_dtype(named["dtype"], "view").numpy
        if wanted != input._array.dtype:
            return view_as_dtype(input, wanted)
        shape, named = (input._array.shape,), {}
    sizes = shape_of("view", _sizes(shape, named) if named else shape, input._array.size)
    try:
        return view_step(input, _reshape, (sizes,), "View", rigid=True)
    except ValueError:
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
            "contiguous subspaces). Use .reshape(...) instead."
        ) from None


def _sizes(given: tuple, named: dict[str, Any]) -> tuple:
    """The sizes of a call: positional, or under PyTorch's keyword."""
    return (next(iter(named.values())),) if named else given


@composite()
def reshape(input: Tensor, *shape: Any, **named: Any) -> Tensor:
    """The same elements in another shape: a view where the strides allow it, else a copy.

    One size may be -1: it is inferred. Raises RuntimeError when the number of elements does not fit.

    >>> import mutagrad
    >>> mutagrad.arange(6).reshape(3, 2).t().reshape(6)
    tensor([0, 2, 4, 1, 3, 5])
    """
    check_tensor("reshape", input)
    array = input._array
    sizes = shape_of("reshape", _sizes(shape, named) if named else shape, array.size, "shape")
    if array.flags.c_contiguous:
        return view_step(input, _reshape, (sizes,), "View", rigid=True)
    if _is_view(array.shape, array.strides, sizes):
        return view_step(input, _reshape, (sizes,), "ReshapeAlias", rigid=True)
    return view_step(copied_in_order(input), _reshape, (sizes,), "UnsafeView", rigid=True)


@lru_cache(maxsize=1024)
def _is_view(shape: tuple[int, ...], strides: tuple[int, ...], sizes: tuple[int, ...]) -> bool:
    """Whether elements that lie in memory by `strides` can be seen in the shape `sizes` without a copy."""
    try:
        as_strided(np.empty(1, np.uint8), shape, strides).reshape(sizes, copy=False)
    except ValueError:
        return False
    return True


@composite()
def view_as(input: Tensor, other: Tensor) -> Tensor:
    """The view in the shape of `other`."""
    check_tensor("view_as", other, "other")
    return view(input, other._array.shape)


@composite()
def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """The same elements in the shape of `other`: a view where the strides allow it."""
    check_tensor("reshape_as", other, "other")
    return reshape(input, other._array.shape)


@composite()
def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The dimensions from `start_dim` to `end_dim` as one: a view where the strides allow it.

    >>> import mutagrad
    >>> mutagrad.zeros(2, 3, 4).flatten(1).shape
    torch.Size([2, 12])
    """
    check_tensor("flatten", input)
    shape = input._array.shape
    first = axis_of("flatten", start_dim, len(shape), "start_dim", 1)
    last = axis_of("flatten", end_dim, len(shape), "end_dim", 2)
    if first > last:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if not shape:
        return reshape(input, (1,))
    if first == last:
        return input
    size = 1
    for extent in shape[first : last + 1]:
        size *= extent
    return reshape(input, (*shape[:first], size, *shape[last + 1 :]))


@composite()
def ravel(input: Tensor) -> Tensor:
    """All elements in order along one dimension: a view of a contiguous tensor, else a copy."""
    check_tensor("ravel", input)
    return view(input.contiguous(), (input._array.size,))


@composite()
def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """The view with the dimension `dim` as several of these sizes, one of which may be -1.

    >>> import mutagrad
    >>> mutagrad.zeros(2, 6).unflatten(1, (2, -1)).shape
    torch.Size([2, 2, 3])
    """
    check_tensor("unflatten", input)
    shape = input._array.shape
    axis = axis_of("unflatten", dim, len(shape), "dim", 1)
    wanted = sizes_in("unflatten", sizes, "sizes", 2)
    if not wanted:
        raise RuntimeError("unflatten: sizes must be non-empty")
    if wanted.count(-1) > 1:
        raise RuntimeError("unflatten got an unexpected error:\nonly one dimension can be inferred")
    try:
        inner = inferred(wanted, shape[axis])
    except RuntimeError:
        raise RuntimeError(
            f"unflatten: Provided sizes {list(wanted)} don't multiply up to the size of dim {axis} ({shape[axis]}) in "
            "the input tensor"
        ) from None
    return view(input, (*shape[:axis], *inner, *shape[axis + 1 :]))


# Sizes of one -------------------------------------------------------------------------------------------------------


@composite()
def squeeze(input: Tensor, *dim: Any, **named: Any) -> Tensor:
    """The view without dimensions of size one: all of them, or those named.

    >>> import mutagrad
    >>> mutagrad.zeros(1, 3, 1).squeeze().shape, mutagrad.zeros(1, 3, 1).squeeze(0).shape
    (torch.Size([3]), torch.Size([3, 1]))
    """
    check_tensor("squeeze", input)
    key, variant = _squeezed(input, _sizes(dim, named))
    return index_step(input, key, f"SqueezeBackward{variant}")


def _squeezed(input: Tensor, dim: tuple[Any, ...]) -> tuple[tuple, int]:
    """The key that leaves the dimensions out, and which of PyTorch's three kinds of call it was."""
    shape = input._array.shape
    if not dim:
        return (*[0 if size == 1 else slice(None) for size in shape], ...), 0
    several = isinstance(dim[0], (tuple, list)) or len(dim) > 1
    axes: list[int] = []
    for d in dim[0] if several and len(dim) == 1 else dim:
        axis = axis_of("squeeze", d, len(shape), "dim", 1)
        if axis in axes:
            raise RuntimeError(f"dim {axis} appears multiple times in the list of dims")
        axes.append(axis)
    kept = [0 if d in axes and size == 1 else slice(None) for d, size in enumerate(shape)]
    return (*kept, ...), 2 if several else 1


@composite()
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """The view with a new dimension of size one at `dim`.

    >>> import mutagrad
    >>> mutagrad.zeros(3).unsqueeze(-1).shape
    torch.Size([3, 1])
    """
    check_tensor("unsqueeze", input)
    return index_step(input, _unsqueezed(dim, input._array.ndim), "Unsqueeze")


@lru_cache(maxsize=1024, typed=True)
def _unsqueezed(dim: int, ndim: int) -> tuple:
    """The key that puts a new dimension at `dim`."""
    return (*(slice(None),) * axis_of("unsqueeze", dim, ndim + 1, "dim", 1), None, ...)


def _at_least(ndim: int, tensors: tuple, places: Any) -> Any:
    """The tensors (alone, several, or in one list) with new dimensions until they have `ndim`."""
    if len(tensors) == 1 and not isinstance(tensors[0], (tuple, list)):
        tensor = tensors[0]
        check_tensor(f"atleast_{ndim}d", tensor, "tensor")
        while tensor._array.ndim < ndim:
            tensor = unsqueeze(tensor, places[tensor._array.ndim])
        return tensor
    several = tensors[0] if len(tensors) == 1 else tensors
    return tuple([_at_least(ndim, (tensor,), places) for tensor in several])


def atleast_1d(*tensors: Any) -> Any:
    """The tensors, each with at least one dimension, as views."""
    return _at_least(1, tensors, (0,))


def atleast_2d(*tensors: Any) -> Any:
    """The tensors, each with at least two dimensions, as views: a vector becomes a row."""
    return _at_least(2, tensors, (0, 0))


def atleast_3d(*tensors: Any) -> Any:
    """The tensors, each with at least three dimensions, as views: a vector becomes a row, a matrix grows in depth."""
    return _at_least(3, tensors, (0, 0, -1))


# Sizes that repeat --------------------------------------------------------------------------------------------------


@composite()
def expand(input: Tensor, *size: Any, **named: Any) -> Tensor:
    """The view with dimensions of size one, and new ones in front, repeated; -1 keeps a size.

    Its elements share memory, so it cannot be written to as a whole.
    Raises RuntimeError when a dimension that is not one would have to change.

    >>> import mutagrad
    >>> mutagrad.tensor([1, 2]).expand(2, -1)
    tensor([[1, 2],
            [1, 2]])
    """
    if named:
        named.pop("implicit", None)
        size = _sizes(size, named) if named else size
    return _expand_to(input, sizes_of("expand", size))


def _expand_to(input: Tensor, sizes: tuple[int, ...]) -> Tensor:
    array = input._array
    shape, repeats = _expansion(array.shape, sizes, array.dtype)
    return view_step(input, repeat_along, (shape,), "Expand", False, repeats)


@lru_cache(maxsize=1024)
def _expansion(present: tuple[int, ...], sizes: tuple[int, ...], dt: np.dtype) -> tuple[tuple[int, ...], bool]:
    """The shape that memory of the shape that is `present` is expanded to by `sizes`, and whether elements are repeated."""
    shape = expanded(present, sizes, dt)
    extra = len(shape) - len(present)
    return shape, shape[extra:] != present or any(n > 1 for n in shape[:extra])


@composite()
def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """The view expanded to the shape of `other`."""
    return _expand_to(input, other._array.shape)


@composite()
def broadcast_to(input: Tensor, *size: Any, **named: Any) -> Tensor:
    """The view expanded to a shape: `expand` under NumPy's name."""
    check_tensor("broadcast_to", input)
    return _expand_to(input, sizes_of("broadcast_to", _sizes(size, named)))


def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """The tensors expanded to the shape that they have together; those that have it are returned themselves.

    Raises RuntimeError when they have none.
    """
    for i, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type(tensor).__name__}")
    shapes = [tensor._array.shape for tensor in tensors]
    try:
        common = broadcast_shapes(*shapes)
    except RuntimeError:
        raise broadcast_error(shapes) from None
    shape = tuple(common)
    return tuple([each if each._array.shape == shape else _expand_to(each, shape) for each in tensors])
