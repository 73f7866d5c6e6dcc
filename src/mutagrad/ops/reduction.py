"""Sums, means, products and truth along dimensions.

A reduction over all elements and one along given dimensions are two entries of one declaration, as in PyTorch, which
names their nodes `SumBackward0` and `SumBackward1`. Sums and means save nothing, products their input. Integers are
summed as int64; `dtype=` casts the input first. See also `extremes.py`, `moments.py` and `norms.py`.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from mutagrad.declaration import composite, operation, pointwise
from mutagrad.dtypes import as_dtype, of_numpy
from mutagrad.namespaces import arrays
from mutagrad.ops.dimensions import Dims, axes_of, axis_of, cast, count_of, names_dim, spread
from mutagrad.pullback import Rule
from mutagrad.tensor import Tensor

__all__ = ["all", "any", "count_nonzero", "mean", "nanmean", "nansum", "prod", "sum", "sum_to_size"]

_INT64 = np.dtype("int64")


def reduction(whole: Rule, along: Rule, jvp: str | Callable = "reducing") -> Callable[[Callable], Callable[..., Any]]:
    """Declares a reduction of all elements (`NameBackward0`), or along a `dim` that is given (`NameBackward1`).

    `whole` and `along` are their rules, `jvp` is that of the tangent. All elements, as in most losses, take the
    straight recording path.
    """

    def declare(forward: Callable) -> Callable[..., Any]:
        name = forward.__name__
        node = f"{name.capitalize()}Backward"
        of_all = pointwise(
            name,
            lambda xp, input: forward(xp, input),
            promotion="compare",
            in_place=False,
            method=False,
            node_name=node + "0",
            input=whole,
            jvp=jvp,
            direct=getattr(arrays, name),
        )

        def wrap(general: Callable) -> Callable:
            def call(input: Tensor, *args: Any, **options: Any) -> Tensor:
                if not args and not options:
                    return of_all(input)
                if not args and not names_dim(args, options) and not options.keys().isdisjoint(("keepdim", "keepdims")):
                    raise TypeError(
                        f"{name}() received an invalid combination of arguments - got (keepdim=bool, ), but expected "
                        "one of:"
                    )
                return general(input, *args, **options)

            return call

        return operation(node_name=node + "1", input=along, jvp=jvp, casts=True, wrapper=wrap)(forward)

    return declare


def summed_dtype(of: np.dtype, dtype: Any) -> np.dtype:
    """The NumPy dtype of a sum or product: `dtype` where given, int64 for integers and bool, else that of the input."""
    if dtype is not None:
        return as_dtype(dtype).numpy
    return of if of.kind in "fc" else _INT64


# Sums ---------------------------------------------------------------------------------------------------------------


def _sum_share(xp: Any, ct: Any, input_shape: tuple, input_dtype: np.dtype, dim: Dims) -> Any:
    share = spread(xp, ct, input_shape, dim)
    return share if share.dtype is input_dtype else xp.fit(share, input_shape, input_dtype)


@reduction(whole=lambda xp, ct, input_shape: xp.broadcast_to(ct, input_shape), along=_sum_share, jvp="linear")
def sum(xp: Any, input: Any, /, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The sum of all elements, or of those along `dim`, one dimension or several.

    Integers and bool are summed as int64. Saves nothing. Raises IndexError for a dimension out of range.

    >>> import mutagrad
    >>> mutagrad.sum(mutagrad.ones(2, 3), dim=1)
    tensor([3., 3.])
    """
    axis = None if dim is None else axes_of(dim, input.ndim)
    return xp.sum(input, axis=axis, dtype=summed_dtype(input.dtype, dtype), keepdims=keepdim)


def _nansum_share(xp: Any, ct: Any, holes: Any, input_shape: tuple, input_dtype: np.dtype, dim: Dims) -> Any:
    return xp.where(holes, 0, xp.fit(spread(xp, ct, input_shape, dim), input_shape, input_dtype))


