"""The value is saved in one function and overwritten in another."""

import mutagrad as torch


def features(h):
    return torch.sin(h)  # saved


def rescale_(h):
    h.div_(h.detach().abs().max())  # overwritten


x = torch.tensor([0.3, 1.2], requires_grad=True)
h = x * 2
y = features(h)
rescale_(h)
y.sum().backward()
