"""Fractional max pooling: windows of one size at distances drawn by chance, so that there is any number of them.

The gradient goes to the places of the maxima, which is all that is saved.
Follows B. Graham, Fractional max-pooling, 2014, https://arxiv.org/abs/1412.6071
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mutagrad.batched import drawn
from mutagrad.dtypes import of_numpy
from mutagrad.ops.naming import shown_as
from mutagrad.random import uniform
from mutagrad.tensor import Tensor, wrap

__all__ = [
    "fractional_max_pool2d",
    "fractional_max_pool2d_with_indices",
    "fractional_max_pool3d",
    "fractional_max_pool3d_with_indices",
]

NAMES = {2: ("height", "width"), 3: ("time", "height", "width")}


def _starts(samples: np.ndarray, size: int, kernel: int, count: int) -> np.ndarray:
    """Where the windows of an axis begin, for each sample (*): (*, count)."""
    dt = samples.dtype.type
    last = np.full((*samples.shape, 1), size - kernel)
    if count == 1:
        return last
    step = dt(size - kernel) / dt(count - 1)
    places = (np.arange(count - 1, dtype=dt) + samples[..., None]) * step
    return np.concatenate([places.astype(np.int64) - (samples[..., None] * step).astype(np.int64), last], -1)


def _chosen(array: np.ndarray, starts: Sequence[np.ndarray], kernel: Sequence[int]) -> np.ndarray:
    """The places, in the flat image, of the largest elements of the windows (N, C, *counts)."""
    ndim, (count, channels, *sizes) = len(kernel), array.shape
    places: Any = 0
    for axis, (start, width, size) in enumerate(zip(starts, kernel, sizes)):
        along = start[..., None] + np.arange(width)
        shape = [count, channels, *(1,) * (2 * ndim)]
        shape[2 + axis], shape[2 + ndim + axis] = along.shape[2:]
        places = places * size + along.reshape(shape)
    counts = places.shape[2 : 2 + ndim]
    places = places.reshape(count, channels, math.prod(counts), math.prod(kernel))
    image = array.reshape(count, channels, 1, math.prod(sizes))
    values = np.take_along_axis(image, places, -1)
    first = values.argmax(-1)[..., None]
    return np.take_along_axis(places, first, -1).reshape(count, channels, *counts)


def _each(given: Any, ndim: int) -> tuple[int, ...]:
    return tuple(given) if isinstance(given, (tuple, list)) else (given,) * ndim


def _pool(
    ndim: int, input: Any, kernel_size: Any, output_size: Any, output_ratio: Any, samples: Any
) -> tuple[Tensor, Tensor]:
    name = f"fractional_max_pool{ndim}d"
    if output_size is None and output_ratio is None:
        raise ValueError(f"{name} requires specifying either an output_size or an output_ratio")
    batch = input if input.ndim == ndim + 2 else input.unsqueeze(0)
    sizes = batch.shape[-ndim:]
    if output_size is None:
        ratios = _each(output_ratio, ndim)
        output_size = [int(size * ratio) for size, ratio in zip(sizes, ratios)]
    kernel, counts = _each(kernel_size, ndim), _each(output_size, ndim)
    for label, size, width, count in zip(NAMES[ndim], sizes, kernel, counts):
        if count + width - 1 > size:
            raise RuntimeError(f"{name}(): pool {label} {width} too large relative to input {label} {size}")
    kind = batch._array.dtype
    if kind.kind != "f":
        raise NotImplementedError(f"\"{name}_out_frame\" not implemented for '{of_numpy[kind].scalar_type}'")
    if samples is None:
        places = drawn((*batch.shape[:2], ndim), lambda shape: uniform(shape, kind))
    else:
        places = samples._array
    # In two dimensions the first number is for the width.
    order = (1, 0) if ndim == 2 else (0, 1, 2)
    starts = [_starts(places[..., place], *each) for place, each in zip(order, zip(sizes, kernel, counts))]
    indices: Any = wrap(_chosen(batch._array, starts, kernel))
    lead = batch.shape[:2]
    flat = batch.reshape(*lead, math.prod(sizes))
    largest: Any = flat.gather(-1, indices.reshape(*lead, math.prod(counts))).reshape(indices.shape)
    shown_as(largest, f"FractionalMaxPool{ndim}DBackward0")
    return (largest, indices) if input.ndim == ndim + 2 else (largest.squeeze(0), indices.squeeze(0))


def _pools(ndim: int) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def with_indices(
        input: Any,
        kernel_size: Any,
        output_size: Any = None,
        output_ratio: Any = None,
        return_indices: bool = False,
        _random_samples: Any = None,
    ) -> Any:
        return _pool(ndim, input, kernel_size, output_size, output_ratio, _random_samples)

    def pool(
        input: Any,
        kernel_size: Any,
        output_size: Any = None,
        output_ratio: Any = None,
        return_indices: bool = False,
        _random_samples: Any = None,
    ) -> Any:
        results = _pool(ndim, input, kernel_size, output_size, output_ratio, _random_samples)
        return results if return_indices else results[0]

    doc = "The largest elements of windows at distances drawn by chance, `output_size` of them"
    pool.__name__ = pool.__qualname__ = f"fractional_max_pool{ndim}d"
    pool.__doc__ = f"{doc}; with `return_indices` also their places."
    with_indices.__name__ = with_indices.__qualname__ = f"fractional_max_pool{ndim}d_with_indices"
    with_indices.__doc__ = f"{doc}, and their places."
    return pool, with_indices


fractional_max_pool2d, fractional_max_pool2d_with_indices = _pools(2)
fractional_max_pool3d, fractional_max_pool3d_with_indices = _pools(3)
