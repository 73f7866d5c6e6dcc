"""The gradient of what is no leaf is read."""

import mutagrad as torch

w = torch.ones(3, requires_grad=True)
hidden = w * 2  # made
(hidden**2).sum().backward()
gradient = hidden.grad  # read
