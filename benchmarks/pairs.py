"""Two programs measured in turn, A B A B ..., so that a machine whose speed drifts slows both alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Pair:
    """Medians in seconds of a call of each program, and the median of the ratios of neighbouring calls."""

    ours: float
    theirs: float
    ratio: float


def seconds(program: Callable[[], object], repeats: int) -> float:
    """The time of one of `repeats` calls in a row, collector at rest."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        for _ in range(repeats):
            program()
        return (time.perf_counter() - start) / repeats
    finally:
        gc.enable()


def measure(ours: Callable[[], object], theirs: Callable[[], object], rounds: int = 21, lasting: float = 0.02) -> Pair:
    """Measures both in turn for `rounds` rounds; each round of a program lasts about `lasting` seconds."""
    for program in (ours, theirs):
        program()
    repeats = [max(1, int(lasting / seconds(program, 3))) for program in (ours, theirs)]
    first, second = [], []
    for _ in range(rounds):
        first.append(seconds(ours, repeats[0]))
        second.append(seconds(theirs, repeats[1]))
    ratio = statistics.median(a / b for a, b in zip(first, second))
    return Pair(statistics.median(first), statistics.median(second), ratio)
