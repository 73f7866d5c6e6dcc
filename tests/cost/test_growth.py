"""Cost follows the elements touched: twice the elements are twice the work, in elements, regions and bytes."""

import pytest

import mutagrad as torch

from .programs import PROGRAMS, Program, squares, vector
from .work import Work

SLACK = 1.25  # over exact proportion: what a program does once, and powers of two


# Programs that do write over what their gradient needs ----------------------------------------------------------------


def overwritten_elements(torch, w):
    """Every element is saved, then overwritten."""
    d = w * 1.0
    total = torch.zeros((), dtype=w.dtype)
    for i in range(len(w)):
        total = total + d[i].sin()
        d[i] = 0.0
    return total


def saved_then_overwritten_by_index(torch, w):
    """All elements are saved one by one, then overwritten one by one, each by an index tensor."""
    d = w * 1.0
    total = torch.zeros((), dtype=w.dtype)
    for i in range(len(w)):
        total = total + d[i].sin()
    for i in range(len(w)):
        d[[i]] = 0.0
    return total


def saved_then_overwritten_by_a_mask(torch, w):
    """All elements are saved one by one, then half of them overwritten at once."""
    d = w * 1.0
    total = torch.zeros((), dtype=w.dtype)
    for i in range(len(w)):
        total = total + d[i].sin()
    d[torch.arange(len(w)) % 2 == 0] = 0.0
    return total


def ring(torch, w):
    """A buffer of eight is written round and round."""
    d = torch.ones(8, dtype=w.dtype)
    for i in range(len(w)):
        d[i % 8] = d[(i - 1) % 8] * d[(i - 7) % 8] * w[i]
    return d.sum()


def steps_in_place(torch, w):
    """A state of four is scaled in place, step by step."""
    d = torch.ones(4, dtype=w.dtype)
    for i in range(len(w)):
        d.mul_(w[i])
    return d.sum()


def one_region_again_and_again(torch, w):
    """The same region is saved in every step, and the element after it written."""
    d = torch.ones(9, dtype=w.dtype)
    total = torch.zeros((), dtype=w.dtype)
    for i in range(len(w)):
        total = total + (d[:8].sin() * w[i]).sum()
        d[8] = w[i]
    return total


def polyphase(torch, m):
    """A flat matrix is read by elements and written by columns, which are strided slices."""
    n = len(m)
    d = m.reshape(n * n) * 1.0
    total = torch.zeros((), dtype=m.dtype)
    for i in range(n * n):
        total = total + d[i].sin()
    for j in range(n):
        d[j::n] = 0.0
    return total


def columns_then_elements(torch, m):
    """The columns of a flat matrix are read, its elements written."""
    n = len(m)
    d = m.reshape(n * n) * 1.0
    total = torch.zeros((), dtype=m.dtype)
    for j in range(n):
        total = total + d[j::n].sin().sum()
    for i in range(n * n):
        d[i] = 0.0
    return total


def rows_of_a_flat_view(torch, m):
    """Chunks that span rows of a matrix are saved through its flat view, and overwritten."""
    n = len(m)
    d = m * 1.0
    flat = d.view(-1)
    total = torch.zeros((), dtype=m.dtype)
    for i in range(0, n * n - 8, 8):
        total = total + flat[i : i + 8].sin().sum()
        flat[i : i + 8] = 0.0
    return total


OVERWRITING = {
    function.__name__.replace("_", " "): Program(function, None, inputs, elements, size)
    for function, inputs, elements, size in [
        (overwritten_elements, vector, lambda n: n, 60),
        (saved_then_overwritten_by_index, vector, lambda n: n, 60),
        (saved_then_overwritten_by_a_mask, vector, lambda n: n, 60),
        (ring, vector, lambda n: n, 60),
        (steps_in_place, vector, lambda n: n, 60),
        (one_region_again_and_again, vector, lambda n: n, 60),
        (polyphase, lambda n: vector(n * n).reshape(n, n), squares, 12),
        (columns_then_elements, lambda n: vector(n * n).reshape(n, n), squares, 12),
        (rows_of_a_flat_view, lambda n: vector(n * n).reshape(n, n), squares, 12),
    ]
}


@pytest.mark.parametrize("name", [*PROGRAMS, *OVERWRITING])
def test_twice_the_elements_are_twice_the_work(name, monkeypatch):
    """Under "preserve", from a size on at which every saved region is filed in an index."""
    program = PROGRAMS.get(name) or OVERWRITING[name]
    counts = []
    for size in (2 * program.size, 4 * program.size):
        with monkeypatch.context() as patch, torch.set_overwrite_policy("preserve"):
            work = Work(patch)
            program.run(torch, torch.tensor(program.inputs(size), requires_grad=True)).backward()
            counts.append((work.elements + work.regions, work.bytes))
    growth = program.elements(4 * program.size) / program.elements(2 * program.size)

    for small, large in zip(*counts, strict=True):
        assert large <= SLACK * growth * small, (name, counts)
