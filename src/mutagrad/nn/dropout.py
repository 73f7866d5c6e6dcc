"""Dropout as modules: in training elements, or whole channels, are zeroed at random, and the others made larger.

Follows https://docs.pytorch.org/docs/stable/nn.html#dropout-layers
"""

from __future__ import annotations

from typing import Any

from mutagrad.nn import functional
from mutagrad.nn.options import Options
from mutagrad.tensor import Tensor

__all__ = [
    "AlphaDropout",
    "Dropout",
    "Dropout1d",
    "Dropout2d",
    "Dropout3d",
    "FeatureAlphaDropout",
]

F: Any = functional


class _DropoutNd(Options, shown="p inplace"):
    """Zeroes with probability `p`, in training. Raises ValueError for what is no probability."""

    p: float = 0.5
    inplace: bool = False

    _function = ""

    def _prepared(self, options: dict[str, Any]) -> dict[str, Any]:
        if not 0 <= options["p"] <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {options['p']}")
        return options

    def forward(self, input: Tensor) -> Tensor:
        return getattr(F, self._function)(input, self.p, self.training, self.inplace)


class Dropout(_DropoutNd):
    """Zeroes each element with probability `p` and divides the others by `1 - p` (G. Hinton et al., 2012)."""

    _function = "dropout"


class Dropout1d(_DropoutNd):
    """Zeroes whole channels of (batch, channels, length)."""

    _function = "dropout1d"


class Dropout2d(_DropoutNd):
    """Zeroes whole channels of (batch, channels, height, width)."""

    _function = "dropout2d"


class Dropout3d(_DropoutNd):
    """Zeroes whole channels of (batch, channels, depth, height, width)."""

    _function = "dropout3d"


class AlphaDropout(_DropoutNd):
    """Dropout that keeps mean and variance of what `SELU` gives (G. Klambauer et al., 2017)."""

    _function = "alpha_dropout"


class FeatureAlphaDropout(_DropoutNd):
    """`AlphaDropout` of whole channels."""

    _function = "feature_alpha_dropout"
