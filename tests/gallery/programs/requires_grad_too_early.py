"""What requires grad is scaled afterwards: the result is no leaf, and has no gradient."""

import mutagrad as torch

torch.manual_seed(0)
weight = torch.randn(2, requires_grad=True).mul(0.1)  # made
loss = (weight**2).sum()
loss.backward()
gradient = weight.grad  # read
