"""Linear equations: solutions, inverses, and the triangular systems that factorisations leave.

With A X = B the shares are those of Giles (2008), "An extended collection of matrix derivative results for forward and
reverse mode algorithmic differentiation": B̄ = A⁻ᴴ X̄ and Ā = -B̄ Xᴴ. The solution is saved, so nothing else needs it.
Follows https://docs.pytorch.org/docs/stable/linalg.html

>>> import mutagrad as torch
>>> torch.linalg.solve(torch.tensor([[2., 0.], [0., 4.]]), torch.tensor([2., 2.]))
tensor([1.0000, 0.5000])
"""

from __future__ import annotations

import math
from typing import Any

from mutagrad.declaration import composite, operation
from mutagrad.ops.matrices import adjoint, check_floating, check_info, check_matrix, check_square, is_vector, times
from mutagrad.ops.out import into, results_into, several_into
from mutagrad.ops.views import check_tensor
from mutagrad.return_types import named
from mutagrad.tensor import Tensor

__all__ = ["inverse", "triangular_solve"]

# Triangular systems -------------------------------------------------------------------------------------------------


def _triangular_shares(
    xp: Any,
    ct: Any,
    A: Any,
    out: Any,
    A_shape: tuple,
    A_dtype: Any,
    B_shape: tuple,
    B_dtype: Any,
    upper: bool,
    unitriangular: bool,
    needed: list[bool],
) -> tuple:
    of_right = xp.solve_triangular(adjoint(A), ct, not upper, unitriangular)
    of_matrix = None
    if needed[0]:
        product = -xp.matmul(of_right, adjoint(out))
        kept = int(unitriangular)
        triangle = xp.triu(product, k=kept) if upper else xp.tril(product, k=-kept)
        of_matrix = xp.fit(triangle, A_shape, A_dtype)
    return of_matrix, xp.fit(of_right, B_shape, B_dtype) if needed[1] else None


@operation("linalg_solve_triangular", method=False, joint=_triangular_shares)
def substitute(xp: Any, A: Any, B: Any, /, upper: bool, unitriangular: bool = False) -> Any:
    """The solution X of A X = B, where one triangle of A counts. Saves A and the result."""
    return xp.solve_triangular(A, B, upper, unitriangular)


def solve_triangular(
    A: Tensor, B: Tensor, *, upper: bool, left: bool = True, unitriangular: bool = False, out: Tensor | None = None
) -> Tensor:
    """The solution X of A X = B (of X A = B if not `left`), where only one triangle of A counts.

    Shapes: A (*, n, n), B (*, n, k), the batches broadcast. `unitriangular`: the diagonal counts as ones.
    Raises RuntimeError for other shapes and for two dtypes. Saves A and the result.

    >>> import mutagrad
    >>> mutagrad.linalg.solve_triangular(mutagrad.tensor([[2., 0.], [0., 1.]]), mutagrad.ones(2, 1), upper=True)
    tensor([[0.5000],
            [1.0000]])
    """
    _check_system("linalg.solve_triangular", A, B, left)
    if left:
        return into(out, substitute(A, B, upper, unitriangular), "linalg_solve_triangular")
    turned = substitute(A.mT, B.mT, not upper, unitriangular)
    return into(out, turned.mT, "linalg_solve_triangular")


def check_dtypes(name: str, first: str, x: Tensor, second: str, y: Tensor) -> None:
    """Raises RuntimeError, with the arguments' names, for two dtypes, TypeError for what is no tensor."""
    for position, (what, given) in enumerate(((first, x), (second, y)), 1):
        check_tensor(name.removeprefix("torch.").replace(".", "_"), given, what, position)
    if x.dtype is not y.dtype:
        raise RuntimeError(
            f"{name}: Expected {first} and {second} to have the same dtype, but found {first} of type "
            f"{x.dtype.scalar_type} and {second} of type {y.dtype.scalar_type} instead"
        )


