"""Distributions give what PyTorch gives: numbers, shapes, texts, gradients and samples for the same seed."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import special

import mutagrad
from tests.distributions.cases import CASES, CHECKED, PAIRS, REACHED, REFUSED
from tests.distributions.observations import QUESTIONS, checked, divergence, observe, reached, refusal

RECORDED = json.loads((Path(__file__).parents[1] / "data/distributions.json").read_text())


# The entropy of a multinomial has a term that PyTorch computes in single precision whatever the parameters are.
TOLERANCES = {"single precision": 1e-6, "entropy": 5e-8, "perplexity": 5e-8}

MADE_OF_GAMMAS = ("gamma", "chi2", "beta", "dirichlet", "student t")
"""PyTorch's gradients of these samples by concentrations are approximations."""


def tolerance_of(name: str, question: str) -> float:
    return 1e-4 if question == "rsample" and name in MADE_OF_GAMMAS else TOLERANCES.get(question, 1e-9)


def close(found: Any, recorded: Any, tolerance: float) -> Any:
    """Whether two observations agree, numbers within a relative tolerance and small ones absolutely."""
    if isinstance(recorded, dict):
        return found.keys() == recorded.keys() and all(close(found[k], recorded[k], tolerance) for k in recorded)
    if isinstance(recorded, list) and isinstance(found, list):
        return len(found) == len(recorded) and all(close(a, b, tolerance) for a, b in zip(found, recorded))
    if isinstance(recorded, float) and isinstance(found, float | int):
        return abs(found - recorded) <= tolerance * max(1, abs(recorded))
    return found == recorded


@pytest.mark.parametrize("name", CASES)
def test_a_distribution(name: str):
    """Everything that can be asked of a distribution has PyTorch's answer, its gradients or its error."""
    seen, recorded = observe(mutagrad, CASES[name]), RECORDED["cases"][name]
    wrong = {
        question: (seen[question], recorded[question])
        for question in recorded
        if not close(seen[question], recorded[question], tolerance_of(name, question))
    }

    assert wrong == {}
    assert set(recorded) == {*QUESTIONS, "single precision"}


@pytest.mark.parametrize("name", PAIRS)
def test_a_divergence(name: str):
    """The divergence of two kinds is PyTorch's."""
    found, recorded = divergence(mutagrad, PAIRS[name]), RECORDED["pairs"][name]

    assert close(found, recorded, 2e-6), (found, recorded)


@pytest.mark.parametrize("call", REFUSED)
def test_a_refusal(call: str):
    """What PyTorch refuses is refused with the same words."""
    found = refusal(mutagrad, call)

    assert found == RECORDED["refused"][call]
    assert found is not None


@pytest.mark.parametrize("name", CHECKED)
def test_a_constraint(name: str):
    """A constraint has PyTorch's text and kind and accepts the same values."""
    assert checked(mutagrad, name, CHECKED[name]) == RECORDED["checked"][name]


@pytest.mark.parametrize("expression", REACHED)
def test_a_transform_to_a_constraint(expression: str):
    """The transform to the set of a constraint is PyTorch's."""
    found, recorded = reached(mutagrad, expression), RECORDED["reached"][expression]

    assert close(found, recorded, 1e-6), (found, recorded)


@pytest.mark.parametrize("concentration", [0.1, 0.9, 3.0, 50.0])
def test_how_gamma_samples_move(concentration: float):
    """Samples move with the concentration so that the probability below them stays."""
    a = mutagrad.full((20,), concentration, dtype=mutagrad.float64, requires_grad=True)
    mutagrad.manual_seed(0)
    sample = mutagrad.distributions.Gamma(a, 1.0).rsample()
    (slope,) = mutagrad.autograd.grad(sample.sum(), a)
    step = 1e-5 * concentration
    probability = [
        special.gammainc(concentration + sign * step, (sample + sign * step * slope).tolist()) for sign in (-1, 1)
    ]

    assert np.abs(probability[1] - probability[0]).max() < 1e-9


def test_how_shares_move():
    """Beta samples move with a concentration so that the probability below them stays."""
    a = mutagrad.full((20,), 2.5, dtype=mutagrad.float64, requires_grad=True)
    mutagrad.manual_seed(0)
    sample = mutagrad.distributions.Beta(a, 0.8).rsample()
    (slope,) = mutagrad.autograd.grad(sample.sum(), a)
    probability = [special.betainc(2.5 + step, 0.8, (sample + step * slope).tolist()) for step in (-1e-5, 1e-5)]

    assert np.abs(probability[1] - probability[0]).max() < 1e-8
