"""Optimisers step as PyTorch's, look as PyTorch's, and refuse in PyTorch's words.

What is expected was recorded by `tools/record_training.py`.
"""

import pytest

import mutagrad

from ..nn.recording import assert_program, expected_text, text_of
from . import algorithms, programs, schedules

PARTS = {"training": programs, "optimizers": algorithms, "schedules": schedules}
# Rounding grows from step to step; the loss curves agree to these tolerances after 50 of them.
RTOL = {
    "training": {"float32": 1e-4, "float64": 1e-9},
    "lbfgs": {"float32": 1e-2, "float64": 1e-6},
    "differentiated": {"float64": 1e-4},  # PyTorch counts in single precision
    "large": {"float32": 1e-4},
}


def named(kind):
    """The parts and the names of the programs, or of the texts, in them."""
    return [(part, name) for part, module in PARTS.items() for name in getattr(module, kind)]


@pytest.mark.parametrize("part, name", named("PROGRAMS"))
def test_numbers(part, name):
    """A program gives the same numbers, in the same dtypes and shapes."""
    assert_program(mutagrad, name, PARTS[part].PROGRAMS[name], RTOL.get(name), part)


@pytest.mark.parametrize("part, name", named("TEXTS"))
def test_texts(part, name):
    """A picture, a state, a message with its class and the warnings before it are the same text."""
    assert text_of(PARTS[part].TEXTS[name], mutagrad) == expected_text(name, part)
