"""Padding as modules: with a constant, with zeros, with the edge, mirrored, or wrapped around.

Follows https://docs.pytorch.org/docs/stable/nn.html#padding-layers
"""

from __future__ import annotations

from typing import Any

from mutagrad.nn import functional
from mutagrad.nn.options import Options, tuple_of
from mutagrad.tensor import Tensor

__all__ = [
    "CircularPad1d",
    "CircularPad2d",
    "CircularPad3d",
    "ConstantPad1d",
    "ConstantPad2d",
    "ConstantPad3d",
    "ReflectionPad1d",
    "ReflectionPad2d",
    "ReflectionPad3d",
    "ReplicationPad1d",
    "ReplicationPad2d",
    "ReplicationPad3d",
    "ZeroPad1d",
    "ZeroPad2d",
    "ZeroPad3d",
]

F: Any = functional


class _Pad(Options):
    """Adds elements before and after each of the last `rank` dimensions, the last one first."""

    padding: Any

    _rank = 0
    _mode = "constant"

    def _prepared(self, options: dict[str, Any]) -> dict[str, Any]:
        return {**options, "padding": tuple_of(options["padding"], 2 * self._rank)}

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, self._mode)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _ConstantPad(Options):
    padding: Any
    value: float

    _rank = 0

    def _prepared(self, options: dict[str, Any]) -> dict[str, Any]:
        return {**options, "padding": tuple_of(options["padding"], 2 * self._rank)}

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, "constant", self.value)


class ConstantPad1d(_ConstantPad):
    """Adds `value` before and after the last dimension."""

    _rank = 1


class ConstantPad2d(_ConstantPad):
    """Adds `value` around the last two dimensions."""

    _rank = 2


class ConstantPad3d(_ConstantPad):
    """Adds `value` around the last three dimensions."""

    _rank = 3


class _ZeroPad(_ConstantPad):
    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ZeroPad1d(_ZeroPad, ConstantPad1d):
    """Adds zeros before and after the last dimension."""


class ZeroPad2d(_ZeroPad, ConstantPad2d):
    """Adds zeros around the last two dimensions.

    >>> import mutagrad
    >>> ZeroPad2d(1)(mutagrad.ones(1, 1, 1))
    tensor([[[0., 0., 0.],
             [0., 1., 0.],
             [0., 0., 0.]]])
    """


class ZeroPad3d(_ZeroPad, ConstantPad3d):
    """Adds zeros around the last three dimensions."""


class ReflectionPad1d(_Pad):
    """Mirrors the last dimension at its ends."""

    _rank, _mode = 1, "reflect"


class ReflectionPad2d(_Pad):
    """Mirrors the last two dimensions at their ends."""

    _rank, _mode = 2, "reflect"


class ReflectionPad3d(_Pad):
    """Mirrors the last three dimensions at their ends."""

    _rank, _mode = 3, "reflect"


class ReplicationPad1d(_Pad):
    """Repeats the ends of the last dimension."""

    _rank, _mode = 1, "replicate"


class ReplicationPad2d(_Pad):
    """Repeats the ends of the last two dimensions."""

    _rank, _mode = 2, "replicate"


class ReplicationPad3d(_Pad):
    """Repeats the ends of the last three dimensions."""

    _rank, _mode = 3, "replicate"


class CircularPad1d(_Pad):
    """Goes on with the other end of the last dimension."""

    _rank, _mode = 1, "circular"


class CircularPad2d(_Pad):
    """Goes on with the other ends of the last two dimensions."""

    _rank, _mode = 2, "circular"


class CircularPad3d(_Pad):
    """Goes on with the other ends of the last three dimensions."""

    _rank, _mode = 3, "circular"
