"""The losses of a batch are not reduced."""

import mutagrad as torch

w = torch.tensor(2.0, requires_grad=True)
x, y = torch.arange(4.0), torch.ones(4)
losses = (w * x - y) ** 2  # made
losses.backward()  # asked
