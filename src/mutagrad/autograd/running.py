"""The passes that run in a thread, one inside another where hooks or custom functions start their own.

Each has a number, PyTorch's graph task id. One that starts where the interpreter's stack is half used up runs in a
thread of its own, with this thread's modes, so passes may be nested to any depth.
"""

from __future__ import annotations

import contextvars
import sys
import threading
from collections.abc import Callable
from itertools import count
from typing import Any

from mutagrad.autograd.nodes import subject
from mutagrad.autograd.passes import running
from mutagrad.engine import Pass
from mutagrad.modes import modes
from mutagrad.overwrite import policy

_next_number = count().__next__


def graph_task_id() -> int:
    """The number of the pass that runs in this thread, the innermost; -1 when none does."""
    return running.passes[-1][0] if running.passes else -1


def current_pass() -> Pass | None:
    """The pass that runs in this thread, the innermost; None when none does."""
    return running.passes[-1][1] if running.passes else None


def has_targets() -> bool:
    """Whether the pass that runs in this thread was asked for certain gradients, and fills no others."""
    return bool(running.passes) and running.passes[-1][1].targets is not None


def will_execute(face: Any) -> bool:
    """Whether the pass that runs in this thread runs a node. Raises RuntimeError when none does."""
    if not running.passes:
        raise RuntimeError("_get_should_execute_nodes should only be called during the backward pass")
    return running.passes[-1][1].will_run(*subject(face)[:2])


def run(reverse: Pass, roots: list, cotangents: list) -> None:
    """Runs a pass from its roots, with the cotangent of each."""
    passes = running.passes
    if passes and _is_half_used():
        _in_another_thread(lambda: run(reverse, roots, cotangents))
        return
    observers = modes.observers
    passes.append((_next_number(), reverse))
    try:
        for each in observers:
            each.pass_begins()
        reverse.run(roots, cotangents)
    finally:
        passes.pop()
        for each in observers:
            each.pass_ends()


def _is_half_used() -> bool:
    """Whether this thread's stack is half as deep as the interpreter lets it grow."""
    room, frame = sys.getrecursionlimit() // 2, sys._getframe()
    while frame is not None and room:
        frame, room = frame.f_back, room - 1
    return not room


def _in_another_thread(call: Callable[[], None]) -> None:
    """Calls in a new thread with the modes of this one, and waits; raises what it raises."""
    state, rule = dict(modes.__dict__), policy.name
    raised: list[BaseException] = []

    def work() -> None:
        modes.__dict__.update(state)
        before = policy.name
        policy.choose(rule)
        try:
            call()
        except BaseException as error:
            raised.append(error)
        finally:
            policy.choose(before)

    thread = threading.Thread(target=contextvars.copy_context().run, args=(work,))
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
