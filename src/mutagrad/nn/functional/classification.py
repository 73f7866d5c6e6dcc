"""Losses of predicted classes and distributions: the cross entropies, the negative log-likelihood, the divergence.

Each checks its arguments in PyTorch's words and is then one operation of `ops/loss.py`, but for class probabilities and
smoothed labels, which are composed. Every loss takes `reduction` "mean", "sum" or "none", and the older `size_average`
and `reduce`, with a warning.
Follows https://docs.pytorch.org/docs/stable/nn.functional.html#loss-functions
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from mutagrad.batched import physical_of
from mutagrad.dtypes import of_numpy
from mutagrad.nn.functional.reductions import check_tensors, reduced, reduction_of
from mutagrad.ops import loss as operations
from mutagrad.ops.exponential import xlogy
from mutagrad.ops.selection import where
from mutagrad.ops.softmax import log_softmax
from mutagrad.tensor import Tensor

# Called past their public functions: the arguments are checked here.
_nll = operations.nll_loss.operation
_cross_entropy = operations.cross_entropy.operation

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "kl_div",
    "nll_loss",
]


# Two classes --------------------------------------------------------------------------------------------------------


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The cross entropy of the probabilities `input` of the first of two classes with the probabilities `target`.

    Shapes: input and target (*), weight broadcast to it. A logarithm below -100 counts as -100.
    Raises ValueError for shapes that differ, RuntimeError for dtypes that differ and for what is no probability.

    >>> import mutagrad
    >>> binary_cross_entropy(mutagrad.tensor([0.5, 1.]), mutagrad.tensor([1., 1.]))
    tensor(0.3466)
    """
    reduction = reduction_of(size_average, reduce, reduction)
    check_tensors("binary_cross_entropy", input, target)
    if input._array.shape != target._array.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is deprecated. "
            "Please ensure they have the same size."
        )
    _check_probabilities(input._array, target._array)
    if weight is None:
        return operations.binary_cross_entropy(input, target, reduction=reduction)
    losses = operations.binary_cross_entropy(input, target, reduction="none")
    return reduced(losses * weight.expand(target.shape), reduction)


def _check_probabilities(input: np.ndarray, target: np.ndarray) -> None:
    if input.dtype is not target.dtype:
        names = of_numpy[target.dtype].scalar_type, of_numpy[input.dtype].scalar_type
        raise RuntimeError("Found dtype {} but expected {}".format(*names))
    for name, array in (("input", input), ("target", target)):
        if not physical_of((array >= 0) & (array <= 1)).all():
            raise RuntimeError(f"all elements of {name} should be between 0 and 1")


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """`binary_cross_entropy` of the sigmoid of `input`, without its rounding; `pos_weight` weights the first class.

    Shapes: input and target (*), weight and pos_weight broadcast to it. Raises ValueError for shapes that differ.

    >>> import mutagrad
    >>> binary_cross_entropy_with_logits(mutagrad.tensor([0., 1000.]), mutagrad.tensor([1., 1.]))
    tensor(0.3466)
    """
    reduction = reduction_of(size_average, reduce, reduction)
    check_tensors("binary_cross_entropy_with_logits", input, target)
    if input._array.shape != target._array.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    if weight is None:
        return operations.binary_cross_entropy_with_logits(input, target, pos_weight, reduction=reduction)
    losses = operations.binary_cross_entropy_with_logits(input, target, pos_weight, reduction="none")
    return reduced(losses * weight, reduction)


# Distributions ------------------------------------------------------------------------------------------------------


def kl_div(
    input: Any,
    target: Any,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """The divergence of the distribution `target` from that of logarithms `input` (S. Kullback and R. Leibler, 1951).

    With `log_target` logarithms are given for the target too. The reduction "batchmean" divides the sum by the size of
    the first dimension. Raises RuntimeError for integers.

    >>> import mutagrad
    >>> kl_div(mutagrad.tensor([0.5, 0.5]).log(), mutagrad.tensor([1., 0.]), reduction="sum")
    tensor(0.6931)
    """
    if reduction != "batchmean":
        reduction = reduction_of(size_average, reduce, reduction)
    check_tensors("kl_div", input, target)
    if reduction == "mean":
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides "
            "only by the batch size, and aligns with the KL div math definition.'mean' will be changed to behave the "
            "same as 'batchmean' in the next major release.",
            stacklevel=2,
        )
    if input._array.dtype.kind not in "fc" or target._array.dtype.kind not in "fc":
        raise RuntimeError("kl_div: Integral inputs not supported.")
    losses = target.exp() * (target - input) if log_target else xlogy(target, target) - target * input
    if reduction == "batchmean":
        return losses.sum() / input.shape[0] if input.ndim else losses.sum()
    return reduced(losses, reduction)


