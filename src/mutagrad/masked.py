"""Reductions and normalisations of the elements that a mask leaves: `torch.masked`.

Each is the operation of its name, on a tensor whose other elements are replaced by what does not count there: zero in a
sum, one in a product, minus infinity in a maximum. So where nothing is left, that is the result. `mask` is broadcast to
the input, and without it all elements count; `dtype` is that of computation and result.
Follows https://docs.pytorch.org/docs/stable/masked.html
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.linalg import vector_norm
from mutagrad.ops import exponential, extremes, reduction, scan
from mutagrad.ops import softmax as normalising
from mutagrad.ops.bounds import maximum
from mutagrad.ops.powers import sqrt as root
from mutagrad.ops.selection import where
from mutagrad.tensor import Tensor

__all__ = [
    "amax",
    "amin",
    "argmax",
    "argmin",
    "cumprod",
    "cumsum",
    "log_softmax",
    "logaddexp",
    "logsumexp",
    "mean",
    "median",
    "norm",
    "normalize",
    "prod",
    "softmax",
    "softmin",
    "std",
    "sum",
    "var",
]


def _left(input: Any, mask: Tensor | None, other: Any, dtype: Any = None) -> Any:
    """The input, with `other` where the mask is false."""
    if dtype is not None:
        input = input.to(dtype)
    return input if mask is None else where(mask, input, input.new_tensor(other))


def _all_for_none(dim: Any) -> Any:
    return None if dim == () else dim


def _lowest(input: Tensor, dtype: Any) -> Any:
    """What is below all numbers of the dtype that is computed in."""
    dt = (dtype or input.dtype).numpy
    return np.iinfo(dt).min if dt.kind in "iu" else False if dt.kind == "b" else -np.inf


def _highest(input: Tensor, dtype: Any) -> Any:
    dt = (dtype or input.dtype).numpy
    return np.iinfo(dt).max if dt.kind in "iu" else True if dt.kind == "b" else np.inf


# Sums, products and extremes ------------------------------------------------------------------------------------------


def sum(input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The sum of the elements left, along `dim`.

    >>> import mutagrad as torch
    >>> torch.masked.sum(torch.tensor([1., 2., 4.]), mask=torch.tensor([True, False, True]))
    tensor(5.)
    """
    return reduction.sum(_left(input, mask, 0, dtype), dim=_all_for_none(dim), keepdim=keepdim, dtype=dtype)


