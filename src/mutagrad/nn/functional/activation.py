"""The activation functions, with PyTorch's flag `inplace`: then the input itself is written and returned.

Those that have no such flag are handed on from where they are declared, `ops/activation.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

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
)
from mutagrad.ops.trigonometric import tanh
from mutagrad.tensor import Tensor

__all__ = [
    "celu",
    "elu",
    "gelu",
    "glu",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "leaky_relu",
    "log_softmax",
    "logsigmoid",
    "mish",
    "prelu",
    "relu",
    "relu6",
    "selu",
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


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """`input` where it is above `threshold`, else `value`."""
    return (activation.threshold.in_place if inplace else activation.threshold)(input, threshold, value)


def glu(input: Any, dim: int = -1) -> Tensor:
    """The first half of `input` along `dim`, times the sigmoid of the second.

    Raises RuntimeError where there are no halves.
    """
    if input.ndim == 0:
        raise RuntimeError("glu does not support 0-dimensional tensors")
    size = input.size(dim)
    if size % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {dim % input.ndim} is size {size}")
    value, gate = input.split(size // 2, dim)
    return value * gate.sigmoid()


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
