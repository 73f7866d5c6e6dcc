"""On tensors every name gives what it gives on arrays, and the history of it."""

import numpy as np
import pytest

import mutagrad
from mutagrad.namespaces import arrays, tensors

from ..operations.checks import assert_equal
from ..operations.run import drawn_like, to_numpy
from ..operations.sample import DIFFERENTIABLE
from ..operations.test_finite_differences import assert_agree, difference, directions_for, inner, moved
from .vocabulary import RUNS, evaluate

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


@each_name
def test_gradient(name):
    """The gradient along a random direction is the difference of values on arrays."""
    for sample, dtype in RUNS[name]:
        if not sample.differentiated or dtype not in DIFFERENTIABLE:
            continue
        inputs = sample.draw(dtype)
        leaves = [
            mutagrad.tensor(array, requires_grad=i in sample.differentiated) for i, array in enumerate(inputs)
        ]
        (out,) = evaluate(tensors, sample, leaves)
        ct = drawn_like(mutagrad, out, sample.name)
        wanted = [leaves[i] for i in sample.differentiated]
        gradients = mutagrad.autograd.grad(out, wanted, ct, allow_unused=True) if out.requires_grad else wanted[:0]

        along = directions_for(sample, inputs, sample.differentiated, "direction")
        numeric, scale = difference(
            lambda at, sample=sample, ct=to_numpy(ct): inner([ct], evaluate(arrays, sample, at)), (inputs, along)
        )
        used = [(to_numpy(g), along[i]) for g, i in zip(gradients, sample.differentiated) if g is not None]
        analytic = sum(inner([gradient], [direction]) for gradient, direction in used)
        assert_agree(analytic, numeric, scale)
