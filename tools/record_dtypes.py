"""Records PyTorch's promotion and casting tables, for `tests/test_dtypes.py` to read without PyTorch.

    python tools/record_dtypes.py

Each dtype is one letter: small for an array with dimensions, capital for a zero-dimensional one; digits are Python
scalars, and `-` stands for "PyTorch raises".
"""

import json
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch

DATA = Path(__file__).parents[1] / "tests" / "data" / "dtypes.json"
LETTERS = {
    "a": torch.bool,
    "b": torch.uint8,
    "c": torch.uint16,
    "d": torch.uint32,
    "e": torch.uint64,
    "f": torch.int8,
    "g": torch.int16,
    "h": torch.int32,
    "i": torch.int64,
    "j": torch.float16,
    "k": torch.float32,
    "l": torch.float64,
    "m": torch.complex64,
    "n": torch.complex128,
    "o": torch.complex32,  # only ever an answer: NumPy has no such dtype
}
OF_DTYPE = {dtype: letter for letter, dtype in LETTERS.items()}
DTYPES = "abcdefghijklmn"
SCALARS = {"0": True, "1": 1, "2": 1.0, "3": 1j}
OPERANDS = DTYPES + DTYPES.upper() + "".join(SCALARS)


def operand(letter: str) -> Any:
    """A tensor or scalar of this kind."""
    if letter in SCALARS:
        return SCALARS[letter]
    return torch.ones((2,) if letter.islower() else (), dtype=LETTERS[letter.lower()])


def answer(function: Callable[..., Any], *arguments: Any) -> str:
    """The letter of the dtype that `function` gives."""
    try:
        result = function(*arguments)
    except RuntimeError:
        return "-"
    return OF_DTYPE[result]


def table(rows: Iterable[str], columns: Iterable[str], cell: Callable[[str, str], str]) -> list[str]:
    return ["".join(cell(row, column) for column in columns) for row in rows]


def result_types(default: torch.dtype) -> list[str]:
    torch.set_default_dtype(default)
    try:
        return table(OPERANDS, OPERANDS, lambda a, b: answer(torch.result_type, operand(a), operand(b)))
    finally:
        torch.set_default_dtype(torch.float32)


def of_three(letters: str) -> str | None:
    """The dtype of an operation of three tensors, None where it has no kernel for that dtype."""
    try:
        return OF_DTYPE[torch.addcmul(*map(operand, letters)).dtype]
    except RuntimeError as error:
        return "-" if "Promotion" in str(error) else None


def limits(info: Any, names: str) -> dict[str, Any]:
    return {name: getattr(info, name) for name in names.split()} | {"repr": repr(info)}


def record() -> dict[str, Any]:
    rng = random.Random(0)
    triples = ["".join(rng.choices(DTYPES + DTYPES.upper(), k=3)) for _ in range(400)]
    floats = "bits eps max min tiny smallest_normal resolution dtype"
    return {
        "names": {letter: str(dtype) for letter, dtype in LETTERS.items()},
        "operands": OPERANDS,
        "promote_types": table(DTYPES, DTYPES, lambda a, b: answer(torch.promote_types, LETTERS[a], LETTERS[b])),
        "can_cast": table(DTYPES, DTYPES, lambda a, b: "-+"[torch.can_cast(LETTERS[a], LETTERS[b])]),
        "result_type": {
            str(default): result_types(default) for default in (torch.float32, torch.float64, torch.float16)
        },
        "of_three": [f"{letters}:{result}" for letters in triples if (result := of_three(letters))],
        "type_names": {letter: torch.empty(0, dtype=LETTERS[letter]).type() for letter in DTYPES},
        "finfo": {letter: limits(torch.finfo(LETTERS[letter]), floats) for letter in "jklmn"},
        "iinfo": {letter: limits(torch.iinfo(LETTERS[letter]), "bits max min dtype") for letter in "bcdefghi"},
    }


if __name__ == "__main__":
    DATA.write_text(json.dumps(record(), indent=1) + "\n")
