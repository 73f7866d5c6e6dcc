"""Joining tensors: `cat`, `stack` and those written in terms of them, and `block_diag`.

The inputs are promoted to their common dtype; each gets its part of the cotangent. Nothing is saved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from mutagrad.binding import check_sequence
from mutagrad.declaration import operation
from mutagrad.dtypes import get_default_dtype, promote
from mutagrad.ops.dimensions import axis_of
from mutagrad.ops.shaping import reshape, unsqueeze
from mutagrad.tensor import Tensor

__all__ = [
    "block_diag",
    "cat",
    "column_stack",
    "concat",
    "concatenate",
    "dstack",
    "hstack",
    "row_stack",
    "stack",
    "vstack",
]


# Along a dimension --------------------------------------------------------------------------------------------------


def _check_joinable(arrays: Sequence[Any], axis: int) -> None:
    """Raises what PyTorch raises for shapes that cannot be joined along `axis`."""
    first = arrays[0].shape
    for i, array in enumerate(arrays):
        if array.ndim != len(first):
            raise RuntimeError(f"Tensors must have same number of dimensions: got {len(first)} and {array.ndim}")
        for d, (expected, got) in enumerate(zip(first, array.shape)):
            if d != axis and expected != got:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {axis}. "
                    f"Expected size {expected} but got size {got} for tensor number {i} in the list."
                )


def _promoted(xp: Any, arrays: Sequence[Any]) -> tuple[list[Any], list[tuple]]:
    """The arrays in their common dtype, and the shape and dtype that each had."""
    kinds = [(array.shape, array.dtype) for array in arrays]
    common = kinds[0][1]
    if all(array.dtype is common for array in arrays):
        return list(arrays), kinds
    common = reduce(promote, [dtype for _, dtype in kinds])
    return [array if array.dtype == common else xp.astype(array, common) for array in arrays], kinds


def _cat_shares(xp: Any, ct: Any, kinds: list[tuple], dim: int) -> list:
    """Each input's part of the cotangent; empty vectors have none of it, whatever its shape."""
    axis = axis_of(dim, ct.ndim)
    front, start, shares = (slice(None),) * axis, 0, []
    for shape, dtype in kinds:
        if shape == (0,) and ct.ndim != 1:
            shares.append(xp.zeros(shape, dtype=dtype))
            continue
        stop = start + shape[axis]
        shares.append(xp.fit(ct[(*front, slice(start, stop), ...)], shape, dtype))
        start = stop
    return shares


@operation(sequence=True, derived=("kinds",), joint=_cat_shares, jvp="linear", casts=True, method=False)
def cat(xp: Any, tensors: Sequence[Any], /, dim: int = 0) -> Any:
    """The tensors one after another along `dim`; vectors without elements are left out.

    Raises RuntimeError for sizes that differ in another dimension, IndexError for a dimension out of range.

    >>> import mutagrad
    >>> mutagrad.cat([mutagrad.ones(2), mutagrad.zeros(1)])
    tensor([1., 1., 0.])
    """
    if not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    for i, array in enumerate(tensors):
        if array.ndim == 0:
            raise RuntimeError(f"zero-dimensional tensor (at position {i}) cannot be concatenated")
    arrays, kinds = _promoted(xp, tensors)
    joined = [array for array in arrays if array.shape != (0,)] or arrays[:1]
    axis = axis_of(dim, joined[0].ndim)
    _check_joinable(joined, axis)
    return xp.concat(joined, axis=axis), kinds


concat = concatenate = cat


def _stack_shares(xp: Any, ct: Any, kinds: list[tuple], dim: int) -> list:
    axis = axis_of(dim, ct.ndim)
    front = (slice(None),) * axis
    parts = [ct[(*front, i) if axis else i] for i in range(len(kinds))]
    return [part if part.dtype == dtype else xp.fit(part, shape, dtype) for part, (shape, dtype) in zip(parts, kinds)]


@operation(sequence=True, derived=("kinds",), joint=_stack_shares, jvp="linear", casts=True, method=False)
def stack(xp: Any, tensors: Sequence[Any], /, dim: int = 0) -> Any:
    """The tensors, of one shape, side by side along a new dimension.

    Raises RuntimeError for shapes that differ, IndexError for a dimension out of range.

    >>> import mutagrad
    >>> mutagrad.stack([mutagrad.ones(2), mutagrad.zeros(2)], 1)
    tensor([[1., 0.],
            [1., 0.]])
    """
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    first = tensors[0].shape
    axis = axis_of(dim, len(first) + 1)
    kinds = [(array.shape, array.dtype) for array in tensors]
    if kinds.count(kinds[0]) < len(kinds):
        for i, (shape, _) in enumerate(kinds):
            if shape != first:
                raise RuntimeError(
                    f"stack expects each tensor to be equal size, but got {list(first)} at entry 0 and {list(shape)} at "
                    f"entry {i}"
                )
        tensors = _promoted(xp, tensors)[0]
    return xp.stack(tensors, axis=axis), kinds


