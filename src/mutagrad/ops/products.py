"""Products of vectors, matrices and batches of matrices.

`matmul` chooses by the ranks of its operands among a few operations, each with a rule of its own. No operand is copied
because it is transposed, and a batch times one matrix is one product (`matmul` in `namespaces/arrays.py`). A factor is
saved only if the other wants a gradient. In the rules a product C = A B has the shares C̄ Bᴴ of A and Aᴴ C̄ of B, where ᴴ
is the conjugate transpose.

What does not go together is found by the product itself, which is tried first; the checks then say what it was.
Follows https://docs.pytorch.org/docs/stable/generated/torch.matmul.html
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from mutagrad.declaration import composite, publish
from mutagrad.dtypes import of_numpy, type_word
from mutagrad.namespaces import arrays
from mutagrad.operands import broadcast_error
from mutagrad.operation import Operation
from mutagrad.ops.views import check_tensor
from mutagrad.recording import binary
from mutagrad.tensor import Tensor

__all__ = ["bmm", "dot", "ger", "matmul", "mm", "mv", "outer", "vdot"]

# What goes together -------------------------------------------------------------------------------------------------


def _check_vectors(input: Any, other: Any) -> None:
    if input.ndim != 1 or other.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {input.ndim}D and {other.ndim}D tensors")
    if input.dtype is not other.dtype:
        first, second = scalar_types(input, other)
        raise RuntimeError(f"dot : expected both vectors to have same dtype, but found {first} and {second}")
    n, m = input.size, other.size
    if n != m:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{n}] and src [{m}] to have the same number of elements, "
            f"but got {n} and {m} elements respectively"
        )
    check_numeric("dot", input, other)


def _check_matrix_and_vector(mat: Any, vec: Any) -> None:
    if mat.ndim != 2 or vec.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got 1, {mat.ndim}, {vec.ndim}")
    _check_rows_and_vector(mat, vec)


def _check_rows_and_vector(mat: Any, vec: Any) -> None:
    rows, columns = math.prod(mat.shape[:-1]), mat.shape[-1]
    if columns != vec.shape[0]:
        raise RuntimeError(f"size mismatch, got input ({rows}), mat ({rows}x{columns}), vec ({vec.shape[0]})")
    if mat.dtype is not vec.dtype:
        first, second = scalar_types(mat, vec)
        raise RuntimeError(f"addmv input tensors must have the same dtype, but got {second}, {first}, and {second}")
    check_numeric("addmv_impl_cpu", mat, vec)


def _check_matrices(input: Any, mat2: Any) -> None:
    if input.ndim != 2 or mat2.ndim != 2:
        raise RuntimeError(f"{'self' if input.ndim != 2 else 'mat2'} must be a matrix")
    _check_rows_and_matrix(input, mat2)


def _check_rows_and_matrix(rows: Any, mat2: Any) -> None:
    if rows.shape[-1] != mat2.shape[0]:
        raise shape_error(rows.shape, mat2.shape)
    if rows.dtype is not mat2.dtype:
        first, second = type_word(rows.dtype), type_word(mat2.dtype)
        raise RuntimeError(f"expected m1 and m2 to have the same dtype, but got: {first} != {second}")
    check_numeric("addmm_impl_cpu_", rows, mat2)


def shape_error(first: tuple[int, ...], second: tuple[int, ...]) -> RuntimeError:
    """The error for a matrix, or a batch taken as its rows, and another that cannot be multiplied."""
    rows = math.prod(first[:-1])
    return RuntimeError(f"mat1 and mat2 shapes cannot be multiplied ({rows}x{first[-1]} and {second[0]}x{second[1]})")


def check_batches(input: Any, mat2: Any) -> None:
    """Raises RuntimeError unless the arguments are two batches of one size whose matrices can be multiplied."""
    for i, batch in enumerate((input, mat2), 1):
        if batch.ndim != 3:
            raise RuntimeError(f"batch{i} must be a 3D tensor")
    if input.shape[0] != mat2.shape[0]:
        raise _batch_error(input.shape[0], input.shape[2], mat2.shape)
    _check_broadcast_batches(input, mat2)


def _check_broadcast_batches(input: Any, other: Any) -> None:
    first, second = input.shape, other.shape
    try:
        batch = math.prod(np.broadcast_shapes(first[:-2], second[:-2]))
    except ValueError:
        raise broadcast_error((first[:-2], second[:-2])) from None
    if first[-1] != second[-2]:
        raise _batch_error(batch, first[-1], (batch, *second[-2:]))
    check_numeric("bmm", input, other)
    if input.dtype is not other.dtype:
        raise RuntimeError("expected scalar type {} but found {}".format(*scalar_types(input, other)))


def _batch_error(batch: int, size: int, got: tuple[int, ...]) -> RuntimeError:
    return RuntimeError(
        f"Expected size for first two dimensions of batch2 tensor to be: [{batch}, {size}] but got: "
        f"[{got[0]}, {got[1]}]."
    )


def check_numeric(kernel: str, *arrays: Any) -> None:
    """Raises NotImplementedError, in the name of PyTorch's `kernel`, for truth values, unless an array is empty."""
    if arrays[0].dtype.kind == "b" and all(0 not in array.shape for array in arrays):
        raise NotImplementedError(f"\"{kernel}\" not implemented for 'Bool'")


