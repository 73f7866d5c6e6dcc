"""A force is learnt from the ways of a pendulum, through the leapfrog steps that integrate it.

The steps write position and speed in place, over values that the force network has saved: PyTorch refuses that, and
needs `in_place=False`.
"""

from collections.abc import Iterator

import mutagrad as torch
from mutagrad import nn


def integrate(force, q, p, steps: int, dt: float, in_place: bool):
    """Positions (steps, batch, 1) by the leapfrog rule."""
    way = []
    for _ in range(steps):
        if in_place:
            p += 0.5 * dt * force(q)
            q += dt * p
            p += 0.5 * dt * force(q)
        else:
            p = p + 0.5 * dt * force(q)
            q = q + dt * p
            p = p + 0.5 * dt * force(q)
        way.append(q.clone())
    return torch.stack(way)


def network():
    return nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1)).double()


def train(steps: int, in_place: bool = False, force=None) -> Iterator[float]:
    """Yields the loss of each step."""
    torch.manual_seed(0)
    force = force or network()
    q, p = torch.rand(16, 1, dtype=torch.float64) * 2 - 1, torch.rand(16, 1, dtype=torch.float64) - 0.5
    with torch.no_grad():
        observed = integrate(lambda q: -torch.sin(q), q.clone(), p.clone(), 12, 0.2, False)
    optimizer = torch.optim.Adam(force.parameters(), lr=1e-2)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = (integrate(force, q.clone(), p.clone(), 12, 0.2, in_place) - observed).square().mean()
        loss.backward()
        optimizer.step()
        yield loss.item()


def main(steps: int = 300) -> float:
    """Prints and gives the greatest error of the force that was learnt, where the pendulum has been."""
    torch.manual_seed(0)
    force = network()
    losses = list(train(steps, in_place=True, force=force))
    q = torch.linspace(-1, 1, 50, dtype=torch.float64).unsqueeze(1)
    with torch.no_grad():
        error = (force(q) + torch.sin(q)).abs().max().item()
    print(f"mean square error: {losses[0]:.2e} at first, {losses[-1]:.2e} at the end; of the force at most {error:.3f}")
    return error


if __name__ == "__main__":
    main()
