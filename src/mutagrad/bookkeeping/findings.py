"""What the book finds wrong, or not needed: hazards, traps, needless work, and where memory could be saved.

A hazard is a value that a gradient needs and that was overwritten: right here, and in PyTorch an error, or a wrong
gradient where the write went past its version counters. A trap is a line that does what it says and hardly what was
meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mutagrad.bookkeeping.accounts import CAUSES, Account, Line
from mutagrad.report.errors import writer_in_words
from mutagrad.report.regions import Region
from mutagrad.report.spans import Span

ERROR, WRONG = "error", "wrong gradient"

_IN_PYTORCH = {ERROR: "an error in PyTorch", WRONG: "a wrong gradient in PyTorch"}


@dataclass(slots=True)
class Hazard:
    """A value saved for a gradient and written before the gradient needed it.

    `in_pytorch` is what PyTorch makes of it, "error" or "wrong gradient"; `lost` says whether an element of the value was
    written at all, `nbytes` the size of the value, `count` how often it happened.
    """

    operation: str
    role: str
    saved_at: Span | None
    writer: str | None
    written_at: Span | None
    region: Region | None
    nbytes: int
    in_pytorch: str
    lost: bool
    through: str = ""
    count: int = 1

    @property
    def headline(self) -> str:
        """What happened, and what it is in PyTorch."""
        what = "overwritten" if self.lost else "left as it was by a write beside it"
        return f"a value that the gradient of {self.operation} needs was {what}: {_IN_PYTORCH[self.in_pytorch]}"

    @property
    def labels(self) -> tuple[str, str]:
        """What to say of the two places."""
        elements = f", {self.region.text}," if self.region else ""
        role = f"its {self.role}" if self.role in ("input", "output") else f'its argument "{self.role}"'
        by = f" by {writer_in_words(self.writer, self.written_at)}" if self.writer else ""
        through = f" through {self.through}" if self.through else ""
        return f"saved by {self.operation}, {role}", f"written{elements}{by}{through}"


@dataclass(slots=True)
class Trap:
    """A line that does what it says and hardly what was meant: its `kind`, what it does, and the way out."""

    kind: str
    headline: str
    span: Span | None
    advice: str | None
    count: int = 1


@dataclass(slots=True)
class Needless:
    """Work that nothing needed: `count` of the `total` buffers made at a line, and the bytes they took."""

    what: str
    reason: str
    span: Span | None
    nbytes: int
    count: int
    total: int = 0


@dataclass(slots=True)
class Saving:
    """Bytes at the peak that a change of one line would save."""

    nbytes: int
    cause: str
    span: Span
    advice: str


class Copy:
    """A clone, watched until it is known whether it was needed: whether the other was read once one of both was written.

    `end` is a weak reference to its storage, for who wants to know when it is gone.
    """

    __slots__ = ("account", "nbytes", "source", "copy", "written", "is_needed", "end")

    def __init__(self, account: Account, source: Any, copy: Any) -> None:
        self.account = account
        self.nbytes = copy.nbytes
        self.source, self.copy = source, copy
        self.written: Any = None
        self.end: Any = None
        self.is_needed = False

    def note_write(self, buffer: Any, from_leaf: bool) -> None:
        """One of both is written; a leaf's copy may be written where the leaf may not."""
        if self.written is None:
            self.written = buffer
            self.is_needed = self.is_needed or (from_leaf and buffer is self.copy)

    def note_read(self, buffer: Any) -> None:
        """One of both is read."""
        if self.written is not None and buffer is not self.written:
            self.is_needed = True

    @property
    def reason(self) -> str:
        """Why it was not needed."""
        if self.written is None:
            return "neither it nor the original was written"
        if self.written is self.copy:
            return "the original was not read after the clone was written: write it in place, gradients stay right"
        return "the clone was not read after the original was written: gradients keep what they need themselves"


ADVICE = {
    "activations": "run the lines around it under utils.checkpoint, which computes them again in backward",
    "kept copies": "write out of place here, or before the line that saves the value",
    "gradients": "call backward for parts of the loss, or zero_grad() before the next forward pass",
    "results": "drop the name with del, or write into memory that is there already",
    "data": "make it where it is used, or in a smaller dtype",
    "optimizer state": "an optimizer with less state, such as SGD",
}
"""What may be done about memory, by its cause."""


def savings_at(lines: Iterable[Line]) -> list[Saving]:
    """What each line holds when memory is fullest, by cause, the most first; parameters must be somewhere."""
    found = [
        Saving(nbytes, cause, line.span, ADVICE[cause])
        for line in lines
        for cause, nbytes in zip(CAUSES, line.peak)
        if nbytes and cause != "parameters"
    ]
    return sorted(found, key=lambda saving: -saving.nbytes)
