"""Singular values and principal components of large matrices, as far as a random sample of their range tells them.

The method is algorithm 5.1 of Halko, Martinsson and Tropp (2009), "Finding structure with randomness: probabilistic
algorithms for constructing approximate matrix decompositions", with subspace iteration. For the same seed the sample is
PyTorch's.

>>> import mutagrad as torch
>>> U, S, V = torch.svd_lowrank(torch.diag(torch.tensor([3., 2., 0.])), q=2)
>>> S
tensor([3., 2.])
"""

from __future__ import annotations

from typing import Any

from mutagrad.ops.orthogonal import linalg_qr
from mutagrad.ops.random import randn
from mutagrad.ops.spectral import linalg_svd
from mutagrad.tensor import Tensor

__all__ = ["pca_lowrank", "svd_lowrank"]


def svd_lowrank(
    A: Tensor, q: int | None = 6, niter: int | None = 2, M: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """U, S and V of A ≈ U diag(S) Vᴴ with the `q` largest singular values; of A - M where `M` is given.

    Shapes: A (*, m, n), U (*, m, q), S (*, q), V (*, n, q).  `niter` iterations sharpen the sample of the range.
    Follows https://docs.pytorch.org/docs/stable/generated/torch.svd_lowrank.html
    """
    *_, m, n = A.shape
    matrix: Any = A if M is None else A - M.broadcast_to(A.size())
    wide = m < n
    if wide:
        matrix = matrix.mT.conj()
    basis = _basis(matrix, 6 if q is None else q, 2 if niter is None else niter)
    inner, S, Vh = linalg_svd(basis.mT.conj() @ matrix, full_matrices=False)
    U, V = basis @ inner, Vh.mT.conj()
    return (V, S, U) if wide else (U, S, V)


def _basis(A: Any, q: int, niter: int) -> Any:
    """Orthonormal columns (*, m, q) that span most of what A does."""
    basis = linalg_qr(A @ randn(A.shape[-1], q, dtype=A.dtype))[0]
    for _ in range(niter):
        turned = linalg_qr(A.mT.conj() @ basis)[0]
        basis = linalg_qr(A @ turned)[0]
    return basis


def pca_lowrank(A: Tensor, q: int | None = None, center: bool = True, niter: int = 2) -> tuple[Tensor, Tensor, Tensor]:
    """The `q` first principal components of the rows of A, as the columns of V: `svd_lowrank` of A, centred if `center`.

    `A @ V` projects the data on them; `S ** 2 / (m - 1)` are their variances.
    Raises ValueError for a `q` that is no number from zero to the smaller side of A, and for a negative `niter`.
    Follows https://docs.pytorch.org/docs/stable/generated/torch.pca_lowrank.html
    """
    *_, m, n = A.shape
    if q is None:
        q = min(6, m, n)
    elif not 0 <= q <= min(m, n):
        raise ValueError(f"q(={q}) must be non-negative integer and not greater than min(m, n)={min(m, n)}")
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    data: Any = A
    return svd_lowrank(data - data.mean(dim=-2, keepdim=True) if center else data, q, niter)
