"""Pooling over windows: `max_pool1d` to `3d`, `avg_pool`, `lp_pool`, the adaptive ones, and `max_unpool`.

The windows and what is found in them are in `ops/pooling.py`; here are the calls, with PyTorch's checks. The spatial
dimensions are the last ones; before them stand channels and, if there is one, the batch.
Follows https://docs.pytorch.org/docs/stable/nn.functional.html#pooling-functions
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any

import numpy as np

from mutagrad.batched import physical_of
from mutagrad.dtypes import of_numpy
from mutagrad.ops import pooling
from mutagrad.ops.arithmetic import div
from mutagrad.ops.axis_maps import map_along
from mutagrad.ops.naming import shown_as
from mutagrad.ops.out import into
from mutagrad.tensor import Tensor, wrap

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool1d_with_indices",
    "adaptive_max_pool2d",
    "adaptive_max_pool2d_with_indices",
    "adaptive_max_pool3d",
    "adaptive_max_pool3d_with_indices",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "max_pool1d",
    "max_pool1d_with_indices",
    "max_pool2d",
    "max_pool2d_with_indices",
    "max_pool3d",
    "max_pool3d_with_indices",
    "max_unpool1d",
    "max_unpool2d",
    "max_unpool3d",
]

Size = int | Sequence[int]
WORDS = {1: "one", 2: "two", 3: "three"}
AXES = {1: "W", 2: "HW", 3: "THW"}

# Checks -------------------------------------------------------------------------------------------------------------


def numbers(function: str, name: str, given: Any, ndim: int) -> tuple[int, ...]:
    """A number for each spatial dimension. Raises RuntimeError where there are not as many."""
    many = tuple(given) if isinstance(given, (tuple, list)) else (given,)
    if ndim == 1 and len(many) != 1:
        raise RuntimeError(
            f"{function}() {name} must be an int, list of ints or tuple of ints of size 1 but got size {len(many)}"
        )
    if len(many) not in (1, ndim):
        ints = f"a tuple of {WORDS[ndim]} ints"
        must = {
            "stride": f"must either be omitted, a single int, or {ints}",
            "dilation": f"must be either a single int, or {ints}",
        }.get(name, f"must either be a single int, or {ints}")
        raise RuntimeError(f"{function}: {name} {must}")
    return tuple([int(n) for n in (many * ndim if len(many) == 1 else many)])


def _check_dims(function: str, input: Any, ndim: int) -> None:
    if ndim == 1 and input.ndim not in (2, 3):
        raise RuntimeError(
            f"Expected 2 to 3 dimensions, but got {input.ndim}-dimensional tensor for argument #1 'self' (while "
            f"checking arguments for {function})"
        )
    if input.ndim not in (ndim + 1, ndim + 2):
        raise RuntimeError(f"non-empty {ndim + 1}D or {ndim + 2}D (batch mode) tensor expected for input")


def _check_windows(
    kernel: Sequence[int], stride: Sequence[int], padding: Sequence[int], dilation: Sequence[int]
) -> None:
    ndim = len(kernel)
    if min(kernel) <= 0:
        told = " ".join(f"k{axis}: {k}" for axis, k in zip(AXES[ndim], kernel))
        raise RuntimeError(f"kernel size should be greater than zero, but got {told}")
    if min(stride) <= 0:
        raise RuntimeError("stride should not be zero")
    if min(dilation) <= 0:
        told = " ".join(f"dilation{axis}: {d}" for axis, d in zip(AXES[ndim], dilation))
        raise RuntimeError(f"dilation should be greater than zero, but got {told}")
    for width, before, gap in zip(kernel, padding, dilation):
        if before < 0:
            raise RuntimeError(f"pad must be non-negative, but got pad: {before}")
        if before > ((width - 1) * gap + 1) // 2:
            raise RuntimeError(
                f"pad should be at most half of effective kernel size, but got pad={before}, kernel_size={width} and "
                f"dilation={gap}"
            )


def _check_counts(input: Any, counts: Sequence[int]) -> None:
    if min(counts) < 1:
        lead = input.shape[-len(counts) - 1]
        sizes = (lead, *input.shape[-len(counts) :])
        told = "x".join(map(str, sizes)), "x".join(map(str, (lead, *counts)))
        if len(counts) == 1:  # PyTorch has these windows in two dimensions.
            told = f"{lead}x1x{sizes[1]}", f"{lead}x1x{counts[0]}"
        raise RuntimeError(
            f"Given input size: ({told[0]}). Calculated output size: ({told[1]}). Output size is too small"
        )


def _refuse(function: str, input: Any, kinds: str) -> None:
    if input._array.dtype.kind in kinds:
        raise NotImplementedError(f"\"{function}\" not implemented for '{of_numpy[input._array.dtype].scalar_type}'")


# The largest --------------------------------------------------------------------------------------------------------


def _check_max_input(function: str, input: Any, ndim: int) -> None:
    shape = input.shape
    some = 0 not in (shape[1:] if len(shape) == ndim + 2 else shape)
    if ndim == 3 and input.ndim in (4, 5) and not some:
        where = tuple(shape[1:] if len(shape) == 5 else shape).index(0)
        raise RuntimeError(
            "max_pool3d_with_indices_out_cpu_template(): Expected input's non-batch dimensions to have positive "
            f"length, but input has a shape of {list(shape)} and non-batch dimension {where} has length zero!"
        )
    if ndim > 1 and input.ndim not in (ndim + 1, ndim + 2):
        raise RuntimeError(f"non-empty {ndim + 1}D or {ndim + 2}D (batch mode) tensor expected for input")
    if input.ndim not in (ndim + 1, ndim + 2) or not some:
        name = "max_pool1d: " if ndim == 1 else ""
        raise RuntimeError(
            f"{name}Expected {ndim + 1}D or {ndim + 2}D (batch mode) tensor with optional 0 dim batch size for input, "
            f"but got:{list(shape)}"
        )


def _check_max_windows_1d(kernel: int, stride: int, padding: int, dilation: int, size: int, ceil: bool) -> None:
    for name, number in (("kernel_size", kernel), ("stride", stride)):
        if number <= 0:
            raise RuntimeError(f"max_pool1d() {name} must be greater than zero, but got {number}")
    if padding < 0:
        raise RuntimeError(f"max_pool1d() padding must be non-negative, but got {padding}")
    if padding > kernel // 2:
        raise RuntimeError(
            f"max_pool1d() padding should be at most half of kernel size, but got padding={padding} and "
            f"kernel_size={kernel}"
        )
    if dilation <= 0:
        raise RuntimeError(f"max_pool1d() dilation must be greater than zero, but got {dilation}")
    count = pooling.count_of(size, kernel, stride, padding, dilation, ceil)
    if count <= 0:
        raise RuntimeError(f"max_pool1d() Invalid computed output size: {count}")


def _max_pool(
    ndim: int,
    alone: bool,
    input: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> tuple[Any, Any]:
    """The maxima and their places; `alone` says that PyTorch's kernel without places would be called."""
    function = f"max_pool{ndim}d"
    kernel = numbers(function, "kernel_size", kernel_size, ndim)
    step = kernel if stride is None or stride in ([], ()) else numbers(function, "stride", stride, ndim)
    before = numbers(function, "padding", padding, ndim)
    gap = numbers(function, "dilation", dilation, ndim)
    own = ndim == 1 and alone
    if own:
        _check_max_input(function, input, 1)
        _check_max_windows_1d(kernel[0], step[0], before[0], gap[0], input.shape[-1], ceil_mode)
    else:
        _check_windows(kernel, step, before, gap)
        _check_max_input(function, input, ndim)
    _refuse("max_pool1d_impl" if own else "max_pool2d" if ndim == 1 else function, input, "bciu" if own else "bc")
    sizes = input.shape[-ndim:]
    counts = [pooling.count_of(*each, ceil_mode) for each in zip(sizes, kernel, step, before, gap)]
    _check_counts(input, counts)
    taps = tuple([pooling.taps_of(*each, ceil_mode) for each in zip(sizes, kernel, step, before, gap)])
    return shown_as(
        pooling.max_pool(input, taps=taps),
        _backward(ndim, "MaxPool", "WithIndices"),
        kernel_size=kernel,
        stride=_given(step, stride),
        padding=before,
        dilation=gap,
        ceil_mode=ceil_mode,
    )


