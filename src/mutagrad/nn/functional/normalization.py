"""Normalisation by statistics of the input: batch, instance, layer, group, root mean square, local response.

Each brings its input into the shape that the operations of `ops/normalization.py` take.
Follows https://docs.pytorch.org/docs/stable/nn.functional.html
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mutagrad.dtypes import of_numpy
from mutagrad.modes import no_grad
from mutagrad.namespaces.axis_maps import AxisMap
from mutagrad.ops import normalization
from mutagrad.ops.axis_maps import map_along
from mutagrad.ops.naming import shown_as
from mutagrad.ops.out import several_into
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor

__all__ = [
    "batch_norm",
    "group_norm",
    "instance_norm",
    "layer_norm",
    "local_response_norm",
    "native_batch_norm",
    "native_group_norm",
    "native_layer_norm",
    "rms_norm",
]


def _refuse(kernel: str, input: Any, kinds: str) -> None:
    if input._array.dtype.kind in kinds:
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{of_numpy[input._array.dtype].scalar_type}'")


def _check_parameters(input: Any, *parameters: Any) -> None:
    """Raises RuntimeError for parameters of another dtype than the input's; halves may have single ones."""
    dt = input._array.dtype
    for each in parameters:
        if each is not None and each._array.dtype is not dt:
            if dt.itemsize == 8 and each._array.dtype.itemsize == 4:
                raise RuntimeError("mixed dtype (CPU): all inputs must share same datatype.")
            if not (dt.itemsize == 2 and each._array.dtype.itemsize == 4):
                raise RuntimeError("mixed dtype (CPU): expect parameter to have scalar type of Float")


# Over the last dimensions -------------------------------------------------------------------------------------------


def _normalized_axes(
    input: Any, normalized_shape: Sequence[int], parameters: dict[str, Any], star: str
) -> tuple[int, ...]:
    """The axes of `normalized_shape`, the last ones. Raises RuntimeError for shapes that do not fit."""
    shape = [int(size) for size in normalized_shape]
    if not shape:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got "
            "normalized_shape = []"
        )
    for name, each in parameters.items():
        if each is not None and list(each.shape) != shape:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape "
                f"{list(each.shape)} and normalized_shape = {shape}"
            )
    if list(input.shape[-len(shape) :]) != shape or input.ndim < len(shape):
        sizes = ", ".join(map(str, shape))
        raise RuntimeError(
            f"Given normalized_shape={shape}, expected input with shape [*{star}{sizes}], but got input of size"
            f"{list(input.shape)}"
        )
    return tuple(range(input.ndim - len(shape), input.ndim))


def native_layer_norm(input: Any, normalized_shape: Sequence[int], weight: Any, bias: Any, eps: float) -> Any:
    """`layer_norm`, with the means and the reciprocal standard deviations, which have no gradient."""
    axes = _normalized_axes(input, normalized_shape, {"weight": weight, "bias": bias}, ", ")
    _refuse("LayerNormKernelImpl", input, "biuc")
    _check_parameters(input, weight, bias)
    out, mean, rstd = normalization.layer_normalization(input, weight, bias, axes=axes, eps=eps)
    return out, mean.detach(), rstd.detach()


