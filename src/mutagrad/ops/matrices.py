"""What the operations on batches of matrices have in common: their checks, their failures, and small parts of rules.

A matrix is the last two dimensions; those before them are a batch. The errors are PyTorch's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.dtypes import float16, of_numpy
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor


class LinAlgError(RuntimeError):
    """Raised where a matrix has no factorisation, inverse or solution of the kind that was asked for."""


# Checks -------------------------------------------------------------------------------------------------------------


def check_floating(name: str, x: Any, kernel: str | None = None, whole: bool = False) -> None:
    """Raises RuntimeError for whole numbers and half precision.

    It is NotImplementedError, in the name of PyTorch's `kernel`, for half precision if that is given, and for whole
    numbers too if the kernel is what refuses them.
    """
    dtype = x.dtype if isinstance(x, Tensor) else of_numpy[np.dtype(x.dtype)]
    exact = not (dtype.is_floating_point or dtype.is_complex)
    if kernel is not None and (dtype is float16 or (exact and whole)):
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{dtype.scalar_type}'")
    if exact:
        raise RuntimeError(f"{name}: Expected a floating point or complex tensor as input. Got {dtype.scalar_type}")
    if dtype is float16:
        raise RuntimeError(f"{name}: Low precision dtypes not supported. Got Half")


def check_matrix(name: str, x: Any, what: str = "A") -> None:
    """Raises RuntimeError for fewer than two dimensions, TypeError for what is no tensor."""
    if not isinstance(x, Tensor):
        check_tensor(name.removeprefix("torch.").replace(".", "_"), x, what)
    if x.ndim < 2:
        raise RuntimeError(f"{name}: The input tensor {what} must have at least 2 dimensions.")


def check_square(name: str, x: Any, what: str = "A") -> None:
    """Raises RuntimeError for anything but square matrices."""
    check_matrix(name, x, what)
    if x.shape[-1] != x.shape[-2]:
        raise RuntimeError(
            f"{name}: {what} must be batches of square matrices, but they are {x.shape[-2]} by {x.shape[-1]} matrices"
        )


_FAILURES = {
    "inv": "The diagonal element {0} is zero, the inversion could not be completed because the input matrix is singular.",
    "solve": "The solver failed because the input matrix is singular.",
    "cholesky": "The factorization could not be completed because the input is not positive-definite (the leading minor of "
    "order {0} is not positive-definite).",
    "svd": "The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated singular "
    "values (error code: {0}).",
    "eigh": "The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated "
    "eigenvalues (error code: {0}).",
    "lu_factor": "U[{0},{0}] is zero and using it on lu_solve would result in a division by zero. If you still want to "
    "perform the factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)",
    "ldl_factor": "The factorization could not be completed because D[{0},{0}] is zero.",
}


def check_info(name: str, info: Tensor, kind: str | None = None) -> None:
    """Raises LinAlgError, in the name of the function, where one of a batch of `info` is not zero."""
    codes = all_samples(info)
    failed = np.flatnonzero(codes)
    if failed.size:
        code = codes.reshape(-1)[failed[0]]
        place = "" if codes.ndim == 0 else f"(Batch element {failed[0]}): "
        kind = kind or name.split(".")[-1].removesuffix("_ex")
        error = RuntimeError if kind == "lu_factor" else LinAlgError
        raise error(f"{name}: {place}{_FAILURES[kind].format(code)}")


def all_samples(x: Any) -> Any:
    """The values of a tensor, or of an array of any namespace, for all samples together where they are hidden."""
    array = x._array if isinstance(x, Tensor) else x
    return getattr(array, "physical", array)


def anywhere(condition: Any) -> bool:
    """Whether a condition holds for one element, in whatever sample."""
    return bool(np.any(all_samples(condition)))


# Parts of rules -----------------------------------------------------------------------------------------------------


def adjoint(x: Any) -> Any:
    """The conjugate transposes."""
    return x.mT.conj()


def times(xp: Any, *factors: Any) -> Any:
    """The matrix product, from the left."""
    product = factors[0]
    for factor in factors[1:]:
        product = xp.matmul(product, factor)
    return product


def identity(xp: Any, n: int, like: Any) -> Any:
    """The identity matrix in the dtype of `like`."""
    return xp.asarray(np.eye(n), dtype=like.dtype)


def diagonal(xp: Any, x: Any) -> Any:
    """The diagonals."""
    return xp.diagonal(x, 0, x.ndim - 2, x.ndim - 1)


def on_diagonal(xp: Any, x: Any) -> Any:
    """Square matrices with `x` on their diagonals."""
    return x[..., None] * identity(xp, x.shape[-1], x)


def with_diagonal(xp: Any, x: Any, value: Any) -> Any:
    """Square matrices with another diagonal: a number, or one for each."""
    on = xp.asarray(np.eye(x.shape[-1], dtype=bool))
    return xp.where(on, value if isinstance(value, (int, float)) else value[..., None], x)


def rounding(dtype: Any) -> float:
    """The distance from one to the next number, of a dtype of either library."""
    return float(np.finfo(getattr(dtype, "numpy", dtype)).eps)


def given(xp: Any, ct: Any, like: Any) -> Any:
    """A cotangent, of zeros where there is none."""
    return xp.zeros(tuple(like.shape), dtype=like.dtype) if ct is None else ct


def is_vector(b: Tensor, a: Tensor) -> bool:
    """Whether the right-hand side `b` is one vector, or a batch of them, for each of the matrices `a`."""
    return b.ndim == 1 or (a.ndim - 1 == b.ndim and b._array.shape == a._array.shape[:-1])