def scalar_types(*arrays: Any) -> list[str]:
    """The names that PyTorch's messages have for the arrays' dtypes."""
    return [of_numpy[array.dtype].scalar_type for array in arrays]


# The products, by rank ----------------------------------------------------------------------------------------------


def _product(
    name: str,
    forward: Callable,
    check: Callable[..., None],
    fits: Callable[..., bool] | None = None,
    *,
    node_name: str | None = None,
    promotion: str | None = None,
    method: bool = True,
    doc: str = "",
    **rules: Any,
) -> Callable[..., Tensor]:
    """Declares a product of two tensors of one dtype; `fits` refuses what NumPy would take all the same."""
    op = Operation(name, forward, rules, check=check, node_name=node_name, promotion=promotion, jvp="multilinear")

    def kernel(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        if (x.dtype.char == "?" and x.size and y.size) or (fits is not None and not fits(x, y)):
            raise ValueError  # the check says what is wrong
        return forward(arrays, x, y)

    return publish(op, binary(op, kernel), in_place=False, method=method, aliases=(), doc=doc)


def rows_of(xp: Any, x: Any) -> Any:
    """A batch of matrices as one, with the rows of all; a batch of vectors as one vector."""
    return xp.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1]))


def _left_of_vector(xp: Any, ct: Any, other: Any) -> Any:
    return ct[..., None] * other.conj()


def _right_vector(xp: Any, ct: Any, input: Any) -> Any:
    return xp.matmul(rows_of(xp, input).mT.conj(), xp.reshape(ct, (math.prod(ct.shape),)))


def _left_of_matrix(xp: Any, ct: Any, other: Any) -> Any:
    return xp.matmul(ct, other.mT.conj())


def _right_matrix(xp: Any, ct: Any, input: Any) -> Any:
    return xp.matmul(rows_of(xp, input).mT.conj(), rows_of(xp, ct))


def _left_matrix_of_batch(xp: Any, ct: Any, other: Any) -> Any:
    # The sum over the batch is part of the product, not something to sum afterwards.
    summed = (*range(ct.ndim - 2), ct.ndim - 1)
    return xp.tensordot(ct, other.conj(), axes=(summed, summed))


def _right_batch(xp: Any, ct: Any, input: Any) -> Any:
    return xp.matmul(input.mT.conj(), ct)


dot = _product(
    "dot",
    lambda xp, input, tensor: xp.matmul(input, tensor),
    _check_vectors,
    lambda x, y: x.ndim == y.ndim == 1,
    doc="""The sum of the products of two vectors' elements.

    Raises RuntimeError for anything but two vectors of one size and dtype.

    >>> import mutagrad
    >>> mutagrad.dot(mutagrad.tensor([2, 3]), mutagrad.tensor([2, 1]))
    tensor(7)
    """,
    input=lambda xp, ct, tensor: ct * tensor.conj(),
    tensor=lambda xp, ct, input: ct * input.conj(),
)