# In terms of these ---------------------------------------------------------------------------------------------------


def _sequence(function: str, tensors: Any) -> list[Tensor]:
    """The tensors of a sequence. Raises what PyTorch raises for anything else."""
    check_sequence(function, "tensors", tensors)
    if not tensors:
        raise RuntimeError(f"{function} expects a non-empty TensorList")
    return list(tensors)


def hstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """The tensors one after another along the second dimension, vectors along the first.

    >>> import mutagrad
    >>> mutagrad.hstack([mutagrad.ones(2), mutagrad.zeros(1)])
    tensor([1., 1., 0.])
    """
    raised = [reshape(tensor, (1,)) if tensor.ndim == 0 else tensor for tensor in _sequence("hstack", tensors)]
    return cat(raised, min(1, raised[0].ndim - 1), out=out)


def vstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """The tensors one below another, vectors as rows.

    >>> import mutagrad
    >>> mutagrad.vstack([mutagrad.ones(2), mutagrad.zeros(2)])
    tensor([[1., 1.],
            [0., 0.]])
    """
    raised = [reshape(tensor, (1, -1)) if tensor.ndim < 2 else tensor for tensor in _sequence("vstack", tensors)]
    return cat(raised, 0, out=out)


row_stack = vstack


def dstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """The tensors side by side along a third dimension.

    >>> import mutagrad
    >>> mutagrad.dstack([mutagrad.ones(2), mutagrad.zeros(2)]).shape
    torch.Size([1, 2, 2])
    """
    raised = []
    for tensor in _sequence("dstack", tensors):
        flat = reshape(tensor, (1, -1)) if tensor.ndim < 2 else tensor
        raised.append(unsqueeze(flat, -1) if flat.ndim == 2 else flat)
    return cat(raised, 2, out=out)


def column_stack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """The tensors one after another along the second dimension, vectors as columns.

    >>> import mutagrad
    >>> mutagrad.column_stack([mutagrad.ones(2), mutagrad.zeros(2)])
    tensor([[1., 0.],
            [1., 0.]])
    """
    tensors = _sequence("column_stack", tensors)
    return hstack([reshape(tensor, (-1, 1)) if tensor.ndim < 2 else tensor for tensor in tensors], out=out)


# Along a diagonal ---------------------------------------------------------------------------------------------------


def _block_shares(xp: Any, ct: Any, kinds: list[tuple]) -> list:
    shares, row, column = [], 0, 0
    for shape, dtype in kinds:
        rows, columns = _as_matrix(shape)
        block = ct[row : row + rows, column : column + columns]
        shares.append(xp.fit(xp.reshape(block, shape), shape, dtype))
        row, column = row + rows, column + columns
    return shares


def _as_matrix(shape: tuple) -> tuple[int, int]:
    return (1,) * (2 - len(shape)) + tuple(shape)  # type: ignore[return-value]


def _given_apart(joined: Callable) -> Callable:
    return lambda *tensors: joined(tensors)


@operation(sequence=True, derived=("kinds",), joint=_block_shares, jvp="linear", method=False, wrapper=_given_apart)
def block_diag(xp: Any, tensors: Sequence[Any], /) -> Any:
    """The matrix with the given ones along its diagonal, zero elsewhere; vectors count as rows.

    Raises RuntimeError for a tensor of more than two dimensions.

    >>> import mutagrad
    >>> mutagrad.block_diag(mutagrad.ones(1, 2), mutagrad.tensor([[5.]]))
    tensor([[1., 1., 0.],
            [0., 0., 5.]])
    """
    for i, array in enumerate(tensors):
        if array.ndim > 2:
            raise RuntimeError(
                "torch.block_diag: Input tensors must have 2 or fewer dimensions. "
                f"Input {i} has {array.ndim} dimensions"
            )
    if not tensors:
        return xp.zeros((1, 0), dtype=get_default_dtype().numpy), []
    arrays, kinds = _promoted(xp, tensors)
    blocks = [xp.reshape(array, _as_matrix(array.shape)) for array in arrays]
    width, before, rows = sum(block.shape[1] for block in blocks), 0, []
    for block in blocks:
        count, columns = block.shape
        sides = [xp.zeros((count, n), dtype=block.dtype) for n in (before, width - before - columns)]
        rows.append(xp.concat([sides[0], block, sides[1]], axis=1))
        before += columns
    return xp.concat(rows, axis=0), kinds
