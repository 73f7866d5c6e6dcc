"""How `dim` arguments are read, and how what was reduced along them is spread out again.

Every reduction takes None (all dimensions), one dimension or several, counted from either end; a zero-dimensional
tensor counts as having one dimension. The errors are PyTorch's.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import index
from typing import Any

import numpy as np

from mutagrad.dtypes import of_numpy
from mutagrad.tensor import wrap_dim

Dims = int | Sequence[int] | None


def axes_of(dim: Dims, ndim: int) -> tuple[int, ...]:
    """The axes meant by `dim`, counted from the front; all of them for None and for an empty sequence.

    Raises IndexError for a dimension out of range, RuntimeError for one that is named twice.

    >>> axes_of(-1, 3), axes_of((0, -1), 3), axes_of(None, 2), axes_of(0, 0)
    ((2,), (0, 2), (0, 1), ())
    """
    if type(dim) is int and -ndim <= dim < ndim:
        return (dim if dim >= 0 else dim + ndim,)
    if dim is None:
        return tuple(range(ndim))
    if not isinstance(dim, (tuple, list)):
        axis = axis_of(dim, ndim)  # type: ignore[arg-type]
        return (axis,) if ndim else ()
    axes: list[int] = []
    for each in dim:
        axis = axis_of(each, ndim)
        if axis in axes:
            raise RuntimeError(f"dim {axis} appears multiple times in the list of dims")
        axes.append(axis)
    return tuple(axes) if axes and ndim else tuple(range(ndim))


def axis_of(dim: int, ndim: int) -> int:
    """The one axis meant by `dim`, counted from the front.

    Raises IndexError for a dimension out of range, TypeError for anything but an integer.
    """
    if type(dim) is int:
        if -ndim <= dim < ndim:
            return dim if dim >= 0 else dim + ndim
    else:
        if isinstance(dim, bool) or not hasattr(dim, "__index__"):
            raise TypeError(f"argument 'dim' must be int, not {type(dim).__name__}")
        dim = index(dim)
    return wrap_dim(dim, ndim)


def names_dim(args: tuple, options: dict[str, Any]) -> bool:
    """Whether a call of an overloaded reduction, with these arguments after the input, says what to reduce along."""
    return bool(args) or "dim" in options or "axis" in options


def count_of(shape: Sequence[int], axes: Sequence[int]) -> int:
    """How many elements are reduced to one along `axes`."""
    count = 1
    for axis in axes:
        count *= shape[axis]
    return count


@lru_cache(maxsize=1024)
def kept_shape(shape: tuple[int, ...], axes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape after a reduction along `axes` that keeps them, with size one."""
    return tuple([1 if axis in axes else size for axis, size in enumerate(shape)])


def keep(xp: Any, reduced: Any, shape: tuple[int, ...], dim: Dims) -> Any:
    """`reduced`, what a reduction of `shape` along `dim` has made, with the reduced dimensions kept."""
    kept = kept_shape(shape, axes_of(dim, len(shape)))
    return reduced if reduced.shape == kept else xp.reshape(reduced, kept)


def spread(xp: Any, reduced: Any, shape: tuple[int, ...], dim: Dims) -> Any:
    """`reduced`, what a reduction of `shape` along `dim` has made, repeated to that shape."""
    return xp.broadcast_to(keep(xp, reduced, shape, dim), shape)


def cast(xp: Any, x: Any, dtype: np.dtype) -> Any:
    """`x` in a dtype given by the user: the real part where the dtype is real."""
    if x.dtype == dtype:
        return x
    return xp.astype(xp.real(x) if dtype.kind != "c" and x.dtype.kind == "c" else x, dtype)


def check_not_empty(name: str, shape: Sequence[int], dim: Dims) -> None:
    """Raises PyTorch's error where an operation without an identity would reduce no elements."""
    if dim is None or (isinstance(dim, (tuple, list)) and not dim):
        if 0 in shape:
            raise RuntimeError(
                f"{name}(): Expected reduction dim to be specified for input.numel() == 0. "
                "Specify the reduction dim with the 'dim' argument."
            )
        return
    dims: Any = dim if isinstance(dim, (tuple, list)) else (dim,)
    for each in dims:
        axis = axis_of(each, len(shape))
        if shape and shape[axis] == 0:
            raise IndexError(f"{name}(): Expected reduction dim {each} to have non-zero size.")


def not_implemented(kernel: str, dt: np.dtype) -> NotImplementedError:
    """PyTorch's error where it has no kernel for a dtype."""
    return NotImplementedError(f"\"{kernel}\" not implemented for '{of_numpy[np.dtype(dt)].scalar_type}'")


def picked_share(xp: Any, ct: Any, indices: Any, input_shape: tuple, dim: int) -> Any:
    """The rule of operations that pick one element along `dim`, and say by `indices` which: it takes all of `ct`."""
    values_ct = ct[0]
    if not input_shape:
        return values_ct
    indices, values_ct = keep(xp, indices, input_shape, dim), keep(xp, values_ct, input_shape, dim)
    nothing = xp.zeros(input_shape, dtype=values_ct.dtype)
    return xp.put_along_axis(nothing, indices, values_ct, axis=axis_of(dim, len(input_shape)))


def picked_tangent(xp: Any, tangent: Any, indices: Any, dim: int) -> Any:
    """The tangent of the elements that `indices` pick along `dim`; that the dimension is gone they may say."""
    if not tangent.ndim:
        return tangent
    axis = axis_of(dim, tangent.ndim)
    kept = indices if indices.ndim == tangent.ndim else xp.expand_dims(indices, axis=axis)
    return xp.reshape(xp.take_along_axis(tangent, kept, axis=axis), indices.shape)
