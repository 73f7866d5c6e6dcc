"""Convolutions of arrays with hidden dimensions.

Where only the input differs among the samples, they are more of the batch. Where the weight does, each sample is a
group of channels of its own: one convolution of so many times the groups.

Read first: `array.py`, `namespaces/convolutions.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from mutagrad.batched.array import Batched, Levels, union, widened

Kernel = Callable[..., Any]


def convolve(kernel: Kernel, x: Any, w: Any, geometry: Any) -> Batched:
    """The convolution of each sample."""
    levels = union(x, w)
    if type(w) is not Batched:
        return _shown(kernel(_as_batch(x), w, geometry), levels, x.shape[0])
    channels = _as_channels(x, levels), _as_weights(w, levels)
    return _from_channels(kernel(*channels, _grouped(geometry, levels)), levels)


def convolve_input(kernel: Kernel, ct: Any, w: Any, shape: tuple[int, ...], geometry: Any) -> Batched:
    """The share of the input of each sample."""
    levels = union(ct, w)
    count = _count(levels)
    if type(w) is not Batched:
        whole = (count * shape[0], *shape[1:])
        return _shown(kernel(_as_batch(ct), w, whole, geometry), levels, shape[0])
    channels = _as_channels(ct, levels), _as_weights(w, levels)
    whole = (shape[0], count * shape[1], *shape[2:])
    return _from_channels(kernel(*channels, whole, _grouped(geometry, levels)), levels)


def convolve_weight(kernel: Kernel, ct: Any, x: Any, shape: tuple[int, ...], geometry: Any) -> Batched:
    """The share of the weight of each sample."""
    levels = union(ct, x)
    whole = (_count(levels) * shape[0], *shape[1:])
    made = kernel(_as_channels(ct, levels), _as_channels(x, levels), whole, _grouped(geometry, levels))
    return Batched(made.reshape((*_sizes(levels), *shape)), levels)


def _sizes(levels: Levels) -> tuple[int, ...]:
    return tuple([level.size for level in levels])


def _count(levels: Levels) -> int:
    return math.prod(_sizes(levels))


def _grouped(geometry: Any, levels: Levels) -> Any:
    return geometry._replace(groups=geometry.groups * _count(levels))


def _as_batch(x: Batched) -> Any:
    """The samples as more of the batch."""
    return x.physical.reshape((_count(x.levels) * x.shape[0], *x.shape[1:]))


def _shown(made: Any, levels: Levels, batch: int) -> Batched:
    return Batched(made.reshape((*_sizes(levels), batch, *made.shape[1:])), levels)


def _as_channels(x: Any, levels: Levels) -> Any:
    """The samples as groups of channels."""
    wide = widened(x, levels, copy=False)
    flat = wide.physical.reshape((_count(levels), *wide.shape)).swapaxes(0, 1)
    return flat.reshape((wide.shape[0], _count(levels) * wide.shape[1], *wide.shape[2:]))


def _as_weights(w: Any, levels: Levels) -> Any:
    wide = widened(w, levels, copy=False)
    return wide.physical.reshape((_count(levels) * wide.shape[0], *wide.shape[1:]))


def _from_channels(made: Any, levels: Levels) -> Batched:
    batch, channels = made.shape[:2]
    apart = made.reshape((batch, _count(levels), channels // max(_count(levels), 1), *made.shape[2:])).swapaxes(0, 1)
    return Batched(apart.reshape((*_sizes(levels), *apart.shape[1:])), levels)
