"""The namespace `xp` of tensors: what gradient rules run on under `create_graph=True`.

The names are those of `arrays.py`, with array API signatures; each is an operation of this library, so what a rule
computes is recorded, and the derivative of a derivative needs no second set of rules.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from mutagrad import tangents
from mutagrad.batched import Batched, Level
from mutagrad.namespaces import elementwise_tensors, layouts, matrix_tensors, reductions
from mutagrad.namespaces.elementwise_tensors import *
from mutagrad.namespaces.matrix_tensors import *
from mutagrad.ops import (
    axis_maps,
    contractions,
    conversion,
    convolution,
    diagonals,
    extremes,
    gathering,
    indexing,
    joining,
    products,
    rearranging,
    reduction,
    scan,
    scatter_reduction,
    shaping,
    sorting,
    striding,
    views,
)
from mutagrad.ops import softmax as softmaxes
from mutagrad.ops.fourier import complex_fft as fftn
from mutagrad.ops.fourier import complex_ifft as ifftn
from mutagrad.ops.fourier import real_fft as rfftn
from mutagrad.ops.fourier import real_ifft as irfftn
from mutagrad.ops.levels import at_levels
from mutagrad.tensor import Tensor, wrap, wrap_dim

# fmt: off
__all__ = [
    "add_along_axis", "add_at", "all", "any", "arange", "argmax", "argmin", "argpartition", "argsort", "argtopk",
    "as_strided", "asarray", "astype", "broadcast_to", "concat", "convolve", "convolve_input", "convolve_weight",
    "copy", "cumulative_logaddexp", "cumulative_max", "cumulative_min", "cumulative_prod", "cumulative_sum", "diagonal",
    "expand_dims", "fit", "flip", "get_at", "imag", "log_softmax", "logsumexp", "map_along", "matmul",
    "matrix_transpose", "max", "mean", "min", "moveaxis", "ones_like", "permute_dims", "prod", "put_along_axis", "real",
    "reduce_at", "reshape", "roll", "softmax", "squeeze", "stack", "strides", "sum", "take", "take_along_axis",
    "tensordot", "tile", "tril", "triu", "view_as_complex", "view_as_real", "zeros", "zeros_like",
]
# fmt: on
__all__ += elementwise_tensors.__all__
__all__ += ["fftn", "ifftn", "irfftn", "rfftn"]
__all__ += matrix_tensors.__all__

Axis = int | tuple[int, ...] | None


def _numpy(dtype: Any) -> Any:
    """The NumPy dtype that a rule means: it may have it from a tensor or from an array."""
    return getattr(dtype, "numpy", dtype)


# Making -------------------------------------------------------------------------------------------------------------


def arange(start: int, stop: int | None = None, step: int = 1) -> Tensor:
    """The integers from `start` (or zero) to before `stop`."""
    return wrap(np.arange(start, stop, step) if stop is not None else np.arange(start))


def asarray(x: Any, dtype: Any = None) -> Tensor:
    """`x` itself when it is a tensor, else a constant tensor."""
    if not isinstance(x, Tensor):
        array: Any = x if type(x) is Batched else np.array(x, _numpy(dtype))
        return wrap(array)
    return x if dtype is None else astype(x, dtype)


def ones_like(x: Tensor, dtype: Any = None) -> Tensor:
    return wrap(np.ones_like(x._array, _numpy(dtype)))


def zeros(shape: Any, dtype: Any = None) -> Tensor:
    return wrap(np.zeros(shape, _numpy(dtype)))


def zeros_like(x: Tensor, dtype: Any = None) -> Tensor:
    return wrap(np.zeros_like(x._array, _numpy(dtype)))


# Memory -------------------------------------------------------------------------------------------------------------


def copy(x: Tensor, order: str = "K") -> Tensor:
    """A copy with the same history."""
    return (conversion.copied if order == "K" else conversion.copied_in_order)(x)


def strides(x: Tensor) -> tuple[int, ...]:
    """The strides of `x` in elements."""
    return layouts.strides(x._array)


def as_strided(x: Tensor, shape: tuple[int, ...], strides: tuple[int, ...], offset: int) -> Tensor:
    """The strided view of the memory that begins with the first element of `x`."""
    return x.as_strided(shape, strides, x.storage_offset() + offset)


def add_at(x: Tensor, key: tuple, share: Tensor) -> None:
    """Adds `share` to `x[key]` in place, once for every time that an element is named."""
    indexing.write_at(x, key, share, "index_put_", accumulate=True)


def get_at(x: Tensor, key: tuple) -> Tensor:
    """A copy of the elements `x[key]` of a settled advanced key."""
    return indexing.read_at(x, key)


def reduce_at(x: Tensor, key: tuple, values: Tensor, kind: str, include_self: bool) -> Tensor:
    """A copy of `x` in which the elements `x[key]` are combined with all their `values`, or these among themselves."""
    result = copy(x)
    scatter_reduction.reduce_into(result, key, values, kind, include_self)
    return result


# Layouts ------------------------------------------------------------------------------------------------------------


def astype(x: Tensor, dtype: Any) -> Tensor:
    """`x` in another dtype."""
    return conversion.convert(x, _numpy(dtype))


def broadcast_to(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    return shaping.broadcast_to(x, tuple(shape))


def diagonal(x: Tensor, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    return striding.diagonal(x, offset, axis1, axis2)


def expand_dims(x: Tensor, axis: int) -> Tensor:
    return shaping.unsqueeze(x, axis)


def imag(x: Tensor) -> Tensor:
    """The imaginary parts, zero where the dtype is real."""
    return views.imag(x) if x.is_complex() else zeros_like(x)


def matrix_transpose(x: Tensor) -> Tensor:
    return views.transpose(x, -2, -1)


def moveaxis(x: Tensor, source: int | tuple[int, ...], destination: int | tuple[int, ...]) -> Tensor:
    return views.movedim(x, source, destination)


def matmul(x: Tensor, y: Tensor) -> Tensor:
    return products.matmul(x, y)


def permute_dims(x: Tensor, axes: tuple[int, ...]) -> Tensor:
    return views.permute(x, tuple(axes))


def real(x: Tensor) -> Tensor:
    return views.real(x)


def reshape(x: Tensor, shape: tuple[int, ...] | int, *, copy: bool | None = None) -> Tensor:
    """`x` in another shape; RuntimeError when that takes a copy and `copy` is False."""
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    return shaping.reshape(x, shape) if copy is None else shaping.view(x, shape)


def squeeze(x: Tensor, axis: int | tuple[int, ...]) -> Tensor:
    return shaping.squeeze(x, axis)


def view_as_complex(x: Tensor) -> Tensor:
    return views.view_as_complex(x)


def view_as_real(x: Tensor) -> Tensor:
    return views.view_as_real(x)


# Reductions ---------------------------------------------------------------------------------------------------------


def all(x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return reduction.all(x, axis, keepdims)


def any(x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return reduction.any(x, axis, keepdims)


def argmax(x: Tensor, axis: int | None = None, keepdims: bool = False) -> Tensor:
    return extremes.argmax(x, axis, keepdims)


def argmin(x: Tensor, axis: int | None = None, keepdims: bool = False) -> Tensor:
    return extremes.argmin(x, axis, keepdims)


def logsumexp(x: Tensor, axis: int | tuple[int, ...], keepdims: bool = False) -> Tensor:
    return softmaxes.logsumexp(x, axis, keepdims)


def max(x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return x if axis == () else extremes.amax(x, axis, keepdims)


def mean(x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return x if axis == () else reduction.mean(x, axis, keepdims)


def min(x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
    return x if axis == () else extremes.amin(x, axis, keepdims)


def prod(x: Tensor, axis: Axis = None, dtype: Any = None, keepdims: bool = False) -> Tensor:
    """The product along `axis`, one after another where there are several."""
    axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    for each in axes:
        x = reduction.prod(x, each, True, dtype=dtype)
    return x if keepdims else shaping.squeeze(x, tuple(axes))


def sum(x: Tensor, axis: Axis = None, dtype: Any = None, keepdims: bool = False) -> Tensor:
    """The sum along `axis`; along none of an empty tuple, as in the standard."""
    return x if axis == () else reduction.sum(x, axis, keepdims, dtype=dtype)


# Along an axis ------------------------------------------------------------------------------------------------------


def add_along_axis(x: Tensor, indices: Tensor, values: Tensor, axis: int) -> Tensor:
    return x.scatter_add(axis, asarray(indices), values)


def argpartition(x: Tensor, k: int, axis: int = -1) -> Tensor:
    return wrap(reductions.argpartition(x._array, k, axis))


def argsort(x: Tensor, axis: int = -1, descending: bool = False) -> Tensor:
    return sorting.argsort(x, axis, descending)


def argtopk(x: Tensor, k: int, axis: int = -1, largest: bool = True) -> Tensor:
    return wrap(reductions.argtopk(x._array, k, axis, largest))


def cumulative_logaddexp(x: Tensor, axis: int) -> Tensor:
    return scan.logcumsumexp(x, axis)


def cumulative_max(x: Tensor, axis: int) -> Tensor:
    return scan.cummax(x, axis)[0]


def cumulative_min(x: Tensor, axis: int) -> Tensor:
    return scan.cummin(x, axis)[0]


def cumulative_prod(x: Tensor, axis: int, dtype: Any = None) -> Tensor:
    return scan.cumprod(x, axis, dtype=dtype)


def cumulative_sum(x: Tensor, axis: int, dtype: Any = None) -> Tensor:
    return scan.cumsum(x, axis, dtype=dtype)


def log_softmax(x: Tensor, axis: int) -> Tensor:
    return softmaxes.log_softmax(x, axis)


def put_along_axis(x: Tensor, indices: Tensor, values: Tensor, axis: int) -> Tensor:
    return x.scatter(axis, asarray(indices), values)


def softmax(x: Tensor, axis: int) -> Tensor:
    return softmaxes.softmax(x, axis)


def take(x: Tensor, indices: Any, axis: int) -> Tensor:
    return x[(*(slice(None),) * wrap_dim(axis, x.ndim), asarray(indices))]


def take_along_axis(x: Tensor, indices: Tensor, axis: int = -1) -> Tensor:
    return gathering.gather(x, axis, asarray(indices))


# Joining and rearranging --------------------------------------------------------------------------------------------


def concat(arrays: Any, axis: int = 0) -> Tensor:
    return joining.cat(list(arrays), axis)


def flip(x: Tensor, axis: Axis = None) -> Tensor:
    axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    return rearranging.flip(x, tuple(axes))


def roll(x: Tensor, shift: int | tuple[int, ...], axis: Axis = None) -> Tensor:
    return rearranging.roll(x, shift, () if axis is None else axis)


def stack(arrays: Any, axis: int = 0) -> Tensor:
    return joining.stack(list(arrays), axis)


def tile(x: Tensor, repetitions: tuple[int, ...]) -> Tensor:
    return rearranging.tile(x, repetitions)


def tril(x: Tensor, k: int = 0) -> Tensor:
    return diagonals.tril(x, k)


def triu(x: Tensor, k: int = 0) -> Tensor:
    return diagonals.triu(x, k)


# Layers -------------------------------------------------------------------------------------------------------------


def convolve(x: Tensor, w: Tensor, geometry: Any) -> Tensor:
    return convolution.convolve(x, w, geometry=geometry)


def convolve_input(ct: Tensor, w: Tensor, shape: tuple[int, ...], geometry: Any) -> Tensor:
    return convolution.convolve_input(ct, w, shape=tuple(shape), geometry=geometry)


def convolve_weight(ct: Tensor, x: Tensor, shape: tuple[int, ...], geometry: Any) -> Tensor:
    return convolution.convolve_weight(ct, x, shape=tuple(shape), geometry=geometry)


def map_along(x: Tensor, matrix: Any, axis: int) -> Tensor:
    return axis_maps.map_along(x, matrix=matrix, dim=axis)


# Fitting ------------------------------------------------------------------------------------------------------------


def tensordot(x: Tensor, y: Tensor, axes: Any = 2) -> Tensor:
    return contractions.tensordot(x, y, axes)


def fit(share: Tensor, shape: tuple[int, ...], dtype: np.dtype, levels: tuple[Level, ...] | None = None) -> Tensor:
    """`share` summed over the dimensions along which an input of `shape` was broadcast, in the input's dtype."""
    if levels is not None:
        share = at_levels(share, levels)
    if tuple(share.shape) != shape:
        share = share.sum_to_size(shape)
    if share.is_complex() and _numpy(dtype).kind != "c":
        share = views.real(share)
    return astype(share, dtype)


tangents.xp = sys.modules[__name__]
