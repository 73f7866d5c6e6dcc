"""A matrix that is known in part is completed as a product of two thin ones."""

from collections.abc import Iterator

import mutagrad as torch
from mutagrad import nn


def train(steps: int, rows: int = 40, columns: int = 30, rank: int = 3) -> Iterator[float]:
    """Yields the loss of each step."""
    torch.manual_seed(0)
    matrix = torch.randn(rows, rank, dtype=torch.float64) @ torch.randn(rank, columns, dtype=torch.float64)
    known = torch.rand(rows, columns) < 0.4
    left = nn.Parameter(torch.randn(rows, rank, dtype=torch.float64) * 0.3)
    right = nn.Parameter(torch.randn(rank, columns, dtype=torch.float64) * 0.3)
    optimizer = torch.optim.Adamax([left, right], lr=0.05)
    for _ in range(steps):
        optimizer.zero_grad()
        error = left @ right - matrix
        loss = error[known].square().mean()
        loss.backward()
        optimizer.step()
        train.unknown = error.detach()[~known].square().mean().item()
        yield loss.item()


if __name__ == "__main__":
    losses = list(train(1500))
    print(f"mean square error: {losses[-1]:.1e} on what is known, {train.unknown:.1e} on the rest")
