"""Reading elements by index tensors and masks: `gather`, `index_select`, `take`, `masked_select`, and their kin.

Each says in its own way which elements it means. Here that becomes one settled key (`keys.py`), and the read there is
`read_at` (`indexing.py`): in time proportional to the elements named, forward and backward. The writes are in
`scattering.py`.
Follows https://docs.pytorch.org/docs/stable/torch.html#indexing-slicing-joining-mutating-ops
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import index as as_int
from typing import Any

import numpy as np

from mutagrad.batched import Batched, physical_of
from mutagrad.declaration import composite
from mutagrad.dtypes import legacy_type_name, of_numpy
from mutagrad.operands import broadcast_error
from mutagrad.operation import Operation
from mutagrad.ops.indexing import read_at, reading
from mutagrad.ops.keys import ALL, Key, index_array, largest, mesh, within
from mutagrad.ops.out import into
from mutagrad.tensor import Tensor, wrap, wrap_dim

__all__ = [
    "argwhere",
    "embedding",
    "gather",
    "index_select",
    "masked_select",
    "nonzero",
    "nonzero_static",
    "take",
    "take_along_dim",
    "unravel_index",
]

ndarray = np.ndarray


# What is asked of an index ------------------------------------------------------------------------------------------


def is_index(array: ndarray) -> bool:
    """Whether an array holds integers of a width that indices may have."""
    return array.dtype.kind == "i" and array.dtype.itemsize >= 4


def outside(index: ndarray, size: int) -> Any:
    """The first of `index` that is negative or no less than `size`; None where there is none."""
    if index.size == 0 or largest(index) < size:
        return None
    index = physical_of(index)
    return index[(index < 0) | (index >= size)].flat[0]


def check_tensor(function: str, name: str, position: int, value: Any) -> None:
    """Raises TypeError when an argument is no tensor."""
    if not isinstance(value, Tensor):
        kind = type(value).__name__
        raise TypeError(f"{function}(): argument '{name}' (position {position}) must be Tensor, not {kind}")


def long_index(function: str, index: ndarray) -> None:
    """Raises RuntimeError unless an index is int64, which `function` insists on."""
    if index.dtype != np.int64:
        kind = of_numpy[index.dtype].scalar_type
        raise RuntimeError(f"{function}(): Expected a long tensor for index, but got {kind}")


def slices(dim: int, index: ndarray) -> Key:
    """The key of the slices along `dim` that an index names."""
    return (*(ALL,) * dim, index_array(index)) if dim else (index_array(index),)


def out_of_range(index: Any, dim: int, size: int) -> str:
    """The message for an index that is out of bounds."""
    return f"index {index} is out of bounds for dimension {dim} with size {size}"


# Slices -------------------------------------------------------------------------------------------------------------

index_selection = reading("index_select")
rows_of_embedding = Operation(
    "embedding",
    lambda xp, input, *, scale: input,
    {"input": lambda xp, ct, scale: ct if scale is None else ct * xp.asarray(scale)},
)


@composite()
def index_select(input: Tensor, dim: int, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The slices of `input` along `dim` that a vector `index` names.

    Raises IndexError for an index that is negative or out of bounds, RuntimeError for one that is not int32 or int64.

    >>> import mutagrad
    >>> mutagrad.tensor([[1, 2], [3, 4], [5, 6]]).index_select(0, mutagrad.tensor([2, 0]))
    tensor([[5, 6],
            [1, 2]])
    """
    dim = wrap_dim(as_int(dim), input.ndim)
    check_tensor("index_select", "index", 2, index)
    where = index._array
    if where.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    if input.ndim == 0 and where.size != 1:
        raise RuntimeError(f"index_select(): Index to scalar can have only 1 value, got {where.size} value(s)")
    if not is_index(where):
        raise RuntimeError("index_select(): Expected dtype int32 or int64 for index")
    if input.ndim == 0:
        input, where = input[None], where.reshape(())
    else:
        where = where.reshape(-1)
    if outside(where, input._array.shape[dim]) is not None:
        raise IndexError("index out of range in self")
    return into(out, read_at(input, slices(dim, where), index_selection), "index_select")


