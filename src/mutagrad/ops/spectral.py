"""Eigenvalues and singular values, with the vectors or without.

Vectors are determined up to a factor (a sign, in complex numbers a phase), so only functions that do not depend on it
have a gradient; a cotangent that depends on the phase raises RuntimeError, as in PyTorch. Where values coincide the
vectors have no derivative, and the gradient is not finite. Values alone have one always: their rules compute the vectors
when they are asked for.

The rules are those of Giles (2008), "An extended collection of matrix derivative results for forward and reverse mode
algorithmic differentiation", for complex matrices with the projections of Wan and Zhang (2019), "Automatic
differentiation for complex valued SVD", and Boeddeker et al. (2017), "On the computation of complex-valued gradients
with application to statistically optimum beamforming".
Follows https://docs.pytorch.org/docs/stable/linalg.html

>>> import mutagrad as torch
>>> torch.linalg.eigvalsh(torch.tensor([[2., 0.], [0., 1.]]))
tensor([1., 2.])
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.linalg import LinAlgError as DidNotConverge

from mutagrad.declaration import composite, operation
from mutagrad.modes import extras
from mutagrad.namespaces import matrices as kernels
from mutagrad.ops.matrices import (
    LinAlgError,
    adjoint,
    all_samples,
    anywhere,
    check_floating,
    check_matrix,
    check_square,
    diagonal,
    on_diagonal,
    times,
    with_diagonal,
)
from mutagrad.ops.out import into, results_into, several_into
from mutagrad.ops.views import check_tensor
from mutagrad.return_types import named
from mutagrad.tensor import Tensor, wrap

__all__ = ["svd"]


def _converged(name: str, function: Any, *args: Any) -> Any:
    """The result of a kernel. Raises LinAlgError where its iteration did not converge, which NaN brings about."""
    try:
        return function(*args)
    except DidNotConverge:
        if name == "linalg.svd" and not np.isfinite(args[0]).all():
            raise LinAlgError(
                "linalg.svd: The algorithm failed to converge because the input matrix contained non-finite values."
            ) from None
        what = "singular values" if "svd" in name else "eigenvalues"
        raise LinAlgError(
            f"{name}: The algorithm failed to converge because the input matrix is ill-conditioned or has too many "
            f"repeated {what} (error code: {args[0].shape[-1]})."
        ) from None


def _check_phase(xp: Any, name: str, vectors: str, phases: Any, term: str = "quantity, so it is ill-defined") -> None:
    """Raises RuntimeError where a loss depends on what the vectors leave open: `phases` should be real."""
    if xp.is_complex(phases):
        imaginary = xp.imag(phases)
        if anywhere(xp.abs(imaginary) > 1e-2):
            raise RuntimeError(
                f"{name}: The {vectors} in the complex case are specified up to multiplication by e^{{i phi}}. "
                f"The specified loss function depends on this {term}."
            )


def _gaps(xp: Any, values: Any) -> Any:
    """The differences of all pairs of values, ones on the diagonal."""
    return with_diagonal(xp, values[..., None, :] - values[..., :, None], 1)


# Hermitian matrices -------------------------------------------------------------------------------------------------


def _eigh_share(xp: Any, ct: Any, eigenvalues: Any, eigenvectors: Any) -> Any:
    of_values, of_vectors = ct
    V = eigenvectors
    if of_vectors is None:
        return times(xp, V * of_values[..., None, :], adjoint(V))
    turned = times(xp, adjoint(V), of_vectors)
    _check_phase(xp, "linalg_eigh_backward", "eigenvectors", diagonal(xp, turned))
    # The change of a Hermitian matrix turns its vectors by a skew one.
    inner = with_diagonal(xp, 0.5 * (turned - adjoint(turned)) / _gaps(xp, eigenvalues), 0)
    if of_values is not None:
        inner = inner + on_diagonal(xp, of_values)
    return times(xp, V, inner, adjoint(V))


@operation("linalg_eigh", method=False, outputs=("eigenvalues", "eigenvectors"), input=_eigh_share)
def _eigh(xp: Any, input: Any, /, lower: bool) -> Any:
    return _converged("linalg.eigh", xp.eigh, input, lower)


@operation(
    "linalg_eigvalsh",
    method=False,
    input=lambda xp, ct, input, lower: _eigh_share(xp, (ct, None), None, xp.eigh(input, lower)[1]),
)
def _eigvalsh(xp: Any, input: Any, /, lower: bool) -> Any:
    return _converged("linalg.eigvalsh", xp.eigvalsh, input, lower)


def _is_lower(name: str, A: Tensor, UPLO: str) -> bool:
    check_square(name, A)
    check_floating(name, A, "linalg_eigh_cpu", whole=True)
    if UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    return UPLO.upper() == "L"


def eigh(A: Tensor, UPLO: str = "L", *, out: Any = None) -> Any:
    """Eigenvalues, rising, and eigenvectors, as columns, of Hermitian matrices, of which the triangle `UPLO` is read.

    Saves the results. Raises RuntimeError for a matrix that is not square.
    """
    results = _eigh(A, _is_lower("linalg.eigh", A, UPLO))
    return results_into(out, "linalg_eigh", "eigenvalues eigenvectors", results)


def eigvalsh(A: Tensor, UPLO: str = "L", *, out: Tensor | None = None) -> Tensor:
    """The eigenvalues, rising, of Hermitian matrices; see `eigh`. Saves the input."""
    return into(out, _eigvalsh(A, _is_lower("linalg.eigh", A, UPLO)), "linalg_eigvalsh")


# Other square matrices ----------------------------------------------------------------------------------------------


def _eig_share(xp: Any, ct: Any, eigenvalues: Any, eigenvectors: Any, input_shape: tuple, input_dtype: Any) -> Any:
    of_values, of_vectors = ct
    V = eigenvectors
    if of_vectors is None:
        inner = of_values[..., None] * adjoint(V)
    else:
        turned = times(xp, adjoint(V), of_vectors)
        lengths = xp.real(diagonal(xp, turned))
        _check_phase(xp, "linalg_eig_backward", "eigenvectors", diagonal(xp, turned))
        turned = turned - times(xp, adjoint(V), V * lengths[..., None, :])
        middle = with_diagonal(xp, turned / _gaps(xp, eigenvalues).conj(), 0)
        if of_values is not None:
            middle = middle + on_diagonal(xp, of_values)
        inner = times(xp, middle, adjoint(V))
    return xp.fit(xp.solve(adjoint(V), inner)[0], input_shape, input_dtype)


@operation("linalg_eig", method=False, outputs=("eigenvalues", "eigenvectors"), input=_eig_share)
def _eig(xp: Any, input: Any, /) -> Any:
    return _converged("linalg.eig", xp.eig, input)


def _check_general(name: str, A: Tensor) -> None:
    check_square(name, A)
    if A._array.dtype.kind not in "fc":
        A.dtype.to_complex()  # raises
    check_floating(name, A, "linalg_eig_out_cpu")
    if not np.isfinite(all_samples(A)).all():
        raise RuntimeError(f"torch.{name}: input tensor should not contain infs or NaNs.")


def eig(A: Tensor, *, out: Any = None) -> Any:
    """Eigenvalues and eigenvectors, as columns of length one, of square matrices; complex, in no particular order.

    Saves the results. Raises RuntimeError for a matrix that is not square or not finite.
    """
    _check_general("linalg.eig", A)
    return results_into(out, "linalg_eig", "eigenvalues eigenvectors", _eig(A), casts=True)


def eigvals(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The eigenvalues of square matrices, complex, in no particular order. Saves, for a gradient, what `eig` does."""
    _check_general("linalg.eigvals", A)
    # Without the vectors the values may come in another order, so a rule could not compute the vectors later.
    if A.requires_grad or extras[0]:
        return into(out, _eig(A)[0], "linalg_eigvals", casts=True)
    return into(out, wrap(_converged("linalg.eigvals", kernels.eigvals, A._array)), "linalg_eigvals", casts=True)


