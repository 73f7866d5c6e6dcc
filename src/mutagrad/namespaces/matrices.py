"""Linear algebra on batches of NumPy matrices, for the namespace `arrays.py`: NumPy's kernels, and LAPACK's by SciPy.

NumPy takes whole batches; what it lacks is called for one matrix after another (`_each`). Factorisations that may fail
give an `info` as LAPACK does: zero, or where the first failed pivot stands, counted from one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.linalg import LinAlgError

from mutagrad.deferred import Deferred
from mutagrad.namespaces import small_matrices

__all__ = [
    "cholesky",
    "det",
    "eig",
    "eigh",
    "eigvalsh",
    "inv",
    "lu_factor",
    "matrix_exp",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_triangular",
    "svd",
    "svdvals",
]

scipy_linalg = Deferred("scipy.linalg")

Array = np.ndarray
INFO = np.int32
SEVERAL = 8  # From so many matrices, up to a size, a batch is solved at once, though it takes more arithmetic.
SMALL = 32


def _are_many(count: int, side: int) -> bool:
    """Whether so many matrices are so small that a loop over their columns beats one over them."""
    return count >= SEVERAL and side <= SMALL


def _each(function: Callable[..., tuple], arrays: tuple[Array, ...], core: int = 2) -> tuple[Array, ...]:
    """The results of `function` for each of a batch of matrices; batches of several arrays are broadcast together.

    `function` must take matrices of ones where the batch is empty, to tell the results' shapes.
    """
    batch = np.broadcast_shapes(*[a.shape[:-core] for a in arrays])
    if not batch:
        return tuple(np.asarray(result) for result in function(*arrays))
    wide = [np.broadcast_to(a, batch + a.shape[-core:]) for a in arrays]
    places = list(np.ndindex(batch))
    if not places:
        samples = function(*[np.ones(a.shape[-core:], a.dtype) for a in arrays])
        return tuple(np.empty(batch + np.shape(r), np.asarray(r).dtype) for r in samples)
    results = [function(*[a[place] for a in wide]) for place in places]
    return tuple(np.stack(each).reshape(batch + np.shape(each[0])) for each in zip(*results))


# Factorisations that may fail ---------------------------------------------------------------------------------------


def cholesky(x: Array) -> tuple[Array, Array]:
    """The lower triangular L with L Lᴴ = x, of which the lower triangle is read; and info."""
    try:
        lower = np.linalg.cholesky(x)
    except LinAlgError:
        return _each(_cholesky, (x,))  # type: ignore[return-value]
    info = np.zeros(x.shape[:-2], INFO)
    if not np.isfinite(lower).all():
        return _each(_cholesky, (x,))  # type: ignore[return-value]
    return lower, info


def _cholesky(x: Array) -> tuple[Array, Any]:
    (potrf,) = scipy_linalg.get_lapack_funcs(("potrf",), (x,))
    lower, info = potrf(x, lower=True, clean=True)
    return lower, INFO(info)


def lu_factor(x: Array) -> tuple[Array, Array, Array, Array]:
    """L and U of P L U = x in one array; the rows exchanged one after another, counted from one; info; and the order.

    The order says which row of `x` stands where in the product L U.
    """
    if 0 in x.shape[-2:]:
        batch, rows = x.shape[:-2], x.shape[-2]
        order = np.broadcast_to(np.arange(rows), (*batch, rows)).copy()
        return x.copy(), np.empty((*batch, 0), INFO), np.zeros(batch, INFO), order
    batch = x.shape[:-2]
    if _are_many(math.prod(batch), min(x.shape[-2:])):
        lu, exchanged, info = small_matrices.lu_factor(x.reshape(-1, *x.shape[-2:]))
        lu, exchanged, info = lu.reshape(x.shape), exchanged.reshape(*batch, -1), info.reshape(batch)
        return lu, exchanged.astype(INFO) + INFO(1), info, _order(exchanged, x.shape[-2])
    (getrf,) = scipy_linalg.get_lapack_funcs(("getrf",), (x,))

    def factor(x: Array) -> tuple[Array, Array, Any]:
        lu, exchanged, info = getrf(x)
        return lu, exchanged, INFO(info)

    lu, exchanged, info = _each(factor, (x,))
    return lu, exchanged.astype(INFO) + INFO(1), info, _order(exchanged, x.shape[-2])


def _order(exchanged: Array, rows: int) -> Array:
    """The rows' order after exchanging one after another."""
    order = np.broadcast_to(np.arange(rows), (*exchanged.shape[:-1], rows)).reshape(-1, rows).copy()
    partners = exchanged.reshape(-1, exchanged.shape[-1])
    each = np.arange(len(order))
    for i in range(partners.shape[1]):
        j = partners[:, i]
        there = order[each, j]
        order[each, j] = order[:, i]
        order[:, i] = there
    return order.reshape(*exchanged.shape[:-1], rows)


