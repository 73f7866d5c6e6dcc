"""What programs ask of accelerators before they use one: there is none here, so they go on on the CPU.

>>> is_available(), device_count(), current_accelerator()
(False, 0, None)
"""

from __future__ import annotations

from typing import Any

from mutagrad.cuda import device_count, is_available

__all__ = ["current_accelerator", "current_device_index", "device_count", "is_available", "synchronize"]


def current_accelerator(check_available: bool = False) -> None:
    """The accelerator of this machine: none."""


def current_device_index() -> int:
    """Raises RuntimeError: there is no device."""
    raise RuntimeError("Cannot access accelerator device when none is available.")


def synchronize(device: Any = None, /) -> None:
    """Raises RuntimeError: there is no device."""
    raise RuntimeError("Cannot access accelerator device when none is available.")
