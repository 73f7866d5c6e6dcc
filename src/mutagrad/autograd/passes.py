"""The passes that run in a thread, the innermost last, each with its number."""

from __future__ import annotations

import threading

from mutagrad.engine import Pass


class _Running(threading.local):
    def __init__(self) -> None:
        self.passes: list[tuple[int, Pass]] = []


running = _Running()
