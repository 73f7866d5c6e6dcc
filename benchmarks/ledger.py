"""What diagnosis costs: the source positions that are always recorded, and an open ledger.

    python benchmarks/ledger.py [--quick]

Ratios of neighbouring runs, so that a machine whose speed drifts slows both alike; the median of all pairs is printed, as
the table that `run.py` puts into `docs/benchmarks.md`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from statistics import median
from sys import _getframe
from time import perf_counter
from typing import Any

import mutagrad
from mutagrad import nn

PAIRS = 1 if "--quick" in sys.argv else 15


def seconds(run: Callable[[], Any]) -> float:
    """How long a run takes."""
    start = perf_counter()
    run()
    return perf_counter() - start


def paired(first: Callable[[], Any], second: Callable[[], Any]) -> float:
    """The median over pairs of neighbouring runs of how many times as long the second takes."""
    first(), second()
    return median(seconds(second) / seconds(first) for _ in range(PAIRS))


def repeated(operation: Callable[[Any, Any], object], count: int = 1000) -> Callable[[], None]:
    """An operation on four elements that require grad and four that do not, so many times."""
    x, w = mutagrad.ones(4, requires_grad=True), mutagrad.ones(4)

    def run() -> None:
        for _ in range(count):
            operation(x, w)

    return run


def elements(count: int = 200) -> None:
    """An array that is filled element by element, forward and back."""
    d, v = mutagrad.zeros(count), mutagrad.ones(count, requires_grad=True)
    for i in range(1, count):
        d[i] = d[i - 1] * v[i] + v[i - 1]
    d.sum().backward()


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


def positions(count: int = 1000) -> None:
    """The positions of so many operations."""
    for _ in range(count):
        position()


def calls(count: int = 1000) -> None:
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


def main() -> None:
    mul = repeated(lambda x, w: x * w)
    workloads = {
        "`x * w`, size 4, recorded": mul,
        "`x + w`": repeated(lambda x, w: x + w),
        "`x.sin()`": repeated(lambda x, w: x.sin()),
        "`x.sum()`": repeated(lambda x, w: x.sum()),
        "`(x * w).mul_(w)`": repeated(lambda x, w: (x * w).mul_(w)),
        "`w[1:3]`": repeated(lambda x, w: w[1:3]),
        "`x * w` with a `backward()` of its own": repeated(lambda x, w: (x * w).sum().backward(), 200),
        "`x.sin()` with a `backward()` of its own": repeated(lambda x, w: x.sin().sum().backward(), 200),
        "`(x * w).mul_(w)` with a `backward()` of its own": repeated(
            lambda x, w: (x * w).mul_(w).sum().backward(), 200
        ),
        "chains of size 4, forward and back": chain,
        "a loop over elements, forward and back": elements,
        "training step, width 64, batch 32": training(64, 32),
        "training step, width 256, batch 128": training(256, 128),
    }
    if PAIRS > 1:
        workloads["training step, width 512, batch 256"] = training(512, 256)
    print("### Ledger\n\n| what is kept | workload | times as long |\n| --- | --- | --- |")
    share = paired(mul, positions) - paired(mul, calls)
    print(f"| source positions, always on | `x * w`, size 4, recorded | {1 + share:.3f} |")
    for name, run in workloads.items():
        print(f"| an open ledger | {name} | {paired(run, under_the_ledger(run)):.2f} |", flush=True)


if __name__ == "__main__":
    main()
