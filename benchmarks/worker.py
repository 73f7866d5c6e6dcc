"""The process that runs workloads with one library, for `run.py`: `python benchmarks/worker.py LIBRARY`.

It answers each line it reads, a request such as `["build", "LU", 240]`, with one line. Each library has a process of
its own, so that neither disturbs the other's threads, memory or garbage collector.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import time
from typing import Any

import in_place_loops  # noqa: F401  each enters its workloads
import small_tensors  # noqa: F401
import training_steps  # noqa: F401
from workloads import WORKLOADS, Program


class Worker:
    """One library and the program that was built last."""

    def __init__(self, library: str) -> None:
        self.torch = importlib.import_module(library)
        if library == "torch":
            self.torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))

    def build(self, name: str, size: int) -> None:
        """Makes a workload's program, and runs it once: what is made at the first call is not timed."""
        self.program: Program | None = None
        gc.collect()
        self.program = WORKLOADS[name].build(self.torch, size)
        self.program()

    def time(self, repeats: int) -> float:
        """The seconds of a call, of `repeats` in a row; the collector starts fresh and runs as the library leaves it."""
        program = self.program
        assert program is not None
        gc.collect()
        start = time.perf_counter()
        for _ in range(repeats):
            program()
        return (time.perf_counter() - start) / repeats

    def peak(self, name: str, tiny: int, size: int) -> int:
        """The bytes by which model, data and three calls of the program raise the process's memory at its peak.

        A tiny run and a large product come first, so that what the library loads and keeps for itself (the memory in
        which products are packed) does not count.
        """
        self.build(name, tiny)
        matrix = self.torch.ones(1024, 1024)
        matrix @ matrix
        del matrix
        self.program = None
        gc.collect()
        start = _resident("VmRSS")
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")  # the peak begins anew
        program = WORKLOADS[name].build(self.torch, size)
        for _ in range(3):
            program()
        return _resident("VmHWM") - start


def _resident(field: str) -> int:
    """The resident memory of this process, or its peak, in bytes, as Linux counts it."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(field))


def first_result(library: str) -> float:
    """The seconds from the beginning of the import to the first result."""
    start = time.perf_counter()
    torch: Any = importlib.import_module(library)
    torch.ones(2) + 1
    return time.perf_counter() - start


def main() -> None:
    library, *request = sys.argv[1:]
    if request:
        print(first_result(library))
        return
    worker = Worker(library)
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        print(json.dumps(getattr(worker, name)(*arguments)), flush=True)


if __name__ == "__main__":
    main()
