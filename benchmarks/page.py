"""What was measured as tables in Markdown and as a plot, and into `docs/`.

`write` puts the tables between the two marks in `docs/benchmarks.md` and draws `docs/growth.png`.
"""

from __future__ import annotations

import math
import os
import platform
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

from measuring import Result

MARKS = "<!-- measured -->", "<!-- measured: end -->"


def milliseconds(times: list[float]) -> str:
    """The median of times, with three digits."""
    return f"{median(times) * 1000:.3g}"


def line(result: Result) -> str:
    """One line for the terminal."""
    seconds = "  ".join(f"{library} {milliseconds(times):>7} ms" for library, times in result.times.items())
    ratios = (("ratio", result.ratio), ("memory", result.memory_ratio), ("slope", result.slope))
    figures = "".join(f"  {name} {value:.2f}" for name, value in ratios if value is not None)
    return f"{result.workload.group:20s} {result.workload.name:28s} {seconds}{figures}"


def tables(results: list[Result], imports: dict[str, list[float]], diagnosis: str) -> str:
    """A table for each group, that of what diagnosis costs, and the time of the import."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.workload.group, []).append(result)
    parts = [_table(group, members) for group, members in groups.items()]
    parts += [diagnosis] * bool(diagnosis) + [_import_line(imports)]
    return "\n\n".join(parts)


def _table(group: str, results: list[Result]) -> str:
    grows, peaks = any(result.growth for result in results), any(result.peaks for result in results)
    head = ["workload", "mutagrad, ms", "PyTorch, ms", "ratio"] + ["peak, MiB", "PyTorch's", "ratio"] * peaks
    rows = [head + ["slope"] * grows, ["---"] * (len(head) + grows)]
    for result in results:
        row = [f"`{result.workload.name}`" if re.search(r"\W\W|\(", result.workload.name) else result.workload.name]
        row += [*_filled(map(milliseconds, result.times.values())), _figure(result.ratio)]
        if peaks:
            row += [*_filled(f"{peak / 2**20:.1f}" for peak in result.peaks.values()), _figure(result.memory_ratio)]
        rows.append(row + [_figure(result.slope)] * grows)
    means = ["geometric mean", "", "", _mean([result.ratio for result in results])]
    means += ["", "", _mean([result.memory_ratio for result in results])] * peaks
    rows.append(means + [""] * grows)
    return f"### {group.capitalize()}\n\n" + "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _filled(figures: Iterable[str]) -> list[str]:
    found = list(figures)
    return found + [""] * (2 - len(found))


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _mean(values: list[float | None]) -> str:
    known = [math.log(value) for value in values if value is not None and value > 0]
    return f"{math.exp(sum(known) / len(known)):.2f}" if known else ""


def _import_line(imports: dict[str, list[float]]) -> str:
    figures = [f"{name} {median(times):.2f} s" for name, times in imports.items()]
    return f"Import and first result, in a fresh process: {', '.join(figures)}."


def machine(threads: int) -> str:
    """When, where and with what the figures were measured."""
    found = []
    for package in ("numpy", "scipy", "torch"):
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    load = f", load average {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with Python {platform.python_version()}, {', '.join(found)} on "
        f"{_processor()} ({os.cpu_count()} processors, {platform.system()}), {threads} threads each{load}."
    )


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()
    names = re.findall(r"model name\s*: (.*)", text)
    return names[0] if names else platform.machine()


def write(docs: Path, results: list[Result], imports: dict[str, list[float]], diagnosis: str, threads: int) -> None:
    """The tables into `benchmarks.md`, between the marks, and the plot beside it."""
    document = docs / "benchmarks.md"
    before, _, rest = document.read_text().partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    measured = f"{machine(threads)}\n\n{tables(results, imports, diagnosis)}"
    document.write_text(f"{before.rstrip()}\n\n{MARKS[0]}\n\n{measured}\n\n{MARKS[1]}\n{after}")
    draw([result for result in results if result.growth], docs / "growth.png")


def draw(results: list[Result], file: Path) -> None:
    """One panel for each loop: time against n on logarithmic axes, with the slopes against elements touched."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from matplotlib.ticker import NullFormatter

    columns = 4
    rows = math.ceil(len(results) / columns)
    figure, axes = pyplot.subplots(rows, columns, figsize=(3.2 * columns, 2.8 * rows), layout="constrained")
    for axis, result in zip(axes.flat, results):
        sizes = [n for n, _ in result.growth["mutagrad"]]
        for library, points in result.growth.items():
            name = "PyTorch" if library == "torch" else library
            axis.loglog([n for n, _ in points], [t for _, t in points], marker="o", label=name)
        axis.set_title(f"{result.workload.name}: slope {result.slope:.2f}", fontsize=10)
        axis.set_xticks(sizes, [f"{n:,}" for n in sizes])
        axis.xaxis.set_minor_formatter(NullFormatter())
        axis.grid(True, which="both", alpha=0.2)
    for axis in axes.flat[len(results) :]:
        axis.set_visible(False)
    for axis in axes[:, 0]:
        axis.set_ylabel("seconds, forward and backward")
    axes.flat[0].legend(frameon=False)
    figure.savefig(file, dpi=120)
