"""Views by strides: diagonals, windows, `as_strided`; and the extent of memory.

Windows that overlap and strides that repeat show an element several times: they are read, and their gradients summed,
but they are not written as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np

from mutagrad.batched import Batched
from mutagrad.declaration import composite
from mutagrad.namespaces import arrays
from mutagrad.ops.sizes import axis_of, sizes_in
from mutagrad.ops.views import alias, attach_view, check_tensor, view_step
from mutagrad.overlap import address
from mutagrad.regions import has_overlap, strided_view
from mutagrad.storage import Storage
from mutagrad.tensor import Tensor

__all__ = ["as_strided", "diagonal"]


def _diagonal(xp: Any, x: Any, offset: int, first: int, second: int) -> Any:
    return xp.diagonal(x, offset, first, second)


@composite()
def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """The view of the elements whose index along `dim2` is that along `dim1` plus `offset`, as the last dimension.

    Raises RuntimeError when both dimensions are the same.

    >>> import mutagrad
    >>> mutagrad.arange(9).view(3, 3).diagonal(1)
    tensor([1, 5])
    """
    check_tensor("diagonal", input)
    ndim = input._array.ndim
    first, second = axis_of("diagonal", dim1, ndim, "dim1", 2), axis_of("diagonal", dim2, ndim, "dim2", 3)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return view_step(input, _diagonal, (index(offset), first, second), "Diagonal")


def linalg_diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The view of the diagonals of a batch of matrices: `diagonal` of the last two dimensions."""
    return diagonal(A, offset, dim1, dim2)


def _unfold(xp: Any, x: Any, dim: int, size: int, step: int) -> Any:
    shape, strides = tuple(x.shape), xp.strides(x)
    if not shape:
        return xp.as_strided(x, (size,), (1,), 0)
    count = (shape[dim] - size) // step + 1
    windows = (*shape[:dim], count, *shape[dim + 1 :], size)
    return xp.as_strided(x, windows, (*strides[:dim], strides[dim] * step, *strides[dim + 1 :], strides[dim]), 0)


