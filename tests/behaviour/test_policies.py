"""Under the overwrite policy "torch" a program fails where it fails in PyTorch, with the same versions in the message."""

import re

import pytest

import mutagrad

from .suite import modules, outcome, recorded

REFUSED = re.compile(
    r"modified by an inplace operation: \[(.*?\])\].* is at version (\d+); expected version (\d+) instead"
)
# `h.mul_(h)` keeps a copy of what it overwrites, so the next write takes nothing from it.
KEPT = {"turns_of_view_and_base"}
CASES = [
    pytest.param(case, match.groups(), id=f"{module}-{case.name}")
    for module, cases in modules().items()
    for case in cases.values()
    if (match := REFUSED.search(str(recorded(module)[case.name]))) and case.name not in KEPT
]


@pytest.mark.parametrize(("case", "refusal"), CASES)
def test_what_pytorch_refuses_is_refused_under_its_policy(case, refusal):
    """Type and shape of the saved value, the version it is at and the one expected are those of PyTorch."""
    with mutagrad.set_overwrite_policy("torch"):
        found = REFUSED.search(str(outcome(mutagrad, case)))

    assert found and found.groups() == refusal


SEVERAL_VIEWS = [
    pytest.param(case, text["raises"], id=f"{module}-{case.name}")
    for module, cases in modules().items()
    for case in cases.values()
    if "is a view and is being modified inplace" in str(text := recorded(module)[case.name])
    and "returns multiple views" in str(text)
]


@pytest.mark.parametrize(("case", "text"), SEVERAL_VIEWS)
def test_a_write_to_one_of_several_views_is_refused_under_its_policy(case, text):
    """In the words of PyTorch."""
    with mutagrad.set_overwrite_policy("torch"):
        found = outcome(mutagrad, case)

    assert found == {"raises": text}


def test_a_policy_leaves_no_trace():
    """Calls are general ones only while PyTorch's rule holds."""
    before = mutagrad.modes.extras[0]
    with mutagrad.set_overwrite_policy("torch"):
        with mutagrad.set_overwrite_policy("error"):
            assert mutagrad.modes.extras[0] == before
        assert mutagrad.modes.extras[0] == before + 1

    assert mutagrad.modes.extras[0] == before
