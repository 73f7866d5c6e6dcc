"""Which saved values were written before their gradient needed them, and what PyTorch would have made of it.

PyTorch counts the writes to a buffer: a gradient that finds another count than when its value was saved raises, whatever
elements were written. Writes through `.data` and through NumPy arrays are not counted: then it goes on with the new
values, and the gradient is wrong. Nothing need be noted of a value when it is saved: nodes and writes are numbered in one
sequence, so when a pass comes to a node, what it saved was written if the last write to the buffer is the later one.
"""

from __future__ import annotations

from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from mutagrad.batched import physical_of
from mutagrad.bookkeeping.accounts import Account
from mutagrad.bookkeeping.findings import ERROR, WRONG, Hazard
from mutagrad.bookkeeping.memory import Buffer, Memory, Write
from mutagrad.graph import Node
from mutagrad.report.regions import Region
from mutagrad.storage import Freed, Saved


class Loss:
    """A saved value that was overwritten: where, by what, which elements; `through` says how if no version counted it.

    `buffer` is where it was, `nbytes` its size.
    """

    __slots__ = ("account", "writer", "region", "through", "is_lost", "buffer", "nbytes")

    def __init__(
        self,
        account: Account,
        writer: str,
        region: Region | None,
        through: str,
        is_lost: bool,
        buffer: Buffer,
        nbytes: int,
    ) -> None:
        self.account, self.writer, self.region = account, writer, region
        self.through, self.is_lost = through, is_lost
        self.buffer, self.nbytes = buffer, nbytes


class Watchlist:
    """The saved values of live graphs of which there is something to say; `found` are the hazards.

    `lost` are those that were overwritten, `originals` the memory (and its buffer) of those that were given a copy since
    it can be written from outside: PyTorch would have gone on using it.
    """

    def __init__(self) -> None:
        self.lost: WeakKeyDictionary[Saved, Loss] = WeakKeyDictionary()
        self.originals: WeakKeyDictionary[Saved, tuple[Any, Buffer]] = WeakKeyDictionary()
        self.found: dict[tuple, Hazard] = {}
        self.moved = False  # whether there ever was a value that is no longer where it was saved

    def lose(self, cell: Saved, loss: Loss) -> None:
        """A saved value is about to be overwritten."""
        self.lost[cell] = loss
        self.moved = True

    def keep(self, cell: Saved, array: Any, buffer: Buffer) -> None:
        """A saved value, an array in `buffer`, is given a copy of its own."""
        if cell not in self.lost and type(array) is np.ndarray:
            self.originals[cell] = array, buffer
            self.moved = True

    def look(self, node: Node, saved: Any, account: Account | None, memory: Memory) -> None:
        """Looks whether what a node saved, and needs now, was written; `account` is that of its line."""
        if type(node) is not Node:
            if self.moved and account is not None and hasattr(node, "origins"):
                self._look_at_function(node, account)
            return
        if type(saved) is Freed or account is None:
            return
        for slot, cell in enumerate(saved):
            storage = cell.storage
            if storage is not None:
                buffer = memory.buffers.get(id(storage)) or memory.find(storage)
                if buffer is not None and (
                    buffer.mark > node.sequence or buffer.version != storage.version or self.moved
                ):
                    self._look_at(node, slot, cell, account, buffer)

    def _look_at(self, node: Node, slot: int, cell: Saved, account: Account, buffer: Buffer) -> None:
        operation, role = node.operation.name, role_of(node.operation, slot)
        loss, original = (self.lost.get(cell), self.originals.get(cell)) if self.moved else (None, None)
        if loss is not None:
            buffer, nbytes = loss.buffer, loss.nbytes
        elif original is not None:
            buffer, nbytes = original[1], original[0].nbytes
        else:
            nbytes = physical_of(cell.memory).nbytes
        storage = buffer()
        is_counted = buffer.mark > node.sequence or (storage is not None and storage.version != buffer.version)
        if loss is not None and loss.is_lost:
            kind = WRONG if loss.through and not is_counted else ERROR
            self._add(
                account, operation, role, nbytes, kind, loss.account, loss.writer, loss.region, True, loss.through
            )
        elif is_counted:
            self._blame_version(account, operation, role, nbytes, buffer, node.sequence)
        elif original is not None and not same(original[0], cell.memory):
            through = "a NumPy array over its memory"
            self._add(account, operation, role, nbytes, WRONG, None, None, None, True, through)

    def _look_at_function(self, node: Any, account: Account) -> None:
        """The same for a custom function, whose saved tensors are known only now: whether one of them was overwritten."""
        for i, (cell, _) in enumerate(node.origins):
            loss = self.lost.get(cell)
            if loss is not None and loss.is_lost:
                kind, nbytes = WRONG if loss.through else ERROR, getattr(getattr(cell, "memory", None), "nbytes", 0)
                role, name = f"saved_tensors[{i}]", node.operation.name
                self._add(account, name, role, nbytes, kind, loss.account, loss.writer, loss.region, True, loss.through)

    def _blame_version(
        self, account: Account, operation: str, role: str, nbytes: int, buffer: Buffer, sequence: int
    ) -> None:
        """Enters a write beside the saved elements: PyTorch counts versions for the buffer as a whole."""
        place = writer = write = None
        for deed, event in buffer.events.items():
            if isinstance(event, Write) and event.mark > sequence and (write is None or event.mark < write.mark):
                place, writer, write = deed.account, deed.detail, event
        self._add(account, operation, role, nbytes, ERROR, place, writer, write, False)

    def _add(
        self,
        account: Account,
        operation: str,
        role: str,
        nbytes: int,
        kind: str,
        place: Account | None,
        writer: str | None,
        written: Region | Write | None,
        lost: bool,
        through: str = "",
    ) -> None:
        """Enters a hazard, of a value saved at `account` and written at `place`, or one more time of it."""
        key = account, operation, place, writer, kind, lost
        if key in self.found:
            self.found[key].count += 1
        else:
            region = written.region if isinstance(written, Write) else written
            span = None if place is None else place.span
            self.found[key] = Hazard(operation, role, account.span, writer, span, region, nbytes, kind, lost, through)


def may_be_written(saved: Any) -> bool:
    """Whether any of the cells is of memory that was ever written."""
    for cell in saved:
        storage = cell.storage
        if storage is not None and storage.version:
            return True
    return False


@cache
def role_of(operation: Any, slot: int) -> str:
    """What a saved value is to the rules: an input or the output, or an input's name where there are several."""
    position = operation.saved_input[slot] if slot < len(operation.saved_input) else None
    if position is None:
        return "output"
    return "input" if len(operation.inputs) == 1 else operation.inputs[position]


def same(first: Any, second: Any) -> bool:
    """Whether two arrays hold the same values, those that are no number included."""
    return np.array_equal(first, second, equal_nan=first.dtype.kind in "fc")
