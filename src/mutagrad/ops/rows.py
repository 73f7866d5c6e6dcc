"""Rows that an index vector names, read and written in one straight line.

`x[index]`, `x[index] = y`, `index_add_` and their like mostly mean rows of a whole tensor, and values of the very shape
and dtype. Then nothing is to be broadcast, cast, or looked at for overlap. `read_at` and `write_at` (`indexing.py`) do all
that is not so plain, and the modes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.graph import Leaf
from mutagrad.in_place import record_write
from mutagrad.modes import extras, modes
from mutagrad.namespaces import arrays
from mutagrad.operation import Operation
from mutagrad.ops.keys import INT64, Key, last_written, positions
from mutagrad.regions import Accumulated, Gathered
from mutagrad.tensor import Tensor

ndarray = np.ndarray
UINT64 = np.dtype(np.uint64)


def rows_at(index: Any, array: ndarray) -> Key | None:
    """The settled key of the rows of `array` that an index names; None where it is none of int64 within bounds."""
    if type(index) is not ndarray or index.dtype is not INT64 or not index.ndim or not index.size or not array.ndim:
        return None
    numbers = index.view(UINT64)  # Of these negative ones are beyond every size.
    return (index.copy(),) if numbers.item(numbers.argmax()) < array.shape[0] else None


def write_rows(
    target: Tensor, dim: Any, index: Any, values: Any, writer: str, operation: Operation, accumulate: bool = False
) -> bool:
    """Writes `values` to the rows `target[index]`, or adds them there, recorded as `operation`, where that is plain.

    Else nothing is done, and the result False.
    """
    if extras[0] or type(dim) is not int or dim or type(index) is not Tensor or not isinstance(values, Tensor):
        return False
    array, where, given = target._array, index._array, values._array
    family, source = target._family, values._family
    storage, edge, share = family.storage, family.edge, source.edge
    if (
        where.ndim != 1
        or given.shape != where.shape + array.shape[1:]
        or given.dtype is not array.dtype
        or array is not storage.array
        or storage.exposure is not None
        or source.storage is storage
        or family.traits is not None
        or target._view is not None
        or (edge is not None and type(edge[2]) is Leaf)
    ):
        return False
    key = rows_at(where, array)
    if key is None:
        return False
    if storage.waiting is not None or storage.index is not None:
        storage.will_write(array, None, writer, positions(key, array.shape))
    if accumulate:
        arrays.add_at(array, key, given)
    else:
        # In order, so that the last of several values for one element is the one that remains.
        array[key] = np.ascontiguousarray(given)
    storage.version += 1
    if (edge is not None or share is not None) and modes.grad:
        if share is not None and values._view is not None:
            share = (share[0], values._view, share[2])
        kind = Accumulated if accumulate else Gathered
        region = kind(None, key, family.layout or family.make_layout(target))
        node = record_write(operation, target, (edge, share), region)
        remained = None if accumulate or share is None else last_written(key, array.shape)
        node.values = {"indices": key, "accumulate": accumulate, "remained": remained}
    return True
