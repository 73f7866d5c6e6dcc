"""The namespace `xp` of NumPy arrays: what declarations run on in an ordinary forward and backward pass.

Names and meanings are those of the Python array API standard (https://data-apis.org/array-api/latest/), which NumPy
2.1 has; after them come the few that the standard lacks. `tensors.py` and `jax_arrays.py` offer the same names, and a
test holds the three lists against each other.
"""

from __future__ import annotations

import math
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
    bool as bool_,
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
    gcd,
    greater,
    greater_equal,
    hypot,
    imag,
    int64,
    isfinite,
    isinf,
    isnan,
    lcm,
    less,
    less_equal,
    log,
    log10,
    log1p,
    log2,
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
    ones,
    ones_like,
    pi,
    positive,
    real,
    reciprocal,
    repeat,
    roll,
    searchsorted,
    signbit,
    sin,
    sinh,
    sqrt,
    square,
    squeeze,
    stack,
    subtract,
    take,
    tan,
    tanh,
    tensordot,
    tile,
    tril,
    triu,
    trunc,
    where,
    zeros,
    zeros_like,
)

from mutagrad.namespaces.elements import add_at, get_at, reduce_at
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
    xlogy,
)
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

import warnings

copy = np.array

# PyTorch computes inf and nan without a word; NumPy warns in the module that called it.
warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"mutagrad\b")


def matmul(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The matrix product: a batch times one matrix as one product, half precision by way of single."""
    if x.dtype.char == "e":  # BLAS has no product of halves, and NumPy's own takes sixty times as long.
        return np.matmul(x.astype(np.float32), y.astype(np.float32)).astype(np.float16)
    if x.ndim > 2 and y.ndim == 2:
        rows = x.reshape(math.prod(x.shape[:-1]), x.shape[-1])
        product = np.empty(x.shape[:-1] + y.shape[1:], x.dtype)
        np.matmul(rows, y, out=product.reshape(rows.shape[0], y.shape[1]))
        return product
    return np.matmul(x, y)


def fit(share: np.ndarray, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """`share` summed over the dimensions along which an input of `shape` was broadcast, in the input's dtype."""
    share = np.asarray(share)
    if share.shape != shape:
        extra = share.ndim - len(shape)
        axes = tuple(range(extra)) + tuple(
            d + extra for d, n in enumerate(shape) if n == 1 and share.shape[d + extra] != 1
        )
        share = np.asarray(sum(share, axes, None, True))
        share = share.reshape(share.shape[extra:]) if extra else share
        if share.shape != shape:
            share = np.broadcast_to(share, shape)
    if share.dtype != dtype:
        share = (share.real if share.dtype.kind == "c" and dtype.kind != "c" else share).astype(dtype)
    return share
