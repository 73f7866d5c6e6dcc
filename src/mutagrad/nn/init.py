"""Initial values for parameters, written in place: for the same seed those of PyTorch on the CPU.

Nothing here is recorded. A weight (out, in, *) has `in` times the size of its kernel for its fan-in and `out` times
that for its fan-out; `fan_in` keeps the variance of what is computed, `fan_out` that of the gradients.
Follows https://docs.pytorch.org/docs/stable/nn.init.html
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from mutagrad.caution import name_of_old
from mutagrad.modes import no_grad
from mutagrad.ops.creation import empty_like, ones_like
from mutagrad.ops.random import randperm
from mutagrad.random import Generator
from mutagrad.tensor import Tensor, wrap

__all__ = [
    "calculate_gain",
    "constant",
    "constant_",
    "dirac",
    "dirac_",
    "eye",
    "eye_",
    "kaiming_normal",
    "kaiming_normal_",
    "kaiming_uniform",
    "kaiming_uniform_",
    "normal",
    "normal_",
    "ones_",
    "orthogonal",
    "orthogonal_",
    "sparse",
    "sparse_",
    "trunc_normal_",
    "uniform",
    "uniform_",
    "xavier_normal",
    "xavier_normal_",
    "xavier_uniform",
    "xavier_uniform_",
    "zeros_",
]

_GAINS = {
    "linear": 1,
    "sigmoid": 1,
    "tanh": 5.0 / 3,
    "relu": math.sqrt(2.0),
    "selu": 3.0 / 4,
    **{f"conv{transposed}{n}d": 1 for transposed in ("", "_transpose") for n in (1, 2, 3)},
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor by which a nonlinearity shrinks the spread of what goes through it; `param` is leaky ReLU's slope.

    Raises ValueError for a nonlinearity that is not known and for a slope that is no number.

    >>> calculate_gain("relu") ** 2
    2.0000000000000004
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"negative_slope {slope} not a valid number")
        return math.sqrt(2.0 / (1 + slope**2))
    if nonlinearity not in _GAINS:
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}")
    return _GAINS[nonlinearity]


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """Fan-in and fan-out of a weight."""
    shape = tensor.shape
    if len(shape) < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    kernel = math.prod(shape[2:])
    return shape[1] * kernel, shape[0] * kernel


# Given distributions ------------------------------------------------------------------------------------------------


@no_grad()
def uniform_(tensor: Any, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fills the tensor with samples uniform on [a, b)."""
    return tensor.uniform_(a, b, generator=generator)


@no_grad()
def normal_(tensor: Any, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fills the tensor with samples of the normal distribution."""
    return tensor.normal_(mean, std, generator=generator)


@no_grad()
def constant_(tensor: Any, val: float) -> Tensor:
    """Fills the tensor with `val`."""
    return tensor.fill_(val)


@no_grad()
def ones_(tensor: Any) -> Tensor:
    """Fills the tensor with ones."""
    return tensor.fill_(1.0)


@no_grad()
def zeros_(tensor: Any) -> Tensor:
    """Fills the tensor with zeros."""
    return tensor.zero_()


@no_grad()
def eye_(tensor: Any) -> Tensor:
    """Makes a matrix the identity, as far as it goes. Raises ValueError for what is no matrix."""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    tensor.zero_()
    tensor.diagonal().fill_(1)
    return tensor


@no_grad()
def trunc_normal_(
    tensor: Any,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator | None = None,
) -> Tensor:
    """Fills the tensor with samples of the normal distribution cut off outside [a, b].

    What does not fall into the interval is drawn again, all together. Where the interval holds little of the
    distribution, candidates are uniform on it, and stay with a probability in proportion to the density.
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. "
            "The distribution of values may be incorrect.",
            stacklevel=3,
        )
    if _normal_cdf((b - mean) / std) - _normal_cdf((a - mean) / std) > 0.3:
        _reject_normal(tensor, mean, std, a, b, generator)
    else:
        _reject_uniform(tensor, mean, std, a, b, generator)
    return tensor


def _normal_cdf(x: float) -> float:
    return (1.0 + math.erf(x / math.sqrt(2.0))) / 2.0


def _reject_normal(tensor: Any, mean: float, std: float, a: float, b: float, generator: Any) -> None:
    lowest, highest = tensor.new_tensor(a).item(), tensor.new_tensor(b).item()
    tensor.normal_(mean, std, generator=generator)
    while (outside := (tensor < lowest) | (tensor > highest)).any():
        drawn: Any = empty_like(tensor)
        tensor[outside] = drawn.normal_(mean, std, generator=generator)[outside]


def _reject_uniform(tensor: Any, mean: float, std: float, a: float, b: float, generator: Any) -> None:
    peak = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2
    candidates: Any = empty_like(tensor)
    chances: Any = empty_like(tensor)
    pending: Any = ones_like(tensor, dtype=bool)
    while pending.any():
        candidates.uniform_(a, b, generator=generator)
        tensor[pending] = candidates[pending]
        log_density = candidates.sub_(mean).div_(std).pow_(2).mul_(-0.5).sub_(peak)
        pending &= chances.uniform_(generator=generator).log_() > log_density


