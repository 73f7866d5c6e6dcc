"""Buffers of memory, what each is for, and how much there was of each kind over time.

A `Buffer` is a weak reference to a storage with what the book knows of it, so the book sees when memory is given back
and keeps none alive. `Memory` adds up what is alive by cause: the totals now, their course, and how they stood, line by
line, when memory was fullest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from time import perf_counter
from types import MappingProxyType
from typing import Any
from weakref import ref

import numpy as np

from mutagrad.batched import physical_of
from mutagrad.bookkeeping.accounts import CAUSES, Account
from mutagrad.report.regions import Region

POINTS = 2048  # so many points of the course are kept
STEP = 1.01  # the lines at the peak are looked through again once it has grown by one in a hundred


class Event:
    """Something that happened to a buffer, `count` times at one place, the first time at `clock`."""

    __slots__ = ("clock", "count", "nbytes")

    def __init__(self, clock: int) -> None:
        self.clock = clock
        self.count = self.nbytes = 0


class Write:
    """The last write at one place to a buffer: the version it made, and the elements of the first one."""

    __slots__ = ("version", "region")

    def __init__(self, region: Region | None) -> None:
        self.version = 0
        self.region = region


class Buffer(ref):
    """One storage: its size, what it is for, where it was made and by what, and its `events`.

    `account` is None for memory that was there before the book was opened. `recorded` says whether a history leads
    through it, in `family`, the number of the family concerned. `copies` are the clones made from it or into it.
    `fresh` says that it was filled by a creation function and has been used for nothing yet.
    """

    number: int
    nbytes: int
    cause: int
    account: Account | None
    maker: str
    clock: int
    version: int
    # One is made for every result: what most never need is made when it is needed.
    events: Mapping[tuple[str, Account | None, str], Event] = MappingProxyType({})
    writes: Mapping[tuple[Account | None, str], Write] = MappingProxyType({})
    copies: Sequence[Any] = ()
    recorded = lent = fresh = False
    family = 0

    def note(self, kind: str, account: Account | None, detail: str, clock: int, nbytes: int = 0) -> None:
        """Notes an event."""
        key = kind, account, detail
        event = self.events.get(key)
        if event is None:
            if not self.events:
                self.events = {}
            event = self.events[key] = Event(clock)  # type: ignore[index]
        event.count += 1
        event.nbytes += nbytes


def new_buffer(storage: Any, died: Any, cause: int, account: Account | None, maker: str, clock: int) -> Buffer:
    """What the book begins with to know of a storage; `died(buffer)` is called when it is given back."""
    buffer = Buffer(storage, died)
    buffer.number = id(storage)
    buffer.nbytes = storage.array.nbytes if type(storage.array) is np.ndarray else physical_of(storage.array).nbytes
    buffer.cause, buffer.account, buffer.maker, buffer.clock = cause, account, maker, clock
    buffer.version = storage.version
    return buffer


class Memory:
    """What is alive, by cause.

    `peak` are the totals when there was most, `course` the points `(seconds, totals)` in between.
    """

    def __init__(self) -> None:
        self.began = perf_counter()
        self.totals = [0] * len(CAUSES)
        self.total = self.most = self.looked_at = 0
        self.peak = tuple(self.totals)
        self.peak_at = 0.0
        self.at_peak: dict[Account, list[int]] = {}
        self.course: list[tuple[float, tuple[int, ...]]] = [(0.0, self.peak)]
        self.rises = False
        self.adjoints = 0

    def grow(self, account: Account | None, cause: int, nbytes: int) -> None:
        """Adds memory of a cause, held by a place."""
        if account is not None:
            account.live[cause] += nbytes
        self.totals[cause] += nbytes
        self.total += nbytes
        self.rises = self.rises or nbytes > 0

    def shrink(self, account: Account | None, cause: int, nbytes: int, accounts: Iterable[Account]) -> None:
        """Takes memory of a cause away; before that, looks whether there was never more."""
        if self.rises:
            self.look(accounts)
        if account is not None:
            account.live[cause] -= nbytes
        self.totals[cause] -= nbytes
        self.total -= nbytes

    def move(self, buffer: Buffer, cause: int) -> None:
        """The buffer turns out to be for something else."""
        account, before = buffer.account, buffer.cause
        if account is not None:
            account.live[before] -= buffer.nbytes
            account.live[cause] += buffer.nbytes
        self.totals[before] -= buffer.nbytes
        self.totals[cause] += buffer.nbytes
        buffer.cause = cause

    def look(self, accounts: Iterable[Account]) -> None:
        """Notes a point of the course, and how things stand by line if there was never more."""
        self.rises = False
        now = perf_counter() - self.began
        self.course.append((now, tuple(self.totals)))
        if len(self.course) > POINTS:
            self.course = thinned(self.course)
        if self.total > self.most:
            self.most, self.peak, self.peak_at = self.total, tuple(self.totals), now
            if self.total > STEP * self.looked_at:
                self.looked_at = self.total
                self.at_peak = {account: list(account.live) for account in accounts if any(account.live)}


def thinned(course: list[tuple[float, tuple[int, ...]]]) -> list[tuple[float, tuple[int, ...]]]:
    """Half of the points: of each four in a row the highest and the lowest."""
    kept = [course[0]]
    for i in range(1, len(course), 4):
        four = course[i : i + 4]
        ends = {max(four, key=lambda point: sum(point[1])), min(four, key=lambda point: sum(point[1]))}
        kept += sorted(ends)
    return kept


def held(array: Any) -> int:
    """The bytes that an array addresses, or several arrays do, those that one repeats counted once.

    >>> import numpy as np
    >>> held(np.broadcast_to(np.zeros(2), (1000, 2))), held([np.zeros(2), None])
    (16, 16)
    """
    if isinstance(array, (list, tuple)):
        return sum(map(held, array))
    if array is None:
        return 0
    physical = physical_of(getattr(array, "_array", array))
    count = physical.itemsize
    for n, stride in zip(physical.shape, physical.strides):
        count *= n if stride else 1
    return count