# Singular values ----------------------------------------------------------------------------------------------------


def _svd_share(xp: Any, ct: Any, U: Any, S: Any, Vh: Any) -> Any:
    of_u, of_s, of_vh = ct
    k = S.shape[-1]
    m, n = U.shape[-2], Vh.shape[-1]
    # Vectors beyond the singular values are any basis of what is left, and have no derivative.
    U, Vh = U[..., :, :k], Vh[..., :k, :]
    if of_u is None and of_vh is None:
        return times(xp, U * of_s[..., None, :], Vh)
    of_u = None if of_u is None else of_u[..., :, :k]
    of_vh = None if of_vh is None else of_vh[..., :k, :]
    turned_u = None if of_u is None else times(xp, adjoint(U), of_u)
    turned_v = None if of_vh is None else times(xp, Vh, adjoint(of_vh))
    phases = diagonal(xp, turned_u if turned_v is None else turned_v if turned_u is None else turned_u + turned_v)
    _check_phase(xp, "svd_backward", "singular vectors", phases, "phase term, making it ill-defined")
    gaps = _gaps(xp, S * S)
    rows, columns = S[..., None, :], S[..., :, None]
    inner: Any = 0
    if turned_u is not None:
        inner = inner + (turned_u - adjoint(turned_u)) / gaps * rows
    if turned_v is not None:
        inner = inner + columns * ((turned_v - adjoint(turned_v)) / gaps)
    inner = with_diagonal(xp, inner, 0)
    if of_s is not None:
        inner = inner + on_diagonal(xp, of_s)
    if xp.is_complex(U) and turned_u is not None and turned_v is not None:
        skew = diagonal(xp, turned_u - adjoint(turned_u))
        inner = inner + on_diagonal(xp, skew / (2 * S))
    share = times(xp, U, inner, Vh)
    if m > k and of_u is not None:
        scaled = of_u / rows
        share = share + times(xp, scaled - times(xp, U, adjoint(U), scaled), Vh)
    if n > k and of_vh is not None:
        scaled = of_vh / columns
        share = share + times(xp, U, scaled - times(xp, scaled, adjoint(Vh), Vh))
    return share


