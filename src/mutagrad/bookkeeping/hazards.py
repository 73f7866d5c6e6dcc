"""Which saved values were written before their gradient needed them, and what PyTorch would have made of it.

PyTorch counts the writes to a buffer: a gradient that finds another count than when its value was saved raises, whatever
elements were written. Writes through `.data` and through NumPy arrays are not counted: then it goes on with the new
values, and the gradient is wrong. So a node's saved values are entered with the version they had, and compared when a
pass comes to the node.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary, ref

import numpy as np

from mutagrad.bookkeeping.accounts import Account
from mutagrad.bookkeeping.findings import ERROR, WRONG, Hazard
from mutagrad.bookkeeping.memory import Buffer
from mutagrad.graph import Node
from mutagrad.report.regions import Region
from mutagrad.report.spans import Span
from mutagrad.storage import Saved

PURGE = 4096  # at so many nodes those of dead graphs are dropped

Slot = tuple["ref[Saved]", Buffer, int, str, int]
"""A saved value: its cell, its buffer, the buffer's version when it was saved, its name in the rule, its size."""


class Loss:
    """A saved value that was overwritten: where, by what, which elements; `through` says how if no version counted it."""

    __slots__ = ("account", "writer", "region", "through", "is_lost")

    def __init__(self, account: Account, writer: str, region: Region | None, through: str, is_lost: bool) -> None:
        self.account, self.writer, self.region = account, writer, region
        self.through, self.is_lost = through, is_lost


class Entry:
    """What a node saved, and where."""

    __slots__ = ("node", "account", "operation", "slots")

    def __init__(self, node: Node, account: Account, operation: str, slots: list[Slot]) -> None:
        self.node = ref(node)
        self.account = account
        self.operation = operation
        self.slots = slots


class Watchlist:
    """The saved values of live graphs. `lost` are those that were overwritten; `found` the hazards.

    `originals` is the memory of values kept since it can be written from outside: PyTorch would have gone on using it.
    """

    def __init__(self) -> None:
        self.entries: dict[int, Entry] = {}
        self.limit = PURGE
        self.lost: WeakKeyDictionary[Saved, Loss] = WeakKeyDictionary()
        self.originals: WeakKeyDictionary[Saved, np.ndarray] = WeakKeyDictionary()
        self.found: dict[tuple, Hazard] = {}

    def enter(self, node: Node, account: Account, slots: list[Slot]) -> None:
        """Enters what a node saved."""
        self.entries[node.sequence] = Entry(node, account, node.operation.name, slots)
        if len(self.entries) > self.limit:
            self.entries = {s: entry for s, entry in self.entries.items() if entry.node() is not None}
            self.limit = 2 * len(self.entries) + PURGE

    def look(self, node: Node, account: Account | None) -> None:
        """Looks whether what a node saved, and needs now, was written; `account` is that of its line."""
        entry = self.entries.get(node.sequence)
        if entry is None or entry.node() is not node:
            if self.lost and account is not None and hasattr(node, "origins"):
                self._look_at_function(node, account)
            return
        for cell_ref, buffer, version, role, nbytes in entry.slots:
            cell = cell_ref()
            if cell is None:
                continue
            loss, storage = self.lost.get(cell), buffer()
            now = buffer.version if storage is None else storage.version
            if loss is not None and loss.is_lost:
                kind = WRONG if loss.through and now == version else ERROR
                self._add(entry, role, nbytes, kind, loss.account.span, loss.writer, loss.region, True, loss.through)
            elif now != version:
                self._blame_version(entry, role, nbytes, buffer, version)
            elif (array := self.originals.get(cell)) is not None and not same(array, cell.memory):
                self._add(entry, role, nbytes, WRONG, None, None, None, True, "a NumPy array over its memory")

    def _look_at_function(self, node: Any, account: Account) -> None:
        """The same for a custom function, whose saved tensors are known only now: whether one of them was overwritten."""
        entry = Entry(node, account, node.operation.name, [])
        for i, (cell, _) in enumerate(node.origins):
            loss = self.lost.get(cell)
            if loss is not None and loss.is_lost:
                kind, nbytes = WRONG if loss.through else ERROR, getattr(getattr(cell, "memory", None), "nbytes", 0)
                role, span = f"saved_tensors[{i}]", loss.account.span
                self._add(entry, role, nbytes, kind, span, loss.writer, loss.region, True, loss.through)

    def _blame_version(self, entry: Entry, role: str, nbytes: int, buffer: Buffer, version: int) -> None:
        """Enters a write beside the saved elements: PyTorch counts versions for the buffer as a whole."""
        later = [(write.version, key, write) for key, write in buffer.writes.items() if write.version > version]
        if later:
            _, (account, writer), write = min(later, key=lambda each: each[0])
            span = None if account is None else account.span
            self._add(entry, role, nbytes, ERROR, span, writer, write.region, False)
        else:
            self._add(entry, role, nbytes, ERROR, None, None, None, False)

    def _add(
        self,
        entry: Entry,
        role: str,
        nbytes: int,
        kind: str,
        span: Span | None,
        writer: str | None,
        region: Region | None,
        lost: bool,
        through: str = "",
    ) -> None:
        key = entry.account, entry.operation, span, writer, kind, lost
        if key in self.found:
            self.found[key].count += 1
        else:
            place = entry.account.span
            self.found[key] = Hazard(entry.operation, role, place, writer, span, region, nbytes, kind, lost, through)


def same(first: Any, second: Any) -> bool:
    """Whether two arrays hold the same values, those that are no number included."""
    return np.array_equal(first, second, equal_nan=first.dtype.kind in "fc")
