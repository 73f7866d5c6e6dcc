"""Products over chosen dimensions, in terms of the matrix product: `tensordot`, `inner`, `kron`, chains, `cdist`.

`cross` alone has a rule of its own: the cross product is its own derivative.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from operator import index
from typing import Any

from mutagrad.declaration import composite, operation
from mutagrad.dtypes import type_word
from mutagrad.ops.einsum import einsum
from mutagrad.ops.naming import shown_as
from mutagrad.ops.out import into
from mutagrad.ops.products import mm
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor, wrap_dim

__all__ = ["bilinear", "cdist", "chain_matmul", "cross", "inner", "kron", "multi_dot", "tensordot"]


# Over chosen dimensions ---------------------------------------------------------------------------------------------


def tensordot(a: Tensor, b: Tensor, dims: Any = 2, out: Tensor | None = None) -> Tensor:
    """The product summed over pairs of dimensions: `dims` lists those of `a` and those of `b`, or counts the last of
    `a` against the first of `b`.

    Raises RuntimeError when the sizes of a pair differ, and for two dtypes.

    >>> import mutagrad
    >>> mutagrad.tensordot(mutagrad.ones(2, 3, 4), mutagrad.ones(4, 3), dims=([1, 2], [1, 0])).shape
    torch.Size([2])
    """
    first, second = _pairs(a, b, dims)
    if len(first) != len(second):
        raise RuntimeError("both dimension lists should have same length")
    if a.dtype is not b.dtype:
        raise RuntimeError("both inputs should have same dtype")
    dims_a, dims_b = ([wrap_dim(d, x.ndim) for d in given] for x, given in ((a, first), (b, second)))
    for dims in (dims_a, dims_b):
        for d in dims:
            if dims.count(d) > 1:
                raise RuntimeError(f"dim {d} appears multiple times in the list of dims")
    for i, (d, e) in enumerate(zip(dims_a, dims_b)):
        n, m = a._array.shape[d], b._array.shape[e]
        if n == m:
            continue
        if n == 1:
            b = b.sum(e, keepdim=True)
        elif m == 1:
            a = a.sum(d, keepdim=True)
        else:
            raise RuntimeError(
                f"contracted dimensions need to match, but first has size {n} in dim {first[i]} and second has size "
                f"{m} in dim {second[i]}"
            )
    left = [d for d in range(a.ndim) if d not in dims_a]
    right = [d for d in range(b.ndim) if d not in dims_b]
    outer, summed = [a._array.shape[d] for d in left], math.prod(a._array.shape[d] for d in dims_a)
    columns = [b._array.shape[d] for d in right]
    x = a.permute(left + dims_a).reshape(math.prod(outer), summed)
    y = b.permute(dims_b + right).reshape(summed, math.prod(columns))
    return into(out, mm(x, y).reshape(outer + columns), "tensordot")


def _pairs(a: Tensor, b: Tensor, dims: Any) -> tuple[list[int], list[int]]:
    """The dimensions of each to sum over, as they were given."""
    if isinstance(dims, Tensor):
        dims = dims.tolist()
    if isinstance(dims, (tuple, list)):
        both = [[index(d) for d in part] if isinstance(part, (tuple, list)) else [index(part)] for part in dims]
        return both[0], both[-1]
    if dims < 0:
        raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
    if dims > min(a.ndim, b.ndim):
        raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
    return list(range(-dims, 0)), list(range(dims))


@composite()
def inner(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product summed over the last dimension of both; with a zero-dimensional operand, the product.

    Raises RuntimeError when these dimensions differ in size, and for two dtypes.

    >>> import mutagrad
    >>> mutagrad.inner(mutagrad.tensor([1, 2]), mutagrad.tensor([[3, 4], [5, 6]]))
    tensor([11, 17])
    """
    check_tensor("inner", input)
    check_tensor("inner", other, "other", 2)
    if input.ndim == 0 or other.ndim == 0:
        return into(out, input * other, "inner")
    if input._array.shape[-1] != other._array.shape[-1]:
        raise RuntimeError(
            "inner() the last dimension must match on both input tensors but got shapes "
            f"{list(input.shape)} and {list(other.shape)}"
        )
    return tensordot(input, other, dims=([-1], [-1]), out=out)


