"""How any operation is applied in place, and how a write is recorded.

`apply_in_place` checks, computes and hands the value to `commit`, which saves what the rules need, tells the storage
what is about to be overwritten, writes, and records the write. A write's node has as its output region the part of the
family that was written, and as its first edge the same region as its previous writer left it.

Read first: `operation.py`, `writability.py`. The straight lines of pointwise operations are in `overwriting.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import ref

import numpy as np

from mutagrad.batched import NO_WRITE, Batched, Level, levels_of, union, widened
from mutagrad.dtypes import check_can_cast_for_inplace
from mutagrad.graph import EMPTY, Edge, Node, Watch, next_sequence
from mutagrad.modes import extras, modes
from mutagrad.namespaces import arrays as xp
from mutagrad.namespaces import batched
from mutagrad.operands import all_tensors, as_array, explain
from mutagrad.operation import Operation, surrounded
from mutagrad.overwrite import statistics
from mutagrad.pullback import same
from mutagrad.regions import Gathered, View
from mutagrad.report.spans import caller_position
from mutagrad.storage import new_storage
from mutagrad.tangents import state
from mutagrad.tensor import Tensor, wrap, wrap_view
from mutagrad.writability import check_overlap, check_shape, check_writable, overlapping_write


def apply_in_place(operation: Operation, target: Tensor, others: Sequence[Any], values: dict[str, Any]) -> Tensor:
    """Writes the result of the operation on `target` and `others` into `target`'s memory."""
    if extras[0] and modes.around_calls:
        inputs = (target, *others)
        return surrounded(operation, inputs, values, lambda: _apply_in_place(operation, target, others, values), "_")
    return _apply_in_place(operation, target, others, values)


def _apply_in_place(operation: Operation, target: Tensor, others: Sequence[Any], values: dict[str, Any]) -> Tensor:
    inputs = (target, *others)
    if extras[0]:
        make_room(target, others)
    edges = check_writable(target, others, operation.name + "_")
    arrays = operation.prepare(inputs)
    if operation.promotion not in (None, "compare") and arrays[0].dtype is not target._array.dtype:
        check_shape(target, np.broadcast_shapes(*[np.shape(a) for a in arrays if a is not None]))
        check_can_cast_for_inplace(arrays[0].dtype, target._array.dtype)
    if operation.promotion is not None:
        # Where some elements are left alone, the last input is one value, read before anything is written.
        check_overlap(target, others if operation.written is None else others[:-1])
    try:
        batches = extras[0] and union(*arrays)
        result = operation.of_samples(arrays, values) if batches else operation.forward(xp, *arrays, **values)
    except (ValueError, TypeError) as error:
        raise explain(operation.name, error, arrays) from None
    results = result if operation.derived else (operation.settle(result, arrays),)
    value = as_array(results[0])
    check_shape(target, value.shape)
    if operation.promotion is None:
        check_overlap(target, others)
    recorded = operation if operation.with_number is operation or all_tensors(inputs) else operation.with_number
    if operation.promotion is not None:
        inputs = [x if isinstance(x, Tensor) else a for x, a in zip(inputs, arrays)]
    commit(recorded, target, inputs, edges, value, results, values)
    return target


def commit(
    operation: Operation,
    target: Tensor,
    inputs: Sequence[Any],
    edges: tuple[Edge | None, ...] | None,
    value: np.ndarray,
    results: Sequence[Any],
    values: dict[str, Any],
) -> None:
    """Writes `value` into the target and, where `edges` is not None, records the write."""
    family, view, array = target._family, target._view, target._array
    if edges is not None and view is None and operation.rules[0] is None and operation.joint is None:
        edges = (None, *edges[1:])  # All is overwritten: nothing earlier is needed.
    kept = inputs if edges is None else _kept(operation, target, inputs, edges)
    storage = family.storage
    prepared = operation.prepare_tangents(operation, target, inputs) if extras[0] and state.levels else None
    if storage.waiting is not None or storage.index is not None:
        positions = None if operation.written is None else operation.written(array, inputs)
        storage.will_write(array, view, operation.name + "_", positions)
    array[...] = value
    family.bump()
    if edges is not None:
        record_write(operation, target, edges)
        node: Node = family.edge[2]  # type: ignore[assignment,index]
        operation.keep(node, kept, edges, [target], results, values)
        if operation.promotion is not None or type(array) is Batched:
            node.fit = operation.misfit(inputs, edges, array)
    if prepared is not None:
        operation.follow_in_place(operation, target, prepared, values, results, edges is not None)


