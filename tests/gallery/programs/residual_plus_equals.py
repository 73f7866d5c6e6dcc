"""A residual connection written with `+=`."""

import mutagrad as torch
from mutagrad import nn

torch.manual_seed(0)
block = nn.Linear(3, 3)
x = torch.randn(2, 3)
h = torch.tanh(block(x))  # saved
h += x  # overwritten
h.pow(2).sum().backward()
