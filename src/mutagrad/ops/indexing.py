"""`x[key]`, read and written.

A basic key (integers, slices, `...`, `None`) is a view. A key with index or mask tensors reads and writes the elements
it names, in time proportional to their number: its region of the adjoint is a `Gathered`. A key that mixes both is a
view first, then an advanced key on that view (`keys.py`). `read_at` and `write_at` are what everything rests on that
picks elements by index; `gathering.py` declares the rest of it.
Follows https://docs.pytorch.org/docs/stable/tensor_view.html
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from mutagrad.batched import NO_MASK, Batched, union
from mutagrad.dtypes import of_numpy
from mutagrad.graph import EMPTY, Edge, Node, next_sequence
from mutagrad.in_place import make_room, record_write
from mutagrad.modes import extras, modes
from mutagrad.namespaces import arrays, batched
from mutagrad.operands import as_array, fitting
from mutagrad.operation import Operation, surrounded
from mutagrad.ops.keys import Key, basic_key, last_written, positions, shape_of, split_key, wrong_index
from mutagrad.ops.rows import rows_at, write_rows
from mutagrad.ops.views import attach_view, index_step, tell_of_view
from mutagrad.ops.writing import assignment, copy_over, source_of, write
from mutagrad.pullback import same
from mutagrad.regions import Accumulated, Gathered, Part, index_view
from mutagrad.report.spans import caller_position
from mutagrad.tangents import push, push_into, state, writable
from mutagrad.tensor import Tensor, new, wrap
from mutagrad.writability import check_overlap, check_writable

__all__: list[str] = []

ndarray = np.ndarray


def reading(name: str) -> Operation:
    """The operation under which a read at an advanced key is recorded: the identity, from the region that was read."""
    return Operation(name, lambda xp, input: input, {"input": same})


def writing(name: str, node_name: str | None = None) -> Operation:
    """The operation under which a write at an advanced key is recorded: the region's cotangent to what remained."""
    return Operation(
        name,
        lambda xp, input, values, *, remained: values,
        {"values": lambda xp, ct, remained: ct if remained is None else xp.where(xp.asarray(remained), ct, 0)},
        node_name=node_name,
    )


index = reading("index")
index_put = writing("index_put")


# Reading ------------------------------------------------------------------------------------------------------------


def getitem(self: Tensor, key: Any) -> Tensor:
    """The elements that `key` names: a view for a basic key, else a copy.

    Raises IndexError when an index is out of bounds, ValueError for a slice with a step that is not positive.

    >>> import mutagrad
    >>> mutagrad.arange(6).view(2, 3)[1, ::2]
    tensor([3, 5])
    """
    array = self._array
    if type(key) is Tensor and not extras[0] and (rows := rows_at(key._array, array)) is not None:
        return read_at(self, rows)
    plain = basic_key(key)
    if plain is not None:
        basic, name = plain
        try:
            value = array[basic]
        except IndexError:
            raise wrong_index(array.shape, key) from None
        family = self._family
        view = index_view(self._view, basic, family.layout or family.make_layout(self), name)
        if not modes.grad or type(view) is not Part:
            return attach_view(self, value, view)
        made = new(Tensor)  # as `attach_view` does: one call less for what loops do most
        made._array = value
        made._family = family
        made._view = view
        if extras[0]:
            tell_of_view(self, made, view)
        return made
    basic, advanced = split_key(array, key)
    source = self if basic is None else index_step(self, *basic)
    return source if advanced is None else read_at(source, advanced)


def read_at(source: Tensor, key: Key, operation: Operation = index, **values: Any) -> Tensor:
    """A copy of the elements `source[key]` of a settled advanced key, recorded as `operation` with these parameters."""
    if extras[0]:
        if modes.around_calls:
            return surrounded(operation, (source,), values, lambda: _read_at(source, key, operation, values))
        return _read_at(source, key, operation, values)
    value = arrays.get_at(source._array, key)
    tensor = wrap(value if type(value) is ndarray and value.base is None else as_array(value))
    edge = source._family.edge
    if edge is not None and modes.grad:
        _record_read(tensor, source, edge, key, operation, values)
    return tensor


