"""Losses of scores that should be right by a margin.

Follows https://docs.pytorch.org/docs/stable/nn.functional.html#loss-functions
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.batched import physical_of
from mutagrad.dtypes import of_numpy
from mutagrad.nn.functional.reductions import check_tensors, reduced, reduction_of
from mutagrad.ops.activation import logsigmoid
from mutagrad.ops.exponential import log1p
from mutagrad.ops.naming import shown_as
from mutagrad.ops.ranges import arange
from mutagrad.ops.selection import where
from mutagrad.tensor import Tensor, wrap

__all__ = [
    "hinge_embedding_loss",
    "margin_ranking_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "soft_margin_loss",
]


def hinge_embedding_loss(
    input: Any,
    target: Any,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The distances `input` where the target is 1; where it is -1, what they lack of `margin`.

    >>> import mutagrad
    >>> hinge_embedding_loss(mutagrad.tensor([2., 0.25]), mutagrad.tensor([1, -1]), reduction="none")
    tensor([2.0000, 0.7500])
    """
    reduction = reduction_of(size_average, reduce, reduction)
    lacks = (margin - input).clamp_min(0)
    return reduced(where(target == 1, 0, lacks) + where(target == -1, 0, input), reduction)


def margin_ranking_loss(
    input1: Any,
    input2: Any,
    target: Any,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """What `input1` lacks of exceeding `input2` by `margin` where the target is 1, and the other way round where -1.

    Raises RuntimeError for different numbers of dimensions.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    if not input1.ndim == input2.ndim == target.ndim:
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: "
            f"{input1.shape}, input2: {input2.shape}, target: {target.shape} "
        )
    return reduced((-target * (input1 - input2) + margin).clamp_min(0), reduction)


def soft_margin_loss(
    input: Any,
    target: Any,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """log(1 + exp(-target * input)), for targets 1 and -1.

    >>> import mutagrad
    >>> soft_margin_loss(mutagrad.tensor([0.]), mutagrad.tensor([1.]))
    tensor(0.6931)
    """
    reduction = reduction_of(size_average, reduce, reduction)
    check_tensors("soft_margin_loss", input, target)
    return shown_as(reduced(log1p((-target * input).exp()), reduction), "SoftMarginLossBackward0")


def multilabel_soft_margin_loss(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The mean over the classes (the last dimension) of the cross entropies of their sigmoids with the targets."""
    reduction = reduction_of(size_average, reduce, reduction)
    losses = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    if weight is not None:
        losses = losses * weight
    classes = input.ndim - 1
    return reduced(losses.sum(classes) / input.size(classes), reduction)


# Of classes ---------------------------------------------------------------------------------------------------------


def _check_scores(name: str, input: Any) -> Any:
    """The scores as a matrix of samples by classes. Raises RuntimeError for other shapes."""
    fits = (input.ndim == 2 and input.shape[1]) or (input.ndim == 1 and input.shape[0]) or input.ndim == 0
    if not fits:
        raise RuntimeError(
            f"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {list(input.shape)}"
        )
    kind = input._array.dtype
    if kind.kind != "f":
        raise NotImplementedError(f"\"{name}\" not implemented for '{of_numpy[kind].scalar_type}'")
    return input if input.ndim == 2 else input.reshape(1, -1)


def multi_margin_loss(
    input: Any,
    target: Any,
    p: int = 1,
    margin: float = 1.0,
    weight: Any = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """By how much the scores of other classes come within `margin` of the target's, to the power `p`, over the classes.

    Shapes: input (N, C) or (C), target (N) or (), weight (C). Raises ValueError and RuntimeError for others, and for a
    target that is no class.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.ndim != 1:
        raise ValueError("weight must be one-dimensional")
    scores = _check_scores("multi_margin_loss", input)
    count, classes = scores.shape
    if target.ndim > 1 or target.numel() != count:
        raise RuntimeError(
            "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch "
            f"size). Expected target size [{count}], but got {list(target.shape)}. Input has shape {list(input.shape)}."
        )
    if weight is not None and weight.numel() != classes:
        raise RuntimeError(f"inconsistent weight size, expected {classes} but got {list(weight.shape)}")
    if target._array.dtype != np.int64:
        raise RuntimeError(f"expected scalar type Long but found {target.dtype.scalar_type}")
    chosen = physical_of(target._array)
    if ((chosen < 0) | (chosen >= classes)).any():
        raise RuntimeError("target out of range")
    index = target.reshape(-1, 1)
    excess = (margin - scores.gather(1, index) + scores).relu()
    excess = excess * excess if p == 2 else excess
    if weight is not None:
        excess = excess * weight[target.reshape(-1)].unsqueeze(1)
    losses = excess.masked_fill(index == arange(classes), 0).sum(1) / classes
    return shown_as(reduced(losses if input.ndim == 2 else losses.squeeze(0), reduction), "MultiMarginLossBackward0")


def multilabel_margin_loss(
    input: Any,
    target: Any,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """By how much the scores of other classes come within one of those of the targets, over the number of classes.

    Shapes: input (N, C) or (C), target the same: the classes of each sample, up to the first -1.
    Raises RuntimeError for other shapes and for a target that is no class.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    scores = _check_scores("multilabel_margin_loss", input)
    if target.shape != input.shape and not (input.ndim == 0 and target.numel() == 1):
        raise RuntimeError(f"inconsistent target size: {list(target.shape)} for input of size: {list(input.shape)}")
    if target._array.dtype != np.int64:
        raise RuntimeError(f"expected scalar type Long but found {target.dtype.scalar_type}")
    count, classes = scores.shape
    labels = target._array.reshape(count, classes)
    if labels.size and (physical_of(labels).min() < -1 or physical_of(labels).max() >= classes):
        raise RuntimeError("argument #2 'target' is out of range")
    valid = np.cumprod(labels >= 0, axis=1).astype(bool)
    labels = np.where(valid, labels, 0)
    is_target = ((labels[:, :, None] == np.arange(classes)) & valid[:, :, None]).any(1)
    excess = (1 - scores.gather(1, wrap(labels)).unsqueeze(2) + scores.unsqueeze(1)).relu()
    counts = valid[:, :, None] & ~is_target[:, None, :]
    losses = excess.masked_fill(wrap(~counts), 0).sum((1, 2)) / classes
    return shown_as(
        reduced(losses if input.ndim == 2 else losses.squeeze(0), reduction), "MultilabelMarginLossBackward0"
    )
