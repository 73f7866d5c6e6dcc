"""Derivatives of higher order: rules, run on tensors, are operations with rules, and so on without end.

First and second order are tested in `tests/operations` for every sample. Here one sample of each operation goes one
order further, and the forms in place go as far as the others.
"""

import numpy as np

import mutagrad

from ..operations import run
from ..operations.entries import over_runs, works
from ..operations.sample import DIFFERENTIABLE
from ..operations.samples import SAMPLES
from ..operations.test_finite_differences import assert_agree, difference, directions_for, inner, numbers

FIRST = {sample.operation: sample for sample in reversed(SAMPLES) if sample.smooth and sample.second}


def derived(sample, inputs, order):
    """The leaves of a call, and its gradients of an order, each weighted at random before the next."""
    tensors = run.tensors(mutagrad, sample, inputs, differentiate=True)
    wanted = run.leaves(sample, tensors)
    outs = [out for out in run.flatten(run.evaluate(mutagrad, sample, tensors)) if out.requires_grad]
    for k in range(order):
        grads = mutagrad.autograd.grad(outs, wanted, weights(sample, outs, k), create_graph=True, allow_unused=True)
        outs = [grad for grad in grads if grad is not None and grad.requires_grad]
        if not outs:
            break
    return wanted, outs


def weights(sample, outs, order):
    return [run.drawn_like(mutagrad, out, f"{sample.name}/{order}/{i}") for i, out in enumerate(outs)]


@over_runs(works("second"), list(FIRST.values()), DIFFERENTIABLE)
def test_third_order(sample, dtype):
    """A step along a random direction moves the second-order gradient by its inner product with the third."""
    inputs = sample.draw(dtype)
    wanted, second = derived(sample, inputs, 2)
    if not second:
        return
    third = mutagrad.autograd.grad(second, wanted, weights(sample, second, 2), allow_unused=True)
    weighted = numbers(weights(sample, second, 2))

    along = directions_for(sample, inputs, sample.differentiated, "direction")
    numeric, scale = difference(lambda at: inner(weighted, numbers(derived(sample, at, 2)[1])), (inputs, along))

    assert_agree(inner(numbers(third), [along[i] for i in sample.differentiated]), numeric, scale)


def second_order(sample, dtype, form):
    """The second-order gradients of a sample by its inputs and its cotangents; None where there are none."""
    tensors = run.inputs(mutagrad, sample, dtype, differentiate=True)
    wanted = run.leaves(sample, tensors)
    result = run.evaluate(mutagrad, sample, tensors, form)
    grads, cts = run.gradients(mutagrad, sample, result, wanted, create_graph=True)
    return numbers(run.second_gradients(mutagrad, sample, grads, [*wanted, *cts]))


@over_runs(lambda entry: works("second")(entry) and works("inplace")(entry), dtypes=DIFFERENTIABLE)
def test_second_order_in_place(sample, dtype):
    """The form in place, which writes over a value that its rule may need, has the second order of the function."""
    expected, got = second_order(sample, dtype, "function"), second_order(sample, dtype, "inplace")

    for ours, theirs in zip(got, expected, strict=True):
        np.testing.assert_allclose(0 if ours is None else ours, 0 if theirs is None else theirs, rtol=1e-9, atol=1e-11)
