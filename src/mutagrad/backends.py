"""What programs ask and set of the libraries behind PyTorch: none of them is here, and settings have no effect.

>>> mps.is_available(), cudnn.is_available()
(False, False)
"""

from __future__ import annotations

__all__ = ["cuda", "cudnn", "mkl", "mps"]


class Backend:
    """A library that is not there; what is set on it is kept."""

    enabled = False
    benchmark = False
    deterministic = False

    def is_available(self) -> bool:
        """Whether it is there: no."""
        return False

    is_built = is_available


cuda, cudnn, mkl, mps = Backend(), Backend(), Backend(), Backend()
