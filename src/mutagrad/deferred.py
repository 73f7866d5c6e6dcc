"""Modules that are imported when one of their functions is first called.

SciPy takes longer to import than all of mutagrad, and most programs call few of its functions or none. So the kernels
name its modules through `deferred`: importing the library imports none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Deferred:
    """A module by its name: its attributes are functions that import it when they are called.

    >>> special = Deferred("scipy.special")
    >>> float(special.expit(0.0))
    0.5
    """

    def __init__(self, name: str) -> None:
        self._module_name = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        function = DeferredFunction(self, name)
        setattr(self, name, function)
        return function


class DeferredFunction:
    """A function of a deferred module; once it was called, the function itself stands in its place there."""

    __slots__ = ("module", "__name__", "function")

    def __init__(self, module: Deferred, name: str) -> None:
        self.module = module
        self.__name__ = name
        self.function: Any = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.function is None:
            self.function = getattr(import_module(self.module._module_name), self.__name__)
            setattr(self.module, self.__name__, self.function)
        return self.function(*args, **kwargs)
