"""What programs ask of CUDA before they use it: there is none here, so they go on on the CPU.

>>> is_available(), device_count()
(False, 0)
"""

from __future__ import annotations

from typing import Any

from mutagrad.amp import of_cuda as amp

__all__ = [
    "amp",
    "current_device",
    "device_count",
    "empty_cache",
    "is_available",
    "is_initialized",
    "manual_seed",
    "manual_seed_all",
    "synchronize",
]


def is_available() -> bool:
    """Whether there is a CUDA device: no."""
    return False


def is_initialized() -> bool:
    """Whether CUDA is in use: no."""
    return False


def device_count() -> int:
    """How many CUDA devices there are: none."""
    return 0


def current_device() -> int:
    """Raises AssertionError: there is no device."""
    raise AssertionError("Torch not compiled with CUDA enabled")


def synchronize(device: Any = None) -> None:
    """Raises AssertionError: there is no device."""
    raise AssertionError("Torch not compiled with CUDA enabled")


def manual_seed(seed: int) -> None:
    """Seeds the generator of the current device; without one, does nothing, as in PyTorch."""


def manual_seed_all(seed: int) -> None:
    """Seeds the generators of all devices, of which there are none."""


def empty_cache() -> None:
    """Frees unused memory of devices, of which there are none."""
