"""Modules that give elements other places: `Flatten`, `Unflatten`, `Fold`, `Unfold`, shuffles of pixels and channels,
and `Upsample`, which makes more of them.

Follows https://docs.pytorch.org/docs/stable/nn.html#vision-layers
"""

from __future__ import annotations

from typing import Any

from mutagrad.nn import functional
from mutagrad.nn.module import Module
from mutagrad.nn.options import Options
from mutagrad.nn.registry import type_name
from mutagrad.tensor import Tensor

__all__ = [
    "ChannelShuffle",
    "Flatten",
    "Fold",
    "PixelShuffle",
    "PixelUnshuffle",
    "Unflatten",
    "Unfold",
    "Upsample",
    "UpsamplingBilinear2d",
    "UpsamplingNearest2d",
]

F: Any = functional


class Flatten(Options):
    """The dimensions from `start_dim` to `end_dim` made into one."""

    start_dim: int = 1
    end_dim: int = -1

    def forward(self, input: Any) -> Tensor:
        return input.flatten(self.start_dim, self.end_dim)


class Unflatten(Options):
    """The dimension `dim` made into several, of the sizes `unflattened_size`."""

    dim: Any
    unflattened_size: Any

    def _prepared(self, options: dict[str, Any]) -> dict[str, Any]:
        sizes = options["unflattened_size"]
        if isinstance(options["dim"], str):
            raise TypeError("unflattened_size must be a tuple of tuples, but found type " + type_name(sizes))
        if not isinstance(sizes, (tuple, list)):
            raise TypeError(f"unflattened_size must be a tuple of ints, but found type {type(sizes).__name__}")
        for number, size in enumerate(sizes):
            if not isinstance(size, int):
                raise TypeError(
                    f"unflattened_size must be tuple of ints, but found element of type {type(size).__name__} at pos "
                    f"{number}"
                )
        return options

    def forward(self, input: Any) -> Tensor:
        return input.unflatten(self.dim, self.unflattened_size)


class Unfold(Options):
    """The windows of images as columns: (batch, channels * window, number of windows)."""

    kernel_size: Any
    dilation: Any = 1
    padding: Any = 0
    stride: Any = 1

    def forward(self, input: Tensor) -> Tensor:
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)


class Fold(Options):
    """The adjoint of `Unfold`: images of the size `output_size`, in which windows are added."""

    output_size: Any
    kernel_size: Any
    dilation: Any = 1
    padding: Any = 0
    stride: Any = 1

    def forward(self, input: Tensor) -> Tensor:
        return F.fold(input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)


class PixelShuffle(Options):
    """Channels as finer pixels: (*, channels * r², height, width) to (*, channels, height * r, width * r)."""

    upscale_factor: int

    def forward(self, input: Tensor) -> Tensor:
        return F.pixel_shuffle(input, self.upscale_factor)


class PixelUnshuffle(Options):
    """The inverse of `PixelShuffle`."""

    downscale_factor: int

    def forward(self, input: Tensor) -> Tensor:
        return F.pixel_unshuffle(input, self.downscale_factor)


class ChannelShuffle(Options):
    """The channels of groups, dealt out in turn (X. Zhang et al., 2017)."""

    groups: int

    def forward(self, input: Tensor) -> Tensor:
        return F.channel_shuffle(input, self.groups)


class Upsample(Module):
    """More elements between those there are: to a `size`, or `scale_factor` times as many."""

    def __init__(
        self,
        size: Any = None,
        scale_factor: Any = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ) -> None:
        super().__init__()
        self.name = type(self).__name__
        self.size = size
        if isinstance(scale_factor, tuple):
            self.scale_factor: Any = tuple(map(float, scale_factor))
        else:
            self.scale_factor = float(scale_factor) if scale_factor else None
        self.mode = mode
        self.align_corners = align_corners
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, input: Tensor) -> Tensor:
        return F.interpolate(
            input,
            self.size,
            self.scale_factor,
            self.mode,
            self.align_corners,
            recompute_scale_factor=self.recompute_scale_factor,
        )

    def extra_repr(self) -> str:
        size = f"size={self.size!r}" if self.scale_factor is None else f"scale_factor={self.scale_factor!r}"
        return f"{size}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """`Upsample` of images by the nearest pixel."""

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, mode="nearest")


class UpsamplingBilinear2d(Upsample):
    """`Upsample` of images along straight lines between pixels, corners on corners."""

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, mode="bilinear", align_corners=True)
