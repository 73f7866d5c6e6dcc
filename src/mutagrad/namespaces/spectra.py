"""Discrete Fourier transforms of NumPy arrays, by SciPy's kernels, for the namespace `arrays.py`.

The signatures are those of the array API's `fft` extension, with several axes in all of them: `s` gives for each of
`axes` the number of points, to which the array is cut or filled up with zeros; None takes its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mutagrad.deferred import Deferred

scipy_fft = Deferred("scipy.fft")
Sizes = Sequence[int] | None


def _transform(function: Callable) -> Callable[..., np.ndarray]:
    def call(x: np.ndarray, s: Sizes, axes: Sequence[int], norm: str) -> np.ndarray:
        # SciPy takes no empty arrays: the transforms of nothing are nothing, or zero.
        if x.size:
            return function(x, s, axes, norm)
        return _of_nothing(function, x, s, axes)

    call.__name__ = function.__name__
    return call


def _of_nothing(function: Any, x: np.ndarray, s: Sizes, axes: Sequence[int]) -> np.ndarray:
    shape = list(x.shape)
    for axis, n in zip(axes, [shape[axis] for axis in axes] if s is None else s):
        shape[axis] = n
    if function.__name__ == "rfftn":
        shape[axes[-1]] = shape[axes[-1]] // 2 + 1
    dtype = np.result_type(x.dtype, np.complex64)
    return np.zeros(shape, dtype.char.lower() if function.__name__ == "irfftn" else dtype)


fftn = _transform(scipy_fft.fftn)
ifftn = _transform(scipy_fft.ifftn)
rfftn = _transform(scipy_fft.rfftn)
irfftn = _transform(scipy_fft.irfftn)
