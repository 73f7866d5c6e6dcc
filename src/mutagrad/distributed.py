"""What programs ask before they spread over processes: nothing here does.

>>> is_available(), is_initialized()
(False, False)
"""

from __future__ import annotations

__all__ = ["is_available", "is_initialized"]


def is_available() -> bool:
    """Whether tensors can be sent between processes: no."""
    return False


def is_initialized() -> bool:
    """Whether a group of processes has been set up: no."""
    return False
