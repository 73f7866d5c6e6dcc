"""Buffers of memory, what each is for, and how much there was of each kind over time.

A `Buffer` is a weak reference to a storage with what the book knows of it, so the book sees when memory is given back
and keeps none alive. `Memory` adds up what is alive by cause: the totals now, their course, and how they stood, line by
line, when memory was fullest.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from types import MappingProxyType
from typing import Any
from weakref import ref

import numpy as np

from mutagrad.batched import Batched, physical_of
from mutagrad.bookkeeping.accounts import CAUSES, GRADIENTS, Account, Deed, Holding
from mutagrad.overlap import box_of_array, box_of_key, whole_box
from mutagrad.regions import View
from mutagrad.report.regions import Region
from mutagrad.storage import Storage
from mutagrad.tensor import Tensor

BAND = 4096  # bytes
POINTS = 2048  # so many points of the course are kept
MOST = 1 << 62  # more bytes than there are
STEP = 1.01  # the lines at the peak are looked through again once it has grown by one in a hundred


Event = list[int]
"""Something that happened to a buffer: when first (the book's clock), how often, how many bytes in all."""
NO_EVENTS: Any = MappingProxyType({})


class Write(list):
    """The event of writing a buffer at one place: also the moment of the last write that PyTorch counts, as a sequence
    number, and the elements of the first one."""

    __slots__ = ("mark", "shape", "view", "_region")

    mark: int
    shape: tuple[int, ...]
    view: View | None
    _region: Region | None

    @property
    def region(self) -> Region | None:
        """The elements of the first write."""
        if self._region is None:
            # Where it is easy to say, that waits until somebody asks.
            box = whole_box(self.shape) if self.view is None else box_of_key(self.view.key or (), self.shape)
            self._region = None if box is None else Region(self.shape, box)
        return self._region


def new_write(target: Tensor, clock: int, nbytes: int) -> Write:
    """The first write of a tensor's memory at a place."""
    write = Write((clock, 1, nbytes))
    array, base, view = target._array, target._family.storage.array, target._view
    write.mark, write.shape, write.view = 0, base.shape, view
    is_easy = (
        array is base if view is None else type(base) is np.ndarray and view.key is not None and view.layout.aligned
    )
    write._region = None if is_easy else region_of(array, base)
    return write


class Buffer(ref):
    """One storage: its size, what it is for, where it was made and by what, and its `events`.

    `holding` says where it was made, and for what. `recorded_at` is the sequence number of a node that wrote it (0: no
    history leads here), `mark` the moment of the last write that PyTorch counts. `clock` says in which call it came, if in
    none that was entered as a fast one. `is_counted` is set while it is among what is alive.
    """

    __slots__ = ("number", "nbytes", "holding", "clock", "version", "recorded_at", "mark", "is_counted", "events")

    number: int
    nbytes: int
    holding: Holding
    clock: int
    version: int
    recorded_at: int
    mark: int
    is_counted: bool
    events: dict[Deed, Event]

    @property
    def cause(self) -> int:
        """What it is for."""
        return self.holding.cause

    @property
    def account(self) -> Account | None:
        """The place that made it; None where it was there before the book was opened."""
        return self.holding.account

    @property
    def is_lent(self) -> bool:
        """Whether a NumPy array over it was handed out."""
        return any(deed.kind == "lent" for deed in self.events)

    def note(self, deed: Deed, clock: int, nbytes: int = 0) -> None:
        """Notes that something was done to it."""
        deed.count += 1
        deed.nbytes += nbytes
        events = self.events
        event = events.get(deed)
        if event is not None:
            event[1] += 1
            event[2] += nbytes
        else:
            self.begin(deed, [clock, 1, nbytes])

    def begin(self, deed: Deed, event: Event) -> None:
        """Notes something for the first time."""
        if self.events:
            self.events[deed] = event
        else:
            self.events = {deed: event}


def new_buffer(storage: Any, died: Any, holding: Holding, clock: int) -> Buffer:
    """What the book begins with to know of a storage; `died(buffer)` is called when it is given back."""
    buffer = Buffer(storage, died)
    array = storage.array
    buffer.number = id(storage)
    buffer.nbytes = array.nbytes if type(array) is np.ndarray else physical_of(array).nbytes
    buffer.holding = holding
    buffer.clock = clock
    buffer.version = storage.version if isinstance(storage, Storage) else 0
    buffer.recorded_at = buffer.mark = 0
    buffer.is_counted = False
    buffer.events = NO_EVENTS
    return buffer


class Attention:
    """What is looked for when a buffer is read or written, of a few.

    `fresh` says that it was filled by a creation function and has been used for nothing yet, `copies` are the clones made
    from it or into it.
    """

    __slots__ = ("buffer", "fresh", "copies")

    def __init__(self, buffer: Buffer) -> None:
        self.buffer, self.fresh = buffer, False
        self.copies: list[Any] = []


class Memory:
    """What is alive, by cause, and which buffers those are.

    Buffers are written into a `journal` as they come and, by the interpreter itself, as they go: in this order `settle`
    adds them up, many at a time, and only then strikes them off `buffers`, which has them by the number of their storage, or
    `attentive`, which has the few of which it matters that they are read or written: fills, clones and what was cloned.

    `peak` are the totals when there was most, `course` the points `(seconds, totals)` in between. `passing` are the bytes of
    adjoint buffers, which come and go in a reverse pass called for by the line `passing_for`; the totals are without them.
    """

    def __init__(self, accounts: Mapping[Any, Account]) -> None:
        self.accounts = accounts
        self.buffers: dict[int, Buffer] = {}
        self.attentive: dict[int, Attention] = {}
        self.journal: list[Buffer] = []
        self.before: dict[int, Holding] = {}  # what was there before the book was opened, by cause
        self.began = self.settled_at = perf_counter()
        self.totals = [0] * len(CAUSES)
        self.total = self.most = self.looked_at = 0
        self.peak = tuple(self.totals)
        self.peak_at = 0.0
        self.at_peak: dict[Account, list[int]] = {}
        self.course: list[tuple[float, tuple[int, ...]]] = [(0.0, self.peak)]
        self.passing = 0
        self.passing_for: Account | None = None
        self.low, self.high = 0, -1

    def holding(self, account: Account | None, maker: str, cause: int) -> Holding:
        """What a place holds for a cause."""
        if account is not None:
            return account.holding(maker, cause)
        if cause not in self.before:
            self.before[cause] = Holding(None, "", cause)
        return self.before[cause]

    def find(self, storage: Any) -> Buffer | None:
        """What is known of a storage that may have come unseen."""
        buffer = self.buffers.get(id(storage))
        if buffer is None or buffer() is not storage:
            attention = self.attentive.get(id(storage))
            buffer = None if attention is None else attention.buffer
        return buffer if buffer is not None and buffer() is storage else None

    def attention(self, buffer: Buffer) -> Attention | None:
        """What is looked for when a buffer is read or written; None: nothing."""
        attention = self.attentive.get(buffer.number)
        return attention if attention is not None and attention.buffer is buffer else None

    def attend(self, buffer: Buffer) -> Attention:
        """Has it looked at when a buffer is read or written."""
        attention = self.attention(buffer)
        if attention is None:
            self.buffers.pop(buffer.number, None)
            attention = self.attentive[buffer.number] = Attention(buffer)
        return attention

    def ignore(self, attention: Attention) -> None:
        """Nothing is looked for any more."""
        buffer = attention.buffer
        del self.attentive[buffer.number]
        if buffer() is not None:
            self.buffers[buffer.number] = buffer

    def enter(self, buffer: Buffer) -> None:
        """A buffer has come."""
        self.buffers[buffer.number] = buffer
        self.journal.append(buffer)

    def move(self, buffer: Buffer, after: Holding) -> None:
        """The buffer turns out to be for something else."""
        before, nbytes = buffer.holding, buffer.nbytes
        buffer.holding = after
        if buffer.is_counted:
            before.alive -= nbytes
            after.alive += nbytes
            self.totals[before.cause] -= nbytes
            self.totals[after.cause] += nbytes

    def settle(self) -> None:
        """Adds up what has come and gone since it was last done.

        Before memory goes it is looked how things stand, where the total is not between `low` and `high`. So the peak is
        exact, and the course has a point wherever as much as `BAND`, or a thirtieth of it, has come or gone.
        """
        journal = self.journal
        entries = journal[:]
        if not entries:
            return
        del journal[: len(entries)]
        since, now = self.settled_at, perf_counter()
        step, self.settled_at = (now - since) / len(entries), now
        totals, total, passing = self.totals, self.total, self.passing
        buffers, attentive = self.buffers, self.attentive
        low, high = self.low - passing, self.high - passing
        for place, buffer in enumerate(entries):
            holding, nbytes = buffer.holding, buffer.nbytes
            if buffer.is_counted:
                if total > high or total < low:
                    self.total = total
                    self.look(since + place * step)
                    low, high = self.low - passing, self.high - passing
                holding.alive -= nbytes
                totals[holding.cause] -= nbytes
                total -= nbytes
                number = buffer.number
                if buffers.get(number) is buffer:
                    del buffers[number]
                elif number in attentive and attentive[number].buffer is buffer and not attentive[number].copies:
                    del attentive[number]
            else:
                buffer.is_counted = True
                holding.made += nbytes
                holding.alive += nbytes
                totals[holding.cause] += nbytes
                total += nbytes
        self.total = total

    def close(self) -> None:
        """Nothing more is looked at: the book is closed."""
        self.settle()
        self.look(perf_counter())
        self.low, self.high = -1, MOST

    def look(self, moment: float) -> None:
        """Notes how things stand, by line if there was never more."""
        now = moment - self.began
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
                held = ((account, account.live) for account in self.accounts.values())
                self.at_peak = {account: live for account, live in held if any(live)}
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
        count = written.count()
        return Region(base.shape, None, count, written.outline(base) if count and base.ndim else None)
    if array is base:
        return Region(base.shape, whole_box(base.shape))
    if not array.size:
        return None
    box, exact = box_of_array(array, base)
    return Region(base.shape, box) if exact else Region(base.shape, None, array.size)
