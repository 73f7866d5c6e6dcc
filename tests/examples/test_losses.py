"""The examples give PyTorch's losses, step by step, from the same seed.

What is expected was recorded by `tools/record_examples.py`.
"""

import json

import numpy as np
import pytest

from ..operations.records import DATA
from .programs import DOUBLE, NAMES, REFUSED, STEPS, example

EXPECTED = json.loads((DATA / "examples.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_losses(name):
    """Fifty steps agree to 1e-4, in double precision to 1e-9."""
    losses = list(example(name, "mutagrad").train(STEPS))

    np.testing.assert_allclose(losses, EXPECTED[name], rtol=1e-9 if name in DOUBLE else 1e-4)


@pytest.mark.parametrize("name", REFUSED)
def test_writes_that_pytorch_refuses(name):
    """Where the program overwrites what a backward pass still needs, it gives the losses of the one that does not."""
    losses = list(example(name, "mutagrad").train(10, **REFUSED[name]))

    np.testing.assert_allclose(losses, EXPECTED[name][:10], rtol=1e-9 if name in DOUBLE else 1e-4)
