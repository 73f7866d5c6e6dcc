"""`interpolate`: images and the like in another size. The maps of one axis are in `ops/interpolation.py`.

Follows https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from mutagrad.dtypes import of_numpy
from mutagrad.nn.functional import pooling
from mutagrad.ops.axis_maps import map_along
from mutagrad.ops.interpolation import FILTERS, filtered, interpolated
from mutagrad.ops.naming import shown_as
from mutagrad.tensor import Tensor

__all__ = ["interpolate", "upsample", "upsample_bilinear", "upsample_nearest"]

DIMENSIONS = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3, "lanczos": 2}
NAMES = "nearest | linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact"
AXES = {1: "W", 2: "HW", 3: "DHW"}
Factors = float | Sequence[float] | None


ALIGNED = ("linear", "bilinear", "bicubic", "trilinear")


def interpolate(
    input: Any,
    size: int | Sequence[int] | None = None,
    scale_factor: Factors = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """`input` (N, C, *) with its last dimensions brought to `size`, or to `scale_factor` times their size.

    `mode` is "nearest", "nearest-exact", "linear" (3-D), "bilinear", "bicubic" (4-D), "trilinear" (5-D) or "area". With
    `align_corners` the outermost elements keep their places. With `antialias` a smaller result is filtered first.
    Gradient: a linear map, it saves nothing.
    Raises ValueError, RuntimeError and NotImplementedError for arguments that do not go together.

    >>> import mutagrad
    >>> interpolate(mutagrad.tensor([[[1., 3.]]]), size=3, mode="linear", align_corners=True)
    tensor([[[1., 2., 3.]]])
    """
    _check_options(mode, align_corners, antialias, input.ndim)
    counts, factors = _counts(input, size, scale_factor, recompute_scale_factor)
    ndim = input.ndim - 2
    if input.ndim not in (3, 4, 5) or mode not in (*DIMENSIONS, "nearest", "nearest-exact", "area"):
        raise NotImplementedError(
            f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {input.ndim}D) for the modes: {NAMES} (got "
            f"{mode})"
        )
    if DIMENSIONS.get(mode, ndim) != ndim:
        raise NotImplementedError(f"Got {input.ndim}D input, but {mode} mode needs {DIMENSIONS[mode] + 2}D input")
    if mode == "area":
        return getattr(pooling, f"adaptive_avg_pool{ndim}d")(input, counts)
    sizes = input.shape[2:]
    if min(*sizes, *counts) < 1:
        told = [", ".join(f"{axis}: {n}" for axis, n in zip(AXES[ndim], each)) for each in (sizes, counts)]
        raise RuntimeError(
            f"Input and output sizes should be greater than 0, but got input ({told[0]}){' and' if ndim == 1 else ''} "
            f"output ({told[1]})"
        )
    return _along_axes(input, mode, counts, factors, bool(align_corners), antialias)


def _along_axes(
    input: Any, mode: str, counts: Sequence[int], factors: Sequence[float | None], align_corners: bool, antialias: bool
) -> Any:
    dt = input._array.dtype
    is_byte = dt == np.uint8
    if dt.kind not in "fc" and not is_byte:
        kernel = f"upsample_{mode.replace('-', '_')}{len(counts)}d_channels_last"
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{of_numpy[dt].scalar_type}'")
    working = np.float64 if dt == np.float64 else np.float32
    values = input.float() if is_byte and mode in DIMENSIONS else input
    for axis, (count, factor) in enumerate(zip(counts, factors), 2):
        made = filtered if antialias else interpolated
        matrix = made(mode, input.shape[axis], count, factor, align_corners, np.dtype(working).name)
        values = map_along(values, matrix=matrix, dim=axis)
    if values is not input:
        kind = "".join(part.capitalize() for part in mode.split("-"))
        name = f"Upsample{kind}{len(counts)}D{'Aa' if antialias else ''}Backward0"
        options = {"align_corners": align_corners} if mode in ALIGNED else {}
        scales = [""] if len(counts) == 1 else ["_d", "_h", "_w"][-len(counts) :]
        options |= {f"scales{axis}": factor for axis, factor in zip(scales, factors)}
        shown_as(values, name, output_size=tuple(counts), self_sym_sizes=tuple(input.shape), **options)
    return values.round().clamp(0, 255).to(input.dtype) if values is not input and is_byte else values


def _check_options(mode: str, align_corners: bool | None, antialias: bool, ndim: int) -> None:
    if mode in ("nearest", "area", "nearest-exact") and align_corners is not None:
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear"
        )
    if antialias and not (mode in ("bilinear", "bicubic", "lanczos") and ndim == 4):
        raise ValueError(
            "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input"
        )
    if mode == "lanczos" and not antialias:
        raise ValueError("lanczos mode requires antialias=True")
    assert not antialias or mode in FILTERS


def _counts(
    input: Any, size: Any, scale_factor: Any, recompute: bool | None
) -> tuple[tuple[int, ...], tuple[float | None, ...]]:
    """The sizes of the result, and the factors by which places are to be scaled, where they are given."""
    ndim = input.ndim - 2
    spatial = list(input.shape[2:])
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is None and scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    if size is not None:
        if isinstance(size, (tuple, list)):
            if len(size) != ndim:
                raise ValueError(_mismatch("output size of", "output size", "o", size, spatial))
            if not all(isinstance(n, (int, np.integer)) for n in size):
                raise TypeError(
                    "expected size to be one of int or Tuple[int] or Tuple[int, int] or Tuple[int, int, int], but got "
                    f"size with types {[type(n) for n in size]}"
                )
            counts = tuple([int(n) for n in size])
        else:
            counts = (int(size),) * ndim
        if recompute:
            raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
        return counts, (None,) * ndim
    if isinstance(scale_factor, (tuple, list)):
        if len(scale_factor) != ndim:
            raise ValueError(_mismatch("scale_factor of shape", "scale_factor", "s", scale_factor, spatial))
        factors = tuple([float(s) for s in scale_factor])
    else:
        factors = (float(scale_factor),) * ndim  # type: ignore[arg-type]
    counts = tuple([math.floor(float(n) * s) for n, s in zip(spatial, factors)])
    return counts, (None,) * ndim if recompute else factors


def _mismatch(what: str, name: str, letter: str, given: Any, spatial: list[int]) -> str:
    dims = f"({letter}1, {letter}2, ...,{letter}K)"
    named = "scale_factor" if letter == "s" else "output size"
    return (
        f"Input and {'scale_factor' if letter == 's' else 'output'} must have the same number of spatial dimensions, "
        f"but got input with spatial dimensions of {spatial} and {what} {given}. Please provide input tensor in "
        f"(N, C, d1, d2, ...,dK) format and {named} in {dims} format."
    )


def upsample(
    input: Any,
    size: int | Sequence[int] | None = None,
    scale_factor: Factors = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Tensor:
    """The older name of `interpolate`."""
    warnings.warn("`nn.functional.upsample` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2)
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Any, size: Any = None, scale_factor: Factors = None) -> Tensor:
    """`interpolate` to the nearest element."""
    warnings.warn(
        "`nn.functional.upsample_nearest` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2
    )
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input: Any, size: Any = None, scale_factor: Factors = None) -> Tensor:
    """`interpolate` with straight lines and the corners in their places."""
    warnings.warn(
        "`nn.functional.upsample_bilinear` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2
    )
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)
