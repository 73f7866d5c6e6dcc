"""Names that PyTorch has kept only to say what took their place: each raises RuntimeError."""

from __future__ import annotations

from typing import Any, NoReturn

from mutagrad.tensor import Tensor

__all__ = ["eig", "lstsq", "matrix_rank", "solve", "symeig"]

_SINCE = "This function was deprecated since version 1.9 and is now removed."


def eig(self: Tensor, eigenvectors: bool = False, *, out: Any = None) -> NoReturn:
    """Raises RuntimeError: `linalg.eig` took its place."""
    raise RuntimeError(
        f"{_SINCE} `torch.linalg.eig` returns complex tensors of dtype `cfloat` or `cdouble` rather than real tensors "
        "mimicking complex tensors."
    )


def symeig(self: Tensor, eigenvectors: bool = False, upper: bool = True, *, out: Any = None) -> NoReturn:
    """Raises RuntimeError: `linalg.eigh` took its place."""
    raise RuntimeError(
        f"{_SINCE} The default behavior has changed from using the upper triangular portion of the matrix by default to "
        "using the lower triangular portion."
    )


def lstsq(input: Tensor, A: Tensor, *, out: Any = None) -> NoReturn:
    """Raises RuntimeError: `linalg.lstsq` took its place."""
    raise RuntimeError(f"{_SINCE} `torch.lstsq` is deprecated in favor of `torch.linalg.lstsq`.")


def solve(input: Tensor, A: Tensor, *, out: Any = None) -> NoReturn:
    """Raises RuntimeError: `linalg.solve` took its place."""
    raise RuntimeError(
        f"{_SINCE} `torch.solve` is deprecated in favor of `torch.linalg.solve`. `torch.linalg.solve` has its arguments "
        "reversed and does not return the LU factorization."
    )


def matrix_rank(input: Tensor, tol: Any = None, symmetric: bool = False, *, out: Any = None) -> NoReturn:
    """Raises RuntimeError: `linalg.matrix_rank` took its place."""
    raise RuntimeError(_SINCE)


def reinforce(self: Tensor, reward: Any) -> NoReturn:
    """Raises RuntimeError: distributions took its place."""
    raise RuntimeError("reinforce() was removed.")


for removed in (eig, symeig, lstsq, solve, reinforce):
    setattr(Tensor, removed.__name__, removed)