@operation(derived=("holes",), input=_nansum_share, jvp="reducing", casts=True)
def nansum(xp: Any, input: Any, /, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The sum of the elements that are not nan.

    >>> import mutagrad
    >>> mutagrad.nansum(mutagrad.tensor([1., float("nan"), 2.]))
    tensor(3.)
    """
    axis = axes_of(dim, input.ndim)
    if input.dtype.kind == "c":
        raise RuntimeError("nansum on CPU does not support complex inputs")
    holes = xp.asarray(xp.isnan(input))
    filled = xp.where(holes, xp.zeros((), dtype=input.dtype), input)
    return xp.sum(filled, axis=axis, dtype=summed_dtype(input.dtype, dtype), keepdims=keepdim), holes


# Means --------------------------------------------------------------------------------------------------------------


def _whole_mean_share(xp: Any, ct: Any, input_shape: tuple) -> Any:
    return xp.broadcast_to(ct / (math.prod(input_shape) or 1), input_shape)


def _mean_share(xp: Any, ct: Any, input_shape: tuple, input_dtype: np.dtype, dim: Dims) -> Any:
    count = count_of(input_shape, axes_of(dim, len(input_shape))) or 1
    return xp.fit(spread(xp, ct / count, input_shape, dim), input_shape, input_dtype)


@reduction(whole=_whole_mean_share, along=_mean_share, jvp="linear")
def mean(xp: Any, input: Any, /, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The mean of all elements, or of those along `dim`; nan where there are none.

    Saves nothing. Raises RuntimeError for an integer or bool dtype.

    >>> import mutagrad
    >>> mutagrad.mean(mutagrad.tensor([[1., 2.], [3., 5.]]), 0)
    tensor([2.0000, 3.5000])
    """
    wanted = input.dtype if dtype is None else as_dtype(dtype).numpy
    if wanted.kind not in "fc":
        raise RuntimeError(
            f"mean(): could not infer output dtype. {'Input' if dtype is None else 'Optional'} dtype must be either a "
            f"floating point or complex dtype. Got: {of_numpy[wanted].scalar_type}"
        )
    return xp.mean(cast(xp, input, wanted), axis=None if dim is None else axes_of(dim, input.ndim), keepdims=keepdim)


@composite()
def nanmean(
    input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None, out: Tensor | None = None
) -> Tensor:
    """The mean of the elements that are not nan.

    >>> import mutagrad
    >>> mutagrad.nanmean(mutagrad.tensor([1., float("nan"), 2.]))
    tensor(1.5000)
    """
    if input._array.dtype.kind not in "fc":
        raise RuntimeError(
            f"nanmean(): expected input to have floating point or complex dtype but got {input.dtype.scalar_type}"
        )
    count = sum(~input.detach().isnan(), dim, keepdim)
    return nansum(input, dim, keepdim, dtype=dtype).div(count, out=out)


# Products -----------------------------------------------------------------------------------------------------------


def product_of_others(xp: Any, x: Any, axis: int) -> Any:
    """For each element the product of all others along `axis`: from both ends, without division, exact at zeros."""
    before = product_before(xp, x, axis)
    after = xp.flip(product_before(xp, xp.flip(x, axis=axis), axis), axis=axis)
    return before * after


def product_before(xp: Any, x: Any, axis: int) -> Any:
    front = (slice(None),) * axis
    shifted = xp.concat([xp.ones_like(x[(*front, slice(0, 1))]), x[(*front, slice(0, -1))]], axis=axis)
    return xp.cumulative_prod(shifted, axis=axis)


def _whole_prod_share(xp: Any, ct: Any, input: Any, input_shape: tuple) -> Any:
    others = product_of_others(xp, xp.reshape(input, (-1,)), 0)
    return ct * xp.reshape(others, input_shape).conj()


def _prod_share(
    xp: Any, ct: Any, input: Any, input_shape: tuple, input_dtype: np.dtype, dim: int | None, dtype: Any
) -> Any:
    input = xp.fit(input, input_shape, summed_dtype(input_dtype, dtype))
    if dim is None:
        share = _whole_prod_share(xp, ct, input, input_shape)
    else:
        others = product_of_others(xp, input, axis_of(dim, len(input_shape))) if input_shape else xp.ones_like(input)
        share = spread(xp, ct, input_shape, dim) * others.conj()
    return xp.fit(share, input_shape, input_dtype)


@reduction(whole=_whole_prod_share, along=_prod_share)
def prod(xp: Any, input: Any, /, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The product of all elements, or of those along one dimension.

    Integers and bool are multiplied as int64. Saves the input; the gradient is exact at zeros.

    >>> import mutagrad
    >>> mutagrad.prod(mutagrad.tensor([[1, 2], [3, 4]]), 1)
    tensor([ 2, 12])
    """
    axis = None
    if dim is not None:
        axis = axis_of(dim, input.ndim) if input.ndim else axes_of(dim, 0)
    return xp.prod(input, axis=axis, dtype=summed_dtype(input.dtype, dtype), keepdims=keepdim)


# Truth --------------------------------------------------------------------------------------------------------------


def _truth_axes(dim: Dims, ndim: int) -> tuple[int, ...]:
    return () if isinstance(dim, (tuple, list)) and not dim else axes_of(dim, ndim)


def _truth_dtype(of: np.dtype) -> np.dtype:
    return of if of == np.uint8 else np.dtype(bool)


@operation()
def all(xp: Any, input: Any, /, dim: Dims = None, keepdim: bool = False) -> Any:
    """Whether all elements are true (not zero), or all along `dim`; uint8 for uint8, else bool.

    >>> import mutagrad
    >>> mutagrad.all(mutagrad.tensor([[1, 0], [1, 1]]), 1)
    tensor([False,  True])
    """
    result = xp.all(input, axis=_truth_axes(dim, input.ndim), keepdims=keepdim)
    return xp.astype(xp.asarray(result), _truth_dtype(input.dtype))


@operation()
def any(xp: Any, input: Any, /, dim: Dims = None, keepdim: bool = False) -> Any:
    """Whether any element is true (not zero), or any along `dim`; uint8 for uint8, else bool.

    >>> import mutagrad
    >>> mutagrad.any(mutagrad.tensor([[1, 0], [0, 0]]), 1)
    tensor([ True, False])
    """
    result = xp.any(input, axis=_truth_axes(dim, input.ndim), keepdims=keepdim)
    return xp.astype(xp.asarray(result), _truth_dtype(input.dtype))


@operation()
def count_nonzero(xp: Any, input: Any, /, dim: Dims = None) -> Any:
    """How many elements are not zero, in all or along `dim`.

    >>> import mutagrad
    >>> mutagrad.count_nonzero(mutagrad.tensor([[1, 0], [1, 1]]), 0)
    tensor([2, 1])
    """
    return xp.sum(input != 0, axis=axes_of(dim, input.ndim), dtype=_INT64)


# Back to a shape ----------------------------------------------------------------------------------------------------


@composite()
def sum_to_size(input: Tensor, *size: Any) -> Tensor:
    """The sum over the dimensions that would be expanded to broadcast `size` to the shape of `input`.

    Raises RuntimeError when `size` cannot be broadcast to that shape.

    >>> import mutagrad
    >>> mutagrad.ones(2, 3).sum_to_size(3)
    tensor([2., 2., 2.])
    """
    target = tuple(size[0]) if len(size) == 1 and isinstance(size[0], (tuple, list)) else size
    shape = input._array.shape
    extra = len(shape) - len(target)
    if extra < 0 or not builtins.all(a in (1, b) for a, b in zip(target, shape[extra:])):
        raise RuntimeError(f"size {{{list(target)}}} is not expandable to size {{{list(shape)}}}.")
    if not target:
        return sum(input)
    if target == shape:
        return input
    dims = [*range(extra), *(extra + d for d, n in enumerate(target) if n == 1 and shape[extra + d] != 1)]
    reduced = sum(input, dims, True) if dims else input
    return reduced.view(target) if extra else reduced
