"""A dropout mask is applied in place behind a layer that needs its input."""

import mutagrad as torch

torch.manual_seed(0)
w = torch.randn(4, requires_grad=True)
h = w * torch.randn(4)
energy = h.pow(2).sum()  # saved
h.mul_(torch.tensor([1.0, 0.0, 1.0, 0.0]))  # overwritten
(energy + h.sum()).backward()
