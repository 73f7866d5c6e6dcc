"""Pooling: the largest element, or the mean, of each of the windows that an input is divided into.

A window is a product of intervals, so both are found along one axis after another. What the windows are is told by
tables, one for each axis: `taps[k, i]` is the place of the element number `k` of window `i`. Adaptive windows, which
differ in size, have tables like all others. `max_pool` saves the places of the maxima, means save nothing.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from mutagrad.declaration import operation
from mutagrad.namespaces import fused_pooling
from mutagrad.namespaces.axis_maps import AxisMap
from mutagrad.namespaces.fused import fused

__all__: list[str] = []

Taps = tuple[np.ndarray, ...]

# Windows ------------------------------------------------------------------------------------------------------------


def count_of(size: int, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool) -> int:
    """How many windows an axis has; with `ceil_mode` the last may reach beyond the end, but must begin before it."""
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    count = (room + (stride - 1 if ceil_mode else 0)) // stride + 1
    return count - 1 if ceil_mode and (count - 1) * stride >= size + padding else count


@lru_cache(256)
def taps_of(size: int, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool) -> np.ndarray:
    """The table of windows at regular distances; places in the padding are outside of [0, size)."""
    count = count_of(size, kernel, stride, padding, dilation, ceil_mode)
    return (np.arange(count) * stride - padding) + (np.arange(kernel) * dilation)[:, None]


@lru_cache(256)
def adaptive_taps(size: int, count: int) -> np.ndarray:
    """The table of `count` windows that cover an axis; where one is smaller than others it has places outside."""
    starts = np.arange(count) * size // max(count, 1)
    ends = -(-np.arange(1, count + 1) * size // max(count, 1))
    taps = starts + np.arange((ends - starts).max(initial=1))[:, None]
    return np.where(taps < ends, taps, -1)


def inside(taps: np.ndarray, size: int) -> np.ndarray:
    """The table with the first element that a window has in the places that it has outside."""
    valid = (taps >= 0) & (taps < size)
    return np.where(valid, taps, np.take_along_axis(taps, valid.argmax(0)[None], 0))


# The largest --------------------------------------------------------------------------------------------------------


def _at(xp: Any, x: Any, places: np.ndarray, axis: int) -> Any:
    """The elements of `x` at places along an axis: a view where they are regular."""
    if len(places) > 1 and places[1] > places[0] and not np.diff(places, 2).any():
        step = int(places[1] - places[0])
        return x[(slice(None),) * axis + (slice(int(places[0]), int(places[-1]) + 1, step),)]
    return xp.take(x, xp.asarray(places), axis=axis)


@fused(fused_pooling.max_share)
def _max_share(xp: Any, cts: Any, indices: Any, input_shape: tuple[int, ...], taps: Taps) -> Any:
    ct, _ = cts
    planes, size = math.prod(input_shape[: -len(taps)]), math.prod(input_shape[-len(taps) :])
    count = math.prod(ct.shape[-len(taps) :])
    flat = xp.reshape(indices, (planes, count)) + xp.asarray((np.arange(planes) * size)[:, None])
    zeros = xp.zeros(planes * size, dtype=ct.dtype)
    share = xp.add_along_axis(zeros, xp.reshape(flat, (-1,)), xp.reshape(ct, (-1,)), axis=0)
    return xp.reshape(share, input_shape)


@operation(method=False, outputs=("out", "indices"), node_name="MaxPool2DWithIndicesBackward0", input=_max_share)
@fused(fused_pooling.max_pool)
def max_pool(xp: Any, input: Any, /, *, taps: Taps) -> Any:
    """The largest element of each window of the last dimensions, and its place among all of them: the first of equals.

    NaN counts as the largest.
    """
    first, largest, index = input.ndim - len(taps), input, None
    best: Any
    best_index: Any
    for axis in reversed(range(first, input.ndim)):
        table, size = inside(taps[axis - first], input.shape[axis]), math.prod(input.shape[axis + 1 :])
        across = (-1,) + (1,) * (input.ndim - axis - 1)
        best = best_index = None
        for places in table:
            value = _at(xp, largest, places, axis)
            place = xp.reshape(xp.asarray(places * size), across)
            place = place if index is None else place + _at(xp, index, places, axis)
            if best is None:
                best, best_index = value, place
                continue
            better = value > best
            if value.dtype.kind == "f":
                better = better | (value != value)
            best, best_index = xp.where(better, value, best), xp.where(better, place, best_index)
        largest, index = best, xp.broadcast_to(best_index, best.shape)
    return xp.copy(largest), xp.copy(index)


@operation(
    method=False,
    node_name="MaxUnpool2DBackward0",
    input=lambda xp, ct, indices: xp.take_along_axis(ct, indices, axis=-1),
)
def max_unpool(xp: Any, input: Any, indices: Any, /, *, size: int) -> Any:
    """The elements of `input` at their places along a last dimension of `size`, zeros elsewhere."""
    zeros = xp.zeros((*input.shape[:-1], size), dtype=input.dtype)
    return xp.put_along_axis(zeros, indices, input, axis=-1)


# The mean -----------------------------------------------------------------------------------------------------------


def element_counts(size: int, kernel: int, stride: int, padding: int, ceil_mode: bool, include_pad: bool) -> np.ndarray:
    """How many elements count in each window of an axis; the padding may be among them, what lies beyond is not."""
    starts = taps_of(size, kernel, stride, padding, 1, ceil_mode)[0]
    ends = starts + kernel
    if include_pad:
        return np.minimum(ends, size + padding) - starts
    return np.minimum(ends, size) - np.maximum(starts, 0)


@lru_cache(256)
def mean_map(
    size: int, kernel: int, stride: int, padding: int, ceil_mode: bool, include_pad: bool, divided: bool
) -> AxisMap:
    """The map of an axis to the means of its windows, or their sums; the padding may count as zeros."""
    taps = taps_of(size, kernel, stride, padding, 1, ceil_mode).T
    counts = element_counts(size, kernel, stride, padding, ceil_mode, include_pad)
    return AxisMap.of_taps(taps, 1.0 / counts[:, None] if divided else np.ones(1), size)


@lru_cache(256)
def adaptive_mean_map(size: int, count: int) -> AxisMap:
    """The map of an axis to the means of `count` windows that cover it."""
    taps = adaptive_taps(size, count).T
    return AxisMap.of_taps(taps, 1.0 / (taps >= 0).sum(1, keepdims=True), size)
