"""What nodes saved, as tensors: for derivatives of derivatives, for the user to see, and through the user's own hooks.

A saved value is shown with the history that it had when it was saved. It may have been overwritten since, so its
gradient is not added where its family stands now but at the moment of saving: a snapshot node just before the operation
(for an input) or just after it (for an output).

Read first: `packing.py`, for values that hooks have taken away.
"""

from __future__ import annotations

import gc
from typing import Any

import numpy as np

from mutagrad import tangents
from mutagrad.dtypes import ARRAYS
from mutagrad.graph import Edge, Leaf, Node, new_family, next_sequence
from mutagrad.operation import Operation
from mutagrad.packing import Unpacked
from mutagrad.pullback import same
from mutagrad.storage import Freed, LostValue, Saved, new_storage
from mutagrad.tensor import Tensor, edge_of, wrap_view

snapshot = Operation("snapshot", lambda xp, input: input, {"input": same})


def leaf_tensor(leaf: Leaf) -> Tensor:
    """The leaf's tensor, made again when the user no longer holds it."""
    tensor = leaf.tensor()
    if tensor is None:
        tensor = wrap_view(leaf.array, new_family(leaf.storage, leaf.array, (leaf.key, None, leaf)), None)
    return tensor


def output_edge(node: Node, number: int) -> Edge:
    """The edge to one of the node's outputs, as it stood just after the node ran."""
    return (node.key[number] if isinstance(node.key, tuple) else node.key, node.region, node)


def edge_of_cell(node: Node, slot: int) -> Edge | None:
    """The edge to what the node saved in a slot: an input or an output."""
    operation = node.operation
    position = operation.saved_input[slot]
    if position is not None:
        return node.edges[position]
    name = operation.saves[slot]
    return output_edge(node, operation.outputs.index(name)) if name in operation.outputs else None


def snapshots(node: Node) -> list[Any]:
    """Cells with what the node saved, as tensors with the history that the values had when they were saved."""
    result: list[Any] = []
    if type(node.saved) is Freed:
        raise LostValue(node.saved)
    for slot, (cell, position) in enumerate(zip(node.saved or (), node.operation.saved_input)):
        value = cell.array
        if not isinstance(value, ARRAYS):
            result.append(cell)
            continue
        edge = edge_of_cell(node, slot) if value.dtype.kind in "fc" else None
        tensor = saved_tensor(cell, edge, node.sequence + (1 if position is None else -1), value)
        result.append(Unpacked(tensor))
    for token, unpacked in zip(node.values.get("tangents", ()), result):
        tangents.restore(token, unpacked.array)
    return result


def saved_tensor(cell: Any, edge: Edge | None, moment: int, value: Any = None) -> Tensor:
    """A tensor over a saved value whose gradient goes to `edge` at the sequence number `moment`."""
    value = cell.array if value is None else value
    storage = cell.storage if cell.storage is not None else new_storage(value)
    family = new_family(storage, value)
    if edge is not None:
        moments = Node()
        moments.sequence = moment
        moments.operation = snapshot
        moments.edges = (edge,)
        moments.saved = ()
        moments.values = {}
        moments.key = next_sequence()
        moments.region = moments.fit = moments.watches = moments.code = None
        moments.instruction = -1
        family.edge = (moments.key, None, moments)
    return wrap_view(value, family, None)


tangents.unpack = saved_tensor


def shown_tensor(node: Node, cell: Saved, edge: Edge | None, after: bool) -> Tensor:
    """What a cell holds as the user sees it: the very tensor that was saved, where that is still there."""
    value = cell.array
    if edge is not None and not after:
        found = leaf_tensor(edge[2]) if isinstance(edge[2], Leaf) and edge[1] is None else _holder(value, edge)
        if found is not None and found._array is value:
            return found
    return saved_tensor(cell, edge, node.sequence + (1 if after else -1), value)


def _holder(array: np.ndarray, edge: Edge) -> Tensor | None:
    """The tensor that holds an array with this history, if there is one.

    What saves a tensor's memory does not know the tensor: who asks for it pays for the search.
    """
    for each in gc.get_referrers(array):
        if isinstance(each, Tensor) and each._array is array and edge_of(each) == edge:
            return each
    return None
