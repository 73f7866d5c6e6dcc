"""Convolutions and their transposes in one, two and three dimensions.

A convolution and its two shares are the partial maps of one trilinear form (`namespaces/convolutions.py`), so each of
the three operations here has the other two for its rules, and derivatives of every order are convolutions again. They
save their two factors and nothing else.
Follows https://docs.pytorch.org/docs/stable/nn.functional.html#convolution-functions

>>> import mutagrad as torch
>>> torch.conv1d(torch.ones(1, 1, 4), torch.tensor([[[1., 2.]]]))
tensor([[[3., 3., 3.]]])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mutagrad.declaration import operation
from mutagrad.dtypes import of_numpy, type_word
from mutagrad.namespaces.convolutions import Geometry
from mutagrad.namespaces.fused import added, fused
from mutagrad.ops.gathering import check_tensor
from mutagrad.ops.joining import cat
from mutagrad.tensor import Tensor

__all__ = [
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_tbc",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "convolution",
]

# The trilinear form -------------------------------------------------------------------------------------------------


@fused(added)
def _sum(xp: Any, product: Any, bias: Any) -> Any:
    return product + bias


def _plus(xp: Any, product: Any, bias: Any) -> Any:
    return product if bias is None else _sum(xp, product, xp.reshape(bias, (-1,) + (1,) * (product.ndim - 2)))


def _cut(convolved: Any, shape: tuple[int, ...]) -> Any:
    """A convolution without the windows that a transposed one, with much output padding, has not asked for."""
    return convolved if tuple(convolved.shape) == shape else convolved[tuple(map(slice, shape))]


def _bias_share(xp: Any, ct: Any) -> Any:
    return xp.sum(ct, axis=(0, *range(2, ct.ndim)))


@operation(
    method=False,
    node_name="ConvolutionBackward0",
    input=lambda xp, ct, weight, input_shape, geometry: xp.convolve_input(ct, weight.conj(), input_shape, geometry),
    weight=lambda xp, ct, input, weight_shape, geometry: xp.convolve_weight(ct, input.conj(), weight_shape, geometry),
    bias=_bias_share,
)
def convolve(xp: Any, input: Any, weight: Any, bias: Any = None, /, *, geometry: Geometry) -> Any:
    """The windows of `input` (N, C, *) weighted with `weight` (O, C / groups, *) and summed, plus `bias` (O)."""
    return _plus(xp, xp.convolve(input, weight, geometry), bias)


@operation(
    method=False,
    node_name="ConvolutionBackward0",
    input=lambda xp, ct, weight, input_shape, geometry: _cut(xp.convolve(ct, weight.conj(), geometry), input_shape),
    weight=lambda xp, ct, input, weight_shape, geometry: xp.convolve_weight(input.conj(), ct, weight_shape, geometry),
    bias=_bias_share,
)
def convolve_input(
    xp: Any, input: Any, weight: Any, bias: Any = None, /, *, shape: tuple[int, ...], geometry: Geometry
) -> Any:
    """The transposed convolution of `input` (N, O, *) with `weight` (O, C / groups, *), of `shape`, plus `bias` (C)."""
    return _plus(xp, xp.convolve_input(input, weight, shape, geometry), bias)


@operation(
    method=False,
    node_name="ConvolutionBackward0",
    input=lambda xp, ct, other, input_shape, geometry: _cut(xp.convolve(other.conj(), ct, geometry), input_shape),
    other=lambda xp, ct, input, other_shape, geometry: xp.convolve_input(input.conj(), ct, other_shape, geometry),
)
def convolve_weight(xp: Any, input: Any, other: Any, /, *, shape: tuple[int, ...], geometry: Geometry) -> Any:
    """The share of a weight of `shape` in the cotangent `input` of a convolution of `other`."""
    return xp.convolve_weight(input, other, shape, geometry)


# Calls --------------------------------------------------------------------------------------------------------------

Size = int | Sequence[int]
KERNEL = "slow_conv{}d_cpu"


def convolution(
    input: Any,
    weight: Any,
    bias: Any,
    stride: Size,
    padding: Size,
    dilation: Size,
    transposed: bool,
    output_padding: Size,
    groups: int,
) -> Tensor:
    """The convolution of a batch, or with `transposed` its transpose, in as many dimensions as the weight has.

    Raises RuntimeError for shapes, dtypes and numbers that do not fit together.
    """
    ndim = weight.ndim - 2
    for name, number in (("dilation", dilation), ("stride", stride)):
        if min(_numbers(number, ndim, name)) <= 0:
            raise RuntimeError(f"non-positive {name} is not supported")
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")
    geometry = Geometry(
        _numbers(stride, ndim, "stride"),
        _numbers(padding, ndim, "padding"),
        _numbers(dilation, ndim, "dilation"),
        groups,
    )
    extra = _numbers(output_padding, ndim, "output_padding")
    _check_dtypes(input, weight, bias)
    _check(input.shape, weight.shape, bias, geometry, transposed, extra)
    if input._array.dtype == np.bool_:
        raise NotImplementedError(f"\"{KERNEL.format(ndim)}\" not implemented for 'Bool'")
    if not transposed:
        return convolve(input, weight, bias, geometry=geometry)
    sizes = geometry.transposed_sizes(input.shape[2:], weight.shape[2:], extra)
    if min(sizes) < 1 and 0 not in input.shape:
        raise RuntimeError(
            f"Given input size per channel: ({_by_x(input.shape[2:])}). Calculated output size per channel: "
            f"({_by_x(sizes)}). Output size is too small"
        )
    shape = (input.shape[0], weight.shape[1] * groups, *sizes)
    return convolve_input(input, weight, bias, shape=shape, geometry=geometry)


def _convolution(ndim: int) -> Callable[..., Tensor]:
    def conv(
        input: Any,
        weight: Any,
        bias: Any = None,
        stride: Size = 1,
        padding: Size | str = 0,
        dilation: Size = 1,
        groups: int = 1,
    ) -> Tensor:
        batch, alone = _batched(f"conv{ndim}d", input, weight, bias, ndim)
        if isinstance(padding, str):
            batch, zeros = _padded_by_name(batch, weight, padding, stride, dilation, ndim)
        else:
            zeros = _each(padding, ndim)
        result = convolution(
            batch, weight, bias, _each(stride, ndim), zeros, _each(dilation, ndim), False, (0,) * ndim, groups
        )
        return result.squeeze(0) if alone else result

    conv.__name__ = conv.__qualname__ = f"conv{ndim}d"
    conv.__doc__ = f"""The convolution of `input` with `weight` in {ndim} dimensions, plus `bias`.

    Shapes: input (N, C, *) or (C, *), weight (O, C / groups, *), bias (O), result (N, O, *) or (O, *).
    `padding` counts zeros at either end, or is "valid" (none) or "same" (as many windows as elements, stride 1 only).
    Raises RuntimeError for shapes, dtypes and numbers that do not fit together.
    """
    return conv


def _transposed(ndim: int) -> Callable[..., Tensor]:
    def conv_transpose(
        input: Any,
        weight: Any,
        bias: Any = None,
        stride: Size = 1,
        padding: Size = 0,
        output_padding: Size = 0,
        groups: int = 1,
        dilation: Size = 1,
    ) -> Tensor:
        batch, alone = _batched(f"conv_transpose{ndim}d", input, weight, bias, ndim)
        step, zeros, gap, extra = (_each(each, ndim) for each in (stride, padding, dilation, output_padding))
        result = convolution(batch, weight, bias, step, zeros, gap, True, extra, groups)
        return result.squeeze(0) if alone else result

    conv_transpose.__name__ = conv_transpose.__qualname__ = f"conv_transpose{ndim}d"
    conv_transpose.__doc__ = f"""The transposed convolution of `input` with `weight` in {ndim} dimensions, plus `bias`.

    Shapes: input (N, C, *) or (C, *), weight (C, O / groups, *), bias (O), result (N, O, *) or (O, *).
    `output_padding` counts elements added at the far end, where several sizes of an input give the same number of
    windows. Raises RuntimeError for shapes, dtypes and numbers that do not fit together.
    """
    return conv_transpose


conv1d, conv2d, conv3d = map(_convolution, (1, 2, 3))


def conv_tbc(input: Any, weight: Any, bias: Any, pad: int = 0) -> Tensor:
    """`conv1d` of an input (time, batch, in) with a weight (kernel, in, out)."""
    if input.ndim != 3:
        raise RuntimeError("Input must have 3 dims: time, batch, in_channel")
    if weight.ndim != 3:
        raise RuntimeError("Weight tensor must have 3 dims: kernel_width, in_channels, out_channels.")
    if input.shape[2] != weight.shape[1]:
        raise RuntimeError("Input dim 2 (input channels) is not == dim 1 in the weight tensor")
    return conv1d(input.permute(1, 2, 0), weight.permute(2, 1, 0), bias, padding=pad).permute(2, 0, 1)


conv_transpose1d, conv_transpose2d, conv_transpose3d = map(_transposed, (1, 2, 3))

# Checks -------------------------------------------------------------------------------------------------------------


def _each(given: Size, ndim: int) -> Sequence[int]:
    """A number for each dimension, where there is one for all."""
    return given if isinstance(given, (tuple, list)) else (given,) * ndim  # type: ignore[return-value]


def _numbers(given: Size, ndim: int, name: str) -> tuple[int, ...]:
    """A number for each dimension. Raises RuntimeError where there are not as many."""
    numbers = _each(given, 1)
    if len(numbers) not in (1, ndim):
        raise RuntimeError(
            f"expected {name} to be a single integer value or a list of {ndim} values to match the convolution "
            f"dimensions, but got {name}={list(numbers)}"
        )
    return tuple([int(n) for n in (_each(numbers[0], ndim) if len(numbers) == 1 else numbers)])


def _batched(function: str, input: Any, weight: Any, bias: Any, ndim: int) -> tuple[Any, bool]:
    """The input as a batch, and whether it was none."""
    check_tensor(function, "input", 1, input)
    check_tensor(function, "weight", 2, weight)
    if bias is not None:
        check_tensor(function, "bias", 3, bias)
    if input.ndim not in (ndim + 1, ndim + 2):
        raise RuntimeError(
            f"Expected {ndim + 1}D (unbatched) or {ndim + 2}D (batched) input to {function}, but got input of size: "
            f"{list(input.shape)}"
        )
    if input.ndim == ndim + 1:
        return input.unsqueeze(0), True
    return input, False


def _padded_by_name(batch: Any, weight: Any, padding: str, stride: Size, dilation: Size, ndim: int) -> tuple[Any, Any]:
    """The batch and its padding, for one that is "same" or "valid"; an odd zero is put at the far end."""
    if padding == "valid":
        return batch, 0
    if padding != "same":
        raise RuntimeError(f"Invalid padding string: '{padding}'")
    if any(step != 1 for step in _numbers(stride, ndim, "stride")):
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    if batch.ndim != weight.ndim:
        raise RuntimeError(
            f"Expected {weight.ndim}-dimensional input for {weight.ndim}-dimensional weight{list(weight.shape)}, but "
            f"got {batch.ndim}-dimensional input of size {list(batch.shape)} instead"
        )
    totals = [gap * (width - 1) for gap, width in zip(_numbers(dilation, ndim, "dilation"), weight.shape[2:])]
    for axis, total in enumerate(totals, 2):
        if total % 2:
            zero = batch.new_zeros([1 if d == axis else size for d, size in enumerate(batch.shape)])
            batch = cat([batch, zero], axis)
    return batch, [total // 2 for total in totals]


def _check_dtypes(input: Any, weight: Any, bias: Any) -> None:
    x, w = input._array.dtype, weight._array.dtype
    if bias is not None and bias._array.dtype is not x:
        raise RuntimeError(
            f"Input type ({type_word(x)}) and bias type ({type_word(bias._array.dtype)}) should be the same"
        )
    if x is not w:
        raise RuntimeError(f"expected scalar type {of_numpy[x].scalar_type} but found {of_numpy[w].scalar_type}")


def _check(
    input: Sequence[int],
    weight: Sequence[int],
    bias: Any,
    geometry: Geometry,
    transposed: bool,
    extra: Sequence[int],
) -> None:
    """Raises RuntimeError for shapes that do not fit."""
    groups, given = geometry.groups, f"Given {'transposed=1' if transposed else f'groups={geometry.groups}'}"
    if min(geometry.padding) < 0:
        raise RuntimeError("negative padding is not supported")
    if min(extra) < 0:
        raise RuntimeError("negative output_padding is not supported")
    if len(input) != len(weight):
        raise RuntimeError(
            f"Expected {len(weight)}-dimensional input for {len(weight)}-dimensional weight {list(weight)}, but got "
            f"{len(input)}-dimensional input of size {list(input)} instead"
        )
    if weight[0] < groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but got weight of size "
            f"{list(weight)} instead"
        )
    if weight[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of "
            f"size [{list(weight)}] instead"
        )
    channels = weight[0] if transposed else weight[1] * groups
    if input[1] != channels:
        raise RuntimeError(
            f"{given}, weight of size {list(weight)}, expected input{list(input)} to have {channels} channels, but got "
            f"{input[1]} channels instead"
        )
    results = weight[1] * groups if transposed else weight[0]
    if bias is not None and tuple(bias.shape) != (results,):
        beginning = given if transposed else "Given"
        raise RuntimeError(
            f"{beginning}{',' if transposed else ''} weight of size {list(weight)}, expected bias to be 1-dimensional "
            f"with {results} elements, but got bias of size {list(bias.shape)} instead"
        )
    if transposed:
        _check_extra(geometry, extra)
        return
    padded = [size + 2 * padding for size, padding in zip(input[2:], geometry.padding)]
    widths = [gap * (width - 1) + 1 for gap, width in zip(geometry.dilation, weight[2:])]
    if any(size < width for size, width in zip(padded, widths)):
        raise RuntimeError(
            f"Calculated padded input size per channel: ({_by_x(padded)}). Kernel size: ({_by_x(widths)}). Kernel size "
            "can't be greater than actual input size"
        )


def _check_extra(geometry: Geometry, extra: Sequence[int]) -> None:
    if any(more >= max(step, gap) for more, step, gap in zip(extra, geometry.stride, geometry.dilation)):
        names = ("depth", "height", "width")[-len(extra) :]
        told = [
            f"{kind}_{name}: {number}"
            for kind, numbers in (
                ("output_padding", extra),
                ("stride", geometry.stride),
                ("dilation", geometry.dilation),
            )
            for name, number in zip(names, numbers)
        ]
        raise RuntimeError(f"output padding must be smaller than either stride or dilation, but got {' '.join(told)}")


def _by_x(sizes: Sequence[int]) -> str:
    return " x ".join(map(str, sizes))