@operation("linalg_svd", method=False, outputs=("U", "S", "Vh"), input=_svd_share)
def _svd(xp: Any, input: Any, /, full_matrices: bool) -> Any:
    return _converged("linalg.svd", xp.svd, input, full_matrices)


def _svdvals_share(xp: Any, ct: Any, input: Any) -> Any:
    U, S, Vh = xp.svd(input, False)
    return _svd_share(xp, (None, ct, None), U, S, Vh)


@operation("linalg_svdvals", method=False, input=_svdvals_share)
def _svdvals(xp: Any, input: Any, /) -> Any:
    return _converged("linalg.svdvals", xp.svdvals, input)


def linalg_svd(A: Tensor, full_matrices: bool = True, *, driver: str | None = None, out: Any = None) -> Any:
    """U, S and Vᴴ of A = U diag(S) Vᴴ with singular values S, falling, and orthonormal columns of U and V.

    Shapes: A (*, m, n), S (*, k) with k the smaller of m and n; U (*, m, k), or (*, m, m) with `full_matrices`, Vᴴ alike.
    Saves the results. Raises RuntimeError for fewer than two dimensions, LinAlgError where it does not converge.
    """
    check_matrix("linalg.svd", A)
    check_floating("linalg.svd", A, "linalg_svd_cpu")
    if driver is not None:
        raise RuntimeError(
            "torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend."
        )
    return results_into(out, "linalg_svd", "U S Vh", _svd(A, full_matrices))


def svdvals(A: Tensor, *, driver: str | None = None, out: Tensor | None = None) -> Tensor:
    """The singular values, falling. Saves the input.

    >>> import mutagrad
    >>> mutagrad.linalg.svdvals(mutagrad.tensor([[0., 2.], [1., 0.]]))
    tensor([2., 1.])
    """
    check_matrix("linalg.svd", A)
    check_floating("linalg.svd", A, "linalg_svd_cpu")
    return into(out, _svdvals(A), "linalg_svdvals")


@composite()
def svd(input: Tensor, some: bool = True, compute_uv: bool = True, *, out: Any = None) -> Any:
    """U, S and V of `linalg.svd`, the smaller ones if `some`; zeros for U and V unless `compute_uv`."""
    check_tensor("svd", input)
    if input.ndim < 2:
        raise RuntimeError(
            f"linalg.svd: input should have at least 2 dimensions, but has {input.ndim} dimensions instead"
        )
    check_floating("linalg.svd", input, "linalg_svd_cpu")
    if compute_uv:
        U, S, Vh = _svd(input, not some)
        results = (U, S, Vh.mT.conj())
    else:
        m, n = input.shape[-2:]
        batch = input._array.shape[:-2]
        U, V = (input.new_zeros((*batch, size, size)) for size in (m, n))
        results = (U, _svdvals(input), V)
    if out is None:
        return named("svd", "U", "S", "V")(*results)
    return tuple(several_into(out, results, "svd"))


def nuclear_norm(A: Tensor, keepdim: bool) -> Tensor:
    """The sums of the singular values of matrices, with both dimensions kept if `keepdim`."""
    total = svdvals(A).sum(-1, keepdim=keepdim)
    return total[..., None] if keepdim else total
