"""A step of an optimiser needs scratch memory of the size of a block, whatever the size of the model."""

import tracemalloc

import numpy as np
import pytest

import mutagrad
from mutagrad import optim
from mutagrad.nn import utils

NAMES = (
    "SGD",
    "Adam",
    "AdamW",
    "NAdam",
    "RAdam",
    "Adamax",
    "Adagrad",
    "Adadelta",
    "RMSprop",
    "Rprop",
    "ASGD",
    "Adafactor",
)


def peak_of(call):
    """How many bytes are allocated at most during a call."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("is_transposed", [False, True], ids=["flat", "transposed"])
def test_a_step_allocates_no_more_than_a_few_blocks(name, is_transposed):
    """The second step, which has its state, allocates far less than one parameter's memory."""
    w = mutagrad.zeros(1000, 800).t() if is_transposed else mutagrad.zeros(800, 1000)
    w.requires_grad_()
    w.grad = mutagrad.full((800, 1000), 0.5)
    optimizer = getattr(optim, name)([w], weight_decay=0.1) if name != "Rprop" else optim.Rprop([w])
    optimizer.step()

    assert peak_of(optimizer.step) < w.nbytes / 4


@pytest.mark.parametrize("order", [2.0, 1.0, float("inf")])
def test_gradients_are_clipped_in_parts(order):
    """Norms and clipping in place, too, take a part of a gradient after another, and find the norm of the whole."""
    w = mutagrad.zeros(800, 1000, requires_grad=True)
    w.grad = mutagrad.arange(800_000, dtype=mutagrad.float32).reshape(800, 1000).div_(1000)
    whole = w.grad.double().norm(order).item()
    norms = []

    assert peak_of(lambda: norms.append(utils.clip_grad_norm_(w, 1.0, order).item())) < w.nbytes / 2
    assert peak_of(lambda: utils.clip_grad_value_(w, 1e-4)) < w.nbytes / 2
    assert norms == [pytest.approx(whole, rel=1e-5)] and w.grad.max() <= 1e-4


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
