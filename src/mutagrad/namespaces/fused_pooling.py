"""Kernels of the largest element of each window, with bytes that say which won.

Where windows share elements it is found along one dimension after another. See `fused.py`.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np

from mutagrad.namespaces.blocks import rows_of_block, slices
from mutagrad.namespaces.elementwise import LARGE

MOST = 255  # elements of a window that a byte can tell apart

Taps = tuple[np.ndarray, ...]
Pieces = tuple[slice, ...]


def max_pool(x: np.ndarray, *, taps: Taps) -> Any:
    """The largest element of each window of the last dimensions, and its place among all of them."""
    ndim = len(taps)
    if x.size < LARGE or x.dtype.kind != "f" or math.prod(len(table) for table in taps) > MOST:
        return NotImplemented
    sizes, befores = x.shape[-ndim:], [max(-int(table.min(initial=0)), 0) for table in taps]
    regular = [_regular(table + before) for table, before in zip(taps, befores)]
    axes = [pieces for pieces in regular if pieces is not None]
    if len(axes) < ndim:
        return NotImplemented
    every = (slice(None),)
    groups = [[(*every * (axis + 1), piece) for piece in axes[axis]] for axis in reversed(range(ndim))]
    if all(_is_apart(table) for table in taps):
        groups = [[(*every, *pieces) for pieces in product(*axes)]]
    counts = [table.shape[1] for table in taps]
    planes, result = x.reshape(-1, *sizes), np.empty((*x.shape[:-ndim], *counts), x.dtype)
    largest, winner = result.reshape(-1, *counts), np.empty((len(planes), *counts), np.uint8)
    blocks = slices(len(planes), 4 * rows_of_block(planes[0].size))  # a call costs more than the cache gains
    wide = [before + max(size, int(table.max()) + 1) for size, table, before in zip(sizes, taps, befores)]
    padded = np.full((blocks[0].stop, *wide), -np.inf, x.dtype) if wide != list(sizes) else None
    inner = tuple([slice(before, before + size) for before, size in zip(befores, sizes)])
    for some in blocks:
        part = planes[some]
        if padded is not None:
            padded[: len(part)][(slice(None), *inner)] = part
            part = padded[: len(part)]
        _find_largest(part, groups, False, largest[some], winner[some])
        if np.isnan(largest[some].max()):
            _find_largest(part, groups, True, largest[some], winner[some])
    if padded is not None and np.isneginf(largest).any():
        return NotImplemented  # the first of equals may be outside
    begins, within = np.zeros((), np.intp), np.zeros((), np.intp)  # places of windows, and of elements from there
    for table, size in zip(taps, sizes):
        begins = begins[..., None] * size + table[0]
        within = within[..., None] * size + (table[:, 0] - table[0, 0])
    index = np.take(within, winner.reshape(result.shape))
    index += begins
    return result, index


def _find_largest(
    x: np.ndarray, groups: list[list[Pieces]], with_nan: bool, result: np.ndarray, winner: np.ndarray
) -> None:
    """Writes the largest, of one group of taps after another, and its number: the first of equals, the last nan.

    Windows that are apart have all taps in one group, else each dimension has one. What is compared is copied first:
    elements side by side are compared several at a time.
    """
    largest: np.ndarray = x
    number: Any = np.uint8(0)
    count = 1
    for taps in groups:
        before, of_before = largest, number
        shape = before[taps[0]].shape
        is_last = taps is groups[-1]
        largest, number = (result, winner) if is_last else (np.empty(shape, x.dtype), np.empty(shape, np.uint8))
        for tap, pieces in enumerate(taps):
            # A later tap has a higher number than all before.
            of_value = (of_before[pieces] if count > 1 else of_before) + np.uint8(tap * count)
            if not tap:
                largest[...], number[...] = before[pieces], of_value
                continue
            value = np.ascontiguousarray(before[pieces])
            better = value > largest
            if with_nan:
                better |= value != value
            np.maximum(number, better.view(np.uint8) * of_value, out=number)
            np.maximum(largest, value, out=largest)
        count *= len(taps)


def _regular(table: np.ndarray) -> list[slice] | None:
    """For each element of a window the slice that takes it from all windows; None where they are not regular."""
    if not table.size:
        return None
    steps = table[:, 1:] - table[:, :-1]
    step = int(steps[0, 0]) if steps.size else 1
    if step <= 0 or (steps != step).any():
        return None
    return [slice(first, last + 1, step) for first, last in table[:, [0, -1]].tolist()]


def max_share(cts: Any, indices: np.ndarray, input_shape: tuple[int, ...], taps: Taps) -> Any:
    """The share of the input: each cotangent at the place of the largest; windows that share no element are written."""
    ct, _ = cts
    if ct is None or ct.size < LARGE or not all(_is_apart(table) for table in taps):
        return NotImplemented
    size = math.prod(input_shape[-len(taps) :])
    planes = math.prod(input_shape[: -len(taps)])
    share = np.zeros(planes * size, ct.dtype)
    share[indices.reshape(planes, -1) + (np.arange(planes) * size)[:, None]] = ct.reshape(planes, -1)
    return share.reshape(input_shape)


def _is_apart(table: np.ndarray) -> bool:
    """Whether no two windows share an element."""
    return np.bincount((table - table.min()).ravel()).max() == 1
