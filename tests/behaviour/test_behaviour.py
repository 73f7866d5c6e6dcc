"""mutagrad does what PyTorch was recorded to do, or what it says it does better."""

import pytest

import mutagrad

from .suite import agree, modules, outcome, plain, recorded

MODULES = modules()
CASES = [
    pytest.param(module, case, id=f"{module}-{case.name}")
    for module, cases in MODULES.items()
    for case in cases.values()
]
RECORDED = {module: recorded(module) for module in MODULES}


@pytest.mark.parametrize(("module", "case"), CASES)
def test_a_case_gives_what_it_gives_under_pytorch(module, case):
    """Up to rounding; a case that mutagrad does better gives what it says, and that is not what PyTorch gives."""
    expected = RECORDED[module][case.name]
    if case.reason is not None:
        assert not agree(plain(case.gives), expected), "needs no reason"
        expected = plain(case.gives)

    found = outcome(mutagrad, case)

    assert agree(found, expected), f"gives {found!r}, not {expected!r}"


@pytest.mark.parametrize("module", MODULES)
def test_every_case_is_recorded_and_nothing_else(module):
    assert list(RECORDED[module]) == list(MODULES[module])
