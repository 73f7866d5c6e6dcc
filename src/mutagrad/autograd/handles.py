"""The handles of hooks: what registering one returns, to take it away again."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from itertools import count
from typing import Any

_next_id = count().__next__


class RemovableHandle:
    """What registering a hook returns: `remove()` takes the hook away again; also a context manager."""

    def __init__(self, hooks: MutableMapping[int, Any]) -> None:
        self.hooks = hooks
        self.id = _next_id()

    def remove(self) -> None:
        """Takes the hook away; a second call does nothing."""
        self.hooks.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()


def add_hook(hooks: MutableMapping[int, Any], hook: Callable) -> RemovableHandle:
    """Files `hook` last among `hooks`."""
    handle = RemovableHandle(hooks)
    hooks[handle.id] = hook
    return handle
