"""How the elements of one axis are made from those of another: nearest, straight lines, cubics, filters.

Interpolation in several dimensions is interpolation along one axis after another, so all that a mode has to say is, for
each element of the result, from which elements it is made and with which weights: an `AxisMap`. Places are worked out
in the precision of the input, as PyTorch does, since there a place may fall to one side or the other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from mutagrad.namespaces.axis_maps import AxisMap

__all__: list[str] = []


def _scale(size: int, count: int, factor: float | None, align_corners: bool, dt: Any) -> Any:
    """The distance of two elements of the result, in elements of the input."""
    if align_corners:
        return dt(size - 1) / dt(count - 1) if count > 1 else dt(0)
    return dt(1 / factor) if factor is not None and factor > 0 else dt(size) / dt(count)


def _nearest(size: int, count: int, factor: float | None, align_corners: bool, dt: Any) -> AxisMap:
    single = np.float32
    places = np.floor(np.arange(count, dtype=single) * _scale(size, count, factor, False, single))
    return _of_one(places, size)


def _nearest_exact(size: int, count: int, factor: float | None, align_corners: bool, dt: Any) -> AxisMap:
    single = np.float32
    middles = np.arange(count, dtype=single) + single(0.5)
    return _of_one(np.floor(middles * _scale(size, count, factor, False, single)), size)


def _of_one(places: np.ndarray, size: int) -> AxisMap:
    return AxisMap.of_taps(np.minimum(places.astype(np.int64), size - 1)[:, None], np.ones(1), size)


def _positions(size: int, count: int, factor: float | None, align_corners: bool, dt: Any) -> np.ndarray:
    """Where the elements of the result lie among those of the input."""
    scale, places = _scale(size, count, factor, align_corners, dt), np.arange(count, dtype=dt)
    return scale * places if align_corners else scale * (places + dt(0.5)) - dt(0.5)


def _linear(size: int, count: int, factor: float | None, align_corners: bool, dt: Any) -> AxisMap:
    position = np.maximum(_positions(size, count, factor, align_corners, dt), dt(0))
    first = np.minimum(position.astype(np.int64), size - 1)
    part = np.clip(position - first.astype(dt), 0, 1)
    second = first + (first < size - 1)
    return AxisMap.of_taps(np.stack([first, second], 1), np.stack([1 - part, part], 1), size)


def cubic_weights(part: Any, sharpness: float = -0.75) -> list[Any]:
    """The weights of the four elements around a point that lies `part` behind the second of them.

    Follows R. Keys, Cubic convolution interpolation for digital image processing, 1981.
    """

    def near(x: Any) -> Any:
        return ((sharpness + 2) * x - (sharpness + 3)) * x * x + 1

    def far(x: Any) -> Any:
        return ((sharpness * x - 5 * sharpness) * x + 8 * sharpness) * x - 4 * sharpness

    return [far(part + 1), near(part), near(1 - part), far(2 - part)]


def _cubic(size: int, count: int, factor: float | None, align_corners: bool, dt: Any) -> AxisMap:
    position = _positions(size, count, factor, align_corners, dt)
    first = np.floor(position)
    taps = np.clip(first.astype(np.int64)[:, None] + np.arange(-1, 3), 0, size - 1)
    return AxisMap.of_taps(taps, np.stack(cubic_weights(position - first), 1), size)


# With a filter that grows as the result shrinks -----------------------------------------------------------------------


def _triangle(x: np.ndarray) -> np.ndarray:
    return np.maximum(1 - np.abs(x), 0)


def _cubic_filter(x: np.ndarray) -> np.ndarray:
    far, near, _, _ = cubic_weights(np.abs(x), -0.5)
    beyond = cubic_weights(np.abs(x) - 1, -0.5)[0]
    return np.where(np.abs(x) < 1, near, np.where(np.abs(x) < 2, beyond, far * 0))


def _lanczos(x: np.ndarray) -> np.ndarray:
    return np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0)


FILTERS: dict[str, tuple[int, Callable[[np.ndarray], np.ndarray]]] = {
    "linear": (1, _triangle),
    "bilinear": (1, _triangle),
    "bicubic": (2, _cubic_filter),
    "lanczos": (3, _lanczos),
}


@lru_cache(256)
def filtered(mode: str, size: int, count: int, factor: float | None, align_corners: bool, dtype: str) -> AxisMap:
    """The map of an axis to one of `count` elements, through a filter as wide as what an element stands for."""
    dt = np.dtype(dtype).type
    radius, weight_at = FILTERS[mode]
    scale = _scale(size, count, factor, align_corners, dt)
    stretch = max(scale, dt(1))
    support = dt(radius) * stretch
    centre = scale * (np.arange(count, dtype=dt) + dt(0.5))
    first = np.maximum((centre - support + dt(0.5)).astype(np.int64), 0)
    last = np.minimum((centre + support + dt(0.5)).astype(np.int64), size)
    taps = first[:, None] + np.arange((last - first).max())
    weights = weight_at((taps - centre[:, None] + dt(0.5)) / stretch)
    weights = np.where(taps < last[:, None], weights, 0)
    total = weights.sum(1, keepdims=True)
    return AxisMap.of_taps(taps, weights / np.where(total == 0, 1, total), size)


MODES: dict[str, Callable[..., AxisMap]] = {
    "nearest": _nearest,
    "nearest-exact": _nearest_exact,
    "linear": _linear,
    "bilinear": _linear,
    "trilinear": _linear,
    "bicubic": _cubic,
}


@lru_cache(256)
def interpolated(mode: str, size: int, count: int, factor: float | None, align_corners: bool, dtype: str) -> AxisMap:
    """The map of an axis to one of `count` elements, `factor` times as many where that is given."""
    return MODES[mode](size, count, factor, align_corners, np.dtype(dtype).type)
