"""A million training steps with the collector off: `python -m tests.lifetime.million [steps]` prints memory as it goes."""

import gc
import sys
import time

from .steps import Training


def resident():
    """The process's resident memory in MiB (Linux)."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096 / 2**20


def main(steps=1_000_000):
    gc.disable()
    training = Training()
    start = time.perf_counter()
    for done in range(steps + 1):
        if done % (steps // 10) == 0:
            print(f"{done:>9} steps {time.perf_counter() - start:7.1f} s  {resident():7.1f} MiB", flush=True)
        training.step()
    print(f"{gc.collect()} objects were left for the collector")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
