"""Every operator of PyTorch's database that is present is right, in every case and every form that is recorded.

The cases are read from `tests/data/op_db/`, which `tools/run_op_db.py --record` made.
"""

import pytest

from ..operations.under_test import torch
from . import calls, coverage

RECORDINGS = coverage.recordings()
PRESENT = {
    name: recording
    for recording in RECORDINGS.values()
    for name, entry in recording.operators.items()
    if "excluded" not in entry and calls.function_of(torch, name) is not None
}


@pytest.mark.parametrize("name", PRESENT)
def test_operator(name):
    """Values, gradients of two orders, method, in-place form, `out=` and errors are PyTorch's."""
    failures = {
        f"{case.case['dtype']} sample {case.case['number']}, {aspect}": text
        for case in coverage.cases_of(torch, name, PRESENT[name])
        for aspect, text in case.failures()
    }

    assert not failures


@pytest.mark.parametrize("name", PRESENT)
def test_aliases(name):
    """The other names of an operator that is present are there too."""
    aliases = PRESENT[name].operators[name].get("aliases", ())

    assert [alias for alias in aliases if calls.lookup(torch, alias.removeprefix("torch.")) is None] == []


def test_the_coverage_page_is_current():
    """`docs/coverage.md` says what the recordings and the library say; else run `python tools/write_coverage.py`."""
    if torch.__name__ == "mutagrad":
        assert coverage.PAGE.read_text(encoding="utf-8") == coverage.page(torch)
