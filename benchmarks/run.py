"""Measures every workload beside PyTorch, prints the tables, and writes them and the plot where they belong.

    python benchmarks/run.py --to docs    all of it (a quarter of an hour), for docs/benchmarks.md
    python benchmarks/run.py WORD ...     workloads and groups with one of the words in their names; only printed
    python benchmarks/run.py ledger       what diagnosis costs, of mutagrad alone
    python benchmarks/run.py --quick      a smoke run at tiny sizes; only printed

Without PyTorch, or with --alone, mutagrad is timed alone. Plots need matplotlib, peaks of memory Linux.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
from contextlib import ExitStack
from pathlib import Path

import page
import worker  # noqa: F401  it enters the workloads of every group
from measuring import Process, Result, costs_of_diagnosis, grow, import_times, measure, peaks
from workloads import Workload, in_order


def libraries(alone: bool) -> list[str]:
    """mutagrad, and PyTorch where it is installed and wanted."""
    return ["mutagrad"] if alone or importlib.util.find_spec("torch") is None else ["mutagrad", "torch"]


def chosen(words: list[str]) -> list[Workload]:
    """The workloads with one of the words in their name or their group's; all without words."""
    return [w for w in in_order() if not words or any(word in f"{w.group}: {w.name}" for word in words)]


def run(workload: Workload, processes: dict[str, Process], options: argparse.Namespace) -> Result:
    """All that is measured of one workload."""
    quick, grows = options.quick, workload.touched is not None
    size, rounds = (workload.tiny, 1) if quick else (workload.size, 7 if grows else 15)
    result = measure(processes, workload, size, rounds)
    if grows:
        result.growth = grow(processes, workload, [size, 2 * size] if quick else workload.sizes)
    if options.memory and os.access("/proc/self/clear_refs", os.W_OK):
        result.peaks = peaks(list(processes), options.threads, workload, size if quick else workload.many)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", metavar="WORD", help="parts of the names of workloads and groups")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="where benchmarks.md and growth.png are written")
    parser.add_argument("--quick", action="store_true", help="a smoke run at tiny sizes")
    parser.add_argument("--alone", action="store_true", help="mutagrad without PyTorch")
    parser.add_argument("--no-memory", dest="memory", action="store_false", help="times only")
    parser.add_argument("--threads", type=int, default=2, help="threads of each library")
    options = parser.parse_args()

    names, results = libraries(options.alone), []
    with ExitStack() as stack:
        processes = {name: stack.enter_context(Process(name, options.threads)) for name in names}
        for each in chosen(options.words):
            results.append(run(each, processes, options))
            print(page.line(results[-1]), flush=True)
    imports = import_times(names, options.threads, 1 if options.quick else 7)
    asked = not options.words or "ledger" in options.words
    diagnosis = costs_of_diagnosis(options.threads, options.quick) if asked else ""
    print("\n" + page.tables(results, imports, diagnosis))
    if options.to:
        page.write(options.to, results, imports, diagnosis, options.threads)


if __name__ == "__main__":
    main()
