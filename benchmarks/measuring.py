"""Two libraries measured in turn, so that a machine whose speed drifts slows both alike.

A `Result` holds what was measured of one workload: times in pairs of neighbouring calls, the growth of the time, and the
peak of memory. Comparisons are medians of paired ratios (mutagrad / PyTorch): below one, mutagrad is ahead.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import sleep
from types import MappingProxyType
from typing import Any

from workloads import Workload

WORKER = Path(__file__).with_name("worker.py")
LEDGER = Path(__file__).with_name("ledger.py")
SMALLEST = 1 << 18  # bytes of a peak of memory that can be compared
LONG_ENOUGH = 0.06  # seconds that a measurement takes at least, in as many calls as that needs
PAUSE = (
    0.15  # seconds: when a library has had its turn, threads of BLAS and OpenMP look for more work for about so long
)


# Freed memory goes back to the system at once, so that what is resident is what is held.
EXACT = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}


def environment(threads: int) -> dict[str, str]:
    """The worker's: so many threads, and each library with the kernels that suit the processor."""
    kept = {name: value for name, value in os.environ.items() if name != "OPENBLAS_CORETYPE"}
    return {**kept, **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))}


class Process:
    """A process that runs workloads with one library; see `worker.py`."""

    def __init__(self, library: str, threads: int, more: Mapping[str, str] = MappingProxyType({})) -> None:
        self.pipe = subprocess.Popen(
            [sys.executable, str(WORKER), library],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**environment(threads), **more},
        )

    def ask(self, *request: Any) -> Any:
        """The answer to a request."""
        assert self.pipe.stdin is not None and self.pipe.stdout is not None
        self.pipe.stdin.write(json.dumps(request) + "\n")
        self.pipe.stdin.flush()
        answer = self.pipe.stdout.readline()
        if not answer:
            raise RuntimeError(f"no answer to {request}")
        return json.loads(answer)

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *exc: object) -> None:
        assert self.pipe.stdin is not None
        self.pipe.stdin.close()
        self.pipe.wait()


@dataclass
class Result:
    """What was measured of a workload: by library the seconds of each round and the peak of memory in bytes.

    `growth` holds for each library the sizes and seconds.
    """

    workload: Workload
    times: dict[str, list[float]]
    peaks: dict[str, int] = field(default_factory=dict)
    growth: dict[str, list[tuple[int, float]]] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """The median of the ratios of paired times; None where one library was measured alone."""
        return median(a / b for a, b in zip(*self.times.values())) if len(self.times) == 2 else None

    @property
    def memory_ratio(self) -> float | None:
        """The ratio of the peaks of memory; None where they are too small to be told from a page or two."""
        if min(self.peaks.values(), default=0) < SMALLEST or len(self.peaks) < 2:
            return None
        return self.peaks["mutagrad"] / self.peaks["torch"]

    @property
    def slope(self) -> float | None:
        """How the logarithm of our time grows with that of the elements touched: one where it is proportional."""
        points = self.growth.get("mutagrad", [])
        if len(points) < 2:
            return None
        touched = self.workload.touched
        assert touched is not None
        return slope([math.log(touched(n)) for n, _ in points], [math.log(t) for _, t in points])


def slope(x: list[float], y: list[float]) -> float:
    """The slope of the least-squares line."""
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y)) / sum((a - mean_x) ** 2 for a in x)


def measure(processes: dict[str, Process], workload: Workload, size: int, rounds: int) -> Result:
    """The times of a workload in `rounds` pairs; who goes first takes turns."""
    repeats = {}
    for library, process in processes.items():
        process.ask("build", workload.name, size)
        repeats[library] = max(1, math.ceil(LONG_ENOUGH / process.ask("time", 1))) if rounds > 1 else 1
    times: dict[str, list[float]] = {library: [] for library in processes}
    for turn in range(rounds):
        for library in list(processes)[:: -1 if turn % 2 else 1]:
            if rounds > 1:
                sleep(PAUSE)
                processes[library].ask("time", 1)  # caches are cold now
            times[library].append(processes[library].ask("time", repeats[library]))
    return Result(workload, times)


def grow(processes: dict[str, Process], workload: Workload, sizes: list[int]) -> dict[str, list[tuple[int, float]]]:
    """The best of three times at each size, by library."""
    found: dict[str, list[tuple[int, float]]] = {library: [] for library in processes}
    for n in sizes:
        for library, process in processes.items():
            process.ask("build", workload.name, n)
            found[library].append((n, min(process.ask("time", 1) for _ in range(3))))
    return found


def peaks(libraries: list[str], threads: int, workload: Workload, size: int) -> dict[str, int]:
    """The peak of memory with each library, in a process of its own."""
    found = {}
    for library in libraries:
        with Process(library, threads, EXACT) as process:
            found[library] = process.ask("peak", workload.name, workload.tiny, size)
    return found


def import_times(libraries: list[str], threads: int, rounds: int) -> dict[str, list[float]]:
    """The seconds of import and first result, in turn, each in a fresh process."""
    times: dict[str, list[float]] = {library: [] for library in libraries}
    for _ in range(rounds):
        for library in libraries:
            command = [sys.executable, str(WORKER), library, "first result"]
            run = subprocess.run(command, check=True, capture_output=True, text=True, env=environment(threads))
            times[library].append(float(run.stdout))
    return times


def costs_of_diagnosis(threads: int, quick: bool) -> str:
    """The table that `ledger.py` prints, of mutagrad alone."""
    command = [sys.executable, str(LEDGER), *["--quick"] * quick]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment(threads)).stdout.strip()
