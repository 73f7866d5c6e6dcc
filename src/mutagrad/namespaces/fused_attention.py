"""Kernels of scaled dot-product attention: a few matrices of weights at a time, which stay in the cache; see `fused.py`.

Neither pass ever holds the weights of all heads, and what no query of a block may look at is left out: nearly half, where
a query sees no key behind its own place. Results have the layout of PyTorch's: the heads of a place lie side by side.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from mutagrad.namespaces.fused import is_single

BLOCK = 1 << 16  # elements of the weights made at a time, for all heads of some samples
ROWS = 32, 64  # queries of a block, where the mask leaves out keys: few products are slow, and many leave out little
LIMIT = 60  # exponentials of what is smaller, and sums of many, are neither infinite nor nothing


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
    """How much each query attends to each key, for a few samples and queries at a time, in memory made once."""

    def __init__(self, query: np.ndarray, key: np.ndarray, mask: Any, scale: float) -> None:
        self.query, self.key, self.scale = query, key, np.float32(scale)
        samples, heads, places, keys = *query.shape[:3], key.shape[2]
        self.adds = mask is not None and mask.dtype.kind == "f"
        if mask is not None:
            added = np.where(mask, 0, -np.inf) if mask.dtype.kind == "b" else mask
            mask = np.broadcast_to(added.astype(query.dtype, copy=False), (*(1,) * (4 - mask.ndim), *mask.shape))
            mask = np.broadcast_to(mask, (*mask.shape[:2], places, keys))
        self.mask = mask
        rows = min(max(places // 4, ROWS[0]), ROWS[1])
        self.splits = samples * heads * places * keys > BLOCK and self._seen(slice(rows)) < keys
        self.rows = rows if self.splits else places
        most = max(1, BLOCK // (heads * self.rows * keys))
        self.step = -(-samples // -(-samples // most))
        self.memory = np.empty(self.step * heads * self.rows * keys, query.dtype)
        self.ones = np.ones(keys, key.dtype)

    def _seen(self, rows: slice) -> int:
        """How many keys there are up to the last that some of these queries may look at."""
        if self.mask is None:
            return self.key.shape[2]
        return 1 + int(np.flatnonzero((self.mask[:, :, rows] > -np.inf).any((0, 1, 2)))[-1:].max(initial=0))

    def __iter__(self) -> Iterator[tuple[Any, Any, np.ndarray]]:
        """Where some queries and the keys that they see are found, and the exponentials of how well these fit."""
        every = slice(None)
        for row in range(0, self.query.shape[2], self.rows):
            rows = slice(row, row + self.rows)
            seen = slice(self._seen(rows) if self.splits else None)
            mask = None if self.mask is None else self.mask[:, :, rows, seen]
            for start in range(0, len(self.query), self.step):
                some = slice(start, start + self.step)
                query, key = self.query[some, every, rows], self.key[some, every, seen]
                shape = (*query.shape[:3], key.shape[2])
                weights = self.memory[: math.prod(shape)].reshape(shape)
                np.matmul(query, key.swapaxes(2, 3), out=weights)
                weights *= self.scale
                is_small = not self.adds and weights.min() > -LIMIT and weights.max() < LIMIT
                if mask is not None:
                    weights += mask if len(mask) == 1 else mask[some]
                if not is_small:
                    largest = np.maximum.reduce(weights, 3, keepdims=True)
                    largest[largest == -np.inf] = 0  # a query that may look at nothing
                    weights -= largest
                np.exp(weights, weights)
                yield (some, every, rows), (some, every, seen), weights

    def total(self, weights: np.ndarray) -> np.ndarray:
        """The sums of exponentials, by which they are to be divided; one where there are none."""
        total = (weights @ self.ones[: weights.shape[3]])[..., None]
        total[total == 0] = 1
        return total


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
    every = Weights(query, key, mask, scale)
    for queries, seen, weights in every:
        np.divide(np.matmul(weights, value[seen]), every.total(weights), out[queries])
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
    for x in (of_key, of_value):
        if x is not None and every.splits:
            x.fill(0)
    memory = np.empty_like(every.memory)
    for queries, seen, weights in every:
        weights /= every.total(weights)
        if of_value is not None:
            _collect(of_value[seen], weights.swapaxes(2, 3), ct[queries], every.splits)
        if of_query is None and of_key is None:
            continue
        of_scores = memory[: weights.size].reshape(weights.shape)
        np.matmul(ct[queries], value[seen].swapaxes(2, 3), out=of_scores)
        of_scores -= np.vecdot(of_scores, weights)[..., None]
        of_scores *= weights
        of_scores *= every.scale
        if of_query is not None:
            np.matmul(of_scores, key[seen], out=of_query[queries])
        if of_key is not None:
            _collect(of_key[seen], of_scores.swapaxes(2, 3), query[queries], every.splits)
    return [*shares, None]


def _collect(share: np.ndarray, x: np.ndarray, y: np.ndarray, adds: bool) -> None:
    """Adds the product of `x` and `y` to the share, or makes it the share."""
    if adds:
        share += np.matmul(x, y)
    else:
        np.matmul(x, y, out=share)
