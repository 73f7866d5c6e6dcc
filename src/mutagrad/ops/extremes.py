"""Extremes and medians: `amax`, `max`, `argmax`, `median` and their kin.

Two conventions share the gradient out. Where only a value is given (`amax`, and `max` and `median` of all elements),
all elements equal to it share evenly; where an index comes with it (`max` and `median` along a dimension), the element
at that index takes all. The first kind saves input and result, the second the indices alone. A nan is the largest and
the smallest of all. Of complex elements there is no largest: NotImplementedError or RuntimeError, as in PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mutagrad.declaration import operation, pointwise
from mutagrad.ops.dimensions import (
    Dims,
    axes_of,
    axis_of,
    check_not_empty,
    keep,
    names_dim,
    not_implemented,
    picked_share,
    picked_tangent,
)
from mutagrad.ops.matrices import anywhere
from mutagrad.return_types import named, returning
from mutagrad.tensor import Tensor

__all__ = ["amax", "amin", "aminmax", "argmax", "argmin", "max", "median", "min", "nanmedian"]


def _shared_evenly(xp: Any, ct: Any, among: Any, axes: tuple[int, ...]) -> Any:
    """`ct`, with the reduced dimensions kept, divided evenly among the true elements of a mask along `axes`."""
    share = xp.astype(among, ct.dtype)
    return share * (ct / xp.sum(share, axis=axes, keepdims=True))


# Values alone -------------------------------------------------------------------------------------------------------


def _extreme_share(xp: Any, ct: Any, input: Any, out: Any, input_shape: tuple, dim: Dims) -> Any:
    ct, out = keep(xp, ct, input_shape, dim), keep(xp, out, input_shape, dim)
    return _shared_evenly(xp, ct, input == out, axes_of(dim, len(input_shape)))


@operation(input=_extreme_share, jvp="reducing")
def amax(xp: Any, input: Any, /, dim: Dims = (), keepdim: bool = False) -> Any:
    """The largest of all elements, or of those along `dim`; equal ones share the gradient evenly.

    Raises IndexError or RuntimeError where there are no elements.

    >>> import mutagrad
    >>> mutagrad.amax(mutagrad.tensor([[1., 4.], [3., 2.]]), 1)
    tensor([4., 3.])
    """
    check_not_empty("amax", input.shape, dim)
    if input.dtype.kind == "c" and 0 not in input.shape:
        raise not_implemented("max_values_cpu", input.dtype)
    return xp.max(input, axis=axes_of(dim, input.ndim), keepdims=keepdim)


@operation(input=_extreme_share, jvp="reducing")
def amin(xp: Any, input: Any, /, dim: Dims = (), keepdim: bool = False) -> Any:
    """The smallest of all elements, or of those along `dim`; equal ones share the gradient evenly.

    Raises IndexError or RuntimeError where there are no elements.

    >>> import mutagrad
    >>> mutagrad.amin(mutagrad.tensor([[1., 4.], [3., 2.]]), 1)
    tensor([1., 2.])
    """
    check_not_empty("amin", input.shape, dim)
    if input.dtype.kind == "c" and 0 not in input.shape:
        raise not_implemented("min_values_cpu", input.dtype)
    return xp.min(input, axis=axes_of(dim, input.ndim), keepdims=keepdim)


def _aminmax_share(xp: Any, ct: Any, input: Any, min: Any, max: Any, input_shape: tuple, dim: int | None) -> Any:
    shares = [
        _extreme_share(xp, one, input, extreme, input_shape, dim)
        for one, extreme in zip(ct, (min, max))
        if one is not None
    ]
    return shares[0] if len(shares) == 1 else shares[0] + shares[1]


@operation(outputs=("min", "max"), input=_aminmax_share, wrapper=returning(named("aminmax", "min", "max")))
def aminmax(xp: Any, input: Any, /, *, dim: int | None = None, keepdim: bool = False) -> Any:
    """The smallest and the largest of all elements, or of those along `dim`, as a named tuple.

    >>> import mutagrad
    >>> mutagrad.aminmax(mutagrad.tensor([1., 4., 3.])).max
    tensor(4.)
    """
    axes = axes_of(dim, input.ndim)
    if dim is None and 0 in input.shape:
        raise RuntimeError(
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity."
        )
    if dim is not None and axes and input.shape[axes[0]] == 0:
        raise IndexError(f"aminmax: Expected reduction dim {axes[0]} to have non-zero size.")
    if input.dtype.kind == "c":
        raise not_implemented("aminmax_cpu", input.dtype)
    return xp.min(input, axis=axes, keepdims=keepdim), xp.max(input, axis=axes, keepdims=keepdim)


# Indices alone ------------------------------------------------------------------------------------------------------


def _indexed_axis(name: str, input: Any, dim: int | None) -> int | None:
    """The axis of an index; None where it is one in the flat array."""
    if input.dtype.kind in "bc":
        raise RuntimeError(f"{name}(): does not support {'bool' if input.dtype.kind == 'b' else 'complex'} input")
    if dim is None:
        if 0 in input.shape:
            raise IndexError(f"{name}(): Expected reduction dim to be specified for input.numel() == 0.")
        return None
    axis = axis_of(dim, input.ndim)
    check_not_empty(name, input.shape, axis)
    return axis if input.ndim else None


@operation()
def argmax(xp: Any, input: Any, /, dim: int | None = None, keepdim: bool = False) -> Any:
    """The index of the largest element along `dim`, or in the flat tensor; of equal ones the first.

    >>> import mutagrad
    >>> mutagrad.argmax(mutagrad.tensor([[1., 4.], [3., 2.]]), 1)
    tensor([1, 0])
    """
    return xp.argmax(input, axis=_indexed_axis("argmax", input, dim), keepdims=keepdim)


@operation()
def argmin(xp: Any, input: Any, /, dim: int | None = None, keepdim: bool = False) -> Any:
    """The index of the smallest element along `dim`, or in the flat tensor; of equal ones the first.

    >>> import mutagrad
    >>> mutagrad.argmin(mutagrad.tensor([[1., 4.], [3., 2.]]), 1)
    tensor([0, 1])
    """
    return xp.argmin(input, axis=_indexed_axis("argmin", input, dim), keepdims=keepdim)


# Values and indices -------------------------------------------------------------------------------------------------


def _equal_share(xp: Any, ct: Any, input: Any, out: Any) -> Any:
    """The share of all elements equal to the one value found, nan among them."""
    among = xp.logical_or(input == out, xp.logical_and(xp.isnan(input), xp.isnan(out)))
    return _shared_evenly(xp, ct, among, tuple(range(input.ndim)))


def _overloaded(name: str, node: str, of_all: Callable, pair: str | None = None) -> Callable[[Callable], Callable]:
    """Adds to `name(input, dim, keepdim)` the forms `name(input)` and, where there is one, `name(input, other)`."""
    whole = pointwise(
        name,
        of_all,
        promotion="compare",
        in_place=False,
        method=False,
        node_name=node,
        input=_equal_share,
        jvp="reducing",
    )
    result = named(name, "values", "indices")

    def wrap(along: Callable) -> Callable:
        def call(input: Tensor, *args: Any, **options: Any) -> Any:
            if not args and not options:
                return whole(input)
            if pair and ("other" in options or (args and isinstance(args[0], Tensor))):
                return getattr(input, pair)(*args, **options)
            if names_dim(args, options) or "keepdim" in options:
                return result(*along(input, *args, **options))
            return whole(input, **options)

        return call

    return wrap


def _check_ordered(name: str, input: Any, dim: int) -> int | None:
    """The axis that an extreme is sought along; None for a zero-dimensional input."""
    axis = axis_of(dim, input.ndim)
    check_not_empty(name, input.shape, axis)
    if input.dtype.kind == "c":
        raise RuntimeError(f"{name}(): does not support complex input")
    return axis if input.ndim else None


def _max_of_all(xp: Any, input: Any) -> Any:
    check_not_empty("max", input.shape, None)
    if input.dtype.kind == "c":
        raise not_implemented("max_all", input.dtype)
    return xp.max(input)


def _min_of_all(xp: Any, input: Any) -> Any:
    check_not_empty("min", input.shape, None)
    if input.dtype.kind == "c":
        raise not_implemented("min_all", input.dtype)
    return xp.min(input)


@operation(
    outputs=("values", "indices"),
    input=picked_share,
    jvp=picked_tangent,
    wrapper=_overloaded("max", "MaxBackward1", _max_of_all, "maximum"),
)
def max(xp: Any, input: Any, /, dim: int, keepdim: bool = False) -> Any:
    """The largest of all elements; with `dim`, the largest along it and their indices; of two tensors, `maximum`.

    Of equal elements the index is the first, and it alone has a gradient; without `dim` they share evenly.

    >>> import mutagrad
    >>> mutagrad.max(mutagrad.tensor([[1., 4.], [3., 2.]]), 1)
    torch.return_types.max(
    values=tensor([4., 3.]),
    indices=tensor([1, 0]))
    """
    axis = _check_ordered("max", input, dim)
    return xp.max(input, axis=axis, keepdims=keepdim), xp.argmax(input, axis=axis, keepdims=keepdim)


@operation(
    outputs=("values", "indices"),
    input=picked_share,
    jvp=picked_tangent,
    wrapper=_overloaded("min", "MinBackward1", _min_of_all, "minimum"),
)
def min(xp: Any, input: Any, /, dim: int, keepdim: bool = False) -> Any:
    """The smallest of all elements; with `dim`, the smallest along it and their indices; of two tensors, `minimum`.

    Of equal elements the index is the first, and it alone has a gradient; without `dim` they share evenly.

    >>> import mutagrad
    >>> mutagrad.min(mutagrad.tensor([[1., 4.], [3., 2.]]))
    tensor(1.)
    """
    axis = _check_ordered("min", input, dim)
    return xp.min(input, axis=axis, keepdims=keepdim), xp.argmin(input, axis=axis, keepdims=keepdim)


# Medians ------------------------------------------------------------------------------------------------------------


def _median(xp: Any, x: Any, axis: int, skips: bool) -> tuple[Any, Any]:
    """The lower median along `axis` and its index; nan where there is one, or, where `skips`, of the others."""
    size, hole = x.shape[axis], xp.isnan(x)
    holes = xp.sum(hole, axis=axis, keepdims=True)
    if skips and anywhere(holes > 0):
        place = xp.maximum(size - 1 - holes, 0) // 2
        indices = xp.take_along_axis(xp.argsort(x, axis=axis), place, axis=axis)  # nan comes last
    else:
        middle = (size - 1) // 2
        order = xp.argpartition(x, middle, axis=axis)
        indices = order[(*(slice(None),) * axis, slice(middle, middle + 1), ...)]
        indices = xp.where(holes > 0, xp.argmax(hole, axis=axis, keepdims=True), indices)
    return xp.take_along_axis(x, indices, axis=axis), indices


def _median_along(xp: Any, input: Any, dim: int, keepdim: bool, skips: bool) -> tuple[Any, Any]:
    axis = axis_of(dim, input.ndim)
    check_not_empty("median", input.shape, axis)
    if input.dtype.kind in "bc":
        raise not_implemented("median_out", input.dtype)
    if not input.ndim:
        return xp.copy(input), xp.argmax(input)
    values, indices = _median(xp, input, axis, skips)
    return (values, indices) if keepdim else (xp.squeeze(values, axis=axis), xp.squeeze(indices, axis=axis))


def _median_of_all(skips: bool) -> Callable:
    def forward(xp: Any, input: Any) -> Any:
        if 0 in input.shape:
            return xp.astype(xp.asarray(float("nan")), input.dtype)
        if input.dtype.kind in "bc":
            raise not_implemented("median_cpu", input.dtype)
        return _median(xp, xp.reshape(input, (-1,)), 0, skips)[0][0]

    return forward


@operation(
    outputs=("values", "indices"),
    node_name="MedianBackward1",
    input=picked_share,
    jvp=picked_tangent,
    wrapper=_overloaded("median", "MedianBackward0", _median_of_all(skips=False)),
)
def median(xp: Any, input: Any, /, dim: int, keepdim: bool = False) -> Any:
    """The median of all elements, the lower one of two; with `dim`, the medians along it and their indices.

    >>> import mutagrad
    >>> mutagrad.median(mutagrad.tensor([1., 3., 2., 4.]))
    tensor(2.)
    """
    return _median_along(xp, input, dim, keepdim, skips=False)


@operation(
    outputs=("values", "indices"),
    node_name="NanmedianBackward1",
    input=picked_share,
    jvp=picked_tangent,
    wrapper=_overloaded("nanmedian", "NanmedianBackward0", _median_of_all(skips=True)),
)
def nanmedian(xp: Any, input: Any, /, dim: int, keepdim: bool = False) -> Any:
    """The median of the elements that are not nan; see `median`.

    >>> import mutagrad
    >>> mutagrad.nanmedian(mutagrad.tensor([1., 3., float("nan")]))
    tensor(1.)
    """
    return _median_along(xp, input, dim, keepdim, skips=True)
