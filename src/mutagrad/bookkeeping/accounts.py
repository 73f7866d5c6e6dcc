"""What the book counts for one place of the user's program, and the sums by line that are shown.

A place is a code object and an instruction, as nodes keep it: two references, worked out to a file and a line only when
somebody looks. Times are in nanoseconds, sizes in bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import CodeType
from typing import Any

from mutagrad.report.spans import Span

CAUSES = ("parameters", "optimizer state", "activations", "kept copies", "gradients", "results", "data")
"""What memory is for. Activations are results that a gradient has saved; data came from no operation."""
PARAMETERS, OPTIMIZER, ACTIVATIONS, KEPT, GRADIENTS, RESULTS, DATA = range(len(CAUSES))

COUNTED = (
    "calls",
    "forward",
    "backward",
    "made",
    "saves",
    "saved",
    "writes",
    "written",
    "overwritten",
    "copies",
    "kept",
    "views",
)
"""The figures of an account: calls of operations and the time they and their gradients took; the bytes of new buffers;
saved values and writes, and their bytes; saved values that writes met, copies kept of them, and their bytes; views."""


class Deed:
    """Something done to memory at a place: its `kind`, how, and for a saved input its `position` in the operation."""

    __slots__ = ("kind", "account", "detail", "position")

    def __init__(self, kind: str, account: Account, detail: str, position: int | None) -> None:
        self.kind, self.account, self.detail, self.position = kind, account, detail, position


class Account:
    """The figures of one place. `live` are the bytes it holds now, by cause; `operations` what it calls, by name.

    `deeds` is what is done to memory there, `saving` the deeds of each operation that saves.
    """

    __slots__ = ("code", "instruction", "live", "operations", "deeds", "saving", *COUNTED[1:])

    forward: int
    backward: int
    made: int
    saves: int
    saved: int
    writes: int
    written: int
    overwritten: int
    copies: int
    kept: int
    views: int

    def __init__(self, code: CodeType, instruction: int) -> None:
        self.code, self.instruction = code, instruction
        self.live = [0] * len(CAUSES)
        self.operations: dict[str, int] = {}
        self.deeds: dict[tuple[str, str], Deed] = {}
        self.saving: dict[Any, list[Deed]] = {}
        for name in COUNTED[1:]:
            setattr(self, name, 0)

    def deed(self, kind: str, detail: str = "", position: int | None = None) -> Deed:
        """What is done there to memory; the same one each time."""
        deed = self.deeds.get((kind, detail))
        if deed is None:
            deed = self.deeds[kind, detail] = Deed(kind, self, detail, position)
        return deed

    @property
    def calls(self) -> int:
        """How many operations it called."""
        return sum(self.operations.values())

    @property
    def span(self) -> Span:
        """The place."""
        return Span(self.code, self.instruction)


class Line:
    """The sums of all places on one line of the program; `peak` are its bytes by cause when memory was fullest."""

    def __init__(self, span: Span) -> None:
        self.span = span
        self.operations: dict[str, int] = {}
        self.peak = [0] * len(CAUSES)
        self.figures = dict.fromkeys(COUNTED, 0)

    @property
    def key(self) -> tuple[str, int]:
        """File and number."""
        return self.span.filename, self.span.line or 0

    @property
    def text(self) -> str:
        """The source, where it is known."""
        return (self.span.text or "").strip().split("\n")[0]

    def add(self, account: Account, peak: list[int] | None) -> None:
        """Adds one place on the line."""
        for name in COUNTED:
            self.figures[name] += getattr(account, name)
        for name, count in account.operations.items():
            self.operations[name] = self.operations.get(name, 0) + count
        if peak is not None:
            self.peak = [a + b for a, b in zip(self.peak, peak)]


def by_line(accounts: Iterable[Account], peaks: dict[Account, list[int]]) -> list[Line]:
    """The sums by line, in the order of the source."""
    lines: dict[tuple[str, int], Line] = {}
    for account in accounts:
        line = Line(account.span)
        lines.setdefault(line.key, line).add(account, peaks.get(account))
    return [lines[key] for key in sorted(lines)]
