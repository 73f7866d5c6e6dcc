"""Modules that hold modules or parameters: `Sequential`, `ModuleList`, `ModuleDict`, `ParameterList`.

Lists number what they hold: the names are "0", "1", … in order, and stay so when something is inserted or removed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from operator import index
from typing import Any, Self

from mutagrad.nn.module import Module, indented, picture
from mutagrad.nn.parameter import Parameter
from mutagrad.nn.registry import type_name
from mutagrad.tensor import Tensor


def position(at: Any, count: int) -> int:
    """The index `at` counted from the front. Raises IndexError outside `count` items, TypeError for no integer."""
    at = index(at)
    if not -count <= at < count:
        raise IndexError(f"index {at} is out of range")
    return at % count


class Numbered(Module):
    """The part that `Sequential` and `ModuleList` share: modules in order, found by number or slice."""

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())  # type: ignore[arg-type]

    def _name_at(self, at: Any) -> str:
        return list(self._modules)[position(at, len(self))]

    def __setitem__(self, at: int, module: Module) -> None:
        setattr(self, self._name_at(at), module)

    def __delitem__(self, at: int | slice) -> None:
        names = list(self._modules)
        removed = names[at] if isinstance(at, slice) else [self._name_at(at)]
        self._renumber([module for name, module in self._modules.items() if name not in removed])

    def _renumber(self, modules: Iterable[Module | None]) -> None:
        self.__dict__["_modules"] = {str(number): module for number, module in enumerate(modules)}

    def insert(self, at: int, module: Module) -> Any:
        """Inserts a module before the position `at`; those behind it move up by one."""
        if not isinstance(module, Module):
            raise TypeError(f"{type_name(module)} is not a Module subclass")
        modules = list(self)
        modules.insert(at, module)
        self._renumber(modules)

    def append(self, module: Module) -> Self:
        """Adds a module at the end."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Adds modules at the end."""
        for module in list(modules):
            self.append(module)
        return self

    def pop(self, key: int | slice) -> Any:
        """Removes the module at a position and gives it back."""
        found = self[key]  # type: ignore[index]
        del self[key]
        return found


class Sequential(Numbered):
    """Modules called one after another, each with the output of the one before.

    Given as arguments they are numbered, given as one ordered dictionary they are named.

    >>> import mutagrad
    >>> Sequential(mutagrad.nn.Linear(4, 8), mutagrad.nn.ReLU())
    Sequential(
      (0): Linear(in_features=4, out_features=8, bias=True)
      (1): ReLU()
    )
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        if len(args) == 1 and isinstance(args[0], OrderedDict):
            named = args[0].items()
        else:
            named = ((str(number), module) for number, module in enumerate(args))
        for name, module in named:
            self.add_module(name, module)

    def forward(self, input: Any) -> Any:
        for module in self._modules.values():
            input = module(input)  # type: ignore[misc]
        return input

    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return type(self)(OrderedDict(list(self._modules.items())[at]))
        return self._modules[self._name_at(at)]

    def insert(self, index: int, module: Module) -> Self:
        """Inserts a module before the position `index`; those behind it move up by one.

        Raises IndexError outside the sequence, AssertionError for what is no module.
        """
        if not isinstance(module, Module):
            raise AssertionError(f"module should be of type: {Module}")
        if not -len(self) <= index <= len(self):
            raise IndexError(f"Index out of range: {index}")
        super().insert(index, module)
        return self

    def __iadd__(self, other: Any) -> Self:
        return self.extend(_checked(other))

    def __add__(self, other: Any) -> Sequential:
        return Sequential(*self, *_checked(other))

    def __mul__(self, times: int) -> Sequential:
        if not isinstance(times, int):
            raise TypeError(f"unsupported operand type(s) for *: {type(self)} and {type(times)}")
        if times <= 0:
            raise ValueError(f"Non-positive multiplication factor {times} for {type(self)}")
        return Sequential(*list(self) * times)

    __rmul__ = __mul__


def _checked(other: Any) -> Sequential:
    if not isinstance(other, Sequential):
        raise ValueError(f"add operator supports only objects of Sequential class, but {type(other)} is given.")
    return other


class ModuleList(Numbered):
    """A list of modules, which are registered.

    >>> import mutagrad
    >>> ModuleList(mutagrad.nn.Linear(4, 4) for _ in range(3))
    ModuleList(
      (0-2): 3 x Linear(in_features=4, out_features=4, bias=True)
    )
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return type(self)(list(self)[at])
        return self._modules[self._name_at(at)]

    def extend(self, modules: Iterable[Module]) -> Self:
        """Adds modules at the end."""
        if not isinstance(modules, Iterable):
            raise TypeError(f"ModuleList.extend should be called with an iterable, but got {type(modules).__name__}")
        return super().extend(modules)

    def __iadd__(self, modules: Iterable[Module]) -> Self:
        return self.extend(modules)

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return ModuleList([*self, *other])

    def __repr__(self) -> str:
        """Equal neighbours share a line."""
        runs: list[tuple[int, int, str]] = []
        for number, text in enumerate(map(repr, self)):
            if runs and runs[-1][2] == text:
                runs[-1] = (runs[-1][0], number, text)
            else:
                runs.append((number, number, text))
        lines = [
            indented(f"({first}): {text}" if first == last else f"({first}-{last}): {last - first + 1} x {text}")
            for first, last, text in runs
        ]
        return picture(self._get_name(), [], lines)


