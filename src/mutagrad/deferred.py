"""Modules that are imported when they are first needed.

Most of a library is of no use to most programs: what differentiates a loop trains no network, what trains one samples no
distribution. So a package says `on_first_use` where the names are that it offers beyond those it needs itself, and
`mutagrad.nn` is imported when a program first asks for `mutagrad.nn`. And code that calls a function only now and then
(SciPy's, which takes longer to import than all of mutagrad; what tells an error) names its module as a `Deferred` one.
Either way the thing itself then stands where it was asked for, and the second use costs nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def on_first_use(package: str, places: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The `__getattr__` and `__dir__` of a package that imports what it offers when it is first asked for.

    `places` gives for each module the names that the package hands on from it, and for the package itself its modules.
    """
    module_of = {name: module for module, names in places.items() for name in names.split()}

    def find(name: str) -> Any:
        module, own = module_of.get(name), sys.modules[package]
        if module is None:
            raise AttributeError(f"module '{package}' has no attribute '{name}'", name=name, obj=own)
        found = import_module(f"{package}.{name}") if module == package else getattr(import_module(module), name)
        setattr(own, name, found)
        return found

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *module_of})

    return find, names


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
