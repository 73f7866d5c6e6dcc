"""Functions of matrices: exponential, powers, norms, condition numbers; and Vandermonde matrices.

The derivative of the exponential is a block of the exponential of a matrix of twice the size (Mathias 1996, "A chain rule
for matrix functions"). The rest are compositions.
Follows https://docs.pytorch.org/docs/stable/linalg.html

>>> import mutagrad as torch
>>> torch.linalg.matrix_norm(torch.tensor([[3., 0.], [0., 4.]]), "nuc")
tensor(7.)
"""

from __future__ import annotations

import math
from typing import Any

from mutagrad.declaration import composite, operation
from mutagrad.dtypes import as_dtype, float16, int64
from mutagrad.ops.creation import eye
from mutagrad.ops.dimensions import Dims, axis_of
from mutagrad.ops.joining import cat
from mutagrad.ops.matrices import adjoint, anywhere, check_floating, check_square
from mutagrad.ops.norms import as_last, back_in_place, vector_norm
from mutagrad.ops.out import into
from mutagrad.ops.products import matmul
from mutagrad.ops.solving import inv, inv_ex
from mutagrad.ops.spectral import nuclear_norm, svdvals
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor

__all__ = ["matrix_exp", "matrix_power", "vander"]

# The exponential and powers -----------------------------------------------------------------------------------------


def _exp_share(xp: Any, ct: Any, input: Any) -> Any:
    n = input.shape[-1]
    turned = adjoint(input)
    nothing = turned * 0
    blocks = [xp.concat([turned, ct], axis=-1), xp.concat([nothing, turned], axis=-1)]
    return xp.matrix_exp(xp.concat(blocks, axis=-2))[..., :n, n:]


@operation("linalg_matrix_exp", method=False, input=_exp_share)
def _matrix_exp(xp: Any, input: Any, /) -> Any:
    return xp.matrix_exp(input)


