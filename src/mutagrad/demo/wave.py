"""The second job of the demo: recover the speed of sound along a rod from what receivers on it hear.

A wave is started near one end; receivers along the rod record it. `simulate` steps the wave equation u_tt = c² u_xx
through time as a physicist writes it, in three preallocated arrays that take turns, and `recover` runs gradient
descent through all of its steps. Under PyTorch it ends in an error at `backward()`, since the product with the current
state needs that state for its gradient, and two steps later the same memory holds another:

    RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation:
    [torch.FloatTensor [199]], which is output 0 of AsStrided, is at version 501; expected version 498 instead.

mutagrad keeps the states that are needed, each once, and nothing else. Lengths are in km, times in s, speeds in km/s.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import mutagrad as torch
import mutagrad.nn.functional as F

LENGTH = 1.0
FASTEST = 3.6
"""The speed up to which the time stepping is stable; well above every speed of the rod."""


class Survey(NamedTuple):
    """One experiment: how finely space and time are divided, the push that starts the wave, and who listens."""

    cells: int
    spacing: float
    interval: float
    push: list[float]
    source: int
    receivers: slice


class Guess(NamedTuple):
    """One guess of the descent: the speed (cells,) and its misfit, 1 where the rod is thought to be silent."""

    misfit: float
    speed: torch.Tensor


def survey(cells: int = 201, seconds: float = 0.625, frequency: float = 12.0) -> Survey:
    """A rod of `cells` points shaken near its left end, with a receiver at every tenth point."""
    spacing = LENGTH / (cells - 1)
    interval = 0.9 * spacing / FASTEST
    push = [ricker(step * interval - 1.2 / frequency, frequency) for step in range(round(seconds / interval))]
    return Survey(cells, spacing, interval, push, source=cells // 20, receivers=slice(5, None, 10))


def ricker(time: float, frequency: float) -> float:
    """The Ricker wavelet, the pulse of seismology: the second derivative of a bell curve, 1 at `time` 0."""
    phase = (math.pi * frequency * time) ** 2
    return (1 - 2 * phase) * math.exp(-phase)


def true_speed(cells: int) -> torch.Tensor:
    """The speed to be found (cells,): rising from end to end, with two slow zones and a fast block between them."""
    x = torch.linspace(0, LENGTH, cells)
    speed = 2 + 0.8 * x
    speed -= 0.45 * torch.exp(-(((x - 0.33) / 0.06) ** 2))
    speed -= 0.40 * torch.exp(-(((x - 0.84) / 0.05) ** 2))
    speed[(x > 0.55) & (x < 0.70)] += 0.35
    return speed


def simulate(speed: torch.Tensor, survey: Survey) -> torch.Tensor:
    """The seismogram (steps, receivers) that the receivers record in a rod of this speed (cells,), its ends held fast.

    The leapfrog scheme, second order in time and space, with s = (c dt/dx)²:

        u_next[i] = 2 (1 - s[i]) u[i] + s[i] (u[i-1] + u[i+1]) - u_prev[i]
    """
    s = (speed[1:-1] * (survey.interval / survey.spacing)) ** 2
    centre = 2 * (1 - s)
    u_prev, u, u_next = (torch.zeros(survey.cells) for _ in range(3))
    seismogram = torch.zeros(len(survey.push), len(range(survey.cells)[survey.receivers]))
    for step, push in enumerate(survey.push):
        u_next[1:-1] = centre * u[1:-1] + s * (u[:-2] + u[2:]) - u_prev[1:-1]
        u_next[survey.source] += push
        seismogram[step] = u_next[survey.receivers]
        u_prev, u, u_next = u, u_next, u_prev
    return seismogram


@torch.no_grad()
def listen(speed: torch.Tensor, survey: Survey, noise: float = 0.02) -> torch.Tensor:
    """What the receivers hear in a rod of this speed (cells,): its seismogram and some normal noise."""
    heard = simulate(speed, survey)
    heard += noise * heard.std() * torch.randn(heard.shape)
    return heard


def recover(
    heard: torch.Tensor, survey: Survey, iterations: int, *, start: float = 2.2, rate: float = 0.1
) -> Iterator[Guess]:
    """Descends from a rod of constant speed `start` to one that sounds like `heard`, and yields each guess on the way.

    The unknowns are the speeds at every fourth point, with straight lines between them, so that the descent does not
    draw what is finer than any wave in the rod. The step size of Adam falls from `rate` to zero along a straight line.
    """
    knots = torch.full((survey.cells // 4 + 1,), start, requires_grad=True)
    lines = straight_lines(survey.cells, len(knots))
    loudness = F.mse_loss(heard, torch.zeros_like(heard)).item()
    optimizer = torch.optim.Adam([knots], lr=rate)
    for iteration in range(iterations):
        optimizer.param_groups[0]["lr"] = rate * (1 - iteration / iterations)
        optimizer.zero_grad()
        speed = lines @ knots
        misfit = F.mse_loss(simulate(speed, survey), heard) / loudness
        misfit.backward()
        optimizer.step()
        yield Guess(misfit.item(), speed.detach())


def straight_lines(cells: int, knots: int) -> torch.Tensor:
    """The matrix (cells, knots) that takes values at evenly spaced knots to the straight lines between them."""
    position = torch.linspace(0, knots - 1, cells)
    hats = 1 - (position[:, None] - torch.arange(knots)).abs()
    return hats.clamp_(min=0)


def relative_error(speed: torch.Tensor, true: torch.Tensor) -> float:
    """The distance of `speed` from `true`, over the length of `true`, in the Euclidean norm."""
    return ((speed - true).norm() / true.norm()).item()
