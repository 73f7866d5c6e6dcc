"""Triangles and diagonals of matrices: kept, taken out, put into place, summed, and written to.

Nothing is saved: the gradient of taking a diagonal is putting one into place, and the other way round.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.declaration import composite, operation
from mutagrad.ops.dimensions import axis_of
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor

__all__ = ["diag", "diag_embed", "diagflat", "trace", "tril", "triu"]


# Triangles ----------------------------------------------------------------------------------------------------------


def _check_matrix(name: str, x: Any) -> None:
    if x.ndim < 2:
        raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions")


@operation(in_place=True, input=lambda xp, ct, diagonal: xp.tril(ct, k=diagonal), jvp="linear")
def tril(xp: Any, input: Any, /, diagonal: int = 0) -> Any:
    """The lower triangle of each matrix, up to the given diagonal; zero above it.

    >>> import mutagrad
    >>> mutagrad.tril(mutagrad.ones(2, 2))
    tensor([[1., 0.],
            [1., 1.]])
    """
    _check_matrix("tril", input)
    return xp.tril(input, k=diagonal)


@operation(in_place=True, input=lambda xp, ct, diagonal: xp.triu(ct, k=diagonal), jvp="linear")
def triu(xp: Any, input: Any, /, diagonal: int = 0) -> Any:
    """The upper triangle of each matrix, from the given diagonal on; zero below it.

    >>> import mutagrad
    >>> mutagrad.triu(mutagrad.ones(2, 2))
    tensor([[1., 1.],
            [0., 1.]])
    """
    _check_matrix("triu", input)
    return xp.triu(input, k=diagonal)


# Diagonals ----------------------------------------------------------------------------------------------------------


def _on_diagonal(xp: Any, x: Any, offset: int) -> Any:
    """Matrices, in the last two dimensions, with `x` on the diagonal `offset` and zero elsewhere."""
    size = x.shape[-1] + abs(offset)
    gap = xp.zeros((*x.shape[:-1], abs(offset)), dtype=x.dtype)
    rows = xp.concat([x, gap] if offset >= 0 else [gap, x], axis=-1)  # the element of each row
    places = xp.arange(size)
    on = xp.reshape(places, (1, -1)) - xp.reshape(places, (-1, 1)) == offset
    return xp.where(on, xp.expand_dims(rows, axis=-1), xp.zeros((), dtype=x.dtype))


@operation(
    jvp="linear",
    input=lambda xp, ct, offset, dim1, dim2: xp.copy(
        xp.diagonal(ct, offset, axis_of(dim1, ct.ndim), axis_of(dim2, ct.ndim))
    ),
)
def diag_embed(xp: Any, input: Any, /, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """Matrices with the last dimension of `input` on their diagonal `offset`, and zero elsewhere.

    >>> import mutagrad
    >>> mutagrad.diag_embed(mutagrad.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    first, second = axis_of(dim1, input.ndim + 1), axis_of(dim2, input.ndim + 1)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return xp.moveaxis(_on_diagonal(xp, input, offset), (-2, -1), (first, second))


@operation(
    method=False,
    node_name="DiagonalBackward0_copy",
    input=lambda xp, ct, input_shape, offset: _placed(xp, ct, input_shape, offset),
    jvp="linear",
)
def _diagonal_copy(xp: Any, input: Any, /, offset: int) -> Any:
    return xp.copy(xp.diagonal(input, offset))


def _placed(xp: Any, ct: Any, shape: tuple[int, ...], offset: int) -> Any:
    """A matrix of the shape given with `ct` on its diagonal."""
    matrix = _on_diagonal(xp, ct, offset)
    for axis, size in enumerate(shape):
        extent = matrix.shape[axis]
        front = (slice(None),) * axis
        if extent < size:
            rest = (size - extent, matrix.shape[1]) if axis == 0 else (matrix.shape[0], size - extent)
            matrix = xp.concat([matrix, xp.zeros(rest, dtype=ct.dtype)], axis=axis)
        else:
            matrix = matrix[(*front, slice(0, size), ...)]
    return matrix


@composite()
def diag(input: Tensor, diagonal: int = 0, *, out: Tensor | None = None) -> Tensor:
    """The matrix with a vector on its diagonal; of a matrix, a copy of its diagonal.

    Raises RuntimeError for other numbers of dimensions.

    >>> import mutagrad
    >>> mutagrad.diag(mutagrad.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    check_tensor("diag", input)
    if input.ndim not in (1, 2):
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.ndim}D")
    if input.ndim == 1:
        return diag_embed(input, diagonal, out=out)
    return _diagonal_copy(input, diagonal, out=out)


@composite()
def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """The matrix with all elements of `input` on its diagonal.

    >>> import mutagrad
    >>> mutagrad.diagflat(mutagrad.tensor([[1, 2]]))
    tensor([[1, 0],
            [0, 2]])
    """
    check_tensor("diagflat", input)
    return diag_embed(input.reshape(-1), offset)


@operation(
    input=lambda xp, ct, input_shape: _placed(xp, xp.broadcast_to(ct, (min(input_shape),)), input_shape, 0),
    jvp="linear",
)
def trace(xp: Any, input: Any, /) -> Any:
    """The sum of the diagonal of a matrix.

    >>> import mutagrad
    >>> mutagrad.trace(mutagrad.tensor([[1., 2.], [3., 4.]]))
    tensor(5.)
    """
    if input.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input.ndim}")
    elements = xp.diagonal(input)
    return xp.sum(elements, axis=0, dtype=None if input.dtype.kind in "fc" else np.dtype("int64"))
