"""What a workload is, and the list of all of them.

A workload is a program written once against the common API: `build(torch, n)` makes its data and model with either
library and returns the function that is timed. What PyTorch cannot differentiate without a copy is read through `kept`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Program = Callable[[], object]
GROUPS = "single operations", "small tensors", "in-place loops", "training steps", "in-place activations"


@dataclass(frozen=True)
class Workload:
    """A program, the size `n` at which both libraries are compared, and others for other ends.

    `tiny` is for smoke runs, `many` for measuring memory (where `n` is too small to be seen). `touched(n)` is how many
    elements the program reads or writes; with it the growth of the time with the `sizes` is measured. `what` says in a
    few words what it does.
    """

    group: str
    name: str
    what: str
    build: Callable[[Any, int], Program]
    size: int
    tiny: int
    many: int
    touched: Callable[[int], float] | None

    @property
    def sizes(self) -> list[int]:
        """Four sizes up to the one compared at, each with about half as many elements as the next."""
        assert self.touched is not None
        found = [self.size]
        while len(found) < 4:
            found.append(next(n for n in range(found[-1], 0, -1) if self.touched(n) <= self.touched(found[-1]) / 2))
        return found[::-1]


WORKLOADS: dict[str, Workload] = {}


def in_order() -> list[Workload]:
    """All workloads, by group."""
    return sorted(WORKLOADS.values(), key=lambda each: GROUPS.index(each.group))


def workload(
    group: str,
    name: str,
    size: int,
    tiny: int,
    many: int | None = None,
    touched: Callable[[int], float] | None = None,
) -> Callable[[Callable[[Any, int], Program]], Callable[[Any, int], Program]]:
    """Lists the decorated `build`."""

    def enter(build: Callable[[Any, int], Program]) -> Callable[[Any, int], Program]:
        what = (build.__doc__ or "").strip().rstrip(".")
        WORKLOADS[name] = Workload(group, name, what, build, size, tiny, many or size, touched)
        return build

    return enter


def kept(torch: Any, x: Any) -> Any:
    """`x`, which is written over before the backward pass: PyTorch has to be given a copy."""
    return x.clone() if torch.__name__ == "torch" else x
