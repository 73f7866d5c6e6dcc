"""What happens when memory that a gradient still needs is about to be written: the overwrite policy.

Under `"preserve"` the saved region is copied once, just before it is lost; under `"error"` it is marked lost, and
`backward()` raises if it needs it; under `"torch"` any write to the storage counts as a loss, as in PyTorch. The
policy belongs to the thread; its first value comes from the environment variable `MUTAGRAD_OVERWRITE`.

The counters here are the process-wide account of what the policy did.
"""

from __future__ import annotations

import os
import threading
from time import perf_counter_ns
from types import CodeType
from typing import NamedTuple

from mutagrad.modes import count_extra
from mutagrad.report.spans import Span, caller_position

PLACES = 4096  # so many places are counted apart, the latest
POLICIES = ("preserve", "error", "torch")


def _checked(policy: str) -> str:
    if policy not in POLICIES:
        raise ValueError(f"the overwrite policy must be one of {', '.join(map(repr, POLICIES))} but is {policy!r}")
    return policy


class _Policy(threading.local):
    name = "preserve"

    def __init__(self) -> None:
        self.choose(os.environ.get("MUTAGRAD_OVERWRITE", "preserve"))

    def choose(self, name: str) -> None:
        """Sets the policy. Under "torch" calls are general ones: they refuse some writes that PyTorch refuses."""
        count_extra((_checked(name) == "torch") - (self.name == "torch"))
        self.name = name


policy = _Policy()


class set_overwrite_policy:
    """Sets what a write to memory does that a gradient still needs, for this thread; also a context manager.

    `policy` is `"preserve"` (keep a copy, the gradient is right), `"error"` (`backward()` raises if it needs the lost
    value) or `"torch"` (`backward()` raises after any write to the saved value's storage, as PyTorch does, and the
    outputs of `split` and `unbind` may not be written).
    Raises ValueError for any other name.

    >>> import mutagrad
    >>> with mutagrad.set_overwrite_policy("error"):
    ...     mutagrad.get_overwrite_policy()
    'error'
    """

    def __init__(self, policy_name: str) -> None:
        self.previous = policy.name
        policy.choose(policy_name)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: object) -> None:
        policy.choose(self.previous)


def get_overwrite_policy() -> str:
    """The overwrite policy of this thread: `"preserve"`, `"error"` or `"torch"`."""
    return policy.name


class OverwriteStatistics(NamedTuple):
    """Counts since the process began.

    `overwritten`: saved values of live graphs that were written over. `copies`: copies made to keep them (several
    saved values of one region share a copy). `bytes_kept`: the size of those copies in bytes. `seconds`: the time that the
    policy took for what was overwritten, most of it for the copies.
    `by_line` has the same of each line that wrote over saved values, by its file and number. What an operation in place
    keeps of its own target for its own rule is no such write: it counts in the sums alone, and has no time.
    """

    overwritten: int
    copies: int
    bytes_kept: int
    seconds: float
    by_line: dict[str, OverwriteStatistics]


class Counters:
    """The counters as they run; `places` has those of the writes by code object and instruction, as a span has them."""

    def __init__(self) -> None:
        self.overwritten = self.copies = self.bytes_kept = self.nanoseconds = 0
        self.places: dict[tuple[int, int], tuple[CodeType, list[int]]] = {}

    def note_overwritten(self, count: int, copies: int, nbytes: int, began: int) -> None:
        """Counts saved values that a write met; `copies` and `nbytes` are what had been kept before it `began`."""
        took = perf_counter_ns() - began
        self.overwritten += count
        self.nanoseconds += took
        code, instruction = caller_position(3)
        place = self.places.get((id(code), instruction))
        if place is None:
            if len(self.places) == PLACES:  # Code that is made again and again, as in notebooks, must not pile up.
                del self.places[next(iter(self.places))]
            place = self.places[id(code), instruction] = (code, [0, 0, 0, 0])
        sums = place[1]
        sums[0] += count
        sums[1] += self.copies - copies
        sums[2] += self.bytes_kept - nbytes
        sums[3] += took


statistics = Counters()


def overwrite_statistics() -> OverwriteStatistics:
    """A snapshot of the process-wide overwrite counters.

    >>> import mutagrad
    >>> x = mutagrad.ones(3, requires_grad=True)
    >>> h = x * 2
    >>> before = mutagrad.overwrite_statistics()
    >>> y = h.sin()
    >>> _ = h.zero_()
    >>> mutagrad.overwrite_statistics().bytes_kept - before.bytes_kept
    12
    """
    lines: dict[str, OverwriteStatistics] = {}
    for (_, instruction), (code, (overwritten, copies, nbytes, nanoseconds)) in list(statistics.places.items()):
        place = Span(code, instruction).place
        line = lines.get(place, OverwriteStatistics(0, 0, 0, 0.0, {}))
        lines[place] = OverwriteStatistics(
            line.overwritten + overwritten,
            line.copies + copies,
            line.bytes_kept + nbytes,
            line.seconds + nanoseconds / 1e9,
            {},
        )
    return OverwriteStatistics(
        statistics.overwritten, statistics.copies, statistics.bytes_kept, statistics.nanoseconds / 1e9, lines
    )