def _read_at(source: Tensor, key: Key, operation: Operation, values: dict[str, Any]) -> Tensor:
    tensor = wrap(as_array(batched.get_at(source._array, key)))
    edge = source._family.edge
    if edge is not None and modes.grad:
        node = _record_read(tensor, source, edge, key, operation, values)
        if type(tensor._array) is Batched:
            node.fit = (fitting(tensor),)
    if state.levels:
        push((tensor,), (source,), lambda tangent: read_at(tangent, key, operation, **values), fresh=True)
    return tensor


def _record_read(
    tensor: Tensor, source: Tensor, edge: Edge, key: Key, operation: Operation, values: dict[str, Any]
) -> Node:
    family = source._family
    node = Node()
    node.sequence = node.key = sequence = next_sequence()
    node.operation = operation
    region = Gathered(source._view, key, family.layout or family.make_layout(source))
    node.edges = ((edge[0], region, edge[2]),)
    node.region = node.watches = node.fit = None
    node.saved = ()
    node.values = {"indices": key, **values}
    node.code, node.instruction = caller_position(4)
    tensor._family.edge = (sequence, None, node)
    return node


# Writing ------------------------------------------------------------------------------------------------------------


def setitem(self: Tensor, key: Any, value: Any) -> None:
    """Writes `value`, a tensor or a number, broadcast to the elements that `key` names.

    Raises IndexError and ValueError as reading does, RuntimeError for a value of another shape, TypeError for one that
    is neither a tensor nor a number.
    """
    if type(key) is Tensor and write_rows(self, 0, key, value, "__setitem__", index_put):
        return
    plain = basic_key(key)
    if plain is not None:
        basic = plain[0]
        if type(value) is Tensor and value._family is self._family and not extras[0] and _is_part(value, self, basic):
            # `x[i] += y` assigns to `x[i]` what is there already: no value is lost, and the history is the same.
            check_writable(self, (), "__setitem__")
            self._family.bump()
            return
        try:
            target, advanced = self if basic == (...,) else part(self, basic), None
        except IndexError:
            raise wrong_index(self._array.shape, key) from None
    else:
        basic, advanced = split_key(self._array, key)
        target = self if basic is None else part(self, basic[0])
    if advanced is None:
        if isinstance(value, Tensor) and value._array.ndim > target._array.ndim:
            value = _strip(value, target._array.ndim)
        write(target, value, "__setitem__", copy_over if target is not self else assignment(value))
    else:
        write_at(target, advanced, value, "__setitem__", strip=True)


def _is_part(value: Tensor, tensor: Tensor, key: Key) -> bool:
    """Whether a tensor of the same family is what `tensor[key]`, of a tensor that is all of it, has given."""
    view = value._view
    return tensor._view is None and type(view) is Part and view.key == key and view.maker is None


def part(tensor: Tensor, key: Key) -> Tensor:
    """A handle on `tensor[key]` for a basic key, in whatever mode: what is written there is written to the family."""
    family = tensor._family
    made = new(Tensor)
    made._array = tensor._array[key]
    made._family = family
    made._view = index_view(tensor._view, key, family.layout or family.make_layout(tensor), "Slice")
    return made


def write_at(
    target: Tensor,
    key: Key,
    value: Any,
    writer: str,
    operation: Operation = index_put,
    *,
    accumulate: bool = False,
    strip: bool = False,
) -> None:
    """Writes `value`, broadcast, to the elements `target[key]` of a settled advanced key, recorded as `operation`.

    Of several values for one element the last remains; with `accumulate` all are added to what is there. `strip`
    leaves out leading dimensions of size one that are too many.
    """
    if extras[0] and modes.around_calls:
        call = partial(_write_at, target, key, value, writer, operation, accumulate, strip)
        surrounded(operation, (target, value), EMPTY, call, "_")
    else:
        _write_at(target, key, value, writer, operation, accumulate, strip)


