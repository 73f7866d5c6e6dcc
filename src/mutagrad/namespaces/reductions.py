"""NumPy kernels that reduce, accumulate, order and select along axes, for the namespace `arrays.py`.

NumPy's own functions of these names are Python wrappers that cost more than the work on a small array; here are the
ufunc methods behind them. Half precision is accumulated in single, as PyTorch does, and a zero-dimensional array counts
as having one dimension. What NumPy would warn of (a mean of nothing, a logarithm of zero) is computed without a word.
"""

from __future__ import annotations

import builtins
import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy import add, logaddexp, logical_and, logical_or, maximum, minimum, multiply

Axis = int | tuple[int, ...] | None

# Bound once, and untyped: NumPy's declarations do not know `keepdims` as a variable.
_add: Any = add.reduce
_multiply: Any = multiply.reduce
_maximum: Any = maximum.reduce
_minimum: Any = minimum.reduce
_logical_and: Any = logical_and.reduce
_logical_or: Any = logical_or.reduce

_FEW = 64  # elements: so few a product with ones adds up in half the time
_LARGE = 4096  # elements: from here on another way to sum may pay
_BLOCK = 512
_HALF = np.dtype("float16")
_SINGLE = np.dtype("float32")
_DOUBLE = np.dtype("float64")


def _in_single(function: Any, x: np.ndarray, axis: Axis, *options: Any) -> Any:
    """`function` of a half-precision array, worked out in single precision."""
    return function(x, axis, _SINGLE, *options).astype(_HALF)


# Reductions ---------------------------------------------------------------------------------------------------------


def sum(x: np.ndarray, axis: Axis = None, dtype: Any = None, keepdims: bool = False) -> np.ndarray:
    """The sum along `axis`."""
    if x.size <= _FEW and not keepdims:
        dt = x.dtype
        if (dt is _SINGLE or dt is _DOUBLE) and (dtype is None or dtype is dt):
            if x.ndim == 1 and axis != ():
                return x.dot(_ones(x.size, dt))
            if axis is None:
                return x.reshape(-1).dot(_ones(x.size, dt))
            if x.ndim == 2 and (axis == (0,) or axis == 0):
                if x.size and not x.strides[0]:
                    return x[0] * np.array(x.shape[0], dt)
                return _ones(x.shape[0], dt).dot(x)
    if x.size > _LARGE and axis is not None and (dtype is None or dtype == x.dtype) and x.dtype.char in "fdFD":
        total = _sum_of_rows(x, (axis,) if isinstance(axis, int) else axis, keepdims)
        if total is not None:
            return total
    if x.dtype is _HALF and (dtype is None or dtype == _HALF):
        return _in_single(_add, x, axis, None, keepdims)
    return _add(x, axis, dtype, None, keepdims)


@lru_cache(maxsize=256)
def _ones(count: int, dtype: np.dtype) -> np.ndarray:
    return np.ones(count, dtype)


def _sum_of_rows(x: np.ndarray, axes: tuple[int, ...], keepdims: bool) -> np.ndarray | None:
    """The sum along `axes` that stand side by side in contiguous memory, but for the last; None for other cases.

    NumPy adds up rows one after another: slow where they are short, and in single precision wrong in the fifth digit
    for a million of them. A product with ones is faster, and done in blocks its error is that of the dtype.
    """
    first, last = builtins.min(axes, default=-1), builtins.max(axes, default=-1)
    if first < 0 or last - first + 1 != len(axes) or last == x.ndim - 1 or not x.flags.c_contiguous:
        return None
    shape = x.shape
    count = math.prod(shape[first : last + 1])
    if count < _BLOCK // 8:
        return None
    rows = x.reshape(-1, count, math.prod(shape[last + 1 :]))
    while rows.shape[1] > 1:
        rows = _sum_in_blocks(rows)
    kept = (1,) * len(axes) if keepdims else ()
    return rows.reshape(shape[:first] + kept + shape[last + 1 :])


def _sum_in_blocks(rows: np.ndarray) -> np.ndarray:
    """The sums over blocks of the second dimension of three."""
    lead, count, width = rows.shape
    blocks = count // _BLOCK
    if blocks < 2:
        return np.matmul(np.ones(count, rows.dtype), rows)[:, None]
    whole = rows[:, : blocks * _BLOCK].reshape(lead, blocks, _BLOCK, width)
    sums = np.matmul(np.ones(_BLOCK, rows.dtype), whole)
    rest = _add(rows[:, blocks * _BLOCK :], 1, None, None, True)
    return np.concatenate([sums, rest], 1)