def _given(step: tuple[int, ...], stride: Size | None) -> tuple[int, ...]:
    """The stride as PyTorch keeps it: empty where none was given."""
    return () if stride is None else step


def _backward(ndim: int, kind: str, more: str = "") -> str:
    """PyTorch's name of the backward function: of one dimension it makes two, and takes the other away."""
    return "SqueezeBackward1" if ndim == 1 else f"{kind}{ndim}D{more}Backward0"


def _max_pools(ndim: int) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def max_pool(
        input: Any,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        dilation: Size = 1,
        ceil_mode: bool = False,
        return_indices: bool = False,
    ) -> Any:
        args = input, kernel_size, stride, padding, dilation, ceil_mode
        largest, indices = _max_pool(ndim, not return_indices and not input.requires_grad, *args)
        return (largest, indices) if return_indices else largest

    def with_indices(
        input: Any,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        dilation: Size = 1,
        ceil_mode: bool = False,
        return_indices: bool = False,
    ) -> Any:
        return _max_pool(ndim, False, input, kernel_size, stride, padding, dilation, ceil_mode)

    _named(max_pool, f"max_pool{ndim}d", "The largest element of each window; with `return_indices` also its place.")
    _named(with_indices, f"max_pool{ndim}d_with_indices", "The largest element of each window, and its place.")
    return max_pool, with_indices