def _info_of(x: Array) -> Array:
    return lu_factor(x)[2]


def solve(a: Array, b: Array) -> tuple[Array, Array]:
    """The solution of a y = b, for matrices `b`; and info."""
    try:
        return np.linalg.solve(a, b), np.zeros(a.shape[:-2], INFO)
    except LinAlgError:
        return np.full(np.broadcast_shapes(a.shape[:-2], b.shape[:-2]) + b.shape[-2:], np.nan, b.dtype), _info_of(a)


def inv(x: Array) -> tuple[Array, Array]:
    """The inverse, and info."""
    try:
        return np.linalg.inv(x), np.zeros(x.shape[:-2], INFO)
    except LinAlgError:
        info = _info_of(x)
        regular = np.where((info == 0)[..., None, None], x, np.eye(x.shape[-1], dtype=x.dtype))
        return np.where((info == 0)[..., None, None], np.linalg.inv(regular), np.array(np.nan, x.dtype)), info


def solve_triangular(a: Array, b: Array, upper: bool, unitriangular: bool = False) -> Array:
    """The solution of a y = b where only one triangle of `a` counts, with ones on its diagonal if `unitriangular`."""
    batch, n = np.broadcast_shapes(a.shape[:-2], b.shape[:-2]), a.shape[-1]
    if not (a.size and b.size):
        return np.zeros(batch + b.shape[-2:], b.dtype)
    if _are_many(math.prod(batch), n):
        triangle = np.triu(a) if upper else np.tril(a)
        if unitriangular:
            triangle[..., range(n), range(n)] = 1
        if np.all(np.diagonal(triangle, 0, -2, -1)):
            # Elimination has nothing to do in an upper triangle, and NumPy's takes the batch at once.
            if upper:
                return np.linalg.solve(triangle, b)
            return np.linalg.solve(triangle[..., ::-1, ::-1], b[..., ::-1, :])[..., ::-1, :]

    def substitute(a: Array, b: Array) -> tuple[Array]:
        (trsm,) = scipy_linalg.get_blas_funcs(("trsm",), (a, b))
        # In Fortran's order the transpose is what lies there, of which the other triangle counts.
        if a.flags.f_contiguous:
            return (trsm(1, a, b, lower=not upper, diag=unitriangular),)
        return (trsm(1, a.T, b, lower=upper, trans_a=1, diag=unitriangular),)

    return _each(substitute, (a, b))[0]


# Determinants -------------------------------------------------------------------------------------------------------

det = np.linalg.det


def slogdet(x: Array) -> tuple[Array, Array]:
    """The sign of the determinant and the logarithm of its absolute value."""
    sign, logarithm = np.linalg.slogdet(x)
    return np.asarray(sign), np.asarray(logarithm)


# Spectra ------------------------------------------------------------------------------------------------------------


def eigh(x: Array, lower: bool) -> tuple[Array, Array]:
    """Eigenvalues, rising, and eigenvectors of Hermitian matrices, of which one triangle is read."""
    w, v = np.linalg.eigh(x, "L" if lower else "U")
    return w, v


def eigvalsh(x: Array, lower: bool) -> Array:
    """The eigenvalues of Hermitian matrices, rising."""
    return np.linalg.eigvalsh(x, "L" if lower else "U")


def _complex(x: Array) -> Array:
    return x.astype(np.result_type(x.dtype, np.complex64), copy=False)


def eig(x: Array) -> tuple[Array, Array]:
    """Eigenvalues and eigenvectors of length one, complex also where all are real."""
    w, v = np.linalg.eig(x)
    return _complex(w), _complex(v)


def eigvals(x: Array) -> Array:
    """The eigenvalues, complex also where all are real."""
    return _complex(np.linalg.eigvals(x))


def svd(x: Array, full_matrices: bool) -> tuple[Array, Array, Array]:
    """Left singular vectors, singular values, falling, and the conjugate transpose of the right singular vectors."""
    u, s, vh = np.linalg.svd(x, full_matrices)
    return u, s, vh


