"""Random mutating programs give the same value and gradients in a checkpoint as without one.

A program works on a list of vectors of four, by operations, views and writes; it may hold checkpoints of its beginning.
After it has run, its argument is overwritten, so that nothing can be right by accident.
"""

import random
from functools import partial

import numpy as np
import pytest

import mutagrad
from mutagrad.utils.checkpoint import checkpoint

START = [0.3, -0.4, 0.9, 0.2]

VALUES = {
    "sin": lambda a, b: a.sin(),
    "mul": lambda a, b: a * b,
    "slice": lambda a, b: a[1:3].tanh().repeat(2),
    "view": lambda a, b: a.view(2, 2).t().reshape(4),
    "cat": lambda a, b: mutagrad.cat([a[:2], b[2:]]),
    "cumsum": lambda a, b: a.cumsum(0) * 0.3,
    "gather": lambda a, b: a[[0, 2, 2, 1]],
}
WRITES = {
    "add_": lambda a, b: a.add_((b.detach() if a is b else b) * 0.1),
    "mul_": lambda a, b: a.mul_(b.cos()),
    "assign": lambda a, b: a[:2].copy_(b[2:] * 1),
    "sigmoid_": lambda a, b: a[1:].sigmoid_(),
    "constant": lambda a, b: a[3].fill_(0.3),
}


def random_program(seed):
    rng = random.Random(seed)
    names = [*VALUES, *WRITES, "nested"]
    return [(rng.choice(names), rng.randrange(4), rng.randrange(4)) for _ in range(rng.randrange(3, 14))]


def run(program, x, call, depth=0):
    """The sum of all vectors at the end; `call(function, x)` calls the functions within."""
    vectors = [x, x * 0.5 + 0.1]
    for name, i, j in program:
        a, b = vectors[i % len(vectors)], vectors[j % len(vectors)]
        if name in VALUES:
            vectors.append(VALUES[name](a, b))
        elif name in WRITES and a is not x:
            WRITES[name](a, b)
        elif name == "nested" and depth < 2:
            vectors.append(call(partial(run, program[:4], call=call, depth=depth + 1), a * 1))
    return sum(vectors[1:])


def derivatives(program, call, order):
    """The value of a program's square, its gradient and, of second order, the gradient's sum's gradient."""
    x = mutagrad.tensor(START, dtype=mutagrad.float64, requires_grad=True)
    h = x * 1
    y = call(partial(run, program, call=call), h)
    h.zero_()
    value = (y * y).sum()
    if order == 1:
        value.backward()
        return value.item(), x.grad.numpy()
    (first,) = mutagrad.autograd.grad(value, x, create_graph=True)
    (second,) = mutagrad.autograd.grad(first.sum(), x, materialize_grads=True)
    return value.item(), first.detach().numpy(), second.numpy()


def plainly(function, x):
    return function(x)


@pytest.mark.parametrize("early_stop", [True, False])
@pytest.mark.parametrize("seed", range(20))
def test_a_checkpoint_changes_nothing(seed, early_stop):
    """To second order."""
    program = random_program(seed)
    call = partial(checkpoint, use_reentrant=False, early_stop=early_stop)

    for found, expected in zip(derivatives(program, call, 2), derivatives(program, plainly, 2)):
        np.testing.assert_allclose(found, expected, rtol=1e-10)


@pytest.mark.filterwarnings("ignore:None of the inputs have requires_grad")
@pytest.mark.parametrize("seed", range(20, 30))
def test_a_reentrant_checkpoint_changes_nothing(seed):
    program = random_program(seed)
    call = partial(checkpoint, use_reentrant=True)

    for found, expected in zip(derivatives(program, call, 1), derivatives(program, plainly, 1)):
        np.testing.assert_allclose(found, expected, rtol=1e-10)
