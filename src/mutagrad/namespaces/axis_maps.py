"""Linear maps along one axis of a NumPy array, as products with a sparse matrix.

Whatever makes each element of the result from a few elements of the same line is one: interpolation, averages over
windows, and the windows themselves. Along several axes they are done one after another.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from mutagrad.deferred import Deferred

sparse = Deferred("scipy.sparse")


class AxisMap:
    """A sparse matrix (results, elements), which knows its transpose."""

    def __init__(self, forward: Any) -> None:
        self.forward = forward
        self._in: dict[np.dtype, Any] = {}

    @classmethod
    def of_taps(cls, places: np.ndarray, weights: np.ndarray, size: int) -> AxisMap:
        """The map whose result `i` is the sum over `k` of `weights[i, k]` times the element `places[i, k]`.

        Places outside the axis, of that `size`, count nothing.
        """
        inside = (places >= 0) & (places < size)
        rows = np.broadcast_to(np.arange(len(places))[:, None], places.shape)[inside]
        weights = np.broadcast_to(weights, places.shape)[inside]
        return cls(sparse.csr_array((weights, (rows, places[inside])), shape=(len(places), size)))

    @cached_property
    def transpose(self) -> AxisMap:
        """The map of a cotangent."""
        made = AxisMap(self.forward.T.tocsr())
        made.transpose = self
        return made

    def in_dtype(self, dt: np.dtype) -> Any:
        """The matrix in the dtype of what it is applied to."""
        if dt not in self._in:
            self._in[dt] = self.forward.astype(dt)
        return self._in[dt]


def map_along(x: np.ndarray, matrix: AxisMap, axis: int) -> np.ndarray:
    """The product of a sparse matrix with every line along `axis`."""
    if x.dtype.char == "e":
        return map_along(x.astype(np.float32), matrix, axis).astype(np.float16)
    lines = np.moveaxis(x, axis, 0)
    product = matrix.in_dtype(x.dtype) @ lines.reshape(len(lines), lines.size // max(len(lines), 1))
    return np.ascontiguousarray(np.moveaxis(product.reshape(product.shape[0], *lines.shape[1:]), 0, axis))
