"""The update is in a function of its own, and binds only the name of its argument."""

import mutagrad as torch


def descend(weight, rate):
    with torch.no_grad():
        weight = weight - rate * weight.grad  # rebound


def train(w, steps):
    for _ in range(steps):
        loss = (w**2).sum()
        loss.backward()
        descend(w, 0.1)


w = torch.tensor([1.0, 2.0], requires_grad=True)
train(w, 2)
