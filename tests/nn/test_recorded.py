"""Networks give PyTorch's numbers, look as PyTorch's, and refuse in PyTorch's words.

What is expected was recorded by `tools/record_training.py`.
"""

import pytest

import mutagrad

from .programs import PROGRAMS
from .recording import assert_program, expected_text, text_of
from .texts import TEXTS

# PyTorch adds small constants in second derivatives of the binary cross entropy.
RTOL = {"loss_second_order": {"float64": 1e-9}}


@pytest.mark.parametrize("name", PROGRAMS)
def test_numbers(name):
    """A program gives the same numbers, in the same dtypes and shapes."""
    assert_program(mutagrad, name, PROGRAMS[name], RTOL.get(name))


@pytest.mark.parametrize("name", TEXTS)
def test_texts(name):
    """A picture, a list of names, a message with its class and the warnings before it are the same text."""
    assert text_of(TEXTS[name], mutagrad) == expected_text(name)