def _check_system(name: str, A: Tensor, B: Tensor, left: bool, what: str = "B") -> None:
    """Raises RuntimeError for shapes and dtypes that are not those of a system of equations."""
    check_square(name, A)
    check_matrix(name, B, what)
    check_dtypes(name, "A", A, what, B)
    if A.shape[-2] != B.shape[-2 if left else -1]:
        equation = "AX = B" if left else "XA = B"
        shapes = f"{A.shape[-2]}x{A.shape[-1]} and {B.shape[-2]}x{B.shape[-1]}"
        raise RuntimeError(f"{name}: Incompatible shapes of A and B for the equation {equation} ({shapes})")


@composite()
def triangular_solve(
    b: Tensor,
    A: Tensor,
    upper: bool = True,
    transpose: bool = False,
    unitriangular: bool = False,
    *,
    out: Any = None,
) -> Any:
    """The solution of A x = b (of Aᵀ x = b if `transpose`) for a triangular A, and A; see `linalg.solve_triangular`."""
    if A.ndim < 2 or b.ndim < 2:
        name, ndim = ("b", b.ndim) if b.ndim < 2 else ("A", A.ndim)
        raise RuntimeError(
            f"torch.triangular_solve: Expected {name} to have at least 2 dimensions, but it has {ndim} dimensions instead"
        )
    if A.dtype is not b.dtype:
        raise RuntimeError(
            "Expected b and A to have the same dtype, but found b of type "
            f"{b.dtype.scalar_type} and A of type {A.dtype.scalar_type} instead."
        )
    check_systems("triangular_solve", b, A)
    if transpose:
        solution = substitute(A.mT, b, not upper, unitriangular)
    else:
        solution = substitute(A, b, upper, unitriangular)
    result = named("triangular_solve", "solution", "cloned_coefficient")(solution, A.clone())
    if out is None:
        return result
    return tuple(several_into(out, result, "triangular_solve"))


def check_systems(name: str, b: Tensor, A: Tensor) -> None:
    """Raises RuntimeError, as PyTorch's older functions do, for matrices that make no system of equations."""
    if A.shape[-1] != A.shape[-2]:
        raise RuntimeError(
            f"A must be batches of square matrices, but they are {A.shape[-2]} by {A.shape[-1]} matrices"
        )
    if A.shape[-1] != b.shape[-2]:
        raise RuntimeError(
            f"Incompatible matrix sizes for {name}: each A matrix is {A.shape[-1]} by {A.shape[-1]} but each b matrix is "
            f"{b.shape[-2]} by {b.shape[-1]}"
        )


# General systems ----------------------------------------------------------------------------------------------------


def _solve_shares(
    xp: Any,
    ct: Any,
    A: Any,
    result: Any,
    A_shape: tuple,
    A_dtype: Any,
    B_shape: tuple,
    B_dtype: Any,
    needed: list[bool],
) -> tuple:
    of_right = xp.solve(adjoint(A), ct[0])[0]
    of_matrix = xp.fit(-xp.matmul(of_right, adjoint(result)), A_shape, A_dtype) if needed[0] else None
    return of_matrix, xp.fit(of_right, B_shape, B_dtype) if needed[1] else None


@operation("linalg_solve_ex", method=False, outputs=("result", "info"), joint=_solve_shares)
def solve_matrices(xp: Any, A: Any, B: Any, /) -> Any:
    """The solution X of A X = B for matrices B, and where it failed. Saves A and the result."""
    return xp.solve(A, B)


def _solved(name: str, A: Tensor, B: Tensor, left: bool) -> tuple[Tensor, Tensor]:
    check_dtypes(name, "A", A, "B", B)
    check_square(name, A)
    check_floating(name, A)
    vector = is_vector(B, A)
    b = B[..., None] if vector else B
    _check_system(name, A, b, left)
    if left:
        result, info = solve_matrices(A, b)
    else:
        result, info = solve_matrices(A.mT, b.mT)
        result = result.mT
    return (result[..., 0] if vector else result), info


def solve_ex(A: Tensor, B: Tensor, *, left: bool = True, check_errors: bool = False, out: Any = None) -> Any:
    """The solution of `solve` and, as LAPACK's `info`, where it failed: zero where it did not."""
    result, info = _solved("linalg.solve", A, B, left)
    if check_errors:
        check_info("torch.linalg.solve_ex", info)
    return results_into(out, "linalg_solve_ex", "result info", (result, info))


