"""Where the time of a workload goes, line by line: `python benchmarks/hot_lines.py --to docs` writes docs/hot_lines.txt.

The clock on the wall interrupts the program every millisecond: a matrix product that BLAS shares between two processors
weighs what it takes, not twice as much. What is counted is the innermost line of the library or of the workload; a line
that calls NumPy stands for what NumPy does there.

    python benchmarks/hot_lines.py WORKLOAD ...    other workloads; only printed
"""

from __future__ import annotations

import argparse
import linecache
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

import worker  # noqa: F401  it enters the workloads of every group
from workloads import WORKLOADS

CHOSEN = "h * w", "residual net", "GPT, AdamW"  # a chain of small operations, and the steps with the most of their own
SECONDS, SHOWN = 10.0, 25
Line = tuple[str, str, int]


def sample(program: Any, seconds: float) -> Counter[Line]:
    """How often each line was running, in so many seconds of the program."""
    found: Counter[Line] = Counter()

    def note(number: int, frame: FrameType | None) -> None:
        while frame is not None and not any(part in frame.f_code.co_filename for part in ("mutagrad/", "benchmarks/")):
            frame = frame.f_back
        if frame is not None:
            found[frame.f_code.co_filename, frame.f_code.co_name, frame.f_lineno or 0] += 1

    program()
    signal.signal(signal.SIGALRM, note)
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        program()
    signal.setitimer(signal.ITIMER_REAL, 0)
    return found


def table(name: str, found: Counter[Line]) -> str:
    """The lines with the most of the time, and files, in per cent."""
    total = max(found.total(), 1)
    files: Counter[str] = Counter()
    for (file, _, _), count in found.items():
        files[short(file)] += count
    shares = [f"{100 * count / total:5.1f} %  {file}" for file, count in files.most_common(10)]
    lines = [
        f"{100 * count / total:5.1f} %  {short(file) + ':' + str(number):40} {linecache.getline(file, number).strip()[:90]}"
        for (file, _, number), count in found.most_common(SHOWN)
    ]
    return "\n".join([f"{name}: by file", *shares, "", f"{name}: by line", *lines, ""])


def short(file: str) -> str:
    """The path within the library or the benchmarks."""
    return file.rpartition("src/mutagrad/")[2] if "mutagrad/" in file else "benchmarks/" + Path(file).name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=CHOSEN, metavar="WORKLOAD")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="where hot_lines.txt is written")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each workload")
    options = parser.parse_args()
    import mutagrad

    tables = []
    for name in options.names:
        workload = WORKLOADS[name]
        tables.append(table(name, sample(workload.build(mutagrad, workload.size), options.seconds)))
        print(tables[-1], flush=True)
    if options.to:
        (options.to / "hot_lines.txt").write_text("\n".join(tables))


if __name__ == "__main__":
    sys.exit(main())