@composite()
def unfold(input: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """The view of all windows of `size` elements along `dimension`, `step` apart, each as a new last dimension.

    Raises RuntimeError when the dimension is smaller than `size` or the step is not positive.

    >>> import mutagrad
    >>> mutagrad.arange(5).unfold(0, 3, 2)
    tensor([[0, 1, 2],
            [2, 3, 4]])
    """
    dim = axis_of("unfold", dimension, input._array.ndim, "dimension", 1)
    extent = input._array.shape[dim] if input._array.ndim else 1
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    if size > extent:
        raise RuntimeError(f"maximum size for tensor at dimension {dim} is {extent} but size is {size}")
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    return view_step(input, _unfold, (dim, index(size), index(step)), "Unfold", overlapping=step < size)


def extent_of(array: np.ndarray) -> int:
    """How many bytes of memory the elements of an array span."""
    if array.size == 0:
        return 0
    return array.itemsize + sum([(n - 1) * stride for n, stride in zip(array.shape, array.strides)])


def strided_array(storage: Storage, dt: np.dtype, shape: Sequence[int], strides: Sequence[int], offset: int) -> Any:
    """The array of the storage's memory with this shape, strides and offset (in elements).

    Raises RuntimeError where PyTorch does: for negative strides or offset, or beyond the end of the storage.
    """
    shape, strides = tuple(shape), tuple(strides)
    if len(shape) != len(strides):
        raise RuntimeError("mismatch in length of strides and shape")
    for stride in strides:
        if stride < 0:
            raise RuntimeError(
                f"as_strided: Negative strides are not supported at the moment, got strides: {list(strides)}"
            )
    if offset < 0:
        raise RuntimeError(f"Tensor: invalid storage offset {offset}")
    if any(size < 0 for size in shape):
        raise RuntimeError(f"Storage size calculation overflowed with sizes={list(shape)} and strides={list(strides)}")
    memory = storage.array
    if 0 in shape:
        return np.empty(shape, dt) if memory.size == 0 else arrays.as_strided(_typed(memory, dt), shape, strides, 0)
    needed = dt.itemsize * (offset + 1 + sum([(n - 1) * stride for n, stride in zip(shape, strides)]))
    if needed > extent_of(memory):
        raise RuntimeError(
            f"setStorage: sizes {list(shape)}, strides {list(strides)}, storage offset {offset}, and itemsize "
            f"{dt.itemsize} requiring a storage size of {needed} are out of bounds for storage of size "
            f"{extent_of(memory)}"
        )
    return arrays.as_strided(_typed(memory, dt), shape, strides, offset)


def _typed(memory: np.ndarray, dt: np.dtype) -> np.ndarray:
    """The memory from its first element on as elements of another dtype."""
    if memory.dtype == dt:
        return memory
    flat = arrays.as_strided(memory, (extent_of(memory) // memory.itemsize,), (1,), 0)
    return flat.view(np.uint8)[: flat.nbytes // dt.itemsize * dt.itemsize].view(dt)


@composite()
def as_strided(input: Tensor, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None) -> Tensor:
    """The view of the storage of `input` with the given size, strides and offset, in elements.

    Unlike other views it may show what `input` does not: all that its base shows takes part in gradients.
    Raises RuntimeError beyond the end of the storage.

    >>> import mutagrad
    >>> mutagrad.arange(6).as_strided((2, 2), (2, 1), 1)
    tensor([[1, 2],
            [3, 4]])
    """
    check_tensor("as_strided", input)
    shape, strides = sizes_in("as_strided", size), sizes_in("as_strided", stride, "stride", 2)
    offset = input.storage_offset() if storage_offset is None else index(storage_offset)
    family, dt = input._family, input._array.dtype
    if type(input._array) is Batched:
        return _strided_samples(input, shape, strides, offset - input.storage_offset())
    array = strided_array(family.storage, dt, shape, strides, offset)
    layout = family.layout or family.make_layout(input)
    overlapping = has_overlap(array.shape, array.strides)
    if dt == family.base.dtype and not layout.overlapping and _lies_in(array, family.base):
        return attach_view(input, array, strided_view(input._view, array, family.base, layout, overlapping))
    if _lies_in(array, input._array) and not layout.overlapping:
        arguments = (shape, strides, (address(array) - address(input._array)) // dt.itemsize)
        return view_step(input, _strided_part, arguments, "AsStrided", rigid=True, overlapping=overlapping)
    if family.edge is not None:
        raise RuntimeError(
            "as_strided: a view that goes beyond the tensor which requires grad, into memory that it shares, has no "
            "gradient. Take the view of its detach()."
        )
    return alias(input, array)


def _strided_samples(input: Tensor, shape: tuple[int, ...], strides: tuple[int, ...], offset: int) -> Tensor:
    """The strided view of the memory of each sample. Raises RuntimeError beyond what the sample spans."""
    array = input._array
    last = offset + sum([(size - 1) * stride for size, stride in zip(shape, strides)])
    span = sum([(size - 1) * stride // array.itemsize for size, stride in zip(array.shape, array.strides)])
    if 0 not in shape and (offset < 0 or last > span):
        raise RuntimeError("vmap: as_strided of a sample reaches beyond the memory of the sample")
    return view_step(
        input, _strided_part, (shape, strides, offset), "AsStrided", rigid=True, overlapping=has_overlap(shape, strides)
    )


def _strided_part(xp: Any, x: Any, shape: tuple[int, ...], strides: tuple[int, ...], offset: int) -> Any:
    return xp.as_strided(x, shape, strides, offset)


def _lies_in(array: np.ndarray, base: np.ndarray) -> bool:
    """Whether all elements of an array are within the memory that `base` spans."""
    if array.size == 0:
        return base.size > 0
    start = address(array) - address(base)
    return start >= 0 and start % base.itemsize == 0 and start + extent_of(array) <= extent_of(base)