class ModuleDict(Module):
    """A dictionary of modules, which are registered; it keeps the order in which they came.

    >>> import mutagrad
    >>> chosen = ModuleDict({"relu": mutagrad.nn.ReLU(), "tanh": mutagrad.nn.Tanh()})
    >>> chosen["tanh"]
    Tanh()
    """

    def __init__(self, modules: Mapping[str, Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __getitem__(self, key: str) -> Any:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: object) -> bool:
        return key in self._modules

    def keys(self) -> Any:
        """The names."""
        return self._modules.keys()

    def values(self) -> Any:
        """The modules."""
        return self._modules.values()

    def items(self) -> Any:
        """The pairs of name and module."""
        return self._modules.items()

    def clear(self) -> None:
        """Removes all modules."""
        self._modules.clear()

    def pop(self, key: str) -> Any:
        """Removes the module of a name and gives it back."""
        return self._modules.pop(key)

    def update(self, modules: Any) -> None:
        """Adds modules, from a mapping or from pairs of name and module, in the place of those with equal names.

        Raises TypeError and ValueError for what is neither.
        """
        if not isinstance(modules, Iterable):
            raise TypeError(
                "ModuleDict.update should be called with an iterable of key/value pairs, but got "
                f"{type(modules).__name__}"
            )
        pairs = modules.items() if isinstance(modules, (Mapping, ModuleDict)) else _pairs(modules)
        for key, module in pairs:
            self[key] = module


def _pairs(items: Iterable[Any]) -> Iterator[tuple[str, Module]]:
    """The items, each checked to be a pair."""
    for number, item in enumerate(items):
        if not isinstance(item, Iterable):
            raise TypeError(f"ModuleDict update sequence element #{number} should be Iterable; is{type(item).__name__}")
        pair = list(item)
        if len(pair) != 2:
            raise ValueError(f"ModuleDict update sequence element #{number} has length {len(pair)}; 2 is required")
        yield pair[0], pair[1]


class ParameterList(Module):
    """A list whose tensors are registered as parameters; what is no tensor is kept as it is.

    >>> import mutagrad
    >>> ParameterList([mutagrad.ones(2, 3)])
    ParameterList(  (0): Parameter containing: [torch.float32 of size 2x3])
    """

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self._size = 0
        if values is not None:
            self.extend(values)

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Any]:
        return (self[at] for at in range(self._size))

    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return type(self)(list(self)[at])
        return getattr(self, str(position(at, self._size)))

    def __setitem__(self, at: int, value: Any) -> None:
        self._put(position(at, self._size), value)

    def _put(self, at: int, value: Any) -> None:
        if isinstance(value, Tensor) and not isinstance(value, Parameter):
            value = Parameter(value)
        setattr(self, str(at), value)

    def append(self, value: Any) -> Self:
        """Adds a value at the end."""
        self._put(self._size, value)
        self._size += 1
        return self

    def extend(self, values: Iterable[Any]) -> Self:
        """Adds values at the end."""
        if not isinstance(values, Iterable) or isinstance(values, Tensor):
            raise TypeError(f"ParameterList.extend should be called with an iterable, but got {type(values).__name__}")
        for value in list(values):
            self.append(value)
        return self

    def __iadd__(self, values: Iterable[Any]) -> Self:
        return self.extend(values)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("ParameterList should not be called.")

    def extra_repr(self) -> str:
        lines = [f"  ({number}): {_described(value)}" for number, value in enumerate(self)]
        return "\n".join(lines)


