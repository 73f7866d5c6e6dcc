"""Calls with wrong arguments, over the whole public surface, raise PyTorch's class of error with its first line.

`tools/record_bad_calls.py` records them. Where tensors must also be unchanged after the error: `errors.py`.
"""

import json

import pytest

from .records import DATA
from .under_test import torch

CALLS = json.loads((DATA / "bad_calls.json").read_text(encoding="utf-8"))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("expression", CALLS)
def test_bad_call(expression):
    kind, line = CALLS[expression]

    with pytest.raises(Exception) as caught:
        eval(expression, {"torch": torch})

    assert kind in [each.__name__.strip("_") for each in type(caught.value).__mro__]
    assert str(caught.value).partition("\n")[0] == line
