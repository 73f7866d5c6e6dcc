"""Rearrangements of images: windows as columns and back (`unfold`, `fold`), channels as pixels and back.

Windows are a linear map along one axis after the other, and `fold` is its transpose: neither saves anything.
Follows https://docs.pytorch.org/docs/stable/nn.functional.html#vision-functions
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from mutagrad.namespaces.axis_maps import AxisMap
from mutagrad.ops.axis_maps import map_along
from mutagrad.ops.naming import shown_as
from mutagrad.ops.pooling import count_of, taps_of
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor

__all__ = ["channel_shuffle", "fold", "native_channel_shuffle", "pixel_shuffle", "pixel_unshuffle", "unfold"]

Size = int | Sequence[int]

# Windows ------------------------------------------------------------------------------------------------------------


@lru_cache(256)
def _window_map(size: int, kernel: int, stride: int, padding: int, dilation: int) -> AxisMap:
    """The map of an axis to the elements of its windows: all first ones, all second ones, ..."""
    taps = taps_of(size, kernel, stride, padding, dilation, False)
    return AxisMap.of_taps(taps.reshape(-1, 1), np.ones(1), size)


def _pair(name: str, given: Size) -> tuple[int, int]:
    """A number for each of two dimensions. Raises RuntimeError where there are not as many."""
    many: Any = tuple(given) if isinstance(given, (tuple, list)) else (given,) * 2
    if len(many) == 1:
        many = many * 2
    if len(many) != 2:
        raise RuntimeError(f"It is expected {name} equals to 2, but got size {len(many)}")
    return int(many[0]), int(many[1])


def _windows(kernel_size: Size, stride: Size, padding: Size, dilation: Size) -> list[tuple[int, int, int, int]]:
    """Width, step, padding and gap along height and along width, checked."""
    kernel, gap = _pair("kernel_size", kernel_size), _pair("dilation", dilation)
    zeros, step = _pair("padding", padding), _pair("stride", stride)
    for text, pair, least in (
        ("kernel size should be greater than zero, but got kernel", kernel, 1),
        ("dilation should be greater than zero, but got dilation", gap, 1),
        ("padding should be non-negative, but got pad", zeros, 0),
        ("stride should be greater than zero, but got stride", step, 1),
    ):
        if min(pair) < least:
            word = text.rpartition(" ")[2]
            raise RuntimeError(f"{text}_height: {pair[0]} {word}_width: {pair[1]}")
    return list(zip(kernel, step, zeros, gap))


def unfold(input: Any, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1) -> Tensor:
    """The windows of `input` (N, C, H, W) as the columns of matrices (N, C * elements of a window, windows).

    Raises RuntimeError for windows that do not fit.

    >>> import mutagrad
    >>> unfold(mutagrad.arange(4.).reshape(1, 1, 2, 2), (1, 2))
    tensor([[[0., 2.],
             [1., 3.]]])
    """
    check_tensor("unfold", input)
    along = _windows(kernel_size, stride, padding, dilation)
    batched = input.ndim == 4
    if input.ndim not in (3, 4) or 0 in input.shape[1 if batched else 0 :]:
        if input.ndim < 2:
            raise IndexError("Dimension out of range (expected to be in range of [-1, 0], but got 2)")
        if input.ndim == 2:
            raise IndexError("Dimension out of range (expected to be in range of [-2, 1], but got 2)")
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for "
            f"input, but got: {list(input.shape)}"
        )
    batch = input if batched else input.unsqueeze(0)
    kernel, _, zeros, gap = zip(*along)
    high, wide = (count_of(size, *each, False) for size, each in zip(batch.shape[2:], along))
    if high < 1 or wide < 1:
        raise RuntimeError(
            f"Given input with spatial size {tuple(batch.shape[2:])}, kernel_size={kernel}, dilation={gap}, "
            f"padding={zeros}, calculated shape of the array of sliding blocks as {(high, wide)}, but its components "
            "must be at least one."
        )
    for axis, each in enumerate(along, 2):
        batch = map_along(batch, matrix=_window_map(batch.shape[axis], *each), dim=axis)
    count, channels = batch.shape[:2]
    parts = batch.view(count, channels, kernel[0], high, kernel[1], wide).permute(0, 1, 2, 4, 3, 5)
    columns = parts.reshape(count, channels * math.prod(kernel), high * wide)
    shown_as(columns, "Im2ColBackward0")
    return columns if batched else columns.squeeze(0)


def fold(
    input: Any, output_size: Size, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1
) -> Tensor:
    """Columns (N, C * elements of a window, windows), as `unfold` makes them, summed into images (N, C, output_size).

    Raises RuntimeError where the columns are not those of windows of such images.

    >>> import mutagrad
    >>> fold(mutagrad.ones(1, 2, 2), (1, 3), (1, 2))
    tensor([[[[1., 2., 1.]]]])
    """
    sizes = _pair("output_size", output_size)
    along = _windows(kernel_size, stride, padding, dilation)
    batched = input.ndim == 3
    if input.ndim not in (2, 3) or 0 in input.shape[1 if batched else 0 :]:
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for "
            f"input, but got: {list(input.shape)}"
        )
    columns = input if batched else input.unsqueeze(0)
    kernel, step, zeros, gap = zip(*along)
    taps = math.prod(kernel)
    if columns.shape[1] % taps:
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
            f"input.size(1)={columns.shape[1]} and kernel_size={kernel}."
        )
    high, wide = (count_of(size, *each, False) for size, each in zip(sizes, along))
    if high * wide != columns.shape[2] or high < 1 or wide < 1:
        raise RuntimeError(
            f"Given output_size={sizes}, kernel_size={kernel}, dilation={gap}, padding={zeros}, stride={step}, "
            f"expected size of input's dimension 2 to match the calculated number of sliding blocks {high} * {wide} = "
            f"{high * wide}, but got input.size(2)={columns.shape[2]}."
        )
    count, channels = columns.shape[0], columns.shape[1] // taps
    parts = columns.view(count, channels, *kernel, high, wide).permute(0, 1, 2, 4, 3, 5)
    images = parts.reshape(count, channels, kernel[0] * high, kernel[1] * wide)
    for axis, (size, each) in enumerate(zip(sizes, along), 2):
        images = map_along(images, matrix=_window_map(size, *each).transpose, dim=axis)
    shown_as(images, "Col2ImBackward0")
    return images if batched else images.squeeze(0)


# Channels and pixels ------------------------------------------------------------------------------------------------


def _check_image(name: str, input: Any, factor: int, what: str) -> None:
    if input.ndim < 3:
        raise RuntimeError(
            f"{name} expects input to have at least 3 dimensions, but got input with {input.ndim} dimension(s)"
        )
    if factor <= 0:
        raise RuntimeError(f"{name} expects a positive {what}, but got {factor}")


def pixel_shuffle(input: Any, upscale_factor: int) -> Tensor:
    """`input` (*, C * r * r, H, W) with the channels spread out as pixels: (*, C, H * r, W * r).

    Follows https://arxiv.org/abs/1609.05158
    """
    check_tensor("pixel_shuffle", input)
    r = upscale_factor
    _check_image("pixel_shuffle", input, r, "upscale_factor")
    *lead, channels, height, width = input.shape
    if channels % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, "
            f"but input.size(-3)={channels} is not divisible by {r * r}"
        )
    n = len(lead)
    parts = input.reshape(*lead, channels // (r * r), r, r, height, width)
    parts = parts.permute(*range(n + 1), n + 3, n + 1, n + 4, n + 2)
    return shown_as(parts.reshape(*lead, channels // (r * r), height * r, width * r), "PixelShuffleBackward0")


def pixel_unshuffle(input: Any, downscale_factor: int) -> Tensor:
    """What undoes `pixel_shuffle`: (*, C, H * r, W * r) becomes (*, C * r * r, H, W)."""
    check_tensor("pixel_unshuffle", input)
    r = downscale_factor
    _check_image("pixel_unshuffle", input, r, "downscale_factor")
    *lead, channels, height, width = input.shape
    for name, size, dim in (("height", height, -2), ("width", width, -1)):
        if size % r:
            raise RuntimeError(
                f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but input.size({dim})={size} is "
                f"not divisible by {r}"
            )
    n = len(lead)
    parts = input.reshape(*lead, channels, height // r, r, width // r, r)
    parts = parts.permute(*range(n + 1), n + 2, n + 4, n + 1, n + 3)
    return shown_as(parts.reshape(*lead, channels * r * r, height // r, width // r), "PixelUnshuffleBackward0")


def channel_shuffle(input: Any, groups: int) -> Tensor:
    """`input` (N, C, *) with its channels, in `groups`, dealt out one of each group in turn."""
    if input.ndim <= 2:
        raise RuntimeError(f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(input.shape)}")
    if groups <= 0:
        raise RuntimeError(f"Number of groups to divide channels in must be positive. Value of groups:{groups}")
    count, channels, *rest = input.shape
    if channels % groups:
        raise RuntimeError(
            f"Number of channels must be divisible by groups. Got {channels} channels and {groups} groups."
        )
    dealt = input.reshape(count, groups, channels // groups, *rest).transpose(1, 2)
    return shown_as(dealt.reshape(input.shape), "ChannelShuffleBackward0")


native_channel_shuffle = channel_shuffle
