"""A variational auto-encoder of handwritten digits (D. Kingma and M. Welling, 2013)."""

from collections.abc import Iterator

from sklearn.datasets import load_digits

import mutagrad as torch
import mutagrad.nn.functional as F
from mutagrad import nn

IMAGES = torch.tensor(load_digits().images, dtype=torch.float32).flatten(1) / 16


class VAE(nn.Module):
    """Images, mean and logarithm of the variance of their codes."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 48), nn.ReLU(inplace=True))
        self.mean, self.logvar = nn.Linear(48, 6), nn.Linear(48, 6)
        self.decoder = nn.Sequential(nn.Linear(6, 48), nn.ReLU(inplace=True), nn.Linear(48, 64), nn.Sigmoid())

    def forward(self, x):
        h = self.encoder(x)
        mean, logvar = self.mean(h), self.logvar(h)
        code = mean + torch.randn_like(mean) * torch.exp(0.5 * logvar)
        return self.decoder(code), mean, logvar


def train(steps: int) -> Iterator[float]:
    """Yields the loss of each step, for an image."""
    torch.manual_seed(0)
    model = VAE()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for _ in range(steps):
        x = IMAGES[torch.randint(0, len(IMAGES), (64,))]
        optimizer.zero_grad()
        found, mean, logvar = model(x)
        error = F.binary_cross_entropy(found, x, reduction="sum")
        divergence = -0.5 * torch.sum(1 + logvar - mean.pow(2) - logvar.exp())
        loss = (error + divergence) / len(x)
        loss.backward()
        optimizer.step()
        yield loss.item()


def main(steps: int = 1500) -> float:
    """Prints and gives the bound on the negative log-likelihood, a mean of the last fifty steps."""
    losses = list(train(steps))
    last = sum(losses[-50:]) / 50
    print(f"bound on the negative log-likelihood: {losses[0]:.2f} at first, {last:.2f} at the end")
    return last


if __name__ == "__main__":
    main()
