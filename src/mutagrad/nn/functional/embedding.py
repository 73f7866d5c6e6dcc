"""Rows of a table looked up by number: `embedding`, and `embedding_bag`, which sums them up.

Sums and means over bags are products with a sparse matrix of bags by rows: they save neither the rows nor the bags.
Follows https://docs.pytorch.org/docs/stable/nn.functional.html#sparse-functions
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mutagrad.batched import physical_of, union
from mutagrad.deferred import Deferred
from mutagrad.modes import no_grad
from mutagrad.namespaces.axis_maps import AxisMap
from mutagrad.ops.axis_maps import map_along
from mutagrad.ops.gathering import embedding as rows_of
from mutagrad.ops.naming import shown_as
from mutagrad.ops.selection import where
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor, wrap

__all__ = ["embedding", "embedding_bag", "embedding_renorm_"]

matrices = Deferred("scipy.sparse")


def embedding(
    input: Any,
    weight: Any,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """The rows of `weight` (count, size) that `input` (*) numbers, (*, size); that of `padding_idx` is not trained.

    With `max_norm`, rows that are longer are first shortened to it in place. With `scale_grad_by_freq` the gradient of
    a row is divided by how often it was named. Gradients are dense, also with `sparse`.
    Raises IndexError for a number that is none of a row, RuntimeError for one that is no int32 or int64.

    >>> import mutagrad
    >>> embedding(mutagrad.tensor([2, 0]), mutagrad.eye(3))
    tensor([[0., 0., 1.],
            [1., 0., 0.]])
    """
    check_tensor("embedding", input)
    check_tensor("embedding", weight, "weight", 2)
    if padding_idx is None:
        padding = -1
    else:
        padding = _padding(padding_idx, weight.shape[0])
    if max_norm is not None:
        _shorten(weight, input, max_norm, norm_type)
    return rows_of(weight, input, padding, scale_grad_by_freq, sparse)


def _padding(padding_idx: int, count: int) -> int:
    if not -count <= padding_idx < count:
        raise AssertionError("Padding_idx must be within num_embeddings")
    return padding_idx % count


def embedding_renorm_(input: Any, indices: Any, max_norm: float, norm_type: float) -> Tensor:
    """Shortens in place the rows of `input` that `indices` names and that are longer than `max_norm`."""
    count = input.shape[0]
    named = indices._array
    outside = named[(named < -count) | (named >= count)]
    if outside.size:
        shape = list(input.shape)
        raise IndexError(f"select(): index {outside[0]} out of range for tensor of size {shape} at dimension 0")
    _shorten(input, indices, max_norm, norm_type)
    return input


def _shorten(weight: Any, input: Any, max_norm: float, norm_type: float) -> None:
    """Shortens in place the rows of `weight` that `input` names and that are longer than `max_norm`."""
    named = np.unique(input._array)
    if named.size == 0:
        return
    with no_grad():
        rows = weight.detach()[wrap(named)]
        lengths = rows.norm(norm_type, dim=1)
        long = wrap(np.flatnonzero(lengths._array > max_norm))
        if long.numel():
            scales = max_norm / (lengths[long] + 1e-7)
            weight.detach()[wrap(named)[long]] = rows[long] * scales.unsqueeze(1)


# Bags ---------------------------------------------------------------------------------------------------------------


def _check_bags(input: Any, weight: Any, offsets: Any, mode: str, per_sample_weights: Any) -> None:
    if per_sample_weights is not None and input.shape != per_sample_weights.shape:
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({per_sample_weights.shape}) is not None, then it must have the "
            f"same shape as the input ({input.shape})"
        )
    if weight.ndim != 2:
        raise ValueError(f"weight has to be a 2D Tensor, but got Tensor of dimension {weight.ndim}")
    if input.ndim == 2:
        if offsets is not None:
            raise ValueError(
                "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length "
                f"sequences. However, found offsets of type {type(offsets)}"
            )
    elif input.ndim == 1:
        if not isinstance(offsets, Tensor):
            raise ValueError("offsets has to be a 1D Tensor but got None")
        if offsets.ndim != 1:
            raise ValueError("offsets has to be a 1D Tensor")
    else:
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.ndim}")
    if mode not in ("sum", "mean", "max"):
        raise ValueError("mode has to be one of sum, mean or max")


def embedding_bag(
    input: Any,
    weight: Any,
    offsets: Any = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Any = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """The sum, mean or maximum of the rows of `weight` (count, size) that each bag of numbers names: (bags, size).

    The bags are the rows of `input` (bags, n), or the parts of it, (n), that begin at `offsets`. Numbers that are
    `padding_idx` count nothing; empty bags give zeros. `per_sample_weights` weight a sum.
    Raises ValueError, RuntimeError and NotImplementedError for arguments that do not go together.

    >>> import mutagrad
    >>> embedding_bag(mutagrad.tensor([0, 1, 1]), mutagrad.eye(2), mutagrad.tensor([0, 1]), mode="sum")
    tensor([[1., 0.],
            [0., 2.]])
    """
    _check_bags(input, weight, offsets, mode, per_sample_weights)
    if mode == "max" and scale_grad_by_freq:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    if mode == "max" and sparse:
        raise ValueError("max mode does not support sparse weights")
    if max_norm is not None:
        _shorten(weight, input, max_norm, norm_type)
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got "
            f"mode='{mode}'). Please open a feature request on GitHub."
        )
    rows, count = input._array.reshape(-1), weight.shape[0]
    starts = _starts(input, offsets, include_last_offset)
    if padding_idx is not None and not -count <= padding_idx < count:
        raise RuntimeError(
            f"padding_idx must be within the number of embeddings, {-count} through {count - 1}, but got {padding_idx}"
        )
    found = physical_of(rows).reshape(-1)
    wrong = np.flatnonzero((found < 0) | (found >= count))
    if wrong.size:
        raise RuntimeError(
            f"Index {wrong[0]} of input takes value {found[wrong[0]]} which is not in the valid range [0, {count})"
        )
    if union(rows, starts):
        padding = -1 if padding_idx is None else padding_idx % count
        looked_up = rows_of(weight, input.reshape(-1), padding, scale_grad_by_freq)
        return _of_samples(looked_up, input.reshape(-1) != padding, starts, mode, per_sample_weights)
    bags = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    kept = np.arange(rows.size)
    if padding_idx is not None:
        kept = np.flatnonzero(rows != padding_idx % count)
    bags, named = bags[kept], rows[kept]
    if mode == "max":
        return _largest(weight, named, bags, len(starts) - 1)
    shares = np.ones(named.size)
    if mode == "mean":
        shares /= np.bincount(bags, minlength=len(starts) - 1)[bags]
    if per_sample_weights is None and not scale_grad_by_freq:
        return _sums(weight, named, bags, shares, len(starts) - 1)
    looked_up: Any = rows_of(weight, wrap(named), -1, scale_grad_by_freq)
    if per_sample_weights is not None:
        looked_up = looked_up * per_sample_weights.reshape(-1)[wrap(kept)].unsqueeze(1)
    return _sums(looked_up, np.arange(named.size), bags, shares, len(starts) - 1)


def _of_samples(rows: Any, kept: Any, starts: Any, mode: str, per_sample_weights: Any) -> Tensor:
    """The bags of `rows` (n, size), of which those not `kept` count nothing, where samples have rows of their own."""
    count = len(starts) - 1
    numbers = np.searchsorted(starts[1:], np.arange(rows.shape[0]), "right")
    named = (kept & wrap(numbers < count)).unsqueeze(1)
    bags = wrap(np.minimum(numbers, max(count - 1, 0)))
    zeros = rows.new_zeros(count, rows.shape[1])
    if mode == "max":
        largest = (zeros - math.inf).index_reduce(0, bags, where(named, rows, -math.inf), "amax")
        return where(largest == -math.inf, zeros, largest)
    if per_sample_weights is not None:
        rows = rows * per_sample_weights.reshape(-1, 1)
    sums = zeros.index_add(0, bags, where(named, rows, 0))
    if mode == "sum":
        return sums
    return sums / zeros.index_add(0, bags, named.to(rows.dtype).expand_as(rows)).clamp_min(1)


def _starts(input: Any, offsets: Any, include_last_offset: bool) -> np.ndarray:
    """Where in the flat input each bag begins, and where the last one ends."""
    if input.ndim == 2:
        return np.arange(input.shape[0] + 1) * input.shape[1]
    starts, size = offsets._array, input.shape[0]
    if include_last_offset and starts.size < 1:
        raise RuntimeError("include_last_offset: number of offset should be at least 1")
    if starts.size:
        first, last = physical_of(starts)[..., 0], physical_of(starts)[..., -1]
        if first.any():
            raise RuntimeError(
                "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. "
                f"However, got {first[first != 0].flat[0]}"
            )
        if last.max() > size:
            raise RuntimeError(
                f"offsets[-1] can not be greater than input's length {size} but got offsets[-1] of {last.max()}"
            )
    return starts if include_last_offset else np.concatenate([starts, np.array([size])])


def _sums(rows: Any, named: np.ndarray, bags: np.ndarray, shares: np.ndarray, count: int) -> Tensor:
    """The weighted sums over bags of the rows that they name."""
    matrix = matrices.coo_array((shares, (bags, named)), shape=(count, rows.shape[0])).tocsr()
    return shown_as(map_along(rows, matrix=AxisMap(matrix), dim=0), "EmbeddingBagBackward0")


def _largest(weight: Any, named: np.ndarray, bags: np.ndarray, count: int) -> Tensor:
    """The largest elements over bags, each taken from the row that has it first."""
    table, size = weight._array, weight.shape[1]
    chosen = np.zeros((count, size), np.int64)
    present = np.bincount(bags, minlength=count) > 0
    if named.size:
        starts, rows = np.searchsorted(bags, np.flatnonzero(present)), table[named]
        largest = np.repeat(np.maximum.reduceat(rows, starts), np.diff(starts, append=len(rows)), axis=0)
        places = np.where((rows == largest) | np.isnan(rows), np.arange(len(rows))[:, None], len(rows))
        chosen[present] = named[np.minimum.reduceat(places, starts)]
    taken = weight.gather(0, wrap(chosen))
    return taken if present.all() else taken.where(wrap(present[:, None]), 0)
