"""The second job of the demo: its physics, its gradient, what it recovers, and what it overwrites."""

import numpy as np
import pytest

import mutagrad as torch
from mutagrad.demo import wave


def test_the_wave_travels_at_the_speed_of_the_rod():
    """In a uniform rod the pulse reaches two receivers as far apart in time as their distance over the speed."""
    survey = wave.survey()
    heard = wave.simulate(torch.full((survey.cells,), 2.0), survey).numpy()
    arrivals = survey.interval * heard.argmax(axis=0)
    places = survey.spacing * np.arange(survey.cells)[survey.receivers]

    assert arrivals[10] - arrivals[2] == pytest.approx((places[10] - places[2]) / 2.0, rel=0.01)


def test_the_time_stepping_solves_the_wave_equation(double_precision):
    """At the Courant number 1 the scheme is exact: a push at one point fills its light cone with a chequerboard.

    The fundamental solution of u_next[i] = u[i-1] + u[i+1] - u_prev[i] is 1 at every second place that the push can
    have reached, |i - source| <= step, and 0 elsewhere.
    """
    push = [1.0] + [0.0] * 15
    survey = wave.Survey(cells=41, spacing=0.1, interval=0.1, push=push, source=20, receivers=slice(0, 41))
    heard = wave.simulate(torch.ones(41), survey).numpy()
    step, place = np.indices(heard.shape)
    reached = np.abs(place - 20) <= step

    np.testing.assert_array_equal(heard, reached & ((place - 20 - step) % 2 == 0))


def test_the_gradient_through_the_time_steps_is_exact(double_precision):
    """Along a random direction the gradient of the misfit agrees with a central difference."""
    torch.manual_seed(0)
    survey = wave.survey(cells=41)
    heard = wave.listen(wave.true_speed(41), survey)
    speed = torch.full((41,), 2.2, requires_grad=True)
    direction = torch.randn(41)
    misfit(speed, heard, survey).backward()
    ahead, behind = (misfit(speed.detach() + step * direction, heard, survey).item() for step in (1e-6, -1e-6))

    assert (speed.grad * direction).sum().item() == pytest.approx((ahead - behind) / 2e-6, rel=1e-6)


def test_the_descent_recovers_the_speed():
    """The whole job, as the command runs it: the error of the speed falls to a seventh or less, to at most 2.5 %."""
    torch.manual_seed(0)
    survey = wave.survey()
    true = wave.true_speed(survey.cells)
    guesses = list(wave.recover(wave.listen(true, survey), survey, iterations=60))
    before, after = (wave.relative_error(guess.speed, true) for guess in (guesses[0], guesses[-1]))

    assert guesses[-1].misfit < 0.01 * guesses[0].misfit
    assert after < before / 7
    assert after < 0.025


def test_every_state_but_the_last_two_is_kept_once():
    """A simulation overwrites each state that its gradient needs, but for the two that are still in memory."""
    survey = wave.survey(cells=41)
    speed = torch.full((41,), 2.2, requires_grad=True)
    before = torch.overwrite_statistics()
    overwritten, copies, kept = before.overwritten, before.copies, before.bytes_kept
    seismogram = wave.simulate(speed, survey)
    after = torch.overwrite_statistics()

    lost = len(survey.push) - 2
    assert after.overwritten - overwritten == lost
    assert after.copies - copies == lost
    assert after.bytes_kept - kept == lost * 39 * 4
    assert seismogram.requires_grad


def test_straight_lines_join_the_values_at_the_knots():
    """The matrix does what numpy.interp does."""
    values = np.array([3.0, 1.0, 2.0, 5.0], dtype=np.float32)
    lines = wave.straight_lines(10, 4).numpy()

    np.testing.assert_allclose(lines @ values, np.interp(np.linspace(0, 3, 10), np.arange(4), values), atol=1e-5)


def misfit(speed, heard, survey):
    """The sum of squares of the difference between what is heard in a rod of this speed and `heard`."""
    return ((wave.simulate(speed, survey) - heard) ** 2).sum()