class ParameterDict(Module):
    """A dictionary whose tensors are registered as parameters; what is no tensor is kept as it is.

    >>> import mutagrad
    >>> ParameterDict({"a": mutagrad.ones(2)})
    ParameterDict(  (a): Parameter containing: [torch.FloatTensor of size 2])
    """

    def __init__(self, parameters: Any = None) -> None:
        super().__init__()
        self._keys: dict[str, None] = {}
        if parameters is not None:
            self.update(parameters)

    def __getitem__(self, key: str) -> Any:
        return getattr(self, str(key))

    def __setitem__(self, key: str, value: Any) -> None:
        if not isinstance(key, str):
            raise TypeError(
                "Index given to ParameterDict cannot be used as a key as it is not a string (type is "
                f"'{type(key).__name__}'). Open an issue on github if you need non-string keys."
            )
        self._keys[key] = None
        if isinstance(value, Tensor) and not isinstance(value, Parameter):
            value = Parameter(value)
        setattr(self, key, value)

    def __delitem__(self, key: str) -> None:
        del self._keys[key]
        delattr(self, key)

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __reversed__(self) -> Iterator[str]:
        return reversed(list(self._keys))

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __or__(self, other: ParameterDict) -> ParameterDict:
        made = ParameterDict(self.items())
        made.update(other)
        return made

    def __ior__(self, other: ParameterDict) -> Self:
        self.update(other)
        return self

    def copy(self) -> ParameterDict:
        """A dictionary of the same parameters."""
        return ParameterDict(self.items())

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The value of a key, which is `default` from now on if there is none."""
        if key not in self:
            self[key] = default
        return self[key]

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or `default`."""
        return getattr(self, str(key), default)

    def pop(self, key: str) -> Any:
        """Removes a key and gives its value back."""
        value = self[key]
        del self[key]
        return value

    def popitem(self) -> tuple[str, Any]:
        """Removes the last key and gives it and its value back."""
        key = next(reversed(self))
        return key, self.pop(key)

    def clear(self) -> None:
        """Removes all keys."""
        for key in list(self):
            del self[key]

    def fromkeys(self, keys: Iterable[str], default: Any = None) -> ParameterDict:
        """A dictionary with these keys, of one value."""
        return ParameterDict((key, default) for key in keys)

    def keys(self) -> Any:
        """The keys."""
        return self._keys.keys()

    def values(self) -> Iterable[Any]:
        """The values."""
        return (self[key] for key in self)

    def items(self) -> Iterable[tuple[str, Any]]:
        """The pairs of key and value."""
        return ((key, self[key]) for key in self)

    def update(self, parameters: Any) -> None:
        """Adds values, from a mapping or from pairs of key and value."""
        if not isinstance(parameters, Iterable):
            raise TypeError(
                "ParametersDict.update should be called with an iterable of key/value pairs, but got "
                f"{type(parameters).__name__}"
            )
        pairs = parameters.items() if isinstance(parameters, (Mapping, ParameterDict)) else parameters
        for key, value in pairs:
            self[key] = value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("ParameterDict should not be called.")

    def extra_repr(self) -> str:
        return "\n".join(f"  ({key}): {_described(value, True)}" for key, value in self.items())


def _described(value: Any, by_type: bool = False) -> str:
    if not isinstance(value, Tensor):
        return f"Object of type: {type(value).__name__}"
    kind = "Parameter" if isinstance(value, Parameter) else "Tensor"
    called = type_name(value) if by_type else value.dtype
    return f"{kind} containing: [{called} of size {'x'.join(map(str, value.shape))}]"
