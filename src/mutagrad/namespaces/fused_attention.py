"""Kernels of scaled dot-product attention: a few matrices of weights at a time, which stay in the cache; see `fused.py`.

Neither pass ever holds the weights of all heads. Results have the layout of PyTorch's: the heads of a place lie side by
side.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from mutagrad.namespaces.blocks import in_threads, slices
from mutagrad.namespaces.fused import is_single

BLOCK = 1 << 15  # elements of the weights made at a time: the matrices of a few samples' heads


def _fits(query: Any, key: Any, value: Any, mask: Any, noise: Any) -> bool:
    """Whether all samples and heads are there for all three, and dropout and other precisions are not asked for."""
    lead = query.shape[:-2]
    return (
        noise is None
        and query.ndim == 4
        and key.shape[:-2] == lead
        and value.shape[:-2] == lead
        and is_single(query, key, value)
        and (mask is None or (type(mask) is np.ndarray and mask.dtype.kind in "bf" and mask.ndim <= 4))
        and 0 not in (*query.shape, *key.shape, *value.shape)
    )


def _side_by_side(x: np.ndarray) -> np.ndarray:
    """Memory for samples, heads, places and elements of which the heads of a place lie side by side."""
    samples, heads, places, width = x.shape
    return np.empty((samples, places, heads, width), x.dtype).transpose(0, 2, 1, 3)


class Weights:
    """How much each query attends to each key, for a few samples at a time."""

    def __init__(self, query: np.ndarray, key: np.ndarray, mask: Any, scale: float) -> None:
        self.query, self.key, self.scale = query, key, np.float32(scale)
        shape = (*query.shape[:3], key.shape[2])
        self.blocks = slices(len(query), max(1, BLOCK // math.prod(shape[1:])))
        self.shape = (self.blocks[0].stop, *shape[1:])
        if mask is not None:
            added = np.where(mask, 0, -np.inf) if mask.dtype.kind == "b" else mask
            mask = np.broadcast_to(added.astype(query.dtype, copy=False), (*(1,) * (4 - mask.ndim), *mask.shape))
        self.mask = mask

    def __call__(self, blocks: Iterator[slice]) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
        """The blocks with their exponentials, in memory made once, and the sums of these, which are to divide them."""
        ones, memory = np.ones(self.key.shape[2], self.key.dtype), np.empty(self.shape, self.key.dtype)
        for some in blocks:
            weights = memory[: some.stop - some.start]
            np.matmul(self.query[some], self.key[some].swapaxes(2, 3), out=weights)
            weights *= self.scale
            if self.mask is not None:
                weights += self.mask if len(self.mask) == 1 else self.mask[some]
            largest = np.maximum.reduce(weights, 3, keepdims=True)
            if self.mask is not None:
                largest[largest == -np.inf] = 0  # a query that may look at nothing
            weights -= largest
            np.exp(weights, weights)
            total = (weights @ ones)[..., None]
            total[total == 0] = 1
            yield some, weights, total


def attend(
    query: np.ndarray,
    key: np.ndarray,
    value: np.ndarray,
    mask: Any = None,
    *,
    scale: float,
    noise: Any = None,
    additive: bool = False,
) -> Any:
    """The means of `value`, weighted by how well `key` fits `query`."""
    if not _fits(query, key, value, mask, noise):
        return NotImplemented
    samples, heads, places, _ = query.shape
    out = _side_by_side(np.broadcast_to(value[:, :, :1], (samples, heads, places, value.shape[3])))
    weights_of = Weights(query, key, mask, scale)

    def work(blocks: Iterator[slice]) -> None:
        for some, weights, total in weights_of(blocks):
            np.divide(np.matmul(weights, value[some]), total, out[some])

    in_threads(work, weights_of.blocks)
    return out


def attend_shares(
    ct: np.ndarray,
    query: np.ndarray,
    key: np.ndarray,
    value: np.ndarray,
    mask: Any,
    scale: float,
    noise: Any,
    additive: bool,
    needed: list[bool],
) -> Any:
    """The shares of query, key and value."""
    if needed[3] or not _fits(query, key, value, mask, noise) or not is_single(query, ct):
        return NotImplemented
    shares = [_side_by_side(x) if wanted else None for x, wanted in zip((query, key, value), needed)]
    of_query, of_key, of_value = shares
    weights_of = Weights(query, key, mask, scale)

    def work(blocks: Iterator[slice]) -> None:
        memory = np.empty(weights_of.shape, query.dtype)
        for some, weights, total in weights_of(blocks):
            weights /= total
            if of_value is not None:
                np.matmul(weights.swapaxes(2, 3), ct[some], out=of_value[some])
            if of_query is None and of_key is None:
                continue
            of_scores = memory[: len(weights)]
            np.matmul(ct[some], value[some].swapaxes(2, 3), out=of_scores)
            of_scores -= np.vecdot(of_scores, weights)[..., None]
            of_scores *= weights
            of_scores *= weights_of.scale
            if of_query is not None:
                np.matmul(of_scores, key[some], out=of_query[some])
            if of_key is not None:
                np.matmul(of_scores.swapaxes(2, 3), query[some], out=of_key[some])

    in_threads(work, weights_of.blocks)
    return [*shares, None]
