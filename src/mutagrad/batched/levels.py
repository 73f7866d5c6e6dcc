"""The levels of `vmap`: which are open, of what size, and what chance does in them.

A level is one call of `vmap` (of one chunk). Levels are numbered as they are opened, so those inside have the larger
numbers. An array that differs from sample to sample at a level has a hidden dimension for it: see `array.py`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from mutagrad.modes import count_extra

_numbers = count(1)


class Unbatchable(TypeError):
    """Raised where code that works on plain arrays meets one with hidden dimensions."""


class Level:
    """One level: its `number`, the `size` of its dimension, and its `randomness`: "error", "different" or "same"."""

    __slots__ = ("number", "size", "randomness", "__weakref__")

    def __init__(self, size: int, randomness: str) -> None:
        self.number = next(_numbers)
        self.size = size
        self.randomness = randomness


class _State(threading.local):
    levels: tuple[Level, ...] = ()  # those that are open in this thread, the outermost first


state = _State()
entered = [False]
"""Whether any level was ever opened: only then may a reverse pass meet hidden dimensions."""


@contextmanager
def closed(level: Level) -> Iterator[None]:
    """A block in which a level is closed: what it hid stands shown."""
    before = state.levels
    state.levels = tuple([each for each in before if each is not level])
    try:
        yield
    finally:
        state.levels = before


@contextmanager
def opened(size: int, randomness: str = "error") -> Iterator[Level]:
    """A level for the duration of a block."""
    level = Level(size, randomness)
    before = state.levels
    state.levels = (*before, level)
    entered[0] = True
    count_extra(1)
    try:
        yield level
    finally:
        count_extra(-1)
        state.levels = before
