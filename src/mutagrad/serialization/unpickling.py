"""Unpickling without running anything: what weights are saved as, and nothing else.

A pickle is a program for a small stack machine, which can name any function of any module and call it. The machine here
knows a closed list of names (`names.TORCH`, `BUILTINS`, and what a user has added), calls nothing else, and sets
attributes of nothing but what such calls have made.
"""

from __future__ import annotations

import pickle
import pickletools
from codecs import encode
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from mutagrad.nn.parameter import Parameter
from mutagrad.serialization.names import TORCH, with_state
from mutagrad.tensor import Tensor


def _latin(text: str, encoding: str = "latin1") -> bytes:
    """The bytes of a text, as old pickles write them."""
    if not isinstance(text, str) or encoding != "latin1":
        raise TypeError("only texts of bytes are encoded")
    return encode(text, "latin1")


BUILTINS: dict[str, Any] = {
    "collections.OrderedDict": OrderedDict,
    "collections.Counter": Counter,
    "collections.defaultdict": defaultdict,
    "builtins.set": set,
    "builtins.frozenset": frozenset,
    "builtins.bytearray": bytearray,
    "builtins.complex": complex,
    "builtins.dict": dict,
    "builtins.list": list,
    "_codecs.encode": _latin,
}
_added: dict[str, Any] = {}

ADVICE = (
    "Weights only load failed. This file can still be loaded, to do so you have two options, do those steps only if you "
    "trust the source of the checkpoint. \n\t(1) Re-running `torch.load` with `weights_only` set to `False` will likely "
    "succeed, but it can result in arbitrary code execution. Do it only if you got the file from a trusted source.\n\t(2) "
    "Alternatively, to load with `weights_only=True` please check the recommended steps in the following error message."
    "\n\tWeightsUnpickler error: "
)


def add_safe_globals(safe_globals: list[Any]) -> None:
    """Adds classes or functions, or pairs of one and the name that files have for it, to what may be loaded."""
    for each in safe_globals:
        kept, name = each if isinstance(each, tuple) else (each, f"{each.__module__}.{each.__qualname__}")
        _added[name] = kept


def get_safe_globals() -> list[Any]:
    """What was added to what may be loaded."""
    return list(_added.values())


def clear_safe_globals() -> None:
    """Takes away all that was added to what may be loaded."""
    _added.clear()


@contextmanager
def safe_globals(safe_globals: list[Any]) -> Iterator[None]:
    """Adds to what may be loaded within."""
    before = dict(_added)
    add_safe_globals(safe_globals)
    try:
        yield
    finally:
        _added.clear()
        _added.update(before)


def loads(content: bytes, persistent_load: Callable[[Any], Any]) -> Any:
    """The object of a pickle. Raises UnpicklingError for names and instructions that are not on the list."""
    try:
        return _Machine(persistent_load).run(content)
    except (pickle.UnpicklingError, ValueError, IndexError, KeyError, TypeError) as error:
        raise pickle.UnpicklingError(ADVICE + str(error)) from None