def _kept(operation: Operation, target: Tensor, inputs: Sequence[Any], edges: tuple) -> list[Any]:
    """The inputs, those copied that the rules need and that the write to `target` is about to destroy."""
    kept = list(inputs)
    for position, users in zip(operation.saved_input, operation.users):
        if position is None or not any(edges[i] is not None for i in users):
            continue
        x = inputs[position]
        if isinstance(x, Tensor) and x._family.storage is target._family.storage:
            if position and not np.shares_memory(x._array, target._array):
                continue
            kept[position] = wrap(x._array.copy())
            statistics.copies += 1
            statistics.bytes_kept += x._array.nbytes
    return kept


def record_write(
    operation: Any, target: Tensor, edges: tuple, region: View | Gathered | None = None, depth: int = 4
) -> Node:
    """A node for a write to `target`'s memory (to `region` of its family, where that is not its own view).

    The search for the user's line begins `depth` frames up.
    """
    family = target._family
    region = target._view if region is None else region
    before = family.edge
    node = Node()
    node.sequence = sequence = next_sequence()
    node.operation = operation
    node.edges = edges
    node.region = region
    node.key = sequence if before is None else before[0]
    node.watches = node.fit = None
    node.saved = ()
    node.values = EMPTY
    node.code, node.instruction = caller_position(depth)
    family.edge = (node.key, None, node)
    if region is not None and family.layout is None:
        family.make_layout(target)
    if before is not None and before[2].watches is not None:
        _move_retained(before[2], node, target)
    return node


def _move_retained(before: Any, node: Node, target: Tensor) -> None:
    """`retain_grad` follows the tensor that is written: it is about its latest value. Hooks stay with the old one.

    A view of which a part may be written by way of another tensor has the gradient of its older value where the latest
    has none; one that lies beside what is written has the gradients of what was read before and after, added.
    """
    for watch in before.watches:
        if watch.keep is None:
            continue
        moved = Watch(watch.key, watch.view, watch.shape, watch.dtype, watch.keep, watch.through)
        node.watches = [*(node.watches or ()), moved]
        if watch.view is None or watch.view is target._view:
            watch.keep = None
        elif np.may_share_memory(watch.view.of(xp, target._family.base), target._array):
            watch.keep = watch.keep.of_older_value


# Hidden dimensions --------------------------------------------------------------------------------------------------


def make_room(target: Tensor, sources: Sequence[Any]) -> None:
    """Gives memory that was one for all samples a place for each, where what is to be written differs among them.

    That is well defined where the target was made inside the levels in question. Raises RuntimeError where it was not.
    """
    array, family = target._array, target._family
    levels = union(array, *[x._array if isinstance(x, Tensor) else x for x in sources])
    shared = _shared_by_samples(array)
    missing = {level for level in levels if level not in levels_of(array)} | set(shared)
    if not missing:
        return
    if family.traits is None or not missing <= set(family.traits.scope):
        raise overlapping_write() if missing == set(shared) else RuntimeError(NO_WRITE)
    old = family.base if family.layout is not None else array
    handle = target if target._view is None else family.handle()
    base = widened(old, tuple([level for level in levels if level in missing]))
    if shared:
        base = base.copy()
    before = family.edge
    family.storage, family.layout, family.base = new_storage(base), None, base
    if before is not None:
        whole = wrap_view(base, family, None)
        record_write(copied_to_samples, whole, (before,)).fit = ((old.shape, old.dtype, levels_of(old)),)
    if handle is not None:
        handle._array = base
        family.handle = ref(handle)
    layout = family.make_layout()
    moved: dict[View, View] = {}
    for tensor in (target, *[view() for view in family.set_apart().views]):
        if tensor is not None and tensor._view is not None and tensor._family is family:
            tensor._view = tensor._view.on(layout, moved)
            tensor._array = tensor._view.of(batched, base)


def _shared_by_samples(array: Any) -> list[Level]:
    """The levels whose samples stand in one and the same memory."""
    if type(array) is not Batched:
        return []
    physical = array.physical
    return [level for level, n, stride in zip(array.levels, physical.shape, physical.strides) if n > 1 and not stride]


copied_to_samples = Operation("vmap", lambda xp, input: input, {"input": same})
