"""The QR factorisation, and products of Householder reflections.

The rule of QR is that of Walter and Lehmann (2010), "Algorithmic differentiation of linear algebra functions with
application in optimum experimental design"; a wide matrix is taken as its square part and what stands beside it.
A reflection is I - τ v vᴴ, and products of them are compositions of rank-one updates, so they need no rule.
Follows https://docs.pytorch.org/docs/stable/generated/torch.linalg.qr.html

>>> import mutagrad as torch
>>> torch.linalg.qr(torch.tensor([[3., 1.], [4., 2.]])).R.abs()
tensor([[5.0000, 2.2000],
        [0.0000, 0.4000]])
"""

from __future__ import annotations

from typing import Any

from mutagrad.declaration import composite, operation
from mutagrad.namespaces import matrices as kernels
from mutagrad.ops.creation import eye
from mutagrad.ops.distributions import without_derivative
from mutagrad.ops.matrices import adjoint, check_floating, check_matrix, given, identity, times
from mutagrad.ops.out import into, results_into, several_into
from mutagrad.return_types import named, returning
from mutagrad.tensor import Tensor

__all__ = ["geqrf", "orgqr", "ormqr", "qr"]

# QR -----------------------------------------------------------------------------------------------------------------


def _tall_share(xp: Any, of_q: Any, of_r: Any, Q: Any, R: Any) -> Any:
    """The share of a matrix with no more columns than rows: [Q̄ + Q copyltu(R̄ Rᴴ - Q̄ᴴ Q)] R⁻ᴴ."""
    upper = xp.triu(times(xp, of_r, adjoint(R)) - times(xp, adjoint(Q), of_q))
    unit = identity(xp, R.shape[-1], R)
    hermitian = upper + adjoint(upper)
    # The diagonal counts once, and is real.
    hermitian = hermitian - 0.5 * hermitian * unit
    right = of_q + times(xp, Q, hermitian)
    return adjoint(xp.solve_triangular(R, adjoint(right), True))


def _qr_share(xp: Any, ct: Any, input: Any, Q: Any, R: Any, mode: str) -> Any:
    m, n = input.shape[-2:]
    if mode == "complete" and m > n:
        raise RuntimeError("The QR decomposition is not differentiable when mode='complete' and nrows > ncols.")
    of_q, of_r = given(xp, ct[0], Q), given(xp, ct[1], R)
    if n <= m:
        return _tall_share(xp, of_q, of_r, Q, R)
    beside, of_beside = input[..., :, m:], of_r[..., :, m:]
    of_q = of_q + times(xp, beside, adjoint(of_beside))
    square = _tall_share(xp, of_q, of_r[..., :, :m], Q, R[..., :, :m])
    return xp.concat([square, times(xp, Q, of_beside)], axis=-1)


@operation("linalg_qr", method=False, outputs=("Q", "R"), input=_qr_share)
def _qr(xp: Any, input: Any, /, mode: str) -> Any:
    return xp.qr(input, mode)


def linalg_qr(A: Tensor, mode: str = "reduced", *, out: Any = None) -> Any:
    """Q with orthonormal columns and the upper triangular R of Q R = A.

    Shapes: A (*, m, n); in the mode "reduced" Q (*, m, k) and R (*, k, n) with k the smaller of m and n, "complete"
    Q (*, m, m) and R (*, m, n), "r" R alone and an empty Q. Saves the input and the results.
    Raises RuntimeError for other modes; in backward for "r", and for "complete" if m > n.
    """
    check_matrix("linalg.qr", A)
    check_floating("linalg.qr", A, "geqrf_cpu")
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'"
        )
    if mode == "r":
        R = _only_r(A)
        return results_into(out, "linalg_qr", "Q R", (A.new_empty(0), R))
    return results_into(out, "linalg_qr", "Q R", _qr(A, mode))


def _refuse_r(xp: Any, ct: Any) -> Any:
    raise RuntimeError(
        "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, "
        "mode='reduced') if you are going to differentiate through linalg.qr."
    )


@operation("linalg_qr_r", method=False, node_name="LinalgQrBackward0", input=_refuse_r)
def _only_r(xp: Any, input: Any, /) -> Any:
    return xp.qr(input, "reduced")[1]


@composite()
def qr(input: Tensor, some: bool = True, *, out: Any = None) -> Any:
    """Q and R of `linalg.qr`, reduced if `some`, else complete."""
    Q, R = linalg_qr(input, "reduced" if some else "complete")
    if out is not None:
        return tuple(several_into(out, (Q, R), "qr"))
    return named("qr", "Q", "R")(Q, R)


