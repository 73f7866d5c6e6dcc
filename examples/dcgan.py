"""Two convolutional networks, one that makes digits and one that tells them from real ones (A. Radford et al., 2015).

The updates alternate. Where the step of the network that tells comes between the backward passes, the one that makes
learns through parameters that have been overwritten: PyTorch refuses that ("modified by an inplace operation"), and
needs `between=False`, where the step comes after them.
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


def train(steps: int, batch: int = 24, between: bool = False, makes=None) -> Iterator[float]:
    """Yields the sum of both losses of each step."""
    torch.manual_seed(0)
    makes, tells = makes or generator(), discriminator()
    makes.apply(init)
    tells.apply(init)
    criterion = nn.BCEWithLogitsLoss()
    of_makes = torch.optim.Adam(makes.parameters(), lr=2e-4, betas=(0.5, 0.999))
    of_tells = torch.optim.Adam(tells.parameters(), lr=2e-4, betas=(0.5, 0.999))
    ones, zeros = torch.ones(batch, 1), torch.zeros(batch, 1)
    for _ in range(steps):
        real = IMAGES[torch.randint(0, len(IMAGES), (batch,))]
        made = makes(torch.randn(batch, 12, 1, 1))
        loss_tells = criterion(tells(real), ones) + criterion(tells(made.detach()), zeros)
        loss_makes = criterion(tells(made), ones)

        of_tells.zero_grad()
        loss_tells.backward()
        if between:
            of_tells.step()
        of_makes.zero_grad()
        loss_makes.backward(inputs=list(makes.parameters()))
        of_makes.step()
        if not between:
            of_tells.step()
        yield loss_tells.item() + loss_makes.item()


def distance(makes) -> float:
    """How far the mean of digits that are made is from that of the real ones, a mean over the pixels."""
    with torch.no_grad():
        return (makes(torch.randn(500, 12, 1, 1)).mean(0) - IMAGES.mean(0)).abs().mean().item()


def main(steps: int = 600) -> float:
    """Prints and gives the distance of digits that are made from real ones."""
    torch.manual_seed(0)
    makes = generator()
    first = distance(makes)
    for _ in train(steps, between=True, makes=makes):
        pass
    last = distance(makes)
    print(f"distance from real digits: {first:.3f} at first, {last:.3f} at the end")
    return last


if __name__ == "__main__":
    main()
