"""Losses, each one operation: the distance of a prediction from its target, reduced to a number or not at all.

Element-wise losses save their two inputs and nothing of their own size; the losses of classes save the
log-probabilities and the targets. A `reduction` is "mean", "sum" or "none". Here is the mathematics; the public
functions, with their checks and the arguments that few need, are in `nn/functional`.
Follows https://docs.pytorch.org/docs/stable/nn.functional.html#loss-functions
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mutagrad.declaration import operation

__all__: list[str] = []


def reduced(xp: Any, losses: Any, reduction: str) -> Any:
    """The mean or the sum of losses, or all of them."""
    if reduction == "none":
        return losses
    return xp.mean(losses) if reduction == "mean" else xp.sum(losses)


def share(xp: Any, ct: Any, slope: Any, reduction: str) -> Any:
    """The share of an input in the cotangent of a reduced loss whose derivative, element by element, is `slope`."""
    if reduction == "mean":
        ct = ct / max(math.prod(slope.shape), 1)
    return ct * slope


# Regression ---------------------------------------------------------------------------------------------------------


@operation(
    promotion="promote",
    jvp="reducing",
    method=False,
    input=lambda xp, ct, input, target, reduction: share(xp, ct, 2 * (input - target), reduction),
    target=lambda xp, ct, input, target, reduction: share(xp, ct, 2 * (target - input), reduction),
)
def mse_loss(xp: Any, input: Any, target: Any, /, *, reduction: str) -> Any:
    """The squared differences."""
    difference = input - target
    return reduced(xp, difference * difference, reduction)


def _smooth_l1_slope(xp: Any, difference: Any, beta: float) -> Any:
    return xp.where(xp.abs(difference) < beta, difference / beta, xp.sign(difference))


@operation(
    promotion="promote",
    jvp="reducing",
    method=False,
    node_name="SmoothL1LossBackward0",
    input=lambda xp, ct, input, target, reduction, beta: share(
        xp, ct, _smooth_l1_slope(xp, input - target, beta), reduction
    ),
    target=lambda xp, ct, input, target, reduction, beta: share(
        xp, ct, _smooth_l1_slope(xp, target - input, beta), reduction
    ),
)
def smooth_l1_loss(xp: Any, input: Any, target: Any, /, *, reduction: str, beta: float) -> Any:
    """Half the squared differences over `beta` where they are below it, else the absolute ones less half of `beta`."""
    distance = xp.abs(input - target)
    losses = xp.where(distance < beta, (0.5 / beta) * distance * distance, distance - 0.5 * beta)
    return reduced(xp, losses, reduction)


def _huber_slope(xp: Any, difference: Any, delta: float) -> Any:
    return xp.where(xp.abs(difference) <= delta, difference, delta * xp.sign(difference))


@operation(
    promotion="promote",
    jvp="reducing",
    method=False,
    input=lambda xp, ct, input, target, reduction, delta: share(
        xp, ct, _huber_slope(xp, input - target, delta), reduction
    ),
    target=lambda xp, ct, input, target, reduction, delta: share(
        xp, ct, _huber_slope(xp, target - input, delta), reduction
    ),
)
def huber_loss(xp: Any, input: Any, target: Any, /, *, reduction: str, delta: float) -> Any:
    """Half the squared differences up to `delta`, beyond it `delta` times the absolute ones less half of `delta`."""
    distance = xp.abs(input - target)
    losses = xp.where(distance <= delta, 0.5 * distance * distance, delta * (distance - 0.5 * delta))
    return reduced(xp, losses, reduction)


# Two classes --------------------------------------------------------------------------------------------------------


def _at_least(xp: Any, x: Any, bound: float) -> Any:
    return xp.where(x < bound, bound, x)


# The logarithm of a probability ends at -100, its slope where the product of both probabilities is at its least: 1e-12
# in single precision, which is what PyTorch takes in all.
LEAST_PRODUCT = float(np.float32(1e-12))


def _probability_slope(xp: Any, input: Any, target: Any) -> Any:
    return (input - target) / _at_least(xp, (1 - input) * input, LEAST_PRODUCT)


@operation(
    promotion="promote",
    jvp="reducing",
    method=False,
    input=lambda xp, ct, input, target, reduction: share(xp, ct, _probability_slope(xp, input, target), reduction),
    target=lambda xp, ct, input, reduction: share(xp, ct, xp.log1p(-input) - xp.log(input), reduction),
)
def binary_cross_entropy(xp: Any, input: Any, target: Any, /, *, reduction: str) -> Any:
    """The cross entropy of the probabilities `input` of the first of two classes with the probabilities `target`."""
    yes, no = _at_least(xp, xp.log(input), -100), _at_least(xp, xp.log1p(-input), -100)
    return reduced(xp, (target - 1) * no - target * yes, reduction)


def _log_one_plus_exp_of_minus(xp: Any, x: Any) -> Any:
    """log(1 + exp(-x)), the logarithm of the sigmoid with its sign turned."""
    return xp.logaddexp(xp.zeros((), dtype=x.dtype), -x)


def _logits_slope(xp: Any, input: Any, target: Any, pos_weight: Any) -> Any:
    if pos_weight is None:
        return xp.sigmoid(input) - target
    return (1 - target) - (1 + (pos_weight - 1) * target) * xp.sigmoid(-input)


def _logits_target_slope(xp: Any, input: Any, pos_weight: Any) -> Any:
    return -input if pos_weight is None else (pos_weight - 1) * _log_one_plus_exp_of_minus(xp, input) - input


@operation(
    promotion="promote",
    jvp="reducing",
    method=False,
    input=lambda xp, ct, input, target, pos_weight, reduction: share(
        xp, ct, _logits_slope(xp, input, target, pos_weight), reduction
    ),
    target=lambda xp, ct, input, pos_weight, reduction: share(
        xp, ct, _logits_target_slope(xp, input, pos_weight), reduction
    ),
)
def binary_cross_entropy_with_logits(
    xp: Any, input: Any, target: Any, pos_weight: Any = None, /, *, reduction: str
) -> Any:
    """`binary_cross_entropy` of the sigmoid of `input`; the term of the first class is weighted with `pos_weight`."""
    yes = _log_one_plus_exp_of_minus(xp, input)
    weighted = yes if pos_weight is None else (1 + (pos_weight - 1) * target) * yes
    return reduced(xp, (1 - target) * input + weighted, reduction)


# Many classes -------------------------------------------------------------------------------------------------------
#
# The classes lie along axis 1, or along axis 0 where there is no batch. Targets that equal `ignore_index` count
# nothing; it is None where there are none, and then nothing has to be masked.


def _axis(ndim: int) -> int:
    """The axis of the classes."""
    return 0 if ndim == 1 else 1


def _with_classes(x: Any, axis: int) -> Any:
    """`x`, a value for each sample, with the axis of the classes."""
    return x[None] if axis == 0 else x[:, None]


def _index(xp: Any, target: Any, ignore_index: int | None, axis: int) -> Any:
    """The targets as indices along the axis of the classes; those ignored become class 0."""
    if ignore_index is not None:
        target = xp.where(target == ignore_index, 0, target)
    return _with_classes(target, axis)


def _likelihood(
    xp: Any, log_probabilities: Any, target: Any, weight: Any, ignore_index: int | None, reduction: str
) -> tuple[Any, Any]:
    """The reduced negative log-likelihood, and what each sample counts in it: a number where all count the same."""
    axis = _axis(log_probabilities.ndim)
    index = _index(xp, target, ignore_index, axis)
    losses = xp.reshape(-xp.take_along_axis(log_probabilities, index, axis=axis), target.shape)
    if weight is None and ignore_index is None:
        return reduced(xp, losses, reduction), 1 / max(math.prod(target.shape), 1) if reduction == "mean" else 1.0
    weights = xp.ones_like(losses) if weight is None else xp.take(weight, xp.reshape(index, target.shape))
    kept = target != (-1 if ignore_index is None else ignore_index)
    # Chosen, not multiplied: what is ignored counts nothing, however large.
    losses, weights = xp.where(kept, losses * weights, 0), xp.where(kept, weights, 0)
    if reduction != "mean":
        return reduced(xp, losses, reduction), weights
    total = xp.sum(weights)
    return xp.sum(losses) / total, xp.where(kept, weights / total, 0)


def _loss_ct(xp: Any, ct: Any, scale: Any, axis: int) -> Any:
    """The cotangent of each sample's loss, with the axis of the classes; without axes where all have the same."""
    ct = xp.asarray(ct * scale)
    return _with_classes(ct, axis) if ct.ndim else ct


