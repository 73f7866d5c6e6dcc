"""Where NumPy has a kernel of ours in the place of its own, or of a formula, both agree.

What is done otherwise on large arrays is in `test_large.py` and `test_reductions.py`.
"""

import numpy as np
import pytest
from scipy import special

from mutagrad.namespaces import arrays

from ..operations.checks import assert_equal
from ..operations.sample import draw, normal
from .vocabulary import RUNS, evaluate


def along(x, indices, axis):
    """The key of the elements at `indices` along `axis`."""
    key = list(np.indices(indices.shape))
    key[axis] = indices
    return tuple(key)


def logsumexp(x, axis, keepdims=False):
    return np.log(np.sum(np.exp(x), axis=axis, keepdims=keepdims))


def softmax(x, axis):
    return np.exp(x) / np.sum(np.exp(x), axis=axis, keepdims=True)


def cumulative(function):
    """A running function, which NumPy has for arrays with dimensions only."""
    return lambda x, axis, **options: function(np.atleast_1d(x), axis=axis, **options).reshape(x.shape)


def first(k, order, axis):
    return np.take(order, np.arange(k), axis=axis)


def convolve(x, w, geometry):
    """Element by element of the result: its window, taken out with steps, times the weight."""
    padded = np.pad(x, [(0, 0), (0, 0), *((n, n) for n in geometry.padding)])
    places = geometry.sizes(x.shape[2:], w.shape[2:])
    result = np.zeros((len(x), len(w), *places), x.dtype)
    of_group, into_group = w.shape[1], len(w) // geometry.groups
    for sample, channel, *place in np.ndindex(result.shape):
        first = channel // into_group * of_group
        along = zip(place, geometry.stride, geometry.dilation, w.shape[2:])
        window = [slice(i * step, i * step + gap * (width - 1) + 1, gap) for i, step, gap, width in along]
        taken = padded[(sample, slice(first, first + of_group), *window)]
        result[(sample, channel, *place)] = (taken * w[channel]).sum()
    return result


def map_along(x, matrix, axis):
    return np.moveaxis(np.tensordot(matrix.forward.toarray(), x, ((1,), (axis,))), 0, axis)


PLAIN = {
    "all": np.all,
    "any": np.any,
    "argmax": np.argmax,
    "argmin": np.argmin,
    "argtopk": lambda x, k, axis, largest=True: first(k, np.argsort(-x if largest else x, axis, stable=True), axis),
    "broadcast_to": np.broadcast_to,
    "clip": np.clip,
    "complex": lambda real, imag: real + 1j * imag,
    "convolve": convolve,
    "cumulative_logaddexp": cumulative(lambda x, axis: np.log(np.cumsum(np.exp(x), axis))),
    "cumulative_max": np.maximum.accumulate,
    "cumulative_min": np.minimum.accumulate,
    "cumulative_prod": cumulative(np.cumprod),
    "cumulative_sum": cumulative(np.cumsum),
    "diagonal": np.diagonal,
    "digamma": special.psi,
    "erf": special.erf,
    "floor_divide": np.floor_divide,
    "fmod": np.fmod,
    "get_at": lambda x, key: x[key],
    "lgamma": lambda x: np.log(np.abs(special.gamma(x))),
    "log_softmax": lambda x, axis: np.log(softmax(x, axis)),
    "logaddexp": np.logaddexp,
    "logsumexp": logsumexp,
    "map_along": map_along,
    "matmul": np.matmul,
    "max": np.max,
    "mean": np.mean,
    "min": np.min,
    "permute_dims": np.transpose,
    "pow": lambda x, y: np.exp(y * np.log(x)),
    "prod": np.prod,
    "relu": lambda x: np.maximum(x, 0),
    "remainder": np.remainder,
    "reshape": np.reshape,
    "round": np.round,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "sign": np.sign,
    "softmax": softmax,
    "sum": np.sum,
    "take_along_axis": lambda x, indices, axis: x[along(x, indices, axis)] if x.ndim else x,
    "trunc_divide": lambda x, y: np.trunc(x / y).astype(x.dtype),
    "view_as_complex": lambda x: x[..., 0] + 1j * x[..., 1],
    "view_as_real": lambda x: np.stack([x.real, x.imag], -1),
    "zero_where_not_positive": lambda x, ct: np.where(x <= 0, 0, ct),
    "xlogy": lambda x, y: x * np.log(y),
}


@pytest.mark.parametrize("name", PLAIN)
def test_plain(name):
    """A kernel gives what the plain function or formula gives."""
    for sample, dtype in RUNS[name]:
        args, kwargs = sample.bind(None, sample.draw(dtype))

        (got,) = evaluate(arrays, sample, sample.draw(dtype))
        assert_equal(np.asarray(got), np.asarray(PLAIN[name](*args, **kwargs)), 1e-9)


# Elements by index --------------------------------------------------------------------------------------------------
#
# Beyond a few thousand elements other ways are taken than NumPy's, by the shape of the key.

ROWS = np.random.default_rng(0).integers(0, 300, 4000)
COLUMNS = np.random.default_rng(1).integers(0, 7, 4000)
KEYS = {
    "rows": (ROWS,),
    "rows_of_few": (ROWS % 3,),
    "rows_by_a_matrix": (ROWS.reshape(40, 100),),
    "columns": (slice(None), COLUMNS),
    "elements": (ROWS, COLUMNS),
    "elements_broadcast": (ROWS[:500, None], COLUMNS[:5]),
    "mask": (np.random.default_rng(2).random((300, 7)) < 0.5,),
    "masked_rows": (np.arange(300) % 2 == 0,),
    "few": (ROWS[:3], COLUMNS[:3]),
}


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["float64", "float16", "complex128", "int64"])
@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_elements(key, dtype, order):
    """Reading and adding at a key give what NumPy's indexing and `add.at` give, in any layout of the memory."""
    x = np.asarray(draw(normal(300, 7), dtype, "x"), order=order)
    share = draw(normal(*x[key].shape), dtype, "share")
    expected, got = x.copy(order="K"), x.copy(order="K")
    np.add.at(expected, key, share)
    arrays.add_at(got, key, share)

    np.testing.assert_array_equal(arrays.get_at(x, key), x[key])
    # Sums of halves differ with their order.
    np.testing.assert_allclose(got, expected, rtol=1e-12 if dtype != "float16" else 2e-2, atol=1e-12)


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "cumulative_sum", "cumulative_prod"])
def test_half_precision_is_summed_in_single(name):
    """What is reduced in half precision has the last digit of the single-precision result."""
    x = draw(normal(50, 40), "float16", name) / np.float16(8) + np.float16(1)
    expected = getattr(arrays, name)(x.astype("float32"), axis=0).astype("float16")

    assert_equal(getattr(arrays, name)(x, axis=0), expected, 1e-9)


def test_product_of_a_batch_and_a_matrix():
    """One product of all rows is the product of each matrix of the batch, also where the batch is not contiguous."""
    batch, matrix = draw(normal(3, 4, 5), "float64", "batch"), draw(normal(5, 2), "float64", "matrix")

    for x in (batch, batch[::2], np.swapaxes(draw(normal(3, 5, 4), "float64", "turned"), 1, 2)):
        np.testing.assert_allclose(arrays.matmul(x, matrix), np.matmul(x, matrix), rtol=1e-12)
