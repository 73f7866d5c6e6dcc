"""A matrix that is known in part is completed as a product of two thin ones."""

from collections.abc import Iterator

import mutagrad as torch
from mutagrad import nn


def problem(rows: int = 40, columns: int = 30, rank: int = 3):
    """The matrix, which of its elements are known, and the thin factors to begin with."""
    torch.manual_seed(0)
    matrix = torch.randn(rows, rank, dtype=torch.float64) @ torch.randn(rank, columns, dtype=torch.float64)
    known = torch.rand(rows, columns) < 0.4
    left = nn.Parameter(torch.randn(rows, rank, dtype=torch.float64) * 0.3)
    right = nn.Parameter(torch.randn(rank, columns, dtype=torch.float64) * 0.3)
    return matrix, known, left, right


def train(steps: int, given=None) -> Iterator[float]:
    """Yields the loss of each step."""
    matrix, known, left, right = given or problem()
    optimizer = torch.optim.Adamax([left, right], lr=0.05)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = (left @ right - matrix)[known].square().mean()
        loss.backward()
        optimizer.step()
        yield loss.item()


def main(steps: int = 1500) -> float:
    """Prints and gives the mean square error of the elements that are not known."""
    matrix, known, left, right = given = problem()
    losses = list(train(steps, given))
    unknown = (left @ right - matrix).detach()[~known].square().mean().item()
    print(f"mean square error: {losses[-1]:.1e} on what is known, {unknown:.1e} on the rest")
    return unknown


if __name__ == "__main__":
    main()
