"""A softmax written out, with the division in place."""

import mutagrad as torch

x = torch.tensor([1.0, 2.0, 0.5], requires_grad=True)
e = torch.exp(x - x.max().detach())  # saved
e /= e.sum()  # overwritten
(e * torch.arange(3.0)).sum().backward()
