"""Initial values are scaled after the tensor was told to require grad: what is optimised is no leaf."""

import mutagrad as torch

torch.manual_seed(0)
w = torch.randn(3, requires_grad=True) * 0.01  # made
optimizer = torch.optim.SGD([w], lr=0.1)  # asked
