"""Grad modes under the name of PyTorch's module, and two that concern what is not here: other threads, other layouts."""

from __future__ import annotations

from mutagrad.modes import Mode, enable_grad, inference_mode, modes, no_grad, set_grad_enabled

__all__ = [
    "enable_grad",
    "enforce_grad_layout_policy",
    "inference_mode",
    "no_grad",
    "set_grad_enabled",
    "set_multithreading_enabled",
]


class _Switch(Mode):
    """A switch of this thread, turned when it is made, and turned back when the block ends."""

    name: str

    def __init__(self, mode: bool = True) -> None:
        self.mode = bool(mode)
        self.previous = getattr(modes, self.name)
        setattr(modes, self.name, self.mode)

    def clone(self) -> Mode:
        """Another one of the same mode. Making it sets the mode."""
        return type(self)(self.mode)

    def __enter__(self) -> None:
        setattr(modes, self.name, self.mode)

    def __exit__(self, *exception: object) -> None:
        setattr(modes, self.name, self.previous)


class set_multithreading_enabled(_Switch):
    """Whether backward passes may use several threads, one for each device. There is one device, so they never do.

    >>> import mutagrad
    >>> with mutagrad.autograd.set_multithreading_enabled(False):
    ...     pass
    """

    name = "multithreading"


class enforce_grad_layout_policy(_Switch):
    """Whether gradients are given the memory layout of their leaves. Here they keep the one they come in."""

    name = "grad_layout_policy"
