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
from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from mutagrad.namespaces.blocks import in_parts, in_threads, slices

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
        self.lines = [math.prod(self.grid[d + 1 :]) for d in range(len(places))]
        self.kinds = 4 ** len(places)

    def multiplied(self, weight: np.ndarray, result: np.ndarray) -> None:
        """Writes the sums of the windows, weighted with `weight` (O, C / groups, 3, ...), to `result` (N, O, *)."""
        rows = self._matrices(_spread(weight), weight.shape[0])
        blocks = slices(len(self.x), self._count(len(weight)))
        count = blocks[0].stop

        def work(some: Iterator[slice]) -> None:
            stages = self._stages(self.x.shape[1], count, self.lines)
            products = np.empty((*rows.shape[:3], count * math.prod(self.grid)), rows.dtype)
            for block in some:
                _halve(self.x[block], self.first, stages[0], self.grid)
                columns = self._matrices(_combine(stages, self.lines), self.x.shape[1])
                np.matmul(rows, columns, out=products)
                sums = _add_up(products.reshape((4,) * len(self.grid) + (-1,)))
                _join(sums, self.grid, result[block])

        in_threads(work, blocks)

    def weighted(self, ct: np.ndarray, shape: Sizes) -> np.ndarray:
        """The sum of the windows, each weighted with what `ct` (N, O, *) has for it: `shape` (O, C / groups, 3, ...)."""
        blocks = slices(len(self.x), self._count(shape[0]))
        parts, count = in_parts(blocks), blocks[0].stop
        totals = np.zeros((len(parts), self.kinds, self.groups, shape[0] // self.groups, shape[1]), ct.dtype)

        def work(some: Iterator[tuple[list[slice], np.ndarray]]) -> None:
            stages = self._stages(self.x.shape[1], count, self.lines)
            of_ct, share = self._stages(shape[0], count, [0] * len(self.lines)), np.empty_like(totals[0])
            for part, total in some:
                for block in part:
                    _halve(self.x[block], self.first, stages[0], self.grid)
                    _halve(ct[block], [0] * len(self.lines), of_ct[0], self.grid)
                    columns = self._matrices(_combine(stages, self.lines), self.x.shape[1])
                    rows = self._matrices(_distribute(of_ct), shape[0])
                    total += np.matmul(rows, columns.swapaxes(2, 3), out=share)

        in_threads(work, list(zip(parts, totals)))
        total = np.add.reduce(totals, 0)
        return _gather(total.reshape((4,) * len(self.grid) + tuple(shape[:2])))

    def _count(self, channels: int) -> int:
        """How many samples make a block."""
        inputs, places = self.x.shape[1], math.prod(self.grid)
        deep = inputs // self.groups * (channels // self.groups)
        return max(1, min(BLOCK // (self.kinds * max(inputs, channels) * places), UNDIVIDED // (deep * places)))

    def _stages(self, channels: int, count: int, lines: Sizes) -> list[np.ndarray]:
        """Memory for halves, and for what is made of them along one dimension after another."""
        length, ndim = channels * count * math.prod(self.grid), len(lines)
        shapes = [(4,) * d + (2,) * (ndim - d) + (length + sum(lines[d:]),) for d in range(ndim + 1)]
        return [np.zeros(shape, self.x.dtype) for shape in shapes]

    def _matrices(self, x: np.ndarray, channels: int) -> np.ndarray:
        """What is made of elements or weights (4, ..., channels and others) as matrices, for each kind and group."""
        return x.reshape(self.kinds, self.groups, channels // self.groups, -1)


# Elements -----------------------------------------------------------------------------------------------------------


def _halve(x: np.ndarray, first: Sizes, halves: np.ndarray, grid: Sizes) -> None:
    """Writes `x` (N, C, *), from `first` on, to its even and odd halves (2, ..., C and N and grid), zeros elsewhere."""
    channel = math.prod(grid) * x.shape[1]
    count = halves.shape[-1] // channel  # there may be room for more samples
    for parity in product((0, 1), repeat=len(grid)):
        into, taken = [], []
        for half, start, room, size in zip(parity, first, grid, x.shape[2:]):
            begin = max(0, -((start + half) // 2))  # the place of the first element that is there
            at = 2 * begin + start + half
            length = max(0, min(room - begin, (size - at + 1) // 2))
            into.append(slice(begin, begin + length))
            taken.append(slice(at, at + 2 * length, 2))
        planes = halves[parity][: count * channel].reshape(x.shape[1], count, *grid)
        planes[(slice(None), slice(len(x)), *into)] = x[(..., *taken)].swapaxes(0, 1)
        planes[:, len(x) :] = 0


def _combine(stages: list[np.ndarray], lines: Sizes) -> np.ndarray:
    """The differences and sums `u` of the halves in the first stage, along each dimension."""
    for axis, line in enumerate(lines):
        (even, odd), out = np.moveaxis(stages[axis], axis, 0), np.moveaxis(stages[axis + 1], axis, 0)
        length = out.shape[-1]
        next_even, next_odd = even[..., line : line + length], odd[..., line : line + length]
        even, odd = even[..., :length], odd[..., :length]
        np.subtract(even, next_even, out[0])
        np.add(odd, next_even, out[1])
        np.subtract(next_even, odd, out[2])
        np.subtract(odd, next_odd, out[3])
    return stages[-1]


def _distribute(stages: list[np.ndarray]) -> np.ndarray:
    """To each product what the sums that it is in are given, in halves in the first stage: `_add_up`, transposed."""
    for axis in range(len(stages) - 1):
        (even, odd), out = np.moveaxis(stages[axis], axis, 0), np.moveaxis(stages[axis + 1], axis, 0)
        out[0] = even
        np.add(even, odd, out[1])
        np.subtract(even, odd, out[2])
        np.negative(odd, out[3])
    return stages[-1]


def _add_up(m: np.ndarray) -> np.ndarray:
    """The sums of the products, in halves; they are written over the products."""
    for axis in range(m.ndim - 1):
        along = np.moveaxis(m, axis, 0)
        along[0] += along[1]
        along[0] += along[2]
        along[1] -= along[2]
        along[1] -= along[3]
        m = np.moveaxis(along[:2], 0, axis)
    return m


def _join(halves: np.ndarray, grid: Sizes, result: np.ndarray) -> None:
    """Writes the even and odd halves to where they belong in `result` (N, O, *)."""
    for parity in product((0, 1), repeat=len(grid)):
        into = result[(..., *[slice(half, None, 2) for half in parity])]
        planes = halves[parity].reshape(result.shape[1], -1, *grid)[:, : len(result)]
        into[...] = planes[(..., *map(slice, into.shape[2:]))].swapaxes(0, 1)


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
