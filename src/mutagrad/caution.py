"""Warnings that are given once in a process, unless a program asks for every one."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

__all__ = ["is_warn_always_enabled", "set_warn_always"]

_given: set[str] = set()
_always = [False]


def set_warn_always(b: bool, /) -> None:
    """Says whether warnings that are given once in a process are given every time.

    >>> import mutagrad
    >>> mutagrad.set_warn_always(True)
    >>> mutagrad.is_warn_always_enabled()
    True
    >>> mutagrad.set_warn_always(False)
    """
    if not isinstance(b, bool):
        raise TypeError(f"setWarnOnlyOnce expects a bool, but got {type(b).__name__}")
    _always[0] = b


def is_warn_always_enabled() -> bool:
    """Whether warnings that are given once in a process are given every time."""
    return _always[0]


def warn_once(message: str, stacklevel: int = 2) -> None:
    """Warns, if the process has not yet been warned of the same."""
    if _always[0] or message not in _given:
        _given.add(message)
        warnings.warn(message, stacklevel=stacklevel + 1)


def name_of_old(function: Callable[..., Any], place: str) -> Callable[..., Any]:
    """A function of `place` under its name of old, without the underscore; it warns with FutureWarning."""
    name = function.__name__.removesuffix("_")

    def old(*args: Any, **kwargs: Any) -> Any:
        warnings.warn(f"`{place}.{name}` is now deprecated in favor of `{place}.{name}_`.", FutureWarning, stacklevel=2)
        return function(*args, **kwargs)

    old.__name__ = old.__qualname__ = name
    old.__module__ = function.__module__
    old.__doc__ = f"Is `{name}_`, with a FutureWarning."
    return old
