"""What diagnosis costs: the source positions that are always recorded, and an open ledger.

    python benchmarks/ledger.py

Ratios of neighbouring runs, so that a machine whose speed drifts slows both alike; the median of all pairs is printed.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from statistics import median
from sys import _getframe
from time import perf_counter
from typing import Any

import mutagrad
from mutagrad import nn
from mutagrad.modes import count_extra

PAIRS = 15


def seconds(run: Callable[[], Any]) -> float:
    """How long a run takes."""
    start = perf_counter()
    run()
    return perf_counter() - start


def paired(first: Callable[[], Any], second: Callable[[], Any]) -> float:
    """The median over pairs of neighbouring runs of how many times as long the second takes."""
    first(), second()
    return median(seconds(second) / seconds(first) for _ in range(PAIRS))


def operations(count: int = 3000) -> None:
    """Recorded multiplications of four elements."""
    x, w = mutagrad.ones(4, requires_grad=True), mutagrad.ones(4)
    for _ in range(count):
        x * w


OUTSIDE = frozenset([__file__])


def position() -> bool:
    """What recording a position adds to an operation."""
    frame = _getframe(1)
    code = frame.f_code
    frame.f_lasti  # noqa: B018  to read it is what is timed
    return code.co_filename not in OUTSIDE


def nothing() -> bool:
    """A call of a function, to be taken off."""
    return False


def positions(count: int = 3000) -> None:
    """The positions of so many operations."""
    for _ in range(count):
        position()


def calls(count: int = 3000) -> None:
    """As many calls that do nothing."""
    for _ in range(count):
        nothing()


def chain() -> None:
    """Forty operations of four elements, some in place, and back."""
    x = mutagrad.ones(4, requires_grad=True)
    for _ in range(10):
        h = x * 1.01
        for _ in range(20):
            h = h.sin() * 1.1
        h[:2] = 0
        h.sum().backward()


def training(width: int, batch: int) -> Callable[[], None]:
    """Five steps of a network with two hidden layers."""
    mutagrad.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(width, width), nn.ReLU(inplace=True), nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 10)
    )
    optimizer = mutagrad.optim.Adam(model.parameters())
    x, y = mutagrad.rand(batch, width), mutagrad.randint(0, 10, (batch,))

    def steps() -> None:
        for _ in range(5):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()

    return steps


def under_the_ledger(run: Callable[[], Any]) -> Callable[[], None]:
    """A run with a ledger open."""

    def kept() -> None:
        with mutagrad.ledger():
            run()

    return kept


def generally(run: Callable[[], Any]) -> Callable[[], None]:
    """A run of which all calls take the general way, as under any mode."""

    def counted() -> None:
        count_extra(1)
        with nullcontext():
            run()
        count_extra(-1)

    return counted


def main() -> None:
    share = paired(operations, positions) - paired(operations, calls)
    print(f"source position, of an operation of size 4         {100 * share:5.1f} %")
    workloads = {
        "operations of size 4, recorded": operations,
        "chains of size 4, forward and back": chain,
        "training step, width 64, batch 32": training(64, 32),
        "training step, width 256, batch 128": training(256, 128),
        "training step, width 512, batch 256": training(512, 256),
    }
    print(f"{'times as long:':50} {'general calls':>14} {'ledger':>8} {'ledger / general':>17}")
    for name, run in workloads.items():
        general, ledger = paired(run, generally(run)), paired(run, under_the_ledger(run))
        print(f"{name:50} {general:14.2f} {ledger:8.2f} {paired(generally(run), under_the_ledger(run)):17.2f}")


if __name__ == "__main__":
    main()