def _nll_share(
    xp: Any, ct: Any, target: Any, scale: Any, input_shape: tuple, input_dtype: Any, ignore_index: int | None
) -> Any:
    axis = _axis(len(input_shape))
    index = _index(xp, target, ignore_index, axis)
    chosen = xp.broadcast_to(-_loss_ct(xp, ct, scale, axis), index.shape)
    return xp.put_along_axis(xp.zeros(input_shape, dtype=input_dtype), index, chosen, axis=axis)


@operation(method=False, derived=("scale",), input=_nll_share)
def nll_loss(
    xp: Any, input: Any, target: Any, weight: Any = None, /, *, ignore_index: int | None, reduction: str
) -> Any:
    """The negative log-likelihood of the classes `target` under the log-probabilities `input`."""
    return _likelihood(xp, input, target, weight, ignore_index, reduction)


def _cross_entropy_share(
    xp: Any, cts: Any, target: Any, log_probabilities: Any, scale: Any, ignore_index: int | None
) -> Any:
    ct, log_ct = cts
    axis = _axis(log_probabilities.ndim)
    probabilities = xp.exp(log_probabilities)
    if ct is not None:
        index = _index(xp, target, ignore_index, axis)
        loss_ct = _loss_ct(xp, ct, scale, axis)
        chosen = xp.broadcast_to(-loss_ct, index.shape)
        if log_ct is None:
            return xp.add_along_axis(probabilities * loss_ct, index, chosen, axis=axis)
        log_ct = xp.add_along_axis(log_ct, index, chosen, axis=axis)
    return log_ct - probabilities * xp.sum(log_ct, axis=axis, keepdims=True)


@operation(
    method=False,
    outputs=("out", "log_probabilities"),
    derived=("scale",),
    node_name="NllLossBackward0",
    input=_cross_entropy_share,
)
def cross_entropy(
    xp: Any, input: Any, target: Any, weight: Any = None, /, *, ignore_index: int | None, reduction: str
) -> Any:
    """`nll_loss` of the log-softmax of `input`, and that log-softmax.

    It is an output so that it may be saved and still be differentiated: the gradient is made of it.
    """
    log_probabilities = xp.log_softmax(input, axis=_axis(input.ndim))
    loss, scale = _likelihood(xp, log_probabilities, target, weight, ignore_index, reduction)
    return loss, log_probabilities, scale
