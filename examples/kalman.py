"""The noise of a moving body and of its measurements, found by the likelihood that a Kalman filter gives."""

import math
from collections.abc import Iterator

import mutagrad as torch


def measurements(count: int = 40):
    place, speed, seen = torch.zeros((), dtype=torch.float64), torch.ones((), dtype=torch.float64), []
    for noise in torch.randn(count, 2, dtype=torch.float64):
        speed = speed + 0.2 * noise[0]
        place = place + speed
        seen.append(place + 0.7 * noise[1])
    return torch.stack(seen)


def surprise(seen, of_body, of_measurement):
    """The negative log-likelihood of the measurements, for variances of the two noises."""
    move = torch.tensor([[1.0, 1.0], [0.0, 1.0]], dtype=torch.float64)
    push = torch.tensor([[1.0, 1.0], [1.0, 1.0]], dtype=torch.float64)
    mean, spread = torch.zeros(2, dtype=torch.float64), torch.eye(2, dtype=torch.float64) * 10
    total = torch.zeros((), dtype=torch.float64)
    for value in seen:
        mean, spread = move @ mean, move @ spread @ move.T + of_body * push
        error, variance = value - mean[0], spread[0, 0] + of_measurement
        total = total + 0.5 * (torch.log(2 * math.pi * variance) + error**2 / variance)
        gain = spread[:, 0] / variance
        mean = mean + gain * error
        spread = spread - torch.outer(gain, spread[0])
    return total


def train(steps: int, logs=None) -> Iterator[float]:
    """Yields the loss of each step, for logarithms of the variances of both noises."""
    torch.manual_seed(0)
    seen = measurements()
    logs = torch.zeros(2, dtype=torch.float64, requires_grad=True) if logs is None else logs
    optimizer = torch.optim.Rprop([logs], lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = surprise(seen, *logs.exp())
        loss.backward()
        optimizer.step()
        yield loss.item()


def main(steps: int = 100) -> tuple[float, float]:
    """Prints and gives the surprise for the noises found and for the true ones."""
    logs = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    losses = list(train(steps, logs))
    body, measurement = logs.detach().exp().sqrt().tolist()
    torch.manual_seed(0)
    true = surprise(measurements(), 0.2**2, 0.7**2).item()
    print(f"spreads {body:.2f} and {measurement:.2f}, where 0.2 and 0.7 are true")
    print(f"surprise {losses[0]:.2f} at first, {losses[-1]:.2f} at the end, {true:.2f} for the true spreads")
    return losses[-1], true


if __name__ == "__main__":
    main()
