"""The named tuples that operations of several results return, in the shape of PyTorch's `torch.return_types`."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from functools import cache
from typing import Any


def _show(self: Any) -> str:
    fields = ",\n".join(f"{name}={value!r}" for name, value in zip(self._fields, self))
    return f"torch.return_types.{type(self).__name__}(\n{fields})"


def named(name: str, *fields: str) -> type:
    """The class of results called `name` with the given fields; printed as PyTorch prints it.

    >>> named("max", "values", "indices")(1.5, 0)
    torch.return_types.max(
    values=1.5,
    indices=0)
    """
    known = globals().get(name)
    if known is not None:
        return known
    made = type(name, (_with_fields(*fields),), {"__slots__": (), "__repr__": _show, "__module__": __name__})
    return globals().setdefault(name, made)


@cache
def _with_fields(*fields: str) -> type:
    return namedtuple("Results", fields)


def returning(kind: type) -> Callable[[Callable], Callable]:
    """A wrapper for a declaration: what the function returns is given as a `kind`."""

    def wrap(function: Callable) -> Callable:
        return lambda *args, **kwargs: kind(*function(*args, **kwargs))

    return wrap
