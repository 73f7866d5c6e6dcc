"""How samples of the gamma distribution and of shares move with their concentrations."""

import numpy as np
import pytest
from scipy import special

import mutagrad as torch
from mutagrad.distributions import Dirichlet, Gamma

CONCENTRATION = np.array([0.3, 0.7, 1.0, 2.5, 40.0])


def sample(concentration):
    torch.manual_seed(3)
    return Gamma(concentration, torch.ones_like(concentration)).rsample()


def derivatives():
    """Samples at `CONCENTRATION`, and their derivatives of first and second order."""
    at = torch.tensor(CONCENTRATION, requires_grad=True)
    drawn = sample(at)
    (first,) = torch.autograd.grad(drawn.sum(), at, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), at, create_graph=True)
    return at, drawn, first, second


def test_both_derivatives_are_those_of_the_quantile_function():
    """Against differences of the number at which the distribution function has the value it has at the sample."""
    _, drawn, first, second = derivatives()
    quantile = special.gammainc(CONCENTRATION, drawn.detach().numpy())
    h = 1e-2 * CONCENTRATION
    x = {k: special.gammaincinv(CONCENTRATION + k * h, quantile) for k in range(-2, 3)}

    np.testing.assert_allclose(first.detach().numpy(), (8 * (x[1] - x[-1]) - x[2] + x[-2]) / (12 * h), rtol=1e-5)
    curvature = (16 * (x[1] + x[-1]) - x[2] - x[-2] - 30 * x[0]) / (12 * h * h)
    np.testing.assert_allclose(second.detach().numpy(), curvature, rtol=1e-4)


def test_tangents_are_the_derivatives():
    _, _, first, second = derivatives()
    at, one = torch.tensor(CONCENTRATION), torch.ones(len(CONCENTRATION), dtype=torch.float64)

    def slope(at):
        return torch.func.jvp(sample, (at,), (one,))[1]

    np.testing.assert_allclose(slope(at).numpy(), first.detach().numpy())
    np.testing.assert_allclose(torch.func.jvp(slope, (at,), (one,))[1].numpy(), second.detach().numpy())


def test_what_has_no_further_derivative_says_so():
    """Of the third order for the gamma distribution, of the second for shares, whose paths are not settled."""
    at, _, _, second = derivatives()
    with pytest.raises(RuntimeError, match="no further derivative of samples"):
        torch.autograd.grad(second.sum(), at)

    weights = torch.tensor(CONCENTRATION, requires_grad=True)
    (first,) = torch.autograd.grad(Dirichlet(weights).rsample()[0], weights, create_graph=True)
    with pytest.raises(RuntimeError, match="no further derivative of samples"):
        torch.autograd.grad(first.sum(), weights)
