"""Order: sorting, the largest elements and the most frequent, and quantiles.

A sort is stable: equal elements keep their order, and nan counts as the largest. What selects elements (`sort`, `topk`,
`kthvalue`, `mode`) saves the indices alone, and puts the cotangent back where the elements came from.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import index
from typing import Any

import numpy as np

from mutagrad.batched import physical_of
from mutagrad.declaration import composite, operation
from mutagrad.ops.dimensions import axis_of, check_not_empty, not_implemented, picked_share, picked_tangent
from mutagrad.ops.out import into
from mutagrad.ops.shaping import reshape
from mutagrad.return_types import named, returning
from mutagrad.tensor import Tensor, wrap

__all__ = ["argsort", "kthvalue", "mode", "msort", "nanquantile", "quantile", "sort", "topk"]

_INT64 = np.dtype("int64")


# Sorting ------------------------------------------------------------------------------------------------------------


def _put_back(xp: Any, ct: Any, indices: Any, input_shape: tuple, dim: int) -> Any:
    if not input_shape:
        return ct[0]
    nothing = xp.zeros(input_shape, dtype=ct[0].dtype)
    return xp.put_along_axis(nothing, indices, ct[0], axis=axis_of(dim, len(input_shape)))


def _order(xp: Any, input: Any, dim: int, descending: bool) -> Any:
    axis = axis_of(dim, input.ndim)
    if input.dtype.kind == "c":
        raise RuntimeError(" Sort does not support complex dtypes on CPU")
    return xp.argsort(input, axis=axis, descending=descending)


def _stable_named(call: Callable) -> Callable:
    """Gives the node of `sort(stable=...)` the name that PyTorch gives it."""
    stable = operation(
        "sort",
        outputs=("values", "indices"),
        method=False,
        node_name="SortBackward1",
        input=_put_back,
        jvp=picked_tangent,
    )(_sort)
    result = named("sort", "values", "indices")
    return lambda input, *args, **options: result(*(stable if "stable" in options else call)(input, *args, **options))


def _sort(xp: Any, input: Any, /, dim: int = -1, descending: bool = False, *, stable: bool = False) -> Any:
    """The elements in order along `dim`, and the indices that they had.

    >>> import mutagrad
    >>> mutagrad.sort(mutagrad.tensor([3., 1., 2.]))
    torch.return_types.sort(
    values=tensor([1., 2., 3.]),
    indices=tensor([1, 2, 0]))
    """
    order = _order(xp, input, dim, descending)
    if not input.ndim:
        return xp.copy(input), order
    return xp.take_along_axis(input, order, axis=axis_of(dim, input.ndim)), order


sort = operation("sort", outputs=("values", "indices"), input=_put_back, jvp=picked_tangent, wrapper=_stable_named)(
    _sort
)


@operation()
def argsort(xp: Any, input: Any, /, dim: int = -1, descending: bool = False, *, stable: bool = False) -> Any:
    """The indices that put the elements in order along `dim`.

    >>> import mutagrad
    >>> mutagrad.argsort(mutagrad.tensor([3., 1., 2.]), descending=True)
    tensor([0, 2, 1])
    """
    return _order(xp, input, dim, descending)


@composite()
def msort(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements in order along the first dimension.

    >>> import mutagrad
    >>> mutagrad.msort(mutagrad.tensor([3., 1., 2.]))
    tensor([1., 2., 3.])
    """
    if out is None:
        return sort(input, 0)[0]
    return sort(input, 0, out=(out, wrap(np.empty(input._array.shape, _INT64))))[0]


# Selection ----------------------------------------------------------------------------------------------------------


