"""Kernels of the largest element of each window: along one dimension after another, with bytes that say which won.

See `fused.py`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mutagrad.namespaces.blocks import rows_of_block, slices
from mutagrad.namespaces.elementwise import LARGE

MOST = 255  # elements of a window that a byte can tell apart

Taps = tuple[np.ndarray, ...]


def max_pool(x: np.ndarray, *, taps: Taps) -> Any:
    """The largest element of each window of the last dimensions, and its place among all of them."""
    ndim = len(taps)
    sizes, befores = x.shape[-ndim:], [max(-int(table.min(initial=0)), 0) for table in taps]
    regular = [_regular(table + before) for table, before in zip(taps, befores)]
    axes = [pieces for pieces in regular if pieces is not None]
    if x.size < LARGE or x.dtype.kind != "f" or len(axes) < ndim or math.prod(len(table) for table in taps) > MOST:
        return NotImplemented
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
        found = _largest(part, axes, False)
        if np.isnan(found[0]).any():
            found = _largest(part, axes, True)
        largest[some], winner[some] = found
    if padded is not None and np.isneginf(largest).any():
        return NotImplemented  # the first of equals may be outside
    begins, within = np.zeros((), np.intp), np.zeros((), np.intp)  # places of windows, and of elements from there
    for table, size in zip(taps, sizes):
        begins = begins[..., None] * size + table[0]
        within = within[..., None] * size + (table[:, 0] - table[0, 0])
    index = np.take(within, winner.reshape(result.shape))
    index += begins
    return result, index


def _largest(x: np.ndarray, axes: list[list[slice]], with_nan: bool) -> tuple[np.ndarray, Any]:
    """The largest along one dimension after another, and the numbers of their taps: the first of equals, the last nan."""
    number: Any = np.uint8(0)
    largest, count = x, 1
    for axis in reversed(range(len(axes))):
        before = (slice(None),) * (axis + 1)
        # What is compared is copied first: elements side by side are compared several at a time.
        values = [np.ascontiguousarray(largest[(*before, piece)]) for piece in axes[axis]]
        # A later tap has a higher number than all before.
        numbers = [
            (number[(*before, piece)] if count > 1 else number) + np.uint8(tap * count)
            for tap, piece in enumerate(axes[axis])
        ]
        largest, number = values[0], numbers[0]
        for tap, value in enumerate(values[1:], 1):
            better = value > largest
            if with_nan:
                better |= value != value
            number = np.maximum(number, better * numbers[tap])
            largest = np.maximum(largest, value)
        count *= len(values)
    return largest, number


def _regular(table: np.ndarray) -> list[slice] | None:
    """For each element of a window the slice that takes it from all windows; None where they are not regular."""
    if not table.size:
        return None
    steps = np.unique(np.diff(table, axis=1))
    if len(steps) > 1 or (len(steps) and steps[0] <= 0):
        return None
    step = int(steps[0]) if len(steps) else 1
    return [slice(int(places[0]), int(places[-1]) + 1, step) for places in table]


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
    return len(np.unique(table)) == table.size
