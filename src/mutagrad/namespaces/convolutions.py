"""Convolutions of NumPy arrays in any number of dimensions, as matrix products over the windows of the input.

A convolution, of input and weight, is one trilinear form: `<ct, convolve(x, w)>`. Its three partial maps are here:
`convolve`, `convolve_input`, which gives the share of `x` (the transposed convolution), and `convolve_weight`. Each is
worked out for a few samples of the batch at a time, so that the windows, laid out as the columns of a matrix, stay in
the cache. There may be fewer cotangents than windows have room: those at the far ends then have none.

With a stride of one, what an element of the kernel meets in all windows is one run of the padded input's memory, if
windows that reach over the end of a line are counted, too; they are left out of the result:

    padded input     a b c     columns for a kernel 2 x 2     a b . d e
                     d e f                                    b c . e f
                     g h i                                    d e . g h
                                                              e f . h i

Runs are copied as fast as memory can be, and the share of the input is a convolution, too. With other strides each window
is copied by itself, and the share of the input is added up, one element of the kernel after another.

Shapes: x (N, C, *), w (O, C / groups, *), ct and result (N, O, *).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

DEPTH = 100  # elements of a window multiplied at a time
BLOCK = 2**17  # elements of the columns made at a time: half a megabyte in single precision


class Geometry(NamedTuple):
    """How the windows lie: for each dimension their stride, the zeros around the input, the gaps within them."""

    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    groups: int

    @property
    def is_dense(self) -> bool:
        """Whether every element of the input begins a window."""
        return all(step == 1 for step in self.stride)

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
    result = np.empty((len(x), len(w), *geometry.sizes(x.shape[2:], w.shape[2:])), x.dtype)
    rows = w.reshape(geometry.groups, len(w) // geometry.groups, math.prod(w.shape[1:]))
    Columns(x, w.shape[2:], result.shape[2:], geometry, [-n for n in geometry.padding]).multiplied(rows, result)
    return result


def convolve_input(ct: np.ndarray, w: np.ndarray, shape: tuple[int, ...], geometry: Geometry) -> np.ndarray:
    """The share of an input of `shape`: to each window goes `w`, weighted with what `ct` has for it."""
    if ct.dtype.char == "e":
        return convolve_input(ct.astype(np.float32), w.astype(np.float32), shape, geometry).astype(np.float16)
    groups, kernel = geometry.groups, w.shape[2:]
    if geometry.is_dense:
        result = np.empty(shape, ct.dtype)
        # What an element of the input gets comes from the windows around it, by the kernel turned round.
        turned = np.flip(w.reshape(groups, -1, *w.shape[1:]), tuple(range(3, w.ndim + 1))).swapaxes(1, 2)
        first = [n - gap * (width - 1) for n, gap, width in zip(geometry.padding, geometry.dilation, kernel)]
        rows = turned.reshape(groups, w.shape[1], -1)
        Columns(ct, kernel, shape[2:], geometry, first).multiplied(rows, result)
        return result
    result = np.zeros(shape, ct.dtype)
    rows = w.reshape(groups, len(w) // groups, math.prod(w.shape[1:])).swapaxes(1, 2)
    inner = tuple([slice(padding, padding + size) for size, padding in zip(shape[2:], geometry.padding)])
    wide = [size + 2 * padding for size, padding in zip(shape[2:], geometry.padding)]
    for some in _blocks(result, ct.shape[2:], kernel):
        cts = ct[some].reshape(-1, groups, len(w) // groups, math.prod(ct.shape[2:]))
        columns = np.matmul(rows, cts).reshape(len(cts), shape[1], *kernel, *ct.shape[2:])
        padded = np.zeros((len(cts), shape[1], *wide), ct.dtype) if any(geometry.padding) else result[some]
        between = [stride * step for stride, step in zip(padded.strides[2:], geometry.stride)]
        windows = _windows(padded, kernel, ct.shape[2:], between, geometry)
        for tap in product(*map(range, kernel)):  # within one tap no two windows share an element
            windows[(..., *tap, *(slice(None),) * len(kernel))] += columns[(slice(None), slice(None), *tap)]
        if any(geometry.padding):
            result[some] = padded[(slice(None), slice(None), *inner)]
    return result


def convolve_weight(ct: np.ndarray, x: np.ndarray, shape: tuple[int, ...], geometry: Geometry) -> np.ndarray:
    """The share of a weight of `shape`: the sum of all windows, each weighted with what `ct` has for it."""
    if ct.dtype.char == "e":
        return convolve_weight(ct.astype(np.float32), x.astype(np.float32), shape, geometry).astype(np.float16)
    groups = geometry.groups
    total = np.zeros((groups, math.prod(shape[1:]), shape[0] // groups), ct.dtype)
    columns = Columns(x, shape[2:], ct.shape[2:], geometry, [-n for n in geometry.padding])
    for some, windows in columns:
        cts = columns.spread(ct[some]).reshape(len(windows), groups, total.shape[2], columns.length)
        for of_sample, each in zip(windows, cts):
            total += np.matmul(of_sample, each.swapaxes(1, 2))
    return np.ascontiguousarray(total.swapaxes(1, 2)).reshape(shape)


class Columns:
    """The windows of an input as columns of matrices, `length` of them: `(N, groups, elements of a window, length)`.

    There are `places` windows, of which the first begins at `first`: before the input where that is padded. Going
    over them gives slices of the batch and their matrices, in memory made once.
    """

    def __init__(
        self, x: np.ndarray, kernel: Sequence[int], places: Sequence[int], geometry: Geometry, first: list[int]
    ) -> None:
        self.x, self.kernel, self.places, self.geometry = x, tuple(kernel), tuple(places), geometry
        self.sizes = [  # of the input, padded or cut, such that the windows just cover it
            (count - 1) * step + gap * (width - 1) + 1
            for count, step, gap, width in zip(places, geometry.stride, geometry.dilation, kernel)
        ]
        starts = [(max(-n, 0), max(n, 0)) for n in first]
        counts = [
            max(min(size - within, have - skipped), 0)
            for size, have, (within, skipped) in zip(self.sizes, x.shape[2:], starts)
        ]
        self.inner = (..., *[slice(within, within + n) for (within, _), n in zip(starts, counts)])
        self.taken = (..., *[slice(skipped, skipped + n) for (_, skipped), n in zip(starts, counts)])
        self.is_padded = counts != self.sizes
        steps = [math.prod(self.sizes[d + 1 :]) for d in range(len(self.sizes))]
        self.lines = [step * x.itemsize for step in steps]
        whole = 1 + sum([(count - 1) * step for count, step in zip(places, steps)])
        self.length = whole if geometry.is_dense else math.prod(places)

    def __iter__(self) -> Iterator[tuple[slice, np.ndarray]]:
        x, kernel, groups = self.x, self.kernel, self.geometry.groups
        count, channels = _block(x, self.places, kernel), x.shape[1]
        into = (groups, channels // groups * math.prod(kernel), self.length)
        if math.prod(kernel) == 1 and self.geometry.is_dense and not self.is_padded:
            for some in _blocks(x, self.places, kernel):
                yield some, x[some].reshape(-1, *into)
            return
        padded = np.zeros((count, channels, *self.sizes), x.dtype)
        windows = self._windows(padded)
        columns = np.empty(windows.shape, x.dtype)
        matrices = columns.reshape(count, *into)
        for some in _blocks(x, self.places, kernel):
            part = x[some][self.taken]
            padded[: len(part)][self.inner] = part
            np.copyto(columns[: len(part)], windows[: len(part)])
            yield some, matrices[: len(part)]

    def _windows(self, padded: np.ndarray) -> np.ndarray:
        """The windows of a padded input as a view (N, C, kernel..., places...), with runs for places if it is dense."""
        between = [line * step for line, step in zip(self.lines, self.geometry.stride)]
        if not self.geometry.is_dense:
            return _windows(padded, self.kernel, self.places, between, self.geometry)
        return _windows(padded, self.kernel, (self.length,), [padded.itemsize], self.geometry)

    def multiplied(self, rows: np.ndarray, result: np.ndarray) -> None:
        """Writes the products of the matrices `rows`, one for each group, and the columns to `result` (N, O, places)."""
        is_whole = self.length == math.prod(self.places)
        for some, windows in self:
            into = (len(windows), len(rows), rows.shape[1], self.length)
            if is_whole:
                _multiply(rows, windows, result[some].reshape(into))
            else:
                result[some] = self._shown(_multiply(rows, windows).reshape(len(windows), -1, self.length))

    def spread(self, ct: np.ndarray) -> np.ndarray:
        """What stands at the places (N, O, places) at that of their columns (N, O, length), zeros elsewhere."""
        if self.length == math.prod(self.places):
            return ct.reshape(*ct.shape[:2], self.length)
        spread = np.zeros((*ct.shape[:2], self.length), ct.dtype)
        self._shown(spread)[...] = ct
        return spread

    def _shown(self, columns: np.ndarray) -> np.ndarray:
        """The view (N, O, places) of (N, O, length)."""
        return as_strided(columns, (*columns.shape[:2], *self.places), (*columns.strides[:2], *self.lines))


def _multiply(rows: np.ndarray, columns: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """The product of a few rows with many columns, deep ones in layers: what BLAS packs of them stays in the cache."""
    depth = rows.shape[-1]
    count = -(-depth // DEPTH) or 1
    bounds = [depth * i // count for i in range(count + 1)]
    product = np.matmul(rows[..., : bounds[1]], columns[..., : bounds[1], :], out=out)
    for start, end in pairwise(bounds[1:]):
        product += np.matmul(rows[..., start:end], columns[..., start:end, :])
    return product


def _block(x: np.ndarray, places: Sequence[int], kernel: Sequence[int]) -> int:
    """How many samples have columns of about a block."""
    return max(1, min(BLOCK // max(x.shape[1] * math.prod(kernel) * math.prod(places), 1), len(x)))


def _blocks(x: np.ndarray, places: Sequence[int], kernel: Sequence[int]) -> Iterator[slice]:
    """Slices of the batch whose columns are about a block; none where there are no places."""
    step = _block(x, places, kernel)
    for start in range(0, len(x) if math.prod(places) else 0, step):
        yield slice(start, min(start + step, len(x)))


def _windows(
    x: np.ndarray, kernel: Sequence[int], places: Sequence[int], between: list[int], geometry: Geometry
) -> np.ndarray:
    """The windows of a padded input, `between` bytes apart, as a view (N, C, kernel..., places...)."""
    within = [stride * gap for stride, gap in zip(x.strides[2:], geometry.dilation)]
    return as_strided(x, (*x.shape[:2], *kernel, *places), (*x.strides[:2], *within, *between))
