"""Convolutions of NumPy arrays in any number of dimensions, as matrix products over the windows of the input.

A convolution, of input and weight, is one trilinear form: `<ct, convolve(x, w)>`. Its three partial maps are here:
`convolve`, `convolve_input`, which gives the share of `x` (the transposed convolution), and `convolve_weight`. Each is
worked out for a few samples of the batch at a time, so that the windows, laid out as the columns of a matrix, stay in
the cache; where they are the input itself (kernels of size one) they are not copied. There may be fewer cotangents than
windows have room: those at the far ends then have none.

Shapes: x (N, C, *), w (O, C / groups, *), ct and result (N, O, *).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.lib.stride_tricks import as_strided

BLOCK = 2**18  # elements of the columns made at a time: a megabyte in single precision


@dataclass(frozen=True, slots=True)
class Geometry:
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
    groups, kernel = geometry.groups, w.shape[2:]
    result = np.empty((len(x), len(w), *geometry.sizes(x.shape[2:], kernel)), x.dtype)
    rows = w.reshape(groups, len(w) // groups, math.prod(w.shape[1:]))
    for some in _blocks(x, result, kernel):
        columns = _columns(_windows(_padded(x[some], geometry), kernel, result.shape[2:], geometry), groups)
        np.matmul(rows, columns, out=result[some].reshape(len(columns), groups, rows.shape[1], columns.shape[3]))
    return result


def convolve_input(ct: np.ndarray, w: np.ndarray, shape: tuple[int, ...], geometry: Geometry) -> np.ndarray:
    """The share of an input of `shape`: to each window goes `w`, weighted with what `ct` has for it."""
    if ct.dtype.char == "e":
        return convolve_input(ct.astype(np.float32), w.astype(np.float32), shape, geometry).astype(np.float16)
    groups, kernel = geometry.groups, w.shape[2:]
    rows = w.reshape(groups, len(w) // groups, math.prod(w.shape[1:])).swapaxes(1, 2)
    result = np.zeros(shape, ct.dtype)
    inner = tuple([slice(padding, padding + size) for size, padding in zip(shape[2:], geometry.padding)])
    wide = [size + 2 * padding for size, padding in zip(shape[2:], geometry.padding)]
    for some in _blocks(result, ct, kernel):
        cts = ct[some].reshape(-1, groups, len(w) // groups, math.prod(ct.shape[2:]))
        columns = np.matmul(rows, cts).reshape(len(cts), shape[1], *kernel, *ct.shape[2:])
        padded = np.zeros((len(cts), shape[1], *wide), ct.dtype) if any(geometry.padding) else result[some]
        windows = _windows(padded, kernel, ct.shape[2:], geometry)
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
    total = np.zeros((groups, shape[0] // groups, math.prod(shape[1:])), ct.dtype)
    for some in _blocks(x, ct, shape[2:]):
        columns = _columns(_windows(_padded(x[some], geometry), shape[2:], ct.shape[2:], geometry), groups)
        cts = ct[some].reshape(len(columns), groups, total.shape[1], columns.shape[3])
        total += np.matmul(cts, columns.swapaxes(2, 3)).sum(0)
    return total.reshape(shape)


def _blocks(x: np.ndarray, windows: np.ndarray, kernel: tuple[int, ...]) -> Iterator[slice]:
    """Slices of the batch whose columns are about a block."""
    one = x.shape[1] * math.prod(kernel) * math.prod(windows.shape[2:])
    if len(x) and windows.size:
        step = max(1, BLOCK // max(one, 1))
        for start in range(0, len(x), step):
            yield slice(start, start + step)


def _padded(x: np.ndarray, geometry: Geometry) -> np.ndarray:
    """`x` with its zeros around it."""
    if not any(geometry.padding):
        return x
    sizes = [size + 2 * padding for size, padding in zip(x.shape[2:], geometry.padding)]
    padded = np.zeros((*x.shape[:2], *sizes), x.dtype)
    inner = [slice(padding, padding + size) for size, padding in zip(x.shape[2:], geometry.padding)]
    padded[(slice(None), slice(None), *inner)] = x
    return padded


def _windows(x: np.ndarray, kernel: tuple[int, ...], places: tuple[int, ...], geometry: Geometry) -> np.ndarray:
    """The windows of a padded input as a view (N, C, kernel..., places...)."""
    within = [stride * gap for stride, gap in zip(x.strides[2:], geometry.dilation)]
    between = [stride * step for stride, step in zip(x.strides[2:], geometry.stride)]
    return as_strided(x, (*x.shape[:2], *kernel, *places), (*x.strides[:2], *within, *between))


def _columns(windows: np.ndarray, groups: int) -> np.ndarray:
    """The windows as the columns of matrices (N, groups, elements of a window, places)."""
    count = (windows.ndim - 2) // 2
    taps, places = math.prod(windows.shape[2 : 2 + count]), math.prod(windows.shape[2 + count :])
    return windows.reshape(len(windows), groups, windows.shape[1] // groups * taps, places)
