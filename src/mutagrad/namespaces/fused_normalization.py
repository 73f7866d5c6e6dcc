"""Kernels of normalisation in single precision: by rows, as layers are normalised, and by channels, as batches are.

Each element is read as often as the statistics need it and written in place; see `fused.py`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mutagrad.namespaces.blocks import BLOCK, rows_of_block, slices
from mutagrad.namespaces.fused import is_single

WIDEST = 4096  # elements of a row: up to here a product with ones is a sum as exact as another
NARROWEST = 16  # elements of a channel of a sample: below, going by channels does not pay

Axes = tuple[int, ...]


def standardize(x: np.ndarray, weight: Any = None, bias: Any = None, *, axes: Axes, eps: float) -> Any:
    """`(x - mean) * rstd * weight + bias`, the mean and the reciprocal standard deviation over `axes`."""
    parameters = [each for each in (weight, bias) if each is not None]
    if not is_single(x, *parameters) or not x.flags.c_contiguous:
        return NotImplemented
    if _is_by_rows(x, axes, parameters):
        return _standardize_rows(x, weight, bias, axes, eps)
    if _is_by_channels(x, axes, parameters):
        return _standardize_channels(x, weight, bias, axes, eps)
    return NotImplemented


def standardize_shares(
    cts: Any,
    input: np.ndarray,
    weight: Any,
    mean: np.ndarray,
    rstd: np.ndarray,
    weight_shape: tuple,
    bias_shape: tuple,
    axes: Axes,
    needed: list[bool],
) -> Any:
    """The shares of input, weight and bias."""
    ct, *others = cts
    parameters = [] if weight is None else [weight]
    if ct is None or any(each is not None for each in others) or not is_single(input, ct, mean, rstd, *parameters):
        return NotImplemented
    if not input.flags.c_contiguous:
        return NotImplemented
    # A bias has the shape of the weight, if there are both.
    if _is_by_rows(input, axes, parameters) and (not needed[2] or bias_shape == input.shape[axes[0] :]):
        shares = _shares_by_rows(np.ascontiguousarray(ct), input, weight, mean, rstd)
    elif _is_by_channels(input, axes, parameters) and (not needed[2] or math.prod(bias_shape) == input.shape[1]):
        shares = _shares_by_channels(np.ascontiguousarray(ct), input, weight, mean, rstd)
    else:
        return NotImplemented
    shapes = input.shape, weight_shape, bias_shape
    return [share.reshape(shape) if wanted else None for share, shape, wanted in zip(shares, shapes, needed)]


def _is_by_rows(x: np.ndarray, axes: Axes, parameters: list[np.ndarray]) -> bool:
    """Whether the axes are the last ones, with parameters for each of their elements."""
    shape = x.shape[axes[0] :] if axes else ()
    is_last = axes == tuple(range(x.ndim - len(axes), x.ndim))
    return is_last and 0 < math.prod(shape) <= WIDEST and all(each.shape == shape for each in parameters)


def _is_by_channels(x: np.ndarray, axes: Axes, parameters: list[np.ndarray]) -> bool:
    """Whether the axes are all but the second, with parameters for each element of that."""
    shape = (x.shape[1],) + (1,) * (x.ndim - 2) if x.ndim > 2 else ()
    return (
        axes == (0, *range(2, x.ndim))
        and math.prod(x.shape[2:]) >= NARROWEST
        and all(each.shape in (shape, (1, *shape)) for each in parameters)
    )


# By rows ------------------------------------------------------------------------------------------------------------


def _standardize_rows(x: np.ndarray, weight: Any, bias: Any, axes: Axes, eps: float) -> Any:
    width = math.prod(x.shape[axes[0] :])
    rows, ones = x.reshape(-1, width), np.ones(width, x.dtype)
    result = np.empty(x.shape, x.dtype)
    out = result.reshape(rows.shape)
    mean, rstd = np.empty((len(rows), 1), x.dtype), np.empty((len(rows), 1), x.dtype)
    for block in slices(len(rows), rows_of_block(width)):
        part, of_mean, of_rstd = out[block], mean[block], rstd[block]
        np.divide(rows[block] @ ones, width, of_mean[:, 0])
        np.subtract(rows[block], of_mean, part)
        np.divide(np.vecdot(part, part), width, of_rstd[:, 0])
        of_rstd += np.float32(eps)
        np.reciprocal(np.sqrt(of_rstd, of_rstd), of_rstd)
        part *= of_rstd
        if weight is not None:
            part *= weight.reshape(-1)
        if bias is not None:
            part += bias.reshape(-1)
    kept = x.shape[: axes[0]] + (1,) * len(axes)
    return result, mean.reshape(kept), rstd.reshape(kept)


def _shares_by_rows(ct: np.ndarray, x: np.ndarray, weight: Any, mean: np.ndarray, rstd: np.ndarray) -> Any:
    width = x.size // mean.size
    x, ct, mean, rstd = x.reshape(-1, width), ct.reshape(-1, width), mean.reshape(-1, 1), rstd.reshape(-1, 1)
    size, ones = rows_of_block(width), np.ones(width, x.dtype)
    of_weight, of_bias, of_input = np.zeros(width, x.dtype), np.zeros(width, x.dtype), np.empty(x.shape, x.dtype)
    memory = np.empty((2, min(size, len(x)), width), x.dtype)
    many = np.ones(min(size, len(x)), x.dtype)
    for block in slices(len(x), size):
        part, out = ct[block], of_input[block]
        normal, scaled, each = memory[0, : len(part)], memory[1, : len(part)], many[: len(part)]
        np.subtract(x[block], mean[block], normal)
        normal *= rstd[block]
        np.multiply(part, normal, scaled)
        of_weight += each @ scaled
        of_bias += each @ part
        if weight is None:
            scaled = part
        else:
            np.multiply(part, weight.reshape(-1), scaled)
        np.subtract(scaled, (scaled @ ones / np.float32(width))[:, None], out)
        normal *= (np.vecdot(scaled, normal) / np.float32(width))[:, None]
        out -= normal
        out *= rstd[block]
    return of_input, of_weight, of_bias


# By channels --------------------------------------------------------------------------------------------------------


def _channels(x: np.ndarray) -> np.ndarray:
    """`x` as samples, channels, and all other dimensions as one."""
    return x.reshape(*x.shape[:2], -1)


def _blocks(x: np.ndarray) -> list[slice]:
    """Slices of the batch of about four blocks: one call more for a sample costs more than the cache gains."""
    return slices(len(x), 4 * rows_of_block(x.size // len(x)))


def _along(of_channels: np.ndarray, size: int) -> np.ndarray:
    """A number for each channel, in single precision, to be broadcast along its `size` elements.

    Where a sample is small it is written out for all of them: one loop over the sample is faster than one for each channel.
    """
    column = of_channels.reshape(-1, 1).astype(np.float32)
    return np.repeat(column, size, 1) if len(column) * size <= BLOCK else column


def _sums(samples: np.ndarray) -> np.ndarray:
    """The sum of each channel, in double precision."""
    size = samples.shape[2]
    sums = np.add.reduce(samples, 2) if size > WIDEST else samples @ np.ones(size, samples.dtype)
    return np.add.reduce(sums, 0, np.float64)


def _standardize_channels(x: np.ndarray, weight: Any, bias: Any, axes: Axes, eps: float) -> Any:
    samples, result = _channels(x), np.empty(x.shape, x.dtype)
    out, count, blocks = _channels(result), x.size // x.shape[1], _blocks(x)
    size, squares = samples.shape[2], np.zeros(x.shape[1])
    mean = (_sums(samples) / count).astype(x.dtype)
    each = _along(mean, size)
    for some in blocks:
        part = np.subtract(samples[some], each, out[some])
        squares += np.add.reduce(np.vecdot(part, part), 0)
    rstd = (1 / np.sqrt(squares / count + eps)).astype(x.dtype)
    scale = _along(rstd if weight is None else rstd * weight.reshape(-1), size)
    shift = None if bias is None else _along(bias, size)
    for some in blocks:
        part = out[some]
        part *= scale
        if shift is not None:
            part += shift
    kept = (1, x.shape[1]) + (1,) * (x.ndim - 2)
    return result, mean.reshape(kept), rstd.reshape(kept)


def _shares_by_channels(ct: np.ndarray, x: np.ndarray, weight: Any, mean: np.ndarray, rstd: np.ndarray) -> Any:
    cts, samples, of_input = _channels(ct), _channels(x), np.empty(x.shape, x.dtype)
    out, count, blocks = _channels(of_input), x.size // x.shape[1], _blocks(x)
    size, rstd, each = samples.shape[2], rstd.reshape(-1), _along(mean, samples.shape[2])
    of_bias, of_weight = _sums(cts), np.zeros(x.shape[1])
    for some in blocks:
        centred = np.subtract(samples[some], each, out[some])
        of_weight += np.add.reduce(np.vecdot(cts[some], centred), 0)
    of_weight *= rstd
    # scale * (ct - mean of ct - centred * rstd * mean of ct * normal)
    scale = rstd if weight is None else rstd * weight.reshape(-1)
    slope, shift = _along(of_weight / count * -scale * rstd, size), _along(of_bias / count * -scale, size)
    scale, memory = _along(scale, size), np.empty((blocks[0].stop, *cts.shape[1:]), x.dtype)
    for some in blocks:
        centred, scaled = out[some], memory[: some.stop - some.start]
        centred *= slope
        np.multiply(cts[some], scale, scaled)
        centred += scaled
        centred += shift
    return of_input, of_weight.astype(x.dtype), of_bias.astype(x.dtype)
