"""Running sums, products and extremes along a dimension, and differences.

The gradient of a running sum is a running sum from the other end. That of a running product or logarithm of a sum is a
weighted one, `_weighted_tail`: it needs no division, so it is exact at zeros, and to any order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mutagrad.declaration import composite, operation
from mutagrad.dtypes import as_dtype
from mutagrad.in_place import apply_in_place
from mutagrad.ops.dimensions import axis_of, not_implemented, picked_tangent
from mutagrad.ops.joining import cat
from mutagrad.ops.out import into
from mutagrad.ops.reduction import product_before, summed_dtype
from mutagrad.ops.views import check_tensor
from mutagrad.return_types import named, returning
from mutagrad.tensor import Tensor

__all__ = ["cummax", "cummin", "cumprod", "cumsum", "diff", "logcumsumexp"]


# Sums and products --------------------------------------------------------------------------------------------------


def _part(axis: int, start: int | None, stop: int | None) -> tuple:
    """The key of a slice along `axis`."""
    return (*(slice(None),) * axis, slice(start, stop), ...)


def _from_the_end(xp: Any, x: Any, axis: int) -> Any:
    """The running sums from the end."""
    return xp.flip(xp.cumulative_sum(xp.flip(x, axis=axis), axis=axis), axis=axis)


def _later(xp: Any, x: Any, step: int, axis: int) -> Any:
    """For each element the one `step` places further on; zero beyond the end."""
    return xp.concat([x[_part(axis, step, None)], xp.zeros_like(x[_part(axis, None, step)])], axis=axis)


def _weighted_tail(xp: Any, x: Any, weight: Any, axis: int) -> Any:
    """The solution of `tail[i] = x[i] + weight[i] * tail[i + 1]` along `axis`.

    Sums of 1, 2, 4, ... terms, each from two of the sums before: logarithmically many steps, every one over all
    elements at once.
    """
    step = 1
    while step < x.shape[axis]:
        x = x + weight * _later(xp, x, step, axis)
        weight = weight * _later(xp, weight, step, axis)
        step *= 2
    return x


def _cumsum_share(xp: Any, ct: Any, input_shape: tuple, input_dtype: np.dtype, dim: int) -> Any:
    share = _from_the_end(xp, ct, axis_of(dim, len(input_shape))) if input_shape else ct
    return xp.fit(share, input_shape, input_dtype)


@operation(input=_cumsum_share, jvp="linear", casts=True)
def cumsum(xp: Any, input: Any, /, dim: int, *, dtype: Any = None) -> Any:
    """The running sums along `dim`. Integers and bool are summed as int64. Saves nothing.

    >>> import mutagrad
    >>> mutagrad.cumsum(mutagrad.tensor([1., 2., 3.]), 0)
    tensor([1., 3., 6.])
    """
    return xp.cumulative_sum(input, axis=axis_of(dim, input.ndim), dtype=summed_dtype(input.dtype, dtype))


def _cumprod_share(
    xp: Any, ct: Any, input: Any, input_shape: tuple, input_dtype: np.dtype, dim: int, dtype: Any
) -> Any:
    if not input_shape:
        return xp.fit(ct, input_shape, input_dtype)
    # The product up to k, by factor i, is that of the factors before i times that of those after i up to k.
    axis = axis_of(dim, len(input_shape))
    factors = xp.fit(input, input_shape, summed_dtype(input_dtype, dtype)).conj()
    tail = _weighted_tail(xp, ct, _later(xp, factors, 1, axis), axis)
    return xp.fit(product_before(xp, factors, axis) * tail, input_shape, input_dtype)


@operation(input=_cumprod_share, casts=True)
def cumprod(xp: Any, input: Any, /, dim: int, *, dtype: Any = None) -> Any:
    """The running products along `dim`. Integers and bool are multiplied as int64. Saves the input.

    >>> import mutagrad
    >>> mutagrad.cumprod(mutagrad.tensor([1., 2., 3.]), 0)
    tensor([1., 2., 6.])
    """
    return xp.cumulative_prod(input, axis=axis_of(dim, input.ndim), dtype=summed_dtype(input.dtype, dtype))


_C_NAMES = {
    "bool": "bool", "uint8": "unsigned char", "int8": "signed char", "int16": "short int", "int32": "int",
    "int64": "long int", "float16": "c10::Half", "float32": "float", "float64": "double",
    "complex64": "c10::complex<float>", "complex128": "c10::complex<double>",
}  # fmt: skip


def _in_place(function: Callable, kernel: str) -> Callable[..., Tensor]:
    """The in-place form of a running sum or product: it stays in the tensor's dtype."""

    def call(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
        own = input._array.dtype
        if dtype is not None and as_dtype(dtype).numpy != own:
            names = _C_NAMES[own.name], _C_NAMES[as_dtype(dtype).name]
            raise RuntimeError(
                "Bad in-place call: input tensor dtype {} and output tensor dtype {} should match".format(*names)
            )
        if own.kind == "b" and input._array.ndim and input._array.size:
            raise not_implemented(kernel, own)
        return apply_in_place(function.operation, input, (), {"dim": dim})

    call.__name__ = call.__qualname__ = f"{function.__name__}_"
    call.__doc__ = f"In-place form of `{function.__name__}`."
    return composite()(call)


_in_place(cumsum, "cumsum_out_cpu")
_in_place(cumprod, "cumprod_out_cpu")


# Logarithms of sums of exponentials ---------------------------------------------------------------------------------


def _logcumsumexp_share(xp: Any, ct: Any, input: Any, out: Any, input_shape: tuple, dim: int) -> Any:
    if not input_shape:
        return ct
    axis = axis_of(dim, len(input_shape))
    # Of elements that are all minus infinity so far, the derivative is zero; without this it would be nan.
    out = xp.where(xp.isinf(out) & (xp.real(out) < 0), 0, out)
    rise = xp.exp(out[_part(axis, None, -1)] - out[_part(axis, 1, None)])
    weight = xp.concat([rise, xp.zeros_like(out[_part(axis, None, 1)])], axis=axis).conj()
    return xp.exp(input - out).conj() * _weighted_tail(xp, ct, weight, axis)


@operation(input=_logcumsumexp_share)
def logcumsumexp(xp: Any, input: Any, /, dim: int) -> Any:
    """The logarithm of the running sums of exponentials along `dim`. Saves the input and the result.

    >>> import mutagrad
    >>> mutagrad.logcumsumexp(mutagrad.zeros(2), 0)
    tensor([0.0000, 0.6931])
    """
    axis = axis_of(dim, input.ndim)
    if input.dtype.kind not in "fc":
        raise not_implemented("logcumsumexp_out_cpu", input.dtype)
    return xp.cumulative_logaddexp(input, axis=axis)


# Extremes -----------------------------------------------------------------------------------------------------------


def _running_share(xp: Any, ct: Any, indices: Any, input_shape: tuple, dim: int) -> Any:
    if not input_shape:
        return ct[0]
    nothing = xp.zeros(input_shape, dtype=ct[0].dtype)
    return xp.add_along_axis(nothing, indices, ct[0], axis=axis_of(dim, len(input_shape)))


def _last_equal(xp: Any, input: Any, values: Any, axis: int) -> Any:
    """The index of the last element, so far, that equals the running extreme `values`."""
    if not input.ndim:
        return xp.zeros((), dtype=np.dtype("int64"))
    shape = [1] * input.ndim
    shape[axis] = input.shape[axis]
    places = xp.reshape(xp.arange(input.shape[axis]), tuple(shape))
    equal = xp.logical_or(input == values, xp.isnan(input))
    return xp.cumulative_max(xp.where(equal, places, 0), axis=axis)


@operation(
    outputs=("values", "indices"),
    input=_running_share,
    jvp=picked_tangent,
    wrapper=returning(named("cummax", "values", "indices")),
)
def cummax(xp: Any, input: Any, /, dim: int) -> Any:
    """The largest elements so far along `dim`, and their indices; of equal ones the last. Saves the indices.

    >>> import mutagrad
    >>> mutagrad.cummax(mutagrad.tensor([1., 3., 2.]), 0).indices
    tensor([0, 1, 1])
    """
    axis = axis_of(dim, input.ndim)
    if input.dtype.kind == "c" and input.ndim and 0 not in input.shape:
        raise not_implemented("cummax_cpu", input.dtype)
    values = xp.cumulative_max(input, axis=axis)
    return values, _last_equal(xp, input, values, axis)


@operation(
    outputs=("values", "indices"),
    input=_running_share,
    jvp=picked_tangent,
    wrapper=returning(named("cummin", "values", "indices")),
)
def cummin(xp: Any, input: Any, /, dim: int) -> Any:
    """The smallest elements so far along `dim`, and their indices; of equal ones the last. Saves the indices.

    >>> import mutagrad
    >>> mutagrad.cummin(mutagrad.tensor([2., 1., 3.]), 0).indices
    tensor([0, 1, 1])
    """
    axis = axis_of(dim, input.ndim)
    if input.dtype.kind == "c" and input.ndim and 0 not in input.shape:
        raise not_implemented("cummin_cpu", input.dtype)
    values = xp.cumulative_min(input, axis=axis)
    return values, _last_equal(xp, input, values, axis)


# Differences --------------------------------------------------------------------------------------------------------


@composite()
def diff(
    input: Tensor,
    n: int = 1,
    dim: int = -1,
    prepend: Tensor | None = None,
    append: Tensor | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """The differences between neighbours along `dim`, taken `n` times; of bool, whether they differ.

    Raises RuntimeError for a zero-dimensional input or a negative `n`.

    >>> import mutagrad
    >>> mutagrad.diff(mutagrad.tensor([1., 4., 9.]))
    tensor([3., 5.])
    """
    check_tensor("diff", input)
    if input.ndim == 0:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    axis = axis_of(dim, input.ndim)
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    parts = [part for part in (prepend, input, append) if part is not None and n]
    result = cat(parts, axis) if len(parts) > 1 else input
    for _ in range(min(n, result.shape[axis])):
        later, earlier = result[_part(axis, 1, None)], result[_part(axis, None, -1)]
        result = later != earlier if result._array.dtype.kind == "b" else later - earlier
    return into(out, result.clone() if result is input else result, "diff")
