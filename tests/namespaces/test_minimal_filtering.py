"""Convolutions with few products give what their definition gives: values and shares, with infinities too."""

import numpy as np
import pytest

from mutagrad.namespaces.convolutions import Geometry, convolve, convolve_input, convolve_weight

CASES = [  # samples, channels in and out, sizes, groups, padding
    (5, 8, 16, (28, 28), 1, 1),
    (7, 16, 32, (14, 15), 2, 0),
    (3, 16, 16, (27, 20), 1, 3),
    (9, 8, 8, (600,), 1, 2),
    (3, 8, 8, (6, 7, 8), 1, 1),
]


def made(n, c, o, sizes, groups, padding):
    """The geometry, input and weight of a case, in single precision."""
    rng, ndim = np.random.default_rng(n), len(sizes)
    geometry = Geometry((1,) * ndim, (padding,) * ndim, (1,) * ndim, groups)
    x = rng.standard_normal((n, c, *sizes)).astype("float32")
    return geometry, x, rng.standard_normal((o, c // groups) + (3,) * ndim).astype("float32")


@pytest.mark.parametrize("case", CASES)
def test_value_and_shares(case):
    """Those in double precision, where windows are multiplied as they are, to a few roundings of the largest."""
    geometry, x, w = made(*case)
    assert geometry.is_minimal(x, w.shape) and not geometry.is_minimal(x.astype("float64"), w.shape)
    ct = np.random.default_rng(1).standard_normal(convolve(x, w, geometry).shape).astype("float32")
    wide_x, wide_w, wide_ct = (each.astype("float64") for each in (x, w, ct))

    for got, expected in [
        (convolve(x, w, geometry), convolve(wide_x, wide_w, geometry)),
        (convolve_input(ct, w, x.shape, geometry), convolve_input(wide_ct, wide_w, x.shape, geometry)),
        (convolve_weight(ct, x, w.shape, geometry), convolve_weight(wide_ct, wide_x, w.shape, geometry)),
    ]:
        np.testing.assert_allclose(got, expected, rtol=0, atol=1e-6 * np.abs(expected).max())


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("number", [np.inf, np.nan, 1e30])
def test_what_is_not_finite_stays_where_it_is(number):
    """Windows without it are as they were, those with it as by definition."""
    geometry, x, w = made(*CASES[0])
    x[2, 3, 10, 11] = x[2, 3, 12, 11] = number
    expected = convolve(x.astype("float64"), w.astype("float64"), geometry).astype("float32")
    got = convolve(x, w, geometry)

    np.testing.assert_array_equal(np.isfinite(got), np.isfinite(expected))
    np.testing.assert_array_equal(np.isnan(got), np.isnan(expected))
    apart = np.isfinite(expected) & (np.abs(expected) < 1e3)
    np.testing.assert_allclose(got[apart], expected[apart], rtol=0, atol=1e-4)