# Householder reflections --------------------------------------------------------------------------------------------


def _vectors(x: Tensor, count: int) -> list[Tensor]:
    """The vectors below the diagonal of `x`, each (*, m, 1), zero above and one on it."""
    low = x[..., :, :count].tril(-1) + eye(x.shape[-2], count, dtype=x.dtype)
    return [low[..., :, i : i + 1] for i in range(count)]


def _reflected(x: Any, vector: Any, factor: Any) -> Any:
    """(I - τ v vᴴ) x."""
    return x - vector * factor * (vector.mT.conj() @ x)


def _check_reflections(name: str, input: Tensor, tau: Tensor) -> None:
    if input.ndim < 2:
        raise RuntimeError(f"{name}: input must have at least 2 dimensions.")
    if input.shape[-2] < input.shape[-1]:
        raise RuntimeError(f"{name}: input.shape[-2] must be greater than or equal to input.shape[-1]")
    if input.shape[-1] < tau.shape[-1]:
        raise RuntimeError(f"{name}: input.shape[-1] must be greater than or equal to tau.shape[-1]")
    if input.ndim - tau.ndim != 1:
        raise RuntimeError(
            f"{name}: Expected tau to have one dimension less than input, but got tau.ndim equal to {tau.ndim} and "
            f"input.ndim is equal to {input.ndim}"
        )
    if input.dtype is not tau.dtype:
        raise RuntimeError(
            f"{name}: tau dtype {tau.dtype.scalar_type} does not match input dtype {input.dtype.scalar_type}"
        )


def householder_product(input: Tensor, tau: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The first columns of the product of the reflections whose vectors stand below the diagonal of `input`.

    Shapes: input (*, m, n), tau (*, k), result (*, m, n) with m >= n >= k.  Raises RuntimeError for others.
    """
    _check_reflections("torch.linalg.householder_product", input, tau)
    m, n = input.shape[-2:]
    # What stands above all diagonals is nothing, but has the history of the input, also where there are no reflections.
    product: Any = eye(m, n, dtype=input.dtype) + input.triu(n)
    for i, vector in reversed(list(enumerate(_vectors(input, tau.shape[-1])))):
        product = _reflected(product, vector, tau[..., i, None, None])
    return into(out, product, "linalg_householder_product", casts=True)


@composite()
def orgqr(input: Tensor, tau: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product of reflections; see `mutagrad.linalg.householder_product`."""
    return householder_product(input, tau, out=out)


@composite()
def ormqr(
    input: Tensor,
    tau: Tensor,
    other: Tensor,
    left: bool = True,
    transpose: bool = False,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """`other` times the product Q of all reflections, from the left or the right; times Qᴴ if `transpose`.

    Raises RuntimeError for shapes that do not go together.
    """
    if input.ndim < 2 or other.ndim < 2:
        which = "input" if input.ndim < 2 else "other"
        raise RuntimeError(f"torch.ormqr: {which} must have at least 2 dimensions.")
    side = -2 if left else -1
    if other.shape[side] < tau.shape[-1]:
        raise RuntimeError(f"torch.ormqr: other.shape[{side}] must be greater than or equal to tau.shape[-1]")
    if other.shape[side] != input.shape[-2]:
        raise RuntimeError(f"torch.ormqr: other.shape[{side}] must be equal to input.shape[-2]")
    x = other if left else other.mT.conj()
    # Q is H₁ H₂ …, so from the right it is (Qᴴ otherᴴ)ᴴ, and Qᴴ is … H₂ᴴ H₁ᴴ.
    forwards = transpose if left else not transpose
    reflections = list(enumerate(_vectors(input, tau.shape[-1])))
    for i, vector in reflections if forwards else reversed(reflections):
        factor = tau[..., i, None, None]
        x = _reflected(x, vector, factor.conj() if forwards else factor)
    return into(out, x if left else x.mT.conj(), "ormqr")


@operation(
    outputs=("a", "tau"),
    input=without_derivative("geqrf"),
    casts=True,
    wrapper=returning(named("geqrf", "a", "tau")),
)
def geqrf(xp: Any, input: Any, /) -> Any:
    """R with the vectors of the reflections below it, and their factors, as LAPACK has them; see `linalg.qr`.

    No gradient: asking for it raises RuntimeError.
    """
    if input.ndim < 2:
        raise RuntimeError("torch.geqrf: input must have at least 2 dimensions.")
    check_floating("torch.geqrf", input, "geqrf_cpu", whole=True)
    return kernels.geqrf(input)
