"""What a book has of a program so far: places, memory, and what was found wrong or not needed.

Read first: `accounts.py`, `memory.py`, `findings.py`. Read next: `recorder.py`, which enters what happens.
"""

from __future__ import annotations

from functools import cache
from types import CodeType

from mutagrad.bookkeeping.accounts import CAUSES, DATA, RESULTS, Account, Deed, Holding, Line, Tally, by_line
from mutagrad.bookkeeping.findings import Copy, Hazard, Needless, Saving, Trap, savings_at
from mutagrad.bookkeeping.hazards import Watchlist, role_of
from mutagrad.bookkeeping.memory import Buffer, Memory, new_buffer
from mutagrad.operation import Operation
from mutagrad.report.spans import Span
from mutagrad.storage import Saved, Storage


class Records:
    """The state of a book.

    `accounts` are those of places, `tallies` of an operation, in place or not, at a place, `viewing` what is noted of a view
    taken there, all by the number of a code object, which they keep, so that its number stays its own (the hash of the code
    itself is slow). `clock` says when the call under way began, as a sequence number.

    `lines` are the sums by line, `hazards`, `traps` and `needless` what was found, `memory` what was alive by cause.
    """

    def __init__(self) -> None:
        self.accounts: dict[tuple[int, int], Account] = {}
        self.cause = RESULTS  # what is computed now is for
        self.by_cause: list[dict[tuple[int, int, Operation, bool], Tally]] = [{} for _ in CAUSES]
        self.tallies = self.by_cause[self.cause]
        self.viewing: dict[tuple[int, int, str], Deed] = {}
        self.alive = Memory(self.accounts)
        self.buffers = self.alive.buffers
        self.died = self.alive.journal.append
        self.watchlist = Watchlist()
        self.traps_found: dict[tuple, Trap] = {}
        self.needless_found: dict[tuple[Account, str, str], list[int]] = {}
        self.clones: dict[Account, int] = {}
        self.clock = 0
        self.seconds = 0.0  # for which the book was open

    @property
    def memory(self) -> Memory:
        """What is alive, by cause, and what was."""
        self.alive.settle()
        return self.alive

    @property
    def lines(self) -> list[Line]:
        """The sums by line of the program, in the order of the source."""
        return by_line(self.accounts.values(), self.memory.at_peak)

    @property
    def hazards(self) -> list[Hazard]:
        """Values that gradients needed and that were written before: right here, wrong or an error in PyTorch."""
        return list(self.watchlist.found.values())

    @property
    def traps(self) -> list[Trap]:
        """Lines that do what they say and hardly what was meant."""
        return list(self.traps_found.values())

    @property
    def needless(self) -> list[Needless]:
        """Clones and filled arrays that nothing needed, the largest first."""
        found = [
            Needless(what, reason, account.span, nbytes, count, self.clones.get(account, 0) if what == "clone" else 0)
            for (account, what, reason), (count, nbytes) in self.needless_found.items()
        ]
        return sorted(found, key=lambda each: -each.nbytes)

    @property
    def savings(self) -> list[Saving]:
        """Which lines to change to save most memory at the peak, and how."""
        return savings_at(self.lines)

    # Places, buffers and findings --------------------------------------------------------------------------------------

    def at(self, code: CodeType, instruction: int) -> Account:
        """The account of a place."""
        account = self.accounts.get((id(code), instruction))
        if account is None:
            account = self.accounts[id(code), instruction] = Account(code, instruction)
        return account

    def tally(self, code: CodeType, instruction: int, operation: Operation, suffix: str = "") -> Tally:
        """The tally of an operation at a place, for what is computed now; in place the `suffix` is "_"."""
        key = id(code), instruction, operation, not suffix
        tally = self.tallies.get(key)
        if tally is None:
            account = self.at(code, instruction)
            name = operation.name + suffix
            tally = Tally(account, name, self.cause, saving(operation, account), replaces(operation))
            self.tallies[key] = tally
            account.tallies.append(tally)
        return tally

    def buffer(self, storage: Storage) -> Buffer:
        """What is known of a storage; one not met before was there when the book was opened."""
        return self.alive.find(storage) or self.add_buffer(storage, self.alive.holding(None, "", DATA))

    def add_buffer(self, storage: Storage | Saved, holding: Holding) -> Buffer:
        """A buffer that has come."""
        buffer = new_buffer(storage, self.died, holding, self.clock)
        self.alive.enter(buffer)
        return buffer

    def add_trap(self, kind: str, headline: str, span: Span | None, advice: str | None = None) -> None:
        """Enters a trap, or one more time of it."""
        key = kind, headline, span
        if key in self.traps_found:
            self.traps_found[key].count += 1
        else:
            self.traps_found[key] = Trap(kind, headline, span, advice)

    def add_needless(self, buffer: Buffer, what: str, reason: str) -> None:
        """Enters a buffer that nothing needed."""
        if buffer.account is not None:
            found = self.needless_found.setdefault((buffer.account, what, reason), [0, 0])
            found[0] += 1
            found[1] += buffer.nbytes

    def decide(self, copy: Copy) -> None:
        """A clone is gone, or its original: whether it was needed is known."""
        if not copy.is_needed and not copy.source.is_lent and not copy.copy.is_lent:
            self.add_needless(copy.copy, "clone", copy.reason)


def saving(operation: Operation, account: Account) -> list[Deed]:
    """What is noted of the memory of each value that an operation saves at a place."""
    return [
        account.deed("saved", f"the gradient of {operation.name}, as its {role_of(operation, slot)}", position)
        for slot, position in enumerate(operation.saved_input)
    ]


@cache
def replaces(operation: Operation) -> bool:
    """Whether an operation, in place, leaves nothing of what was there, and so does not read its target."""
    part = "remained" in operation.named  # at the positions of an index
    return bool(operation.rules) and operation.rules[0] is None and operation.joint is None and not part
