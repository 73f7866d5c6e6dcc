"""What programs ask and set of the libraries behind PyTorch: none of them is here, and settings have no effect.

>>> mps.is_available(), cudnn.is_available()
(False, False)
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

__all__ = ["cuda", "cudnn", "mkl", "mps"]


class Backend(ModuleType):
    """A library that is not there; what is set on it is kept."""

    enabled = False
    benchmark = False
    deterministic = False

    def __init__(self, name: str) -> None:
        super().__init__(f"{__name__}.{name}")
        self.__spec__ = ModuleSpec(self.__name__, None)
        sys.modules[self.__name__] = self  # programs import it

    def is_available(self) -> bool:
        """Whether it is there: no."""
        return False

    is_built = is_available


cuda, cudnn, mkl, mps = Backend("cuda"), Backend("cudnn"), Backend("mkl"), Backend("mps")