def embedding(
    weight: Tensor, indices: Tensor, padding_idx: int = -1, scale_grad_by_freq: bool = False, sparse: bool = False
) -> Tensor:
    """The rows of a matrix `weight` that `indices` name: indices (*) and a weight (n, m) give (*, m).

    The row `padding_idx` receives no gradient. With `scale_grad_by_freq` each row's is divided by how often the row was
    named.  Raises IndexError for an index that is negative or out of bounds.

    >>> import mutagrad
    >>> mutagrad.embedding(mutagrad.tensor([[1., 2.], [3., 4.]]), mutagrad.tensor([1, 0, 1]))
    tensor([[3., 4.],
            [1., 2.],
            [3., 4.]])
    """
    if weight.ndim != 2:
        raise RuntimeError("'weight' must be 2-D")
    where = indices._array
    if not is_index(where):
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
            f"{legacy_type_name(where.dtype)} instead (while checking arguments for embedding)"
        )
    if outside(where, weight._array.shape[0]) is not None:
        raise IndexError("index out of range in self")
    key = slices(0, where)
    scale = _row_scales(key[0], padding_idx, scale_grad_by_freq, weight._array) if weight.requires_grad else None
    return read_at(weight, key, rows_of_embedding, scale=scale)


def _row_scales(rows: ndarray, padding_idx: int, by_frequency: bool, weight: ndarray) -> ndarray | None:
    """What the gradient of each row read is multiplied with; None for one throughout."""
    if padding_idx < 0 and not by_frequency:
        return None
    scale = (rows != padding_idx).astype(weight.dtype)
    if by_frequency and type(rows) is Batched:
        scale = scale / np.bincount(rows.ravel(), minlength=weight.shape[0])[rows]
    elif by_frequency:
        _, place, count = np.unique(rows, return_inverse=True, return_counts=True)
        scale /= count[place].reshape(rows.shape)
    return scale[..., None]


# Single elements ----------------------------------------------------------------------------------------------------

gathered = reading("gather")
taken = reading("take")
masked_selection = reading("masked_select")


@composite()
def gather(input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False, out: Tensor | None = None) -> Tensor:
    """The elements at `index` along `dim`, and along other dimensions where the index itself stands.

    Shapes: the index has as many dimensions as `input` and is no larger but along `dim`; the result has its shape.
    Raises RuntimeError for another index, and for one that is negative or out of bounds.

    >>> import mutagrad
    >>> mutagrad.tensor([[1, 2], [3, 4]]).gather(1, mutagrad.tensor([[1], [0]]))
    tensor([[2],
            [3]])
    """
    dim = wrap_dim(as_int(dim), input.ndim)
    check_tensor("gather", "index", 2, index)
    where = index._array
    if where.size == 0:
        return into(out, read_at(input.reshape(-1), (where.astype(np.int64),), gathered), "gather")
    if not is_index(where):
        raise RuntimeError("gather(): Expected dtype int32/int64 for index")
    if max(where.ndim, 1) != max(input.ndim, 1):
        raise RuntimeError("Index tensor must have the same number of dimensions as input tensor")
    source = input if input.ndim else input[None]
    for d, (n, size) in enumerate(zip(where.shape, source._array.shape)):
        if d != dim and n > size:
            raise RuntimeError(
                f"Size does not match at dimension {d} expected index {list(where.shape)} to be no larger than self "
                f"{list(source.shape)} apart from dimension {dim}"
            )
    return into(out, read_at(source, along(source, dim, where), gathered), "gather")


def along(tensor: Tensor, dim: int, index: ndarray) -> Key:
    """The key of a `gather` or `scatter`. Raises RuntimeError for an index that is negative or out of bounds."""
    size = tensor._array.shape[dim]
    wrong = outside(index, size)
    if wrong is not None:
        raise RuntimeError(out_of_range(wrong, dim, size))
    return mesh(dim, index.astype(np.int64))


