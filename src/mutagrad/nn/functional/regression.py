"""Losses of predicted numbers: `mse_loss`, `l1_loss`, `smooth_l1_loss`, `huber_loss`.

Every loss takes `reduction` "mean", "sum" or "none", and the older `size_average` and `reduce`, with a warning.
Follows https://docs.pytorch.org/docs/stable/nn.functional.html#loss-functions
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from mutagrad.nn.functional.reductions import check_tensors, reduced, reduction_of
from mutagrad.ops import loss as operations
from mutagrad.ops.checks import refuse
from mutagrad.ops.shaping import broadcast_tensors
from mutagrad.tensor import Tensor

__all__ = ["huber_loss", "l1_loss", "mse_loss", "smooth_l1_loss"]


def _regression(
    name: str,
    operation: Callable[..., Any],
    input: Any,
    target: Any,
    weight: Any,
    reduction: str,
) -> Tensor:
    """A loss of two tensors that should have one shape, weighted if wanted; `operation` takes both and a reduction."""
    check_tensors(name, input, target)
    if input._array.shape != target._array.shape:
        warnings.warn(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). This will "
            "likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
            stacklevel=3,
        )
        input, target = broadcast_tensors(input, target)
    if weight is None:
        return operation(input, target, reduction)
    if weight.shape != input.shape:
        raise ValueError("Weights and input must have the same size.")
    losses: Any = operation(input, target, "none") * weight
    return losses.sum() / weight.sum() if reduction == "mean" else reduced(losses, reduction)


# Called past their public functions: the arguments are checked here.
_mse = operations.mse_loss.operation
_smooth_l1 = operations.smooth_l1_loss.operation
_huber = operations.huber_loss.operation

_check_mse = refuse("biuc", "mse_cpu")
_check_smooth_l1 = refuse("biuc", "smooth_l1_cpu")
_check_huber = refuse("biuc", "huber_cpu")


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """The squared differences of `input` and `target`.

    Shapes: input and target (*), result () or, with reduction "none", (*).
    Gradient: with respect to both; saves them and nothing of its own.

    >>> import mutagrad
    >>> mse_loss(mutagrad.tensor([1., 2.]), mutagrad.tensor([1., 4.]))
    tensor(2.)
    """
    reduction = reduction_of(size_average, reduce, reduction)

    def squares(input: Any, target: Any, reduction: str) -> Tensor:
        _check_mse(input._array, target._array)
        return _mse.apply((input, target), {"reduction": reduction})

    return _regression("mse_loss", squares, input, target, weight, reduction)


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """The absolute differences of `input` and `target`.

    Shapes: input and target (*), result () or, with reduction "none", (*).

    >>> import mutagrad
    >>> l1_loss(mutagrad.tensor([1., 2.]), mutagrad.tensor([1., 4.]), reduction="sum")
    tensor(2.)
    """
    reduction = reduction_of(size_average, reduce, reduction)

    def distances(input: Any, target: Any, reduction: str) -> Tensor:
        return reduced((input - target).abs(), reduction)

    return _regression("l1_loss", distances, input, target, weight, reduction)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """The absolute differences less `beta` / 2, rounded off to a parabola where they are below `beta`.

    Raises RuntimeError for a negative `beta`.

    >>> import mutagrad
    >>> smooth_l1_loss(mutagrad.tensor([1., 2.]), mutagrad.tensor([1., 4.]), reduction="none")
    tensor([0.0000, 1.5000])
    """
    reduction = reduction_of(size_average, reduce, reduction)
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")

    def smooth(input: Any, target: Any, reduction: str) -> Tensor:
        _check_smooth_l1(input._array, target._array)
        if beta == 0:
            return reduced((input - target).abs(), reduction)
        return _smooth_l1.apply((input, target), {"reduction": reduction, "beta": beta})

    return _regression("smooth_l1_loss", smooth, input, target, None, reduction)


def huber_loss(
    input: Tensor,
    target: Tensor,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: Tensor | None = None,
) -> Tensor:
    """Half the squared differences up to `delta`, beyond it `delta` times the absolute ones less `delta` / 2.

    Raises RuntimeError unless `delta` is positive.

    >>> import mutagrad
    >>> huber_loss(mutagrad.tensor([1., 2.]), mutagrad.tensor([1., 4.]), delta=0.5)
    tensor(0.4375)
    """
    reduction = reduction_of(None, None, reduction)
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")

    def huber(input: Any, target: Any, reduction: str) -> Tensor:
        _check_huber(input._array, target._array)
        return _huber.apply((input, target), {"reduction": reduction, "delta": delta})

    return _regression("huber_loss", huber, input, target, weight, reduction)
