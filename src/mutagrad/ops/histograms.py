"""Histograms: how many elements, or what weight, lie between edges, along one dimension or several.

Follows https://docs.pytorch.org/docs/stable/generated/torch.histogram.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mutagrad.batched import physical_of, union, widened
from mutagrad.declaration import composite, operation
from mutagrad.dtypes import type_word
from mutagrad.ops.dimensions import not_implemented
from mutagrad.return_types import named
from mutagrad.tensor import Tensor, wrap

__all__ = ["histc", "histogram", "histogramdd"]

Histogram = named("histogram", "hist", "bin_edges")
Histogramdd = named("histogramdd", "hist", "bin_edges")


@operation()
def histc(xp: Any, input: Any, /, bins: int = 100, min: float = 0, max: float = 0) -> Any:
    """How many elements lie in each of `bins` equal parts of the range from `min` to `max` (equal: that of the input).

    >>> import mutagrad
    >>> mutagrad.histc(mutagrad.tensor([1., 2., 1.]), bins=4, min=0, max=3)
    tensor([0., 2., 1., 0.])
    """
    if input.dtype.kind != "f":
        raise not_implemented("histogram_cpu", input.dtype)
    if bins <= 0:
        raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {bins} for dimension 0")
    low, high = float(min), float(max)
    if low > high:
        raise RuntimeError("torch.histc: max must be larger than min")
    x = xp.astype(input, np.dtype("float64")).ravel()
    low, high = _ends(x, None if low == high else (low, high), "torch.histc: range of", margin=1)
    hist = _weights_in_cells([x], [np.linspace(low, high, bins + 1)], None)
    return xp.astype(hist, input.dtype)


@composite()
def histogram(
    input: Tensor,
    bins: int | Tensor = 100,
    *,
    range: Sequence[float] | None = None,
    weight: Tensor | None = None,
    density: bool = False,
    out: Sequence[Tensor] | None = None,
) -> Any:
    """How many elements lie in each of `bins`, a number of equal parts of `range` or a vector of edges; and the edges.

    Each element counts as its `weight`; with `density` the result is divided so that its integral is one. The range is
    that of the elements by default.  Raises RuntimeError for no bins and for a range that is not finite or falls.

    >>> import mutagrad
    >>> mutagrad.histogram(mutagrad.tensor([1., 2., 1.]), 4, range=(0., 3.)).hist
    tensor([0., 2., 1., 0.])
    >>> mutagrad.histogram(mutagrad.tensor([1., 2., 1.])).hist.shape
    torch.Size([100])
    """
    array = input._array
    limits = None if range is None else [float(each) for each in range]
    columns = [array.ravel()]
    edges = _edges(columns, [bins], limits)
    if weight is not None and weight.shape == input.shape:
        weight = weight.reshape(-1)
    _check_weight(columns, weight, (array.size,))
    hist = _count(columns, edges, weight, density)
    results = Histogram(wrap(hist.astype(array.dtype)), wrap(edges[0]))
    return results if out is None else _given(out, results)


@composite(method=False)
def histogramdd(
    input: Tensor,
    bins: Any,
    *,
    range: Sequence[float] | None = None,
    weight: Tensor | None = None,
    density: bool = False,
) -> Any:
    """How many of the points that are the rows of `input` lie in each cell of a grid; and the edges along each dimension.

    `bins` is the number of cells along all dimensions, or one for each, or a vector of edges for each; `range` holds the
    two ends of each. The rest is as in `histogram`.

    >>> import mutagrad
    >>> mutagrad.histogramdd(mutagrad.tensor([[0., 1.], [1., 0.], [1., 1.]]), 2).hist
    tensor([[0., 1.],
            [1., 1.]])
    """
    array = input._array
    if array.ndim < 2:
        raise RuntimeError("torch.histogramdd: input tensor should have at least 2 dimensions")
    count = array.shape[-1]
    wanted = list(bins) if isinstance(bins, (tuple, list)) else [bins] * count
    if len(wanted) != count and all(isinstance(each, int) for each in wanted):
        raise RuntimeError("histogramdd: The size of bins must be equal to the innermost dimension of the input.")
    if len(wanted) != count:
        raise RuntimeError(
            f"torch.histogramdd: expected {count} sequences of bin edges for a {count}-dimensional histogram but got "
            f"{len(wanted)}"
        )
    columns = list(array.reshape(-1, count).T)
    _check_weight(columns, weight, array.shape[:-1])
    edges = _edges(columns, wanted, None if range is None else [float(each) for each in range])
    hist = _count(columns, edges, weight, density)
    return Histogramdd(wrap(hist.astype(array.dtype)), tuple([wrap(each) for each in edges]))


def _edges(columns: list[np.ndarray], bins: list[Any], limits: list[float] | None) -> list[np.ndarray]:
    """The edges along each dimension, in the dtype of the elements."""
    edges = []
    if limits is not None and len(limits) != 2 * len(columns):
        raise RuntimeError(
            f"torch.histogramdd: for a {len(columns)}-dimensional histogram range should have {2 * len(columns)} "
            f"elements, but got {len(limits)}"
        )
    for d, (column, each) in enumerate(zip(columns, bins)):
        if isinstance(each, Tensor) and each.ndim:
            edge = each._array
            if edge.ndim != 1:
                raise RuntimeError(
                    f"torch.histogramdd: bins tensor should have one dimension, but got {edge.ndim} dimensions in the "
                    f"bins tensor for dimension {d}"
                )
            if edge.dtype != column.dtype:
                raise RuntimeError(
                    "torch.histogramdd: input tensor and bins tensors should have the same dtype, but got input with "
                    f"dtype {type_word(column.dtype)} and bins for dimension {d} with dtype {type_word(edge.dtype)}"
                )
            _check_dtype(column)
            edges.append(edge.copy())
            continue
        count = int(each)
        if count <= 0:
            raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {count} for dimension {d}")
        if limits is None:
            _check_dtype(column)
        given = (limits[2 * d], limits[2 * d + 1]) if limits else None
        if given and given[0] > given[1]:
            raise RuntimeError(
                f"torch.histogramdd: min should not exceed max, but got min {given[0]:g} max {given[1]:g} for dimension {d}"
            )
        low, high = _ends(column, given, f"torch.histogramdd: dimension {d}'s range", margin=0.5)
        _check_dtype(column)
        edges.append(np.linspace(low, high, count + 1, dtype=column.dtype))
    return edges


def _check_dtype(array: np.ndarray) -> None:
    if array.dtype.kind != "f":
        raise not_implemented("histogramdd", array.dtype)


def _ends(column: Any, limits: tuple[float, float] | None, name: str, margin: float) -> tuple[Any, Any]:
    """The ends of the range of the elements, or those given, moved apart by twice the `margin` where they are one."""
    low, high = limits or ((column.min(), column.max()) if column.size else (0.0, 1.0))
    ends = np.stack([np.ravel(physical_of(low)), np.ravel(physical_of(high))])
    wrong = ~np.isfinite(ends).all(0)
    if wrong.any():
        first, last = ends[:, wrong.argmax()]
        raise RuntimeError(f"{name} [{first:g}, {last:g}] is not finite")
    return np.where(low == high, low - margin, low), np.where(low == high, high + margin, high)


def _check_weight(columns: list[Any], weight: Tensor | None, shape: tuple[int, ...]) -> None:
    if weight is None:
        return
    if weight._array.shape != shape:
        raise RuntimeError(
            "torch.histogramdd: if weight tensor is provided it should have the same shape as the input tensor excluding "
            f"its innermost dimension, but got input with shape {[*shape, len(columns)]} and weight with shape "
            f"{list(weight.shape)}"
        )
    if weight._array.dtype != columns[0].dtype:
        raise RuntimeError(
            "torch.histogramdd: if weight tensor is provided, input tensor and weight tensor should have the same dtype, "
            f"but got input({type_word(columns[0].dtype)}), and weight({type_word(weight._array.dtype)})"
        )


def _count(columns: list[Any], edges: list[Any], weight: Tensor | None, density: bool) -> Any:
    """The weight of the points, of which the columns are the coordinates, in each cell."""
    hist = _weights_in_cells(columns, edges, None if weight is None else weight._array.ravel())
    if density:
        hist = hist / hist.sum()
        for d, edge in enumerate(edges):
            hist = hist / np.diff(edge).reshape([-1 if axis == d else 1 for axis in range(len(edges))])
    return hist


def _weights_in_cells(columns: list[Any], edges: list[Any], weights: Any) -> Any:
    """The sums of the points' weights (None: ones) in each cell; the last edge belongs to the last cell."""
    inside: Any = True
    places = []
    for column, edge in zip(columns, edges):
        place = np.searchsorted(edge, column, "right") - 1
        places.append(np.where(column == edge[-1], edge.shape[0] - 2, place))
        inside = inside & (column >= edge[0]) & (column <= edge[-1])
    weights = np.where(inside, 1.0 if weights is None else weights, 0.0)
    hist = widened(np.zeros([max(edge.shape[0] - 1, 0) for edge in edges]), union(weights, *places))
    if hist.size:
        np.add.at(hist, tuple([np.where(inside, place, 0) for place in places]), weights)
    return hist


def _given(out: Sequence[Tensor], results: Any) -> Any:
    for target, result in zip(out, results):
        if target.shape != result.shape:
            target.resize_(result.shape)
        target.copy_(result)
    return type(results)(*out)
