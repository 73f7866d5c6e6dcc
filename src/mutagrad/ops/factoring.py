"""Factorisations that solve equations: Cholesky, LU and LDL, and what is done with their factors.

The rule of Cholesky is that of Murray (2016), "Differentiation of the Cholesky decomposition"; that of LU follows from
differentiating P L U, whose parts lie in different triangles. Solutions from factors are compositions of triangular
systems. The factors are saved. LDL has no derivative, as in PyTorch.
Follows https://docs.pytorch.org/docs/stable/linalg.html

>>> import mutagrad as torch
>>> torch.linalg.cholesky(torch.tensor([[4., 2.], [2., 5.]]))
tensor([[2., 0.],
        [1., 2.]])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.batched.functions import of_matrices
from mutagrad.declaration import composite, operation
from mutagrad.namespaces import matrices as kernels
from mutagrad.ops.creation import eye
from mutagrad.ops.distributions import underived
from mutagrad.ops.matrices import (
    adjoint,
    check_floating,
    check_info,
    check_matrix,
    check_square,
    identity,
    times,
)
from mutagrad.ops.out import into, results_into, several_into
from mutagrad.ops.solving import check_dtypes, check_systems, substitute
from mutagrad.ops.views import check_tensor
from mutagrad.return_types import named
from mutagrad.tensor import Tensor, wrap

__all__ = ["cholesky", "cholesky_inverse", "cholesky_solve", "lu", "lu_solve", "lu_unpack"]


# Cholesky -----------------------------------------------------------------------------------------------------------


def _cholesky_share(xp: Any, ct: Any, L: Any, upper: bool) -> Any:
    lower, of_lower = (adjoint(L), adjoint(ct[0])) if upper else (L, ct[0])
    inner = xp.tril(times(xp, adjoint(lower), of_lower))
    symmetric = 0.5 * (inner + adjoint(xp.tril(inner, k=-1)))
    left = xp.solve_triangular(adjoint(lower), symmetric, True)
    return adjoint(xp.solve_triangular(adjoint(lower), adjoint(left), True))


@operation("linalg_cholesky_ex", method=False, outputs=("L", "info"), input=_cholesky_share)
def _cholesky_ex(xp: Any, input: Any, /, upper: bool) -> Any:
    lower, info = xp.cholesky(adjoint(input) if upper else input)
    return (adjoint(lower) if upper else lower), info


def _cholesky(name: str, A: Tensor, upper: bool, whole: bool = False) -> tuple[Tensor, Tensor]:
    check_square(name, A)
    check_floating(name, A, "cholesky_cpu", whole)
    return _cholesky_ex(A, upper)


def cholesky_ex(A: Tensor, *, upper: bool = False, check_errors: bool = False, out: Any = None) -> Any:
    """The factor of `linalg.cholesky` and, as LAPACK's `info`, where it failed: zero where it did not."""
    results = _cholesky("linalg.cholesky", A, upper)
    if check_errors:
        check_info("linalg.cholesky_ex", results[1])
    return results_into(out, "linalg_cholesky_ex", "L info", results)


def linalg_cholesky(A: Tensor, *, upper: bool = False, out: Tensor | None = None) -> Tensor:
    """The lower triangular L of L Lᴴ = A for positive definite matrices; Lᴴ if `upper`. Saves the result.

    Only the triangle of A that L fills is read.
    Raises LinAlgError where A is not positive definite, RuntimeError where it is not square.
    """
    factor, info = _cholesky("linalg.cholesky", A, upper)
    check_info("linalg.cholesky", info)
    return into(out, factor, "linalg_cholesky")


