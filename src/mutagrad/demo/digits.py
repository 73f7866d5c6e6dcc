"""The first job of the demo: a residual network learns to read scikit-learn's handwritten digits.

An ordinary PyTorch program, with in-place operations wherever they fit: the pixels are standardised in place, noise is
added to each batch in place, the residual sums are `h += block(h)`, the activations `relu_()`, and the update is
`w -= rate * w.grad`. Under PyTorch `h += block(h)` ends in an error at `backward()`, since the first layer of the block
needs for its gradient the `h` that the sum overwrites:

    RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation:
    [torch.FloatTensor [32, 128]], which is output 0 of Relu, is at version 4; expected version 2 instead.

mutagrad keeps those 16 KB and goes on.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sklearn.datasets import load_digits

import mutagrad as torch
import mutagrad.nn.functional as F
from mutagrad import nn


class Digits(NamedTuple):
    """Grey images (count, 8, 8) and the digit each shows (count,), in two parts that share no image."""

    train_images: torch.Tensor
    train_labels: torch.Tensor
    test_images: torch.Tensor
    test_labels: torch.Tensor


class Epoch(NamedTuple):
    """One pass over the training images: the mean of its batches' losses, and the test accuracy after it."""

    loss: float
    accuracy: float


def load(held_out: int = 360) -> Digits:
    """The 1797 images in random order, `held_out` of them for the test, standardised by the others' mean and spread."""
    bunch: Any = load_digits()
    order = torch.randperm(len(bunch.images))
    images = torch.tensor(bunch.images, dtype=torch.float32)[order]
    labels = torch.tensor(bunch.target, dtype=torch.int64)[order]
    images -= images[held_out:].mean()
    images /= images[held_out:].std()
    return Digits(images[held_out:], labels[held_out:], images[:held_out], labels[:held_out])


class Classifier(nn.Module):
    """Scores of the ten digits (batch, 10) for images (batch, 8, 8): two residual blocks between two linear layers."""

    def __init__(self, width: int = 128) -> None:
        super().__init__()
        self.stem = nn.Linear(64, width)
        self.first = residual_block(width)
        self.second = residual_block(width)
        self.head = nn.Linear(width, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        h = self.stem(images.flatten(1)).relu_()
        # Each sum writes over the h that its block has saved for the gradient of its first layer's weight.
        h += self.first(h)
        h += self.second(h)
        return self.head(h.relu_())


def residual_block(width: int) -> nn.Sequential:
    """What a block adds to its input: linear, relu in place, dropout, linear."""
    return nn.Sequential(
        nn.Linear(width, width),
        nn.ReLU(inplace=True),
        nn.Dropout(0.2),
        nn.Linear(width, width),
    )


def train(
    network: Classifier, data: Digits, epochs: int, *, rate: float = 0.2, batch: int = 32, noise: float = 0.5
) -> Iterator[Epoch]:
    """Trains `network` by stochastic gradient descent and yields an `Epoch` after each pass over the images.

    The step size falls from `rate` to zero along a straight line. Each batch is blurred by normal noise, so that the
    network does not learn single pixels by heart.
    """
    count = len(data.train_images)
    for epoch in range(epochs):
        network.train()
        total = 0.0
        for seen, index in enumerate(torch.randperm(count).split(batch)):
            images = data.train_images[index]
            images += noise * torch.randn(images.shape)
            loss = F.cross_entropy(network(images), data.train_labels[index])
            loss.backward()
            descend(network, rate * (1 - (epoch + seen * batch / count) / epochs))
            total += loss.item() * len(index)
        yield Epoch(total / count, accuracy(network, data.test_images, data.test_labels))


@torch.no_grad()
def descend(network: nn.Module, rate: float) -> None:
    """One step of gradient descent, in place, which leaves the gradients zero for the next batch."""
    for w in network.parameters():
        if w.grad is not None:
            w -= rate * w.grad
            w.grad.zero_()  # pyright: ignore[reportOptionalMemberAccess]


@torch.no_grad()
def read(network: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """The digit (count,) that `network` reads in each of the images."""
    network.eval()
    return network(images).argmax(1)


def accuracy(network: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    """The share of the images that `network` reads as labelled."""
    return (read(network, images) == labels).float().mean().item()
