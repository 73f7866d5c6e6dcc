"""Kernels of scaled dot-product attention: a few matrices of weights at a time, which stay in the cache; see `fused.py`.

Neither pass ever holds the weights of all heads. Results have the layout of PyTorch's: the heads of a place lie side by
side.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from mutagrad.namespaces.fused import is_single

BLOCK = 1 << 16  # elements of the weights made at a time: the matrices of a sample's heads


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
    """How much each query attends to each key, for a few samples at a time, in memory made once."""

    def __init__(self, query: np.ndarray, key: np.ndarray, mask: Any, scale: float) -> None:
        self.query, self.key, self.scale = query, key, np.float32(scale)
        shape = (*query.shape[:3], key.shape[2])
        self.step = max(1, BLOCK // math.prod(shape[1:]))
        self.memory = np.empty((min(self.step, len(query)), *shape[1:]), query.dtype)
        if mask is not None:
            added = np.where(mask, 0, -np.inf) if mask.dtype.kind == "b" else mask
            mask = np.broadcast_to(added.astype(query.dtype, copy=False), (*(1,) * (4 - mask.ndim), *mask.shape))
        self.mask = mask

    def __iter__(self) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
        """Slices of the samples with their exponentials, and the sums of these, by which they are to be divided."""
        ones = np.ones(self.key.shape[2], self.key.dtype)
        for start in range(0, len(self.query), self.step):
            some = slice(start, start + self.step)
            weights = self.memory[: len(self.query[some])]
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
    for some, weights, total in Weights(query, key, mask, scale):
        np.divide(np.matmul(weights, value[some]), total, out[some])
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
    every = Weights(query, key, mask, scale)
    memory = np.empty_like(every.memory)
    for some, weights, total in every:
        weights /= total
        if of_value is not None:
            np.matmul(weights.swapaxes(2, 3), ct[some], out=of_value[some])
        if of_query is None and of_key is None:
            continue
        of_scores = memory[: len(weights)]
        np.matmul(ct[some], value[some].swapaxes(2, 3), out=of_scores)
        of_scores -= np.vecdot(of_scores, weights)[..., None]
        of_scores *= weights
        of_scores *= every.scale
        if of_query is not None:
            np.matmul(of_scores, key[some], out=of_query[some])
        if of_key is not None:
            np.matmul(of_scores.swapaxes(2, 3), query[some], out=of_key[some])
    return [*shares, None]
