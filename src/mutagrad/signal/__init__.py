"""Signals under the names of `torch.signal`."""

from mutagrad.signal import windows

__all__ = ["windows"]