def _named(function: Any, name: str, doc: str) -> None:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc


max_pool1d, max_pool1d_with_indices = _max_pools(1)
max_pool2d, max_pool2d_with_indices = _max_pools(2)
max_pool3d, max_pool3d_with_indices = _max_pools(3)


# The mean -----------------------------------------------------------------------------------------------------------


def _average(input: Any, maps: Sequence[Any]) -> Any:
    for axis, each in enumerate(maps, input.ndim - len(maps)):
        input = map_along(input, matrix=each, dim=axis)
    return input


def _avg_pool(
    ndim: int,
    input: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    function = f"avg_pool{ndim}d"
    if ndim == 1:
        _check_dims(function, input, ndim)
    kernel = numbers(function, "kernel_size", kernel_size, ndim)
    step = kernel if stride is None or stride in ([], ()) else numbers(function, "stride", stride, ndim)
    before = numbers(function, "padding", padding, ndim)
    if divisor_override == 0:
        raise RuntimeError("divisor must be not zero")
    if ndim == 3:
        _check_dims(function, input, ndim)
    _check_windows(kernel, step, before, (1,) * ndim)
    sizes = input.shape[-ndim:]
    counts = [pooling.count_of(*each, 1, ceil_mode) for each in zip(sizes, kernel, step, before)]
    _check_dims(function, input, ndim)
    _check_counts(input, counts)
    _refuse("avg_pool2d" if ndim == 1 else function, input, "bc")
    whole = input._array.dtype.kind in "iu"
    divided = divisor_override is None and not whole

    windows = list(zip(sizes, kernel, step, before))
    maps = [pooling.mean_map(*each, ceil_mode, count_include_pad, divided) for each in windows]
    result = _average(input, maps)
    kept = {"kernel_size": kernel, "stride": _given(step, stride), "padding": before, "ceil_mode": ceil_mode}
    kept |= {"count_include_pad": count_include_pad, "divisor_override": divisor_override}
    if divided:
        return shown_as(result, _backward(ndim, "AvgPool"), **kept)
    if divisor_override is not None:
        result = div(result, divisor_override, rounding_mode="trunc" if whole else None)
        return shown_as(result, _backward(ndim, "AvgPool"), **kept)
    of_axes = [pooling.element_counts(*each, ceil_mode, count_include_pad) for each in windows]
    return div(result, wrap(reduce(np.multiply.outer, of_axes)), rounding_mode="trunc")


def avg_pool1d(
    input: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """The mean of each window of the last dimension.

    >>> import mutagrad
    >>> avg_pool1d(mutagrad.tensor([[1., 3., 5., 7.]]), 2)
    tensor([[2., 6.]])
    """
    return _avg_pool(1, input, kernel_size, stride, padding, ceil_mode, count_include_pad)


def _avg_pools(ndim: int) -> Callable[..., Any]:
    def avg_pool(
        input: Any,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
        *,
        out: Tensor | None = None,
    ) -> Tensor:
        args = (ndim, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
        return into(out, _avg_pool(*args), f"avg_pool{ndim}d")

    _named(avg_pool, f"avg_pool{ndim}d", f"The mean of each window of the last {WORDS[ndim]} dimensions.")
    return avg_pool


avg_pool2d, avg_pool3d = map(_avg_pools, (2, 3))


def _lp_pool(
    ndim: int, input: Any, norm_type: float, kernel_size: Size, stride: Size | None = None, ceil_mode: bool = False
) -> Tensor:
    """The `norm_type`-norm of each window; windows that reach beyond the end count as if they were whole."""
    kernel = numbers(f"avg_pool{ndim}d", "kernel_size", kernel_size, ndim)
    mean = _avg_pool(ndim, input.pow(norm_type), kernel, stride, 0, ceil_mode)
    return (mean.sign() * mean.abs().relu()).mul(int(np.prod(kernel))).pow(1.0 / norm_type)


def _lp_pools(ndim: int) -> Callable[..., Any]:
    function: Any = partial(_lp_pool, ndim)
    function.__doc__ = _lp_pool.__doc__
    function.__name__ = f"lp_pool{ndim}d"
    return function


lp_pool1d, lp_pool2d, lp_pool3d = map(_lp_pools, (1, 2, 3))

# Adaptive -----------------------------------------------------------------------------------------------------------


def _adaptive_counts(kind: str, input: Any, output_size: Any, ndim: int) -> tuple[int, ...]:
    """The counts of windows asked for, checked; None stands for the size of the input."""
    function = f"adaptive_{kind}_pool{ndim}d"
    many = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size,) * ndim
    if ndim == 1:
        if len(many) != 1:
            raise RuntimeError(f"{function}() argument 'output_size' should contain one int (got {len(many)})")
        _check_dims(function, input, 1)
    elif (input.ndim <= len(many) and None in many) or (
        input.ndim <= ndim and len(many) == ndim and isinstance(output_size, (tuple, list))
    ):
        raise ValueError(f"Input dimension should be at least {len(many) + 1}")
    if len(many) != ndim:
        internal = "(): internal error: output_size.size() must be" if kind == "max" else ": output_size must be"
        raise RuntimeError(f"{function}{internal} {ndim}")
    counts = tuple([n if count is None else int(count) for n, count in zip(input.shape[-ndim:], many)])
    if min(counts) < 0:
        shown = (1, *counts) if ndim == 1 else counts
        if kind == "max":
            lead = input.shape[:-ndim] if ndim > 1 else (*input.shape[:-1], 1)
            raise RuntimeError(f"Trying to create tensor with negative dimension {min(counts)}: {[*lead, *counts]}")
        told = f"{shown[0]}, " + ",".join(map(str, shown[1:]))
        raise RuntimeError(
            f"adaptive_avg_pool{max(ndim, 2)}d: elements of output_size must be greater than or equal to 0 but "
            f"received {{{told}}}"
        )
    name = f"adaptive_{kind}_pool{max(ndim, 2)}d"
    if input.ndim not in (ndim + 1, ndim + 2):
        raise RuntimeError(f"{name}(): Expected {ndim + 1}D or {ndim + 2}D tensor, but got {list(input.shape)}")
    for dim in range(1 if input.ndim == ndim + 2 else 0, input.ndim):
        if input.shape[dim] == 0 and (dim >= input.ndim - ndim or kind == "max"):
            raise RuntimeError(
                f"{name}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes "
                f"{list(input.shape)} with dimension {dim} being empty"
            )
    _refuse(name, input, "biuc")
    return counts


def _adaptive_avg(ndim: int) -> Callable[..., Any]:
    def adaptive_avg_pool(input: Any, output_size: Any) -> Tensor:
        counts = _adaptive_counts("avg", input, output_size, ndim)
        name = "MeanBackward1" if ndim == 2 and counts == (1, 1) else _backward(ndim, "AdaptiveAvgPool")
        if set(counts) == {1}:
            return shown_as(input.mean(tuple(range(-ndim, 0)), keepdim=True), name)
        maps = [pooling.adaptive_mean_map(*each) for each in zip(input.shape[-ndim:], counts)]
        return shown_as(_average(input, maps), name)

    _named(
        adaptive_avg_pool,
        f"adaptive_avg_pool{ndim}d",
        "The means of as many windows as `output_size` says, which cover the input.",
    )
    return adaptive_avg_pool


def _adaptive_max(ndim: int) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def with_indices(input: Any, output_size: Any, return_indices: bool = False) -> Any:
        counts = _adaptive_counts("max", input, output_size, ndim)
        taps = tuple([pooling.adaptive_taps(*each) for each in zip(input.shape[-ndim:], counts)])
        return shown_as(pooling.max_pool(input, taps=taps), _backward(ndim, "AdaptiveMaxPool"))

    def adaptive_max_pool(input: Any, output_size: Any, return_indices: bool = False) -> Any:
        largest, indices = with_indices(input, output_size)
        return (largest, indices) if return_indices else largest

    doc = "The largest elements of as many windows as `output_size` says, which cover the input"
    _named(adaptive_max_pool, f"adaptive_max_pool{ndim}d", f"{doc}; with `return_indices` also their places.")
    _named(with_indices, f"adaptive_max_pool{ndim}d_with_indices", f"{doc}, and their places.")
    return adaptive_max_pool, with_indices


adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d = map(_adaptive_avg, (1, 2, 3))
adaptive_max_pool1d, adaptive_max_pool1d_with_indices = _adaptive_max(1)
adaptive_max_pool2d, adaptive_max_pool2d_with_indices = _adaptive_max(2)
adaptive_max_pool3d, adaptive_max_pool3d_with_indices = _adaptive_max(3)

# Back again ---------------------------------------------------------------------------------------------------------


def _max_unpool(
    ndim: int,
    input: Any,
    indices: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """The elements of `input` at the places that `indices` names, as `max_pool` gives them, and zeros elsewhere.

    Raises RuntimeError for a place outside the result, ValueError for an impossible `output_size`.
    """
    kernel = _of_each(kernel_size, ndim)
    step = kernel if stride is None else _of_each(stride, ndim)
    sizes = _unpooled(input, kernel, step, _of_each(padding, ndim), output_size)
    if indices.dtype is not of_numpy[np.dtype(np.int64)]:
        raise RuntimeError(
            f"elements in indices should be type int64 but got: {indices.dtype.scalar_type}"
            if ndim < 3
            else "elements in indices should be type int64"
        )
    if input.shape != indices.shape:
        shown = [(*t.shape, 1) if ndim == 1 else tuple(t.shape) for t in (input, indices)]
        raise RuntimeError(
            f"Expected shape of indices to be same as that of the input tensor ({list(shown[0])}) but got indices "
            f"tensor with shape: {list(shown[1])}"
        )
    places, count = physical_of(indices._array), int(np.prod(sizes))
    if places.size and (places.min() < 0 or places.max() >= count):
        wrong = places[(places < 0) | (places >= count)].flat[0]
        shown = sizes if ndim > 1 else (*sizes, 1)
        raise RuntimeError(
            f"Found an invalid max index: {wrong} (output volumes are of size {'x'.join(map(str, shown))})"
        )
    lead = input.shape[:-ndim]
    flat = pooling.max_unpool(input.reshape(*lead, -1), indices.reshape(*lead, -1), size=count)
    return shown_as(flat.reshape(*lead, *sizes), _backward(ndim, "MaxUnpool"))


def _of_each(given: Size, ndim: int) -> tuple[int, ...]:
    return tuple(given) if isinstance(given, (tuple, list)) else (given,) * ndim  # type: ignore[return-value]


def _unpooled(
    input: Any, kernel: Sequence[int], stride: Sequence[int], padding: Sequence[int], wanted: Sequence[int] | None
) -> tuple[int, ...]:
    """The sizes of the result: those from which the input may have come, the default ones unless others are wanted."""
    ndim = len(kernel)
    default = [
        (size - 1) * step + width - 2 * before
        for size, step, width, before in zip(input.shape[-ndim:], stride, kernel, padding)
    ]
    if wanted is None:
        return tuple(default)
    wanted = list(wanted)
    if len(wanted) == ndim + 2:
        wanted = wanted[2:]
    if len(wanted) != ndim:
        raise ValueError(
            f"output_size should be a sequence containing {ndim} or {ndim + 2} elements, but it has a length of "
            f"'{len(wanted)}'"
        )
    for d, size in enumerate(wanted):
        least, most = default[d] - stride[d], default[d] + stride[d]
        if not least < size < most:
            raise ValueError(f"invalid output_size '{list(wanted)}' (dim {d} must be between {least} and {most})")
    return tuple(wanted)


def _unpools(ndim: int) -> Callable[..., Any]:
    function: Any = partial(_max_unpool, ndim)
    function.__doc__ = _max_unpool.__doc__
    function.__name__ = f"max_unpool{ndim}d"
    return function


max_unpool1d, max_unpool2d, max_unpool3d = map(_unpools, (1, 2, 3))
