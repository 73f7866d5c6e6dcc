"""Random programs that mutate their tensors, against the scalar oracle.

`MUTAGRAD_ORACLE_PROGRAMS` sets how many (3000). A failure is shrunk and printed as a function: keep it in
`named/hazards.py`. How far the oracle agrees with PyTorch is measured by `python -m tests.oracle.against_pytorch`.
"""

import functools
import os

import pytest

import mutagrad

from . import oracle
from .harness import as_function, difference, gradient_of_loss, harvest, run, shrink, slope_difference
from .named.hazards import HAZARDS
from .operations import Unfit
from .programs import MISTAKES, program
from .tensors import overlap_allowed

PROGRAMS = int(os.environ.get("MUTAGRAD_ORACLE_PROGRAMS", "3000"))
CHUNK = 50
TRAITS = [(), (), (), ("watch",)]  # by turns
STARTS = range(0, PROGRAMS, CHUNK)


@functools.lru_cache(maxsize=CHUNK)
def generated(seed, traits):
    """Program `seed` and what the oracle makes of it."""
    lines = program(seed, traits)
    return lines, expected(lines, traits)


def expected(lines, traits):
    with overlap_allowed("overlap" in traits):
        return harvest(run(lines, oracle), oracle)


def verdict(lines, wanted, policy, may_raise):
    """What is wrong with mutagrad's run of `lines`: its kind and the details, or None."""
    try:
        with mutagrad.set_overwrite_policy(policy):
            return (text := difference(wanted, harvest(run(lines, mutagrad), mutagrad))) and ("difference", text)
    except RuntimeError as error:
        return None if may_raise else (type(error).__name__, str(error))
    except Exception as error:
        return type(error).__name__, f"{type(error).__name__}: {error}"


def check(seed, traits, policy, may_raise=False):
    """Fails with a shrunk program if program `seed` gives anything but the oracle's values and gradients."""
    lines, wanted = generated(seed, traits)
    wrong = verdict(lines, wanted, policy, may_raise)
    if not wrong:
        return

    def fails(shorter):
        try:
            found = verdict(shorter, expected(shorter, traits), policy, may_raise)
        except (*MISTAKES, NameError, AttributeError, RuntimeError):
            return False
        return found is not None and found[0] == wrong[0]

    shortest = shrink(lines, fails)
    details = verdict(shortest, expected(shortest, traits), policy, may_raise)[1]
    name = "_".join(["seed", str(seed), *traits])
    pytest.fail(f"policy {policy!r}, {details}\n\n{as_function(shortest, name)}\n", pytrace=False)


@pytest.mark.parametrize("start", STARTS)
def test_random_programs_keep_their_gradients(start):
    """Whatever is overwritten, through whatever alias, values and gradients are those of the program that ran."""
    for seed in range(start, min(start + CHUNK, PROGRAMS)):
        check(seed, TRAITS[seed % len(TRAITS)], "preserve")


@pytest.mark.parametrize("start", STARTS[::5])
@pytest.mark.parametrize("policy", ["error", "torch"])
def test_other_policies_give_the_right_gradient_or_raise(start, policy):
    """Under "error" and "torch" a gradient is right or refused, never wrong."""
    for seed in range(start, min(start + CHUNK, PROGRAMS)):
        check(seed, TRAITS[seed % len(TRAITS)], policy, may_raise=True)


@pytest.mark.parametrize("trait", ["overlap", "numpy"])
@pytest.mark.parametrize("start", STARTS[::10])
def test_what_cannot_be_followed_is_right_or_refused(start, trait):
    """Operands that overlap what is written, and writes through NumPy's arrays, give the right result or raise."""
    for seed in range(start, min(start + CHUNK, PROGRAMS)):
        check(seed, (trait,), "preserve", may_raise=True)


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard.__name__)
@pytest.mark.parametrize("policy", ["preserve", "error", "torch"])
def test_named_programs(hazard, policy):
    """A program kept under a name agrees with the oracle; policies other than "preserve" may refuse it."""
    wrong = verdict(hazard, expected(hazard, ()), policy, may_raise=policy != "preserve")

    if wrong:
        pytest.fail(wrong[1], pytrace=False)


@pytest.mark.parametrize("seed", range(20))
def test_gradients_of_the_oracle_are_slopes_of_its_values(seed):
    """The oracle itself is held against central differences, where no write goes past the history."""
    lines = program(seed, ("pure",))
    try:
        wrong = slope_difference(lines, oracle, gradient_of_loss(lines, oracle))
    except Unfit:
        pytest.skip("an element moved across the edge of a domain")

    assert wrong is None, f"{wrong}\n\n{as_function(lines, 'program')}"


def test_shrinking_keeps_what_matters():
    """A failing program shrinks to the lines without which it would not fail."""
    lines = ["a = 1", "b = a", "c = b", "d = 5", "e = c + d"]

    assert shrink(lines, lambda lines: run_or_none(lines) == 6) == ["a = 1", "d = 5", "e = a + d"]


def run_or_none(lines):
    """What `lines` leave in `e`."""
    try:
        return run(lines, None).get("e")
    except NameError:
        return None