def _write_at(
    target: Tensor, key: Key, value: Any, writer: str, operation: Operation, accumulate: bool, strip: bool
) -> None:
    if extras[0]:
        make_room(target, (value, *key))
        if union(*[item for item in key if not isinstance(item, slice) and item.dtype.kind == "b"]):
            return _write_under_mask(target, key, value, writer)
    array = target._array
    shape = shape_of(key, array.shape)
    if strip:
        value = _strip(value, len(shape))
    source = value._array if isinstance(value, Tensor) else source_of(value, array.dtype)
    if source.shape != shape and not _broadcasts(source.shape, shape):
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(source.shape)} cannot be broadcast to indexing result of "
            f"shape {list(shape)}"
        )
    if source.dtype is not array.dtype and source.dtype != array.dtype and (accumulate or not _is_fill(key, source)):
        raise RuntimeError(
            "Index put requires the source and destination dtypes match, got "
            f"{of_numpy[array.dtype].scalar_type} for the destination and {of_numpy[source.dtype].scalar_type} for the "
            "source."
        )
    edges = check_writable(target, (value,), writer)
    family, view = target._family, target._view
    storage = family.storage
    aliased = storage.exposure is not None or (isinstance(value, Tensor) and value._family.storage is storage)
    if aliased or array is not storage.array or extras[0]:
        fills = source.size == 1 and not accumulate
        if not fills or (edges is not None and edges[1] is not None):
            # One number may be written where an element is seen several times, and is read before anything is written.
            check_overlap(target, () if fills else (value,), apart=True)
        if aliased and np.may_share_memory(source, array):
            source = source.copy()
    if storage.waiting is not None or storage.index is not None:
        storage.will_write(array, view, writer, positions(key, array.shape))
    if accumulate:
        (batched if extras[0] else arrays).add_at(
            array, key, source if source.shape == shape else np.broadcast_to(source, shape)
        )
    else:
        # In order, so that the last of several values for one element is the one that remains.
        array[key] = np.ascontiguousarray(source) if source.ndim and type(source) is ndarray else source
    family.bump()
    if edges is not None:
        kind = Accumulated if accumulate else Gathered
        node = record_write(operation, target, edges, kind(view, key, family.layout or family.make_layout(target)), 5)
        remained = None if accumulate or edges[1] is None else last_written(key, array.shape)
        node.values = {"indices": key, "accumulate": accumulate, "remained": remained}
        if edges[1] is not None:
            if type(array) is Batched:
                node.fit = (None, fitting(value))
            elif source.shape != shape or source.dtype is not array.dtype:
                node.fit = (None, (value._array.shape, value._array.dtype))  # It was broadcast or cast to others.
    if extras[0] and state.levels:
        push_into(
            target,
            (value,),
            lambda target, level, tangent: write_at(
                writable(target, level),
                key,
                0 if tangent is None else tangent,
                writer,
                operation,
                accumulate=accumulate,
            ),
        )


def _write_under_mask(target: Tensor, key: Key, value: Any, writer: str) -> None:
    """Writes one value where a mask that differs between samples is set. Raises RuntimeError for more than one."""
    mask = key[0]
    if len(key) > 1 or (isinstance(value, Tensor) and value._array.ndim):
        raise RuntimeError(NO_MASK)
    mask = mask.reshape(mask.shape + (1,) * (target._array.ndim - mask.ndim))
    write(target, target.masked_fill(wrap(mask), value), writer)


def _is_fill(key: Key, source: ndarray) -> bool:
    """Whether one value goes to all elements under a mask: `masked_fill`, which casts it."""
    return source.ndim == 0 and len(key) == 1 and key[0].dtype == bool


def _strip(value: Any, ndim: int) -> Any:
    """A tensor of more than `ndim` dimensions without the leading ones of size one."""
    if isinstance(value, Tensor) and value._array.ndim > ndim:
        while value._array.ndim and value._array.shape[0] == 1:
            value = index_step(value, (0, ...), "Select")
    return value


def _broadcasts(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    """Whether `shape` is broadcast to `target` and changes it in nothing."""
    if len(shape) > len(target):
        return False
    return all(size in (1, wanted) for size, wanted in zip(reversed(shape), reversed(target)))


def delitem(self: Tensor, key: Any) -> None:
    """Raises TypeError: elements of a tensor cannot be taken out."""
    raise TypeError("Tensor does not support deleting items")


Tensor.__getitem__ = getitem
Tensor.__setitem__ = setitem
Tensor.__delitem__ = delitem