@operation(
    outputs=("values", "indices"),
    input=_put_back,
    jvp=picked_tangent,
    wrapper=returning(named("topk", "values", "indices")),
)
def topk(xp: Any, input: Any, /, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """The `k` largest elements along `dim`, or the smallest, in order, and their indices.

    Raises RuntimeError when there are fewer than `k`.

    >>> import mutagrad
    >>> mutagrad.topk(mutagrad.tensor([3., 1., 2.]), 2).values
    tensor([3., 2.])
    """
    axis, k = axis_of(dim, input.ndim), _as_count("topk", k)
    if not 0 <= k <= (input.shape[axis] if input.ndim else 1):
        raise RuntimeError("selected index k out of range")
    if input.dtype.kind in "bc":
        kind = "bool" if input.dtype.kind == "b" else "complex"
        raise RuntimeError(f"{' ' * (kind == 'complex')}topk does not support {kind} dtypes on CPU")
    if not input.ndim:
        return xp.copy(input), xp.zeros((), dtype=_INT64)
    indices = xp.argtopk(input, k, axis=axis, largest=largest)
    return xp.take_along_axis(input, indices, axis=axis), indices


def _as_count(name: str, k: Any) -> int:
    try:
        return index(k)
    except TypeError:
        raise TypeError(f"{name}(): argument 'k' (position 2) must be int, not {type(k).__name__}") from None


def _picked(xp: Any, input: Any, indices: Any, axis: int, keepdim: bool) -> tuple[Any, Any]:
    """The elements at `indices`, one along `axis`, and the indices; without the axis unless `keepdim`."""
    values = xp.take_along_axis(input, indices, axis=axis)
    return (values, indices) if keepdim else (xp.squeeze(values, axis=axis), xp.squeeze(indices, axis=axis))


@operation(
    outputs=("values", "indices"),
    input=picked_share,
    jvp=picked_tangent,
    wrapper=returning(named("kthvalue", "values", "indices")),
)
def kthvalue(xp: Any, input: Any, /, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """The `k`-th smallest element along `dim`, counted from one, and its index.

    Raises RuntimeError when there are fewer than `k`.

    >>> import mutagrad
    >>> mutagrad.kthvalue(mutagrad.tensor([3., 1., 2.]), 2).values
    tensor(2.)
    """
    axis = axis_of(dim, input.ndim)
    check_not_empty("kthvalue", input.shape, axis)
    if not 1 <= k <= (input.shape[axis] if input.ndim else 1):
        raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {axis}")
    if not input.ndim:
        return xp.copy(input), xp.zeros((), dtype=_INT64)
    if input.dtype.kind in "bc":
        raise not_implemented("kthvalue_cpu", input.dtype)
    order = xp.argpartition(input, k - 1, axis=axis)
    return _picked(xp, input, order[(*(slice(None),) * axis, slice(k - 1, k), ...)], axis, keepdim)


@operation(
    outputs=("values", "indices"),
    input=picked_share,
    jvp=picked_tangent,
    wrapper=returning(named("mode", "values", "indices")),
)
def mode(xp: Any, input: Any, /, dim: int = -1, keepdim: bool = False) -> Any:
    """The most frequent element along `dim`, of several the smallest, and its last index.

    >>> import mutagrad
    >>> mutagrad.mode(mutagrad.tensor([1., 2., 2., 3.])).values
    tensor(2.)
    """
    axis = axis_of(dim, input.ndim)
    check_not_empty("mode", input.shape, axis)
    if not input.ndim:
        return xp.copy(input), xp.zeros((), dtype=_INT64)
    if input.dtype.kind == "c" and 0 not in input.shape:
        raise not_implemented("mode_cpu", input.dtype)
    order = xp.argsort(input, axis=axis)
    # Equal elements stand side by side; the end of the first of the longest runs is what is sought.
    front = (slice(None),) * axis
    ordered = xp.take_along_axis(input, order, axis=axis)
    changes = ordered[(*front, slice(1, None), ...)] != ordered[(*front, slice(None, -1), ...)]
    places = xp.reshape(xp.arange(input.shape[axis]), (-1,) + (1,) * (input.ndim - axis - 1))
    starts = xp.where(changes, places[1:], 0)
    starts = xp.concat([xp.zeros_like(order[(*front, slice(0, 1), ...)]), starts], axis=axis)
    lengths = places - xp.cumulative_max(starts, axis=axis)
    best = xp.argmax(lengths, axis=axis, keepdims=True)
    return _picked(xp, input, xp.take_along_axis(order, best, axis=axis), axis, keepdim)


# Quantiles ----------------------------------------------------------------------------------------------------------

_INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


def _check_quantile(name: str, input: Tensor, q: Tensor, interpolation: str) -> None:
    """Raises what PyTorch raises for arguments that have no quantile."""
    if input._array.size == 0:
        raise RuntimeError(f"{name}() input tensor must be non-empty")
    if q._array.ndim > 1:
        raise RuntimeError(f"{name}() q must be a scalar or 1D tensor")
    if input._array.dtype.name not in ("float32", "float64"):
        raise RuntimeError(f"{name}() input tensor must be either float or double dtype")
    if q._array.dtype != input._array.dtype:
        raise RuntimeError(f"{name}() q tensor must be same dtype as the input tensor")
    if not physical_of((q._array >= 0) & (q._array <= 1)).all():
        raise RuntimeError(f"{name}() q values must be in the range [0, 1]")
    if interpolation not in _INTERPOLATIONS:
        listed = ", ".join(_INTERPOLATIONS[:-1])
        raise RuntimeError(f"{name}() interpolation must be one of {listed} or nearest, but got {interpolation}")


def _quantile(name: str, input: Any, q: Any, dim: int | None, keepdim: bool, interpolation: str, skips: bool) -> Tensor:
    if not isinstance(q, Tensor):
        if not 0 <= q <= 1:
            raise RuntimeError(f"{name}() q must be in the range [0, 1] but got {q:g}")
        q = wrap(np.array(q, input._array.dtype))
    _check_quantile(name, input, q, interpolation)
    axis = None if dim is None else axis_of(dim, input.ndim)
    lanes = reshape(input, (-1,)) if axis is None or not input.ndim else input.movedim(axis, -1)
    ordered = sort(lanes, -1)[0]
    rank = _rank(ordered, reshape(q, (-1,)), skips)
    result = _interpolated(ordered, rank, interpolation)
    if keepdim:
        shape = input.shape
        kept = [1 if axis is None or d == axis else shape[d] for d in range(len(shape))]
        result = result.movedim(-1, 0).reshape(-1, *kept)
    else:
        result = result.movedim(-1, 0)
    return result.squeeze(0) if q.ndim == 0 else result


def _rank(ordered: Any, q: Any, skips: bool) -> Any:
    """Where in the order, counted from zero, the quantiles lie; at the nan, which comes last, where there is one."""
    size = ordered.shape[-1]
    holes = ordered.detach().isnan().sum(-1, keepdim=True)
    if skips:
        return q * (size - 1 - holes).clamp(min=0)
    return (q * (size - 1)).where(holes == 0, float(size - 1))


def _interpolated(ordered: Any, rank: Any, interpolation: str) -> Any:
    if interpolation == "nearest":
        rank = rank.round()
    elif interpolation == "lower":
        rank = rank.floor()
    elif interpolation == "higher":
        rank = rank.ceil()
    below = rank.detach().floor()
    low = ordered.gather(-1, below.long())
    if interpolation not in ("linear", "midpoint"):
        return low
    high = ordered.gather(-1, rank.detach().ceil().long())
    return low.lerp(high, 0.5 if interpolation == "midpoint" else rank - below)


@composite()
def quantile(
    input: Tensor,
    q: Any,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
    out: Tensor | None = None,
) -> Tensor:
    """The `q`-th quantiles, from zero to one, of all elements or of those along `dim`.

    For a vector `q` they come first. Raises RuntimeError for any dtype but float32 and float64.

    >>> import mutagrad
    >>> mutagrad.quantile(mutagrad.tensor([1., 2., 3., 4.]), 0.5)
    tensor(2.5000)
    """
    return into(out, _quantile("quantile", input, q, dim, keepdim, interpolation, skips=False), "quantile")


@composite()
def nanquantile(
    input: Tensor,
    q: Any,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
    out: Tensor | None = None,
) -> Tensor:
    """The quantiles of the elements that are not nan; see `quantile`.

    >>> import mutagrad
    >>> mutagrad.nanquantile(mutagrad.tensor([1., float("nan"), 3.]), 0.5)
    tensor(2.)
    """
    return into(out, _quantile("nanquantile", input, q, dim, keepdim, interpolation, skips=True), "nanquantile")
