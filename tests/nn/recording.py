"""Programs that run under PyTorch, where `tools/record_training.py` records them, and under mutagrad, in tests.

A program is a function of the module called `torch` and gives a dictionary of tensors and arrays; a text is the `repr`
of what a function of it gives. They are kept in `tests/data/`, in a pair of files for each part, in the way of the
recorded operations.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from ..operations.records import DATA, Recorder, Records

STEM = "training"
RTOL = {"float16": 2e-3, "float32": 1e-5, "complex64": 1e-5}

Program = Callable[[Any], dict[str, Any]]


def to_array(value: Any) -> np.ndarray:
    """The values of a tensor or array, apart from its memory and its graph."""
    return np.array(value.detach().numpy() if hasattr(value, "detach") else value)


def outcome(torch: Any, program: Program) -> dict[str, np.ndarray]:
    """What the program gives, as arrays."""
    return {name: to_array(value) for name, value in program(torch).items()}


def text_of(call: Callable[[Any], Any], torch: Any) -> str:
    """What a call gives, as text, or the class and message of what it raises; warnings first."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.simplefilter("ignore", RuntimeWarning)  # NumPy's, of inf and nan
        try:
            result = call(torch)
            text = result if isinstance(result, str) else repr(result)
        except Exception as error:
            # PyTorch's sentence; below it mutagrad says where, and what to do.
            text = f"{type(error).__name__}: {str(error).partition(chr(10) * 2 + '  ')[0]}"
    warned = "".join(f"{warning.category.__name__}: {warning.message}\n" for warning in caught)
    # The path of a class's module is each library's own.
    return warned + re.sub(r"'(?:torch|mutagrad)\.[\w.]*\.(\w+)'", r"'\1'", text)


def record(torch: Any, programs: dict[str, Program], texts: dict[str, Callable[[Any], Any]]) -> Recorder:
    """What programs and texts give under PyTorch."""
    recorder = Recorder()
    for name, program in programs.items():
        for key, value in outcome(torch, program).items():
            recorder.index[f"{name}/{key}"] = {"array": recorder.place(value)}
    for name, call in texts.items():
        recorder.index[name] = {"text": text_of(call, torch)}
    return recorder


@cache
def records(stem: str) -> Records:
    """The records of a part."""
    return Records.load(stem) if (DATA / f"{stem}.json").exists() else Records({}, {})


def expected_arrays(program: str, stem: str = STEM) -> dict[str, np.ndarray]:
    """What the program gave under PyTorch."""
    kept = records(stem)
    places = {name.partition("/")[2]: entry for name, entry in kept.index.items() if name.startswith(f"{program}/")}
    return {key: kept.array(entry["array"]) for key, entry in places.items()}  # type: ignore[misc]


def expected_text(name: str, stem: str = STEM) -> str:
    """The text under PyTorch."""
    return records(stem).index[name]["text"]


def assert_program(
    torch: Any, name: str, program: Program, rtol: dict[str, float] | None = None, stem: str = STEM
) -> None:
    """Asserts that a program gives what it gave under PyTorch."""
    found, expected = outcome(torch, program), expected_arrays(name, stem)
    assert found.keys() == expected.keys()
    for key, value in found.items():
        assert_close(value, expected[key], f"{name}/{key}", (rtol or {}).get(value.dtype.name))


def assert_close(found: np.ndarray, expected: np.ndarray, name: str, rtol: float | None = None) -> None:
    """Asserts equal dtype and shape, and values equal up to a tolerance of the dtype, or to `rtol`."""
    assert (found.dtype, found.shape) == (expected.dtype, expected.shape), name
    rtol = RTOL.get(expected.dtype.name, 1e-12) if rtol is None else rtol
    largest = float(np.max(np.abs(expected[np.isfinite(expected)]), initial=0.0))
    np.testing.assert_allclose(found, expected, rtol, 0.1 * rtol * largest, err_msg=name)
