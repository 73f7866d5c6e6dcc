"""Images read at other points: `grid_sample`, and `affine_grid`, which makes the points of an affine map.

Follows https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.grid_sample.html
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from mutagrad.dtypes import of_numpy
from mutagrad.ops.grid_sampling import sample_grid
from mutagrad.ops.naming import shown_as
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor, wrap

__all__ = ["affine_grid", "affine_grid_generator", "grid_sample", "grid_sampler", "grid_sampler_2d", "grid_sampler_3d"]

MODES = ("bilinear", "nearest", "bicubic")
PADDING_MODES = ("zeros", "border", "reflection")


def _warn_of_corners(align_corners: bool | None, names: str, function: str) -> bool:
    if align_corners is None:
        warnings.warn(
            f"Default {names} behavior has changed to align_corners=False since 1.3.0. Please specify "
            f"align_corners=True if the old behavior is desired. See the documentation of {function} for details.",
            stacklevel=3,
        )
    return bool(align_corners)


def grid_sample(
    input: Any,
    grid: Any,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """`input` (N, C, *) read at the points `grid` (N, *points, ndim): (N, C, *points).

    A point's coordinates, that of the last dimension first, go from -1 to 1: from the first element's middle to the
    last one's with `align_corners`, else from edge to edge. Beyond them are zeros, the nearest element ("border"), or
    the image mirrored ("reflection"). `mode` is "bilinear", "nearest" or, in two dimensions, "bicubic".
    Saves image and points. Raises ValueError and RuntimeError for what does not fit.
    """
    check_tensor("grid_sample", input)
    check_tensor("grid_sample", grid, "grid", 2)
    if mode not in MODES:
        raise ValueError(
            f"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'"
        )
    if padding_mode not in PADDING_MODES:
        raise ValueError(
            "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: "
            f"'{padding_mode}'"
        )
    align_corners = _warn_of_corners(align_corners, "grid_sample and affine_grid", "grid_sample")
    _check(input, grid, mode)
    return sample_grid(input, grid, mode=mode, padding_mode=padding_mode, align_corners=align_corners)


def _check(input: Any, grid: Any, mode: str) -> None:
    sizes = f"got input with sizes {list(input.shape)} and grid with sizes {list(grid.shape)}"
    if input.shape[0] != grid.shape[0]:
        raise RuntimeError(f"grid_sampler(): expected grid and input to have same batch size, but {sizes}")
    if grid.shape[-1] != input.ndim - 2:
        raise RuntimeError(
            f"grid_sampler(): expected grid to have size {input.ndim - 2} in last dimension, but got grid with sizes "
            f"{list(grid.shape)}"
        )
    for dim in range(2, input.ndim):
        if input.shape[dim] == 0:
            raise RuntimeError(
                "grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes "
                f"{list(input.shape)} with dimension {dim} being empty"
            )
    if input.ndim not in (4, 5) or input.ndim != grid.ndim:
        raise RuntimeError(
            f"grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, but {sizes}"
        )
    if mode == "bicubic" and input.ndim == 5:
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
    if input.dtype is not grid.dtype:
        names = input.dtype.scalar_type, grid.dtype.scalar_type
        raise RuntimeError("expected scalar type {} but found {}".format(*names))
    kind = input._array.dtype
    if kind.kind != "f":
        name = f"grid_sampler_{input.ndim - 2}d_cpu"
        raise NotImplementedError(f"\"{name}\" not implemented for '{of_numpy[kind].scalar_type}'")


def grid_sampler(input: Any, grid: Any, interpolation_mode: int, padding_mode: int, align_corners: bool) -> Tensor:
    """`grid_sample` with its modes by number."""
    return grid_sample(input, grid, MODES[interpolation_mode], PADDING_MODES[padding_mode], align_corners)


grid_sampler_2d = grid_sampler_3d = grid_sampler


def affine_grid(theta: Any, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """The points to which affine maps `theta` (N, ndim, ndim + 1) take those of an image of `size` (N, C, *).

    Raises ValueError and NotImplementedError for sizes that do not fit.
    """
    if theta._array.dtype.kind != "f":
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    ndim = len(size) - 2
    if ndim not in (2, 3):
        raise NotImplementedError(
            "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size "
            f"{_size(size)}."
        )
    if theta.ndim != 3 or tuple(theta.shape[1:]) != (ndim, ndim + 1):
        raise ValueError(
            f"Expected a batch of {ndim}D affine matrices of shape Nx{ndim}x{ndim + 1} for size {_size(size)}. Got "
            f"{theta.shape}."
        )
    align_corners = _warn_of_corners(align_corners, "grid_sample and affine_grid", "grid_sample")
    if min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {_size(size)}")
    return affine_grid_generator(theta, size, align_corners)


def affine_grid_generator(theta: Any, size: Sequence[int], align_corners: bool) -> Tensor:
    """`affine_grid` without its checks."""
    ndim = len(size) - 2
    dt = theta._array.dtype
    axes = []
    for count in size[2:]:
        places = np.linspace(-1, 1, count) if count > 1 else np.zeros(1)
        axes.append(places if align_corners else places * (count - 1) / count)
    points = np.stack([*np.meshgrid(*axes, indexing="ij")[::-1], np.ones(tuple(size[2:]))], -1).astype(dt)
    flat: Any = wrap(points.reshape(1, -1, ndim + 1))
    places = flat.expand(size[0], -1, -1) @ theta.transpose(1, 2)
    return shown_as(places.reshape(size[0], *size[2:], ndim), "AffineGridGeneratorBackward0")


def _size(size: Sequence[int]) -> str:
    return f"({', '.join(map(str, size))})"
