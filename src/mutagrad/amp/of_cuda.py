"""`torch.cuda.amp`: the names that `autocast` and `GradScaler` had before they took a device."""

from __future__ import annotations

import warnings
from typing import Any

from mutagrad.amp.autocasting import autocast as _autocast
from mutagrad.amp.scaling import GradScaler as _GradScaler

__all__ = ["GradScaler", "autocast"]


def _warn(name: str) -> None:
    warnings.warn(
        f"`torch.cuda.amp.{name}(args...)` is deprecated. Please use `torch.amp.{name}('cuda', args...)` instead.",
        FutureWarning,
        stacklevel=3,
    )


def autocast(enabled: bool = True, dtype: Any = None, cache_enabled: bool = True) -> _autocast:
    """`mutagrad.autocast("cuda", ...)`."""
    _warn("autocast")
    return _autocast("cuda", dtype, enabled, cache_enabled)


def GradScaler(*args: Any, **options: Any) -> _GradScaler:
    """`mutagrad.amp.GradScaler("cuda", ...)`."""
    _warn("GradScaler")
    return _GradScaler("cuda", *args, **options)
