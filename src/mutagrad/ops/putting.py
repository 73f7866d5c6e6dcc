"""Writes by index vectors, tuples of index tensors and masks: `index_add`, `index_put`, `masked_scatter` and others.

Each says in its own way which elements it means. Here that becomes one settled key (`keys.py`), and the write there is
`write_at` (`indexing.py`): in time proportional to the elements named, forward and backward. Of several values written
to one element the last remains, and it alone has a gradient. What is not in place is a clone and the form in place.
Follows https://docs.pytorch.org/docs/stable/torch.html#indexing-slicing-joining-mutating-ops
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import index as as_int
from typing import Any

import numpy as np

from mutagrad.batched import Batched, physical_of
from mutagrad.binding import check_sequence
from mutagrad.declaration import composite
from mutagrad.device import contiguous_format
from mutagrad.operands import broadcast_error
from mutagrad.ops.gathering import check_tensor, is_index, long_index, out_of_range, outside, places, slices
from mutagrad.ops.indexing import part, write_at, writing
from mutagrad.ops.keys import Key, key_of, within
from mutagrad.ops.numbers import NUMBERS
from mutagrad.ops.product_sums import factor_for
from mutagrad.ops.rows import write_rows
from mutagrad.ops.scatter_reduction import reduce_into
from mutagrad.ops.scattering import out_of_place
from mutagrad.ops.selection import where
from mutagrad.ops.sizes import expanded
from mutagrad.tensor import Tensor, wrap, wrap_dim

__all__ = [
    "index_add",
    "index_copy",
    "index_fill",
    "index_put",
    "index_put_",
    "index_reduce",
    "masked_scatter",
    "put",
]


# Slices along one dimension -----------------------------------------------------------------------------------------

index_addition = writing("index_add")
index_copying = writing("index_copy")
index_filling = writing("index_fill")
index_filling_with_tensor = writing("index_fill", "IndexFillBackward1")


@composite()
def index_add_(self: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: Any = 1) -> Tensor:
    """Adds to the slices along `dim` that a vector `index` names those of `source`, times `alpha`.

    A slice that is named several times receives all of its slices.  Raises IndexError or RuntimeError for an index that
    is negative or out of bounds, RuntimeError for a source of another shape or dtype.

    >>> import mutagrad
    >>> mutagrad.zeros(3).index_add_(0, mutagrad.tensor([0, 2, 2]), mutagrad.tensor([1., 2., 3.]))
    tensor([1., 0., 5.])
    """
    if alpha == 1 and write_rows(self, dim, index, source, "index_add_", index_addition, accumulate=True):
        return self
    target, key = _slices_of("index_add_", self, dim, index, source)
    value = source if alpha == 1 else source * factor_for(self._array, alpha)
    write_at(target, key, value, "index_add_", index_addition, accumulate=True)
    return self


@composite()
def index_reduce_(
    self: Tensor, dim: int, index: Tensor, source: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """Combines the slices along `dim` that a vector `index` names with those of `source`: "prod", "mean", "amax", "amin".

    With `include_self=False` the old values of the slices named take no part. Errors are those of `index_add_`.

    >>> import mutagrad
    >>> x = mutagrad.tensor([1., 2.])
    >>> x.index_reduce_(0, mutagrad.tensor([0, 0]), mutagrad.tensor([3., 5.]), "mean")
    tensor([3., 2.])
    """
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}.")
    target, key = _slices_of("index_reduce_", self, dim, index, source)
    reduce_into(target, key, source, reduce, include_self)
    return self


def _slices_of(name: str, self: Tensor, dim: int, index: Tensor, source: Tensor) -> tuple[Tensor, Key]:
    """The target of a write by slices, with a dimension at least, and the key of the slices; all checked."""
    array = self._array
    ndim = array.ndim
    dim = wrap_dim(as_int(dim), ndim)
    check_tensor(name, "index", 2, index)
    check_tensor(name, "source", 3, source)
    where, added = index._array, source._array
    if not (
        where.ndim == 1
        and ndim == added.ndim > dim
        and array.dtype is added.dtype
        and is_index(where)
        and where.size == added.shape[dim]
        and (ndim == 1 or _without(self, dim) == _without(source, dim))
    ):
        _check_slices(name, self, dim, index, source)
    target = self if ndim else part(self, (None,))
    wrong = outside(where, target._array.shape[dim])
    if wrong is not None:
        if ndim < 2:
            raise IndexError("index out of range in self")
        raise RuntimeError(out_of_range(wrong, dim, target._array.shape[dim]))
    if where.ndim != 1 or not ndim:
        where = where.reshape(-1 if ndim else added.shape)
    return target, slices(dim, where)


def _check_slices(name: str, self: Tensor, dim: int, index: Tensor, source: Tensor) -> None:
    """Raises what PyTorch raises for an index and a source that do not fit a write by slices."""
    where, array, added = index._array, self._array, source._array
    ndim = array.ndim
    if where.ndim > 1:
        kind = index.dtype.scalar_type
        raise IndexError(
            f"{name}(): Index is supposed to be a vector, but got dim: {where.ndim} with type: {kind} and size: "
            f"{list(where.shape)}"
        )
    if not is_index(where):
        kind = index.dtype.scalar_type
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index but got: {kind}")
    if array.dtype != added.dtype:
        raise RuntimeError(
            f"{name}(): self ({self.dtype.scalar_type}) and source ({source.dtype.scalar_type}) must have the same "
            "scalar type"
        )
    if added.ndim <= dim and ndim and (dim or where.ndim):
        if dim == 0:
            raise IndexError("Dimension specified as 0 but tensor has no dimensions")
        raise RuntimeError(f"{name}(): Indexing dim {dim} is out of bounds of the source tensor with dim {source.ndim}")
    count = added.shape[dim] if added.ndim else 1
    if where.size != count:
        raise RuntimeError(
            f"{name}(): Number of indices ({where.size}) should be equal to source.size(dim): ({count}), for dim: {dim}"
        )
    if _without(self, dim) != _without(source, dim) or ndim != added.ndim:
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = "
            f"{list(self.shape)} source.shape = {list(source.shape)}"
        )


def _without(tensor: Tensor, dim: int) -> tuple[int, ...]:
    return tensor._array.shape[:dim] + tensor._array.shape[dim + 1 :]


@composite()
def index_copy_(self: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """Copies the slices of `source` over those along `dim` that a vector `index` names.

    Raises IndexError for an index that is negative or out of bounds, RuntimeError for a source of another shape or
    dtype.

    >>> import mutagrad
    >>> mutagrad.zeros(3).index_copy_(0, mutagrad.tensor([2, 0]), mutagrad.tensor([1., 2.]))
    tensor([2., 0., 1.])
    """
    if write_rows(self, dim, index, source, "index_copy_", index_copying):
        return self
    dim = wrap_dim(as_int(dim), self.ndim)
    check_tensor("index_copy_", "index", 2, index)
    check_tensor("index_copy_", "source", 3, source)
    where, given = index._array, source._array
    if where.ndim > 1:
        raise IndexError(f"index_copy_(): Index should have dimension 1 or 0 (got {where.ndim})")
    if given.ndim == 0 and where.size != 1:
        raise IndexError(f"index_copy_(): When source is scalar, index should have one element (got {where.size})")
    if given.ndim and self.ndim and given.ndim != self.ndim:
        raise IndexError(
            "index_copy_(): When source and destination are not scalars, their dimensionality must match. Source "
            f"dimensionality ({given.ndim}), destination dimensionality ({self.ndim})"
        )
    long_index("index_copy_", where)
    if self.dtype is not source.dtype:
        raise RuntimeError(
            "index_copy_(): self and source expected to have the same dtype, but got (self) "
            f"{self.dtype.scalar_type} and (source) {source.dtype.scalar_type}"
        )
    target = self if self.ndim else part(self, (None,))
    if _without(target, dim) != _without(source, dim):
        there, here = (" ".join(map(str, _without(x, dim))) for x in (target, source))
        raise RuntimeError(
            "index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape: "
            f"{there} at dimension {dim} and source slice shape: {here} at dimension 0."
        )
    if given.ndim and where.size != given.shape[dim]:
        raise IndexError(
            f"index_copy_(): Number of indices ({where.size}) should be equal to source.size(dim) ({given.shape[dim]})"
        )
    size = target._array.shape[dim]
    wrong = outside(where, size)
    if wrong is not None:
        raise IndexError(f"index_copy_(): {out_of_range(wrong, dim, size)}")
    write_at(target, slices(dim, where.reshape(-1)), source, "index_copy_", index_copying)
    return self


@composite()
def index_fill_(self: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """Writes one value, a number or a zero-dimensional tensor, to the slices along `dim` that `index` names.

    Raises IndexError for an index that is out of bounds or not int64, RuntimeError for a tensor with dimensions.

    >>> import mutagrad
    >>> mutagrad.zeros(2, 3).index_fill_(1, mutagrad.tensor([0, 2]), 7)
    tensor([[7., 0., 7.],
            [7., 0., 7.]])
    """
    dim = wrap_dim(as_int(dim), self.ndim)
    check_tensor("index_fill_", "index", 2, index)
    where = index._array
    if isinstance(value, Tensor):
        if value.ndim:
            raise RuntimeError(
                "index_fill_ only supports a 0-dimensional value tensor, but got tensor with "
                f"{value.ndim} dimension(s)."
            )
        operation = index_filling_with_tensor
    elif isinstance(value, NUMBERS):
        operation = index_filling
    else:
        raise TypeError(
            "index_fill_() received an invalid combination of arguments - got (int, Tensor, "
            f"{type(value).__name__}), but expected one of:\n * (int dim, Tensor index, Tensor value)\n"
            " * (int dim, Tensor index, Number value)\n"
        )
    is_complex = value.is_complex() if isinstance(value, Tensor) else isinstance(value, complex)
    if is_complex and not self.is_complex():
        raise RuntimeError("index_fill_(): Converting complex Scalar to non-complex type is not supported")
    if where.dtype != np.int64:
        raise IndexError("index_fill_(): Expected dtype int64 for index.")
    if where.ndim > 1:
        raise RuntimeError("Index has to be a vector/scalar")
    if isinstance(value, Tensor) and value.dtype is not self.dtype:
        value = value.to(self.dtype)
    target = self if self.ndim else part(self, (None,))
    rows = within(where.reshape(-1), target._array.shape[dim], dim)
    write_at(target, slices(dim, rows), value, "index_fill_", operation)
    return self


index_add = out_of_place(index_add_)
index_reduce = out_of_place(index_reduce_)
index_copy = out_of_place(index_copy_)
index_fill = out_of_place(index_fill_)


# Elements named by several indices, by one through all, or by a mask ------------------------------------------------

index_putting = writing("index_put")
putting = writing("put")
masked_scattering = writing("masked_scatter")


@composite()
def index_put_(self: Tensor, indices: Sequence[Tensor], values: Tensor, accumulate: bool = False) -> Tensor:
    """Writes `values`, broadcast, to `self[indices]` for a tuple of index tensors and masks; or adds them there.

    Raises IndexError as a key in brackets does, RuntimeError for values of another shape or dtype.

    >>> import mutagrad
    >>> mutagrad.zeros(3).index_put_((mutagrad.tensor([0, 0]),), mutagrad.ones(2), accumulate=True)
    tensor([2., 0., 0.])
    """
    check_sequence("index_put_", "indices", indices)
    check_tensor("index_put_", "values", 2, values)
    if len(indices) == 1 and write_rows(self, 0, indices[0], values, "index_put_", index_putting, accumulate):
        return self
    write_at(self, key_of(self._array.shape, indices), values, "index_put_", index_putting, accumulate=accumulate)
    return self


@composite()
def put_(self: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """Writes the elements of `source` at `index`, counted through all of `self`; or adds them there.

    Raises IndexError for an index that is out of bounds or of another size than the source, RuntimeError for two
    dtypes.

    >>> import mutagrad
    >>> mutagrad.zeros(2, 2).put_(mutagrad.tensor([1, 2]), mutagrad.tensor([5., 6.]))
    tensor([[0., 5.],
            [6., 0.]])
    """
    check_tensor("put_", "index", 1, index)
    check_tensor("put_", "source", 2, source)
    where = index._array
    long_index("put_", where)
    if self.dtype is not source.dtype:
        raise RuntimeError(
            f"put_(): self and source expected to have the same dtype, but got self.dtype = {self.dtype.scalar_type} "
            f"and source.dtype = {source.dtype.scalar_type}"
        )
    if where.size != source._array.size:
        raise IndexError(
            "put_(): Expected source and index to have the same number of elements, but got source.numel() = "
            f"{source._array.size}, index.numel() = {where.size}"
        )
    if self._array.size == 0 and where.size:
        raise IndexError("put_(): Tried to put elements into an empty tensor")
    target, key = places(self if self.ndim else part(self, (None,)), where.reshape(-1))
    write_at(target, key, source.reshape(-1), "put_", putting, accumulate=accumulate)
    return self


@composite()
def masked_scatter_(self: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """Writes the elements of `source`, in order, where `mask`, broadcast to `self`, is true.

    Raises RuntimeError for a mask that is not bool, a source with too few elements, and two dtypes.

    >>> import mutagrad
    >>> x = mutagrad.zeros(4)
    >>> x.masked_scatter_(mutagrad.tensor([True, False, True, False]), mutagrad.tensor([5., 6., 7.]))
    tensor([5., 0., 6., 0.])
    """
    check_tensor("masked_scatter_", "mask", 1, mask)
    check_tensor("masked_scatter_", "source", 2, source)
    if self.dtype is not source.dtype:
        raise RuntimeError(
            "masked_scatter: expected self and source to have same dtypes but got"
            f"{self.dtype.scalar_type} and {source.dtype.scalar_type}"
        )
    if mask._array.dtype != bool:
        kind = mask.dtype.scalar_type
        raise RuntimeError(f"masked_scatter_ only supports boolean masks, but got mask with dtype {kind}")
    expanded(mask._array.shape, self._array.shape, mask._array.dtype)
    chosen = np.broadcast_to(mask._array, self._array.shape).copy()
    count = np.count_nonzero(chosen)
    if physical_of(count > source._array.size).any():
        raise RuntimeError("Number of elements of source < number of ones in mask")
    if type(chosen) is Batched:
        # As many elements as there are: of each sample those that its own mask is to receive.
        places = np.maximum(np.cumsum(chosen.ravel(), 0) - 1, 0).reshape(chosen.shape)
        values = source.take(wrap(places)) if source._array.size else self
        return self.copy_(where(wrap(chosen), values, self))
    target = self
    if not self.ndim:
        target, chosen = part(self, (None,)), chosen.reshape(1)
    values = source.reshape(-1)[:count]
    if source._family.storage is self._family.storage:
        values = values.clone()  # They are read before anything is written.
    write_at(target, (chosen,), values, "masked_scatter_", masked_scattering)
    return self


index_put = out_of_place(index_put_)
put = out_of_place(put_)


@composite()
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """A copy of `input`, broadcast with `mask`, with the elements of `source`, in order, where the mask is true."""
    check_tensor("masked_scatter", "mask", 1, mask)
    try:
        shape = np.broadcast_shapes(mask._array.shape, input._array.shape)
    except ValueError:
        raise broadcast_error((mask._array.shape, input._array.shape)) from None
    copy = input if input._array.shape == shape else input.expand(shape)
    return masked_scatter_(copy.clone(memory_format=contiguous_format), mask, source)