@no_grad()
def dirac_(tensor: Any, groups: int = 1) -> Tensor:
    """Makes the weight of a convolution one that gives its input, as far as there are channels for it.

    Raises ValueError for other than three to five dimensions, and for channels that cannot be divided into `groups`.
    """
    if tensor.ndim not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    outputs, inputs, *kernel = tensor.shape
    if outputs % groups != 0:
        raise ValueError("dim 0 must be divisible by groups")
    each = outputs // groups
    channels = np.arange(min(each, inputs))
    tensor.zero_()
    rows = (channels + each * np.arange(groups)[:, None]).ravel()
    columns = np.tile(channels, groups)
    tensor[(wrap(rows), wrap(columns), *[size // 2 for size in kernel])] = 1
    return tensor


# Scaled to the size of the layer ------------------------------------------------------------------------------------


@no_grad()
def xavier_uniform_(tensor: Any, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fills a weight with uniform samples of variance 2 gain² / (fan-in + fan-out) (X. Glorot and Y. Bengio, 2010)."""
    bound = math.sqrt(3.0) * gain * math.sqrt(2.0 / sum(_calculate_fan_in_and_fan_out(tensor)))
    return tensor.uniform_(-bound, bound, generator=generator)


@no_grad()
def xavier_normal_(tensor: Any, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fills a weight with normal samples of variance 2 gain² / (fan-in + fan-out) (X. Glorot and Y. Bengio, 2010)."""
    return tensor.normal_(0.0, gain * math.sqrt(2.0 / sum(_calculate_fan_in_and_fan_out(tensor))), generator=generator)


def _kaiming(tensor: Any, a: float, mode: str, nonlinearity: str, fill: Callable[[float], Tensor]) -> Tensor:
    """Calls `fill` with the standard deviation, gain / sqrt(fan)."""
    if tensor.numel() == 0:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=4)
        return tensor
    mode = mode.lower()
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    fan = _calculate_fan_in_and_fan_out(tensor)[mode == "fan_out"]
    return fill(calculate_gain(nonlinearity, a) / math.sqrt(fan))


@no_grad()
def kaiming_uniform_(
    tensor: Any,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Fills a weight with uniform samples of variance gain² / fan (K. He et al., 2015); `a` is leaky ReLU's slope."""

    def fill(std: float) -> Tensor:
        bound = math.sqrt(3.0) * std
        return tensor.uniform_(-bound, bound, generator=generator)

    return _kaiming(tensor, a, mode, nonlinearity, fill)


@no_grad()
def kaiming_normal_(
    tensor: Any,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Fills a weight with normal samples of variance gain² / fan (K. He et al., 2015); `a` is leaky ReLU's slope."""
    return _kaiming(tensor, a, mode, nonlinearity, lambda std: tensor.normal_(0, std, generator=generator))


@no_grad()
def orthogonal_(tensor: Any, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """Makes the rows or the columns of a weight, as a matrix, orthonormal, then scales them (A. Saxe et al., 2013).

    Raises ValueError for fewer than two dimensions.
    """
    if tensor.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if tensor.numel() == 0:
        return tensor
    rows = tensor.shape[0]
    samples = tensor.new_empty((rows, tensor.numel() // rows)).normal_(0, 1, generator=generator)._array
    is_wide = samples.shape[0] < samples.shape[1]
    q, r = np.linalg.qr(samples.T if is_wide else samples)
    # The signs of R's diagonal make Q unique, and uniform over the orthogonal matrices (F. Mezzadri, 2007).
    q *= np.sign(np.diagonal(r))
    tensor.copy_(wrap((q.T if is_wide else q).reshape(tensor.shape)))
    return tensor.mul_(gain)


@no_grad()
def sparse_(tensor: Any, sparsity: float, std: float = 0.01, generator: Generator | None = None) -> Tensor:
    """Fills a matrix with normal samples, and sets the part `sparsity` of each column to zero (J. Martens, 2010).

    Raises ValueError for what is no matrix.
    """
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    rows, columns = tensor.shape
    tensor.normal_(0, std, generator=generator)
    for column in range(columns):
        order: Any = randperm(rows)
        tensor[order[: math.ceil(sparsity * rows)], column] = 0
    return tensor


# Names of old -------------------------------------------------------------------------------------------------------


uniform = name_of_old(uniform_, "nn.init")
normal = name_of_old(normal_, "nn.init")
constant = name_of_old(constant_, "nn.init")
eye = name_of_old(eye_, "nn.init")
dirac = name_of_old(dirac_, "nn.init")
xavier_uniform = name_of_old(xavier_uniform_, "nn.init")
xavier_normal = name_of_old(xavier_normal_, "nn.init")
kaiming_uniform = name_of_old(kaiming_uniform_, "nn.init")
kaiming_normal = name_of_old(kaiming_normal_, "nn.init")
orthogonal = name_of_old(orthogonal_, "nn.init")
sparse = name_of_old(sparse_, "nn.init")
