"""The linear algebra of the namespace `tensors.py`, under the names and with the results of `matrices.py`."""

from __future__ import annotations

from mutagrad.ops.determinants import _det as det
from mutagrad.ops.determinants import _slogdet as slogdet
from mutagrad.ops.factoring import _cholesky_ex
from mutagrad.ops.factoring import _lu_factor_ex as lu_factor
from mutagrad.ops.least_squares import pseudo_inverse
from mutagrad.ops.matrix_functions import _matrix_exp as matrix_exp
from mutagrad.ops.orthogonal import _qr as qr
from mutagrad.ops.solving import _inv_ex as inv
from mutagrad.ops.solving import solve_matrices as solve
from mutagrad.ops.solving import substitute as solve_triangular
from mutagrad.ops.spectral import _eig as eig
from mutagrad.ops.spectral import _eigh as eigh
from mutagrad.ops.spectral import _eigvalsh as eigvalsh
from mutagrad.ops.spectral import _svd as svd
from mutagrad.ops.spectral import _svdvals as svdvals
from mutagrad.tensor import Tensor

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


def cholesky(x: Tensor) -> tuple[Tensor, Tensor]:
    """The lower triangular factor, and info."""
    return _cholesky_ex(x, False)


def pinv(x: Tensor, rtol: float) -> Tensor:
    """The pseudo-inverse, without the singular values below `rtol` times the largest."""
    return pseudo_inverse(x, 0.0, rtol, False)
