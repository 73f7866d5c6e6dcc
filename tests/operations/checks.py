"""What "equal" means in these tests, by dtype, and how an error is compared."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from .run import to_numpy
from .sample import Sample

# Relative tolerances, and the absolute ones as parts of them, times the largest value expected. What is rounded after
# every step in half precision, or once by a fused multiply-add, is off by as much where terms cancel.
TOLERANCE = {"float16": 2e-3, "float32": 1e-5, "complex64": 1e-5}
PART = {"float16": 1.0, "float32": 2e-2, "complex64": 2e-2}


def assert_close(tensors: list, expected: list, sample: Sample, none_is_zero: bool = False) -> None:
    """Asserts that tensors have the dtypes, shapes and values of the arrays expected."""
    assert len(tensors) == len(expected)
    for tensor, array in zip(tensors, expected, strict=True):
        if none_is_zero and (tensor is None or array is None):
            assert array is None or not np.any(array)
            assert tensor is None or not np.any(to_numpy(tensor))
            continue
        assert (tensor is None) == (array is None), f"expected {array}, got {tensor}"
        if array is not None:
            assert_equal(to_numpy(tensor), array, sample.rtol)


def assert_equal(got: np.ndarray, expected: np.ndarray, rtol: float) -> None:
    """Asserts equality of arrays: exact for whole numbers, to a tolerance of the dtype for others."""
    assert (got.dtype, got.shape) == (expected.dtype, expected.shape)
    if expected.dtype.kind not in "fc":
        np.testing.assert_array_equal(got, expected)
        return
    rtol = TOLERANCE.get(expected.dtype.name, rtol)
    finite = np.abs(expected[np.isfinite(expected)])
    atol = PART.get(expected.dtype.name, 1e-3) * rtol * max(1.0, float(np.max(finite, initial=0.0)))
    np.testing.assert_allclose(got, expected, rtol, atol)


def assert_same(tensors: list, arrays: list[np.ndarray]) -> None:
    """Asserts that tensors still hold exactly what they were made of."""
    for tensor, array in zip(tensors, arrays, strict=True):
        np.testing.assert_array_equal(to_numpy(tensor), array)


@contextmanager
def assert_raises_as(recorded: list[str]) -> Iterator[None]:
    """Asserts that the block raises the class recorded, with the first line recorded."""
    kind, line = recorded
    expected: Any = getattr(builtins, kind, Exception)
    try:
        yield
    except expected as caught:
        assert str(caught).split("\n")[0] == line
    else:
        raise AssertionError(f"does not raise {kind}: {line}")
