"""Deep graphs: two hundred thousand nodes one behind the other, built, gone through and freed on an ordinary stack."""

import threading

import pytest

import mutagrad as torch

from .graphs import no_collector  # noqa: F401

DEPTH = 200_000

pytestmark = pytest.mark.usefixtures("no_collector")


def sums(x, depth=DEPTH):
    for _ in range(depth):
        x = x + 1
    return x


def in_place(x, depth=DEPTH):
    h = x * 1
    for _ in range(depth):
        h.add_(1)
    return h


def parts_in_place(x, depth=DEPTH):
    h = x * 1
    for _ in range(depth // 2):
        h[:1].mul_(1)
    return h


def saved_outputs(x, depth=DEPTH):
    for _ in range(depth):
        x = x.sigmoid()
    return x


def views(x, depth=DEPTH):
    h = x * 1
    for _ in range(depth):
        h = h.view(-1)
    return h * 1


PROGRAMS = [sums, in_place, parts_in_place, saved_outputs, views]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_a_deep_graph_is_built_gone_through_and_freed(program):
    """On a thread with a stack of one megabyte, so that no stack size set by a shell matters."""
    gradients = []

    def work():
        x = torch.tensor([0.5], dtype=torch.float64, requires_grad=True)
        y = program(x)
        y.sum().backward(retain_graph=True)
        gradients.append(x.grad.item())
        del y

    before = threading.stack_size(1 << 20)
    try:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)

    assert gradients == [pytest.approx(0.0, abs=1e-9) if program is saved_outputs else 1.0]
