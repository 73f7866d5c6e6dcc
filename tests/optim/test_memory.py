"""A step of an optimiser needs scratch memory of the size of a block, whatever the size of the model."""

import tracemalloc

import numpy as np
import pytest

import mutagrad
from mutagrad import optim

NAMES = ("SGD", "Adam", "AdamW", "NAdam", "RAdam", "Adamax", "Adagrad", "Adadelta", "RMSprop", "Rprop", "ASGD")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("is_transposed", [False, True], ids=["flat", "transposed"])
def test_a_step_allocates_no_more_than_a_few_blocks(name, is_transposed):
    """The second step, which has its state, allocates far less than one parameter's memory."""
    w = mutagrad.zeros(1000, 800).t() if is_transposed else mutagrad.zeros(800, 1000)
    w.requires_grad_()
    w.grad = mutagrad.full((800, 1000), 0.5)
    optimizer = getattr(optim, name)([w], weight_decay=0.1) if name != "Rprop" else optim.Rprop([w])
    optimizer.step()
    tracemalloc.start()
    try:
        optimizer.step()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < w.nbytes / 4


def test_several_differentiated_steps_give_the_derivative_of_the_way():
    """Where PyTorch refuses, since states are overwritten: the gradient through three steps, by finite differences."""

    def final(start: mutagrad.Tensor) -> mutagrad.Tensor:
        w = start.clone()
        optimizer = optim.Adam([w], lr=0.1, differentiable=True, amsgrad=True, weight_decay=0.1)
        for _ in range(3):
            (w.grad,) = mutagrad.autograd.grad((w**3).sum(), w, create_graph=True)
            optimizer.step()
        return (w * w).sum()

    point = np.array([0.5, -1.2, 2.0])
    start = mutagrad.tensor(point, requires_grad=True)
    final(start).backward()
    slopes = []
    for nudge in np.eye(3) * 1e-6:
        values = [final(mutagrad.tensor(x, requires_grad=True)).item() for x in (point + nudge, point - nudge)]
        slopes.append((values[0] - values[1]) / 2e-6)

    np.testing.assert_allclose(start.grad.numpy(), slopes, rtol=1e-6)
