"""Reading and adding to the elements that an advanced key names, on NumPy arrays.

Keys are settled (`ops/keys.py`): full slices, masks, and non-negative index arrays within bounds. NumPy's own
`x[key]` and `add.at` do all of it; what is here is the faster way to the same result for the shapes that matter, which
are rows (an embedding) and single elements (a gather), each chosen by measured sizes.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

FEW = 2048  # so many elements are added one by one before anything else is worth setting up
SHORT = 64  # so many indices are looked up one by one
BLOCK = 1 << 14  # so many places are worked out at a time
PAIRS = {"f": "F", "d": "D"}


def get_at(x: np.ndarray, key: tuple) -> np.ndarray:
    """The elements `x[key]`."""
    # `take` is two to three times as fast as indexing, but for a few elements; and of what is not contiguous it would first
    # copy all.
    if len(key) == 1 and type(key[0]) is np.ndarray and key[0].size <= SHORT:
        return x[key]
    if x.flags.c_contiguous:
        axis = _indexed_axis(key)
        if axis is not None:
            return x.take(key[axis], axis)
        if _names_elements(key, x.ndim):
            return x.reshape(-1).take(_flat(key, x.shape))
    return x[key]


def add_at(x: np.ndarray, key: tuple, share: np.ndarray) -> None:
    """Adds `share` to `x[key]` in place, once for every time that an element is named."""
    if share.size >= FEW:
        axis = _indexed_axis(key)
        if len(key) == 1 and axis is None:
            x[key] += share  # A mask names nothing twice.
            return
        if axis is not None and x.ndim > 1 and x.dtype.char in "fdFD":
            if x.shape[axis] <= share.size and np.bincount(key[axis].reshape(-1)).max() == 1:
                x[key] += share
            else:
                _add_slices(x, axis, key[axis], share)
            return
        if _names_elements(key, x.ndim) and x.flags.c_contiguous:
            return np.add.at(x.reshape(-1), _flat(key, x.shape).reshape(-1), share.reshape(-1))
    np.add.at(x, key, share)


def _indexed_axis(key: tuple) -> int | None:
    """The one axis that an index array stands on where all else is slices; None for other keys."""
    found = None
    for axis, item in enumerate(key):
        if not isinstance(item, slice):
            if found is not None or item.dtype == bool:
                return None
            found = axis
    return found


def _names_elements(key: tuple, ndim: int) -> bool:
    """Whether the key has an index array for every dimension."""
    return len(key) == ndim and all(isinstance(item, np.ndarray) and item.dtype != bool for item in key)


def _flat(key: tuple, shape: tuple[int, ...]) -> np.ndarray:
    """The places of elements in a contiguous array."""
    places = key[0]
    for index, size in zip(key[1:], shape[1:]):
        places = places * size + index
    return places


def _add_slices(x: np.ndarray, axis: int, index: np.ndarray, share: np.ndarray) -> None:
    """Adds slices along `axis` element by element, which NumPy does fast in one dimension only."""
    if not x.flags.c_contiguous:
        if x.size > 4 * share.size:
            key: Any = (*[slice(None)] * axis, index)
            np.add.at(x, key, share)
        else:
            sums = np.zeros(x.shape, x.dtype)
            _add_slices(sums, axis, index, share)
            x += sums
        return
    lead, count, width = math.prod(x.shape[:axis]), x.shape[axis], math.prod(x.shape[axis + 1 :])
    memory, index, slices = x.reshape(-1), index.reshape(-1), share.reshape(lead, index.size, width)
    # Two at a time, as the parts of one complex number, takes half as long.
    unit = np.dtype(PAIRS[x.dtype.char]) if width % 2 == 0 and x.dtype.char in PAIRS else x.dtype
    memory, width = memory.view(unit), width * x.itemsize // unit.itemsize
    step = BLOCK // (lead * width) + 1
    for start in range(0, index.size, step):
        rows = np.arange(lead)[:, None] * count + index[start : start + step]
        places = rows[..., None] * width + np.arange(width)
        values = np.ascontiguousarray(slices[:, start : start + step], x.dtype).reshape(-1).view(unit)
        np.add.at(memory, places.reshape(-1), values)


_REDUCTIONS: dict[str, tuple[np.ufunc, Any]] = {
    "sum": (np.add, lambda dt: 0),
    "prod": (np.multiply, lambda dt: 1),
    "amax": (np.maximum, lambda dt: -np.inf if dt.kind == "f" else False if dt.kind == "b" else np.iinfo(dt).min),
    "amin": (np.minimum, lambda dt: np.inf if dt.kind == "f" else True if dt.kind == "b" else np.iinfo(dt).max),
}


def reduce_at(x: np.ndarray, key: tuple, values: np.ndarray, kind: str, include_self: bool) -> np.ndarray:
    """A copy of `x` in which the elements `x[key]` are combined with all their `values`, or these among themselves."""
    ufunc, identity = _REDUCTIONS[kind]
    result = x.copy()
    if not include_self:
        result[key] = identity(x.dtype)
    if kind == "sum":
        add_at(result, key, values)
    else:
        ufunc.at(result, key, values)
    return result
