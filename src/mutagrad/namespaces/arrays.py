"""The namespace `xp` of NumPy arrays: what declarations run on in an ordinary forward and backward pass.

Names and meanings are those of the Python array API standard (https://data-apis.org/array-api/latest/), which NumPy
2.1 has, and a few that the standard lacks; where Python has an operator, a number may stand for the second array.
`tensors.py` and `jax_arrays.py` offer the same names, and a test holds the three lists against each other.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy import (
    abs,
    acos,
    acosh,
    add,
    arange,
    asarray,
    asin,
    asinh,
    astype,
    atan,
    atan2,
    atanh,
    bitwise_and,
    bitwise_invert,
    bitwise_left_shift,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
    ceil,
    concat,
    conj,
    copysign,
    cos,
    cosh,
    divide,
    equal,
    exp,
    exp2,
    expand_dims,
    expm1,
    flip,
    floor,
    fmax,
    fmin,
    frexp,
    gcd,
    greater,
    greater_equal,
    hypot,
    imag,
    isfinite,
    isinf,
    isnan,
    lcm,
    less,
    less_equal,
    log,
    log1p,
    log2,
    log10,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    matrix_transpose,
    maximum,
    minimum,
    moveaxis,
    multiply,
    negative,
    nextafter,
    not_equal,
    ones_like,
    real,
    roll,
    signbit,
    sin,
    sinh,
    sqrt,
    square,
    squeeze,
    subtract,
    take,
    tan,
    tanh,
    tensordot,
    tile,
    tril,
    triu,
    trunc,
    zeros,
    zeros_like,
)

from mutagrad.namespaces import matrices
from mutagrad.namespaces.axis_maps import map_along
from mutagrad.namespaces.convolutions import convolve, convolve_input, convolve_weight
from mutagrad.namespaces.elements import add_at, get_at, reduce_at
from mutagrad.namespaces.elementwise import (
    clip,
    complex,
    digamma,
    erf,
    erfc,
    erfinv,
    floor_divide,
    fmod,
    i0,
    i1,
    is_complex,
    lgamma,
    logaddexp,
    nan_to_num,
    polygamma,
    pow,
    relu,
    remainder,
    round,
    sigmoid,
    sign,
    trunc_divide,
    where,
    xlogy,
    zero_where_not_positive,
)
from mutagrad.namespaces.layouts import (
    as_strided,
    broadcast_to,
    diagonal,
    permute_dims,
    reshape,
    strides,
    view_as_complex,
    view_as_real,
)
from mutagrad.namespaces.matrices import *
from mutagrad.namespaces.reductions import (
    add_along_axis,
    all,
    any,
    argmax,
    argmin,
    argpartition,
    argsort,
    argtopk,
    cumulative_logaddexp,
    cumulative_max,
    cumulative_min,
    cumulative_prod,
    cumulative_sum,
    log_softmax,
    logsumexp,
    max,
    mean,
    min,
    prod,
    put_along_axis,
    softmax,
    sum,
    take_along_axis,
)
from mutagrad.namespaces.special import airy, bessel, erfcx, gammainc, gammaincc, log_ndtr, ndtri, zeta
from mutagrad.namespaces.spectra import fftn, ifftn, irfftn, rfftn

# fmt: off
__all__ = [
    "abs", "acos", "acosh", "add", "add_along_axis", "add_at", "all", "any", "arange", "argmax", "argmin",
    "argpartition", "argsort", "argtopk", "as_strided", "asarray", "asin", "asinh", "astype", "atan", "atan2", "atanh",
    "bitwise_and", "bitwise_invert", "bitwise_left_shift", "bitwise_or", "bitwise_right_shift", "bitwise_xor",
    "broadcast_to", "ceil", "clip", "complex", "concat", "conj", "convolve", "convolve_input", "convolve_weight",
    "copy", "copysign", "cos", "cosh", "cumulative_logaddexp", "cumulative_max", "cumulative_min", "cumulative_prod",
    "cumulative_sum", "diagonal", "digamma", "divide", "equal", "erf", "erfc", "erfinv", "exp", "exp2", "expand_dims",
    "expm1", "fit", "flip", "floor", "floor_divide", "fmax", "fmin", "fmod", "frexp", "gcd", "get_at", "greater",
    "greater_equal", "hypot", "i0", "i1", "imag", "is_complex", "isfinite", "isinf", "isnan", "lcm", "less",
    "less_equal", "lgamma", "log", "log1p", "log2", "log10", "log_softmax", "logaddexp", "logical_and", "logical_not",
    "logical_or", "logical_xor", "logsumexp", "map_along", "matmul", "matrix_transpose", "max", "maximum", "mean",
    "min", "minimum", "moveaxis", "multiply", "nan_to_num", "negative", "nextafter", "not_equal", "ones_like",
    "permute_dims", "polygamma", "pow", "prod", "put_along_axis", "real", "reduce_at", "relu", "remainder", "reshape",
    "roll", "round", "sigmoid", "sign", "signbit", "sin", "sinh", "softmax", "sqrt", "square", "squeeze", "stack",
    "strides", "subtract", "sum", "take", "take_along_axis", "tan", "tanh", "tensordot", "tile", "tril", "triu",
    "trunc", "trunc_divide", "view_as_complex", "view_as_real", "where", "xlogy", "zero_where_not_positive", "zeros",
    "zeros_like",
]
__all__ += ["airy", "bessel", "erfcx", "fftn", "gammainc", "gammaincc", "ifftn", "irfftn"]
__all__ += ["log_ndtr", "ndtri", "rfftn", "zeta"]
__all__ += matrices.__all__
# fmt: on

copy = np.array

# PyTorch computes inf and nan without a word; NumPy warns in the module that called it.
warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"mutagrad\b")


def matmul(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The matrix product: a batch times one matrix as one product, half precision by way of single."""
    if x.dtype.char == "e":  # BLAS has no product of halves, and NumPy's own takes sixty times as long.
        return np.matmul(x.astype(np.float32), y.astype(np.float32)).astype(np.float16)
    if x.ndim <= 2 and y.ndim <= 2:
        return x.dot(y)  # half the overhead
    if x.ndim > 2 and y.ndim == 2:
        rows = x.reshape(math.prod(x.shape[:-1]), x.shape[-1])
        product = np.empty(x.shape[:-1] + y.shape[1:], x.dtype)
        np.matmul(rows, y, out=product.reshape(rows.shape[0], y.shape[1]))
        return product
    return np.matmul(x, y)