@composite()
def cholesky(input: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:
    """The Cholesky factor of positive definite matrices; see `mutagrad.linalg.cholesky`."""
    factor, info = _cholesky("cholesky", input, upper, whole=True)
    check_info("cholesky", info)
    return into(out, factor, "cholesky", casts=True)


@composite()
def cholesky_solve(B: Tensor, L: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:
    """The solution X of A X = B from the Cholesky factor `L` of A."""
    if B.ndim < 2:
        raise RuntimeError(f"b should have at least 2 dimensions, but has {B.ndim} dimensions instead")
    if L.ndim < 2:
        raise RuntimeError(f"u should have at least 2 dimensions, but has {L.ndim} dimensions instead")
    check_systems("cholesky_solve", B, L)
    turned = L.mT.conj()
    lower, high = (turned, L) if upper else (L, turned)
    return into(out, substitute(high, substitute(lower, B, False), True), "cholesky_solve", casts=True)


@composite()
def cholesky_inverse(L: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:
    """The inverse of A from its Cholesky factor `L`."""
    check_square("cholesky_inverse", L)
    return into(out, cholesky_solve(eye(L.shape[-1], dtype=L.dtype), L, upper), "cholesky_inverse", casts=True)


# LU -----------------------------------------------------------------------------------------------------------------


def _lu_share(xp: Any, ct: Any, LU: Any, order: Any) -> Any:
    """L̄ and Ū have a triangle each: P [L⁻ᴴ (tril(Lᴴ L̄) + triu(Ū Uᴴ)) U⁻ᴴ], what sticks out of the square apart."""
    m, n = LU.shape[-2:]
    k = min(m, n)
    square, of_square = LU[..., :k, :k], ct[0][..., :k, :k]
    square_h = adjoint(square)  # Lᴴ above the diagonal, Uᴴ below
    of_lower, of_upper = xp.tril(of_square, k=-1), xp.triu(of_square)
    low = xp.tril(square, k=-1) + identity(xp, k, square)
    below = beside = None
    if m > k:
        below = adjoint(xp.solve_triangular(square, adjoint(ct[0][..., k:, :]), True))
        of_upper = of_upper - times(xp, adjoint(LU[..., k:, :]), below)
    if n > k:
        beside = xp.solve_triangular(square_h, ct[0][..., :, k:], True, True)
        of_lower = of_lower - times(xp, beside, adjoint(LU[..., :, k:]))
    inner = xp.tril(times(xp, adjoint(low), of_lower), k=-1) + xp.triu(times(xp, of_upper, adjoint(xp.triu(square))))
    left = xp.solve_triangular(square_h, inner, True, True)
    share = adjoint(xp.solve_triangular(square, adjoint(left), True))
    if below is not None:
        share = xp.concat([share, below], axis=-2)
    if beside is not None:
        share = xp.concat([share, beside], axis=-1)
    back = xp.argsort(order, axis=-1)[..., None]
    return xp.take_along_axis(share, xp.broadcast_to(back, tuple(share.shape)), axis=-2)


@operation("linalg_lu_factor_ex", method=False, outputs=("LU", "pivots", "info", "order"), input=_lu_share)
def _lu_factor_ex(xp: Any, input: Any, /) -> Any:
    return xp.lu_factor(input)


def _lu(name: str, A: Tensor, pivot: bool) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    check_tensor(name.removeprefix("torch.").replace(".", "_"), A, "A")
    if A.ndim < 2:
        raise RuntimeError(f"{name}: Expected tensor with 2 or more dimensions. Got size: {list(A.shape)} instead")
    check_floating(name, A, "lu_cpu", whole=True)
    if not pivot:
        raise RuntimeError("linalg.lu_factor: LU without pivoting is not implemented on the CPU")
    return _lu_factor_ex(A)


def lu_factor_ex(A: Tensor, *, pivot: bool = True, check_errors: bool = False, out: Any = None) -> Any:
    """The factors of `lu_factor` and, as LAPACK's `info`, where U has a zero on its diagonal."""
    LU, pivots, info, _ = _lu("torch.lu_factor", A, pivot)
    if check_errors:
        check_info("torch.linalg.lu_factor_ex", info)
    return results_into(out, "linalg_lu_factor_ex", "LU pivots info", (LU, pivots, info))


def lu_factor(A: Tensor, *, pivot: bool = True, out: Any = None) -> Any:
    """L and U of P L U = A in one matrix, and the rows exchanged one after another, counted from one.

    Raises LinAlgError where U has a zero on its diagonal. Saves the result.
    """
    LU, pivots, info, _ = _lu("torch.lu_factor", A, pivot)
    check_info("torch.linalg.lu_factor", info)
    return results_into(out, "linalg_lu_factor", "LU pivots", (LU, pivots))


def linalg_lu(A: Tensor, *, pivot: bool = True, out: Any = None) -> Any:
    """The permutation P, the unit lower triangular L and the upper triangular U of P L U = A."""
    LU, pivots, _, _ = _lu("linalg.lu", A, pivot)
    return results_into(out, "linalg_lu", "P L U", _unpacked(LU, pivots))


@operation("lu_order", method=False)
def _order(xp: Any, pivots: Any, /, rows: int) -> Any:
    """Which row of A stands where in L U, from the exchanges."""
    batch = tuple(pivots.shape[:-1])
    order = xp.broadcast_to(xp.arange(rows), (*batch, rows))
    partners = xp.astype(pivots, np.dtype("int64")) - 1
    for i in range(pivots.shape[-1]):
        partner, here = partners[..., i : i + 1], order[..., i : i + 1]
        there = xp.take_along_axis(order, partner, axis=-1)
        order = xp.put_along_axis(order, partner, here, axis=-1)
        order = xp.put_along_axis(order, xp.zeros_like(partner) + i, there, axis=-1)
    return order


def _unpacked(LU: Tensor, pivots: Tensor | None, with_data: bool = True) -> tuple[Tensor, Tensor, Tensor]:
    m, n = LU.shape[-2:]
    k, dtype = min(m, n), LU._array.dtype
    nothing = wrap(np.empty(0, dtype))
    P = L = U = nothing
    if pivots is not None:
        P = (wrap(np.arange(m)[:, None]) == _order(pivots, m)[..., None, :]).to(LU.dtype)
    if with_data:
        L = LU[..., :, :k].tril(-1) + eye(m, k, dtype=LU.dtype)
        U = LU[..., :k, :].triu()
    return P, L, U


def lu_unpack(
    LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True, unpack_pivots: bool = True, *, out: Any = None
) -> Any:
    """P, L and U from what `linalg.lu_factor` gives; empty what is not asked for.

    Raises RuntimeError unless the pivots are int32.
    """
    if LU_pivots._array.dtype != np.int32:
        raise RuntimeError(
            "torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype."
            "\nNote: this function is intended to be used with the output produced by torch.linalg.lu_factor"
        )
    results = _unpacked(LU_data, LU_pivots if unpack_pivots else None, unpack_data)
    return results_into(out, "lu_unpack", "P L U", results)


@composite()
def lu(A: Tensor, pivot: bool = True, get_infos: bool = False, *, out: Any = None) -> Any:
    """L and U in one matrix, the pivots and, if asked for, where it failed; see `mutagrad.linalg.lu_factor`."""
    LU, pivots, info, _ = _lu("torch.lu_factor", A, pivot)
    results = named("_lu_with_info", "LU", "pivots", "info")(LU, pivots, info) if get_infos else (LU, pivots)
    return results if out is None else tuple(several_into(out, results, "lu", casts=True))


def linalg_lu_solve(
    LU: Tensor, pivots: Tensor, B: Tensor, *, left: bool = True, adjoint: bool = False, out: Tensor | None = None
) -> Tensor:
    """The solution X of A X = B (X A = B if not `left`, with Aᴴ if `adjoint`) from `lu_factor(A)`.

    Raises RuntimeError for shapes and dtypes that do not go together.
    """
    check_square("torch.linalg.lu_solve", LU)
    check_matrix("linalg.lu_solve", B, "B")
    check_dtypes("linalg.lu_solve", "LU", LU, "B", B)
    if pivots._array.dtype != np.int32:
        raise RuntimeError("linalg.lu_solve: pivots should be a Tensor of scalar type torch.int32")
    if pivots.shape[-1] != LU.shape[-1]:
        raise RuntimeError("linalg.lu_solve: Number of pivots per batch should be same as the dimension of the matrix")
    if LU.shape[-2] != B.shape[-2 if left else -1]:
        equation = "AX = B" if left else "XA = B"
        shapes = f"{LU.shape[-2]}x{LU.shape[-1]} and {B.shape[-2]}x{B.shape[-1]}"
        raise RuntimeError(f"linalg.lu_solve: Incompatible shapes of A and B for the equation {equation} ({shapes})")
    if not left:  # X A = B is Aᴴ Xᴴ = Bᴴ
        turned = linalg_lu_solve(LU, pivots, B.mT.conj(), adjoint=not adjoint)
        return into(out, turned.mT.conj(), "linalg_lu_solve")
    order = _order(pivots, LU.shape[-1])
    if adjoint:
        turned = LU.mT.conj()
        inner = substitute(turned, substitute(turned, B, False), True, True)
        return into(out, _rows(inner, order.argsort(-1)), "linalg_lu_solve")
    return into(out, substitute(LU, substitute(LU, _rows(B, order), False, True), True), "linalg_lu_solve")


def _rows(x: Tensor, order: Any) -> Tensor:
    """The rows of matrices in another order, a batch of orders broadcast with that of the matrices."""
    shape = np.broadcast_shapes(order.shape[:-1], x.shape[:-2]) + tuple(x.shape[-2:])
    return x.expand(shape).gather(-2, order[..., None].expand(shape))


@composite()
def lu_solve(b: Tensor, LU_data: Tensor, LU_pivots: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The solution X of A X = b from `lu_factor(A)`; see `mutagrad.linalg.lu_solve`."""
    return linalg_lu_solve(LU_data, LU_pivots, b, out=out)


# LDL ----------------------------------------------------------------------------------------------------------------


_UNDERIVED: dict[str, Any] = {"method": False, "node_name": "NotImplemented"}


@operation(
    "linalg_ldl_factor_ex",
    outputs=("LD", "pivots", "info"),
    input=underived("linalg_ldl_factor_ex"),
    **_UNDERIVED,
)
def _ldl_factor_ex(xp: Any, input: Any, /, hermitian: bool) -> Any:
    return of_matrices(kernels.ldl_factor)(input, hermitian)


def ldl_factor_ex(A: Tensor, *, hermitian: bool = False, check_errors: bool = False, out: Any = None) -> Any:
    """The factors of `ldl_factor` and, as LAPACK's `info`, where D has a zero on its diagonal."""
    check_square("torch.linalg.ldl_factor_ex", A)
    check_floating("torch.linalg.ldl_factor_ex", A, "ldl_factor_kernel_cpu")
    results = _ldl_factor_ex(A, hermitian)
    if check_errors:
        check_info("torch.linalg.ldl_factor_ex", results[2])
    return results_into(out, "linalg_ldl_factor_ex", "LD pivots info", results)


def ldl_factor(A: Tensor, *, hermitian: bool = False, out: Any = None) -> Any:
    """L and D of L D Lᵀ = A (L D Lᴴ if `hermitian`) for a symmetric A in one matrix, and the pivots.

    Has no derivative: asking for one raises RuntimeError.
    """
    LD, pivots, info = ldl_factor_ex(A, hermitian=hermitian)
    check_info("torch.linalg.ldl_factor_ex", info)
    return results_into(out, "linalg_ldl_factor", "LD pivots", (LD, pivots))


def _substitute_ldl(LD: Any, pivots: Any, B: Any, hermitian: bool) -> Any:
    return kernels.ldl_solve(LD, pivots[..., 0], B, hermitian)


@operation("linalg_ldl_solve", LD=underived("linalg_ldl_solve"), B=underived("linalg_ldl_solve"), **_UNDERIVED)
def _ldl_solve(xp: Any, LD: Any, pivots: Any, B: Any, /, hermitian: bool) -> Any:
    return of_matrices(_substitute_ldl)(LD, pivots[..., None], B, hermitian)


def ldl_solve(LD: Tensor, pivots: Tensor, B: Tensor, *, hermitian: bool = False, out: Tensor | None = None) -> Tensor:
    """The solution X of A X = B from `ldl_factor(A)`. Has no derivative: asking for one raises RuntimeError."""
    check_square("torch.linalg.ldl_solve", LD, "LD")
    return into(out, _ldl_solve(LD, pivots, B, hermitian), "linalg_ldl_solve")