def svdvals(x: Array) -> Array:
    """The singular values, falling."""
    return np.linalg.svd(x, compute_uv=False)


def pinv(x: Array, rtol: float) -> Array:
    """The pseudo-inverse, without the singular values below `rtol` times the largest."""
    return np.linalg.pinv(x, rtol)


# Others -------------------------------------------------------------------------------------------------------------


def qr(x: Array, mode: str) -> tuple[Array, Array]:
    """The unitary and the triangular factor, "reduced" to the smaller side or "complete"."""
    q, r = np.linalg.qr(x, mode)  # type: ignore[call-overload]
    return q, r


def matrix_exp(x: Array) -> Array:
    """The matrix exponential, by scaling, squaring and Padé approximants (Al-Mohy and Higham 2009)."""
    if not x.size:
        return x.copy()
    if _are_many(math.prod(x.shape[:-2]), x.shape[-1]):
        return small_matrices.matrix_exp(x.reshape(-1, *x.shape[-2:])).reshape(x.shape)
    return scipy_linalg.expm(x)


# What LAPACK alone has ----------------------------------------------------------------------------------------------


def geqrf(x: Array) -> tuple[Array, Array]:
    """R with the Householder vectors below its diagonal, and their factors."""
    h, tau = np.linalg.qr(x, "raw")
    return h.swapaxes(-1, -2), tau


def ldl_factor(x: Array, hermitian: bool) -> tuple[Array, Array, Array]:
    """L and the blocks of D of the symmetric (or Hermitian) L D Lᵀ = x, the pivots, and info; by Bunch and Kaufman."""
    name = "hetrf" if hermitian and x.dtype.kind == "c" else "sytrf"

    def factor(x: Array) -> tuple[Array, Array, Any]:
        if not x.size:
            return x.copy(), np.empty(0, INFO), INFO(0)
        function, size = scipy_linalg.get_lapack_funcs((name, f"{name}_lwork"), (x,))
        work = int(np.real(size(x.shape[0], lower=True)[0]))
        ld, pivots, info = function(x, lower=True, lwork=max(work, 1))
        return np.tril(ld), pivots.astype(INFO), INFO(info)

    return _each(factor, (x,))  # type: ignore[return-value]


def ldl_solve(ld: Array, pivots: Array, b: Array, hermitian: bool) -> Array:
    """The solution of a y = b from `ldl_factor(a)`."""
    name = "hetrs" if hermitian and ld.dtype.kind == "c" else "sytrs"

    def substitute(ld: Array, pivots: Array, b: Array) -> tuple[Array]:
        if not b.size:
            return (b.copy(),)
        (function,) = scipy_linalg.get_lapack_funcs((name,), (ld, b))
        # LAPACK counts pivots from one and marks blocks of two by negative ones.
        return (function(ld, pivots[:, 0], b, lower=True)[0],)

    return _each(substitute, (ld, pivots[..., None], b))[0]


def lstsq(a: Array, b: Array, rcond: float, driver: str) -> tuple[Array, Array, Array]:
    """The solution of least squares (and least norm) of a y = b, the rank, and what `driver` has of singular values."""

    def solve_one(a: Array, b: Array) -> tuple[Array, Any, Array]:
        if driver == "gels":
            return _gels(a, b), np.int64(min(a.shape)), np.empty(0, a.dtype.char.lower())
        found: Any = scipy_linalg.lstsq(a, b, rcond, lapack_driver=driver, check_finite=False)
        y, _, rank, values = found
        return y, np.int64(rank), np.empty(0, a.dtype.char.lower()) if values is None else values

    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    if not (_are_many(math.prod(batch), min(a.shape[-2:])) and np.isfinite(a).all()):
        return _each(solve_one, (a, b))  # type: ignore[return-value]
    y, rank, values = small_matrices.lstsq(a, b, 0.0 if driver == "gels" else rcond)
    if driver == "gels":
        rank = np.full(batch, min(a.shape[-2:]))
    return y, rank.astype(np.int64), values if driver in ("gelsd", "gelss") else np.empty((*batch, 0), values.dtype)


def _gels(a: Array, b: Array) -> Array:
    (gels,) = scipy_linalg.get_lapack_funcs(("gels",), (a, b))
    m, n = a.shape
    room = np.zeros((max(m, n), b.shape[1]), b.dtype)
    room[:m] = b
    return gels(a, room)[1][:n]