@composite()
def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None, *, out: Tensor | None = None) -> Tensor:
    """The elements at `indices` along `dim`, both broadcast in the other dimensions; without `dim`, of all in a row.

    Raises RuntimeError for indices of another rank, or not int64.
    """
    check_tensor("take_along_dim", "input", 1, input)
    check_tensor("take_along_dim", "indices", 2, indices)
    if dim is None:
        return gather(input.reshape(-1), 0, indices.reshape(-1), out=out)
    if input.ndim != indices.ndim:
        raise RuntimeError(
            "torch.take_along_dim(): input and indices should have the same number of dimensions, but got "
            f"{input.ndim} dimensions for input, and {indices.ndim} dimensions for indices"
        )
    if indices._array.dtype != np.int64:
        kind = indices.dtype.scalar_type
        raise RuntimeError(f"torch.take_along_dim(): dtype of indices should be Long but got {kind}")
    if input.ndim == 0:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    dim = wrap_dim(as_int(dim), input.ndim)
    rest = [n for d, n in enumerate(input.shape) if d != dim], [n for d, n in enumerate(indices.shape) if d != dim]
    try:
        common = list(np.broadcast_shapes(*map(tuple, rest)))
    except ValueError:
        ones = ((1 if d == dim else n for d, n in enumerate(x.shape)) for x in (input, indices))
        raise broadcast_error([tuple(shape) for shape in ones]) from None
    source = input.expand(common[:dim] + [input.shape[dim]] + common[dim:])
    where = indices.expand(common[:dim] + [indices.shape[dim]] + common[dim:])
    wrapped = within(where._array, source._array.shape[dim], dim)
    return gather(source, dim, where if wrapped is where._array else wrap(wrapped), out=out)


