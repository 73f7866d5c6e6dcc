"""What NumPy does for one vector at a time, done for many at once: the rows along the last dimension.

Places in sorted rows are found by sorting each row together with what is sought in it; counts of many rows are one
count of numbers that are moved apart.
"""

from __future__ import annotations

import math

import numpy as np


def places_in_rows(rows: np.ndarray, values: np.ndarray, side: str) -> np.ndarray:
    """`searchsorted` of the values (*, m) in the ascending rows (*, n): the first or ("right") the last places."""
    count, sought = rows.shape[-1], values.shape[-1]
    # Of equal elements a stable sort keeps the order in which they are given.
    first, second = (values, rows) if side == "left" else (rows, values)
    order = np.argsort(np.concatenate([first, second], -1), axis=-1, kind="stable")
    is_row = order >= sought if side == "left" else order < count
    before = np.cumsum(is_row, axis=-1)
    places = np.empty(order.shape, np.int64)
    np.put_along_axis(places, order, before, -1)
    return places[..., :sought] if side == "left" else places[..., count:]


def counts_in_rows(numbers: np.ndarray, size: int) -> np.ndarray:
    """How often each of 0, 1, ..., `size` - 1 occurs in each of the rows (*, n): (*, size)."""
    lead = numbers.shape[:-1]
    apart = numbers.reshape(-1, numbers.shape[-1]) + size * np.arange(math.prod(lead))[:, None]
    return np.bincount(apart.reshape(-1), minlength=size * math.prod(lead)).reshape(*lead, size)
