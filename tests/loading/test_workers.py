"""Worker processes: errors travel with their traceback, and nothing hangs whoever leaves first."""

import os
import signal
import time

import pytest

import mutagrad
from mutagrad.utils.data import DataLoader, Dataset, IterableDataset

TORN = 3


class Faulty(Dataset):
    """A data set that fails at one index, in a way of its own."""

    def __init__(self, fault):
        self.fault = fault

    def __len__(self):
        return 12

    def __getitem__(self, index):
        if index == TORN:
            self.fault()
        return index


def fails_with(error):
    def fault():
        raise error

    return fault


def alive(loader):
    return [process.is_alive() for process in loader._workers.processes]


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("kind", [ValueError, KeyError, ZeroDivisionError])
def test_an_error_is_raised_again_with_its_traceback(kind, count):
    """The exception has the type of the worker's, and its text shows the line that raised it."""
    loader = DataLoader(Faulty(fails_with(kind("torn"))), batch_size=2, num_workers=count)
    with pytest.raises(kind) as caught:
        list(loader)

    text = str(caught.value)
    assert f"Caught {kind.__name__} in DataLoader worker process" in text
    assert "Original Traceback (most recent call last):" in text and "raise error" in text


def test_an_error_of_a_local_class_becomes_a_runtime_error():
    """A class that the loader's process cannot find by name is told of in the text."""

    class Local(Exception):
        pass

    with pytest.raises(RuntimeError, match="Local"):
        list(DataLoader(Faulty(fails_with(Local("torn"))), num_workers=1))


def test_what_cannot_be_pickled_is_an_error_with_a_reason():
    """Batches travel as pickles."""
    with pytest.raises(Exception, match="pickle"):
        list(DataLoader([lambda: 0] * 2, collate_fn=lambda batch: batch, num_workers=1))


def test_a_worker_that_dies_is_reported_at_once():
    """A killed worker ends the pass in an error, not in a wait."""
    start = time.monotonic()
    with pytest.raises(RuntimeError, match=r"DataLoader worker \(pid\(s\) \d+\) exited unexpectedly"):
        list(DataLoader(Faulty(lambda: os.kill(os.getpid(), signal.SIGKILL)), num_workers=2))

    assert time.monotonic() - start < 10


def test_waiting_has_a_limit():
    """With `timeout` a slow worker is an error."""
    with pytest.raises(RuntimeError, match=r"DataLoader timed out after 0\.2 seconds"):
        list(DataLoader(Faulty(lambda: time.sleep(3)), num_workers=1, timeout=0.2))


@pytest.mark.parametrize("size", [1, 1 << 20], ids=["small", "larger than a pipe"])
def test_a_consumer_that_leaves_early_leaves_no_process(size):
    """The workers end with the iterator, also where they are just sending."""
    loader = DataLoader([mutagrad.zeros(size)] * 20, num_workers=2, persistent_workers=True)
    batches = iter(loader)
    next(batches)
    processes = loader._workers.processes
    start = time.monotonic()
    del batches, loader
    for process in processes:
        process.join(5)

    assert not any(process.is_alive() for process in processes)
    assert time.monotonic() - start < 5


def test_persistent_workers_serve_the_next_pass_after_an_early_leave():
    """They stay the same processes, and what they had made for the pass before is thrown away."""
    loader = DataLoader(range(10), batch_size=2, num_workers=2, persistent_workers=True)
    next(iter(loader))
    before = [process.pid for process in loader._workers.processes]
    second = [batch.tolist() for batch in loader]

    assert second == [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]]
    assert [process.pid for process in loader._workers.processes] == before
    assert all(alive(loader))


class Letters(IterableDataset):
    """A data set that gives fewer items than it says; every worker gives all."""

    def __iter__(self):
        return iter("abc")

    def __len__(self):
        return 2


def test_more_items_than_announced_are_warned_about():
    """Every worker has its copy of a data set that is gone through: forgetting that doubles the items."""
    loader = DataLoader(Letters(), batch_size=None, num_workers=2)

    assert len(loader) == 2  # who has not asked is not warned
    with pytest.warns(UserWarning, match="Length of IterableDataset .* was reported to be 2"):
        assert sorted(loader) == list("aabbcc")


def test_batches_may_come_as_they_are_made():
    """Without `in_order` a slow worker does not keep the others' batches waiting."""

    class Slow(Dataset):
        def __len__(self):
            return 6

        def __getitem__(self, index):
            time.sleep(0.5 if index == 0 else 0)
            return index

    found = list(DataLoader(Slow(), batch_size=None, num_workers=2, in_order=False))
    assert sorted(found) == list(range(6)) and found[0] != 0