def layer_norm(
    input: Any, normalized_shape: Sequence[int], weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Tensor:
    """`input` with mean zero and variance one over its last dimensions, times `weight`, plus `bias`.

    Shapes: input (*, normalized_shape), weight and bias (normalized_shape). Saves the input and its statistics.
    Follows https://arxiv.org/abs/1607.06450

    >>> import mutagrad
    >>> layer_norm(mutagrad.tensor([[1., 3.]]), (2,), eps=0.)
    tensor([[-1.,  1.]])
    """
    check_tensor("layer_norm", input)
    return native_layer_norm(input, normalized_shape, weight, bias, eps)[0]


def rms_norm(input: Any, normalized_shape: Sequence[int], weight: Any = None, eps: float | None = None) -> Tensor:
    """`input` over the root of its mean square over the last dimensions, times `weight`.

    `eps` is by default the machine precision of the dtype. Follows https://arxiv.org/abs/1910.07467
    """
    check_tensor("rms_norm", input)
    axes = _normalized_axes(input, normalized_shape, {"weight": weight}, "")
    _refuse("rms_norm", input, "biu")
    dt = input._array.dtype
    small = float(np.finfo(np.float32 if dt.itemsize == 2 else dt).eps) if eps is None else eps
    return normalization.rms_normalization(input, weight, axes=axes, eps=small)[0]


# Over groups of channels --------------------------------------------------------------------------------------------


def native_group_norm(
    input: Any, weight: Any, bias: Any, N: int, C: int, HxW: int, group: int, eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    """`group_norm` of an input of `N * C * HxW` elements, with the means and the reciprocal standard deviations."""
    _refuse("GroupNormKernelImpl", input, "biuc")
    _check_parameters(input, weight, bias)
    grouped = input.reshape(N, group, C // group, HxW)
    weight, bias = (None if each is None else each.reshape(1, group, C // group, 1) for each in (weight, bias))
    out, mean, rstd = normalization.group_normalization(grouped, weight, bias, axes=(2, 3), eps=eps)
    return (
        shown_as(out.reshape(input.shape), "NativeGroupNormBackward0"),
        mean.reshape(N, group),
        rstd.reshape(N, group),
    )


def group_norm(input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Tensor:
    """Each sample's groups of channels with mean zero and variance one, times `weight`, plus `bias` by channels.

    Shapes: input (N, C, *), weight and bias (C). Follows https://arxiv.org/abs/1803.08494

    >>> import mutagrad
    >>> group_norm(mutagrad.tensor([[1., 3., 5., 9.]]), 2, eps=0.)
    tensor([[-1.,  1., -1.,  1.]])
    """
    check_tensor("group_norm", input)
    if input.ndim < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.ndim}")
    count, channels, *rest = input.shape
    if num_groups <= 0:
        raise RuntimeError(f"Expected num groups to be greater than 0, got {num_groups}")
    if channels % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(input.shape)} and num_groups={num_groups}"
        )
    for name, each in (("weight", weight), ("bias", bias)):
        if each is not None and tuple(each.shape) != (channels,):
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of "
                f"shape {list(each.shape)} and input of shape {list(input.shape)}"
            )
    return native_group_norm(input, weight, bias, count, channels, math.prod(rest), num_groups, eps)[0]


# Over the batch -----------------------------------------------------------------------------------------------------


def _of_channels(vector: Any, ndim: int) -> Any:
    """A vector with an element for each channel, shaped to broadcast."""
    return vector if vector is None or ndim < 2 else vector.reshape((1, -1) + (1,) * (ndim - 2))


def native_batch_norm(
    input: Any,
    weight: Any,
    bias: Any,
    running_mean: Any,
    running_var: Any,
    training: bool,
    momentum: float,
    eps: float,
    *,
    out: Sequence[Tensor] | None = None,
) -> Any:
    """`batch_norm`, with the means and the reciprocal standard deviations, which have no gradient.

    In evaluation these two are empty.
    """
    results = _batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps)
    if out is None:
        return results
    return tuple(several_into(out, results, "native_batch_norm"))


def _batch_norm(
    input: Any,
    weight: Any,
    bias: Any,
    running_mean: Any,
    running_var: Any,
    training: bool,
    momentum: float,
    eps: float,
) -> tuple[Tensor, Tensor, Tensor]:
    if not training:
        for name, each in (("running_mean", running_mean), ("running_var", running_var)):
            if each is None:
                raise RuntimeError(f"{name} must be defined in evaluation mode")
    named = {"running_mean": running_mean, "running_var": running_var, "weight": weight, "bias": bias}
    channels = input.shape[min(1, input.ndim - 1)]
    for name, each in named.items():
        if each is not None and each.numel() != channels:
            raise RuntimeError(f"{name} should contain {channels} elements not {each.numel()}")
    _refuse("batch_norm", input, "biuc")
    _check_parameters(input, *named.values())
    ndim = input.ndim
    weight, bias = _of_channels(weight, ndim), _of_channels(bias, ndim)
    if not training:
        # The map is a straight line for each channel: its slope and height are made first.
        slope = _of_channels((running_var + eps).rsqrt(), ndim)
        slope = slope if weight is None else slope * weight
        height = _of_channels(running_mean, ndim) * -slope
        out = (input * slope + (height if bias is None else height + bias)).to(input.dtype)
        shown_as(out, "NativeBatchNormBackward0", training=False, eps=eps)
        return out, input.new_empty(0), input.new_empty(0)
    axes = (0, *range(2, ndim))
    out, mean, rstd = normalization.batch_normalization(input, weight, bias, axes=axes, eps=eps)
    mean, rstd = mean.detach().reshape(-1), rstd.detach().reshape(-1)
    _update(running_mean, running_var, mean, rstd, input.numel() // max(channels, 1), momentum, eps)
    return out, mean, rstd


def _update(running_mean: Any, running_var: Any, mean: Any, rstd: Any, count: int, momentum: float, eps: float) -> None:
    """Moves the running statistics in place towards those of the batch."""
    with no_grad():
        if running_mean is not None:
            running_mean.mul_(1 - momentum).add_(mean.to(running_mean.dtype) * momentum)
        if running_var is not None:
            wide = rstd.double()
            variance = (1 / (wide * wide) - eps) * (count / (count - 1) if count > 1 else math.nan)
            running_var.mul_(1 - momentum).add_(variance.to(running_var.dtype) * momentum)


def batch_norm(
    input: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Each channel with mean zero and variance one over the batch, times `weight`, plus `bias`.

    In `training` the statistics are those of the batch, and the running ones are moved in place towards them by
    `momentum`; else the running ones are taken. Shapes: input (N, C, *), all others (C).
    Raises RuntimeError for sizes that do not fit, ValueError where there is one value of a channel.
    Follows https://arxiv.org/abs/1502.03167

    >>> import mutagrad
    >>> batch_norm(mutagrad.tensor([[1.], [3.]]), None, None, training=True, eps=0.)
    tensor([[-1.],
            [ 1.]])
    """
    if training:
        _check_more_than_one(input.shape, "value per channel", [d for d in range(input.ndim) if d != 1])
    return _batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps)[0]


def _check_more_than_one(shape: Any, what: str, dims: Sequence[int]) -> None:
    if math.prod([shape[d] for d in dims]) == 1:
        raise ValueError(f"Expected more than 1 {what} when training, got input size {shape}")


def instance_norm(
    input: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Each channel of each sample with mean zero and variance one, times `weight`, plus `bias`.

    Running statistics are moved in place towards the means of the samples' ones, and taken for them without
    `use_input_stats`. Shapes: input (N, C, *), all others (C). Follows https://arxiv.org/abs/1607.08022
    """
    check_tensor("instance_norm", input)
    if not use_input_stats:
        if running_mean is None or running_var is None:
            raise RuntimeError("Expected running_mean and running_var to be defined when use_input_stats is false")
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    _check_more_than_one(input.shape, "spatial element", range(2, input.ndim))
    _refuse("batch_norm", input, "biuc")
    axes = tuple(range(2, input.ndim))
    parameters = _of_channels(weight, input.ndim), _of_channels(bias, input.ndim)
    out, mean, rstd = normalization.batch_normalization(input, *parameters, axes=axes, eps=eps)
    if running_mean is not None or running_var is not None:
        count = math.prod(input.shape[2:])
        with no_grad():
            variance = (rstd.double() ** -2 - eps).mean(0).reshape(-1)
            _update(running_mean, running_var, mean.mean(0).reshape(-1), (variance + eps).rsqrt(), count, momentum, eps)
    return out


def local_response_norm(input: Any, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """`input` over `(k + alpha * m) ** beta`, where `m` is the mean square of `size` channels around each."""
    if input.ndim < 3:
        raise ValueError(
            f"Expected 3D or higher dimensionality                          input (got {input.ndim} dimensions)"
        )
    if input.numel() == 0:
        return input
    channels = input.shape[1]
    taps = np.arange(channels)[:, None] + np.arange(size) - size // 2
    sums: Any = map_along(input * input, matrix=AxisMap.of_taps(taps, np.ones(size), channels), dim=1)
    means = sums.div(size, rounding_mode=None if input.is_floating_point() or input.is_complex() else "trunc")
    return input / (means * alpha + k) ** beta
