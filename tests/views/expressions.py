"""Expressions and what PyTorch makes of them, side by side in text files.

A line at the margin is an expression, or statements that set `r`; what follows it, indented, is the `repr` of its value
in PyTorch 2.13, or the class and first line of its error after `!!`. Every line starts from the seed 0 and sees the
tensors of `names_of`. To add one, write it into a file and run `python tools/record_expressions.py`.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent
from typing import Any

import numpy as np

INDENT = "    "
RAISED = "!! "


def names_of(torch: Any) -> dict[str, Any]:
    """What an expression may name: a tensor `x`, a leaf `g` that requires grad, a result `n`, complex numbers `c`."""
    g = torch.arange(6.0).view(2, 3).requires_grad_()
    return {
        "torch": torch,
        "np": np,
        "x": torch.arange(6.0).view(2, 3),
        "g": g,
        "n": g * 2,
        "c": torch.zeros(2, 2, dtype=torch.complex64),
    }


def outcome(torch: Any, line: str, names: dict[str, Any] | None = None) -> str:
    """The `repr` of a line's value, without addresses, or its error."""
    names = names_of(torch) if names is None else names
    torch.manual_seed(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                code = compile(line, "<expression>", "eval")
            except SyntaxError:
                exec(line, names)
                return shown(names["r"])
            return shown(eval(code, names))
    except Exception as error:
        kind = next(each for each in type(error).__mro__ if each.__module__ == "builtins")
        return f"{RAISED}{kind.__name__}: {str(error).splitlines()[0] if str(error) else ''}"


def shown(value: Any) -> str:
    """The `repr` of a value without memory addresses."""
    return re.sub(r" object at 0x[0-9a-f]+", "", repr(value))


def read(path: Path) -> Iterator[tuple[str, str]]:
    """The lines of a file with what is recorded of each."""
    for block in re.split(r"\n(?=\S)", path.read_text()):
        line, _, recorded = block.partition("\n")
        if line and not line.startswith("#"):
            yield line, re.sub(f"^{INDENT}", "", recorded, flags=re.MULTILINE).rstrip("\n")


def write(path: Path, torch: Any) -> None:
    """Records what `torch` makes of every line of a file, in place."""
    blocks = []
    for block in re.split(r"\n(?=\S)", path.read_text()):
        line = block.partition("\n")[0]
        if line.startswith("#"):
            blocks.append("\n" + line if blocks else line)
        elif line:
            blocks.append(f"{line}\n{indent(outcome(torch, line), INDENT)}")
    path.write_text("\n".join(blocks) + "\n")
