"""`sample_grid`: an image read at given points between its elements, with the gradients of image and points by rule.

A point is read, along each axis, from a few elements around it (taps), each with a weight; in several dimensions
weights multiply. So one list of taps for each axis says all: place, weight, and how the weight changes as the point
moves. The rules make the taps anew from the points: nothing but image and points is saved.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from mutagrad.declaration import operation
from mutagrad.ops.interpolation import cubic_weights

__all__: list[str] = []

INT64 = np.dtype(np.int64)
SHARPNESS = -0.75


def _clipped(xp: Any, x: Any, size: int) -> tuple[Any, Any]:
    """Places kept within an axis, and how they then follow the point."""
    moves = xp.astype((x > 0) & (x < size - 1), x.dtype)
    return xp.clip(x, 0, size - 1), moves


def _within(xp: Any, x: Any, size: int, padding_mode: str, align_corners: bool) -> tuple[Any, Any]:
    """Places brought into an axis as the padding mode says, and by what factor they then follow the point."""
    if padding_mode == "zeros":
        return x, 1.0
    if padding_mode == "border":
        return _clipped(xp, x, size)
    low, span = (0.0, size - 1.0) if align_corners else (-0.5, float(size))
    if span == 0:
        return x * 0, 0.0
    away = x - low
    sign = 1 - 2 * xp.astype(away < 0, x.dtype)
    away = away * sign
    flips = xp.floor(away / span)
    extra = away - flips * span
    odd = flips % 2 == 1
    x, moves = _clipped(xp, xp.where(odd, span - extra, extra) + low, size)
    return x, moves * xp.where(odd, -sign, sign)


def _slopes(part: Any) -> list[Any]:
    """The derivatives of `cubic_weights`."""
    a = SHARPNESS

    def near(x: Any) -> Any:
        return (3 * (a + 2) * x - 2 * (a + 3)) * x

    def far(x: Any) -> Any:
        return (3 * a * x - 10 * a) * x + 8 * a

    return [far(part + 1), near(part), -near(1 - part), -far(2 - part)]


def _taps(xp: Any, points: Any, size: int, mode: str, padding_mode: str, align_corners: bool) -> list[tuple]:
    """For each tap of an axis: places, where they are inside, weights, and their derivatives by the point (or None)."""
    if align_corners:
        x, factor = (points + 1) * ((size - 1) / 2), (size - 1) / 2
    else:
        x, factor = ((points + 1) * size - 1) / 2, size / 2
    if mode == "bicubic":
        first = xp.floor(x)
        part = x - first
        made = zip(range(-1, 3), cubic_weights(part, SHARPNESS), _slopes(part))
        found = [(_within(xp, first + k, size, padding_mode, align_corners)[0], w, s * factor) for k, w, s in made]
    else:
        x, follows = _within(xp, x, size, padding_mode, align_corners)
        if mode == "nearest":
            found = [(xp.round(x), xp.ones_like(x), None)]
        else:
            first = xp.floor(x)
            part, slope = x - first, xp.ones_like(x) * follows * factor
            found = [(first, 1 - part, -slope), (first + 1, part, slope)]
    return [
        (xp.astype(xp.clip(place, 0, size - 1), INT64), (place >= 0) & (place <= size - 1), weight, slope)
        for place, weight, slope in found
    ]


def _all_taps(
    xp: Any, shape: tuple[int, ...], grid: Any, mode: str, padding_mode: str, align_corners: bool
) -> Iterator[tuple]:
    """For each combination of taps: flat places (N, C, points), where inside (N, 1, points), weights and slopes."""
    ndim, (count, channels) = len(shape) - 2, shape[:2]
    points = xp.reshape(grid, (count, math.prod(grid.shape[1:-1]), ndim))
    # The last of a point's coordinates is for the first axis.
    axes = [
        _taps(xp, points[..., ndim - 1 - axis], shape[2 + axis], mode, padding_mode, align_corners)
        for axis in range(ndim)
    ]
    for combination in product(*axes):
        place: Any = 0
        inside: Any = True
        for (index, valid, _, _), size in zip(combination, shape[2:]):
            place, inside = place * size + index, valid & inside
        place = xp.broadcast_to(place[:, None], (count, channels, *place.shape[1:]))
        yield place, inside[:, None], [each[2][:, None] for each in combination], [each[3] for each in combination]


def _product(factors: list[Any]) -> Any:
    result = factors[0]
    for each in factors[1:]:
        result = result * each
    return result


def _image_share(
    xp: Any, ct: Any, grid: Any, input_shape: tuple, mode: str, padding_mode: str, align_corners: bool
) -> Any:
    count, channels = input_shape[:2]
    flat = xp.reshape(ct, (count, channels, math.prod(ct.shape[2:])))
    share = xp.zeros((count, channels, math.prod(input_shape[2:])), dtype=ct.dtype)
    for place, inside, weights, _ in _all_taps(xp, input_shape, grid, mode, padding_mode, align_corners):
        part = xp.where(inside, flat * _product(weights), 0)
        share = xp.add_along_axis(share, place, part, axis=-1)
    return xp.reshape(share, input_shape)


def _grid_share(
    xp: Any, ct: Any, input: Any, grid: Any, input_shape: tuple, mode: str, padding_mode: str, align_corners: bool
) -> Any:
    count, channels, *sizes = input_shape
    if mode == "nearest":
        return xp.zeros_like(grid)
    flat = xp.reshape(ct, (count, channels, math.prod(ct.shape[2:])))
    image = xp.reshape(input, (count, channels, math.prod(sizes)))
    shares: list[Any] = [0] * len(sizes)
    for place, inside, weights, slopes in _all_taps(xp, input_shape, grid, mode, padding_mode, align_corners):
        value = xp.where(inside, xp.take_along_axis(image, place, axis=-1) * flat, 0)
        value = xp.sum(value, axis=1)
        for axis, slope in enumerate(slopes):
            others = [weight[:, 0] for other, weight in enumerate(weights) if other != axis]
            shares[axis] = shares[axis] + value * _product([slope, *others])
    return xp.reshape(xp.stack(shares[::-1], axis=-1), tuple(grid.shape))


@operation(
    method=False,
    node_name="GridSampler2DBackward0",
    input=_image_share,
    grid=_grid_share,
)
def sample_grid(xp: Any, input: Any, grid: Any, /, *, mode: str, padding_mode: str, align_corners: bool) -> Any:
    """The image `input` (N, C, *) at the points `grid` (N, *points, ndim), whose coordinates go from -1 to 1."""
    count, channels, *sizes = input.shape
    image = xp.reshape(input, (count, channels, math.prod(sizes)))
    total: Any = 0
    for place, inside, weights, _ in _all_taps(xp, input.shape, grid, mode, padding_mode, align_corners):
        total = total + xp.where(inside, xp.take_along_axis(image, place, axis=-1), 0) * _product(weights)
    return xp.reshape(total, (count, channels, *grid.shape[1:-1]))
