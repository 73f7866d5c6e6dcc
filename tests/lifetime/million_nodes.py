"""Graphs of a million nodes, one behind the other: `python -m tests.lifetime.million_nodes [nodes]` prints time and memory.

Under the default recursion limit, and on the stack that the shell sets.
"""

import sys
import time
from itertools import pairwise

import mutagrad as torch

from .million import resident
from .test_depth import PROGRAMS


def main(nodes=1_000_000):
    print(f"{nodes} nodes, recursion limit {sys.getrecursionlimit()}")
    for program in PROGRAMS:
        x = torch.tensor([0.5, 1.0], dtype=torch.float64, requires_grad=True)
        before, times = resident(), [time.perf_counter()]
        y = program(x, nodes)
        times.append(time.perf_counter())
        memory = resident() - before
        y.sum().backward(retain_graph=True)
        times.append(time.perf_counter())
        del y
        times.append(time.perf_counter())
        built, gone_through, freed = (after - start for start, after in pairwise(times))
        print(
            f"{program.__name__:>15}: built in {built:.1f} s ({memory:.0f} MiB), gone through in {gone_through:.1f} s, "
            f"freed in {freed:.1f} s; gradient {x.grad.tolist()}; {resident() - before:.0f} MiB are left",
            flush=True,
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