@composite()
def matrix_exp(input: Tensor) -> Tensor:
    """The exponential of square matrices, the sum of their powers over factorials. Saves the input.

    >>> import mutagrad
    >>> mutagrad.matrix_exp(mutagrad.zeros(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    check_square("linalg.matrix_exp", input)
    if input.dtype is float16:
        return _matrix_exp(input.float()).half()
    check_floating("linalg.matrix_exp", input)
    return _matrix_exp(input)


@composite()
def matrix_power(input: Tensor, n: int, *, out: Tensor | None = None) -> Tensor:
    """The `n`-th power of square matrices, by repeated squaring; of the inverse for a negative `n`.

    Raises LinAlgError for a negative power of a singular matrix.

    >>> import mutagrad
    >>> mutagrad.linalg.matrix_power(mutagrad.tensor([[1., 1.], [0., 1.]]), 5)
    tensor([[1., 5.],
            [0., 1.]])
    """
    check_square("linalg.matrix_power", input)
    return into(out, _power(input if n >= 0 else inv(input), abs(n)), "linalg_matrix_power", casts=True)


def _power(x: Tensor, n: int) -> Tensor:
    if n == 0:
        # What stands above all diagonals is nothing, but has the history of the input.
        return eye(x.shape[-1], dtype=x.dtype) + x.triu(x.shape[-1])
    result = None
    while True:
        if n & 1:
            result = x if result is None else matmul(result, x)
        n >>= 1
        if not n:
            return result.clone() if result is x else result  # type: ignore[union-attr,return-value,attr-defined]
        x = matmul(x, x)


# Norms --------------------------------------------------------------------------------------------------------------


def matrix_norm(
    A: Tensor,
    ord: Any = "fro",
    dim: Any = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: Any = None,
    out: Tensor | None = None,
) -> Tensor:
    """The norm of matrices: "fro" (Frobenius), "nuc" (nuclear), or of order 1, 2 or infinity; least ones if negative.

    Raises RuntimeError for other orders, for integers, and unless `dim` names two dimensions.
    """
    if A.dtype is not float16:
        check_floating("linalg.matrix_norm", A)
    if A.ndim < 2:
        raise RuntimeError("linalg.matrix_norm: The input tensor A must have at least 2 dimensions.")
    dims = tuple(dim) if isinstance(dim, (tuple, list)) else (dim,)
    if len(dims) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {' '.join(map(str, dims))}")
    row, column = (axis_of(each, A.ndim) for each in dims)
    if row == column:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({dims[0]}, {dims[1]})")
    if dtype is not None:
        A = A.to(as_dtype(dtype))
    return into(out, _matrix_norm(A, ord, (row, column), keepdim), "linalg_matrix_norm")


def _matrix_norm(A: Tensor, ord: Any, dims: tuple[int, int], keepdim: bool) -> Any:
    if ord == "fro":
        return vector_norm(A, 2, dims, keepdim)
    if ord == "nuc":
        return back_in_place(nuclear_norm(as_last(A, dims), keepdim), dims, keepdim)
    if isinstance(ord, str) or abs(ord) not in (1, 2, math.inf):
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    if abs(ord) == 2:
        values = svdvals(as_last(A, dims))
        extreme = _extreme(values, ord, -1, keepdim)
        return back_in_place(extreme[..., None], dims, True) if keepdim else extreme
    summed, kept = dims if abs(ord) == 1 else dims[::-1]
    sums = vector_norm(A, 1, summed, True)
    extreme = _extreme(sums, ord, kept, True)
    return extreme if keepdim else extreme.squeeze(dims)


def _extreme(x: Any, ord: float, dim: int, keepdim: bool) -> Any:
    """The largest along `dim`, of none zero; the smallest for a negative order."""
    if ord > 0 and not x.shape[dim]:
        return x.sum(dim, keepdim)
    return x.amax(dim, keepdim) if ord > 0 else x.amin(dim, keepdim)


def norm(
    A: Tensor,
    ord: Any = None,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    out: Tensor | None = None,
    dtype: Any = None,
) -> Tensor:
    """The norm of matrices where `ord` is given and there are two dimensions to reduce, else that of vectors.

    See `matrix_norm` and `vector_norm`. Raises RuntimeError where an order is given for more dimensions.
    """
    dims = dim if dim is None or isinstance(dim, (tuple, list)) else (dim,)
    if dims is not None and len(dims) not in (1, 2) and ord is not None:
        raise RuntimeError(f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(dims)}")
    if dims is None and ord is not None and A.ndim not in (1, 2):
        raise RuntimeError(
            f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {A.ndim}D."
        )
    if ord is not None and (len(dims) if dims is not None else A.ndim) == 2:
        return matrix_norm(A, ord, (0, 1) if dims is None else dims, keepdim, dtype=dtype, out=out)
    if isinstance(ord, str) and dims is not None:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {' '.join(map(str, dims))}")
    if isinstance(ord, str):
        raise RuntimeError("linalg.matrix_norm: The input tensor A must have at least 2 dimensions.")
    return vector_norm(A, 2 if ord is None else ord, dims, keepdim, dtype=dtype, out=out)


def cond(A: Tensor, p: Any = None, *, out: Tensor | None = None) -> Tensor:
    """The condition number of matrices in the norm of order `p`, by default 2; infinite for singular ones.

    Raises RuntimeError for other norms than 2 of matrices that are not square.

    >>> import mutagrad
    >>> mutagrad.linalg.cond(mutagrad.tensor([[4., 0.], [0., 2.]]))
    tensor(2.)
    """
    if A.ndim < 2:
        raise RuntimeError("linalg.cond: The input tensor must have at least 2 dimensions.")
    if p is not None and p not in ("fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf):
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}")
    if p in (None, 2, -2):
        values: Any = svdvals(A)
        if not values.shape[-1]:
            return into(out, values.sum(-1), "linalg_cond", casts=True)
        first, last = values[..., 0], values[..., -1]
        return into(out, last / first if p == -2 else first / last, "linalg_cond", casts=True)
    check_square(f"linalg.cond(ord={p})", A)
    if not A.shape[-1]:
        return into(out, vector_norm(A, 2, (-2, -1)), "linalg_cond", casts=True)
    inverse, info = inv_ex(A)
    product = matrix_norm(A, p) * matrix_norm(inverse, p)
    if anywhere(info):
        product = product.masked_fill(info != 0, math.inf)
    return into(out, product, "linalg_cond", casts=True)


# Vandermonde matrices -----------------------------------------------------------------------------------------------


def linalg_vander(x: Tensor, *, N: int | None = None) -> Tensor:
    """The powers of each element of `x`, from zero to `N - 1` (by default as many as there are), along a new last dimension.

    >>> import mutagrad
    >>> mutagrad.linalg.vander(mutagrad.tensor([2, 3]), N=3)
    tensor([[1, 2, 4],
            [1, 3, 9]])
    """
    x = x if x.ndim else x[None]
    count = x.shape[-1] if N is None else N
    if count <= 1:
        raise RuntimeError("N must be greater than 1.")
    factors = x[..., None].expand(*x.shape, count - 1)
    ones = factors.new_ones((*x.shape, 1))
    return cat([ones, factors.cumprod(-1)], -1)


def vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:
    """The powers of each element of a vector, falling from `N - 1` to zero, or rising if `increasing`.

    Raises RuntimeError for anything but a vector.
    """
    check_tensor("vander", x, "x")
    if x.ndim != 1:
        raise RuntimeError("x must be a one-dimensional tensor.")
    count = x.shape[0] if N is None else N
    if count < 0:
        raise RuntimeError("N must be non-negative.")
    if count <= 1:
        kept = x.dtype if x.is_floating_point() or x.is_complex() else int64
        return x.new_ones((x.shape[0], count), dtype=kept)
    powers = linalg_vander(x, N=count)
    return powers if increasing else powers.flip(1)
