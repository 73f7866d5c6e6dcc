"""Modules made without drawing their parameters."""

from __future__ import annotations

from typing import Any

from mutagrad.modes import no_grad
from mutagrad.random import fork_rng

__all__ = ["skip_init"]


@no_grad()
def skip_init(module_cls: Any, *args: Any, **kwargs: Any) -> Any:
    """A module of a class whose parameters hold anything; no random numbers are taken for them."""
    if not isinstance(module_cls, type):
        raise RuntimeError(f"Expected a Module; got {module_cls}")
    kwargs.pop("device", None)
    with fork_rng():
        return module_cls(*args, **kwargs)
