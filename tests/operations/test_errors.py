"""Bad calls raise what PyTorch raises, with its first line, and leave every tensor as it was."""

import json

import pytest

from . import run
from .checks import assert_raises_as, assert_same
from .errors import ERRORS
from .records import DATA
from .under_test import torch

RECORDED = json.loads((DATA / "operations_errors.json").read_text(encoding="utf-8"))
# PyTorch finds the bad index only after it has written the good one before it.
PARTLY_WRITTEN = {"scatter_.range", "index_fill_.range"}


@pytest.mark.parametrize("name", ERRORS)
def test_error(name):
    """Error class and first line are PyTorch's; no input has changed."""
    sample = ERRORS[name]
    tensors = run.inputs(torch, sample, "float64")

    with assert_raises_as(RECORDED[name]):
        run.evaluate(torch, sample, tensors)
    if not (torch.__name__ == "torch" and name in PARTLY_WRITTEN):
        assert_same([tensor.detach() for tensor in tensors], sample.draw("float64"))