def prod(x: np.ndarray, axis: Axis = None, dtype: Any = None, keepdims: bool = False) -> np.ndarray:
    """The product along `axis`."""
    if x.dtype is _HALF and (dtype is None or dtype == _HALF):
        return _in_single(_multiply, x, axis, None, keepdims)
    return _multiply(x, axis, dtype, None, keepdims)


def mean(x: np.ndarray, axis: Axis = None, keepdims: bool = False) -> np.ndarray:
    """The mean along `axis`; nan of no elements."""
    half = x.dtype is _HALF
    if axis is None and 0 < x.size <= _FEW and not half and not keepdims:
        return sum(x) / x.size
    total = _add(x, axis, _SINGLE, None, keepdims) if half else sum(x, axis, None, keepdims)
    # Nothing divided by nan is nan, as is 0/0, but NumPy has nothing to warn of.
    result = total / (x.size // total.size or np.nan) if total.size else total
    return result.astype(_HALF) if half else result


def max(x: np.ndarray, axis: Axis = None, keepdims: bool = False) -> np.ndarray:
    """The largest element along `axis`; nan where there is one."""
    return _maximum(x, axis, None, None, keepdims)


def min(x: np.ndarray, axis: Axis = None, keepdims: bool = False) -> np.ndarray:
    """The smallest element along `axis`; nan where there is one."""
    return _minimum(x, axis, None, None, keepdims)


def all(x: np.ndarray, axis: Axis = None, keepdims: bool = False) -> np.ndarray:
    """Whether all elements along `axis` are true."""
    return _logical_and(x, axis, None, None, keepdims)


def any(x: np.ndarray, axis: Axis = None, keepdims: bool = False) -> np.ndarray:
    """Whether any element along `axis` is true."""
    return _logical_or(x, axis, None, None, keepdims)


def argmax(x: np.ndarray, axis: Any = None, keepdims: bool = False) -> np.ndarray:
    """The index of the first largest element (or of the first nan) along `axis`, or in the flat array."""
    return x.argmax(axis, keepdims=keepdims)


def argmin(x: np.ndarray, axis: Any = None, keepdims: bool = False) -> np.ndarray:
    """The index of the first smallest element (or of the first nan) along `axis`, or in the flat array."""
    return x.argmin(axis, keepdims=keepdims)


# Running ------------------------------------------------------------------------------------------------------------


def _accumulate(ufunc: np.ufunc, x: np.ndarray, axis: int, dtype: Any = None) -> np.ndarray:
    if x.ndim == 0:
        return x.astype(dtype or x.dtype)
    if x.dtype is _HALF and (dtype is None or dtype == _HALF) and ufunc not in (maximum, minimum):
        return _in_single(ufunc.accumulate, x, axis)
    return ufunc.accumulate(x, axis, dtype)


def cumulative_sum(x: np.ndarray, axis: int, dtype: Any = None) -> np.ndarray:
    """The running sums along `axis`."""
    return _accumulate(add, x, axis, dtype)


def cumulative_prod(x: np.ndarray, axis: int, dtype: Any = None) -> np.ndarray:
    """The running products along `axis`."""
    return _accumulate(multiply, x, axis, dtype)


def cumulative_max(x: np.ndarray, axis: int) -> np.ndarray:
    """The largest element so far, along `axis`; nan from the first one on."""
    return _accumulate(maximum, x, axis)


def cumulative_min(x: np.ndarray, axis: int) -> np.ndarray:
    """The smallest element so far, along `axis`; nan from the first one on."""
    return _accumulate(minimum, x, axis)


def cumulative_logaddexp(x: np.ndarray, axis: int) -> np.ndarray:
    """The logarithm of the running sums of exponentials along `axis`."""
    if x.dtype.kind != "c":
        return _accumulate(logaddexp, x, axis)
    # NumPy has no complex logaddexp: sums of 1, 2, 4, ... elements, each twice what it was.
    result = np.array(x, ndmin=1)
    lanes = np.moveaxis(result, axis, 0)
    step = 1
    while step < len(lanes):
        lanes[step:] = _logaddexp(lanes[step:], lanes[:-step])
        step *= 2
    return result.reshape(x.shape)


def _logaddexp(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    first = (np.real(a) >= np.real(b)) | np.isnan(a)
    small, large = np.where(first, b, a), np.where(first, a, b)
    level = np.real(small) == np.real(large)
    with np.errstate(all="ignore"):
        apart = large + np.log1p(np.exp(small - large))
        infinite = np.where(np.real(large) < 0, small, np.log(np.exp(small) + np.exp(large)))
    return np.where(level & ~np.isfinite(np.real(large)), infinite, apart)


# Order and selection ------------------------------------------------------------------------------------------------


def argsort(x: np.ndarray, axis: int = -1, descending: bool = False) -> np.ndarray:
    """The indices that sort along `axis`, equal elements in their order; nan counts as the largest."""
    if x.ndim == 0:
        return np.zeros((), np.int64)
    if not descending:
        return x.argsort(axis, kind="stable")
    # Sorted backwards and read backwards, equal elements keep their order.
    return x.shape[axis] - 1 - np.flip(np.flip(x, axis).argsort(axis, kind="stable"), axis)


def argpartition(x: np.ndarray, k: int, axis: int = -1) -> np.ndarray:
    """Indices along `axis` that put the element number `k` of the order in its place, with smaller ones before it."""
    return x.argpartition(k, axis)


def argtopk(x: np.ndarray, k: int, axis: int = -1, largest: bool = True) -> np.ndarray:
    """The indices of the `k` largest or smallest elements along `axis`, in order; nan counts as the largest."""
    size = x.shape[axis]
    if 8 * k > size:
        return argsort(x, axis, largest)[_first(k, axis, x.ndim)]
    # A partition finds them in linear time; only they need to be sorted, first by index and then by value.
    if k == 0:
        return np.empty([0 if d == axis % x.ndim else n for d, n in enumerate(x.shape)], np.int64)
    some = x.argpartition(size - k if largest else k - 1, axis)
    some = np.flip(some, axis)[_first(k, axis, x.ndim)] if largest else some[_first(k, axis, x.ndim)]
    some = np.sort(some, axis)
    return take_along_axis(some, argsort(take_along_axis(x, some, axis), axis, largest), axis)


def _first(k: int, axis: int, ndim: int) -> tuple:
    return (*(slice(None),) * (axis % ndim), slice(0, k), ...)


def _places(indices: np.ndarray, axis: int) -> tuple[np.ndarray, ...]:
    """The key that reads or writes, along `axis`, the elements at `indices`."""
    ndim = indices.ndim
    key = [np.arange(size).reshape((-1,) + (1,) * (ndim - d - 1)) for d, size in enumerate(indices.shape)]
    key[axis] = indices
    return tuple(key)


def take_along_axis(x: np.ndarray, indices: np.ndarray, axis: int = -1) -> np.ndarray:
    """The elements at `indices` along `axis`."""
    return x[_places(indices, axis)] if x.ndim else x.copy()


def put_along_axis(x: np.ndarray, indices: np.ndarray, values: np.ndarray, axis: int) -> np.ndarray:
    """A copy of `x` with `values` at `indices` along `axis`."""
    y = x.copy()
    y[_places(indices, axis) if x.ndim else ()] = values
    return y


def add_along_axis(x: np.ndarray, indices: np.ndarray, values: np.ndarray, axis: int) -> np.ndarray:
    """A copy of `x` with `values` added at `indices` along `axis`, each as often as it is named."""
    y = x.copy()
    add.at(y, _places(indices, axis) if x.ndim else (), values)
    return y


# Softmax ------------------------------------------------------------------------------------------------------------


def softmax(x: np.ndarray, axis: int) -> np.ndarray:
    """Exponentials over their sum along `axis`; one temporary the size of the result."""
    y = np.asarray(x - _maximum(x, axis, keepdims=True, initial=-np.inf))
    np.exp(y, out=y)
    y /= sum(y, axis, keepdims=True)
    return y


def log_softmax(x: np.ndarray, axis: int) -> np.ndarray:
    """The logarithm of `softmax` along `axis`."""
    y = np.asarray(x - _maximum(x, axis, keepdims=True, initial=-np.inf))
    y -= np.log(sum(np.exp(y), axis, keepdims=True))
    return y


def logsumexp(x: np.ndarray, axis: Axis, keepdims: bool = False) -> np.ndarray:
    """The logarithm of the sum of exponentials along `axis`, computed from the largest down."""
    if (
        x.ndim == 1
        and 0 < x.size <= _FEW
        and not keepdims
        and axis != ()
        and (x.dtype is _SINGLE or x.dtype is _DOUBLE)
    ):
        first = x.argmax()
        if -math.inf < x[first] < math.inf:
            shift = x[first, ...]
            return np.log(np.exp(x - shift).dot(_ones(x.size, x.dtype))) + shift[()]
    largest = np.asarray(_maximum(np.real(x), axis, None, None, True, -np.inf))
    np.putmask(largest, np.isinf(largest), 0)
    total = sum(np.exp(x - largest), axis, None, keepdims)
    return np.log(total) + largest.reshape(total.shape)
