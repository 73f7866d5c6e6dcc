"""Counting: different values and how often they occur, and the places of values in a sorted sequence.

Results are as large as the values make them, so all of it is worked out by NumPy; only `bincount` has a gradient, with
respect to its weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from mutagrad.batched import Batched, physical_of, union, widened
from mutagrad.batched.rows import places_in_rows
from mutagrad.declaration import composite, operation
from mutagrad.operands import as_array
from mutagrad.ops.dimensions import axis_of, not_implemented
from mutagrad.ops.out import into
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor, wrap

__all__ = ["bincount", "bucketize", "isin", "searchsorted", "unique", "unique_consecutive"]


# Different values ---------------------------------------------------------------------------------------------------


def _refusing(name: str) -> Callable:
    """The rule of an operation whose derivative PyTorch does not give either."""

    def rule(xp: Any, ct: Any) -> Any:
        raise NotImplementedError(f"the derivative for '{name}' is not implemented.")

    return rule


def _chosen(call: Callable) -> Callable:
    """Leaves out the inverse and the counts that were not asked for."""

    def unique(
        input: Tensor, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: Any = None
    ) -> Any:
        results = call(input, dim)
        wanted = [r for r, asked in zip(results, (True, return_inverse, return_counts)) if asked]
        return wanted[0] if len(wanted) == 1 else tuple(wanted)

    return unique


def _chosen_consecutive(call: Callable) -> Callable:
    unique = _chosen(call)
    return lambda input, return_inverse=False, return_counts=False, dim=None: unique(
        input, True, return_inverse, return_counts, dim
    )


@operation(
    outputs=("values", "inverse", "counts"),
    node_name="Unique2Backward0",
    input=_refusing("_unique2"),
    wrapper=_chosen,
)
def unique(xp: Any, input: Any, /, dim: int | None = None) -> Any:
    """The different elements in order, or with `dim` the different slices; on request with the index, among them, of
    each element (`return_inverse`) and how often each occurs (`return_counts`). Every nan is different.

    >>> import mutagrad
    >>> mutagrad.unique(mutagrad.tensor([3, 1, 3]), return_counts=True)
    (tensor([1, 3]), tensor([1, 2]))
    """
    axis = None if dim is None else axis_of(dim, input.ndim)
    values, inverse, counts = np.unique(
        np.asarray(input), return_inverse=True, return_counts=True, axis=axis, equal_nan=False
    )
    return values, inverse.reshape(input.shape if dim is None else (-1,)), counts


@operation(outputs=("values", "inverse", "counts"), input=_refusing("unique_consecutive"), wrapper=_chosen_consecutive)
def unique_consecutive(xp: Any, input: Any, /, dim: int | None = None) -> Any:
    """The elements, or with `dim` the slices, that differ from the one before; `return_inverse` and `return_counts`
    as in `unique`.

    >>> import mutagrad
    >>> mutagrad.unique_consecutive(mutagrad.tensor([1, 1, 2, 1]))
    tensor([1, 2, 1])
    """
    x = xp.reshape(input, (-1,)) if dim is None else xp.moveaxis(input, axis_of(dim, input.ndim), 0)
    rows = xp.reshape(x, (x.shape[0], math.prod(x.shape[1:])))
    first = np.ones(x.shape[0], bool)
    first[1:] = np.asarray(xp.any(rows[1:] != rows[:-1], axis=1))
    starts = np.flatnonzero(first)
    values = xp.take(x, starts, axis=0)
    inverse = np.cumsum(first) - 1
    if dim is not None:
        return xp.moveaxis(values, 0, axis_of(dim, input.ndim)), inverse, np.diff(starts, append=x.shape[0])
    return values, inverse.reshape(input.shape), np.diff(starts, append=x.shape[0])


# How often -----------------------------------------------------------------------------------------------------------


@composite()
def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each of 0, 1, 2, ... occurs, or the sums of the `weights` there.

    Raises RuntimeError for anything but a vector of integers that are not negative.

    >>> import mutagrad
    >>> mutagrad.bincount(mutagrad.tensor([1, 3, 1]))
    tensor([0, 2, 0, 1])
    """
    check_tensor("bincount", input)
    array = input._array
    if minlength < 0:
        raise RuntimeError("minlength should be >= 0")
    if array.dtype.kind not in "iu":
        raise not_implemented("bincount_cpu", array.dtype)
    numbers = physical_of(array)
    if array.ndim != 1 or (array.size and numbers.min() < 0):
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if weights is None:
        return wrap(np.bincount(array, minlength=minlength))
    if weights._array.shape != array.shape:
        raise RuntimeError("weights should be 1-d and have the same length as input")
    if weights._array.dtype != np.float32:
        weights = weights.double()
    size = max(minlength, int(numbers.max(initial=-1)) + 1)
    return wrap(np.zeros(size, weights._array.dtype)).index_add(0, input.long(), weights)


