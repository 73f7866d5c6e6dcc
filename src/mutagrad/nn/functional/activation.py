"""The activation functions, with PyTorch's flag `inplace`: then the input itself is written and returned.

Those that have no such flag are handed on from where they are declared, `ops/activation.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from mutagrad.batched import drawn_from
from mutagrad.ops import activation
from mutagrad.ops import softmax as softmaxes
from mutagrad.ops.activation import (
    celu,
    elu,
    gelu,
    hardshrink,
    leaky_relu,
    logsigmoid,
    prelu,
    selu,
    sigmoid,
    softplus,
    softshrink,
    softsign,
    tanhshrink,
    threshold,
)
from mutagrad.ops.creation import zeros_like
from mutagrad.ops.naming import shown_as
from mutagrad.ops.trigonometric import tanh
from mutagrad.random import uniform
from mutagrad.tensor import Tensor, wrap

__all__ = [
    "celu",
    "celu_",
    "elu",
    "elu_",
    "gelu",
    "glu",
    "gumbel_softmax",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hardtanh_",
    "leaky_relu",
    "leaky_relu_",
    "log_softmax",
    "logsigmoid",
    "mish",
    "prelu",
    "relu",
    "relu6",
    "relu_",
    "rrelu",
    "rrelu_",
    "selu",
    "selu_",
    "sigmoid",
    "silu",
    "softmax",
    "softmin",
    "softplus",
    "softshrink",
    "softsign",
    "tanh",
    "tanhshrink",
    "threshold",
    "threshold_",
]


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """`input` where it is positive, else zero.

    >>> import mutagrad
    >>> relu(mutagrad.tensor([-1., 2.]))
    tensor([0., 2.])
    """
    return (activation.relu.in_place if inplace else activation.relu)(input)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """`input` kept from zero to six."""
    return (activation.relu6.in_place if inplace else activation.relu6)(input)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """`input * sigmoid(input)`."""
    return (activation.silu.in_place if inplace else activation.silu)(input)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """`input * tanh(softplus(input))`."""
    return (activation.mish.in_place if inplace else activation.mish)(input)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """`input * hardsigmoid(input)`."""
    return (activation.hardswish.in_place if inplace else activation.hardswish)(input)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """The straight line from zero at minus three to one at three, level beyond."""
    return (activation.hardsigmoid.in_place if inplace else activation.hardsigmoid)(input)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """`input` kept from `min_val` to `max_val`."""
    return (activation.hardtanh.in_place if inplace else activation.hardtanh)(input, min_val, max_val)


relu_ = activation.relu.in_place


def _in_place_form(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The function with `inplace=True`, named for it."""

    def call(input: Any, *args: Any, **kwargs: Any) -> Tensor:
        return function(input, *args, **kwargs, inplace=True)

    call.__name__ = call.__qualname__ = function.__name__ + "_"
    call.__doc__ = f"In-place form of `{function.__name__}`."
    return call


def rrelu(
    input: Any, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, inplace: bool = False
) -> Tensor:
    """`input` where it is positive, else times a slope: drawn between `lower` and `upper`, or their mean out of training.

    The slopes are those that PyTorch draws for the same seed. Raises RuntimeError for bounds in the wrong order.
    Follows https://arxiv.org/abs/1505.00853
    """
    if lower > upper:
        raise RuntimeError("Lower bound should be less than or equal to the upper bound")
    if not training:
        result = leaky_relu(input, (lower + upper) / 2, inplace)
        return result if inplace else shown_as(result, "RreluWithNoiseBackward0")
    array = input._array
    if array.dtype not in (np.float32, np.float64):
        raise NotImplementedError(f"\"rrelu_with_noise_out_cpu\" not implemented for '{input.dtype.scalar_type}'")

    def draw(array: np.ndarray) -> np.ndarray:
        slopes, below = np.ones(array.shape, array.dtype), array <= 0
        slopes[below] = uniform((int(below.sum()),), np.float64, lower, upper)
        return slopes

    slopes = wrap(drawn_from(draw, array))
    return input.mul_(slopes) if inplace else shown_as(input * slopes, "RreluWithNoiseBackward0")


celu_, elu_, hardtanh_, leaky_relu_, rrelu_, selu_, threshold_ = map(
    _in_place_form, (celu, elu, hardtanh, leaky_relu, rrelu, selu, threshold)
)


def glu(input: Any, dim: int = -1) -> Tensor:
    """The first half of `input` along `dim`, times the sigmoid of the second.

    Raises RuntimeError where there are no halves.
    """
    if input.ndim == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    size = input.size(dim)
    if size % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {dim % input.ndim} is size {size}")
    value, gate = input.split(size // 2, dim)
    return shown_as(value * gate.sigmoid(), "GluBackward0", dim=dim)


def gumbel_softmax(logits: Any, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """A sample of the distribution of logarithms `logits` that may be differentiated, softer the larger `tau` is.

    With `hard` it is a one where it is largest and zeros elsewhere, with the gradient of the soft one. The numbers are
    PyTorch's for the same seed. Follows https://arxiv.org/abs/1611.01144
    """
    noise = -zeros_like(logits).exponential_().log()
    soft = softmax((logits + noise) / tau, dim)
    if not hard:
        return soft
    largest = soft.max(dim, keepdim=True)[1]
    return zeros_like(logits).scatter_(dim, largest, 1.0) - soft.detach() + soft


# Along a dimension --------------------------------------------------------------------------------------------------


def _along(function: Callable[..., Tensor], input: Tensor, dim: int | None, dtype: Any, stacklevel: int) -> Tensor:
    """`function` along `dim`; without one along that which PyTorch once chose, with a warning."""
    if dim is None:
        warnings.warn(
            f"Implicit dimension choice for {function.__name__} has been deprecated. Change the call to include dim=X "
            "as an argument.",
            stacklevel=stacklevel + 1,
        )
        dim = 0 if input.ndim in (0, 1, 3) else 1
    return function(input, dim) if dtype is None else function(input, dim, dtype=dtype)


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """Exponentials over their sum along `dim`.

    >>> import mutagrad
    >>> softmax(mutagrad.zeros(4), 0)
    tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """
    return _along(softmaxes.softmax, input, dim, dtype, _stacklevel)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """The logarithm of `softmax` along `dim`, without its rounding to zero."""
    return _along(softmaxes.log_softmax, input, dim, dtype, _stacklevel)


def softmin(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """`softmax` of the negative of `input` along `dim`."""
    return _along(softmaxes.softmin, input, dim, dtype, _stacklevel)
