"""Threads that save and write in one storage: no saved value may be lost, no gradient be wrong."""

import sys
import threading

import numpy as np
import pytest

import mutagrad as torch


@pytest.fixture(autouse=True)
def often_switched():
    """Threads that take turns after almost every instruction."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def together(count, work):
    raised = []

    def run(i):
        try:
            work(i)
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not raised


@pytest.mark.parametrize("attempt", range(4))
def test_what_several_threads_saved_is_kept_when_it_is_overwritten(attempt):
    """Parts of one parameter are saved by all threads, while cells of dead graphs are dropped."""
    x = torch.ones(64, dtype=torch.float64, requires_grad=True)
    outputs = [[] for _ in range(4)]

    def work(i):
        for k in range(100):
            outputs[i].append((x[k % 64 :] * x[k % 64 :]).sum())
            (x[1:] * x[:-1]).sum()

    together(4, work)
    with torch.no_grad():
        x.mul_(100)
    for each in outputs:
        for y in each:
            y.backward()

    expected = 4 * sum(2.0 * (np.arange(64) >= k % 64) for k in range(100))
    np.testing.assert_array_equal(x.grad.numpy(), expected)


@pytest.mark.parametrize("attempt", range(4))
def test_each_thread_saves_and_overwrites_its_own_row(attempt):
    """Rows of one buffer: each thread's saved values are kept, whatever the others write at the time."""
    buffer = torch.zeros(4, 8, dtype=torch.float64)
    weights = [torch.ones(8, dtype=torch.float64, requires_grad=True) for _ in range(4)]

    def work(i):
        total = 0
        for k in range(100):
            with torch.no_grad():
                buffer[i].fill_(k)
            total = total + (weights[i] * buffer[i]).sum()
        total.backward()

    together(4, work)

    for weight in weights:
        np.testing.assert_array_equal(weight.grad.numpy(), np.full(8, 4950.0))


def test_a_mode_that_is_counted_in_many_threads_is_counted_down():
    """No count is lost: the fast calls are fast again when all modes have ended."""
    before = torch.modes.extras[0]

    def work(i):
        for _ in range(200):
            with torch.inference_mode():
                pass

    together(4, work)

    assert torch.modes.extras[0] == before
