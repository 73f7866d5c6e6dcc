"""On tensors every name gives what it gives on arrays, and the history of it."""

from functools import partial

import numpy as np
import pytest

import mutagrad
from mutagrad.namespaces import arrays, tensors

from ..operations.checks import assert_equal
from ..operations.run import drawn_like, to_numpy
from ..operations.sample import DIFFERENTIABLE
from ..operations.test_finite_differences import assert_agree, difference, directions_for, inner
from .vocabulary import RUNS, SEVERAL, evaluate

each_name = pytest.mark.parametrize("name", RUNS)


def values(results):
    """Results, whatever they are, as arrays."""
    return [to_numpy(result) if isinstance(result, mutagrad.Tensor) else np.asarray(result) for result in results]


@each_name
def test_value(name):
    """Values, shapes and dtypes are those on arrays."""
    for sample, dtype in RUNS[name]:
        inputs = sample.draw(dtype)
        got = values(evaluate(tensors, sample, [mutagrad.tensor(array) for array in inputs]))

        for tensor, array in zip(got, evaluate(arrays, sample, inputs), strict=True):
            assert_equal(tensor, np.asarray(array), 1e-12)


def weighted_value(sample, cts, inputs):
    """The inner product of cotangents with the results on arrays."""
    return inner(cts, evaluate(arrays, sample, inputs))


@each_name
def test_gradient(name):
    """The gradient along a random direction is the difference of values on arrays."""
    for sample, dtype in RUNS[name]:
        if not sample.differentiated or dtype not in DIFFERENTIABLE or sample in SEVERAL:
            continue
        inputs = sample.draw(dtype)
        leaves = [mutagrad.tensor(array, requires_grad=i in sample.differentiated) for i, array in enumerate(inputs)]
        (out,) = evaluate(tensors, sample, leaves)
        ct = drawn_like(mutagrad, out, sample.name)
        wanted = [leaves[i] for i in sample.differentiated]
        gradients = mutagrad.autograd.grad(out, wanted, ct, allow_unused=True) if out.requires_grad else wanted[:0]

        cts = [to_numpy(ct)]
        along = directions_for(sample, inputs, sample.differentiated, "direction")
        value = partial(weighted_value, sample, cts)
        numeric, scale = difference(value, (inputs, along))
        used = [(to_numpy(g), along[i]) for g, i in zip(gradients, sample.differentiated) if g is not None]
        analytic = sum(inner([gradient], [direction]) for gradient, direction in used)
        assert_agree(analytic, numeric, scale)


@pytest.mark.parametrize("dtype", [mutagrad.float32, np.dtype("float32")], ids=["of_tensors", "of_arrays"])
def test_dtype_arguments(dtype):
    """A rule may name a dtype that it has from a tensor, or one from an array."""
    x = mutagrad.ones(2, dtype=mutagrad.float64)
    made = [
        tensors.astype(x, dtype),
        tensors.asarray([1.0, 2.0], dtype=dtype),
        tensors.zeros((2,), dtype=dtype),
        tensors.zeros_like(x, dtype=dtype),
        tensors.ones_like(x, dtype=dtype),
        tensors.sum(x, dtype=dtype),
        tensors.prod(x, axis=0, dtype=dtype),
        tensors.cumulative_sum(x, axis=0, dtype=dtype),
        tensors.fit(x, (2,), dtype),
    ]

    assert {tensor.dtype for tensor in made} == {mutagrad.float32}


def test_add_at_adds_as_often_as_an_element_is_named():
    """In place, with the history: each share has the cotangent of the element that it went to."""
    x, share = mutagrad.zeros(3), mutagrad.tensor([1.0, 2.0, 4.0], requires_grad=True)
    tensors.add_at(x, (np.array([0, 2, 0]),), share)
    (gradient,) = mutagrad.autograd.grad(x, share, mutagrad.tensor([1.0, 10.0, 100.0]))

    assert x.tolist() == [5.0, 0.0, 2.0]
    assert gradient.tolist() == [1.0, 100.0, 1.0]
