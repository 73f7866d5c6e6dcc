"""Convolutions of NumPy arrays in any number of dimensions, as matrix products over the windows of the input.

A convolution, of input and weight, is one trilinear form: `<ct, convolve(x, w)>`. Its three partial maps are here:
`convolve`, `convolve_input`, which gives the share of `x` (the transposed convolution), and `convolve_weight`. Each is
worked out for a few samples of the batch at a time, in memory that stays in the cache.

What the elements of the kernel meet along the last dimension, or along more where channels are few or strides are not
one, is laid out below each other, so that a column has what one product sums up. Along the dimensions before, a further
element of the kernel meets the same columns from a later place on: it has a product of its own, and products are summed.

    input    a b c     columns for a kernel 2 x 2    a b d e g h    met by its first line     a b d e
             d e f                                   b c e f h i                              b c e f
             g h i                                                  met by its second line    d e g h
                                                                                              e f h i

Samples follow one another in the columns, and the zeros after one are those before the next. The share of the input is
a convolution, too: with strides of s one for each of the s parts of the input that windows meet in the same way. If it
has few channels, windows weighted with the cotangent are added to it instead, one element of the kernel after another.

Shapes: x (N, C, *), w (O, C / groups, *), ct and result (N, O, *).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np

from mutagrad.namespaces.blocks import slices

DEPTH = 48  # elements of a window: a product that sums up fewer is slow
FEW = 4  # times as many cotangents as channels of the input, and these are few
LARGE = 2**19  # elements of the columns of a sample: one that has more is not taken whole
LEAST = 8  # lines of it at a time
BLOCK = 2**18  # elements of the columns made at a time: a megabyte in single precision
ROWS = 64  # weights of all lines of the kernel, channel by channel: up to here one product is faster than one a line
MANY = 16  # elements of a window: more of them are copied at once, from a padded input


class Geometry(NamedTuple):
    """How the windows lie: for each dimension their stride, the zeros around the input, the gaps within them."""

    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    groups: int

    def sizes(self, input: Sequence[int], kernel: Sequence[int]) -> tuple[int, ...]:
        """How many windows there are along each dimension."""
        along = zip(input, kernel, self.stride, self.padding, self.dilation)
        return tuple([(size + 2 * pad - gap * (width - 1) - 1) // step + 1 for size, width, step, pad, gap in along])

    def transposed_sizes(self, input: Sequence[int], kernel: Sequence[int], extra: Sequence[int]) -> tuple[int, ...]:
        """The sizes of what has as many windows as `input` has elements, with `extra` ones at the far end."""
        along = zip(input, kernel, self.stride, self.padding, self.dilation, extra)
        return tuple(
            [(size - 1) * step - 2 * pad + gap * (width - 1) + more + 1 for size, width, step, pad, gap, more in along]
        )


def convolve(x: np.ndarray, w: np.ndarray, geometry: Geometry) -> np.ndarray:
    """The sums of the windows of `x`, each weighted with `w`."""
    if x.dtype.char == "e":
        return convolve(x.astype(np.float32), w.astype(np.float32), geometry).astype(np.float16)
    result = (np.empty if x.size else np.zeros)((len(x), len(w), *geometry.sizes(x.shape[2:], w.shape[2:])), x.dtype)
    _multiply(x, _by_group(w, geometry.groups), geometry, tuple([-n for n in geometry.padding]), result)
    return result


def convolve_input(ct: np.ndarray, w: np.ndarray, shape: tuple[int, ...], geometry: Geometry) -> np.ndarray:
    """The share of an input of `shape`: to each window goes `w`, weighted with what `ct` has for it."""
    if ct.dtype.char == "e":
        return convolve_input(ct.astype(np.float32), w.astype(np.float32), shape, geometry).astype(np.float16)
    if FEW * shape[1] <= len(w):
        return _scatter(ct, w, shape, geometry)
    parts = _parts(shape[2:], w.shape[2:], geometry)
    is_whole = ct.size and len(parts) == math.prod(map(min, geometry.stride, shape[2:]))
    result = (np.empty if is_whole else np.zeros)(shape, ct.dtype)
    # What an element of the input gets comes from the windows around it, by the kernel turned round.
    turned = _by_group(w, geometry.groups).swapaxes(1, 2)[(..., *[slice(None, None, -1)] * (w.ndim - 2))]
    for part, kernel, one_by_one, first in parts:
        _multiply(ct, turned[kernel], one_by_one, first, result[part])
    return result


@lru_cache(512)
def _parts(
    shape: tuple[int, ...], kernel: tuple[int, ...], geometry: Geometry
) -> list[tuple[tuple, tuple, Geometry, tuple[int, ...]]]:
    """The parts of an input that windows meet in the same way.

    For each that is: the part, its share of the turned kernel, how windows lie around its elements, and the first.
    """
    parts = []
    for phases in product(*map(_phases, shape, kernel, geometry.stride, geometry.padding, geometry.dilation)):
        part, turned, dilation, first = zip(*phases)
        one_by_one = Geometry((1,) * len(shape), (0,) * len(shape), dilation, geometry.groups)
        parts.append(((..., *part), (..., *turned), one_by_one, first))
    return parts


def _phases(size: int, width: int, step: int, padding: int, gap: int) -> list[tuple[slice, slice, int, int]]:
    """The parts of an input of `size` that are met in the same way, every `step`-th element, and how windows meet them.

    That is: the part, its share of the turned kernel, how many windows lie between two elements of that, and the first.
    """
    phases = []
    for begin in range(min(step, size)):
        window, phase = divmod(begin + padding, step)
        taps = [tap for tap in range(width) if gap * tap % step == phase]
        if taps:
            ago = [gap * tap // step for tap in taps]
            every, between = (taps[1] - taps[0], ago[1] - ago[0]) if len(taps) > 1 else (1, 1)
            turned = slice(width - 1 - taps[-1], width - taps[0], every)
            phases.append((slice(begin, size, step), turned, between, window - ago[-1]))
    return phases


def _scatter(ct: np.ndarray, w: np.ndarray, shape: tuple[int, ...], geometry: Geometry) -> np.ndarray:
    """The share of an input of `shape`, into which windows, weighted, are added."""
    groups, kernel, places = geometry.groups, w.shape[2:], ct.shape[2:]
    result = np.zeros(shape, ct.dtype)
    rows = w.reshape(groups, len(w) // groups, math.prod(w.shape[1:])).swapaxes(1, 2)
    inner = tuple([slice(padding, padding + size) for size, padding in zip(shape[2:], geometry.padding)])
    wide = [size + 2 * padding for size, padding in zip(shape[2:], geometry.padding)]
    for some in _blocks(len(ct), shape[1] * math.prod(kernel) * math.prod(places)):
        cts = ct[some].reshape(-1, groups, len(w) // groups, math.prod(places))
        columns = np.matmul(rows, cts).reshape(len(cts), shape[1], *kernel, *places)
        padded = np.zeros((len(cts), shape[1], *wide), ct.dtype) if any(geometry.padding) else result[some]
        for tap in product(*map(range, kernel)):  # within one tap no two windows share an element
            begins = [gap * at for gap, at in zip(geometry.dilation, tap)]
            met = [
                slice(begin, begin + (count - 1) * step + 1, step)
                for begin, count, step in zip(begins, places, geometry.stride)
            ]
            padded[(..., *met)] += columns[(slice(None), slice(None), *tap)]
        if any(geometry.padding):
            result[some] = padded[(slice(None), slice(None), *inner)]
    return result


def convolve_weight(ct: np.ndarray, x: np.ndarray, shape: tuple[int, ...], geometry: Geometry) -> np.ndarray:
    """The share of a weight of `shape`: the sum of all windows, each weighted with what `ct` has for it."""
    if ct.dtype.char == "e":
        return convolve_weight(ct.astype(np.float32), x.astype(np.float32), shape, geometry).astype(np.float16)
    total = np.zeros((geometry.groups, shape[0] // geometry.groups, *shape[1:]), ct.dtype)
    first = tuple([-n for n in geometry.padding])
    pieces = _pieces(x.shape, shape[2:], ct.shape[2:], geometry, first) if ct.size else ()
    for part, columns in pieces:
        columns.weighted(x, ct[part], total)
    return total.reshape(shape)


def _by_group(w: np.ndarray, groups: int) -> np.ndarray:
    """A weight (O, C / groups, *) as (groups, O / groups, C / groups, *)."""
    return w.reshape(groups, len(w) // groups, *w.shape[1:])


def _blocks(count: int, each: int) -> list[slice]:
    """Slices of `count` samples or lines that have about a block of elements, `each` many; none where they have none."""
    return slices(count, max(1, BLOCK // each)) if each else []


def _multiply(
    x: np.ndarray, weights: np.ndarray, geometry: Geometry, first: tuple[int, ...], result: np.ndarray
) -> None:
    """Writes to `result` the sums of the windows of `x`, from `first` on, with weights (groups, O / groups, *)."""
    pieces = _pieces(x.shape, weights.shape[3:], result.shape[2:], geometry, first) if result.size else ()
    for part, columns in pieces:
        columns.multiplied(x, weights, result[part])


@lru_cache(512)
def _pieces(
    shape: tuple[int, ...], kernel: tuple[int, ...], places: tuple[int, ...], geometry: Geometry, first: tuple[int, ...]
) -> list[tuple[tuple[slice, ...], Columns]]:
    """The columns of an input, of large images those of a few lines after another; and which places these are."""
    line = shape[1] * math.prod(kernel[1:] or kernel) * math.prod(places[1:])
    is_large = math.prod(kernel) > 1 and line * places[0] > LARGE
    return [
        (
            (slice(None), slice(None), some),
            Columns(
                shape,
                kernel,
                (some.stop - some.start, *places[1:]),
                geometry,
                (first[0] + some.start * geometry.stride[0], *first[1:]),
            ),
        )
        for some in (slices(places[0], max(LEAST, BLOCK // line) if is_large else places[0]) if line else [])
    ]


class Columns:
    """How the windows of an input are laid out in columns; the first begins at `first`, before a padded input.

    There are `places` of them along each dimension. Going over an input gives, in memory made once, slices of the batch
    and arrays (runs, groups, elements, windows): what each element of the kernel along the first `split` dimensions meets
    begins by one of the `shifts` later. If there are such elements, the windows of all samples follow one another in one
    run, and between them some that do not count; else each sample is a run by itself.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        kernel: tuple[int, ...],
        places: tuple[int, ...],
        geometry: Geometry,
        first: tuple[int, ...],
    ) -> None:
        steps, gaps = geometry.stride, geometry.dilation
        self.kernel, self.places = kernel, places
        self.groups, self.channels = geometry.groups, shape[1] // geometry.groups
        split = next((d for d, step in enumerate(steps[:-1]) if step > 1), len(places) - 1)
        while split and (self.channels * math.prod(kernel[split:]) < DEPTH or math.prod(kernel[:split]) == 1):
            split -= 1
        self.split, self.within = split, kernel[split:]
        self.depth = self.channels * math.prod(self.within)  # elements of a column
        # The input, padded or cut such that the windows just cover it; where that is in it, and what of the input it is.
        sizes = [(n - 1) * step + gap * (width - 1) + 1 for n, step, gap, width in zip(places, steps, gaps, kernel)]
        inside = [_met(size, 1, begin, have) for size, begin, have in zip(sizes, first, shape[2:])]
        self.padded = (self.groups, self.channels, *sizes)
        self.whole = tuple([(..., *each) for each in zip(*inside)])
        # Zeros after one line are those before the next.
        lengths = [max(n, size - min(met.start, size - met.stop)) for n, size, (met, _) in zip(places, sizes, inside)]
        self.lengths = [*lengths[:split], *places[split:]]
        self.steps = [math.prod(self.lengths[d + 1 :]) for d in range(len(places))]
        self.sample = math.prod(self.lengths)
        self.last = sum([(count - 1) * step for count, step in zip(places, self.steps)])
        self.blocks = _blocks(shape[0], self.groups * self.depth * self.sample)
        self.shifts = [
            sum([gap * at * step for gap, at, step in zip(gaps, tap, self.steps)])
            for tap in product(*map(range, kernel[:split]))
        ]
        # What each of few elements meets: where that goes in the columns, and where it comes from. Where there are as many
        # windows along the last dimension as elements, lines are copied end to end, and then blank what went round.
        self.taps, self.blanks, self.is_full, every = [], [], not split, slice(None)
        self.are_flat = len(places) > 1 and steps[-2:] == (1, 1) and places[-1] == shape[-1]
        for tap in product(*map(range, self.within)) if math.prod(self.within) <= MANY else ():
            along = zip(tap, places[split:], steps[split:], gaps[split:], first[split:], shape[2 + split :])
            met = [_met(count, step, begin + gap * at, size) for at, count, step, gap, begin, size in along]
            self.is_full = self.is_full and all(into == slice(0, n) for (into, _), n in zip(met, places))
            of_windows, of_input = map(list, zip(*inside[:split], *met))
            if any(some.start == some.stop for some in of_windows):
                continue
            row, begin, end = (every, every, *tap, every), of_windows[-1].start, of_windows[-1].stop
            if self.are_flat and end - begin < shape[-1]:
                self.blanks.append((*row, *of_windows[:-1], slice(0, begin) if begin else slice(end, None)))
            if self.are_flat:
                of_windows, of_input = (_as_one(each, shape[-1]) for each in (of_windows, of_input))
            self.taps.append(((*row, *of_windows), (every, every, every, *of_input)))
        self.strides, self.gaps = steps, gaps
        self.are_input = math.prod(kernel) == 1 and places == shape[2:] and not any(first)

    def run(self, count: int) -> tuple[int, int]:
        """How many runs `count` samples are, and how many windows one has."""
        return (1, (count - 1) * self.sample + self.last + 1) if self.split else (count, self.last + 1)

    def of(self, x: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
        """The columns of an input, block after block."""
        x = x.reshape(len(x), self.groups, self.channels, *x.shape[2:])
        if self.are_input:
            for some in self.blocks:
                yield some, x[some].reshape(-1, self.groups, self.depth, self.sample)
            return
        count = self.blocks[0].stop
        runs, length = self.run(count)
        shape = (runs, self.groups, *self.within, self.channels, length + self.shifts[-1])
        memory = (np.empty if self.is_full else np.zeros)(shape, x.dtype)  # what is padding stays zero
        lines, matrix = self._shown(memory, self.lengths), memory.reshape(runs, self.groups, self.depth, -1)
        padded = np.zeros(() if self.taps else (count, *self.padded), x.dtype)
        for some in self.blocks:
            number = some.stop - some.start
            if not self.taps:
                padded[:number][self.whole[0]] = x[some][self.whole[1]]
                lines[:number] = self._windows(padded[:number])
            flat, given = (_end_to_end(each) if self.are_flat else each for each in (lines[:number], x[some]))
            for into, of in self.taps:
                flat[into] = given[of]
            for blank in self.blanks:
                lines[:number][blank] = 0
            runs, length = self.run(number)
            yield some, matrix[:runs, ..., : length + self.shifts[-1]]

    def _windows(self, padded: np.ndarray) -> np.ndarray:
        """Of a padded input, contiguous, the view (N, groups, elements of a window..., channels, lengths)."""
        samples, groups, channels, *along = padded.strides
        within = [gap * stride for gap, stride in zip(self.gaps[self.split :], along[self.split :])]
        strides = (samples, groups, *within, channels, *[step * stride for step, stride in zip(self.strides, along)])
        shape = (len(padded), self.groups, *self.within, self.channels, *self.lengths)
        return np.ndarray(shape, padded.dtype, padded, 0, strides)

    def _shown(self, memory: np.ndarray, extents: Sequence[int], shift: int = 0) -> np.ndarray:
        """Of fresh memory (runs, rows..., windows), from one of the windows on, the view (N, rows..., extents)."""
        count, steps = self.blocks[0].stop, [step * memory.itemsize for step in self.steps]
        sample = self.sample * memory.itemsize if self.split else memory.strides[0]
        shape, strides = (count, *memory.shape[1:-1], *extents), (sample, *memory.strides[1:-1], *steps)
        return np.ndarray(shape, memory.dtype, memory, shift * memory.itemsize, strides)

    def _memory(self, rows: int, dtype: np.dtype, further: int = 0) -> np.ndarray:
        """Memory (runs, groups, rows, windows) for a block, and for `further` windows."""
        runs, length = self.run(self.blocks[0].stop)
        return np.empty((runs, self.groups, rows, length + further), dtype)

    def multiplied(self, x: np.ndarray, weights: np.ndarray, result: np.ndarray) -> None:
        """Writes to `result` (N, O, places) the sums of the windows with weights (groups, O / groups, C / groups, *)."""
        outer, inner = range(3, 3 + self.split), range(3 + self.split, weights.ndim)
        rows = weights.transpose(0, *outer, 1, *inner, 2).reshape(self.groups, -1, self.depth)
        into = (-1, *weights.shape[:2])
        if not self.split and result.flags.c_contiguous:
            for some, matrix in self.of(x):
                np.matmul(rows, matrix, result[some].reshape(*into, self.sample))
            return
        result = result.reshape(*into, *self.places)
        if self.split and rows.shape[1] <= ROWS:
            self._multiplied_at_once(x, rows, result)
        else:
            self._multiplied_in_turn(x, rows, result)

    def _multiplied_at_once(self, x: np.ndarray, rows: np.ndarray, result: np.ndarray) -> None:
        """By one product of the weights for all shifts, whose parts are added, each from its shift on."""
        memory, channels = self._memory(rows.shape[1], result.dtype, self.shifts[-1]), result.shape[2]
        products = [
            self._shown(memory, self.places, shift)[:, :, at * channels : (at + 1) * channels]
            for at, shift in enumerate(self.shifts)
        ]
        for some, matrix in self.of(x):
            np.matmul(rows, matrix, memory[..., : matrix.shape[-1]])
            sums, (total, *others) = result[some], [each[: some.stop - some.start] for each in products]
            for each in others:
                total = np.add(total, each, sums)

    def _multiplied_in_turn(self, x: np.ndarray, rows: np.ndarray, result: np.ndarray) -> None:
        """By a product for each shift."""
        weights = np.split(rows, len(self.shifts), 1)
        total, more = (self._memory(result.shape[2], result.dtype) for _ in range(2))
        of_total, of_more = self._shown(total, self.places), self._shown(more, self.places)
        for some, matrix in self.of(x):
            number = some.stop - some.start
            runs, length = self.run(number)
            sums, products = total[:runs, ..., :length], more[:runs, ..., :length]
            windows = [matrix[..., shift : shift + length] for shift in self.shifts]
            np.matmul(weights[0], windows[0], sums)
            for each, met in zip(weights[1:-1], windows[1:-1]):
                sums += np.matmul(each, met, products)
            if len(weights) == 1:
                result[some] = of_total[:number]
            else:
                np.matmul(weights[-1], windows[-1], products)
                np.add(of_total[:number], of_more[:number], result[some])

    def weighted(self, x: np.ndarray, ct: np.ndarray, total: np.ndarray) -> None:
        """Adds to `total` (groups, O / groups, C / groups, *) the sums of the windows, weighted with `ct` (N, O, places)."""
        ct = ct.reshape(len(ct), *total.shape[:2], *self.places)
        outer, inner = range(3, 3 + self.split), range(3 + self.split, total.ndim)
        into = total.transpose(*outer, 0, *inner, 2, 1)
        sums = np.zeros((len(self.shifts), self.groups, self.depth, ct.shape[2]), ct.dtype)
        spread = places = ct
        if self.split:
            spread = self._memory(ct.shape[2], ct.dtype)
            spread[...], places = 0, self._shown(spread, self.places)
        for some, matrix in self.of(x):
            number = some.stop - some.start
            if self.split:
                places[:number] = ct[some]
                columns = spread[..., : self.run(number)[1]]
            else:
                columns = ct[some].reshape(number, *ct.shape[1:3], self.sample)
            for of_tap, shift in zip(sums, self.shifts):
                windows = matrix[..., shift : shift + columns.shape[-1]]
                of_tap += np.add.reduce(np.matmul(windows, columns.swapaxes(-1, -2)), 0)
        into += sums.reshape(into.shape)


def _met(count: int, step: int, first: int, size: int) -> tuple[slice, slice]:
    """Which of `count` places, every `step` elements from `first` on, are among `size` elements; and which these are."""
    begin, end = max(0, -(first // step)), min(count, (size - 1 - first) // step + 1)
    if end <= begin:
        return slice(count, count), slice(0, 0)
    return slice(begin, end), slice(first + begin * step, first + (end - 1) * step + 1, step)


def _end_to_end(lines: np.ndarray) -> np.ndarray:
    """The last two dimensions as one."""
    return lines.reshape(*lines.shape[:-2], lines.shape[-2] * lines.shape[-1])


def _as_one(slices: list[slice], width: int) -> list[slice]:
    """Slices, of which the last two, of lines of `width` and within lines, are now one of lines end to end."""
    *before, lines, within = slices
    return [*before, slice(lines.start * width + within.start, (lines.stop - 1) * width + within.stop)]
