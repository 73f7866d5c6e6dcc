"""What the book counts for one place of the user's program, and the sums by line that are shown.

A place is a code object and an instruction, as nodes keep it: two references, worked out to a file and a line only when
somebody looks. Times are in nanoseconds, sizes in bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import CodeType

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
_ADDED_UP = ("backward", "overwritten", "copies", "kept")  # the others are sums


class Deed:
    """Something done to memory at a place: its `kind`, how, and for a saved input its `position` in the operation.

    `count` says how often, `nbytes` to how many bytes in all.
    """

    __slots__ = ("kind", "account", "detail", "position", "count", "nbytes")

    def __init__(self, kind: str, account: Account, detail: str, position: int | None) -> None:
        self.kind, self.account, self.detail, self.position = kind, account, detail, position
        self.count = self.nbytes = 0


class Holding:
    """Memory for one cause that one `maker` made at one place: the bytes made there, and those alive now.

    `account` is None for memory that was there before the book was opened.
    """

    __slots__ = ("account", "maker", "cause", "made", "alive", "activations")

    def __init__(self, account: Account | None, maker: str, cause: int) -> None:
        self.account, self.maker, self.cause = account, maker, cause
        self.made = self.alive = 0
        # Where a result goes that a gradient has saved.
        self.activations = None if account is None or cause != RESULTS else account.holding(maker, ACTIVATIONS)


class Tally:
    """The calls of one operation at one place, for one cause: how many, the nanoseconds they took, what they are noted as.

    Results are held as `results`, what is written is noted as `writing`, the value of each slot that is saved as `saving`,
    copies of what an operation in place overwrites are held as `copies`. `replaces` says whether it leaves nothing of that.
    """

    __slots__ = ("account", "name", "count", "elapsed", "results", "writing", "saving", "copies", "replaces")

    def __init__(self, account: Account, name: str, cause: int, saving: list[Deed], replaces: bool) -> None:
        self.account, self.name, self.saving, self.replaces = account, name, saving, replaces
        self.count = self.elapsed = 0
        self.results = account.holding(name, cause)
        self.writing = account.deed("written", name)
        self.copies = account.holding("a copy kept", KEPT)


class Account:
    """The figures of one place: the `tallies` of what it calls, the `holdings` of what it makes, and counts.

    `deeds` is what is done to memory there.
    """

    __slots__ = ("code", "instruction", "tallies", "holdings", "deeds", *_ADDED_UP)

    backward: int
    overwritten: int
    copies: int
    kept: int

    def __init__(self, code: CodeType, instruction: int) -> None:
        self.code, self.instruction = code, instruction
        self.tallies: list[Tally] = []
        self.holdings: dict[tuple[str, int], Holding] = {}
        self.deeds: dict[tuple[str, str], Deed] = {}
        for name in _ADDED_UP:
            setattr(self, name, 0)

    def deed(self, kind: str, detail: str = "", position: int | None = None) -> Deed:
        """What is done there to memory; the same one each time."""
        deed = self.deeds.get((kind, detail))
        if deed is None:
            deed = self.deeds[kind, detail] = Deed(kind, self, detail, position)
        return deed

    def holding(self, maker: str, cause: int) -> Holding:
        """What it holds for a cause that `maker` made; the same one each time."""
        holding = self.holdings.get((maker, cause))
        if holding is None:
            holding = self.holdings[maker, cause] = Holding(self, maker, cause)
        return holding

    @property
    def operations(self) -> dict[str, int]:
        """What it calls, by name, and how often."""
        counts: dict[str, int] = {}
        for tally in self.tallies:
            counts[tally.name] = counts.get(tally.name, 0) + tally.count
        return counts

    @property
    def calls(self) -> int:
        """How many operations it called."""
        return sum(tally.count for tally in self.tallies)

    @property
    def forward(self) -> int:
        """How long they took."""
        return sum(tally.elapsed for tally in self.tallies)

    @property
    def made(self) -> int:
        """The bytes of the buffers made there, kept copies apart."""
        return sum(holding.made for (_, cause), holding in self.holdings.items() if cause != KEPT)

    def _done(self, kind: str) -> list[Deed]:
        return [deed for (each, _), deed in self.deeds.items() if each == kind]

    @property
    def saves(self) -> int:
        """How many values it saved."""
        return sum(deed.count for deed in self._done("saved"))

    @property
    def saved(self) -> int:
        """Their bytes."""
        return sum(deed.nbytes for deed in self._done("saved"))

    @property
    def writes(self) -> int:
        """How many writes it made."""
        return sum(deed.count for deed in self._done("written"))

    @property
    def written(self) -> int:
        """The bytes they wrote."""
        return sum(deed.nbytes for deed in self._done("written"))

    @property
    def views(self) -> int:
        """How many views it took."""
        return sum(deed.count for deed in self._done("viewed"))

    @property
    def live(self) -> list[int]:
        """The bytes it holds now, by cause."""
        sums = [0] * len(CAUSES)
        for (_, cause), holding in self.holdings.items():
            sums[cause] += holding.alive
        return sums

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
