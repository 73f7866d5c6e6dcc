"""The parameters of functions, read off their code: a tenth of the time that `inspect.signature` takes.

Every declaration asks for those of its forward and of its rules; the import of the library is a thousand such questions.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import lru_cache
from inspect import CO_VARARGS, CO_VARKEYWORDS, Parameter
from typing import Any

POSITIONAL_ONLY, POSITIONAL_OR_KEYWORD = Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD
KEYWORD_ONLY, empty = Parameter.KEYWORD_ONLY, Parameter.empty


def names_of(function: Callable) -> tuple[str, ...]:
    """The names of a function's parameters, in order.

    >>> names_of(lambda xp, ct, *, dim: ct)
    ('xp', 'ct', 'dim')
    """
    plain = _plain(function)
    if plain is None:
        return tuple(inspect.signature(function).parameters)
    code = plain.__code__
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def parameters_of(function: Callable) -> list[Parameter]:
    """A function's parameters, without annotations.

    >>> parameters_of(lambda x, /, dim=0: x)
    [<Parameter "x">, <Parameter "dim=0">]
    """
    plain = _plain(function)
    if plain is None:
        return [parameter(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]
    code = plain.__code__
    count, before_slash, names = code.co_argcount, code.co_posonlyargcount, code.co_varnames
    given = plain.__defaults__ or ()
    defaults = (empty,) * (count - len(given)) + given
    kinds = (POSITIONAL_ONLY,) * before_slash + (POSITIONAL_OR_KEYWORD,) * (count - before_slash)
    found = list(map(parameter, names, kinds, defaults))
    if code.co_kwonlyargcount:
        by_name = plain.__kwdefaults__ or {}
        for name in names[count : count + code.co_kwonlyargcount]:
            found.append(parameter(name, KEYWORD_ONLY, by_name.get(name, empty)))
    return found


@lru_cache(maxsize=None, typed=True)
def parameter(name: str, kind: Any, default: Any = empty) -> Parameter:
    """A parameter of a signature; those of one name, kind and default are one object."""
    return Parameter(name, kind, default=default)


def _plain(function: Any) -> Any:
    """The function, or the one that it wraps, where its signature can be read off its code."""
    plain = getattr(function, "__wrapped__", function)
    code = getattr(plain, "__code__", None)
    return None if code is None or code.co_flags & (CO_VARARGS | CO_VARKEYWORDS) else plain
