"""What programs compile with `torch.jit`: functions and modules stay what they are, and run as they are called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["export", "ignore", "is_scripting", "is_tracing", "script", "trace", "unused"]


def script(obj: Any, *args: Any, **options: Any) -> Any:
    """The function or module itself.

    >>> script(len) is len
    True
    """
    return obj


def trace(func: Any, example_inputs: Any = None, **options: Any) -> Any:
    """The function or module itself: nothing of it depends on the example."""
    return func


def export(fn: Callable) -> Callable:
    """The method itself: a decorator."""
    return fn


def unused(fn: Callable) -> Callable:
    """The method itself: a decorator."""
    return fn


def ignore(drop: Any = False, **options: Any) -> Any:
    """The function itself: a decorator, with options or without."""
    return drop if callable(drop) else lambda fn: fn


def is_scripting() -> bool:
    """Whether this runs compiled: no."""
    return False


def is_tracing() -> bool:
    """Whether this runs under a tracer: no."""
    return False
