"""Parameters of distributions: brought to one shape, and computed from each other when they are first asked for.

Probabilities and logits are two ways to give the same parameter; a distribution keeps the one that it was given.
"""

from __future__ import annotations

from collections.abc import Callable
from numbers import Number
from typing import Any

from mutagrad.dtypes import finfo, get_default_dtype
from mutagrad.modes import enable_grad
from mutagrad.ops.activation import sigmoid
from mutagrad.ops.construction import tensor
from mutagrad.ops.creation import ones, zeros
from mutagrad.ops.exponential import log, log1p
from mutagrad.ops.random import normal
from mutagrad.ops.shaping import broadcast_tensors
from mutagrad.ops.softmax import softmax
from mutagrad.tensor import Size, Tensor

__all__ = [
    "LazyProperty",
    "broadcast_all",
    "clamp_probs",
    "lazy_property",
    "logits_to_probs",
    "probs_to_logits",
    "standard_normal",
]


class LazyProperty:
    """A property that is computed when it is first asked for, with gradients, and is then an attribute."""

    def __init__(self, function: Callable[[Any], Tensor]) -> None:
        self.function = function
        self.__doc__ = function.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        with enable_grad():
            value = self.function(instance)
        instance.__dict__[self.name] = value
        return value


def lazy_property(function: Callable[[Any], Tensor]) -> Any:
    """Makes a method a `LazyProperty`; type checkers take what is computed for an attribute."""
    return LazyProperty(function)


def broadcast_all(*values: Any) -> list[Tensor]:
    """Numbers and tensors as tensors of one shape; numbers take the dtype of the first tensor, or the default one.

    >>> import mutagrad
    >>> broadcast_all(1, mutagrad.zeros(2))
    [tensor([1., 1.]), tensor([0., 0.])]
    """
    if not all(isinstance(value, Tensor | Number) for value in values):
        raise ValueError(
            "Input arguments must all be instances of Number, torch.Tensor or objects implementing __torch_function__."
        )
    dtype = next((value.dtype for value in values if isinstance(value, Tensor)), get_default_dtype())
    tensors = [value if isinstance(value, Tensor) else tensor(value, dtype=dtype) for value in values]
    return list(broadcast_tensors(*tensors))


def standard_normal(shape: Size, like: Tensor) -> Tensor:
    """Standard normal numbers of a shape, in the dtype of a parameter."""
    return normal(zeros(shape, dtype=like.dtype), ones(shape, dtype=like.dtype))


def clamp_probs(probs: Tensor) -> Tensor:
    """Probabilities kept away from zero and one by the machine epsilon of their dtype."""
    eps = finfo(probs.dtype).eps
    return probs.clamp(min=eps, max=1 - eps)


def probs_to_logits(probs: Tensor, is_binary: bool = False) -> Tensor:
    """Log-odds of binary probabilities, else logarithms of probabilities, finite in any case."""
    clamped = clamp_probs(probs)
    return log(clamped) - log1p(-clamped) if is_binary else log(clamped)


def logits_to_probs(logits: Tensor, is_binary: bool = False) -> Tensor:
    """The probabilities that belong to log-odds, or to the logits of categories along the last dimension."""
    return sigmoid(logits) if is_binary else softmax(logits, dim=-1)


def check_one_given(**given: Any) -> None:
    """Raises ValueError unless exactly one of two parameters that stand for each other is given."""
    if sum(value is not None for value in given.values()) != 1:
        first, second = given
        raise ValueError(f"Either `{first}` or `{second}` must be specified, but not both.")
