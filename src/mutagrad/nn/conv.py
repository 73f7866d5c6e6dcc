"""Convolutions and transposed convolutions as modules, in one to three dimensions.

A weight is (out_channels, in_channels / groups, *kernel_size), of a transposed convolution (in_channels, out_channels /
groups, *kernel_size). Follows https://docs.pytorch.org/docs/stable/nn.html#convolution-layers
"""

from __future__ import annotations

import math
from typing import Any

from mutagrad.nn import functional, init
from mutagrad.nn.module import Module
from mutagrad.nn.options import tuple_of
from mutagrad.nn.parameter import Parameter
from mutagrad.ops.creation import empty
from mutagrad.tensor import Tensor

__all__ = [
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "ConvTranspose3d",
]

F: Any = functional
MODES = ("zeros", "reflect", "replicate", "circular")


class _ConvNd(Module):
    """What all convolutions share: their options, weight and bias; `rank` is the number of dimensions of the kernel."""

    rank = 0
    transposed = False
    weight: Parameter
    bias: Parameter | None
    padding: Any

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        output_padding: Any,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any,
        dtype: Any,
    ) -> None:
        super().__init__()
        _check(in_channels, out_channels, stride, padding, groups, padding_mode)
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = tuple_of(kernel_size, self.rank)
        self.stride = tuple_of(stride, self.rank)
        self.padding = padding if isinstance(padding, str) else tuple_of(padding, self.rank)
        self.dilation = tuple_of(dilation, self.rank)
        self.output_padding = tuple_of(output_padding, self.rank)
        self.groups = groups
        self.padding_mode = padding_mode
        self._reversed_padding_repeated_twice = self._margins()
        outer, inner = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        self.weight = Parameter(empty((outer, inner // groups, *self.kernel_size), device=device, dtype=dtype))
        self.register_parameter("bias", Parameter(empty(out_channels, device=device, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def _margins(self) -> list[int]:
        """How much is added before and after each dimension, the last one first."""
        if self.padding == "valid":
            return [0, 0] * self.rank
        if self.padding == "same":
            totals = [d * (k - 1) for d, k in zip(self.dilation, self.kernel_size)]
            return [side for total in reversed(totals) for side in (total // 2, total - total // 2)]
        return [each for each in reversed(self.padding) for _ in (0, 1)]

    def reset_parameters(self) -> None:
        """Draws weight and bias anew, uniform on ±1 / sqrt(fan-in)."""
        if math.prod(self.weight.shape) == 0 and self.in_channels == 0:
            return
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in = math.prod(self.weight.shape[1:])
        if self.bias is not None and fan_in:
            init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def extra_repr(self) -> str:
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        for name, usual in (("padding", 0), ("dilation", 1), ("output_padding", 0)):
            if getattr(self, name) != (usual,) * self.rank:
                text += f", {name}={getattr(self, name)}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        return text + (f", padding_mode={self.padding_mode}" if self.padding_mode != "zeros" else "")


def _check(in_channels: int, out_channels: int, stride: Any, padding: Any, groups: int, mode: str) -> None:
    if groups <= 0:
        raise ValueError("groups must be a positive integer")
    if in_channels % groups != 0:
        raise ValueError("in_channels must be divisible by groups")
    if out_channels % groups != 0:
        raise ValueError("out_channels must be divisible by groups")
    if isinstance(padding, str):
        if padding not in ("same", "valid"):
            raise ValueError(f"Invalid padding string {padding!r}, should be one of {{'same', 'valid'}}")
        if padding == "same" and any(each != 1 for each in tuple_of(stride, 1)):
            raise ValueError("padding='same' is not supported for strided convolutions")
    if mode not in MODES:
        raise ValueError(f"padding_mode must be one of {set(MODES)}, but got padding_mode='{mode}'")


class _Conv(_ConvNd):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            0,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor) -> Tensor:
        convolve = (F.conv1d, F.conv2d, F.conv3d)[self.rank - 1]
        padding = self.padding
        if self.padding_mode != "zeros":
            input = F.pad(input, self._reversed_padding_repeated_twice, mode=self.padding_mode)
            padding = (0,) * self.rank
        return convolve(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class Conv1d(_Conv):
    """Convolves (batch, channels, length) with learnt kernels."""

    rank = 1


class Conv2d(_Conv):
    """Convolves (batch, channels, height, width) with learnt kernels.

    >>> import mutagrad
    >>> Conv2d(3, 8, kernel_size=3, padding=1)(mutagrad.ones(1, 3, 4, 4)).shape
    torch.Size([1, 8, 4, 4])
    """

    rank = 2


class Conv3d(_Conv):
    """Convolves (batch, channels, depth, height, width) with learnt kernels."""

    rank = 3


class _ConvTransposeNd(_ConvNd):
    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            output_padding,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        convolve = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[self.rank - 1]
        padding = self.output_padding if output_size is None else self._padding_for(input, tuple(output_size))
        return convolve(input, self.weight, self.bias, self.stride, self.padding, padding, self.groups, self.dilation)

    def _padding_for(self, input: Tensor, output_size: tuple[int, ...]) -> list[int]:
        """The output padding that gives this size. Raises ValueError for one that cannot be reached."""
        rank = self.rank
        spatial = input.dim() - rank
        if len(output_size) == spatial + rank:
            output_size = output_size[spatial:]
        if len(output_size) != rank:
            raise ValueError(
                f"ConvTranspose{rank}D: for {input.dim()}D input, output_size must have {rank} or {spatial + rank} "
                f"elements (got {len(output_size)})"
            )
        smallest = [
            (input.size(spatial + d) - 1) * self.stride[d]
            - 2 * self.padding[d]
            + self.dilation[d] * (self.kernel_size[d] - 1)
            + 1
            for d in range(rank)
        ]
        largest = [size + stride - 1 for size, stride in zip(smallest, self.stride)]
        if any(not low <= size <= high for low, size, high in zip(smallest, output_size, largest)):
            raise ValueError(
                f"requested an output size of {list(output_size)}, but valid sizes range from {smallest} to {largest} "
                f"(for an input of {input.size()[2:]})"
            )
        return [size - low for size, low in zip(output_size, smallest)]


class ConvTranspose1d(_ConvTransposeNd):
    """The adjoint of `Conv1d`: every element of the input adds a multiple of the kernel to the output."""

    rank = 1


class ConvTranspose2d(_ConvTransposeNd):
    """The adjoint of `Conv2d`.

    >>> import mutagrad
    >>> ConvTranspose2d(8, 3, kernel_size=2, stride=2)(mutagrad.ones(1, 8, 4, 4)).shape
    torch.Size([1, 3, 8, 8])
    """

    rank = 2


class ConvTranspose3d(_ConvTransposeNd):
    """The adjoint of `Conv3d`."""

    rank = 3
