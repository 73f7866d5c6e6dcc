"""Rearranging elements: turned round, moved on, repeated.

Unlike views these make new memory. The gradient is the opposite rearrangement, so nothing is saved.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np

from mutagrad.declaration import composite, operation
from mutagrad.ops.dimensions import axes_of, axis_of, not_implemented
from mutagrad.ops.shaping import reshape
from mutagrad.ops.sizes import sizes_of
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor, wrap

__all__ = ["flip", "fliplr", "flipud", "repeat_interleave", "roll", "rot90", "tile"]


def _as_tuple(value: Any) -> tuple:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


# Order --------------------------------------------------------------------------------------------------------------


@operation(method=False, input=lambda xp, ct, dims: _flipped(xp, ct, dims), jvp="linear")
def flip(xp: Any, input: Any, /, dims: Sequence[int]) -> Any:
    """The elements in the opposite order along each of `dims`.

    >>> import mutagrad
    >>> mutagrad.flip(mutagrad.tensor([1, 2, 3]), (0,))
    tensor([3, 2, 1])
    """
    if not isinstance(dims, (tuple, list)):
        raise TypeError(f"flip(): argument 'dims' (position 2) must be tuple of ints, not {type(dims).__name__}")
    return _flipped(xp, input, dims)


def _flip_method(self: Tensor, *dims: Any, **named: Any) -> Tensor:
    """The elements in the opposite order along `dims`, a sequence or one after another; see `mutagrad.flip`."""
    return flip(self, **named) if named else flip(self, sizes_of("flip", dims, "dims"))


Tensor.flip = _flip_method


def _flipped(xp: Any, x: Any, dims: Sequence[int]) -> Any:
    axes = axes_of(dims, x.ndim)
    return xp.flip(x, axis=axes) if len(dims) and x.ndim else xp.copy(x)


@composite()
def fliplr(input: Tensor) -> Tensor:
    """The columns of a matrix in the opposite order.

    >>> import mutagrad
    >>> mutagrad.fliplr(mutagrad.tensor([[1, 2], [3, 4]]))
    tensor([[2, 1],
            [4, 3]])
    """
    check_tensor("fliplr", input)
    if input.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return flip(input, (1,))


@composite()
def flipud(input: Tensor) -> Tensor:
    """The rows in the opposite order.

    >>> import mutagrad
    >>> mutagrad.flipud(mutagrad.tensor([[1, 2], [3, 4]]))
    tensor([[3, 4],
            [1, 2]])
    """
    check_tensor("flipud", input)
    if input.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return flip(input, (0,))


def _rolled(xp: Any, x: Any, shifts: Any, dims: Any, sign: int) -> Any:
    moved, axes = tuple(sign * shift for shift in _as_tuple(shifts)), _as_tuple(dims)
    if not axes:
        return xp.reshape(xp.roll(xp.reshape(x, (-1,)), moved[0], axis=0), x.shape)
    return xp.roll(x, moved, axis=tuple(axis_of(dim, x.ndim) for dim in axes)) if x.ndim else xp.copy(x)


@operation(input=lambda xp, ct, shifts, dims: _rolled(xp, ct, shifts, dims, -1), jvp="linear")
def roll(xp: Any, input: Any, /, shifts: Any, dims: Any = ()) -> Any:
    """The elements moved on by `shifts` places along `dims` (none: in flat order), the last ones to the front.

    >>> import mutagrad
    >>> mutagrad.roll(mutagrad.tensor([1, 2, 3]), 1)
    tensor([3, 1, 2])
    """
    moved, axes = _as_tuple(shifts), _as_tuple(dims) if dims is not None else ()
    if not moved:
        raise RuntimeError("`shifts` required")
    if len(moved) != len(axes) and (axes or len(moved) != 1):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(moved)}, dims:{len(axes)}")
    if axes and not input.ndim:
        raise IndexError(f"Dimension specified as {axes[0]} but tensor has no dimensions")
    return _rolled(xp, input, moved, axes, 1)


def _turned(xp: Any, x: Any, k: int, dims: Sequence[int]) -> Any:
    """A quarter turn from the first of `dims` to the second, `k` times."""
    first, second = (axis_of(dim, x.ndim) for dim in dims)
    axes = list(range(x.ndim))
    axes[first], axes[second] = second, first
    if k % 4 == 0:
        return xp.copy(x)
    if k % 4 == 2:
        return xp.flip(x, axis=(first, second))
    if k % 4 == 1:
        return xp.permute_dims(xp.flip(x, axis=second), tuple(axes))
    return xp.flip(xp.permute_dims(x, tuple(axes)), axis=second)


@operation(node_name="Rot90Backward0", input=lambda xp, ct, k, dims: _turned(xp, ct, -k, dims), jvp="linear")
def rot90(xp: Any, input: Any, /, k: int = 1, dims: Sequence[int] = (0, 1)) -> Any:
    """The plane of two `dims` turned by `k` quarter turns, from the first towards the second.

    >>> import mutagrad
    >>> mutagrad.rot90(mutagrad.tensor([[1, 2], [3, 4]]))
    tensor([[2, 4],
            [1, 3]])
    """
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if input.ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {input.ndim}")
    if axis_of(dims[0], input.ndim) == axis_of(dims[1], input.ndim):
        raise RuntimeError(f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}")
    return _turned(xp, input, k, dims)


# Repetition ---------------------------------------------------------------------------------------------------------


def _given_as_repeats(call: Any) -> Any:
    """Takes the repeats also one after another."""

    def repeat(input: Tensor, *repeats: Any, **named: Any) -> Tensor:
        return call(input, **named) if named else call(input, sizes_of("repeat", repeats, "repeats"))

    return repeat


def _repeat_share(xp: Any, ct: Any, input_shape: tuple, repeats: Sequence[int]) -> Any:
    """The sum over all repetitions: each dimension of the result is one of repeats and one of the input."""
    padded = (1,) * (len(repeats) - len(input_shape)) + input_shape
    apart = xp.reshape(ct, tuple(n for pair in zip(repeats, padded) for n in pair))
    if not repeats:
        return apart
    return xp.reshape(xp.sum(apart, axis=tuple(range(0, 2 * len(padded), 2))), input_shape)


@operation(input=_repeat_share, jvp="linear", wrapper=_given_as_repeats)
def repeat(xp: Any, input: Any, /, repeats: Sequence[int]) -> Any:
    """The tensor repeated so many times along each dimension; further repeats make new dimensions in front.

    Raises RuntimeError when there are fewer repeats than dimensions, or negative ones.

    >>> import mutagrad
    >>> mutagrad.tensor([1, 2]).repeat(2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    extra = len(repeats) - input.ndim
    if extra < 0:
        raise RuntimeError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    result = [n * size for n, size in zip(repeats, (1,) * extra + tuple(input.shape))]
    if any(n < 0 for n in repeats):
        negative = next(size for size in result if size < 0)
        raise RuntimeError(f"Trying to create tensor with negative dimension {negative}: {result}")
    return xp.tile(input, tuple(repeats))


@composite()
def tile(input: Tensor, *dims: Any) -> Tensor:
    """The tensor repeated along its last dimensions, as `repeat` does once `dims` is filled up with ones in front.

    >>> import mutagrad
    >>> mutagrad.tile(mutagrad.tensor([1, 2]), (2,))
    tensor([1, 2, 1, 2])
    """
    repeats = sizes_of("tile", dims, "dims")
    return repeat(input, (1,) * (input.ndim - len(repeats)) + repeats)


@composite()
def repeat_interleave(
    input: Tensor, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
) -> Tensor:
    """Each element, or each slice along `dim`, repeated in its place: all `repeats` times, or each its own number.

    Given only a vector of numbers, the index of each, so many times. Raises RuntimeError for negative repeats.

    >>> import mutagrad
    >>> mutagrad.repeat_interleave(mutagrad.tensor([1, 2]), 2)
    tensor([1, 1, 2, 2])
    """
    if repeats is None:
        counts = _checked_repeats(input)
        return wrap(np.repeat(np.arange(counts.size), counts))
    x: Any = reshape(input, (-1,)) if dim is None else input
    axis = axis_of(0 if dim is None else dim, x.ndim)
    if not isinstance(repeats, Tensor):
        if index(repeats) < 0:
            raise RuntimeError("Repeats must be non-negative")
        apart = x.unsqueeze(axis + 1)
        expanded = apart.expand(*apart.shape[: axis + 1], repeats, *apart.shape[axis + 2 :])
        return expanded.clone().flatten(axis, axis + 1)
    size, counts = x.shape[axis], _checked_repeats(repeats)
    if counts.size not in (1, size):
        raise RuntimeError(
            "repeats must have the same size as input along dim, but got "
            f"repeats.size(0) = {counts.size} and input.size({axis}) = {size}"
        )
    return x.index_select(axis, wrap(np.repeat(np.arange(size), counts)))


def _checked_repeats(repeats: Tensor) -> np.ndarray:
    counts = repeats._array
    if counts.dtype.kind not in "iu":
        raise not_implemented("repeat_interleave_cpu", counts.dtype)
    if counts.size and counts.min() < 0:
        raise RuntimeError("repeats can not be negative")
    return counts.ravel()
