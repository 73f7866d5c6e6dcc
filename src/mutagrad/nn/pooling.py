"""Pooling as modules: maxima, means and norms over windows, and over as many windows as the output is to have elements.

Follows https://docs.pytorch.org/docs/stable/nn.html#pooling-layers
"""

from __future__ import annotations

from typing import Any

from mutagrad.nn import functional
from mutagrad.nn.module import Module
from mutagrad.nn.options import Options, tuple_of
from mutagrad.tensor import Tensor

__all__ = [
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AdaptiveMaxPool3d",
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "FractionalMaxPool2d",
    "FractionalMaxPool3d",
    "LPPool1d",
    "LPPool2d",
    "LPPool3d",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
    "MaxUnpool1d",
    "MaxUnpool2d",
    "MaxUnpool3d",
]

F: Any = functional


class _MaxPoolNd(Options, shown="kernel_size stride padding dilation ceil_mode"):
    """The largest element of each window; with `return_indices` also where it is."""

    kernel_size: Any
    stride: Any = None
    padding: Any = 0
    dilation: Any = 1
    return_indices: bool = False
    ceil_mode: bool = False

    _function = ""

    def _prepared(self, options: dict[str, Any]) -> dict[str, Any]:
        if options["stride"] is None:
            options["stride"] = options["kernel_size"]
        return options

    def forward(self, input: Tensor) -> Any:
        return getattr(F, self._function)(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            ceil_mode=self.ceil_mode,
            return_indices=self.return_indices,
        )


class MaxPool1d(_MaxPoolNd):
    """The largest element of each window of (batch, channels, length)."""

    _function = "max_pool1d"


class MaxPool2d(_MaxPoolNd):
    """The largest element of each window of (batch, channels, height, width).

    >>> import mutagrad
    >>> MaxPool2d(2)(mutagrad.arange(16.).reshape(1, 4, 4))
    tensor([[[ 5.,  7.],
             [13., 15.]]])
    """

    _function = "max_pool2d"


class MaxPool3d(_MaxPoolNd):
    """The largest element of each window of (batch, channels, depth, height, width)."""

    _function = "max_pool3d"


class _MaxUnpoolNd(Module):
    """Puts elements where a max pooling has found them; zero elsewhere."""

    rank = 0

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        super().__init__()
        self.kernel_size = tuple_of(kernel_size, self.rank)
        self.stride = tuple_of(kernel_size if stride is None else stride, self.rank)
        self.padding = tuple_of(padding, self.rank)

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        unpool = getattr(F, f"max_unpool{self.rank}d")
        return unpool(input, indices, self.kernel_size, self.stride, self.padding, output_size)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpoolNd):
    """The counterpart of `MaxPool1d`."""

    rank = 1


class MaxUnpool2d(_MaxUnpoolNd):
    """The counterpart of `MaxPool2d`."""

    rank = 2


class MaxUnpool3d(_MaxUnpoolNd):
    """The counterpart of `MaxPool3d`."""

    rank = 3


class AvgPool1d(Options, shown="kernel_size stride padding"):
    """The mean of each window of (batch, channels, length)."""

    kernel_size: Any
    stride: Any = None
    padding: Any = 0
    ceil_mode: bool = False
    count_include_pad: bool = True

    def _prepared(self, options: dict[str, Any]) -> dict[str, Any]:
        if options["stride"] is None:
            options["stride"] = options["kernel_size"]
        return {name: tuple_of(each, 1) if name in SIZES else each for name, each in options.items()}

    def forward(self, input: Tensor) -> Tensor:
        return F.avg_pool1d(input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad)


SIZES = ("kernel_size", "stride", "padding")


class _AvgPoolNd(Options, shown="kernel_size stride padding"):
    """The mean of each window, or its sum over `divisor_override`."""

    kernel_size: Any
    stride: Any = None
    padding: Any = 0
    ceil_mode: bool = False
    count_include_pad: bool = True
    divisor_override: int | None = None

    _function = ""

    def _prepared(self, options: dict[str, Any]) -> dict[str, Any]:
        if options["stride"] is None:
            options["stride"] = options["kernel_size"]
        return options

    def forward(self, input: Tensor) -> Tensor:
        return getattr(F, self._function)(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )


class AvgPool2d(_AvgPoolNd):
    """The mean of each window of (batch, channels, height, width)."""

    _function = "avg_pool2d"


