"""Buffers of memory, what each is for, and how much there was of each kind over time.

A `Buffer` is a weak reference to a storage with what the book knows of it, so the book sees when memory is given back
and keeps none alive. `Memory` adds up what is alive by cause: the totals now, their course, and how they stood, line by
line, when memory was fullest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import perf_counter
from types import MappingProxyType
from typing import Any
from weakref import ref

import numpy as np

from mutagrad.batched import Batched, physical_of
from mutagrad.bookkeeping.accounts import CAUSES, GRADIENTS, Account, Deed
from mutagrad.overlap import box_of_array, box_of_key, whole_box
from mutagrad.report.regions import Region
from mutagrad.tensor import Tensor

BAND = 4096  # bytes
POINTS = 2048  # so many points of the course are kept
STEP = 1.01  # the lines at the peak are looked through again once it has grown by one in a hundred


Event = list[int]
"""Something that happened to a buffer: when first (the book's clock), how often, how many bytes in all."""
NO_EVENTS: Any = MappingProxyType({})


class Write:
    """Writes at one place to a buffer: the moment of the last one that PyTorch counts, and the elements of the first."""

    __slots__ = ("mark", "shape", "view", "_region")

    def __init__(self, target: Tensor) -> None:
        self.mark = 0
        base, view = target._family.storage.array, target._view
        # Where it will be easy to say later which elements these are, that can wait until somebody asks.
        self.shape, self.view = base.shape, view
        waits = type(base) is np.ndarray and view is not None and view.key is not None and view.layout.aligned
        self._region = None if waits else region_of(target._array, base)

    @property
    def region(self) -> Region | None:
        """The elements of the first write."""
        if self._region is None and self.view is not None and self.view.key is not None and self.view.layout.aligned:
            box = box_of_key(self.view.key, self.shape)
            return None if box is None else Region(self.shape, box)
        return self._region


class Buffer(ref):
    """One storage: its size, what it is for, where it was made and by what, and its `events`.

    `account` is None for memory that was there before the book was opened. `family` is the number of the family through
    which a history leads here (0: none does). `mark` is the moment of the last write that PyTorch counts, as a sequence
    number. `copies` are the clones made from it or into it, `fresh` says that it was filled by a creation function and
    has been used for nothing yet; if there is either, it is `attentive` to what reads and writes it.
    """

    __slots__ = (
        "number", "nbytes", "cause", "account", "maker", "clock", "version", "family", "mark", "attentive",
        "events", "writes", "copies", "fresh", "lent",
    )  # fmt: skip

    number: int
    nbytes: int
    cause: int
    account: Account | None
    maker: str
    clock: int
    version: int
    family: int
    mark: int
    attentive: bool
    events: dict[Deed, Event]
    writes: dict[tuple[Account | None, str], Write]
    copies: Sequence[Any]
    fresh: bool
    lent: bool

    def __getattr__(self, name: str) -> Any:
        # One is made for every result: what most never need is set when it is needed.
        try:
            return UNUSED[name]
        except KeyError:
            raise AttributeError(name) from None

    def note(self, deed: Deed, clock: int, nbytes: int = 0) -> None:
        """Notes that something was done to it."""
        events = self.events
        event = events.get(deed)
        if event is not None:
            event[1] += 1
            event[2] += nbytes
        elif events:
            events[deed] = [clock, 1, nbytes]
        else:
            self.events = {deed: [clock, 1, nbytes]}


UNUSED = {"writes": MappingProxyType({}), "copies": (), "fresh": False, "lent": False}


def new_buffer(storage: Any, died: Any, cause: int, account: Account | None, maker: str, clock: int) -> Buffer:
    """What the book begins with to know of a storage; `died(buffer)` is called when it is given back."""
    buffer = Buffer(storage, died)
    array = storage.array
    buffer.number = id(storage)
    buffer.nbytes = array.nbytes if type(array) is np.ndarray else physical_of(array).nbytes
    buffer.cause, buffer.account, buffer.maker, buffer.clock = cause, account, maker, clock
    buffer.version, buffer.family, buffer.mark = getattr(storage, "version", 0), 0, 0
    buffer.attentive, buffer.events = False, NO_EVENTS
    return buffer


class Memory:
    """What is alive, by cause.

    `peak` are the totals when there was most, `course` the points `(seconds, totals)` in between. `passing` are the bytes of
    adjoint buffers, which come and go in a reverse pass called for by the line `passing_for`; the totals are without them.
    """

    def __init__(self, accounts: Mapping[Any, Account]) -> None:
        self.accounts = accounts
        self.began = perf_counter()
        self.totals = [0] * len(CAUSES)
        self.total = self.most = self.looked_at = 0
        self.peak = tuple(self.totals)
        self.peak_at = 0.0
        self.at_peak: dict[Account, list[int]] = {}
        self.course: list[tuple[float, tuple[int, ...]]] = [(0.0, self.peak)]
        self.passing = 0
        self.passing_for: Account | None = None
        self.low, self.high = 0, -1

    def grow(self, account: Account | None, cause: int, nbytes: int) -> None:
        """Adds memory of a cause, held by a place."""
        if account is not None:
            account.live[cause] += nbytes
        self.totals[cause] += nbytes
        self.total += nbytes

    def move(self, buffer: Buffer, cause: int) -> None:
        """The buffer turns out to be for something else."""
        account, before, nbytes = buffer.account, buffer.cause, buffer.nbytes
        if account is not None:
            account.live[before] -= nbytes
            account.live[cause] += nbytes
        self.totals[before] -= nbytes
        self.totals[cause] += nbytes
        buffer.cause = cause

    def look(self) -> None:
        """Notes how things stand, by line if there was never more.

        It is called before memory goes, where the total is not between `low` and `high`. So the peak is exact, and the
        course has a point wherever as much as `BAND`, or a thirtieth of it, has come or gone.
        """
        now = perf_counter() - self.began
        total = self.total + self.passing
        totals = list(self.totals)
        totals[GRADIENTS] += self.passing
        self.course.append((now, tuple(totals)))
        if len(self.course) > POINTS:
            self.course = thinned(self.course)
        band = max(total // 32, BAND)
        if total > self.most:
            self.most, self.peak, self.peak_at = total, tuple(totals), now
            if total > STEP * self.looked_at:
                self.looked_at = total
                self.at_peak = {account: list(account.live) for account in self.accounts.values() if any(account.live)}
                if self.passing and self.passing_for is not None:
                    self.at_peak.setdefault(self.passing_for, [0] * len(CAUSES))[GRADIENTS] += self.passing
        self.low, self.high = total - band, min(self.most, total + band)


def thinned(course: list[tuple[float, tuple[int, ...]]]) -> list[tuple[float, tuple[int, ...]]]:
    """Half of the points: of each four in a row the highest and the lowest."""
    kept = [course[0]]
    for i in range(1, len(course), 4):
        four = course[i : i + 4]
        ends = {max(four, key=lambda point: sum(point[1])), min(four, key=lambda point: sum(point[1]))}
        kept += sorted(ends)
    return kept


def region_of(array: Any, base: Any, written: Any = None) -> Region | None:
    """The elements of `base` that are written by writing `array`, a view of it, or only the elements `written` of that."""
    if type(array) is Batched or type(base) is Batched or array.itemsize != base.itemsize:
        return None
    if written is not None:
        return Region(base.shape, None, written.count())
    if array is base:
        return Region(base.shape, whole_box(base))
    if not array.size:
        return None
    box, exact = box_of_array(array, base)
    return Region(base.shape, box) if exact else Region(base.shape, None, array.size)