def prod(input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The product of the elements left, along `dim`."""
    result = _left(input, mask, 1, dtype)
    dims = range(input.ndim) if dim is None or dim == () else dim if isinstance(dim, (tuple, list)) else [dim]
    for axis in sorted([each % max(input.ndim, 1) for each in dims], reverse=True):
        result = reduction.prod(result, axis, keepdim, dtype=dtype)
    return result if result.ndim or dims else reduction.prod(result, dtype=dtype)


def cumsum(input: Tensor, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """The running sums of the elements left, along `dim`."""
    return scan.cumsum(_left(input, mask, 0, dtype), dim, dtype=dtype)


def cumprod(input: Tensor, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """The running products of the elements left, along `dim`."""
    return scan.cumprod(_left(input, mask, 1, dtype), dim, dtype=dtype)


def amax(input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The largest of the elements left, along `dim`."""
    return extremes.amax(_left(input, mask, _lowest(input, dtype), dtype), () if dim is None else dim, keepdim)


def amin(input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The smallest of the elements left, along `dim`."""
    return extremes.amin(_left(input, mask, _highest(input, dtype), dtype), () if dim is None else dim, keepdim)


def argmax(input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The index of the largest of the elements left, in the dtype of the input, as PyTorch has it."""
    filled = _left(input, mask, _lowest(input, dtype), dtype)
    return extremes.argmax(filled, dim, keepdim).to(dtype or input.dtype)


def argmin(input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The index of the smallest of the elements left, in the dtype of the input, as PyTorch has it."""
    filled = _left(input, mask, _highest(input, dtype), dtype)
    return extremes.argmin(filled, dim, keepdim).to(dtype or input.dtype)


# Moments and norms ----------------------------------------------------------------------------------------------------


def _count(input: Tensor, dim: Any, mask: Any, keepdim: bool) -> Any:
    """How many elements are left along `dim`."""
    ones = input.new_ones(input.shape, dtype=np.dtype("int64"))
    return sum(ones, dim, keepdim=keepdim, mask=mask)


def mean(input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The mean of the elements left, along `dim`; nan of none. Raises ValueError for whole numbers without a `dtype`."""
    if (dtype or input.dtype).numpy.kind not in "fc":
        raise ValueError(
            "mean(): Could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: "
            f"{input.dtype}"
        )
    return sum(input, dim, keepdim=keepdim, dtype=dtype, mask=mask) / _count(input, dim, mask, keepdim)


def median(input: Tensor, dim: int = -1, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The lower median of the elements left along `dim`; nan of none."""
    return extremes.nanmedian(_left(input, mask, np.nan, dtype), dim, keepdim).values


def var(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    *,
    correction: Any = None,
    keepdim: bool = False,
    dtype: Any = None,
    mask: Any = None,
) -> Any:
    """The variance of the elements left along `dim`: squared deviations over their number less `correction` (1)."""
    if unbiased is not None and correction is not None:
        raise ValueError("Only one of unbiased and correction may be given")
    lost = correction if correction is not None else 1 if unbiased is None or unbiased else 0
    wide = dtype or (input.dtype if input.dtype.numpy.kind in "fc" else np.dtype("float32"))
    x: Any = input.to(wide)
    count = _count(input, dim, mask, True)
    apart = x - sum(x, dim, keepdim=True, mask=mask) / count
    total = sum(apart * apart.conj(), dim, keepdim=keepdim, mask=mask)
    count = (count if keepdim else count.reshape(total.shape)).to(total.real.dtype)  # `correction` may have a fraction
    result = total / maximum(count - lost, count.new_zeros(()))
    return result.to(dtype) if dtype is not None else result


def std(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    *,
    correction: Any = None,
    keepdim: bool = False,
    dtype: Any = None,
    mask: Any = None,
) -> Any:
    """The root of `var`."""
    return root(var(input, dim, unbiased, correction=correction, keepdim=keepdim, dtype=dtype, mask=mask))


def norm(
    input: Tensor, ord: Any = 2.0, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None
) -> Any:
    """The norm of order `ord` of the elements left, along `dim`."""
    filled = _left(input, mask, np.inf if ord < 0 else 0, dtype)
    return vector_norm(filled, ord, _all_for_none(dim), keepdim, dtype=dtype)


def normalize(input: Tensor, ord: float, dim: int, *, eps: float = 1e-12, dtype: Any = None, mask: Any = None) -> Any:
    """The elements left over their norm along `dim`, which counts as `eps` at least; the others zero."""
    length = norm(input, ord, dim, keepdim=True, dtype=dtype, mask=mask)
    return _left(input, mask, 0, dtype) / maximum(length, length.new_tensor(eps))


# Exponentials ---------------------------------------------------------------------------------------------------------


def softmax(input: Tensor, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """The exponentials of the elements left over their sum along `dim`; nan where none is left."""
    return normalising.softmax(_left(input, mask, -np.inf, dtype), dim)


def log_softmax(input: Tensor, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """The logarithm of `softmax`."""
    return normalising.log_softmax(_left(input, mask, -np.inf, dtype), dim)


def softmin(input: Tensor, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """The `softmax` of the negative elements."""
    return normalising.softmax(-_left(input, mask, np.inf, dtype), dim)


def logsumexp(input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Any:
    """The logarithm of the sum of the exponentials of the elements left, along `dim`."""
    filled = _left(input, mask, _lowest(input, dtype), dtype)
    dims = tuple(range(input.ndim)) if dim is None or dim == () else dim
    return normalising.logsumexp(filled, dims, keepdim).to(filled.dtype)


def logaddexp(
    input: Tensor, other: Tensor, *, dtype: Any = None, input_mask: Any = None, other_mask: Any = None
) -> Any:
    """The logarithm of the sum of the exponentials of both, as far as they are left."""
    return exponential.logaddexp(_left(input, input_mask, -np.inf, dtype), _left(other, other_mask, -np.inf, dtype))
