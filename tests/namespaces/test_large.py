"""On large arrays some kernels are formulas of vectorised ones: they give what NumPy's and SciPy's own give."""

import numpy as np
import pytest
from scipy import special

from mutagrad.namespaces import arrays
from mutagrad.namespaces.elementwise import LARGE

SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 90.0, -90.0]
FLOATS = ["float16", "float32", "float64"]

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def large(dtype, seed=0):
    """Normal values of either sign, and those that kernels stumble over, beyond the size where formulas begin."""
    values = 3 * np.random.RandomState(seed).randn(LARGE + 100)
    values[: len(SPECIAL)] = SPECIAL
    return values.astype(dtype)


def pairs(dtype):
    """Two arrays in which every pair of special values occurs."""
    x, y = large(dtype), large(dtype, 1)
    grid = np.array(np.meshgrid(SPECIAL, SPECIAL)).reshape(2, -1).astype(dtype)
    x[100 : 100 + grid.shape[1]], y[100 : 100 + grid.shape[1]] = grid
    return x, y


def assert_agree(got, expected, rounding=0):
    """Asserts equality to a few roundings of the result, and `rounding` of them at one, where terms cancel."""
    limits = np.finfo(got.dtype)
    assert got.dtype == expected.dtype
    np.testing.assert_allclose(got, expected, rtol=8 * limits.eps, atol=rounding * limits.eps + limits.tiny)


@pytest.mark.parametrize("dtype", FLOATS)
def test_sigmoid(dtype):
    """The logistic function."""
    x = large(dtype)

    assert_agree(arrays.sigmoid(x), special.expit(x.astype("float64")).astype(dtype))


@pytest.mark.parametrize("dtype", FLOATS[1:])
def test_logaddexp(dtype):
    """The logarithm of a sum of exponentials, of infinities too, and with a number for all elements."""
    x, y = pairs(dtype)

    assert_agree(arrays.logaddexp(x, y), np.logaddexp(x, y), 2)
    assert_agree(arrays.logaddexp(np.zeros((), dtype), y), np.logaddexp(np.zeros((), dtype), y), 2)


@pytest.mark.parametrize("dtype", [*FLOATS, "int64"])
@pytest.mark.parametrize("bounds", [(-1, 2), (None, 1), (0, None), (2, -1)])
def test_clip(dtype, bounds):
    """Bounds on one side or both, crossed ones too."""
    x = large("float64") if dtype != "int64" else np.arange(LARGE + 100) - 50
    x = x.astype(dtype)
    low, high = bounds
    raised = x if low is None else np.maximum(x, np.asarray(low, dtype))

    np.testing.assert_array_equal(arrays.clip(x, low, high), raised if high is None else np.minimum(raised, high))


@pytest.mark.parametrize("dtype", [*FLOATS, "int64"])
def test_relu(dtype):
    """Negative numbers become zero, NaN stays."""
    x = np.nan_to_num(large("float64")).astype(dtype) if dtype == "int64" else large(dtype)

    np.testing.assert_array_equal(arrays.relu(x), np.maximum(x, 0))


@pytest.mark.parametrize("dtype", [*FLOATS, "complex64", "int64"])
def test_where(dtype):
    """Every element is one of the two, bit by bit: arrays, rows, numbers, and zero on either side."""
    x, y = (
        np.nan_to_num(z, posinf=9, neginf=-9).astype(dtype) if dtype == "int64" else z.astype(dtype)
        for z in pairs("float64")
    )
    mask = np.random.RandomState(2).rand(x.size) < 0.5
    cases = [(x, y), (x, 0), (0, y), (x, -0.0), (2, y), (x, y[:1]), (x[0], y), (x[::-1], np.asarray(y[5]))]

    for first, second in cases:
        got, expected = arrays.where(mask, first, second), np.where(mask, first, second)
        assert got.dtype == expected.dtype
        np.testing.assert_array_equal(got, expected)
        if expected.dtype.kind == "f":
            np.testing.assert_array_equal(np.signbit(got), np.signbit(expected))


def test_where_broadcasts_and_promotes():
    """Other shapes and dtypes mixed go as NumPy has them."""
    mask = np.random.RandomState(3).rand(60, 50) < 0.5
    column, row = np.arange(60.0)[:, None], np.arange(50.0)

    np.testing.assert_array_equal(arrays.where(mask, column, row), np.where(mask, column, row))
    np.testing.assert_array_equal(arrays.where(mask.T, row[:, None], 0), np.where(mask.T, row[:, None], 0))
    assert arrays.where(mask, column.astype("float32"), row).dtype == np.float64
    np.testing.assert_array_equal(arrays.where(mask.astype("uint8"), column, 0), np.where(mask, column, 0))