@composite()
def kron(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Kronecker product: each element of `input` times all of `other`, as blocks.

    >>> import mutagrad
    >>> mutagrad.kron(mutagrad.tensor([1, 2]), mutagrad.tensor([1, 1, 1]))
    tensor([1, 1, 1, 2, 2, 2])
    """
    check_tensor("kron", input)
    check_tensor("kron", other, "other", 2)
    ndim = max(input.ndim, other.ndim)
    outer, blocks = ((1,) * (ndim - x.ndim) + x._array.shape for x in (input, other))
    x = input.reshape([size for n in outer for size in (n, 1)])
    y = other.reshape([size for n in blocks for size in (1, n)])
    return into(out, (x * y).reshape([n * m for n, m in zip(outer, blocks)]), "kron", casts=True)


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """`input1 @ weight[k] @ input2` for each k, plus `bias`: (*, m), (*, n), (p, m, n) and (p) give (*, p).

    Raises RuntimeError for sizes that do not go together.
    """
    if input1.ndim != input2.ndim:
        raise RuntimeError(f"bilinear(): input dimensions do not match: got {input1.ndim} and {input2.ndim}")
    for d, (n, m) in enumerate(zip(input1.shape[:-1], input2.shape[:-1])):
        if n != m:
            raise RuntimeError(f"bilinear(): input batch dimensions do not match at dim {d}: got {n} and {m}")
    for i, x in enumerate((input1, input2), 1):
        if x.shape[-1] != weight.shape[i]:
            raise RuntimeError(
                f"bilinear(): input{i} size does not match weight size: got {x.shape[-1]} but expected "
                f"{weight.shape[i]}"
            )
    if bias is not None and bias.shape[0] != weight.shape[0]:
        raise RuntimeError(
            f"bilinear(): bias size does not match weight size: got {bias.shape[0]} but expected {weight.shape[0]}"
        )
    product = einsum("...m,pmn,...n->...p", input1, weight, input2)
    return product if bias is None else product + bias


# Chains -------------------------------------------------------------------------------------------------------------


def chain_matmul(*matrices: Tensor, out: Tensor | None = None) -> Tensor:
    """The product of several matrices, in the order that takes the fewest operations; see `multi_dot`."""
    for matrix in matrices:
        if matrix.ndim != 2:
            raise RuntimeError(f"Tensor dimension is {matrix.ndim}, expected 2 instead.")
    if len(matrices) == 1:
        return into(out, matrices[0].clone(), "chain_matmul")
    return multi_dot(matrices, out=out)


def multi_dot(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """The product of two or more matrices, in the order that takes the fewest operations.

    The first may be a vector, taken as a row, and the last one, taken as a column.
    Raises RuntimeError for shapes that do not go together and for two dtypes.

    >>> import mutagrad
    >>> a = mutagrad.ones(2, 3)
    >>> mutagrad.linalg.multi_dot([a, mutagrad.ones(3, 4), mutagrad.ones(4)])
    tensor([12., 12.])
    """
    _check_chain(tensors)
    first, *rest = tensors
    chain = [first if first.ndim == 2 else first[None], *rest]
    if rest[-1].ndim == 1:
        chain[-1] = rest[-1][:, None]
    product = _chain_product(chain, _best_splits([x.shape[0] for x in chain] + [chain[-1].shape[1]]))
    shape = (first.shape[:-1] if first.ndim == 2 else ()) + (rest[-1].shape[1:] if rest[-1].ndim == 2 else ())
    return into(out, product.reshape(shape), "linalg_multi_dot")


def _check_chain(tensors: Sequence[Tensor]) -> None:
    n = len(tensors)
    if n < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {n}")
    for i, x in enumerate(tensors):
        if x.dtype is not tensors[0].dtype:
            words = type_word(tensors[0]._array.dtype), type_word(x._array.dtype)
            raise RuntimeError(
                f"multi_dot(): all tensors must have be the same dtype but tensor 0 is {words[0]} and tensor {i} "
                f"{words[1]}"
            )
        if i in (0, n - 1) and x.ndim not in (1, 2):
            which = "first" if i == 0 else "last"
            raise RuntimeError(f"multi_dot(): the {which} tensor must be 1D or 2D but got {x.ndim}D")
        if 0 < i < n - 1 and x.ndim != 2:
            raise RuntimeError(f"multi_dot(): tensor {i} must be 2D but got {x.ndim}D")
    for i, (x, y) in enumerate(pairwise(tensors)):
        if x.shape[-1] != y.shape[0]:
            raise RuntimeError(
                f"multi_dot(): tensors {i} and {i + 1} with shapes {list(x.shape)} and {list(y.shape)} cannot be "
                "multiplied"
            )


def _best_splits(sizes: list[int]) -> dict[tuple[int, int], int]:
    """Where to split each part of a chain, by Cormen et al., Introduction to Algorithms, section 15.2.

    Matrix i is (sizes[i], sizes[i + 1]).
    """
    count = len(sizes) - 1
    cost = {(i, i): 0 for i in range(count)}
    splits: dict[tuple[int, int], int] = {}
    for length in range(1, count):
        for i in range(count - length):
            j = i + length
            costs = {k: cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1] for k in range(i, j)}
            splits[i, j] = min(costs, key=costs.__getitem__)
            cost[i, j] = costs[splits[i, j]]
    return splits


def _chain_product(chain: list[Tensor], splits: dict[tuple[int, int], int], start: int = 0, stop: int = -1) -> Tensor:
    stop = stop % len(chain)
    if start == stop:
        return chain[start]
    split = splits[start, stop]
    return mm(_chain_product(chain, splits, start, split), _chain_product(chain, splits, split + 1, stop))


# Vectors ------------------------------------------------------------------------------------------------------------


def _cross(xp: Any, a: Any, b: Any, axis: int) -> Any:
    """a × b, whose component i is a[i+1] b[i+2] - a[i+2] b[i+1], counted modulo three."""
    return xp.roll(a, -1, axis=axis) * xp.roll(b, -2, axis=axis) - xp.roll(a, -2, axis=axis) * xp.roll(b, -1, axis=axis)


# For y = a × b and a cotangent c: c · (da × b) = da · (b × c), and c · (a × db) = db · (c × a).
@operation(
    "linalg_cross",
    method=False,
    promotion="promote",
    input=lambda xp, ct, other, dim: _cross(xp, other.conj(), ct, dim),
    other=lambda xp, ct, input, dim: _cross(xp, ct, input.conj(), dim),
    jvp="multilinear",
)
def linalg_cross(xp: Any, input: Any, other: Any, /, *, dim: int = -1) -> Any:
    """The cross products of the vectors of three along `dim`, with the other dimensions broadcast.

    Raises RuntimeError when a vector has another size, the ranks differ, or the dtypes do.
    """
    if input.ndim != other.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    dim = wrap_dim(dim, input.ndim)
    if input.shape[dim] != 3 or other.shape[dim] != 3:
        raise RuntimeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. Got {input.shape[dim]} and {other.shape[dim]}"
        )
    return _cross(xp, input, other, dim)


@composite()
def cross(input: Tensor, other: Tensor, dim: int | None = None, *, out: Tensor | None = None) -> Tensor:
    """The cross products of the vectors along `dim`, by default along the first dimension of size three.

    Errors are those of `linalg.cross`.

    >>> import mutagrad
    >>> mutagrad.cross(mutagrad.tensor([1, 0, 0]), mutagrad.tensor([0, 1, 0]))
    tensor([0, 0, 1])
    """
    check_tensor("cross", input)
    check_tensor("cross", other, "other", 2)
    if dim is None:
        if 3 not in input._array.shape:
            raise RuntimeError("no dimension of size 3 in input")
        dim = input._array.shape.index(3)
    return linalg_cross(input, other, dim=dim, **({} if out is None else {"out": out}))


def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str | None = None) -> Tensor:
    """The p-norm distances (*, n, m) between the points in (*, n, d) and those in (*, m, d).

    Raises RuntimeError for other shapes, for two dtypes, and for a negative `p`.

    >>> import mutagrad
    >>> mutagrad.cdist(mutagrad.zeros(1, 2), mutagrad.tensor([[3., 4.]]))
    tensor([[5.]])
    """
    check_tensor("cdist", x1, "x1")
    check_tensor("cdist", x2, "x2", 2)
    for i, x in enumerate((x1, x2), 1):
        if not x.is_floating_point():
            raise RuntimeError(f"cdist only supports floating-point dtypes, X{i} got: {x.dtype.scalar_type}")
    for i, x in enumerate((x1, x2), 1):
        if x.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, X{i} got: {x.ndim}D")
    if x1.shape[-1] != x2.shape[-1]:
        raise RuntimeError(f"X1 and X2 must have the same number of columns. X1: {x1.shape[-1]} X2: {x2.shape[-1]}")
    if p < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    if x1.dtype is not x2.dtype:
        raise RuntimeError(f"expected scalar type {x1.dtype.scalar_type} but found {x2.dtype.scalar_type}")
    return shown_as((x1[..., :, None, :] - x2[..., None, :, :]).norm(p, -1), "CdistBackward0")