vdot = _product(
    "vdot",
    lambda xp, input, other: xp.matmul(input.conj(), other),
    _check_vectors,
    lambda x, y: x.ndim == y.ndim == 1,
    doc="""The dot product of two vectors, the first of them conjugated. Errors are those of `dot`.""",
    input=lambda xp, ct, other: ct.conj() * other,
    other=lambda xp, ct, input: ct * input,
)

mv = _product(
    "mv",
    lambda xp, input, vec: xp.matmul(input, vec),
    _check_matrix_and_vector,
    lambda x, y: x.ndim == 2 and y.ndim == 1,
    doc="""The product (n) of a matrix (n, m) and a vector (m).

    Raises RuntimeError for other shapes, and for two dtypes.

    >>> import mutagrad
    >>> mutagrad.mv(mutagrad.tensor([[1, 2], [3, 4]]), mutagrad.tensor([1, 10]))
    tensor([21, 43])
    """,
    input=lambda xp, ct, vec: ct[:, None] * vec.conj(),
    vec=lambda xp, ct, input: xp.matmul(input.mT.conj(), ct),
)

mm = _product(
    "mm",
    lambda xp, input, mat2: xp.matmul(input, mat2),
    _check_matrices,
    lambda x, y: x.ndim == y.ndim == 2,
    doc="""The product (n, p) of two matrices (n, m) and (m, p).

    Raises RuntimeError for other shapes, and for two dtypes.

    >>> import mutagrad
    >>> mutagrad.mm(mutagrad.tensor([[1, 2]]), mutagrad.tensor([[3], [4]]))
    tensor([[11]])
    """,
    input=lambda xp, ct, mat2: xp.matmul(ct, mat2.mT.conj()),
    mat2=lambda xp, ct, input: xp.matmul(input.mT.conj(), ct),
)

bmm = _product(
    "bmm",
    lambda xp, input, mat2: xp.matmul(input, mat2),
    check_batches,
    lambda x, y: x.ndim == y.ndim == 3 and x.shape[0] == y.shape[0],
    doc="""The products (b, n, p) of the matrices in two batches (b, n, m) and (b, m, p).

    Raises RuntimeError for other shapes, and for two dtypes.
    """,
    input=lambda xp, ct, mat2: xp.matmul(ct, mat2.mT.conj()),
    mat2=lambda xp, ct, input: xp.matmul(input.mT.conj(), ct),
)


def _columns_times_rows(input: Any, vec2: Any) -> Any:
    return input[:, None] * vec2


# PyTorch has it as a product of the vectors with broadcasting; the sums over that are products of a matrix and a vector.
_outer_product = Operation(
    "outer",
    lambda xp, input, vec2: _columns_times_rows(input, vec2),
    {
        "input": lambda xp, ct, vec2: xp.matmul(ct, vec2.conj()),
        "vec2": lambda xp, ct, input: xp.matmul(ct.mT, input.conj()),
    },
    promotion="promote",
    node_name="MulBackward0",
    jvp="multilinear",
)
_outer = binary(_outer_product, _columns_times_rows)


def _matmul(check: Callable[..., None], left: Callable, right: Callable) -> Callable[..., Tensor]:
    """A product with a batch on one side or both; the shares are summed over what was broadcast."""
    return _product(
        "matmul",
        lambda xp, input, other: xp.matmul(input, other),
        check,
        node_name="UnsafeViewBackward0",
        promotion="promote",
        method=False,
        input=left,
        other=right,
    )


_rows_times_vector = _matmul(_check_rows_and_vector, _left_of_vector, _right_vector)
_rows_times_matrix = _matmul(_check_rows_and_matrix, _left_of_matrix, _right_matrix)
_matrix_times_batch = _matmul(_check_broadcast_batches, _left_matrix_of_batch, _right_batch)
_batch_times_batch = _matmul(_check_broadcast_batches, _left_of_matrix, _right_batch)