class _Machine:
    """The stack, the marks on it, and what is remembered."""

    def __init__(self, persistent_load: Callable[[Any], Any]) -> None:
        self.persistent_load = persistent_load
        self.stack: list[Any] = []
        self.marks: list[list[Any]] = []
        self.memo: dict[int, Any] = {}

    def run(self, content: bytes) -> Any:
        for opcode, argument, _ in pickletools.genops(content):
            name = opcode.name
            if name in CONSTANTS:
                self.stack.append(CONSTANTS[name]())
            elif name in LITERALS:
                self.stack.append(argument)
            elif name == "STOP":
                return self.stack.pop()
            else:
                act = ACTIONS.get(name)
                if act is None:
                    raise pickle.UnpicklingError(f"Unsupported operand {name}")
                act(self, argument)
        raise pickle.UnpicklingError("pickle data was truncated")

    def marked(self) -> list[Any]:
        """What lies above the last mark, taken off."""
        items, self.stack = self.stack, self.marks.pop()
        return items

    def mark(self, _: Any) -> None:
        self.marks.append(self.stack)
        self.stack = []

    def put(self, number: Any) -> None:
        self.memo[len(self.memo) if number is None else int(number)] = self.stack[-1]

    def get(self, number: Any) -> None:
        self.stack.append(self.memo[int(number)])

    def find(self, argument: str) -> None:
        module, name = argument.split(" ", 1)
        self.stack.append(found(module, name))

    def find_by_texts(self, _: Any) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        self.stack.append(found(str(module), str(name)))

    def reduce(self, _: Any) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        if not (callable(function) and is_listed(function)):
            raise pickle.UnpicklingError(f"Trying to call reduce for unrecognized function {function}")
        self.stack.append(function(*arguments))

    def make(self, _: Any) -> None:
        arguments: Any = self.stack.pop()
        kind: Any = self.stack.pop()
        if not any(kind is each for each in (*_added.values(), OrderedDict, Counter, set, frozenset)):
            raise pickle.UnpicklingError(f"Trying to create new object for unrecognized class {kind}")
        self.stack.append(kind.__new__(kind, *arguments))

    def build(self, _: Any) -> None:
        state, made = self.stack.pop(), self.stack[-1]
        if isinstance(made, (Tensor, Parameter)):
            with_state(made, state)
        elif type(made) is OrderedDict:
            made.__dict__.update(state)
        elif type(made) in _added.values():
            made.__setstate__(state) if hasattr(made, "__setstate__") else made.__dict__.update(state)
        else:
            raise pickle.UnpicklingError(
                "Can only build Tensor, Parameter, OrderedDict or types allowlisted via `add_safe_globals`, but got "
                f"{type(made)}"
            )

    def append(self, _: Any) -> None:
        item = self.stack.pop()
        self._list().append(item)

    def appends(self, _: Any) -> None:
        items = self.marked()
        self._list().extend(items)

    def _list(self) -> list[Any]:
        if not isinstance(self.stack[-1], list):
            raise pickle.UnpicklingError(f"Can only append to lists, but got {type(self.stack[-1])}")
        return self.stack[-1]

    def add_items(self, _: Any) -> None:
        items = self.marked()
        if type(self.stack[-1]) is not set:
            raise pickle.UnpicklingError(f"Can only add items to sets, but got {type(self.stack[-1])}")
        self.stack[-1].update(items)

    def set_item(self, _: Any) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self._dict()[key] = value

    def set_items(self, _: Any) -> None:
        items = self.marked()
        self._dict().update(zip(items[::2], items[1::2]))

    def _dict(self) -> dict[Any, Any]:
        if not isinstance(self.stack[-1], dict):
            raise pickle.UnpicklingError(f"Can only set items of dictionaries, but got {type(self.stack[-1])}")
        return self.stack[-1]

    def short_tuple(self, count: int) -> None:
        items = tuple(self.stack[len(self.stack) - count :])
        del self.stack[len(self.stack) - count :]
        self.stack.append(items)

    def collect(self, make: Callable[[list], Any]) -> None:
        items = self.marked()
        self.stack.append(make(items))

    def load_persistent(self, _: Any) -> None:
        self.stack.append(self.persistent_load(self.stack.pop()))


def found(module: str, name: str) -> Any:
    """What a name of the list means."""
    full = f"{'builtins' if module == '__builtin__' else module}.{name}"
    for known in (TORCH, BUILTINS, _added):
        if full in known:
            return known[full]
    raise pickle.UnpicklingError(
        f"Unsupported global: GLOBAL {full} was not an allowed global by default. Please use "
        f"`torch.serialization.add_safe_globals([{full}])` or the `torch.serialization.safe_globals([{full}])` context "
        "manager to allowlist this global if you trust this class/function."
    )


def is_listed(function: Any) -> bool:
    """Whether a function is on the list."""
    return any(function is each for known in (TORCH, BUILTINS, _added) for each in known.values())


def _pairs(items: list) -> dict:
    return dict(zip(items[::2], items[1::2]))


CONSTANTS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_TUPLE": tuple,
    "EMPTY_LIST": list,
    "EMPTY_DICT": dict,
    "EMPTY_SET": set,
}
LITERALS = {
    *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "UNICODE", "BINUNICODE"),
    *("SHORT_BINUNICODE", "BINUNICODE8", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BINSTRING", "SHORT_BINSTRING"),
}
ACTIONS: dict[str, Callable[[_Machine, Any], Any]] = {
    "PROTO": lambda machine, _: None,
    "FRAME": lambda machine, _: None,
    "MARK": _Machine.mark,
    "GLOBAL": _Machine.find,
    "STACK_GLOBAL": _Machine.find_by_texts,
    "REDUCE": _Machine.reduce,
    "NEWOBJ": _Machine.make,
    "BUILD": _Machine.build,
    "APPEND": _Machine.append,
    "APPENDS": _Machine.appends,
    "ADDITEMS": _Machine.add_items,
    "SETITEM": _Machine.set_item,
    "SETITEMS": _Machine.set_items,
    "TUPLE1": lambda machine, _: machine.short_tuple(1),
    "TUPLE2": lambda machine, _: machine.short_tuple(2),
    "TUPLE3": lambda machine, _: machine.short_tuple(3),
    "TUPLE": lambda machine, _: machine.collect(tuple),
    "LIST": lambda machine, _: machine.collect(list),
    "DICT": lambda machine, _: machine.collect(_pairs),
    "FROZENSET": lambda machine, _: machine.collect(frozenset),
    "BINPERSID": _Machine.load_persistent,
    "POP": lambda machine, _: machine.stack.pop(),
    **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"), _Machine.put),
    **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), _Machine.get),
}