def stack(arrays: Sequence[np.ndarray], axis: int = 0) -> np.ndarray:
    """The arrays side by side along a new dimension: as NumPy's, which takes three times as long for small ones."""
    if not arrays[0].ndim:
        return np.array(arrays)
    key: Any = (*(slice(None),) * (axis if axis >= 0 else axis + arrays[0].ndim + 1), None, ...)
    return np.concatenate([x[key] for x in arrays], axis)


@lru_cache(maxsize=1024)
def _way_back(wide: tuple[int, ...], strides: tuple[int, ...], shape: tuple[int, ...], dtype: np.dtype) -> Any:
    """How a share of the shape `wide` is summed to that of an input of `shape`.

    That is the key of what is repeated (its strides are zero; of no strides nothing is, and it is None) and how often,
    the axes that are left to be summed over, and the shape then.
    """
    extra = len(wide) - len(shape)
    kept = range(extra if extra > 0 else 0, len(wide))
    axes = [*range(extra), *[d for d in kept if shape[d - extra] == 1 != wide[d]]]
    along = [d for d in axes if strides and strides[d] == 0 and wide[d]]
    once = tuple([0 if d in along else slice(None) for d in range(len(wide))]) if along else None
    count = np.array(math.prod([wide[d] for d in along]), dtype)
    rest = [d for d in range(len(wide)) if d not in along]
    summed = tuple([i for i, d in enumerate(rest) if d in axes])
    return once, count, summed, tuple([1 if d in axes else wide[d] for d in kept])


def fit(share: np.ndarray, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """`share` summed over the dimensions along which an input of `shape` was broadcast, in the input's dtype."""
    if not shape and type(share) is np.ndarray:
        share = sum(share) if share.ndim else share[()]  # a scalar, which adds up faster than an array
        if share.dtype is dtype:
            return share
    if not isinstance(share, np.generic):
        share = np.asarray(share)
    if share.shape != shape:
        strides = share.strides if 0 in share.strides and share.dtype.kind != "c" else ()
        once, count, axes, summed = _way_back(share.shape, strides, shape, share.dtype)
        if once is not None:
            share = share[once] * count  # The sum of what is repeated is a product.
        if axes:
            share = sum(share, axes)
        if share.shape != summed:
            share = share.reshape(summed)
        if summed != shape:
            share = np.broadcast_to(share, shape)
    if share.dtype != dtype:
        share = (np.real(share) if share.dtype.kind == "c" and dtype.kind != "c" else share).astype(dtype)
    return share
