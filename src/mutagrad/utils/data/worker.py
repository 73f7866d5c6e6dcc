"""What runs in a worker process of a loader: items are fetched and put together there, errors travel back as text.

A worker is told index lists through a queue and sends what it made through a pipe of its own, so that the loader sees
at once when a worker has gone. A worker whose loader has gone ends by itself.

Read next: `loader.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from queue import Empty
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mutagrad.deferred import Deferred
from mutagrad.random import manual_seed

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

multiprocessing, random, traceback = Deferred("multiprocessing"), Deferred("random"), Deferred("traceback")

PATIENCE = 5.0  # seconds between looks at whether the loader's process is still there


class WorkerInfo(NamedTuple):
    """Which worker this is, of how many, the seed it was given, and its copy of the data set."""

    id: int
    num_workers: int
    seed: int
    dataset: Any

    def __repr__(self) -> str:
        return f"WorkerInfo(id={self.id}, num_workers={self.num_workers}, seed={self.seed}, dataset={self.dataset})"


_info: list[WorkerInfo] = []


def get_worker_info() -> WorkerInfo | None:
    """In a worker process of a loader what is known of it; None elsewhere.

    >>> get_worker_info()
    """
    return _info[0] if _info else None


class Fetcher:
    """Makes a batch, or an item where items are not put together, from a data set."""

    def __init__(self, dataset: Any, is_iterable: bool, is_batched: bool, collate: Callable, drop_last: bool) -> None:
        self.dataset, self.is_iterable, self.is_batched = dataset, is_iterable, is_batched
        self.collate, self.drop_last = collate, drop_last
        self.items = iter(dataset) if is_iterable else None

    def fetch(self, indices: Any) -> Any:
        """What is at the indices, or the next as many items. Raises StopIteration at the end."""
        if self.items is not None:
            return self.collate(self._next(len(indices)) if self.is_batched else next(self.items))
        if not self.is_batched:
            return self.collate(self.dataset[indices])
        several = getattr(self.dataset, "__getitems__", None)
        return self.collate(several(indices) if several else [self.dataset[index] for index in indices])

    def _next(self, count: int) -> list:
        batch = [item for _, item in zip(range(count), self.items or ())]
        if not batch or (self.drop_last and len(batch) < count):
            raise StopIteration
        return batch


class Failure:
    """An exception on its way to another process: its type and its traceback as text."""

    def __init__(self, error: BaseException, where: str) -> None:
        self.type = type(error) if _can_be_found(type(error)) else RuntimeError
        self.text = "".join(traceback.format_exception(error))
        self.where = where

    def reraise(self) -> None:
        """Raises an exception of the same type, or RuntimeError where that cannot be made, with the traceback."""
        message = f"Caught {self.type.__name__} {self.where}.\nOriginal {self.text}"
        try:
            error = self.type(Verbatim(message) if issubclass(self.type, KeyError) else message)
        except TypeError:
            raise RuntimeError(message) from None
        raise error


def _can_be_found(kind: type) -> bool:
    """Whether another process finds the class by its name."""
    return getattr(sys.modules.get(kind.__module__), kind.__qualname__, None) is kind


class Verbatim(str):
    """A text that is shown as it is, where others are shown with their line breaks escaped."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class Ended(NamedTuple):
    """What a worker sends when its copy of the data set has no more items."""


class Resume(NamedTuple):
    """What a persistent worker is told, and answers, at the beginning of another pass."""


class Job(NamedTuple):
    """What a worker is started with."""

    id: int
    count: int
    seed: int
    tasks: Any
    results: Connection
    foreign: list[Connection]
    make: Callable[[], Fetcher]
    dataset: Any
    start: Callable[[int], None] | None


def seed_all(seed: int, worker: int) -> None:
    """Seeds the generators of this library, of Python and of NumPy, so that each worker draws its own numbers."""
    manual_seed(seed)
    random.seed(seed)
    base = seed - worker
    entropy = worker, base & 0xFFFFFFFF, base >> 32
    np.random.seed(np.random.SeedSequence(entropy).generate_state(4))


def work(job: Job) -> None:
    """The life of a worker."""
    for other in job.foreign:  # inherited ends would keep the loader's pipes open when it has gone
        other.close()
    try:
        seed_all(job.seed, job.id)
        _info[:] = [WorkerInfo(job.id, job.count, job.seed, job.dataset)]
        fetcher, failure = _prepared(job, job.start)
        while (task := _next_task(job)) is not None:
            if isinstance(task, Resume):
                fetcher, failure = _prepared(job)
                job.results.send((-1, task))
                continue
            number, indices = task
            _send(job, number, failure or _made(fetcher, indices, job.id))
            failure = None
    except (BrokenPipeError, KeyboardInterrupt):
        pass  # the loader does not want any more


def _send(job: Job, number: int, made: Any) -> None:
    try:
        job.results.send((number, made))
    except OSError:
        raise
    except Exception as error:  # what was made cannot be pickled
        job.results.send((number, Failure(error, f"in DataLoader worker process {job.id}")))


def _prepared(job: Job, start: Callable[[int], None] | None = None) -> tuple[Any, Failure | None]:
    try:
        if start is not None:
            start(job.id)
        return job.make(), None
    except Exception as error:
        return None, Failure(error, f"in DataLoader worker process {job.id}")


def _next_task(job: Job) -> Any:
    parent = multiprocessing.parent_process()
    while True:
        try:
            return job.tasks.get(timeout=PATIENCE)
        except Empty:
            if parent is not None and not parent.is_alive():
                return None


def _made(fetcher: Fetcher, indices: Any, worker: int) -> Any:
    try:
        return fetcher.fetch(indices)
    except StopIteration as error:
        return Ended() if fetcher.is_iterable else Failure(error, f"in DataLoader worker process {worker}")
    except Exception as error:
        return Failure(error, f"in DataLoader worker process {worker}")
