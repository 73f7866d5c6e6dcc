"""Derivatives of first and second order, by differences, of functions that PyTorch has no derivatives of."""

from typing import Any

import numpy as np
import pytest

from mutagrad import autograd, special, tensor

STEP = 1e-5
INSIDE = np.array([0.3, 0.7, 1.9])
BESSEL = [name for name in special.__all__ if "bessel" in name] + ["airy_ai"]
POLYNOMIALS = [name for name in special.__all__ if "polynomial" in name]


def derivative(function, at, order):
    """The derivative of an order at the places given."""
    x = tensor(at, requires_grad=True)
    value: Any = function(x)
    for _ in range(order):
        (value,) = autograd.grad(value.sum(), x, create_graph=True)
    return value.detach().numpy()


def assert_differences(function, at):
    for order in (1, 2, 3):
        numeric = derivative(function, at + STEP, order - 1) - derivative(function, at - STEP, order - 1)

        np.testing.assert_allclose(derivative(function, at, order), numeric / (2 * STEP), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", BESSEL)
def test_bessel(name):
    """Of every order, at zero as well where the function is regular."""
    regular = not any(letter in name for letter in ("_y", "_k"))
    assert_differences(getattr(special, name), np.append(INSIDE, 0.0) if regular else INSIDE)


@pytest.mark.parametrize("name", POLYNOMIALS)
def test_polynomials(name):
    """Of every order, at the ends of the interval too, where the usual formulas divide by zero."""
    degrees = tensor(np.arange(6.0)[:, None])
    assert_differences(lambda x: getattr(special, name)(x, degrees).sum(0), np.array([-1.0, 0.2, 0.5, 1.0]))
