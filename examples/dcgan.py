"""Two convolutional networks, one that makes digits and one that tells them from real ones (A. Radford et al., 2015).

The updates alternate; both backward passes of a step go through networks whose parameters the other optimiser has just
written.
"""

from collections.abc import Iterator

from sklearn.datasets import load_digits

import mutagrad as torch
from mutagrad import nn

IMAGES = torch.tensor(load_digits().images, dtype=torch.float32).unsqueeze(1) / 8 - 1


def generator():
    return nn.Sequential(
        nn.ConvTranspose2d(12, 24, 2, bias=False),
        nn.BatchNorm2d(24),
        nn.ReLU(True),
        nn.ConvTranspose2d(24, 12, 4, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(12),
        nn.ReLU(True),
        nn.ConvTranspose2d(12, 1, 4, stride=2, padding=1, bias=False),
        nn.Tanh(),
    )


def discriminator():
    return nn.Sequential(
        nn.Conv2d(1, 12, 4, stride=2, padding=1, bias=False),
        nn.LeakyReLU(0.2, inplace=True),
        nn.Conv2d(12, 24, 4, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(24),
        nn.LeakyReLU(0.2, inplace=True),
        nn.Conv2d(24, 1, 2, bias=False),
        nn.Flatten(),
    )


def init(module) -> None:
    if "Conv" in type(module).__name__:
        nn.init.normal_(module.weight, 0.0, 0.1)


def train(steps: int, batch: int = 24) -> Iterator[float]:
    """Yields the sum of both losses of each step."""
    torch.manual_seed(0)
    makes, tells = generator(), discriminator()
    makes.apply(init)
    tells.apply(init)
    criterion = nn.BCEWithLogitsLoss()
    of_makes = torch.optim.Adam(makes.parameters(), lr=4e-4, betas=(0.5, 0.999))
    of_tells = torch.optim.Adam(tells.parameters(), lr=4e-4, betas=(0.5, 0.999))
    ones, zeros = torch.ones(batch, 1), torch.zeros(batch, 1)
    for _ in range(steps):
        real = IMAGES[torch.randint(0, len(IMAGES), (batch,))]
        made = makes(torch.randn(batch, 12, 1, 1))

        tells.zero_grad()
        loss_tells = criterion(tells(real), ones) + criterion(tells(made.detach()), zeros)
        loss_tells.backward()
        of_tells.step()

        makes.zero_grad()
        loss_makes = criterion(tells(made), ones)
        loss_makes.backward()
        of_makes.step()
        yield loss_tells.item() + loss_makes.item()


if __name__ == "__main__":
    losses = list(train(200))
    print(f"sum of the losses: {losses[0]:.3f} at first, {sum(losses[-20:]) / 20:.3f} at the end")