@composite()
def take(input: Tensor, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements at `index`, counted through all of `input`; the result has the shape of the index.

    Raises RuntimeError for an index that is not int64, IndexError for one that is out of bounds.

    >>> import mutagrad
    >>> mutagrad.tensor([[1, 2], [3, 4]]).take(mutagrad.tensor([0, -1]))
    tensor([1, 4])
    """
    check_tensor("take", "index", 1, index)
    long_index("take", index._array)
    if input._array.size == 0 and index._array.size:
        raise IndexError("take(): tried to take from an empty tensor")
    source, key = places(input, index._array)
    return into(out, read_at(source, key, taken), "take")


def places(tensor: Tensor, index: ndarray) -> tuple[Tensor, Key]:
    """A tensor, of at least one dimension, and the key in it of the elements at `index`, counted through all of it.

    Raises IndexError for an index out of bounds.
    """
    count = tensor._array.size
    try:
        flat = within(index.copy(), count, 0)
    except IndexError:
        wrong = index[(index < -count) | (index >= count)].flat[0]
        raise IndexError(f"out of range: tried to access index {wrong} on a tensor of {count} elements.") from None
    if tensor.ndim == 0:
        return tensor[None], (flat,)
    if tensor.ndim == 1 or not count:
        return tensor, (flat,) * tensor.ndim
    return tensor, np.unravel_index(flat, tensor._array.shape)


@composite()
def masked_select(input: Tensor, mask: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements where `mask` is true, as a vector; both are broadcast together.

    Raises RuntimeError for a mask that is not bool.

    >>> import mutagrad
    >>> x = mutagrad.tensor([[1, 2], [3, 4]])
    >>> x.masked_select(x > 1)
    tensor([2, 3, 4])
    """
    check_tensor("masked_select", "mask", 1, mask)
    if mask._array.dtype != bool:
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    if type(mask._array) is Batched:
        raise RuntimeError(
            "vmap: Attempted to vmap over `mask` in torch.masked_select(self, mask) We cannot support this because for "
            "each batch this would return a differently shaped Tensor. Please file an issue at "
            "https://github.com/pytorch/pytorch/issues if you need this feature."
        )
    try:
        shape = np.broadcast_shapes(mask._array.shape, input._array.shape)
    except ValueError:
        raise broadcast_error((mask._array.shape, input._array.shape)) from None
    source = input if input._array.shape == shape else input.expand(shape)
    chosen = np.broadcast_to(mask._array, shape)
    if not shape:
        source, chosen = source[None], chosen.reshape(1)
    return into(out, read_at(source, (chosen.copy(),), masked_selection), "masked_select")


# Where the elements are that are not zero ---------------------------------------------------------------------------


@composite()
def nonzero(input: Tensor, *, as_tuple: bool = False, out: Tensor | None = None) -> Any:
    """The indices of the elements that are not zero: a matrix with a row for each, or a tuple of its columns.

    >>> import mutagrad
    >>> mutagrad.nonzero(mutagrad.tensor([[0, 1], [2, 0]]))
    tensor([[0, 1],
            [1, 0]])
    """
    check_tensor("nonzero", "input", 1, input)
    array = input._array
    columns = np.nonzero(array if array.ndim else array.reshape(1))
    if as_tuple:
        return tuple([wrap(column) for column in columns])
    rows = np.stack(columns, axis=1) if array.ndim else np.empty((columns[0].size, 0), np.int64)
    return into(out, wrap(rows), "nonzero")


@composite()
def argwhere(input: Tensor) -> Tensor:
    """The indices of the elements that are not zero, a row for each."""
    check_tensor("argwhere", "input", 1, input)
    return nonzero(input)


@composite()
def nonzero_static(input: Tensor, *, size: int, fill_value: int = -1, out: Tensor | None = None) -> Tensor:
    """The first `size` rows of what `nonzero` gives, and rows of `fill_value` where there are fewer.

    >>> import mutagrad
    >>> mutagrad.nonzero_static(mutagrad.tensor([0, 1, 1]), size=3)
    tensor([[ 1],
            [ 2],
            [-1]])
    """
    if size < 0:
        raise RuntimeError("nonzero_static: 'size' must be an non-negative integer")
    if type(input._array) is Batched:
        return into(out, wrap(_first_of_samples(input._array, size, fill_value)), "nonzero_static")
    found = nonzero(input)._array[:size]
    rows = np.full((size, input.ndim), fill_value, np.int64)
    rows[: len(found)] = found
    return into(out, wrap(rows), "nonzero_static")


def _first_of_samples(array: Batched, size: int, fill_value: int) -> Any:
    """The rows of `nonzero_static`: of each sample the places of what is not zero come first in a stable order."""
    flat = array.ravel()
    order = np.argsort(flat == 0, -1, kind="stable")[:size]
    places = np.concatenate([order, np.zeros(size - order.shape[0], np.int64)])
    columns = np.unravel_index(places, array.shape) if array.ndim else ()
    found = np.stack(columns, -1) if columns else np.zeros((size, 0), np.int64)
    return np.where((np.arange(size) < np.count_nonzero(flat))[:, None], found, fill_value)


@composite(method=False)
def unravel_index(indices: Tensor, shape: int | Sequence[int]) -> tuple[Tensor, ...]:
    """The indices along each dimension of a tensor of `shape` that lead to its elements numbered `indices`.

    Raises TypeError for indices that are no integers, ValueError for a negative size.

    >>> import mutagrad
    >>> mutagrad.unravel_index(mutagrad.tensor([1, 5]), (2, 3))
    (tensor([0, 1]), tensor([1, 2]))
    """
    check_tensor("unravel_index", "indices", 1, indices)
    if indices._array.dtype.kind not in "iu":
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    sizes = (shape,) if isinstance(shape, int) else shape
    if not isinstance(sizes, (tuple, list)):
        raise TypeError(f"expected 'shape' to be int or sequence of ints, but got {type(shape)}")
    for size in sizes:
        if not isinstance(size, int):
            raise TypeError(f"expected 'shape' sequence to only contain ints, but got {type(size)}")
    if any(size < 0 for size in sizes):
        raise ValueError(f"'shape' cannot have negative values, but got {tuple(sizes)}")
    rest, found = indices._array, []
    for size in reversed(sizes):
        found.append(wrap(rest % size if size else np.zeros_like(rest)))
        rest = rest // size if size else rest
    return tuple(reversed(found))
