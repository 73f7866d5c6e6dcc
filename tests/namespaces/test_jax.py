"""Every declaration runs on JAX arrays, which cannot be written to, and gives there what it gives on NumPy's."""

import numpy as np
import pytest

import mutagrad
from mutagrad.namespaces import arrays

from .calls import OPERATIONS, Call, calls_of
from .vocabulary import IN_PLACE, RUNS, evaluate

jax = pytest.importorskip("jax")
jax_arrays = pytest.importorskip("mutagrad.namespaces.jax_arrays")

# Operations whose results are as large as the values make them, which no compiler of arrays can know: NumPy alone
# works them out, and none has a gradient.
NUMPY_ONLY = {"histc", "unique", "unique_consecutive"}
ENOUGH = 6  # calls of one operation; each costs JAX some compilation


@pytest.fixture(autouse=True)
def double_precision():
    """JAX keeps double precision for the length of a test."""
    with jax.enable_x64(True):
        yield


def chosen(op) -> list[Call]:
    """A few calls of an operation that are not alike, each of its rules among them as often as there are samples."""
    calls = [call for call in calls_of(op) if "special" not in call.name]  # what kernels make of infinities differs
    return calls[:: max(1, len(calls) // ENOUGH)]


def ran(op, calls) -> set[int]:
    """The inputs whose rule gave a share in one of the calls."""
    shares = [call.shares(arrays, call.forward(arrays)) for call in calls]
    return {i for given in shares for i, share in enumerate(given) if share is not None}


def assert_same(got, expected, name, digits=1e-9):
    """Asserts that values, shapes and dtypes are the same."""
    assert len(got) == len(expected)
    for ours, theirs in zip(got, expected, strict=True):
        if theirs is None or isinstance(theirs, list):
            assert ours == theirs
            continue
        ours, theirs = np.asarray(ours), np.asarray(theirs)
        assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype), name
        np.testing.assert_allclose(ours, theirs, rtol=digits, atol=1e-3 * digits, err_msg=name)


@pytest.mark.parametrize("name", [name for name in RUNS if name not in IN_PLACE])
def test_name(name):
    """Every name gives on JAX arrays what it gives on NumPy's."""
    for sample, dtype in RUNS[name]:
        inputs = sample.draw(dtype)
        got = evaluate(jax_arrays, sample, [jax.numpy.asarray(array) for array in inputs])

        assert_same(got, evaluate(arrays, sample, inputs), sample.name)


@pytest.mark.parametrize("op", [op for op in OPERATIONS if op.name not in NUMPY_ONLY], ids=lambda op: op.name)
def test_operation(op):
    """Forward and rules agree on JAX and NumPy arrays, to nine digits."""
    calls = chosen(op)
    for call in calls:
        expected, got = call.forward(arrays), call.forward(jax_arrays, jax.numpy.asarray)
        digits = 1e-5 if call.values.get("dtype") is mutagrad.float32 else 1e-9

        assert_same(got, expected, call.name, digits)
        assert_same(call.shares(jax_arrays, got, jax.numpy.asarray), call.shares(arrays, expected), call.name, digits)

    assert calls, "no sample is a call of this operation: add one to calls.py"
    assert ran(op, calls) >= {i for i, rule in enumerate(op.rules) if rule is not None}
