"""Peak memory of training steps, beside PyTorch, each in a process of its own.

    python benchmarks/memory.py

The figure is what the process's resident memory grew by at its peak, over what it was with model and data in place,
in a few steps of forward, backward and an update in place. Linux only (it reads /proc).
"""

from __future__ import annotations

import argparse
import gc
import importlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

WORKLOADS = ["mlp", "deep_in_place", "elementwise"]


def mlp(xp: Any) -> Callable[[], None]:
    """784-1024-1024-10, batch 512."""
    sizes = [784, 1024, 1024, 10]
    weights = [(xp.randn(m, n) * 0.05).requires_grad_() for m, n in pairwise(sizes)]
    x, y = xp.randn(512, 784), xp.randn(512, 10)

    def step() -> None:
        h = x
        for w in weights[:-1]:
            h = (h @ w).relu_()
        loss = ((h @ weights[-1] - y) ** 2).mean()
        loss.backward()
        with xp.no_grad():
            for w in weights:
                w -= 0.01 * w.grad
                w.grad = None

    return step


def deep_in_place(xp: Any) -> Callable[[], None]:
    """Twelve layers of width 512 with activations in place, batch 1024."""
    weights = [(xp.randn(512, 512) * 0.03).requires_grad_() for _ in range(12)]
    x = xp.randn(1024, 512)

    def step() -> None:
        h = x
        for w in weights:
            h = (h @ w).tanh_() + h
        h.sum().backward()
        with xp.no_grad():
            for w in weights:
                w -= 1e-4 * w.grad
                w.grad = None

    return step


def elementwise(xp: Any) -> Callable[[], None]:
    """A chain of elementwise operations on four million elements."""
    w = xp.randn(4_000_000).requires_grad_()

    def step() -> None:
        h = w * 2
        h = (h.sigmoid_() * 3).add_(1).sqrt_()
        (h * h).sum().backward()
        w.grad = None

    return step


def resident() -> int:
    """The resident memory of this process in bytes."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def peak_growth(step: Callable[[], None]) -> int:
    """How far resident memory rose above its start while `step` ran a few times."""
    gc.collect()
    start, peak, done = resident(), [0], threading.Event()

    def watch() -> None:
        while not done.is_set():
            peak[0] = max(peak[0], resident())
            time.sleep(0.0005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for _ in range(4):
        step()
    done.set()
    watcher.join()
    return peak[0] - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--child", nargs=2, metavar=("LIBRARY", "WORKLOAD"), help=argparse.SUPPRESS)
    child = parser.parse_args().child
    if child:
        library = importlib.import_module(child[0])
        print(peak_growth(globals()[child[1]](library)))
        return
    print(f"{'workload':15s} {'mutagrad':>10s} {'PyTorch':>10s} {'ratio':>6s}   (MiB at the peak)")
    for workload in WORKLOADS:
        ours, theirs = (
            int(
                subprocess.run(
                    [sys.executable, __file__, "--child", library, workload], check=True, capture_output=True
                ).stdout
            )
            for library in ("mutagrad", "torch")
        )
        print(f"{workload:15s} {ours / 2**20:10.1f} {theirs / 2**20:10.1f} {ours / theirs:6.2f}")


if __name__ == "__main__":
    main()
