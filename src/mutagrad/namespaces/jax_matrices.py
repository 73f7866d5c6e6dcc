"""The linear algebra of the namespace `jax_arrays.py`, under the names of `matrices.py`.

JAX does not say where a factorisation failed: `info` is zero, and the result NaN.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array, lax
from jax.numpy.linalg import det, eig
from jax.scipy.linalg import expm as matrix_exp

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


def _no_info(batch: tuple[int, ...]) -> Array:
    return jnp.zeros(batch, jnp.int32)


def cholesky(x: Array) -> tuple[Array, Array]:
    """The lower triangular factor, of the lower triangle."""
    return jnp.linalg.cholesky(x, symmetrize_input=False), _no_info(x.shape[:-2])


def eigh(x: Array, lower: bool) -> tuple[Array, Array]:
    """Eigenvalues and eigenvectors of Hermitian matrices, of which one triangle is read."""
    w, v = jnp.linalg.eigh(x, "L" if lower else "U", symmetrize_input=False)
    return w, v


def eigvalsh(x: Array, lower: bool) -> Array:
    """The eigenvalues of Hermitian matrices."""
    return jnp.linalg.eigvalsh(x, "L" if lower else "U", symmetrize_input=False)


def inv(x: Array) -> tuple[Array, Array]:
    """The inverse."""
    return jnp.linalg.inv(x), _no_info(x.shape[:-2])


def lu_factor(x: Array) -> tuple[Array, Array, Array, Array]:
    """L and U in one array, the rows exchanged, counted from one, and their order."""
    lu, exchanged, order = lax.linalg.lu(x)
    return lu, exchanged + 1, _no_info(x.shape[:-2]), order.astype(int)


def pinv(x: Array, rtol: float) -> Array:
    """The pseudo-inverse."""
    return jnp.linalg.pinv(x, rtol=rtol)


def qr(x: Array, mode: str) -> tuple[Array, Array]:
    """The unitary and the triangular factor."""
    q, r = jnp.linalg.qr(x, mode)
    return q, r


def slogdet(x: Array) -> tuple[Array, Array]:
    """The sign of the determinant and the logarithm of its absolute value."""
    sign, logarithm = jnp.linalg.slogdet(x)
    return sign, logarithm


def solve(a: Array, b: Array) -> tuple[Array, Array]:
    """The solution of a y = b."""
    return jnp.linalg.solve(a, b), _no_info(a.shape[:-2])


def solve_triangular(a: Array, b: Array, upper: bool, unitriangular: bool = False) -> Array:
    """The solution of a y = b where only one triangle of `a` counts."""
    batch = jnp.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a, b = (jnp.broadcast_to(x, batch + x.shape[-2:]) for x in (a, b))
    return lax.linalg.triangular_solve(a, b, left_side=True, lower=not upper, unit_diagonal=unitriangular)


def svd(x: Array, full_matrices: bool) -> tuple[Array, Array, Array]:
    """Singular vectors and values."""
    u, s, vh = jnp.linalg.svd(x, full_matrices)
    return u, s, vh


def svdvals(x: Array) -> Array:
    """The singular values."""
    return jnp.linalg.svd(x, compute_uv=False)
