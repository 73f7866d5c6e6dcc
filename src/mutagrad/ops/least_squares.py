"""Least squares, the pseudo-inverse, and the rank.

The rule of the pseudo-inverse is that of Golub and Pereyra (1973), "The differentiation of pseudo-inverses and nonlinear
least squares problems whose variables separate", for matrices whose rank does not change. That of a least-squares
solution X = A⁺ B follows from it, so it holds for every driver.
Follows https://docs.pytorch.org/docs/stable/linalg.html

>>> import mutagrad as torch
>>> torch.linalg.lstsq(torch.tensor([[1.], [1.]]), torch.tensor([[1.], [3.]])).solution.round(decimals=4)
tensor([[2.]])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.batched.functions import of_matrices
from mutagrad.declaration import composite, operation
from mutagrad.namespaces import matrices as kernels
from mutagrad.ops.matrices import adjoint, all_samples, check_matrix, check_square, is_vector, rounding, times
from mutagrad.ops.out import into, results_into
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor, wrap

__all__ = ["pinverse"]

# The pseudo-inverse -------------------------------------------------------------------------------------------------


def _pinv_share(xp: Any, ct: Any, A: Any, inverse: Any) -> Any:
    inverse_h, ct_h = adjoint(inverse), adjoint(ct)
    if A.shape[-2] <= A.shape[-1]:
        inner = times(xp, ct_h, inverse)
        outer = times(xp, inner, inverse_h)
        share = outer - adjoint(times(xp, inverse, inner)) - times(xp, A, times(xp, inverse, outer))
        return share + times(xp, inverse_h, times(xp, inverse, ct_h - times(xp, inner, A)))
    inner = times(xp, inverse, ct_h)
    outer = times(xp, inverse_h, inner)
    share = outer - adjoint(times(xp, inner, inverse)) - times(xp, times(xp, outer, inverse), A)
    return share + times(xp, times(xp, ct_h - times(xp, A, inner), inverse), inverse_h)


@operation(
    "linalg_pinv",
    method=False,
    node_name="LinalgPinvBackward0",
    input=lambda xp, ct, input, out: _pinv_share(xp, ct, input, out),
)
def pseudo_inverse(xp: Any, input: Any, /, atol: Any, rtol: Any, hermitian: bool) -> Any:
    """The pseudo-inverse without the singular values that are not above both tolerances. Saves input and result."""
    if hermitian:
        values, vectors = xp.eigh(input, True)
        left, right = vectors, adjoint(vectors)
    else:
        vectors, values, turned = xp.svd(input, False)
        left, right = adjoint(turned), adjoint(vectors)
    small = _is_small(xp, values, atol, rtol)
    inverted = xp.where(small, 0, 1 / xp.where(small, 1, values))
    return times(xp, left * inverted[..., None, :], right)


def _is_small(xp: Any, values: Any, atol: Any, rtol: Any) -> Any:
    """Which singular values (or eigenvalues) count as zero."""
    sizes = xp.abs(values)
    if 0 in sizes.shape:
        return sizes < 0
    limit = xp.max(sizes, axis=-1, keepdims=True) * _as_batch(rtol)
    atol = _as_batch(atol)
    return ~((sizes > limit) & (sizes > atol))


def _as_batch(tolerance: Any) -> Any:
    return tolerance[..., None] if isinstance(tolerance, np.ndarray) and tolerance.ndim else tolerance


def _check_precise(A: Tensor) -> None:
    if A.dtype.scalar_type not in ("Float", "Double", "ComplexFloat", "ComplexDouble"):
        raise RuntimeError("This function doesn't handle types other than float and double")


def _tolerances(A: Tensor, atol: Any, rtol: Any) -> tuple[Any, Any]:
    """Both tolerances as numbers or arrays: by default none, and the rounding of the largest singular value."""
    if rtol is None:
        epsilon = rounding(A.dtype) * max(A.shape[-2:])
        if atol is None:
            rtol = epsilon
        else:
            given = atol._array if isinstance(atol, Tensor) else np.asarray(atol)
            rtol = np.where(given > 0, 0.0, epsilon)
    return tuple(
        0.0 if each is None else each._array.copy() if isinstance(each, Tensor) else each for each in (atol, rtol)
    )  # type: ignore[return-value]


def pinv(
    A: Tensor,
    rcond: Any = None,
    hermitian: bool = False,
    *,
    atol: Any = None,
    rtol: Any = None,
    out: Tensor | None = None,
) -> Tensor:
    """The pseudo-inverse of Moore and Penrose, of Hermitian matrices by their eigenvalues if `hermitian`.

    Singular values that are not above `atol`, and `rtol` times the largest, count as zero. Saves input and result.
    Raises RuntimeError for fewer than two dimensions.

    >>> import mutagrad
    >>> mutagrad.linalg.pinv(mutagrad.tensor([[2., 0.], [0., 0.]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.0000]])
    """
    check_tensor("linalg_pinv", A)
    if A.ndim < 2 or A.dtype.scalar_type not in ("Float", "Double", "ComplexFloat", "ComplexDouble"):
        raise RuntimeError(
            f"linalg.pinv({A.dtype.scalar_type}{{{list(A.shape)}}}): expected a tensor with 2 or more dimensions of float, "
            "double, cfloat or cdouble types"
        )
    if hermitian:
        check_square("linalg.eigh", A)
    lowest, relative = _tolerances(A, atol, rcond if rtol is None else rtol)
    return into(out, pseudo_inverse(A, lowest, relative, hermitian), "linalg_pinv", casts=True)


@composite()
def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """The pseudo-inverse; see `mutagrad.linalg.pinv`."""
    return pinv(input, rcond)


def matrix_rank(
    A: Tensor,
    tol: Any = None,
    hermitian: bool = False,
    *,
    atol: Any = None,
    rtol: Any = None,
    out: Tensor | None = None,
) -> Tensor:
    """How many singular values are above `atol` (or `tol`), and `rtol` times the largest; see `pinv`.

    >>> import mutagrad
    >>> mutagrad.linalg.matrix_rank(mutagrad.eye(3)[:2])
    tensor(2)
    """
    check_matrix("torch.linalg.matrix_rank", A, "input")
    _check_precise(A)
    if hermitian:
        check_square("linalg.eigh", A)
    if tol is not None:
        atol, rtol = tol, 0.0
    lowest, relative = _tolerances(A, atol, rtol)
    return into(out, _rank(A, lowest, relative, hermitian), "linalg_matrix_rank", casts=True)


@operation("linalg_matrix_rank", method=False)
def _rank(xp: Any, input: Any, /, atol: Any, rtol: Any, hermitian: bool) -> Any:
    values = xp.eigvalsh(input, True) if hermitian else xp.svdvals(input)
    return xp.sum(~_is_small(xp, values, atol, rtol), axis=-1, dtype=np.dtype("int64"))


# Least squares ------------------------------------------------------------------------------------------------------


def _lstsq_shares(xp: Any, ct: Any, A: Any, B: Any, needed: list[bool]) -> tuple:
    inverse = xp.pinv(A, rounding(A.dtype) * max(A.shape[-2:]))
    of_a = of_b = None
    if needed[0]:
        of_a = _pinv_share(xp, times(xp, ct[0], adjoint(B)), A, inverse)
    if needed[1]:
        of_b = times(xp, adjoint(inverse), ct[0])
    return of_a, of_b


@operation("linalg_lstsq", method=False, outputs=("solution", "rank", "singular_values"), joint=_lstsq_shares)
def _lstsq(xp: Any, A: Any, B: Any, /, rcond: float, driver: str) -> Any:
    return of_matrices(kernels.lstsq)(A, B, rcond, driver)


def lstsq(A: Tensor, B: Tensor, rcond: float | None = None, *, driver: str | None = None, out: Any = None) -> Any:
    """The X for which A X is nearest to B, and of several the smallest; residuals, rank and singular values of A.

    Shapes: A (*, m, n), B (*, m, k) or (*, m).  `driver` is LAPACK's: "gelsy" (the default), "gels" (for full rank),
    "gelsd" or "gelss"; what it does not compute is empty. Saves A and B.
    """
    check_tensor("linalg_lstsq", A)
    check_tensor("linalg_lstsq", B, "b", 2)
    if A.ndim < 2:
        raise RuntimeError("torch.linalg.lstsq: input must have at least 2 dimensions.")
    _check_precise(A)
    if A.dtype is not B.dtype:
        raise RuntimeError(
            f"torch.linalg.lstsq: Expected input and other to have the same dtype, but got input's dtype "
            f"{A.dtype.scalar_type} and other's dtype {B.dtype.scalar_type}"
        )
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError("torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)")
    driver = driver or "gelsy"
    vector = is_vector(B, A)
    b: Any = B[..., None] if vector else B
    m, n = A.shape[-2:]
    if b.shape[-2] != m:
        side = -1 if vector or B.ndim == 1 else -2
        raise RuntimeError(f"torch.linalg.lstsq: input.size(-2) should match other.size({side})")
    limit = rounding(A.dtype) * max(m, n) if rcond is None else rcond
    batch = np.broadcast_shapes(A._array.shape[:-2], b._array.shape[:-2])
    a = A.expand(*batch, m, n)
    b = b.expand(*batch, m, b.shape[-1])
    solution, rank, values = _lstsq(a, b, limit, driver)
    residuals = solution.real.flatten()[:0]
    if m > n and driver != "gelsy" and (all_samples(rank) == n).all():
        apart = a @ solution - b
        residuals = (apart * apart.conj()).real.sum(-2)
    if driver == "gels":
        rank = wrap(np.empty(0, np.int64))
    if driver in ("gels", "gelsy"):
        values = wrap(np.empty(0, residuals._array.dtype))
    results = (solution[..., 0] if vector else solution, residuals, rank, values.detach())
    return results_into(out, "linalg_lstsq", "solution residuals rank singular_values", results, casts=True)
