"""Losses that are negative log-likelihoods: of counts, of measurements with an error, of aligned labels.

Follows https://docs.pytorch.org/docs/stable/nn.functional.html#loss-functions
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mutagrad.dtypes import of_numpy
from mutagrad.modes import no_grad
from mutagrad.nn.functional.classification import cross_entropy
from mutagrad.nn.functional.reductions import reduced, reduction_of
from mutagrad.ops.alignment import Labels, ctc
from mutagrad.ops.creation import full_like
from mutagrad.ops.linear import linear
from mutagrad.tensor import Tensor

__all__ = ["ctc_loss", "gaussian_nll_loss", "linear_cross_entropy", "poisson_nll_loss"]


def poisson_nll_loss(
    input: Any,
    target: Any,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The negative log-likelihood of counts `target` under Poisson distributions of mean `input`, or of its exponential.

    With `full`, Stirling's approximation of the factorial is added where the target is above one.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    losses = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        stirling = target * target.log() - target + 0.5 * (2 * math.pi * target).log()
        losses = losses + stirling.masked_fill(target <= 1, 0)
    return reduced(losses, reduction)


def gaussian_nll_loss(
    input: Any, target: Any, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Tensor:
    """The negative log-likelihood of `target` under normal distributions of mean `input` and variance `var`.

    A variance below `eps` counts as that, without a change of the gradient. With `full` the constant term is added.
    Raises ValueError for a negative variance, and for one of a shape that does not fit.
    """
    if isinstance(var, (int, float)):
        if var < 0:
            raise ValueError("var has negative entry/entries")
        var = full_like(input, var)
    elif (var._array < 0).any():
        raise ValueError("var has negative entry/entries")
    if var.shape != input.shape:
        if input.shape[:-1] == var.shape:
            var = var.unsqueeze(-1)
        elif not (input.shape[:-1] == var.shape[:-1] and var.shape[-1] == 1) and not (
            input.ndim == var.ndim and all(a in (b, 1) for a, b in zip(var.shape, input.shape))
        ):
            raise ValueError("var is of incorrect size")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not valid")
    var = var.clone()
    with no_grad():
        var.clamp_(min=eps)
    losses = 0.5 * (var.log() + (input - target) ** 2 / var)
    if full:
        losses = losses + 0.5 * math.log(2 * math.pi)
    return reduced(losses, reduction)


def linear_cross_entropy(
    input: Any,
    linear_weight: Any,
    target: Any,
    *,
    linear_bias: Any = None,
    weight: Any = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: Any = None,
) -> Tensor:
    """`cross_entropy` of `linear(input, linear_weight, linear_bias)`.

    Shapes: input (N, E) or (E), linear_weight (C, E), or (C, *, E) for losses at several places.
    `options`, which say how to divide the work, change nothing in the result. Raises RuntimeError for shapes that do
    not fit.
    """
    if input.ndim not in (1, 2):
        raise RuntimeError(f"expected input with dimensionality 1 or 2, got {input.ndim}")
    if linear_weight.ndim < 2:
        raise RuntimeError(f"expected linear_weight with dimensionality at least 2, got {linear_weight.ndim}")
    if input.shape[-1] != linear_weight.shape[-1]:
        raise RuntimeError(
            "expected equal input and linear_weight last dimensions (in_features), got "
            f"{input.shape[-1]} and {linear_weight.shape[-1]}, respectively"
        )
    outputs = tuple(linear_weight.shape[:-1])
    if len(outputs) > 1 and input.ndim == 1:
        raise RuntimeError(
            f"K-dimensional loss defined by linear_weight shape {tuple(linear_weight.shape)} requires batched input, "
            f"(N, {input.shape[-1]}), got unbatched input with shape {tuple(input.shape)}"
        )
    if linear_bias is not None and tuple(linear_bias.shape) != outputs:
        shown = f"({', '.join(map(str, outputs))}{',' if len(outputs) == 1 else ''})"
        raise RuntimeError(f"expected linear_bias shape {shown}, got {tuple(linear_bias.shape)}")
    if ignore_index is not None and target._array.dtype.kind == "f":
        raise RuntimeError("ignore_index cannot be specified when target contains probabilities")
    bias = None if linear_bias is None else linear_bias.reshape(-1)
    logits: Any = linear(input, linear_weight.reshape(-1, input.shape[-1]), bias)
    if len(outputs) > 1:
        logits = logits.reshape(input.shape[0], *outputs)
    return cross_entropy(
        logits,
        target,
        weight,
        ignore_index=-100 if ignore_index is None else ignore_index,
        reduction=reduction,
        label_smoothing=label_smoothing,
    )


# Aligned labels -----------------------------------------------------------------------------------------------------


def ctc_loss(
    log_probs: Any,
    targets: Any,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """The negative log-likelihood of labels under the log-probabilities of labels and `blank` at each time.

    Shapes: log_probs (T, N, C) or (T, C), targets (N, longest) or all one after another, lengths (N) or (). The mean is
    one of losses over their target's length. What cannot be aligned has an infinite loss, or zero with `zero_infinity`.
    Saves the log-probabilities. Raises RuntimeError for lengths and labels that do not fit.
    Follows https://www.cs.toronto.edu/~graves/icml_2006.pdf
    """
    if log_probs._array.dtype.kind != "f" or log_probs._array.dtype.itemsize < 4:
        kind = of_numpy[log_probs._array.dtype].scalar_type
        raise NotImplementedError(f"\"ctc_loss_cpu\" not implemented for '{kind}'")
    batched = log_probs.ndim == 3
    if not batched:
        log_probs = log_probs.unsqueeze(1)
    steps, counts = _lengths(input_lengths), _lengths(target_lengths)
    length, count, classes = log_probs.shape
    if not 0 <= blank < classes:
        raise RuntimeError("blank must be in label range")
    for name, given in (("input_lengths", steps), ("target_lengths", counts)):
        if len(given) != count:
            raise RuntimeError(f"{name} must be of size batch_size")
    if steps.size and steps.max() > length:
        raise RuntimeError(
            f"Expected input_lengths to have value at most {length}, but got value {steps.max()} (while checking "
            "arguments for ctc_loss_allocate_outputs)"
        )
    labels = Labels.of(_label_table(targets._array, counts, batched), counts, steps, blank)
    losses: Any = ctc(log_probs, labels=labels, zero_infinity=zero_infinity)
    if reduction == "mean":
        lengths = log_probs.new_tensor(np.maximum(counts, 1).tolist())
        return (losses / lengths).mean()
    if reduction not in ("none", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return losses.sum() if reduction == "sum" else losses if batched else losses.squeeze(0)


def _lengths(given: Any) -> np.ndarray:
    return np.atleast_1d(given._array if isinstance(given, Tensor) else np.asarray(given, np.int64)).astype(np.int64)


def _label_table(targets: np.ndarray, counts: np.ndarray, batched: bool) -> np.ndarray:
    """The labels as a matrix, a row for each sample."""
    targets = targets.astype(np.int64)
    longest = int(counts.max(initial=0))
    if targets.ndim == 2:
        if targets.shape[1] < longest:
            raise RuntimeError(
                f"Expected tensor to have size at least {longest} at dimension 1, but got size {targets.shape[1]} for "
                "argument #2 'targets' (while checking arguments for ctc_loss_allocate_outputs)"
            )
        return targets[:, :longest]
    table = np.zeros((len(counts), longest), np.int64)
    table[np.arange(longest) < counts[:, None]] = targets[: counts.sum()]
    return table