class AvgPool3d(_AvgPoolNd):
    """The mean of each window of (batch, channels, depth, height, width)."""

    _function = "avg_pool3d"


class _LPPoolNd(Options):
    """The norm of each window, of order `norm_type`."""

    norm_type: float
    kernel_size: Any
    stride: Any = None
    ceil_mode: bool = False

    _function = ""

    def forward(self, input: Tensor) -> Tensor:
        pool = getattr(F, self._function)
        return pool(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)


class LPPool1d(_LPPoolNd):
    """The norm of each window of (batch, channels, length)."""

    _function = "lp_pool1d"


class LPPool2d(_LPPoolNd):
    """The norm of each window of (batch, channels, height, width)."""

    _function = "lp_pool2d"


class LPPool3d(_LPPoolNd):
    """The norm of each window of (batch, channels, depth, height, width)."""

    _function = "lp_pool3d"


class _AdaptiveAvgPoolNd(Options):
    """Means over windows such that the output has the size `output_size`."""

    output_size: Any

    _function = ""

    def forward(self, input: Tensor) -> Tensor:
        return getattr(F, self._function)(input, self.output_size)


class AdaptiveAvgPool1d(_AdaptiveAvgPoolNd):
    """Means of (batch, channels, length) down to a length."""

    _function = "adaptive_avg_pool1d"


class AdaptiveAvgPool2d(_AdaptiveAvgPoolNd):
    """Means of (batch, channels, height, width) down to a height and width; None leaves one as it is."""

    _function = "adaptive_avg_pool2d"


class AdaptiveAvgPool3d(_AdaptiveAvgPoolNd):
    """Means of (batch, channels, depth, height, width) down to a size; None leaves a dimension as it is."""

    _function = "adaptive_avg_pool3d"


class _AdaptiveMaxPoolNd(Options, shown="output_size"):
    """Maxima over windows such that the output has the size `output_size`."""

    output_size: Any
    return_indices: bool = False

    _function = ""

    def forward(self, input: Tensor) -> Any:
        return getattr(F, self._function)(input, self.output_size, self.return_indices)


class AdaptiveMaxPool1d(_AdaptiveMaxPoolNd):
    """Maxima of (batch, channels, length) down to a length."""

    _function = "adaptive_max_pool1d"


class AdaptiveMaxPool2d(_AdaptiveMaxPoolNd):
    """Maxima of (batch, channels, height, width) down to a height and width; None leaves one as it is."""

    _function = "adaptive_max_pool2d"


class AdaptiveMaxPool3d(_AdaptiveMaxPoolNd):
    """Maxima of (batch, channels, depth, height, width) down to a size; None leaves a dimension as it is."""

    _function = "adaptive_max_pool3d"


class _FractionalMaxPoolNd(Module):
    """Maxima over windows of random places, in a number or a share of the input's size (B. Graham, 2014)."""

    rank = 0

    def __init__(
        self,
        kernel_size: Any,
        output_size: Any = None,
        output_ratio: Any = None,
        return_indices: bool = False,
        _random_samples: Any = None,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        self.kernel_size = tuple_of(kernel_size, self.rank)
        self.return_indices = return_indices
        self._random_samples = _random_samples
        self.output_size = None if output_size is None else tuple_of(output_size, self.rank)
        self.output_ratio = None if output_ratio is None else tuple_of(output_ratio, self.rank)
        if output_size is None and output_ratio is None:
            raise ValueError(f"{name} requires specifying either an output size, or a pooling ratio")
        if output_size is not None and output_ratio is not None:
            raise ValueError("only one of output_size and output_ratio may be specified")
        if self.output_ratio is not None and not all(0 < ratio < 1 for ratio in self.output_ratio):
            raise ValueError(f"output_ratio must be between 0 and 1 (got {output_ratio})")

    def forward(self, input: Tensor) -> Any:
        return getattr(F, f"fractional_max_pool{self.rank}d")(
            input,
            self.kernel_size,
            self.output_size,
            self.output_ratio,
            self.return_indices,
            _random_samples=self._random_samples,
        )


class FractionalMaxPool2d(_FractionalMaxPoolNd):
    """Maxima over windows of random places in (batch, channels, height, width)."""

    rank = 2


class FractionalMaxPool3d(_FractionalMaxPoolNd):
    """Maxima over windows of random places in (batch, channels, depth, height, width)."""

    rank = 3
