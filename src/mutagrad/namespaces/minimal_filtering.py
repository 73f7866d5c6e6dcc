"""Convolutions with three weights along each dimension, windows side by side, with fewer products than weights.

Two neighbouring windows of three share two of their four elements `d`. Four products give both sums, instead of six:

    u = d0 - d2,  d1 + d2,              d2 - d1,              d1 - d3       of the elements
    g = w0,       (w0 + w1 + w2) / 2,   (w0 - w1 + w2) / 2,   w2            of the weights
    sums:  m0 + m1 + m2,  m1 - m2 - m3                                      of the products m = g u

In two dimensions 16 products give what takes 36. Each of the 16 is, for all channels and places, one product of matrices;
none is as large as the columns of `convolutions.py`. What the weights get goes through the same maps, transposed.

Elements with even and odd places lie apart, so that all the sums are of long runs of memory, at some distance, as
everything here is laid out (channels, samples, places); what is computed across the ends of lines is left out:

    line  0 a b c d e f 0     even  0 b d f     odd  a c e 0     d0, d1, d2, d3 = even, odd, next even, next odd

A sum is made of elements of its own window alone, so the error is that of its own numbers. Infinities may cancel: a result
that is not finite is worked out anew by its definition.

Follows S. Winograd, Arithmetic complexity of computations (1980); A. Lavin and S. Gray, https://arxiv.org/abs/1509.09308
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise, product
from typing import Any

import numpy as np

from mutagrad.namespaces.blocks import slices

BLOCK = 1 << 17  # elements made of a few samples: half a megabyte
UNDIVIDED = 1 << 18  # products in one product of matrices that BLAS leaves to one thread
FEWEST = 8  # channels on either side: with fewer, the products are too small to pay for the sums

Sizes = Sequence[int]


def is_fit(x: np.ndarray, weight: Sizes, groups: int) -> bool:
    """Whether the sums of windows side by side, with weights of this shape, are sooner found here."""
    is_large = x.dtype == np.float32 and x.size >= BLOCK >> 5
    return is_large and set(weight[2:]) == {3} and min(weight[0] // groups, weight[1]) >= FEWEST


class Tiles:
    """The windows of an input (N, C, *), two by two along each dimension.

    There are `places` windows, of which the first begins at `first`: before the input where that is negative. Around the
    input are zeros.
    """

    def __init__(self, x: np.ndarray, places: Sizes, groups: int, first: Sizes) -> None:
        self.x, self.groups, self.first = x, groups, first
        self.grid = [-(-count // 2) + 1 for count in places]  # of the even places, and of the odd ones
        self.kinds = 4 ** len(places)

    def multiplied(self, weight: np.ndarray, result: np.ndarray) -> None:
        """Writes the sums of the windows, weighted with `weight` (O, C / groups, 3, ...), to `result` (N, O, *)."""
        rows, count = self._matrices(_spread(weight), len(weight)), self._count(len(weight))
        elements = Spread(self.x, self.first, self.grid, count, _combine)
        columns = self._matrices(elements.made, self.x.shape[1])
        products = np.empty((*rows.shape[:3], columns.shape[3]), rows.dtype)
        halves, calls = _add_up(products.reshape((4,) * len(self.grid) + (-1,)))
        planes = halves.reshape((2,) * len(self.grid) + (len(weight), count, *self.grid))
        for block in slices(len(self.x), count):
            elements.take(block)
            np.matmul(rows, columns, out=products)
            _run(calls)
            _join(planes, result[block])

    def weighted(self, ct: np.ndarray, shape: Sizes) -> np.ndarray:
        """The sum of the windows, each weighted with what `ct` (N, O, *) has for it: `shape` (O, C / groups, 3, ...)."""
        count = self._count(shape[0])
        elements = Spread(self.x, self.first, self.grid, count, _combine)
        cts = Spread(ct, [0] * len(self.grid), self.grid, count, _distribute)
        columns, rows = self._matrices(elements.made, self.x.shape[1]), self._matrices(cts.made, shape[0])
        total = np.zeros((*rows.shape[:3], columns.shape[2]), ct.dtype)
        for block in slices(len(self.x), count):
            elements.take(block)
            cts.take(block)
            total += np.matmul(rows, columns.swapaxes(2, 3))
        return _gather(total.reshape((4,) * len(self.grid) + tuple(shape[:2])))

    def _count(self, channels: int) -> int:
        """How many samples make a block."""
        inputs, places = self.x.shape[1], math.prod(self.grid)
        deep = inputs // self.groups * (channels // self.groups)
        most = min(BLOCK // (self.kinds * max(inputs, channels) * places), UNDIVIDED // (deep * places), len(self.x))
        return max(1, most)

    def _matrices(self, x: np.ndarray, channels: int) -> np.ndarray:
        """What is made of elements or weights (4, ..., channels and others) as matrices, for each kind and group."""
        return x.reshape(self.kinds, self.groups, channels // self.groups, -1)


# Elements -----------------------------------------------------------------------------------------------------------
#
# The same sums are done for every block, in the same memory, so what is called with what is worked out once.

Calls = list[tuple[np.ufunc, tuple[np.ndarray, ...]]]


def _run(calls: Calls) -> None:
    for ufunc, operands in calls:
        ufunc(*operands)


class Spread:
    """What is `made` of the elements of a few samples at a time, four for every two along each dimension.

    `combine(stages, lines)` says how: of the even and odd halves in the first stage (2, ..., C and N and grid).
    """

    def __init__(self, x: np.ndarray, first: Sizes, grid: Sizes, count: int, combine: Any) -> None:
        ndim, length = len(grid), x.shape[1] * count * math.prod(grid)
        lines = [math.prod(grid[d + 1 :]) for d in range(ndim)]
        shapes = [(4,) * d + (2,) * (ndim - d) + (length + sum(lines[d:]),) for d in range(ndim + 1)]
        halves, *others = [np.zeros(shapes[0], x.dtype), *[np.empty(shape, x.dtype) for shape in shapes[1:]]]
        self.x, self.made = x, others[-1]
        self.calls = combine([halves, *others], lines)
        self.planes = halves[..., :length].reshape((2,) * ndim + (x.shape[1], count, *grid))
        self.places = []
        for parity in product((0, 1), repeat=ndim):
            along = [_overlap(start + half, *sizes) for half, start, *sizes in zip(parity, first, grid, x.shape[2:])]
            self.places.append((self.planes[parity][(..., *[into for into, _ in along])], [at for _, at in along]))

    def take(self, block: slice) -> None:
        """Makes what is made of the samples of a block; where they are less than there is room for, zeros of the rest."""
        some = self.x[block].swapaxes(0, 1)
        count = some.shape[1]
        for plane, taken in self.places:
            plane[:, :count] = some[(..., *taken)]
        if count < self.planes.shape[-len(self.x.shape) + 1]:
            self.planes[(..., slice(count, None), *[slice(None)] * (self.x.ndim - 2))] = 0
        _run(self.calls)


def _overlap(start: int, room: int, size: int) -> tuple[slice, slice]:
    """Which of `room` places have an element, if every second is taken from `start` on, out of `size`; and which."""
    begin = max(0, -(start // 2))
    at = start + 2 * begin
    count = max(0, min(room - begin, (size - at + 1) // 2))
    return slice(begin, begin + count), slice(at, at + 2 * count, 2)


def _combine(stages: list[np.ndarray], lines: Sizes) -> Calls:
    """The differences and sums `u` of the elements along one dimension after another."""
    calls: Calls = []
    for axis, line in enumerate(lines):
        even, odd = _along(stages[axis], axis)
        out = _along(stages[axis + 1], axis)
        length = out[0].shape[-1]
        next_even, next_odd = even[..., line : line + length], odd[..., line : line + length]
        even, odd = even[..., :length], odd[..., :length]
        calls += [
            (np.subtract, (even, next_even, out[0])),
            (np.add, (odd, next_even, out[1])),
            (np.subtract, (next_even, odd, out[2])),
            (np.subtract, (odd, next_odd, out[3])),
        ]
    return calls


def _distribute(stages: list[np.ndarray], lines: Sizes) -> Calls:
    """To each product what is given to the sums that it is in: `_add_up`, transposed."""
    calls: Calls = []
    for axis, (x, made) in enumerate(pairwise(stages)):
        out = _along(made, axis)
        even, odd = [half[..., : made.shape[-1]] for half in _along(x, axis)]
        calls += [
            (np.positive, (even, out[0])),
            (np.add, (even, odd, out[1])),
            (np.subtract, (even, odd, out[2])),
            (np.negative, (odd, out[3])),
        ]
    return calls


def _add_up(m: np.ndarray) -> tuple[np.ndarray, Calls]:
    """The sums of the products, in halves, which are written over the products, and how they are made."""
    calls: Calls = []
    for axis in range(m.ndim - 1):
        first, second, third, fourth = _along(m, axis)
        calls += [
            (np.add, (first, second, first)),
            (np.add, (first, third, first)),
            (np.subtract, (second, third, second)),
            (np.subtract, (second, fourth, second)),
        ]
        m = m[(slice(None),) * axis + (slice(2),)]
    return m, calls


def _along(x: np.ndarray, axis: int) -> list[np.ndarray]:
    """The parts of `x` along an axis."""
    return [x[(slice(None),) * axis + (i,)] for i in range(x.shape[axis])]


def _join(planes: np.ndarray, result: np.ndarray) -> None:
    """Writes the even and odd elements (2, ..., O, N, grid) to where they belong in `result` (N, O, *)."""
    for parity in product((0, 1), repeat=result.ndim - 2):
        into = result[(..., *[slice(half, None, 2) for half in parity])]
        into[...] = planes[parity][(slice(None), slice(len(into)), *map(slice, into.shape[2:]))].swapaxes(0, 1)


# Weights ------------------------------------------------------------------------------------------------------------


def _spread(weight: np.ndarray) -> np.ndarray:
    """The factors `g` of the weights (O, C, 3, ...): (4, ..., O, C)."""
    for _ in range(weight.ndim - 2):
        first, middle, last = np.moveaxis(weight, -1, 0)
        ends = first + last
        weight = np.stack([first, (ends + middle) / 2, (ends - middle) / 2, last])
    return weight


def _gather(share: np.ndarray) -> np.ndarray:
    """What the weights (O, C, 3, ...) get of the shares of their factors (4, ..., O, C): `_spread`, transposed."""
    for _ in range(share.ndim - 2):
        first, sums, differences, last = share
        sums, differences = (sums + differences) / 2, (sums - differences) / 2
        share = np.stack([first + sums, differences, sums + last], -1)
    return share
