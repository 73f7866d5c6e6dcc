"""What a key `x[key]` means: as a basic key, which makes a view, and an advanced one to apply to that view.

PyTorch takes a key from left to right: integers, slices, `...` and `None` make a view first, then index tensors and
masks pick elements of that view (NumPy lets the integers take part in the picking). A *settled* advanced key, which
is all that the rest of the library sees, is a tuple of full slices, masks of the very shape they stand on, and int64
index arrays without negative indices, all within bounds and nobody else's memory.
Follows https://numpy.org/doc/stable/user/basics.indexing.html
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mutagrad.batched import Batched, physical_of, reach, union
from mutagrad.tensor import Tensor

ndarray = np.ndarray
ARRAYS = (ndarray, Batched)
Key = tuple[Any, ...]

ALL = slice(None)
FEW = 32  # so many indices are told apart faster as Python numbers
INT64 = np.dtype(np.int64)
UNSIGNED = {size: np.dtype(f"u{size}") for size in (1, 2, 4, 8)}
NOT_AN_INDEX = "tensors used as indices must be long, int, byte or bool tensors"
NO_SLICE = "slice() cannot be applied to a 0-dim tensor."


def basic_key(key: Any) -> tuple[Key, str] | None:
    """A basic key, closed by `...`, and the name of the view that it makes; None for any other key.

    Of several `...` the first stands for all dimensions that are left, as in PyTorch, the others for none.
    Raises ValueError for a slice whose step is not positive. Whether it is within bounds NumPy finds out.
    """
    if type(key) is int:
        return (key, ...), "Select"
    if type(key) is slice and key.step is None:
        return (key, ...), "Slice"
    items = key if type(key) is tuple else (key,)
    closed = numbers = slices = inserted = False
    for item in items:
        kind = type(item)
        if kind is slice:
            if item.step is not None:
                _check_step(item.step)
            slices = True
        elif kind is int:
            numbers = True
        elif item is Ellipsis:
            if closed:
                return basic_key(_with_one_ellipsis(items))
            closed = True
        elif item is None:
            inserted = True
        else:
            return None
    name = "Slice" if slices or (numbers and inserted) else "Unsqueeze" if inserted else "Select"
    return (items if closed else (*items, ...)), name


def _with_one_ellipsis(items: Key) -> Key:
    """A key without any `...` but the first."""
    first = next((i for i, item in enumerate(items) if item is Ellipsis), len(items))
    return (*items[: first + 1], *[item for item in items[first + 1 :] if item is not Ellipsis])


def split_key(array: ndarray, key: Any) -> tuple[tuple[Key, str] | None, Key | None]:
    """A key as a basic one, as of `basic_key`, and an advanced one to apply to what that gives; None for nothing.

    Raises IndexError for an index that is out of bounds or no index at all, ValueError for a step that is not positive.
    """
    if isinstance(key, Tensor) and key._array.ndim and key._array.dtype.kind == "i" and array.ndim:
        return None, (within(index_array(key._array), array.shape[0], 0),)  # rows: the most frequent key of its kind
    items = tuple(key) if type(key) is tuple or (type(key) is list and _reads_as_tuple(key)) else (key,)
    return _split_mixed(array, items)


def _reads_as_tuple(key: list) -> bool:
    """Whether a list is meant as a tuple of indices, as PyTorch guesses: a short one with more than numbers in it."""
    return len(key) < 32 and any(
        item is None or item is Ellipsis or isinstance(item, (Tensor, list, tuple, slice, range)) for item in key
    )


def _split_mixed(array: ndarray, items: Key) -> tuple[tuple[Key, str] | None, Key | None]:
    normal = [_normal(item) for item in items]
    named = sum(_width(item) for item in normal)
    if named > array.ndim:
        raise IndexError(f"too many indices for tensor of dimension {array.ndim}")
    basic: list[Any] = []
    advanced: list[Any] = []
    dim = 0
    for item in normal:
        width = _width(item)
        if item is Ellipsis:
            width, named = array.ndim - named, array.ndim  # a second one stands for nothing
            basic.extend([ALL] * width)
            advanced.extend([ALL] * width)
        elif item is None or isinstance(item, bool):
            basic.append(None)
            advanced.append(ALL if item is None else np.zeros(int(item), np.int64))
        elif isinstance(item, ARRAYS):
            if item.dtype.char == "?":
                _check_mask(item, array.shape, dim)
            basic.extend([ALL] * width)
            advanced.append(item)
        else:
            basic.append(item)
            if isinstance(item, slice):
                advanced.append(ALL)
        dim += width
    head = None if all(isinstance(item, slice) and item == ALL for item in basic) else basic_key(tuple(basic))
    try:
        viewed = array if head is None else array[head[0]]
    except IndexError:
        raise wrong_index(array.shape, tuple(basic)) from None
    return head, None if all(isinstance(item, slice) for item in advanced) else settle(viewed.shape, advanced)


def _width(item: Any) -> int:
    """How many dimensions of the tensor an item of a key stands on."""
    if item is None or item is Ellipsis or isinstance(item, bool):
        return 0
    return item.ndim if isinstance(item, ARRAYS) and item.dtype.char == "?" else 1


def _normal(item: Any) -> Any:
    """One item of a key as an integer, slice, None, `...`, bool, int64 array or mask."""
    if isinstance(item, (Tensor, ndarray)):
        array = index_array(item._array if isinstance(item, Tensor) else item)
        return array if array.ndim or type(array) is Batched else array.item()
    if isinstance(item, slice):
        return slice(*[part if part is None else _as_int(part) for part in (item.start, item.stop, item.step)])
    if item is None or item is Ellipsis or isinstance(item, (bool, int)):
        return item
    if isinstance(item, np.bool_):
        return bool(item)
    if isinstance(item, (list, tuple, range)):
        array = np.array([part._array if isinstance(part, Tensor) else part for part in item])
        return index_array(array) if array.size else array.astype(np.int64)
    if hasattr(item, "__index__"):
        return item.__index__()
    if isinstance(item, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{type(item).__name__}'")
    raise IndexError(
        "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices "
        f"(got {type(item).__name__})"
    )


def index_array(array: ndarray) -> ndarray:
    """A copy of an index array as int64, or of a mask. Raises IndexError for an array of another kind of numbers."""
    dt = array.dtype
    if dt is INT64:
        return array.copy()
    if dt.char in "?B":
        # A uint8 tensor is a mask, as it was before there were bool tensors.
        return array.astype(bool)
    if dt.kind == "i" and dt.itemsize >= 4:
        return array.astype(INT64)
    raise IndexError(NOT_AN_INDEX)


def _as_int(value: Any) -> int:
    try:
        return value.__index__()
    except AttributeError:
        raise TypeError("slice indices must be integers or None or have an __index__ method") from None


# Settled keys -------------------------------------------------------------------------------------------------------


def key_of(shape: Sequence[int], indices: Sequence[Tensor]) -> Key:
    """The settled key of index tensors and masks, one after the other, for an array of `shape`.

    Raises IndexError as a key in brackets does.
    """
    key = [index_array(index._array) for index in indices]
    named = sum(_width(item) for item in key)
    if named > len(shape):
        raise IndexError(f"too many indices for tensor of dimension {len(shape)} (got {named})")
    dim = 0
    for item in key:
        if item.dtype.char == "?":
            _check_mask(item, shape, dim)
        dim += _width(item)
    return settle(shape, key)


def settle(shape: Sequence[int], key: Sequence[Any]) -> Key:
    """An advanced key for an array of `shape`, with its index arrays made non-negative.

    Raises IndexError for index arrays that do not broadcast together, and for an index out of bounds.
    """
    arrays = [item for item in key if isinstance(item, ARRAYS)]
    if len(arrays) > 1:
        _check_broadcast(_per_dimension(arrays))
    settled: list[Any] = []
    dim = place = 0  # PyTorch's messages count the index arrays
    for item in key:
        width = _width(item)
        if isinstance(item, ARRAYS):
            settled.append(item if item.dtype.char == "?" else within(item, shape[dim], place))
            place += width
        else:
            settled.append(item)
        dim += width
    return tuple(settled)


def largest(index: ndarray) -> int:
    """The largest of some indices, of which negative ones count as beyond every size."""
    if type(index) is not ndarray:
        index = physical_of(index)
    numbers = index.view(UNSIGNED[index.itemsize])
    return numbers.item(numbers.argmax())


def within(index: Any, size: int, dim: int) -> Any:
    """An int64 index array as non-negative indices; dimension `dim` of the message has the `size`.

    Raises IndexError when one is outside [-size, size).
    """
    if index.size and largest(index) >= size:
        if size == 0:
            raise IndexError("index is out of bounds for dimension with size 0")
        found = physical_of(index)
        wrong = found[(found < -size) | (found >= size)]
        if wrong.size:
            raise IndexError(f"index {wrong.flat[0]} is out of bounds for dimension {dim} with size {size}")
        return np.where(index < 0, index + size, index)
    return index


def mesh(dim: int, index: ndarray) -> Key:
    """The key of the elements that are at `index` along `dim`, and elsewhere where they stand in `index`."""
    if index.ndim < 2:
        return (index,)
    key = [np.arange(n).reshape((-1,) + (1,) * (index.ndim - d - 1)) for d, n in enumerate(index.shape)]
    key[dim] = index
    return tuple(key)


def shape_of(key: Key, shape: Sequence[int]) -> tuple[int, ...]:
    """The shape of `x[key]` for an `x` of `shape`.

    Index arrays that stand together leave their dimensions where they stand, others put them first.
    """
    if len(key) == 1 and key[0].dtype is INT64:
        return key[0].shape + tuple(shape[1:])
    picked: list[tuple[int, ...]] = []
    before: list[int] = []
    behind: list[int] = []
    together, dim = True, 0
    for item in key:
        if isinstance(item, slice):
            (behind if picked else before).append(shape[dim])
        else:
            together = together and not behind
            picked.append((int(np.count_nonzero(item)),) if item.dtype.char == "?" else item.shape)
        dim += _width(item)
    common = picked[0] if len(picked) == 1 else np.broadcast_shapes(*picked)
    sliced = (*before, *behind, *shape[dim:])
    return (*sliced[: len(before)], *common, *sliced[len(before) :]) if together else (*common, *sliced)


def positions(key: Key, shape: Sequence[int]) -> tuple[ndarray, ...]:
    """The index of every element that a settled key names, one array for each dimension, slices last."""
    items = _per_dimension(key)
    items.extend([ALL] * (len(shape) - len(items)))
    arrays = iter(np.broadcast_arrays(*[item for item in items if isinstance(item, ARRAYS)]))
    slices = left = sum(isinstance(item, slice) for item in items)
    found: list[ndarray] = []
    for item, size in zip(items, shape):
        if isinstance(item, slice):
            left -= 1
            found.append(np.arange(size).reshape((-1,) + (1,) * left))
        else:
            index = next(arrays)
            found.append(index.reshape(index.shape + (1,) * slices))
    return tuple(found)


def last_written(key: Key, shape: Sequence[int]) -> ndarray | None:
    """Which values written to `x[key]` remain, as a mask; None where all do: the key names nothing more than once.

    Of several values written to one element the last remains.
    """
    if union(*key):
        return _last_written_by_samples(key, shape)
    if not any(isinstance(item, ndarray) and item.dtype.char != "?" and item.size > 1 for item in key):
        return None
    if len(key) == 1 and key[0].size <= FEW and len(set(key[0].ravel().tolist())) == key[0].size:
        return None
    # What full slices stand on is the same for all: the index arrays alone decide.
    items = _per_dimension(key)
    dims = [d for d, item in enumerate(items) if isinstance(item, ARRAYS)]
    places = tuple(items[d] for d in dims)
    # Each value leaves its number where it is written; those that find their own there have remained. Of memory that
    # is not written to, nothing is touched.
    numbers = np.arange(math.prod(picked := np.broadcast_shapes(*[place.shape for place in places]))).reshape(picked)
    left = np.empty([shape[d] for d in dims], np.int64)
    left[places] = numbers
    remained = left[places] == numbers
    if remained.all():
        return None
    together = dims[-1] - dims[0] == len(dims) - 1
    behind = len(shape) - 1 - dims[-1] if together else len(shape) - len(dims)
    return remained.reshape(picked + (1,) * behind)


def _last_written_by_samples(key: Key, shape: Sequence[int]) -> Any:
    """The same for indices that differ between samples: each sample's writes are to memory of its own."""
    levels = union(*key)
    items = _per_dimension(key)
    dims = [d for d, item in enumerate(items) if isinstance(item, ARRAYS)]
    ndim = max([items[d].ndim for d in dims])
    places = [
        np.arange(level.size).reshape((-1,) + (1,) * (len(levels) - i - 1 + ndim)) for i, level in enumerate(levels)
    ]
    places += [reach(items[d], levels, ndim) for d in dims]
    remained = last_written(tuple(places), (*[level.size for level in levels], *[shape[d] for d in dims]))
    if remained is None:
        return None
    together = dims[-1] - dims[0] == len(dims) - 1
    behind = len(shape) - 1 - dims[-1] if together else len(shape) - len(dims)
    return Batched(remained.reshape(remained.shape + (1,) * behind), levels)


