"""Writes of values: `copy_`, `fill_`, `zero_`, `fill_diagonal_`, and what `x[key] = value` comes down to.

What was there before is overwritten, so its cotangent ends here; the cotangent of what is written goes to the source,
summed where the source was broadcast and in its dtype.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter_ns
from typing import Any

import numpy as np

from mutagrad.batched import Batched
from mutagrad.declaration import composite
from mutagrad.dtypes import legacy_type_name
from mutagrad.graph import EMPTY, Leaf
from mutagrad.in_place import make_room, record_write
from mutagrad.modes import extras, modes
from mutagrad.operands import broadcast_error, fitting
from mutagrad.operation import Operation, surrounded
from mutagrad.ops.conversion import real_part
from mutagrad.ops.creation import into
from mutagrad.ops.numbers import NUMBERS, element
from mutagrad.ops.parts import select
from mutagrad.ops.sizes import axis_of, expanded, type_name
from mutagrad.ops.striding import as_strided, diagonal
from mutagrad.ops.views import index_step
from mutagrad.overlap import same_elements
from mutagrad.overwrite import policy
from mutagrad.pullback import same
from mutagrad.tangents import overwrite, push_into, state
from mutagrad.tensor import Tensor, wrap
from mutagrad.writability import check_overlap, check_writable

__all__ = ["as_strided_scatter", "diagonal_scatter", "fill", "select_scatter", "slice_scatter"]


def overwriting(name: str, node_name: str) -> Operation:
    """An operation in place whose result is its second input."""
    return Operation(name, lambda xp, input, source: source, {"source": same}, node_name=node_name)


copy_over = overwriting("copy", "CopyBackwards")
fill_with_number = overwriting("fill", "FillBackward2")
fill_with_tensor = overwriting("fill", "FillBackward3")
zero_out = overwriting("zero", "ZeroBackward0")


def assignment(value: Any) -> Operation:
    """What PyTorch calls the assignment of `value` to all of a tensor: one value fills it, several are copied."""
    if not isinstance(value, Tensor):
        return fill_with_number
    return copy_over if value._array.ndim else fill_with_tensor


def write(target: Tensor, value: Any, writer: str, operation: Operation = copy_over, apart: bool = True) -> None:
    """Copies `value`, a tensor or a number, into `target`, recorded as `operation` by the name of `writer`.

    Unless `apart` is False, the elements of the target must not share memory with one another.
    """
    if isinstance(value, Tensor) and (not extras[0] or extras[1] is not None):
        book = extras[1]
        if book is not None:
            book.target, start = target, perf_counter_ns()
        node = _write_plainly(target, value, writer, operation)
        if node is not NotImplemented:
            if book is not None:
                book.enter(operation, target._family.storage, node, start, target._family, value._family, target)
            return
    if extras[0] and modes.around_calls:
        surrounded(operation, (target, value), EMPTY, lambda: _write(target, value, writer, operation, apart), "_")
    else:
        _write(target, value, writer, operation, apart)


def _write_plainly(target: Tensor, value: Tensor, writer: str, operation: Operation) -> Any:
    """Writes, in one straight line, what is of the same shape and dtype and lies elsewhere; else NotImplemented.

    The result is the node, or None where nothing is recorded.
    """
    array, view, family = target._array, target._view, target._family
    given, source = value._array, value._family
    storage, edge, share = family.storage, family.edge, source.edge
    if (
        given.shape != array.shape
        or given.dtype is not array.dtype
        or source.storage is storage
        or family.traits is not None
        or (array is not storage.array or storage.exposure is not None if view is None else view.overlapping)
        or (edge is not None and type(edge[2]) is Leaf)
    ):
        return NotImplemented
    if storage.waiting is not None or storage.index is not None:
        storage.will_write(array, view, writer)
    array[...] = given
    storage.version += 1
    if (edge is not None or share is not None) and modes.grad:
        if share is not None and value._view is not None:
            share = (share[0], value._view, share[2])
        before = None if edge is None or view is None else (edge[0], view, edge[2])
        return record_write(operation, target, (before, share), None, 5)
    return None


def _write(target: Tensor, value: Any, writer: str, operation: Operation, apart: bool) -> None:
    if extras[0]:
        make_room(target, (value,))
    array, view, family = target._array, target._view, target._family
    storage = family.storage
    if isinstance(value, Tensor):
        source, shared = value._array, value._family.storage is storage
    else:
        source, shared = source_of(value, array.dtype), False
    edges = check_writable(target, (value,), writer)
    # `x[i] += y` assigns to `x[i]` what is there already: no value is lost, and the history is the same.
    unchanged = shared and same_elements(source, array)
    if apart and not unchanged and (shared or view is None or view.overlapping or extras[0]):
        check_overlap(target, (value,) if shared and source.shape == array.shape else ())
    if source.shape != array.shape and source.ndim:
        expanded(source.shape, array.shape, array.dtype)  # raises when it cannot be
    if (storage.waiting is not None or storage.index is not None) and (not unchanged or policy.name == "torch"):
        storage.will_write(array, view, writer)
    if source.dtype is array.dtype:
        array[...] = source
    else:
        _copy_converted(array, source)
    family.bump()
    if edges is not None and not (unchanged and value._family is family):
        if view is None:
            edges = (None, edges[1])
        node = record_write(operation, target, edges, None, 5)
        if type(array) is Batched:
            node.fit = (None, fitting(value) if edges[1] is not None else None)
        elif edges[1] is not None and (source.shape != array.shape or source.dtype is not array.dtype):
            node.fit = (None, (value._array.shape, value._array.dtype))
    if extras[0] and state.levels and not unchanged:
        push_into(target, (value,), overwrite)


def _copy_converted(array: np.ndarray, source: np.ndarray) -> None:
    """Copies elements of another dtype, of complex numbers into real ones the real parts."""
    if source.dtype.kind == "c" and array.dtype.kind not in "cb":
        source = real_part(source)
    with np.errstate(all="ignore"):
        np.copyto(array, source, casting="unsafe")


def source_of(value: Any, dt: np.dtype) -> np.ndarray:
    """A number as an array of `dt`. Raises TypeError for anything else, RuntimeError for what `dt` cannot hold."""
    if isinstance(value, NUMBERS):
        return element(value, dt)
    raise TypeError(f"can't assign a {type_name(value)} to a {legacy_type_name(dt)}")


@composite()
def copy_(self: Tensor, other: Any, non_blocking: bool = False) -> Tensor:
    """Copies the elements of `other`, broadcast and in this tensor's dtype, into this tensor.

    Raises RuntimeError when `other` cannot be broadcast to this shape.

    >>> import mutagrad
    >>> mutagrad.zeros(2, 2).copy_(mutagrad.tensor([1, 2]))
    tensor([[1., 2.],
            [1., 2.]])
    """
    if isinstance(other, Tensor):
        _check_broadcast(self._array.shape, other._array.shape)
    elif not isinstance(other, NUMBERS):
        raise TypeError(f"copy_(): argument 'other' (position 1) must be Tensor, not {type_name(other)}")
    write(self, other, "copy_")
    return self


def _check_broadcast(target: tuple[int, ...], source: tuple[int, ...]) -> None:
    """Raises RuntimeError, in the words of operations in place, when `source` cannot be broadcast to `target`."""
    if source == target:
        return
    try:
        common = np.broadcast_shapes(target, source)
    except ValueError:
        raise broadcast_error((target, source)) from None
    if common != target:
        raise RuntimeError(f"output with shape {list(target)} doesn't match the broadcast shape {list(common)}")


@composite()
def fill_(self: Tensor, value: Any) -> Tensor:
    """Writes one value, a number or a zero-dimensional tensor, to all elements.

    Raises RuntimeError for a tensor with dimensions, and for a number that the dtype cannot hold.

    >>> import mutagrad
    >>> mutagrad.zeros(2).fill_(7)
    tensor([7., 7.])
    """
    if isinstance(value, Tensor):
        if value._array.ndim:
            raise RuntimeError(
                f"fill_ only supports 0-dimension value tensor but got tensor with {value._array.ndim} dimensions."
            )
        # Through repeated elements a number may be written, but the cotangent of a tensor would count them all.
        write(self, value, "fill_", operation=fill_with_tensor, apart=value.requires_grad)
    elif isinstance(value, NUMBERS):
        write(self, value, "fill_", operation=fill_with_number, apart=False)
    else:
        raise TypeError(
            f"fill_() received an invalid combination of arguments - got ({type_name(value)}), but expected one of:\n"
            " * (Tensor value)\n * (Number value)\n"
        )
    return self


@composite(method=False)
def fill(input: Tensor, value: Any) -> Tensor:
    """A tensor like `input` with all elements set to `value`, a number or a zero-dimensional tensor.

    >>> import mutagrad
    >>> mutagrad.fill(mutagrad.zeros(2), 3)
    tensor([3., 3.])
    """
    return fill_(input.clone(), value)


@composite()
def zero_(self: Tensor) -> Tensor:
    """Writes zero to all elements."""
    write(self, 0, "zero_", operation=zero_out, apart=False)
    return self


@composite()
def fill_diagonal_(self: Tensor, fill_value: Any, wrap: bool = False) -> Tensor:
    """Writes a number along the main diagonal; with `wrap`, a tall matrix's diagonal starts again below its end.

    Raises RuntimeError for a vector, and beyond two dimensions unless they are all of one size.

    >>> import mutagrad
    >>> mutagrad.zeros(2, 3).fill_diagonal_(5)
    tensor([[5., 0., 0.],
            [0., 5., 0.]])
    """
    shape, strides = self._array.shape, self.stride()
    if len(shape) < 2:
        raise RuntimeError("dimensions must larger than 1")
    if len(shape) > 2 and len(set(shape)) > 1:
        raise RuntimeError("all dimensions of input must be of equal length")
    check_writable(self, (), "fill_diagonal_")
    length, step, width = min(shape), sum(strides), shape[1]
    _fill_strided(self, fill_value, length, step, 0)
    if wrap and len(shape) == 2 and shape[0] > width + 1:
        further = -(-self._array.size // (width + 1)) - length
        _fill_strided(self, fill_value, further, step, strides[0] * (width + 1))
    return self


def _fill_strided(tensor: Tensor, value: Any, count: int, step: int, offset: int) -> None:
    part = as_strided(tensor, (count,), (step,), tensor.storage_offset() + offset)
    write(part, value, "fill_diagonal_", operation=fill_with_number)


# Copies with another part --------------------------------------------------------------------------------------------


def _with_part(input: Tensor, src: Tensor, take: Callable[[Tensor], Tensor], out: Tensor | None) -> Tensor:
    """A copy of `input` whose part `take(copy)` is `src`; written into `out` where there is one."""
    result = input.clone()
    part = take(result)
    if part._array.shape != src._array.shape:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src._array.shape)}, slice size "
            f"= {list(part._array.shape)}"
        )
    write(part, src, "copy_")
    return into(out, result)


@composite()
def select_scatter(input: Tensor, src: Tensor, dim: int, index: int, *, out: Tensor | None = None) -> Tensor:
    """A copy of `input` with `src` at one index along `dim`. Raises RuntimeError for a `src` of another shape.

    >>> import mutagrad
    >>> mutagrad.select_scatter(mutagrad.zeros(2, 2), mutagrad.ones(2), 0, 1)
    tensor([[0., 0.],
            [1., 1.]])
    """
    return _with_part(input, src, lambda copy: select(copy, dim, index), out)


@composite()
def slice_scatter(
    input: Tensor,
    src: Tensor,
    dim: int = 0,
    start: int | None = None,
    end: int | None = None,
    step: int = 1,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """A copy of `input` with `src` at a slice along `dim`. Raises RuntimeError for a `src` of another shape."""
    axis = axis_of("slice_scatter", dim, input._array.ndim)
    key = (*(slice(None),) * axis, slice(start, end, step), ...)
    return _with_part(input, src, lambda copy: index_step(copy, key, "Slice"), out)


@composite()
def diagonal_scatter(
    input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1, *, out: Tensor | None = None
) -> Tensor:
    """A copy of `input` with `src` along a diagonal. Raises RuntimeError for a `src` of another shape."""
    return _with_part(input, src, lambda copy: diagonal(copy, offset, dim1, dim2), out)


@composite()
def as_strided_scatter(
    input: Tensor,
    src: Tensor,
    size: Sequence[int],
    stride: Sequence[int],
    storage_offset: int | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """A contiguous copy of `input` with `src` at the elements that `as_strided` names."""
    ordered = input.contiguous()
    return _with_part(ordered, src, lambda copy: as_strided(copy, size, stride, storage_offset), out)


def write_new(target: Tensor, value: np.ndarray, writer: str, operation: Operation) -> Tensor:
    """Writes a fresh array, a constant, to all of `target`."""
    write(target, wrap(value), writer, operation=operation)
    return target
