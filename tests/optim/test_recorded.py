"""Optimisers step as PyTorch's, look as PyTorch's, and refuse in PyTorch's words.

What is expected was recorded by `tools/record_training.py`.
"""

import pytest

import mutagrad

from ..nn.recording import assert_program, expected_text, text_of
from .programs import PROGRAMS, TEXTS

# Rounding grows from step to step; the loss curves agree to these tolerances after 50 of them.
RTOL = {"training": {"float32": 1e-4, "float64": 1e-9}}


@pytest.mark.parametrize("name", PROGRAMS)
def test_numbers(name):
    """A program gives the same numbers, in the same dtypes and shapes."""
    assert_program(mutagrad, name, PROGRAMS[name], RTOL.get(name))


@pytest.mark.parametrize("name", TEXTS)
def test_texts(name):
    """A picture, a state, a message with its class and the warnings before it are the same text."""
    assert text_of(TEXTS[name], mutagrad) == expected_text(name)