def _per_dimension(key: Sequence[Any]) -> list[Any]:
    """The items of a key with each mask as the index arrays that it stands for."""
    items: list[Any] = []
    for item in key:
        items.extend(np.nonzero(item) if isinstance(item, ARRAYS) and item.dtype.char == "?" else [item])
    return items


# Errors -------------------------------------------------------------------------------------------------------------


def out_of_bounds(shape: Sequence[int], index: int, dim: int, new: int = 0) -> Exception:
    """The error for an integer in a key that is no index of dimension `dim`, before which the key makes `new` ones."""
    if not -(1 << 63) <= index < 1 << 63:
        return ValueError("Overflow when unpacking long long")
    if not shape and index == 0:
        return IndexError(
            "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a "
            "0-dim tensor to a number"
        )
    return IndexError(
        f"index {index} is out of bounds for dimension {dim + new} with size {shape[dim] if shape else 0}"
    )


def wrong_index(shape: Sequence[int], key: Any) -> Exception:
    """The error for a basic key with too many items or an integer out of bounds."""
    items = _with_one_ellipsis(key) if type(key) is tuple else (key,)
    if not shape and type(key) is not tuple:
        return out_of_bounds((), key, 0) if type(key) is int else IndexError(NO_SLICE)
    named = [item for item in items if item is not None and item is not Ellipsis]
    if len(named) > len(shape):
        return IndexError(f"too many indices for tensor of dimension {len(shape)}")
    dim = new = 0
    for item in items:
        if type(item) is int and not -shape[dim] <= item < shape[dim]:
            break
        new += item is None
        dim += len(shape) - len(named) if item is Ellipsis else item is not None
    return out_of_bounds(shape, item, dim, new)


def _check_step(step: Any) -> None:
    if _as_int(step) <= 0:
        raise ValueError("step must be greater than zero" if step else "slice step cannot be zero")


def _check_mask(mask: Any, shape: Sequence[int], dim: int) -> None:
    for i, size in enumerate(mask.shape):
        if size != shape[dim + i]:
            raise IndexError(
                f"The shape of the mask {list(mask.shape)} at index {i} does not match the shape of the indexed tensor "
                f"{list(shape)} at index {dim + i}"
            )


def _check_broadcast(arrays: list[ndarray]) -> None:
    try:
        np.broadcast_shapes(*[array.shape for array in arrays])
    except ValueError:
        shapes = ", ".join(str(list(array.shape)) for array in arrays)
        raise IndexError(
            f"shape mismatch: indexing tensors could not be broadcast together with shapes {shapes}"
        ) from None
