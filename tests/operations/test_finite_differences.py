"""Gradients of first and second order against central differences, in double precision, along random directions.

A result is made a number by its inner product with a cotangent, L = Re <ct, F(x)>. PyTorch's convention for complex x
is grad = dL/d(Re x) + i dL/d(Im x), so that L moves by Re <grad, v> along v, real or complex. Second order asks the
same of G = Re <w, grad L>, along directions of the inputs and of the cotangents at once.
"""

import numpy as np
import pytest

from . import run
from .entries import ENTRIES, over_runs
from .sample import DIFFERENTIABLE, Array, draw
from .samples import SAMPLES
from .under_test import torch

STEP = 1e-4
# Differences at one and two steps to either side: the error is of the fourth order in the step.
STENCIL = {1: 8 / 12, -1: -8 / 12, 2: -1 / 12, -2: 1 / 12}
TOLERANCE = 1e-6
SMOOTH = [sample for sample in SAMPLES if sample.smooth]


def inner(left, right):
    """Re <left, right>, summed over pairs of arrays; None is zero."""
    pairs = [(a, b) for a, b in zip(left, right, strict=True) if a is not None and b is not None]
    return sum(float(np.real(np.sum(np.conj(a) * b))) for a, b in pairs)


def numbers(tensors):
    return [None if tensor is None else run.to_numpy(tensor) for tensor in tensors]


def moved(arrays, directions, distance):
    """The arrays, each moved along its direction; those without one stay."""
    return [a if v is None else a + distance * v for a, v in zip(arrays, directions, strict=True)]


def directions_for(sample, arrays, wanted, tag):
    """A random direction for each of the arrays at the positions wanted, None for the others."""
    return [
        draw(Array("normal", a.shape), a.dtype.name, f"{sample.name}/{tag}/{i}") if i in wanted else None
        for i, a in enumerate(arrays)
    ]


def difference(function, *spaces):
    """The derivative of `function` along directions, and its scale; `spaces` are pairs of arrays and directions."""
    at = {k: function(*(moved(arrays, along, k * STEP) for arrays, along in spaces)) for k in STENCIL}
    return sum(weight * at[k] for k, weight in STENCIL.items()) / STEP, max(map(abs, at.values()))


def assert_agree(analytic, numeric, scale):
    assert analytic == pytest.approx(numeric, rel=TOLERANCE, abs=TOLERANCE * max(1.0, scale))


@over_runs(lambda entry: "grads" in entry, SMOOTH, DIFFERENTIABLE)
def test_first_order(sample, dtype):
    """A step along a random direction moves the result by its inner product with the gradient."""
    arrays = sample.draw(dtype)
    tensors = run.tensors(torch, sample, arrays, differentiate=True)
    grads, cts = run.gradients(torch, sample, run.evaluate(torch, sample, tensors), run.leaves(sample, tensors))
    flags, cts = ENTRIES[sample, dtype]["differentiable"], numbers(cts)

    def value(moved_arrays):
        outputs = run.flatten(run.evaluate(torch, sample, run.tensors(torch, sample, moved_arrays)))
        return inner(cts, [run.to_numpy(out) for out, flag in zip(outputs, flags, strict=True) if flag])

    along = directions_for(sample, arrays, sample.differentiated, "direction")
    numeric, scale = difference(value, (arrays, along))

    assert_agree(inner(numbers(grads), [along[i] for i in sample.differentiated]), numeric, scale)


@over_runs(lambda entry: "second" in entry, SMOOTH, DIFFERENTIABLE)
def test_second_order(sample, dtype):
    """A step along a random direction moves the gradient by its inner product with the second-order gradient."""
    arrays = sample.draw(dtype)
    tensors = run.tensors(torch, sample, arrays, differentiate=True)
    wanted = run.leaves(sample, tensors)
    grads, cts = run.gradients(torch, sample, run.evaluate(torch, sample, tensors), wanted, create_graph=True)
    second = run.second_gradients(torch, sample, grads, [*wanted, *cts])
    used = [i for i, grad in enumerate(grads) if grad is not None and grad.requires_grad]
    weights = [run.to_numpy(run.drawn_like(torch, grads[i], f"{sample.name}/weight/{i}")) for i in used]

    def functional(moved_arrays, moved_cts):
        leaves = run.tensors(torch, sample, moved_arrays, differentiate=True)
        outputs = [out for out in run.flatten(run.evaluate(torch, sample, leaves)) if out.requires_grad]
        ct_tensors = [torch.tensor(ct) for ct in moved_cts]
        got = torch.autograd.grad(outputs, run.leaves(sample, leaves), ct_tensors, allow_unused=True)
        return inner(weights, numbers(got[i] for i in used))

    ct_arrays = numbers(cts)
    along = directions_for(sample, arrays, sample.differentiated, "direction")
    ct_along = directions_for(sample, ct_arrays, range(len(ct_arrays)), "ct_direction")
    numeric, scale = difference(functional, (arrays, along), (ct_arrays, ct_along))

    assert_agree(inner(numbers(second), [*(along[i] for i in sample.differentiated), *ct_along]), numeric, scale)
