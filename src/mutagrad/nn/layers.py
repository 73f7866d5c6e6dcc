"""Layers: `Linear`, `Dropout`, `Flatten`, `Identity`.

Follows https://docs.pytorch.org/docs/stable/nn.html
"""

from __future__ import annotations

import math
from typing import Any

from mutagrad.nn import functional, init
from mutagrad.nn.module import Module
from mutagrad.nn.parameter import Parameter
from mutagrad.ops.creation import empty
from mutagrad.tensor import Tensor


class Identity(Module):
    """Gives back its input, whatever the arguments it was made with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        return input


class Linear(Module):
    """`input @ weight.T + bias`, with a weight (out_features, in_features) and a bias (out_features).

    Both begin uniform on ±1 / sqrt(in_features): for the same seed with PyTorch's numbers.

    >>> import mutagrad
    >>> Linear(3, 2)(mutagrad.ones(5, 3)).shape
    torch.Size([5, 2])
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(empty((out_features, in_features), device=device, dtype=dtype))
        # Registered even where there is none, so that assigning one later is refused unless it is a parameter.
        bias_or_none = Parameter(empty(out_features, device=device, dtype=dtype)) if bias else None
        self.register_parameter("bias", bias_or_none)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws weight and bias anew."""
        # A slope of sqrt(5) makes of kaiming_uniform_ the bound 1 / sqrt(in_features).
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        return functional.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Dropout(Module):
    """In training zeroes each element with probability `p` and divides the others by `1 - p`.

    Raises ValueError for what is no probability.
    """

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p = p
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return functional.dropout(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Flatten(Module):
    """The dimensions from `start_dim` to `end_dim` made into one."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Any) -> Tensor:
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"
