"""Loaders give PyTorch's batches in PyTorch's order, and refuse in PyTorch's words.

What is expected was recorded by `tools/record_training.py`.
"""

import pytest

import mutagrad

from ..nn.recording import expected_text, text_of
from .programs import TEXTS


@pytest.mark.parametrize("name", TEXTS)
def test_texts(name):
    """Items, batches, and messages with their class are the same text."""
    assert text_of(TEXTS[name], mutagrad) == expected_text(name, "loading")