# Three stands for three and more dimensions.
_BY_RANKS: dict[tuple[int, int], Callable[..., Tensor]] = {
    (1, 1): dot,
    (2, 1): mv,
    (3, 1): _rows_times_vector,
    (2, 2): mm,
    (3, 2): _rows_times_matrix,
    (2, 3): _matrix_times_batch,
    (3, 3): _batch_times_batch,
}


def matmul(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The matrix product over the last two dimensions, with those before them broadcast; also `input @ other`.

    Shapes: (n, m) and (m, p) give (n, p); a vector on the left is a row, on the right a column, and is left out of the
    result.  Raises RuntimeError for shapes that do not go together and for two dtypes.

    >>> import mutagrad
    >>> mutagrad.tensor([[1, 2], [3, 4]]) @ mutagrad.tensor([1, 10])
    tensor([21, 43])
    """
    try:
        left, right = input._array.ndim, other._array.ndim
    except AttributeError:
        check_tensor("matmul", input)
        check_tensor("matmul", other, "other", 2)
        raise
    if left == 0 or right == 0:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {left}D and {right}D")
    if left == 1 and right > 1:
        (_check_rows_and_matrix if right == 2 else _check_broadcast_batches)(input._array[None], other._array)
        input, other, left, right = other.mT, input, right, 1
    product = _BY_RANKS.get((left, right)) or _BY_RANKS[min(left, 3), min(right, 3)]
    return product(input, other) if out is None else product(input, other, out=out)


publish(
    _batch_times_batch.operation,
    matmul,
    in_place=False,
    method=True,
    aliases=(),
    doc=matmul.__doc__ or "",
)


def _multiplied(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    kind = x.dtype.char
    if kind == "f" or kind == "d":
        return x.dot(y)
    if kind == "?" and x.size and y.size:
        raise ValueError  # the check says what is wrong
    return arrays.matmul(x, y)


# The operator `@` of vectors and matrices, whose ranks say which product it is.
_OF_RANKS = {
    ranks: binary(_BY_RANKS[ranks].operation, _multiplied, operator=True) for ranks in [(1, 1), (2, 1), (2, 2)]
}


def _operator(left: Any, right: Any) -> Any:
    try:
        product = _OF_RANKS[left._array.ndim, right._array.ndim]
    except (AttributeError, KeyError):
        return matmul(left, right) if isinstance(left, Tensor) and isinstance(right, Tensor) else NotImplemented
    return product(left, right, 2)


Tensor.__matmul__ = _operator  # type: ignore[attr-defined]
Tensor.__rmatmul__ = lambda self, other: _operator(other, self)  # type: ignore[attr-defined]


# In terms of others -------------------------------------------------------------------------------------------------


@composite("ger")
def outer(input: Tensor, vec2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The products (n, m) of each element of a vector (n) with each of another (m).

    Raises RuntimeError for anything but two vectors.

    >>> import mutagrad
    >>> mutagrad.outer(mutagrad.tensor([1, 2]), mutagrad.tensor([3, 4]))
    tensor([[3, 4],
            [6, 8]])
    """
    check_tensor("outer", input)
    check_tensor("outer", vec2, "vec2", 2)
    for name, vector in (("self", input._array), ("vec2", vec2._array)):
        if vector.ndim != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {vector.ndim}-D")
    return _outer(input, vec2) if out is None else _outer(input, vec2, out=out)


ger = outer


def vecdot(x: Tensor, y: Tensor, *, dim: int = -1, out: Tensor | None = None) -> Tensor:
    """The dot products of the vectors along `dim`, those of `x` conjugated; the other dimensions are broadcast.

    Raises RuntimeError for two dtypes.
    """
    check_tensor("vecdot", x, "x")
    check_tensor("vecdot", y, "y", 2)
    first, second = x.dtype.scalar_type, y.dtype.scalar_type
    if first != second:
        raise RuntimeError(
            f"linalg.vecdot: Expected x and y to have the same dtype, but found x of type {first} and y of type "
            f"{second} instead"
        )
    if not (x.is_floating_point() or x.is_complex()):
        raise RuntimeError(f"linalg.vecdot: Expected a floating point or complex tensor as input. Got {first}")
    return (x.conj() * y).sum(dim, **({} if out is None else {"out": out}))
