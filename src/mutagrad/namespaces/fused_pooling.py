"""Kernels of the largest element of each window: by maxima of whole views, and bytes that say which won; see `fused.py`."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np

from mutagrad.namespaces.fused import LARGE

MOST = 255  # elements of a window that a byte can tell apart

Taps = tuple[np.ndarray, ...]


def max_pool(x: np.ndarray, *, taps: Taps) -> Any:
    """The largest element of each window of the last dimensions, and its place among all of them."""
    axes = [_regular(table, size) for table, size in zip(taps, x.shape[-len(taps) :])]
    if x.size < LARGE or x.dtype.kind != "f" or None in axes or math.prod(len(table) for table in taps) > MOST:
        return NotImplemented
    steps = [math.prod(x.shape[-len(taps) :][d + 1 :]) for d in range(len(taps))]
    largest = winner = None
    places = []
    for number, tap in enumerate(product(*[range(len(table)) for table in taps])):
        places.append(sum([int(table[at, 0]) * step for table, at, step in zip(taps, tap, steps)]))
        value = x[(..., *[axis[at] for axis, at in zip(axes, tap)])]  # type: ignore[index]
        if largest is None or winner is None:
            largest, winner = np.array(value, order="C"), np.zeros(value.shape, np.uint8)
            continue
        # A later element wins if it is larger, or nan.
        better = (value > largest) | (value != value)
        np.maximum(winner, better.view(np.uint8) * np.uint8(number), out=winner)
        np.maximum(largest, value, out=largest)
    assert largest is not None and winner is not None
    index = np.take(np.array(places), winner)
    for d, (table, step) in enumerate(zip(taps, steps)):
        index += ((table[0] - table[0, :1]) * step).reshape((-1,) + (1,) * (len(taps) - d - 1))
    return largest, index


def _regular(table: np.ndarray, size: int) -> list[slice] | None:
    """For each element of a window the slice that takes it from all windows; None where they are not regular."""
    if not table.size or table.min() < 0 or table.max() >= size:
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
    share = np.zeros((planes, size), ct.dtype)
    np.put_along_axis(share, indices.reshape(planes, -1), ct.reshape(planes, -1), 1)
    return share.reshape(input_shape)


def _is_apart(table: np.ndarray) -> bool:
    """Whether no two windows share an element."""
    return len(np.unique(table)) == table.size
