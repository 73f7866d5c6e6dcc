"""Apple's Metal, which is not here; what is set on this module is kept and has no effect."""

from mutagrad.backends.absent import is_available, is_built

__all__ = ["is_available", "is_built"]

enabled = benchmark = deterministic = allow_tf32 = False