# Many classes -------------------------------------------------------------------------------------------------------


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The negative log-likelihood of the classes `target` under the log-probabilities `input`.

    Shapes: input (N, C, *) or (C), target (N, *) or (), weight (C); result () or, with reduction "none", (N, *).
    Samples whose target is `ignore_index` count nothing; the mean is weighted with the classes' `weight`.
    Raises ValueError and RuntimeError for shapes and dtypes that do not fit, IndexError for a target that is no class.

    >>> import mutagrad
    >>> nll_loss(mutagrad.tensor([[-1., -2.], [-3., -4.]]), mutagrad.tensor([1, 0]))
    tensor(2.5000)
    """
    reduction = reduction_of(size_average, reduce, reduction)
    check_tensors("nll_loss", input, target)
    if input._array.dtype.kind != "f":
        raise NotImplementedError(f"\"nll_loss_out_frame\" not implemented for '{input.dtype.scalar_type}'")
    target, ignored = class_targets(input, target, weight, ignore_index)
    return _nll.apply((input, target, weight), {"ignore_index": ignored, "reduction": reduction})


def class_targets(input: Any, target: Any, weight: Any, ignore_index: int) -> tuple[Any, int | None]:
    """The targets, checked to be classes of the input, and `ignore_index` where some of them have it, else None."""
    shape = input._array.shape
    if not shape:
        raise ValueError("Expected 1 or more dimensions (got 0)")
    _check_target_shape(shape, target._array.shape)
    if target._array.dtype not in (np.int64, np.uint8):
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {target.dtype.scalar_type}")
    count = shape[0 if len(shape) == 1 else 1]
    if weight is not None:
        _check_class_weights(weight, count, "")
        if weight.dtype is not input.dtype:
            names = input.dtype.scalar_type, weight.dtype.scalar_type
            raise RuntimeError("expected scalar type {} but found {}".format(*names))
    if len(shape) == 1:
        target = target.reshape(())
    if target._array.dtype != np.int64:
        target = target.long()
    return target, _check_targets(target._array, count, ignore_index)


def _check_class_weights(weight: Any, count: int, function: str) -> None:
    if weight.shape != (count,):
        raise RuntimeError(
            f"{function}weight tensor should be defined either for all {count} classes or no classes but got weight "
            f"tensor of shape: {list(weight.shape)}"
        )


def _check_targets(target: np.ndarray, count: int, ignore_index: int) -> int | None:
    """Raises IndexError for a target that is no class; `ignore_index` where it may be among them, else None."""
    target = physical_of(target)
    if target.size == 0:
        return None
    # Taken for unsigned, a negative number is a large one: one look at the largest is enough.
    if target.view(np.uint64).max() < count and not 0 <= ignore_index < count:
        return None
    wrong = target[((target < 0) | (target >= count)) & (target != ignore_index)]
    if wrong.size:
        raise IndexError(f"Target {wrong.flat[0]} is out of bounds.")
    return ignore_index


def _check_target_shape(input: tuple[int, ...], target: tuple[int, ...]) -> None:
    """Raises where the target has not the shape of the input without its classes."""
    ndim = len(input)
    wanted = (input[0], *input[2:])
    if (target == wanted and ndim > 1) or (target in ((), (1,)) and ndim == 1):
        return
    batch = target[0] if target else 0
    if ndim > 1 and batch != input[0]:
        raise ValueError(f"Expected input batch_size ({input[0]}) to match target batch_size ({batch}).")
    if ndim == 1 and len(target) == 1:
        raise ValueError(f"For 1D input, 1D target must have size 1, but got target size: {target[0]}")
    if ndim <= 2:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if ndim == 4 and len(target) != 3:
        raise RuntimeError(
            f"only batches of spatial targets supported (3D tensors) but got targets of dimension: {len(target)}"
        )
    if ndim == 4:
        raise RuntimeError(f"size mismatch (got input: {list(input)} , target: {list(target)}")
    raise RuntimeError(f"Expected target size {list(wanted)}, got {list(target)}")


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """The cross entropy of the softmax of `input` with the classes, or the probabilities of the classes, `target`.

    Shapes: input (N, C, *) or (C), target (N, *) or () for classes, that of the input for probabilities, weight (C);
    result () or, with reduction "none", (N, *). Samples whose target class is `ignore_index` count nothing.
    With `label_smoothing` a part of each target is spread evenly over all classes.
    Raises ValueError and RuntimeError for shapes and dtypes that do not fit, IndexError for a target that is no class.

    >>> import mutagrad
    >>> cross_entropy(mutagrad.tensor([[0., 0.], [0., 1000.]]), mutagrad.tensor([0, 1]))
    tensor(0.3466)
    """
    reduction = reduction_of(size_average, reduce, reduction)
    check_tensors("cross_entropy_loss", input, target)
    if not 0.0 <= label_smoothing <= 1.0:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing:g}")
    if input._array.shape == target._array.shape:
        return _of_probabilities(input, target, weight, ignore_index, reduction, label_smoothing)
    target, ignored = class_targets(input, target, weight, ignore_index)
    _check_log_softmax(input._array)
    if label_smoothing:
        return _smoothed(input, target, weight, ignored, reduction, label_smoothing)
    options = {"ignore_index": ignored, "reduction": reduction}
    return _cross_entropy.apply((input, target, weight), options)[0]


def _check_log_softmax(input: np.ndarray) -> None:
    if input.dtype.kind != "f":
        kernel = "log_softmax_lastdim_kernel_impl" if input.ndim <= 2 else "log_softmax_kernel_impl"
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{of_numpy[input.dtype].scalar_type}'")


def _along_classes(weight: Any, ndim: int) -> Tensor:
    """The weights of the classes in a shape that broadcasts to that of the input."""
    return weight.reshape((-1,) + (1,) * (ndim - 2)) if ndim > 2 else weight


def _of_probabilities(
    input: Any, target: Any, weight: Any, ignore_index: int, reduction: str, smoothing: float
) -> Tensor:
    if target._array.dtype.kind != "f":
        raise RuntimeError(
            f"Expected floating point type for target with class probabilities, got {target.dtype.scalar_type}"
        )
    if ignore_index >= 0:
        raise RuntimeError("ignore_index is not supported for floating point target")
    axis = 0 if input.ndim == 1 else 1
    count = input.shape[axis]
    if weight is not None:
        _check_class_weights(weight, count, "cross_entropy: ")
    if smoothing:
        target = target * (1 - smoothing) + smoothing / count
    weighted = log_softmax(input, axis) * target
    if weight is not None:
        weighted = weighted * _along_classes(weight, input.ndim)
    if reduction == "none":
        return -weighted.sum(axis)
    samples = max(weighted.numel() // max(count, 1), 1)
    return -weighted.sum() / samples if reduction == "mean" else -weighted.sum()


def _smoothed(
    input: Any, target: Any, weight: Any, ignore_index: int | None, reduction: str, smoothing: float
) -> Tensor:
    """The cross entropy with each target class mixed with all the classes."""
    axis = 0 if input.ndim == 1 else 1
    log_probabilities = log_softmax(input, axis)
    sharp = operations.nll_loss(log_probabilities, target, weight, ignore_index=ignore_index, reduction=reduction)
    weighted = log_probabilities if weight is None else log_probabilities * _along_classes(weight, input.ndim)
    spread = -weighted.sum(axis)
    if ignore_index is not None:
        spread = spread.masked_fill(target == ignore_index, 0)
    if reduction == "mean":
        spread = spread.sum() / _total_weight(target, weight, ignore_index)
    elif reduction == "sum":
        spread = spread.sum()
    return (1 - smoothing) * sharp + (smoothing / input.shape[axis]) * spread


def _total_weight(target: Any, weight: Any, ignore_index: int | None) -> Any:
    """The sum of the weights of the target classes that are not ignored."""
    if ignore_index is None:
        return target.numel() if weight is None else weight[target].sum()
    kept = target != ignore_index
    if weight is None:
        return kept.sum()
    return where(kept, weight[target.masked_fill(~kept, 0)], 0).sum()
