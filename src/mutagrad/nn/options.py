"""`Options`: modules that are a function and the options it is called with.

Such a module annotates its options in its class, with their defaults; making it, its attributes and its picture follow
from that.

    class ELU(Options):
        alpha: float = 1.0
        inplace: bool = False

        def forward(self, input):
            return functional.elu(input, self.alpha, self.inplace)
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, dataclass_transform

from mutagrad.nn.module import Module

NEEDED = inspect.Parameter.empty


@dataclass_transform()
class Options(Module):
    """The base class of modules made of options: a subclass's own come first, then those of the classes it is made of.

    `shown` names those in the picture, all of them by default; `inplace` is shown only where it is so.
    """

    _signature = inspect.Signature()
    _shown: tuple[str, ...] | None = None

    def __init_subclass__(cls, shown: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if shown is not None:
            cls._shown = tuple(shown.split())
        options: dict[str, Any] = {}
        for name in inspect.get_annotations(cls):
            if not name.startswith("_"):
                options[name] = cls.__dict__.get(name, NEEDED)
                if name in cls.__dict__:
                    delattr(cls, name)  # it would hide what is registered under the name
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        own = [inspect.Parameter(name, kind, default=default) for name, default in options.items()]
        inherited = [each for each in cls._signature.parameters.values() if each.name not in options]
        cls._signature = inspect.Signature(own + inherited)
        if "__init__" not in cls.__dict__:
            cls.__signature__ = cls._signature

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        try:
            bound = self._signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{type(self).__name__}.__init__(): {error}") from None
        bound.apply_defaults()
        for name, value in self._prepared(bound.arguments).items():
            setattr(self, name, value)

    def _prepared(self, options: dict[str, Any]) -> dict[str, Any]:
        """The options as they are kept: a subclass checks them, or brings them into form."""
        return options

    def extra_repr(self) -> str:
        names = self._signature.parameters if self._shown is None else self._shown
        told = [name for name in names if name != "inplace" or self._shown is not None or self.inplace]
        return ", ".join(f"{name}={getattr(self, name)!r}" for name in told)


def tuple_of(value: Any, count: int) -> tuple:
    """The value `count` times, or the values as a tuple."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * count


def _ntuple(count: int, name: str = "parse") -> Callable[[Any], tuple]:
    """The function that gives any iterable as a tuple, and anything else `count` times."""

    def parse(x: Any) -> tuple:
        return tuple(x) if isinstance(x, Iterable) else (x,) * count

    parse.__name__ = name
    return parse


_single, _pair = _ntuple(1, "_single"), _ntuple(2, "_pair")
_triple, _quadruple = _ntuple(3, "_triple"), _ntuple(4, "_quadruple")
