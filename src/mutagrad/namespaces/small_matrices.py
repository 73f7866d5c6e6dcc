"""Algorithms for many small matrices at once: their loops are over columns, and each step is that of all matrices.

Called by `matrices.py`, for batches that LAPACK would be called for one by one. The arrays are (count, rows, columns).
"""

from __future__ import annotations

import math

import numpy as np

Array = np.ndarray
INFO = np.int32


def _size(x: Array) -> Array:
    """The size by which LAPACK compares pivots."""
    return np.abs(np.real(x)) + np.abs(np.imag(x)) if x.dtype.kind == "c" else np.abs(x)


def _exchange(x: Array, each: Array, i: int, j: Array) -> None:
    """Exchanges row `i` of each matrix with its row `j`; the matrices are along the last axis."""
    there = x[j, :, each]
    x[j, :, each] = x[i].T
    x[i] = there.T


def lu_factor(x: Array) -> tuple[Array, Array, Array]:
    """L and U in one array, the rows exchanged one after another, counted from zero, and LAPACK's info.

    Gaussian elimination with partial pivoting.
    """
    count, m, n = x.shape
    # With the matrices along the last axis, NumPy's innermost loops are long.
    lu = x.transpose(1, 2, 0).copy()
    steps, each = min(m, n), np.arange(count)
    exchanged = np.empty((count, steps), np.intp)
    for k in range(steps):
        exchanged[:, k] = pivot = k + _size(lu[k:, k]).argmax(0)
        if (pivot != k).any():
            _exchange(lu, each, k, pivot)
        if k + 1 < m:
            head = lu[k, k]
            lu[k + 1 :, k] /= np.where(head == 0, 1, head)
            lu[k + 1 :, k + 1 :] -= lu[k + 1 :, k, None] * lu[k, None, k + 1 :]
    zero = np.diagonal(lu) == 0
    info = np.where(zero.any(1), zero.argmax(1) + 1, 0).astype(INFO)
    return np.ascontiguousarray(lu.transpose(2, 0, 1)), exchanged, info


def lstsq(a: Array, b: Array, rcond: float) -> tuple[Array, Array, Array]:
    """The solutions of least squares and least norm, by singular values, of which those up to `rcond` times the largest
    count as zero; the ranks, and the singular values."""
    u, values, vh = np.linalg.svd(a, full_matrices=False)
    counts = values > rcond * values.max(-1, keepdims=True, initial=0)
    inverse = np.where(counts, 1 / np.where(counts, values, 1), 0).astype(values.dtype)
    turned = inverse[..., None] * (u.swapaxes(-1, -2).conj() @ b)
    return vh.swapaxes(-1, -2).conj() @ turned, counts.sum(-1), values


# Coefficients of the Padé approximant of degree 13, and up to which norm it is exact in double precision.
_PADE = [math.comb(13, j) * math.factorial(26 - j) / math.factorial(26) for j in range(14)]
_REACH = 5.371920351148152


def matrix_exp(x: Array) -> Array:
    """The exponentials, by scaling, a Padé approximant, and squaring, each matrix as often as it needs.

    Follows Higham (2005), "The scaling and squaring method for the matrix exponential revisited".
    """
    real = np.real(x).dtype
    norms = np.abs(x).sum(-2).max(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.ceil(np.log2(norms / _REACH))
    squarings = np.where(np.isfinite(needed), np.clip(needed, 0, 1000), 0).astype(int)
    scale = np.ldexp(1.0, -squarings)[:, None, None].astype(real)
    scaled = x * scale
    second = scaled @ scaled
    fourth = second @ second
    sixth = fourth @ second
    one = np.eye(x.shape[-1], dtype=x.dtype)
    c = [real.type(each) for each in _PADE]
    odd = sixth @ (c[13] * sixth + c[11] * fourth + c[9] * second)
    odd = scaled @ (odd + c[7] * sixth + c[5] * fourth + c[3] * second + c[1] * one)
    even = sixth @ (c[12] * sixth + c[10] * fourth + c[8] * second)
    even = even + c[6] * sixth + c[4] * fourth + c[2] * second + c[0] * one
    result = np.linalg.solve(even - odd, even + odd)
    for done in range(squarings.max(initial=0)):
        more = squarings > done
        result[more] = result[more] @ result[more]
    return result