def solve(A: Tensor, B: Tensor, *, left: bool = True, out: Tensor | None = None) -> Tensor:
    """The solution X of A X = B (of X A = B if not `left`).

    Shapes: A (*, n, n), B (*, n, k) or (n) or (*, n), the batches broadcast. Saves A and the result.
    Raises LinAlgError for a singular matrix, RuntimeError for other shapes and for two dtypes.
    """
    result, info = _solved("linalg.solve", A, B, left)
    check_info("torch.linalg.solve", info)
    return into(out, result, "linalg_solve")


def _inv_share(xp: Any, ct: Any, inverse: Any) -> Any:
    return -times(xp, adjoint(inverse), ct[0], adjoint(inverse))


@operation("linalg_inv_ex", method=False, outputs=("inverse", "info"), input=_inv_share)
def _inv_ex(xp: Any, input: Any, /) -> Any:
    return xp.inv(input)


def _inverted(name: str, A: Tensor) -> tuple[Tensor, Tensor]:
    check_square(name, A)
    check_floating(name, A)
    return _inv_ex(A)


def inv_ex(A: Tensor, *, check_errors: bool = False, out: Any = None) -> Any:
    """The inverse and, as LAPACK's `info`, where it failed: zero where it did not. Saves the result."""
    results = _inverted("linalg.inv", A)
    if check_errors:
        check_info("linalg.inv_ex", results[1])
    return results_into(out, "linalg_inv_ex", "inverse info", results)


def inv(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of square matrices. Saves the result.

    Raises LinAlgError for a singular matrix, RuntimeError for one that is not square.

    >>> import mutagrad
    >>> mutagrad.linalg.inv(mutagrad.tensor([[0., 2.], [1., 0.]]))
    tensor([[0.0000, 1.0000],
            [0.5000, 0.0000]])
    """
    inverse, info = _inverted("linalg.inv", A)
    check_info("linalg.inv", info)
    return into(out, inverse, "linalg_inv")


@composite()
def inverse(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of square matrices; see `mutagrad.linalg.inv`."""
    return inv(input, out=out)


# Of higher rank -----------------------------------------------------------------------------------------------------


def tensorinv(A: Tensor, ind: int = 2, *, out: Tensor | None = None) -> Tensor:
    """The inverse of `A` as a matrix from its last dimensions to its first `ind`; `tensordot` with it is `tensorsolve`.

    Raises RuntimeError unless that matrix is square.
    """
    check_tensor("linalg_tensorinv", A)
    if ind <= 0:
        raise RuntimeError("Expected a strictly positive integer for 'ind', but got " + str(ind))
    first, last = A._array.shape[:ind], A._array.shape[ind:]
    if math.prod(first) != math.prod(last):
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got "
            f"{math.prod(last)} != {math.prod(first)}"
        )
    matrix = A.reshape(math.prod(first), math.prod(last))
    return into(out, inv(matrix).reshape(last + first), "linalg_tensorinv", casts=True)


def tensorsolve(A: Tensor, B: Tensor, dims: Any = None, *, out: Tensor | None = None) -> Tensor:
    """The X whose `tensordot(A, X, X.ndim)` is `B`; the dimensions `dims` of A are moved to its end first.

    Raises RuntimeError unless that makes A a square matrix.
    """
    check_tensor("linalg_tensorsolve", A)
    check_tensor("linalg_tensorsolve", B, "other", 2)
    if dims is not None:
        A = A.movedim(tuple(dims), tuple(range(A.ndim - len(dims), A.ndim)))
    shape = A._array.shape[B.ndim :]
    if math.prod(shape) != B._array.size:
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), "
            f"but got {math.prod(shape)} != {math.prod(A._array.shape[: B.ndim])}"
        )
    matrix = A.reshape(B._array.size, B._array.size)
    return into(out, solve(matrix, B.reshape(-1)).reshape(shape), "linalg_tensorsolve", casts=True)
