"""Programs that fill arrays in place: right under "preserve" and "error", without an exception and without a copy."""

import numpy as np
import pytest

import mutagrad

from .programs import PROGRAMS


def central_differences(function, x, step=1e-6):
    """The derivative of a function of an array, element by element."""
    slopes = np.empty_like(x)
    for place in np.ndindex(x.shape):
        nudge = np.zeros_like(x)
        nudge[place] = step
        slopes[place] = (function(x + nudge) - function(x - nudge)) / (2 * step)
    return slopes


@pytest.mark.parametrize("policy", ["preserve", "error"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_value_and_gradient_without_a_needless_copy(name, policy):
    """Against NumPy's or SciPy's value and central differences of it."""
    program = PROGRAMS[name]
    x = program.inputs(program.size)
    before = mutagrad.overwrite_statistics()
    with mutagrad.set_overwrite_policy(policy):
        leaf = mutagrad.tensor(x, requires_grad=True)
        loss = program.run(mutagrad, leaf)
        loss.backward()

    after = mutagrad.overwrite_statistics()
    assert (after.copies - before.copies, after.overwritten - before.overwritten) == (program.copies(len(x)), 0)
    np.testing.assert_allclose(loss.item(), program.reference(x), rtol=1e-12)
    np.testing.assert_allclose(leaf.grad.numpy(), central_differences(program.reference, x), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", ["LU", "Cholesky"])
def test_the_gradient_of_a_determinant_is_the_inverse(name):
    """In closed form: the derivative of log det A is the transposed inverse of A."""
    program = PROGRAMS[name]
    m = program.inputs(12)
    leaf = mutagrad.tensor(m, requires_grad=True)
    program.run(mutagrad, leaf).backward()
    gradient = leaf.grad.numpy()

    if name == "Cholesky":  # It reads only the lower triangle, which stands for both.
        gradient = (gradient + gradient.T) / 2
    np.testing.assert_allclose(gradient, np.linalg.inv(m).T, rtol=1e-9, atol=1e-12)
