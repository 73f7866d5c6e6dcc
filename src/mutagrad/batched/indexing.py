"""Elements of arrays with hidden dimensions, picked by index arrays that may have hidden dimensions themselves.

Each sample is indexed by its own indices. What stands on slices is moved behind what is indexed, the hidden dimensions
of the array are indexed along with it (or left whole, where the indices are the same for all samples), and so one
read or write of NumPy's does it for all samples.

Read first: `array.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.batched.array import ALL, NO_MASK, NO_WRITE, Batched, Levels, levels_of, physical_of, reach, union


class Pick:
    """What `x[key]` means physically: `array[places]`, whose dimensions are `levels`, those picked, and the sliced."""

    def __init__(self, x: Any, key: tuple, further: Levels = ()) -> None:
        items = _items(x, key)
        indices = [item for item in items if not isinstance(item, slice)]
        dims = [d for d, item in enumerate(items) if not isinstance(item, slice)]
        rest = [d for d in range(x.ndim) if d not in dims or items[d] is ALL]
        own = levels_of(x)
        self.levels = levels = union(x, *indices, Batched(np.empty(0), further))
        self.picked = picked = max([item.ndim for item in indices])
        self.sliced = len(rest)
        together = dims == list(range(dims[0], dims[0] + len(dims)))
        self.place = dims[0] if together else 0  # of the picked dimensions among those of the result
        offset = len(own)
        array = physical_of(x).transpose((*range(offset), *[offset + d for d in dims], *[offset + d for d in rest]))
        slices = [items[d] for d in rest]
        self.array = array[(*(ALL,) * (offset + len(dims)), *slices)] if any(s != ALL for s in slices) else array
        places = []
        for level, size in zip(own, physical_of(x).shape):
            shape = [1] * (len(levels) + picked)
            shape[levels.index(level)] = size
            places.append(np.arange(size).reshape(shape))
        places += [reach(item, levels, picked) for item in indices]
        hidden = tuple([level.size for level in levels])
        common = np.broadcast_shapes(hidden + (1,) * picked, *[place.shape for place in places])
        places[0] = np.broadcast_to(places[0], common)
        self.places = tuple(places)

    def outer(self, value: Any) -> Any:
        """A value for the picked elements, its picked dimensions moved before the sliced."""
        if np.ndim(value) == 0 and type(value) is not Batched:
            return value
        ndim = self.picked + self.sliced
        value = _within(value, ndim)
        array = reach(value, self.levels if type(value) is Batched else (), ndim)
        start = array.ndim - ndim
        order = [start + self.place + i for i in range(self.picked)]
        order += [start + d for d in range(ndim) if not self.place <= d < self.place + self.picked]
        return array.transpose((*range(start), *order))

    def inner(self, array: np.ndarray) -> Batched:
        """The opposite: what was read, as an array whose picked dimensions stand where they belong."""
        start = len(self.levels)
        order = list(range(start + self.picked, array.ndim))
        order[self.place : self.place] = range(start, start + self.picked)
        return Batched(array.transpose((*range(start), *order)), self.levels)


def _within(value: Any, ndim: int) -> Any:
    """A value without the leading dimensions of one that are too many."""
    value = value if type(value) is Batched else np.asarray(value)
    return value.reshape(value.shape[value.ndim - ndim :]) if value.ndim > ndim else value


def _items(x: Any, key: tuple) -> list[Any]:
    """One slice or index array for each dimension; masks as the indices that they stand for."""
    items: list[Any] = []
    if Ellipsis in [item if item is Ellipsis else None for item in key]:
        at = next(i for i, item in enumerate(key) if item is Ellipsis)
        named = sum([1 if np.ndim(item) == 0 or item.dtype != bool else item.ndim for item in key]) - 1
        key = (*key[:at], *(ALL,) * (x.ndim - named), *key[at + 1 :])
    for item in key:
        if isinstance(item, slice):
            items.append(item)
        elif type(item) is Batched:
            if item.dtype == bool:
                raise RuntimeError(NO_MASK)
            items.append(item)
        else:
            array = np.asarray(item)
            items.extend(array.nonzero() if array.dtype == bool else [array])
    items.extend([ALL] * (x.ndim - len(items)))
    return items


def get(x: Any, key: tuple) -> Batched:
    """The elements `x[key]` of every sample."""
    pick = Pick(x, key)
    return pick.inner(pick.array[pick.places])


def put(x: Any, key: tuple, value: Any) -> None:
    """Writes to the elements `x[key]` of every sample. Raises RuntimeError where samples would write to one element."""
    mask = _lone_mask(key)
    if mask is not None and np.ndim(value) == 0:
        np.copyto(x, value, where=mask.reshape(mask.shape + (1,) * (x.ndim - mask.ndim)))
        return
    pick = Pick(x, key)
    constant = type(value) is not Batched and np.ndim(value) == 0
    if not constant and not set(union(value, *key)) <= set(levels_of(x)):
        raise RuntimeError(NO_WRITE)
    pick.array[pick.places] = pick.outer(value)


def _lone_mask(key: tuple) -> Batched | None:
    """The mask, where a key is one batched mask, on the first dimensions."""
    first, *others = key
    if type(first) is not Batched or first.dtype != bool:
        return None
    return first if all(isinstance(item, slice) and item == ALL for item in others) else None


def add(x: Any, key: tuple, value: Any) -> None:
    """Adds to the elements `x[key]` once for every time that they are named, in all samples that share `x`."""
    pick = Pick(x, key, levels_of(value))
    np.add.at(pick.array, pick.places, pick.outer(value))


Batched.read = staticmethod(get)
Batched.write = staticmethod(put)
