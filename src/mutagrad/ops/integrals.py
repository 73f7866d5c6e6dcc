"""Integrals and derivatives of samples: the trapezoidal rule, and differences of second order.

What they are along one dimension is written with slices of the samples, so gradients follow by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Any

import numpy as np

from mutagrad.declaration import composite
from mutagrad.ops.dimensions import axis_of
from mutagrad.ops.joining import cat
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor

__all__ = ["cumulative_trapezoid", "gradient", "trapezoid", "trapz"]


def _along(axis: int, start: int | None, stop: int | None) -> tuple:
    return (*(slice(None),) * axis, slice(start, stop), ...)


# Integrals ------------------------------------------------------------------------------------------------------------


def _areas(name: str, y: Tensor, x: Tensor | None, dx: Any, axis: int) -> Any:
    """Twice the area of each trapezoid along `axis`."""
    for samples in (y, x):
        if samples is not None and samples._array.dtype.kind == "b":
            which = "`x` or `y`" if x is not None else "`y`"
            raise RuntimeError(f"{name}: received a bool input for {which}, but bool is not supported")
    sums: Any = y[_along(axis, None, -1)] + y[_along(axis, 1, None)]
    if x is None:
        return sums * (1 if dx is None else dx)
    return (x[_along(axis, 1, None)] - x[_along(axis, None, -1)]) * sums


def _points(name: str, y: Tensor, x: Tensor | None, axis: int) -> Any:
    """The points `x` with the dimensions of `y`."""
    if x is None:
        return None
    if x.ndim == 1:
        if x.shape[0] != y.shape[axis]:
            raise RuntimeError(f"{name}: There must be one `x` value for each sample point")
        return x.view([-1 if d == axis else 1 for d in range(y.ndim)])
    return x.view([1] * max(y.ndim - x.ndim, 0) + list(x.shape))


def _check_spacing(x: Any, dx: Any, name: str) -> None:
    if x is not None and dx is not None:
        raise TypeError(f"{name}() received an invalid combination of arguments: both x and dx")


@composite(method=False)
def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Any = None, dim: int = -1) -> Tensor:
    """The integral of samples `y` along `dim` by the trapezoidal rule: at points `x`, or `dx` apart (1).

    Raises RuntimeError for bool, and for a vector `x` of another length.

    >>> import mutagrad
    >>> mutagrad.trapezoid(mutagrad.tensor([1., 5., 10.]))
    tensor(10.5000)
    """
    _check_spacing(x, dx, "trapezoid")
    axis = axis_of(dim, y.ndim)
    if y.ndim == 0:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    if y.shape[axis] == 0:
        return y.sum(axis, dtype=y.dtype)
    return _areas("trapezoid", y, _points("trapezoid", y, x, axis), dx, axis).sum(axis) / 2.0


@composite(method=False)
def trapz(y: Tensor, x: Tensor | None = None, *, dx: Any = None, dim: int = -1) -> Tensor:
    """Another name for `trapezoid`."""
    return trapezoid(y, x, dx=dx, dim=dim)


@composite(method=False)
def cumulative_trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Any = None, dim: int = -1) -> Tensor:
    """The integrals of samples `y` up to each point along `dim` but the first; see `trapezoid`.

    >>> import mutagrad
    >>> mutagrad.cumulative_trapezoid(mutagrad.tensor([1., 5., 10.]))
    tensor([ 3.0000, 10.5000])
    """
    _check_spacing(x, dx, "cumulative_trapezoid")
    axis = axis_of(dim, y.ndim)
    points = _points("cumulative_trapezoid", y, x, axis)
    return (_areas("cumulative_trapezoid", y, points, dx, axis) / 2.0).cumsum(axis)


# Derivatives ----------------------------------------------------------------------------------------------------------


@composite(method=False)
def gradient(input: Tensor, *, spacing: Any = None, dim: Any = None, edge_order: int = 1) -> tuple[Tensor, ...]:
    """The derivatives of samples of a function along each of the dimensions `dim` (all), a tensor for each.

    Inside, they are exact for parabolas; at the edges for lines, or with `edge_order=2` for parabolas as well. `spacing`
    is the distance of the points (1), one number or one for each dimension, or their coordinates, a vector for each.
    Raises RuntimeError where a dimension has too few samples.

    >>> import mutagrad
    >>> mutagrad.gradient(mutagrad.tensor([1., 4., 9., 16.]))
    (tensor([3., 4., 6., 7.]),)
    """
    check_tensor("gradient", input)
    if input._array.dtype == np.uint8:
        raise RuntimeError("torch.gradient does not support uint8 input.")
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    axes = _axes(input, dim)
    found = []
    for axis, apart in zip(axes, _spacings(input, spacing, axes, dim is not None)):
        if input.shape[axis] <= edge_order:
            raise RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1")
        uneven = isinstance(apart, Tensor)
        found.append(_uneven(input, apart, axis, edge_order) if uneven else _even(input, apart, axis, edge_order))
    return tuple(found)


def _axes(input: Tensor, dim: Any) -> list[int]:
    dims = range(input.ndim) if dim is None else dim if isinstance(dim, (tuple, list)) else [dim]
    axes = [axis_of(each, input.ndim) for each in dims]
    for axis in axes:
        if axes.count(axis) > 1:
            raise RuntimeError(f"dim {axis} appears multiple times in the list of dims")
    return axes


def _spacings(input: Tensor, spacing: Any, axes: Sequence[int], named: bool) -> Any:
    """The spacing along each axis: a number, or a vector of coordinates."""
    if not isinstance(spacing, (tuple, list)):
        return repeat(1 if spacing is None else spacing)
    if len(spacing) != len(axes):
        raise RuntimeError(
            "torch.gradient expected spacing to be unspecified, a scalar or it's spacing and dim arguments to have the "
            f"same length, but got a spacing argument of length {len(spacing)} and a dim argument of length {len(axes)}."
            if named
            else "torch.gradient expected spacing to be unspecified, a scalar, or a list of length equal to "
            f"'self.dim() = {input.ndim}', since dim argument was not given, but got a list of length {len(spacing)}"
        )
    for each in spacing:
        if isinstance(each, Tensor) and each.ndim != 1:
            raise RuntimeError(
                "torch.gradient expected each element of spacing to have one dimension, but got an element with "
                f"{each.ndim} dimensions!"
            )
    return spacing


def _even(f: Any, apart: Any, axis: int, order: int) -> Tensor:
    def at(start: int | None, stop: int | None) -> Any:
        return f[_along(axis, start, stop)]

    inner = (at(2, None) - at(None, -2)) / (2.0 * apart)
    if order == 1:
        return cat([(at(1, 2) - at(0, 1)) / (1.0 * apart), inner, (at(-1, None) - at(-2, -1)) / (1.0 * apart)], axis)
    first = (at(1, 2) * 4 - at(0, 1) * 3 - at(2, 3)) / (2.0 * apart)
    last = (at(-1, None) * 3 - at(-2, -1) * 4 + at(-3, -2)) / (2.0 * apart)
    return cat([first, inner, last], axis)


def _uneven(f: Any, coordinates: Tensor, axis: int, order: int) -> Tensor:
    """The slopes of the parabolas through each three points."""
    shape = [-1 if d == axis else 1 for d in range(f.ndim)]
    gaps: Any = (coordinates[1:] - coordinates[:-1]).reshape(shape)
    slopes = (f[_along(axis, 1, None)] - f[_along(axis, None, -1)]) / gaps

    def gap(start: int | None, stop: int | None) -> Any:
        return gaps[_along(axis, start, stop)]

    def slope(start: int | None, stop: int | None) -> Any:
        return slopes[_along(axis, start, stop)]

    before, after = gap(None, -1), gap(1, None)
    inner = (slope(None, -1) * after + slope(1, None) * before) / (before + after)
    if order == 1:
        return cat([slope(0, 1), inner, slope(-1, None)], axis)
    bend_first = (slope(1, 2) - slope(0, 1)) / (gap(0, 1) + gap(1, 2))
    bend_last = (slope(-1, None) - slope(-2, -1)) / (gap(-1, None) + gap(-2, -1))
    return cat(
        [slope(0, 1) - bend_first * gap(0, 1), inner, slope(-1, None) + bend_last * gap(-1, None)],
        axis,
    )
