"""The namespace `xp` of arrays with hidden dimensions, and of plain ones among them: what `vmap` runs on.

The names are those of `arrays.py`, and so are the kernels: each is told where the dimensions of a sample stand
physically, and then does the work for all samples at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import frexp

from mutagrad.batched import convolutions, functions, indexing
from mutagrad.batched.array import Batched, matched, union, widened
from mutagrad.batched.array import matmul as matmul_of_samples
from mutagrad.batched.functions import along, of_matrices, pointwise, reducing
from mutagrad.batched.levels import Level, state
from mutagrad.namespaces import arrays, elements, layouts, reductions
from mutagrad.namespaces.arrays import arange, zeros

__all__ = list(arrays.__all__)

# fmt: off
POINTWISE = (
    "abs", "acos", "acosh", "add", "asin", "asinh", "atan", "atan2", "atanh", "bitwise_and", "bitwise_invert",
    "bitwise_left_shift", "bitwise_or", "bitwise_right_shift", "bitwise_xor", "ceil", "clip", "complex", "conj",
    "copysign", "cos", "cosh", "digamma", "divide", "equal", "erf", "erfc", "erfinv", "exp", "exp2", "expm1", "floor",
    "floor_divide", "fmax", "fmin", "fmod", "gcd", "greater", "greater_equal", "hypot", "i0", "i1", "imag", "isfinite",
    "isinf", "isnan", "lcm", "less", "less_equal", "lgamma", "log", "log1p", "log2", "log10", "logaddexp",
    "logical_and", "logical_not", "logical_or", "logical_xor", "maximum", "minimum", "multiply", "nan_to_num",
    "negative", "nextafter", "not_equal", "polygamma", "pow", "real", "relu", "remainder", "round", "sigmoid", "sign",
    "signbit", "sin", "sinh", "sqrt", "square", "subtract", "tan", "tanh", "trunc", "trunc_divide", "where", "xlogy",
    "airy", "bessel", "erfcx", "gammainc", "gammaincc", "log_ndtr", "ndtri", "zeta",
)
REDUCING = ("all", "any", "logsumexp", "max", "mean", "min", "prod", "sum")
ALONG = (
    "argsort", "cumulative_logaddexp", "cumulative_max", "cumulative_min", "cumulative_prod", "cumulative_sum",
    "log_softmax", "softmax",
)
OF_MATRICES = (
    "cholesky", "det", "eig", "eigh", "eigvalsh", "inv", "lu_factor", "matrix_exp", "pinv", "qr", "slogdet",
    "solve_triangular", "svd", "svdvals",
)
# fmt: on

globals().update({name: of_matrices(getattr(arrays, name)) for name in OF_MATRICES})
_solve_matrices = of_matrices(arrays.solve)


def solve(a: Any, b: Any) -> Any:
    """The solutions of linear systems with matrices `b`, and info for each of the systems."""
    made, info = _solve_matrices(a, b)
    if type(a) is Batched:
        return made, Batched(info.physical.reshape((*a.physical.shape[: len(a.levels)], *a.shape[:-2])), a.levels)
    return made, info.physical.reshape(a.shape[:-2]) if type(info) is Batched else info


globals().update({name: pointwise(getattr(arrays, name)) for name in POINTWISE})
zero_where_not_positive = pointwise(lambda x, ct: np.where(x <= 0, ct.dtype.type(0), ct))
globals().update({name: reducing(getattr(arrays, name)) for name in REDUCING})
globals().update({name: along(getattr(arrays, name), default=-1) for name in ALONG})
map_along = along(arrays.map_along, 2)
argpartition = along(reductions.argpartition, 2, -1)
argtopk = along(reductions.argtopk, 2, -1)


def __getattr__(name: str) -> Any:
    """A kernel of `arrays.py` that has no rule here: it is called sample by sample."""
    return functions.sample_by_sample(getattr(arrays, name))


def _shared(name: str) -> Any:
    """The rule of NumPy's function `name` for what has hidden dimensions, the kernel of `arrays.py` for the rest."""
    rule, kernel = Batched.functions[getattr(np, name)], getattr(arrays, name)

    def call(x: Any, *arguments: Any, **options: Any) -> Any:
        return (rule if union(x, *arguments) else kernel)(x, *arguments, **options)

    return call


# fmt: off
SHARED = (
    "astype", "broadcast_to", "diagonal", "expand_dims", "flip", "matrix_transpose", "moveaxis", "roll", "take",
    "tensordot", "tile", "tril", "triu",
)
# fmt: on
globals().update({name: _shared(name) for name in SHARED})


