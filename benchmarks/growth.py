"""Time of forward plus backward against n, for loops that touch an array piece by piece.

    python benchmarks/growth.py [--picture FILE]

The slope of a straight line through log(time) against log(elements touched) is 1 where the cost is proportional. The
same loops under PyTorch need a clone() to run at all, which makes them quadratic; they are measured where it is
installed, up to the size that takes two seconds.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from typing import Any

import mutagrad

SIZES = [4_000, 8_000, 16_000, 32_000, 64_000]


def reads(xp: Any, n: int, keep: Callable) -> None:
    """Sums an array element by element."""
    x = xp.ones(n, requires_grad=True)
    total = xp.zeros(())
    for i in range(n):
        total = total + x[i]
    total.backward()


def writes(xp: Any, n: int, keep: Callable) -> None:
    """Writes an array element by element."""
    x = xp.ones(n, requires_grad=True)
    y = xp.zeros(n)
    for i in range(n):
        y[i] = x[i]
    y.sum().backward()


def recurrence(xp: Any, n: int, keep: Callable) -> None:
    """d[i] = d[i-1] * w[i] + w[i-1], in place."""
    w = xp.full((n,), 0.5, requires_grad=True)
    d = xp.zeros(n)
    for i in range(1, n):
        d[i] = keep(d[i - 1]) * w[i] + w[i - 1]
    d.sum().backward()


def columns(xp: Any, n: int, keep: Callable) -> None:
    """Each column of a row-major matrix of 16 rows from the one before it."""
    w = xp.full((16, n // 16), 0.5, requires_grad=True)
    d = xp.zeros(16, n // 16)
    for j in range(1, n // 16):
        d[:, j] = keep(d[:, j - 1]) * w[:, j]
    d.sum().backward()


PROGRAMS = [reads, writes, recurrence, columns]


def seconds(program: Callable, xp: Any, n: int, keep: Callable) -> float:
    start = time.perf_counter()
    program(xp, n, keep)
    return time.perf_counter() - start


def slope(sizes: list[int], times: list[float]) -> float:
    """The slope of the least-squares line through the logarithms."""
    x, y = [math.log(n) for n in sizes], [math.log(t) for t in times]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y)) / sum((a - mean_x) ** 2 for a in x)


def peers() -> list[tuple[str, Any, Callable]]:
    """The libraries to measure: mutagrad, and PyTorch with clones where it is installed."""
    found: list[tuple[str, Any, Callable]] = [("mutagrad", mutagrad, lambda x: x)]
    try:
        import torch
    except ImportError:
        return found
    torch.set_num_threads(1)
    return [*found, ("PyTorch, clone()", torch, lambda x: x.clone())]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--picture", help="file to draw the times into (needs matplotlib)")
    picture = parser.parse_args().picture
    curves = {}
    for program in PROGRAMS:
        for name, xp, keep in peers():
            times: list[float] = []
            for n in SIZES:
                times.append(min(seconds(program, xp, n, keep) for _ in range(3 if name == "mutagrad" else 1)))
                if times[-1] > 2 and name != "mutagrad":
                    break
            sizes = SIZES[: len(times)]
            curves[program.__name__, name] = (sizes, times)
            figures = "  ".join(f"{t:7.3f}" for t in times)
            print(
                f"{program.__name__:11s} {name:17s} slope {slope(sizes, times):4.2f}   seconds at {SIZES[0]:,}...: {figures}"
            )
    if picture:
        draw(curves, picture)


def draw(curves: dict, path: str) -> None:
    """One panel for each program, time against n on logarithmic axes."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(
        1, len(PROGRAMS), figsize=(3.4 * len(PROGRAMS), 3.2), sharey=True, layout="constrained"
    )
    for axis, program in zip(axes, PROGRAMS):
        for (title, name), (sizes, times) in curves.items():
            if title == program.__name__:
                axis.loglog(sizes, times, marker="o", label=name)
        axis.set_title(program.__name__)
        axis.set_xlabel("n")
        axis.set_xticks([4_000, 16_000, 64_000], ["4k", "16k", "64k"])
        axis.minorticks_off()
        axis.grid(True, which="both", alpha=0.2)
    axes[0].set_ylabel("seconds, forward and backward")
    axes[0].legend(frameon=False)
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    main()