# Where in order ------------------------------------------------------------------------------------------------------


@composite(method=False)
def searchsorted(
    sorted_sequence: Tensor,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The places in the last dimension of `sorted_sequence` where the elements of `input` would keep its order.

    Of several places it is the first, with `right` (or `side="right"`) the last. Raises RuntimeError where the other
    dimensions differ, unless the sequence is a vector.

    >>> import mutagrad
    >>> mutagrad.searchsorted(mutagrad.tensor([1., 3., 5.]), mutagrad.tensor([3., 6.]))
    tensor([1, 3])
    """
    values = input._array if isinstance(input, Tensor) else np.asarray(input)
    chosen = _side(side, right)
    sequence = sorted_sequence._array
    _check_searchable(sequence, values)
    if sorter is not None:
        sequence = np.take_along_axis(sequence, sorter._array, -1)
    if sequence.ndim == 1:
        found = as_array(np.searchsorted(sequence, values, chosen))
    else:
        found = _places_in_rows(sequence, values, chosen)
    return into(out, wrap(found.astype(np.int32 if out_int32 else np.int64)), "searchsorted")


def _places_in_rows(sequence: Any, values: Any, side: str) -> Any:
    levels = union(sequence, values)
    rows, sought = [physical_of(widened(each, levels, copy=False)) for each in (sequence, values)]
    found = places_in_rows(rows, sought, side)
    return Batched(found, levels) if levels else found


def _side(side: str | None, right: bool) -> Literal["left", "right"]:
    if side is None:
        return "right" if right else "left"
    if side != "left" and side != "right":
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError(
            "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True"
        )
    return side


def _check_searchable(sequence: np.ndarray, values: np.ndarray) -> None:
    if sequence.ndim == 0:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should have positive dimension, but got 0 dimension"
        )
    if sequence.ndim == 1:
        return
    if values.ndim == 0:
        raise RuntimeError(
            "torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension is 1, but we got "
            f"boundaries tensor dim({sequence.ndim}) and input value's dim(0) numel(1)"
        )
    if sequence.shape[:-1] != values.shape[:-1]:
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries "
            f"tensor and input value tensor must match, but we got boundaries tensor {list(sequence.shape)} and input "
            f"value tensor {list(values.shape)}"
        )


@composite(method=False)
def bucketize(
    input: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False, out: Tensor | None = None
) -> Tensor:
    """The number of the bucket, between ascending `boundaries`, that each element falls in.

    >>> import mutagrad
    >>> mutagrad.bucketize(mutagrad.tensor([0., 3., 6.]), mutagrad.tensor([1., 3., 5.]))
    tensor([0, 1, 3])
    """
    if boundaries.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right, out=out)


@composite()
def isin(
    elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False, out: Any = None
) -> Tensor:
    """Whether each of `elements` is among `test_elements`; with `invert`, whether it is not.

    >>> import mutagrad
    >>> mutagrad.isin(mutagrad.tensor([1, 2, 3]), mutagrad.tensor([1, 3]))
    tensor([ True, False,  True])
    """
    if not (isinstance(elements, Tensor) or isinstance(test_elements, Tensor)):
        kinds = f"{type(elements).__name__}, {type(test_elements).__name__}"
        raise TypeError(
            f"isin() received an invalid combination of arguments - got ({kinds}), but expected one of:\n"
            " * (Tensor elements, Tensor test_elements)\n * (Number element, Tensor test_elements)\n"
            " * (Tensor elements, Number test_element)"
        )
    first, second = (x._array if isinstance(x, Tensor) else x for x in (elements, test_elements))
    found = np.isin(first, second, assume_unique=assume_unique, invert=invert)
    return into(out, wrap(as_array(found)), "isin")