def argmax(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return x.argmax(axis, keepdims=keepdims)


def argmin(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return x.argmin(axis, keepdims=keepdims)


def is_complex(x: Any) -> bool:
    """Whether the dtype is complex."""
    return x.dtype.kind == "c"


# Memory -------------------------------------------------------------------------------------------------------------


def asarray(x: Any, dtype: Any = None) -> Any:
    if type(x) is Batched:
        return x if dtype is None else x.astype(dtype, copy=False)
    return np.asarray(x, dtype)


def copy(x: Any, order: Any = "K") -> Any:
    return x.copy(order) if type(x) is Batched else np.array(x, order=order)


def ones_like(x: Any, dtype: Any = None) -> Any:
    return np.ones_like(x, dtype)


def zeros_like(x: Any, dtype: Any = None) -> Any:
    return np.zeros_like(x, dtype)


def strides(x: Any) -> tuple[int, ...]:
    """The strides of a sample in elements."""
    return layouts.strides(x)


def as_strided(x: Any, shape: tuple[int, ...], strides: tuple[int, ...], offset: int) -> Any:
    """The strided view of the memory of each sample that begins with its first element."""
    if type(x) is not Batched:
        return layouts.as_strided(x, shape, strides, offset)
    hidden = len(x.levels)
    kept = tuple([stride // x.itemsize for stride in x.physical.strides[:hidden]])
    return x.like(layouts.as_strided(x.physical, (*x.physical.shape[:hidden], *shape), (*kept, *strides), offset))


def get_at(x: Any, key: tuple) -> Any:
    """The elements `x[key]`."""
    return indexing.get(x, key) if union(x, *key) else elements.get_at(x, key)


def add_at(x: Any, key: tuple, share: Any) -> None:
    """Adds `share` to `x[key]` in place, once for every time that an element is named."""
    (indexing.add if union(x, share, *key) else elements.add_at)(x, key, share)


def reduce_at(x: Any, key: tuple, values: Any, kind: str, include_self: bool) -> Any:
    """A copy of `x` in which the elements `x[key]` are combined with all their `values`, or these among themselves."""
    levels = union(x, values, *key)
    if not levels:
        return elements.reduce_at(x, key, values, kind, include_self)
    result = widened(x, levels)
    pick = indexing.Pick(result, key, levels)
    ufunc, identity = elements._REDUCTIONS[kind]
    if not include_self:
        pick.array[pick.places] = identity(x.dtype)
    ufunc.at(pick.array, pick.places, pick.outer(values))
    return result


# Layouts ------------------------------------------------------------------------------------------------------------


def reshape(x: Any, shape: Any, *, copy: Any = None) -> Any:
    return x.reshape(shape, copy=copy)


def permute_dims(x: Any, axes: tuple[int, ...]) -> Any:
    return x.transpose(axes)


def squeeze(x: Any, axis: Any) -> Any:
    return x.squeeze(axis)


def view_as_real(x: Any) -> Any:
    """Complex numbers as pairs, along a new last dimension."""
    return x[..., None].view(x.dtype.char.lower())


def view_as_complex(x: Any) -> Any:
    """The pairs along the last dimension as complex numbers."""
    return x.view(np.result_type(x.dtype, np.complex64))[..., 0]


def concat(parts: Any, axis: int = 0) -> Any:
    return np.concatenate(parts, axis)


def stack(parts: Any, axis: int = 0) -> Any:
    return np.stack(parts, axis)


def matmul(x: Any, y: Any) -> Any:
    return (matmul_of_samples if union(x, y) else arrays.matmul)(x, y)


def _convolving(name: str) -> Any:
    """One of the partial maps of a convolution."""
    kernel, rule = getattr(arrays, name), getattr(convolutions, name)

    def call(first: Any, second: Any, *rest: Any) -> Any:
        return rule(kernel, first, second, *rest) if union(first, second) else kernel(first, second, *rest)

    return call


convolve, convolve_input, convolve_weight = map(_convolving, ("convolve", "convolve_input", "convolve_weight"))


def _transforming(name: str) -> Any:
    """A discrete Fourier transform along some dimensions."""
    kernel = getattr(arrays, name)

    def call(x: Any, s: Any, axes: Any, norm: Any) -> Any:
        return x.like(kernel(x.physical, s, x.axes(axes), norm)) if type(x) is Batched else kernel(x, s, axes, norm)

    return call


fftn, ifftn, rfftn, irfftn = map(_transforming, ("fftn", "ifftn", "rfftn", "irfftn"))


# Along an axis ------------------------------------------------------------------------------------------------------


def _together(kernel: Any) -> Any:
    """A kernel of arrays of like shapes along a dimension, its last argument."""

    def call(x: Any, *others: Any, axis: int = -1) -> Any:
        if isinstance(others[-1], int):
            *others, axis = others  # type: ignore[assignment]
        levels = union(x, *others)
        if not levels:
            return kernel(x, *others, axis)
        x, *arrays = [_full(each, levels) for each in (x, *others)]
        if x.ndim == 0:
            arrays = [each.reshape(1) if isinstance(each, Batched) else each for each in arrays]
            return call(x.reshape(1), *arrays, axis=0).reshape(())
        plain = [each.physical if isinstance(each, Batched) else each for each in arrays]
        return Batched(kernel(x.physical, *plain, x.axis(axis)), levels)

    return call


def _full(x: Any, levels: tuple[Level, ...]) -> Any:
    """An array with a dimension for each of `levels`; one number as it is."""
    return x if np.ndim(x) == 0 and type(x) is not Batched else widened(x, levels, copy=False)


take_along_axis = _together(reductions.take_along_axis)
put_along_axis = _together(reductions.put_along_axis)
add_along_axis = _together(reductions.add_along_axis)


# Fitting ------------------------------------------------------------------------------------------------------------


def fit(share: Any, shape: tuple[int, ...], dtype: np.dtype, levels: tuple[Level, ...] | None = None) -> Any:
    """`share` summed over the dimensions along which an input of `shape` was broadcast, in the input's dtype.

    Where the `levels` of the input are given, it is summed over others, too, unless they are open: within a level each
    sample has a gradient of its own.
    """
    if levels is not None:
        share = matched(asarray(share), levels, state.levels)
    if type(share) is not Batched:
        return arrays.fit(share, shape, dtype)
    if share.shape != tuple(shape):
        extra = share.ndim - len(shape)
        repeated = [d + extra for d, n in enumerate(shape) if n == 1 and share.shape[d + extra] != 1]
        axes = (*range(extra), *repeated)
        share = share.sum(axes, keepdims=True) if axes else share
        share = np.broadcast_to(share.reshape(share.shape[extra:]), shape)
    if share.dtype != dtype:
        share = (share.real if share.dtype.kind == "c" and dtype.kind != "c" else share).astype(dtype)
    return share
