"""A parameter is given its initial values after it was told to require grad."""

import mutagrad as torch

w = torch.zeros(3, requires_grad=True)
w += 0.1  # written
(w * 2).sum().backward()
