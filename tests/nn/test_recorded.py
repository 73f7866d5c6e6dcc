"""Networks give PyTorch's numbers, look as PyTorch's, and refuse in PyTorch's words.

What is expected was recorded by `tools/record_training.py`.
"""

import pytest

import mutagrad

from . import initial_values, interfaces, layers, programs, texts
from .recording import assert_program, expected_text, text_of

PARTS = {
    "training": (programs.PROGRAMS, texts.TEXTS),
    "layers": (layers.PROGRAMS, layers.TEXTS),
    "interfaces": (interfaces.PROGRAMS, interfaces.TEXTS),
    "initial_values": (initial_values.PROGRAMS, initial_values.TEXTS),
}
# PyTorch adds small constants in second derivatives of the binary cross entropy.
RTOL = {"loss_second_order": {"float64": 1e-9}, "transformers": {"float32": 1e-4}, "layers": {"float32": 5e-5}}


@pytest.mark.parametrize("part, name", [(part, name) for part, (found, _) in PARTS.items() for name in found])
def test_numbers(part, name):
    """A program gives the same numbers, in the same dtypes and shapes."""
    assert_program(mutagrad, name, PARTS[part][0][name], RTOL.get(name), part)


@pytest.mark.parametrize("part, name", [(part, name) for part, (_, found) in PARTS.items() for name in found])
def test_texts(part, name):
    """A picture, a list of names, a message with its class and the warnings before it are the same text."""
    assert text_of(PARTS[part][1][name], mutagrad) == expected_text(name, part)
