"""Views of NumPy arrays for the namespace `arrays`: the same elements in another shape, order or repetition.

They are NumPy's own, but in one or two calls less, and writable wherever the array is.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import as_strided as _as_strided

from mutagrad.batched import Batched


def strides(x: np.ndarray) -> tuple[int, ...]:
    """The strides of `x` in elements."""
    return tuple([stride // x.itemsize for stride in x.strides])


def as_strided(x: np.ndarray, shape: tuple[int, ...], strides: tuple[int, ...], offset: int) -> np.ndarray:
    """The strided view of the memory that begins with the first element of `x`; strides and offset in elements."""
    size = x.itemsize
    in_bytes = tuple([stride * size for stride in strides])
    if x.flags.c_contiguous:  # a tenth of the time
        return np.ndarray(shape, x.dtype, x, offset * size, in_bytes)
    if offset:
        x = _as_strided(x, (offset + 1,), (size,))[offset:]
    return _as_strided(x, shape, in_bytes)


def broadcast_to(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """`x` repeated to `shape` without a copy. Raises ValueError when it cannot be."""
    in_bytes = _repeating(x.shape, x.strides, shape)
    if x.flags.c_contiguous:
        return np.ndarray(shape, x.dtype, x, 0, in_bytes)
    return _as_strided(x, shape, in_bytes)


@lru_cache(maxsize=1024)
def _repeating(present: tuple[int, ...], strides: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """The strides with which memory of the shape that is `present` is repeated to `shape`."""
    extra = len(shape) - len(present)
    if extra < 0 or any(size not in (1, wanted) for size, wanted in zip(present, shape[extra:])):
        raise ValueError(f"could not broadcast an array of shape {present} to {shape}")
    kept = [stride if size == wanted else 0 for size, wanted, stride in zip(present, shape[extra:], strides)]
    return (*[0] * extra, *kept)


def diagonal(x: np.ndarray, offset: int = 0, axis1: int = 0, axis2: int = 1) -> np.ndarray:
    """The elements whose index along `axis2` is that along `axis1` plus `offset`, as the last dimension."""
    part = x.diagonal(offset, axis1, axis2)
    part.flags.writeable = x.flags.writeable
    return part


def empty_in_order(x: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Dense memory in the shape of `x`, whose dimensions lie in memory in the order of `x`'s.

    Where strides do not tell the order, as those of repeated elements, it is that of the dimensions: PyTorch's
    `infer_dense_strides`.
    """
    if type(x) is Batched:
        return x.like(empty_in_order(x.physical, dtype))  # type: ignore[return-value]
    if x.flags.c_contiguous:
        return np.empty(x.shape, dtype)
    order = list(range(x.ndim))[::-1]  # innermost first
    for place in range(1, x.ndim):
        for i in reversed(range(place)):
            inside = _lies_inside(x, order[place], order[i])
            if inside:
                order[i], order[place] = order[place], order[i]
                place = i
            elif inside is False:
                break
    strides, extent = [0] * x.ndim, dtype.itemsize
    for d in order:
        strides[d] = extent
        extent *= max(x.shape[d], 1)
    return np.ndarray(x.shape, dtype, strides=tuple(strides))


def _lies_inside(x: np.ndarray, d: int, other: int) -> bool | None:
    """Whether dimension `d` lies inside of `other` in memory; None where their strides do not tell."""
    if not (x.strides[d] and x.strides[other]):
        return None
    if x.strides[d] == x.strides[other]:
        return True if x.shape[d] < x.shape[other] else None
    return x.strides[d] < x.strides[other]


def copy_in_order(x: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """A dense copy of `x` in another dtype, whose dimensions lie in memory in the order of `x`'s."""
    made = empty_in_order(x, dtype)
    np.copyto(made, x, casting="unsafe")
    return made


def permute_dims(x: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """`x` with its dimensions in the order `axes`."""
    return x.transpose(axes)


def reshape(x: np.ndarray, shape: tuple[int, ...] | int, *, copy: bool | None = None) -> np.ndarray:
    """`x` in another shape; ValueError when that takes a copy and `copy` is False."""
    if copy is None or (copy is False and x.flags.c_contiguous):
        return x.reshape(shape)  # half the time: NumPy's keywords are slow
    return x.reshape(shape, copy=copy)


def view_as_real(x: np.ndarray) -> np.ndarray:
    """Complex numbers as pairs, along a new last dimension."""
    return x[..., None].view(x.dtype.char.lower())


def view_as_complex(x: np.ndarray) -> np.ndarray:
    """The pairs along the last dimension as complex numbers."""
    return x.view(np.result_type(x.dtype, np.complex64))[..., 0]
