"""Every operation's tangent is the adjoint of its gradient: Re <ct, J v> = Re <grad, v>, for random ct and v.

Gradients are tested against PyTorch and against finite differences elsewhere, so this says that tangents are right, to
rounding and not to a step's error: of values, of the in-place form, and through views that are written. Second order
asks the same of the gradient: its tangent (forward over reverse) against its own gradient (reverse over reverse).
"""

import numpy as np
import pytest

from . import run
from .entries import over_runs, works
from .sample import DIFFERENTIABLE, Array, draw
from .samples import SAMPLES
from .test_finite_differences import inner, numbers
from .under_test import torch

fwAD = torch.autograd.forward_ad
# What an embedding leaves out of its gradient, or scales there, is in its tangent.
SCALED = {"padding_idx", "scale_grad_by_freq"}
EXACT = [sample for sample in SAMPLES if SCALED.isdisjoint(sample.kwargs)]
FIRST = list({sample.operation: sample for sample in reversed(EXACT)}.values())


def directions_for(sample, arrays):
    """A random direction for each array."""
    return [draw(Array("normal", a.shape), a.dtype.name, f"{sample.name}/direction/{i}") for i, a in enumerate(arrays)]


def dual_inputs(sample, tensors):
    """The sample's tensors, those it differentiates with a tangent; and the tangents."""
    along = directions_for(sample, [run.to_numpy(t) for t in run.leaves(sample, tensors)])
    duals = list(tensors)
    for position, direction in zip(sample.differentiated, along, strict=True):
        duals[position] = fwAD.make_dual(tensors[position], torch.tensor(direction))
    return duals, along


def tangents(outputs):
    """The tangents of tensors; zeros where there is none."""
    unpacked = [fwAD.unpack_dual(out) for out in outputs]
    return [torch.zeros_like(primal) if tangent is None else tangent for primal, tangent in unpacked]


def assert_adjoint(outputs, cts, pushed, grads, along):
    """Asserts that two inner products are the same, up to the rounding of the narrowest dtype, where they are finite."""
    forward, reverse = inner(cts, pushed), inner(grads, along)
    narrowest = min(np.finfo(a.dtype).bits for a in (*cts, *along, *outputs) if a is not None and a.dtype.kind in "fc")
    tolerance = {64: 1e-8, 32: 1e-5, 16: 1e-2}[narrowest]
    if np.isfinite(forward) and np.isfinite(reverse):
        assert forward == pytest.approx(reverse, rel=tolerance, abs=tolerance)


def check(sample, dtype, evaluate):
    """Asserts that the tangents of `evaluate(tensors)` are the adjoint of its gradients."""
    tensors = run.inputs(torch, sample, dtype, differentiate=True)
    with fwAD.dual_level():
        duals, along = dual_inputs(sample, tensors)
        outputs = [out for out in run.flatten(evaluate(duals)) if out.requires_grad]
        pushed = tangents(outputs)
        assert [t.shape for t in pushed] == [out.shape for out in outputs]
        assert [t.dtype for t in pushed] == [out.dtype for out in outputs]
        pushed = numbers(pushed)
    cts = run.cotangents(torch, sample, outputs)
    grads = torch.autograd.grad(outputs, run.leaves(sample, tensors), cts, allow_unused=True)

    assert_adjoint(numbers(outputs), numbers(cts), pushed, numbers(grads), along)


@over_runs(works("grads"), EXACT, DIFFERENTIABLE)
def test_tangents(sample, dtype):
    """Tangents are the adjoint of gradients."""
    check(sample, dtype, lambda tensors: run.evaluate(torch, sample, tensors))


@over_runs(lambda entry: works("inplace")(entry) and "grads" in entry, EXACT, DIFFERENTIABLE)
def test_tangents_in_place(sample, dtype):
    """The in-place form writes the tangent too."""
    check(sample, dtype, lambda tensors: run.evaluate(torch, sample, tensors, "inplace"))


@over_runs(lambda entry: works("written")(entry) and "grads" in entry["written"], EXACT, DIFFERENTIABLE)
def test_tangents_through_views(sample, dtype):
    """Writing to a view writes the tangent of its base."""
    check(sample, dtype, lambda tensors: run.write_through(torch, sample, tensors)[0])


@over_runs(works("second"), EXACT, DIFFERENTIABLE)
def test_forward_over_reverse(sample, dtype):
    """Tangents of gradients are the adjoint of the gradients' gradients."""
    tensors = run.inputs(torch, sample, dtype, differentiate=True)
    wanted = run.leaves(sample, tensors)
    outputs = run.flatten(run.evaluate(torch, sample, tensors))
    grads, _ = run.gradients(torch, sample, outputs, wanted, create_graph=True)
    used = [i for i, grad in enumerate(grads) if grad is not None and grad.requires_grad]
    second = run.second_gradients(torch, sample, grads, wanted)
    with fwAD.dual_level():
        duals, along = dual_inputs(sample, tensors)
        again, _ = run.gradients(torch, sample, run.evaluate(torch, sample, duals), wanted)
        pushed = numbers(tangents([again[i] for i in used]))
    weights = [run.to_numpy(run.drawn_like(torch, grads[i], f"{sample.name}/weight/{i}")) for i in used]

    assert_adjoint(numbers([*outputs, *grads]), weights, pushed, numbers(second), along)


def product(left, right):
    """Re <left, right> of two tensors."""
    return (left.conj() * right).sum().real if left.is_complex() else (left * right).sum()


def derivative(value, wanted, along):
    """By how much a value moves when what is wanted moves along directions, by its gradient."""
    if not isinstance(value, torch.Tensor) or not value.requires_grad:
        return 0.0
    return inner(numbers(torch.autograd.grad(value, wanted, retain_graph=True, allow_unused=True)), along)


@over_runs(works("second"), FIRST, ("float64", "complex128"))
def test_tangents_of_tangents(sample, dtype):
    """The gradient of a tangent and the tangent of a tangent are what the gradient's gradient says."""
    tensors = run.inputs(torch, sample, dtype, differentiate=True)
    wanted = run.leaves(sample, tensors)
    grads, cts = run.gradients(torch, sample, run.evaluate(torch, sample, tensors), wanted, create_graph=True)
    along = directions_for(sample, [run.to_numpy(t) for t in wanted])
    moved = sum(product(torch.tensor(v), grad) for v, grad in zip(along, grads, strict=True) if grad is not None)
    expected = derivative(moved, wanted, along)

    with fwAD.dual_level():
        outer, _ = dual_inputs(sample, tensors)
        with fwAD.dual_level():
            inside, _ = dual_inputs(sample, outer)
            outputs = [out for out in run.flatten(run.evaluate(torch, sample, inside)) if out.requires_grad]
            pushed = sum(map(product, cts, tangents(outputs)))
        twice = fwAD.unpack_dual(pushed).tangent
        found = [derivative(pushed, wanted, along), 0.0 if twice is None else float(twice.detach())]

    if np.isfinite([*found, expected]).all():
        assert found == pytest.approx([expected, expected], rel=1e-6, abs=1e-6)
