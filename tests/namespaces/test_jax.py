"""Every declaration runs on JAX arrays, which cannot be written to, and gives there what it gives on NumPy's.

Nearly all can be traced as well, as compilers do it: with arrays that have a shape and a dtype but no values yet.
"""

from dataclasses import replace

import numpy as np
import pytest

import mutagrad
from mutagrad.namespaces import arrays
from mutagrad.ops.polynomials import FAMILIES

from .calls import OPERATIONS, Call, calls_of
from .vocabulary import IN_PLACE, RUNS, evaluate

jax = pytest.importorskip("jax")
jax_arrays = pytest.importorskip("mutagrad.namespaces.jax_arrays")

# Operations whose results are as large as the values make them: NumPy alone works them out, and none has a gradient.
NUMPY_ONLY = {"histc", "unique", "unique_consecutive"}
# Operations whose kernels LAPACK alone has.
LAPACK_ONLY = {"linalg_ldl_factor_ex", "linalg_ldl_solve", "linalg_lstsq"}
# Operations that look at values to take the shorter of two ways: lerp at its weight, polynomials at the highest degree,
# determinants at the condition, the others for nan and for zeros.
LOOKS_AT_VALUES = {"lerp", "nanmedian", "scatter_reduce", "linalg_det", *FAMILIES}
# Operations with a rule that refuses, for want of a kernel or for a drawn cotangent; their values are tested by name.
REFUSES = {"binomial", "geqrf", "igamma", "igammac", "linalg_eig", "linalg_qr_r", "zeta"}
# The machinery's own: at the border of `vmap`, and where no gradient may go.
MACHINERY = {"vmap", "delayed_error", "without_gradient"}
ENOUGH = 3  # calls of one operation; each costs JAX some compilation

pytestmark = pytest.mark.filterwarnings("ignore:Casting complex values to real")
each_operation = pytest.mark.parametrize(
    "op",
    [op for op in OPERATIONS if op.name not in NUMPY_ONLY | LAPACK_ONLY | REFUSES | MACHINERY],
    ids=lambda op: op.name,
)


@pytest.fixture(autouse=True, scope="module")
def double_precision():
    """JAX keeps double precision for the length of these tests."""
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


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


def chosen(op) -> list[Call]:
    """A few calls of an operation that are not alike."""
    calls = [call for call in calls_of(op) if "-special" not in call.name]  # what kernels make of infinities differs
    return calls[:: max(1, len(calls) // ENOUGH)]


def ran(calls) -> set[int]:
    """The inputs whose rule gave a share in one of the calls."""
    shares = [call.shares(arrays, call.forward(arrays)) for call in calls]
    return {i for given in shares for i, share in enumerate(given) if share is not None}


@each_operation
def test_operation(op):
    """Forward and rules agree on JAX and NumPy arrays, to nine digits."""
    calls = chosen(op)
    for call in calls:
        digits = 1e-5 if call.values.get("dtype") is mutagrad.float32 else 1e-9
        expected, got = call.forward(arrays), call.forward(jax_arrays, jax.numpy.asarray)
        shares = call.shares(jax_arrays, got, jax.numpy.asarray)

        assert_same(got, expected, call.name, digits)
        assert_same(shares, call.shares(arrays, expected), call.name, digits)
    assert calls, "no sample is a call of this operation: add one to calls.py"
    assert ran(calls) >= {i for i, rule in enumerate(op.rules) if rule is not None}


@each_operation
def test_tracing(op):
    """No declaration asks an array for its values, but for those that are named above."""
    if op.name in LOOKS_AT_VALUES:
        pytest.skip("looks at values")

    for call in calls_of(op):
        places = [i for i, x in enumerate(call.inputs) if isinstance(x, np.ndarray)]

        def both(*given, call=call, places=places):
            inputs = dict(enumerate(call.inputs)) | dict(zip(places, given))
            traced = replace(call, inputs=list(inputs.values()))
            results = traced.forward(jax_arrays)
            shares = traced.shares(jax_arrays, results, jax.numpy.asarray)
            return [x for x in (*results, *shares) if hasattr(x, "dtype")]

        jax.eval_shape(both, *[call.inputs[i] for i in places])
