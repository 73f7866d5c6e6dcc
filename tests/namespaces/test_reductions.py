"""The kernels of reductions on arrays large enough to take another way than NumPy's."""

import numpy as np
import pytest

from mutagrad.namespaces import arrays, reductions

AXES = [(0,), (1,), (0, 1), (1, 2), (0, 1, 2), (0, 2), (3,), (2, 3), (0, 1, 2, 3), ()]


def drawn(*shape, dtype="float64"):
    return np.random.RandomState(0).standard_normal(shape).astype(dtype)


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("keepdims", [False, True])
def test_a_sum_of_many_elements_is_numpys(axes, keepdims):
    """Along whatever axes, in contiguous memory or not."""
    for x in (drawn(7, 1100, 2, 3), drawn(3, 2, 1100, 7).T):
        expected = np.sum(x, axis=axes, keepdims=keepdims)

        np.testing.assert_allclose(reductions.sum(x, axes, None, keepdims), expected, rtol=1e-9, atol=1e-9)


def test_a_sum_of_a_million_single_precision_rows_keeps_its_digits():
    """Rows added up one after another would be wrong by 2e-5."""
    x = np.random.RandomState(0).random_sample((1_000_000, 4)).astype(np.float32)

    np.testing.assert_allclose(reductions.sum(x, 0), x.sum(0, dtype=np.float64), rtol=1e-6)


def test_infinity_and_nan_stay_in_their_column():
    """A sum worked out as a product mixes no columns."""
    x = drawn(5000, 3)
    x[7, 0], x[4000, 1] = np.inf, np.nan

    np.testing.assert_allclose(reductions.sum(x, 0), np.sum(x, 0))


def test_a_sum_in_another_dtype_has_that_dtype():
    """`dtype` wins over the way that is faster."""
    assert reductions.sum(drawn(5000, 3, dtype="float32"), 0, np.dtype("float64")).dtype == np.float64


@pytest.mark.parametrize("largest", [True, False])
@pytest.mark.parametrize("axis", [0, -1])
def test_the_top_of_many_is_the_beginning_of_the_order(largest, axis):
    """Found by partition or by sorting, with ties and nan, the values are the same."""
    x = np.round(drawn(60, 70) * 5)
    x[3, 5] = np.nan
    found = reductions.argtopk(x, 4, axis, largest)

    values = reductions.take_along_axis(x, found, axis)
    ordered = reductions.take_along_axis(x, reductions.argsort(x, axis, largest), axis)
    np.testing.assert_array_equal(values, np.take(ordered, range(4), axis=axis))


def test_half_precision_is_summed_in_single():
    """2048 ones more would be lost in half precision itself."""
    assert reductions.sum(np.ones(4096, np.float16)) == 4096
    assert reductions.cumulative_sum(np.ones(4096, np.float16), 0)[-1] == 4096


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("values", [[1, 2, 4], [np.inf, 1], [-np.inf, -np.inf], [np.nan, 1], [1e30, 1e30], []])
def test_few_elements_are_summed_as_many_are(values, dtype):
    """A product with ones, and sums of what is repeated, have NumPy's shape, dtype and value."""
    row = np.array(values, dtype)
    for x in (row, row[:, None], np.broadcast_to(row, (3, *row.shape)), np.broadcast_to(row[:, None], (*row.shape, 2))):
        for axis in (None, 0, (0,), -1, ()):
            expected = np.sum(x, axis)
            found = reductions.sum(x, axis)

            assert found.shape == expected.shape and found.dtype == dtype
            np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("values", [[1, 2, 4], [1000, 0], [np.inf, 1], [-np.inf, -np.inf], [np.nan, 1], [3]])
def test_the_logarithm_of_few_exponentials_is_that_of_any(values):
    """Numbers by themselves and as rows of a matrix give the same."""
    row = np.array(values, "float64")

    np.testing.assert_allclose(reductions.logsumexp(row, 0), reductions.logsumexp(np.array([row, row]), 1)[0])


@pytest.mark.parametrize(
    "wide, shape",
    [((), (2,)), ((3,), (2, 3)), ((4, 3), (1, 3)), ((2, 4, 3), (3,)), ((2, 4, 3), (4, 1)), ((1, 4), (4,)), ((4,), ())],
)
def test_a_share_comes_to_the_shape_of_its_input(wide, shape):
    """Summed over what was repeated, also where the share itself is repeated; spread where it is the smaller."""
    for share in (np.asarray(drawn(*wide)), np.broadcast_to(np.float64(2), wide)):
        places = np.broadcast_to(np.arange(np.prod(shape, dtype=int)).reshape(shape), np.broadcast_shapes(wide, shape))
        expected = np.bincount(places.ravel(), np.broadcast_to(share, places.shape).ravel()).reshape(shape)

        np.testing.assert_allclose(arrays.fit(share, shape, np.dtype("float64")), expected)
