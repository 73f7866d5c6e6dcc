"""Tensors print as PyTorch 2.13 printed them when `tools/record_printing.py` ran."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mutagrad import dtypes, printing

RULES = json.loads((Path(__file__).parent / "data" / "printing.json").read_text())
SUFFIXES = {
    "plain": [],
    "leaf": ["requires_grad=True"],
    "result": ["grad_fn=<CloneBackward0>"],
    "parameter": ["requires_grad=True"],
}


@pytest.fixture(autouse=True)
def restore_options() -> Iterator[None]:
    yield
    printing.set_printoptions(profile="default")
    dtypes.set_default_dtype(dtypes.float32)


def array_of(values: list[Any] | int, shape: list[int], dtype: str) -> np.ndarray:
    values = list(range(values)) if isinstance(values, int) else values
    flat = [complex(*pair) for pair in values] if dtype.startswith("complex") else values
    if not flat:
        return np.empty(shape, dtype)
    return np.array(flat, dtype).take(np.arange(np.prod(shape, dtype=int)), mode="wrap").reshape(shape)


def printed(case: dict[str, Any]) -> str:
    printing.set_printoptions(profile="default")
    printing.set_printoptions(**case.get("options", {}))
    dtypes.set_default_dtype(getattr(dtypes, case.get("default", "float32")))
    array = array_of(case["values"], case["shape"], case["dtype"])
    kind = case.get("kind", "plain")
    heading = "Parameter containing:\n" if kind == "parameter" else ""
    prefix = case.get("prefix", "tensor") + "("
    return heading + printing.format_tensor(array, suffixes=SUFFIXES[kind], prefix=prefix)


@pytest.mark.parametrize("rule", RULES)
def test_text_is_the_recorded_one(rule: str) -> None:
    """Every recorded case of a rule is printed as PyTorch printed it."""
    for case in RULES[rule]:
        assert printed(case) == case["text"], case


@pytest.mark.parametrize("step", [-1, 2])
def test_memory_layout_does_not_show(step: int) -> None:
    """A strided view prints like its contiguous copy."""
    view = np.arange(24.0).reshape(4, 6).T[::step]

    assert printing.format_tensor(view) == printing.format_tensor(view.copy())


def test_summary_reads_only_the_corners() -> None:
    """A tensor too large to copy prints from its corners."""
    array = np.broadcast_to(np.float32(1), (1 << 30, 1 << 30))

    assert printing.format_tensor(array).count("1.") == 36


def test_options_not_named_stay() -> None:
    """Only `sci_mode` falls back to automatic when it is not named."""
    printing.set_printoptions(precision=2, sci_mode=True)
    printing.set_printoptions(linewidth=100)

    expected = {"precision": 2, "threshold": 1000, "edgeitems": 3, "linewidth": 100, "sci_mode": None}
    assert printing.get_printoptions() == expected


def test_unknown_profile_changes_nothing() -> None:
    """PyTorch takes no notice of a profile that it does not know."""
    printing.set_printoptions(precision=2)
    printing.set_printoptions(profile="colourful")

    assert printing.get_printoptions()["precision"] == 2


def test_context_restores_the_options() -> None:
    """Options set for a block are undone after it, error or not."""
    with pytest.raises(ZeroDivisionError), printing.printoptions(precision=1):
        assert printing.format_tensor(np.array([0.25], np.float32)) == "tensor([0.2])"
        raise ZeroDivisionError

    assert printing.format_tensor(np.array([0.25], np.float32)) == "tensor([0.2500])"


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (np.float32(1.5), "", "1.5"),
        (np.float32(0.1), "", "0.10000000149011612"),
        (np.float64(1.5), ".3f", "1.500"),
        (np.int64(3), ">4d", "   3"),
        (np.True_, "", "True"),
        (np.complex64(1 + 2j), "", "(1+2j)"),
    ],
)
def test_format_of_a_single_number(value: np.generic, spec: str, text: str) -> None:
    """A zero-dimensional tensor is formatted as its Python number."""
    assert printing.format_value(None, np.asarray(value), spec) == text


class Tensor:
    """Stands for the tensor class: all that `format_value` uses of it is its name and `repr`."""

    def __repr__(self) -> str:
        return "tensor([1.5000])"


def test_format_of_several_numbers_takes_no_spec() -> None:
    """A tensor with dimensions formats as its repr, and refuses a format spec."""
    array = np.array([1.5], np.float32)

    assert printing.format_value(Tensor(), array, "") == "tensor([1.5000])"
    with pytest.raises(TypeError, match=r"^unsupported format string passed to Tensor.__format__$"):
        printing.format_value(Tensor(), array, ".3f")
