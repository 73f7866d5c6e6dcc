"""What autograd does, case by case, next to what PyTorch does.

A case is a function of the module called `torch`. It gives plain data: numbers, texts, tensors, and lists, tuples and
dictionaries of them; or it raises. Its outcome under PyTorch 2.13 is recorded in `tests/data/behaviour/`, in one file
for each module in `cases/`, and mutagrad must give the same: the same data, or an exception of the same class with the
same first line.

    case = Cases()

    @case
    def a_product_knows_its_name(torch):
        x = torch.ones(2, requires_grad=True)
        return (x * 2).grad_fn.name()

Where PyTorch raises, or gives something of no use, only because it cannot do better, a case says why mutagrad differs
and what it gives:

    @case.better("the meaning is clear", gives=[1.0, 0.0])

To add a case, write it and run `python tools/record_behaviour.py MODULE`; with `--compare` the script shows where the
two libraries differ.
"""

from __future__ import annotations

import importlib
import json
import math
import pkgutil
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[1] / "data" / "behaviour"
RTOL, ATOL = 1e-5, 1e-7

Function = Callable[[Any], Any]


class Case:
    """One case: a function, and where mutagrad does better than PyTorch, why and what it gives."""

    def __init__(self, function: Function, reason: str | None = None, gives: Any = None) -> None:
        self.name = function.__name__
        self.function = function
        self.reason = reason
        self.gives = gives


class Cases(dict[str, Case]):
    """The cases of a module, by name."""

    def __call__(self, function: Function) -> Function:
        """Adds a case."""
        return self._add(Case(function))

    def better(self, reason: str, *, gives: Any = None) -> Callable[[Function], Function]:
        """Adds a case in which mutagrad gives something else than PyTorch, for a reason."""
        return lambda function: self._add(Case(function, reason, gives))

    def _add(self, case: Case) -> Function:
        if case.name in self:
            raise ValueError(f"there are two cases {case.name}")
        self[case.name] = case
        return case.function


def modules() -> dict[str, Cases]:
    """The cases of every module, by the module's name."""
    package = importlib.import_module(f"{__package__}.cases")
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return {name: importlib.import_module(f"{__package__}.cases.{name}").case for name in names}


def recorded(module: str) -> dict[str, Any]:
    """What the cases of a module gave under PyTorch."""
    return json.loads((DATA / f"{module}.json").read_text())


def write(module: str, outcomes: dict[str, Any]) -> None:
    """Keeps the outcomes of a module, a line for each case."""
    DATA.mkdir(exist_ok=True)
    lines = [f"{json.dumps(name)}: {json.dumps(outcome, ensure_ascii=False)}" for name, outcome in outcomes.items()]
    (DATA / f"{module}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


# Outcomes -----------------------------------------------------------------------------------------------------------


def outcome(torch: Any, case: Case) -> Any:
    """What a case gives, as data that JSON can hold."""
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return plain(case.function(torch))
        except Exception as error:
            return {"raises": first_line(error)}


def first_line(error: BaseException) -> str:
    """The exception's builtin class and the first line of its message, without addresses."""
    kind = next(each for each in type(error).__mro__ if each.__module__ == "builtins")
    text = re.sub(r" at 0x[0-9a-f]+", "", str(error))
    return f"{kind.__name__}: {text.splitlines()[0] if text else ''}"


def raised(call: Callable[[], Any]) -> str | None:
    """Class and first line of what a call raises; None when it raises nothing."""
    try:
        call()
    except Exception as error:
        return first_line(error)
    return None


def warned(call: Callable[[], Any]) -> list[str]:
    """Class and first line of the warnings that a call gives."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    texts = [re.sub(r" \(Triggered internally.*", "", str(each.message).splitlines()[0]) for each in caught]
    return [f"{each.category.__name__}: {text}" for each, text in zip(caught, texts)]


def plain(value: Any) -> Any:
    """A value as data that JSON can hold: tensors as nested lists, complex numbers as pairs."""
    if hasattr(value, "tolist"):
        value = value.detach() if hasattr(value, "detach") else value
        return plain(value.tolist())
    if isinstance(value, complex):
        return [value.real, value.imag]
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)


def agree(found: Any, expected: Any) -> bool:
    """Whether two outcomes are the same, numbers up to rounding."""
    if isinstance(expected, float) and isinstance(found, (int, float)) and not isinstance(found, bool):
        if math.isnan(expected):
            return math.isnan(found)
        return math.isclose(found, expected, rel_tol=RTOL, abs_tol=ATOL)
    if isinstance(expected, list) and isinstance(found, list):
        return len(found) == len(expected) and all(map(agree, found, expected))
    if isinstance(expected, dict) and isinstance(found, dict):
        return found.keys() == expected.keys() and all(agree(found[key], expected[key]) for key in expected)
    return type(found) is type(expected) and found == expected
