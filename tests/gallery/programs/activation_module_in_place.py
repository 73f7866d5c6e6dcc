"""An activation in place follows one that saved its result, both as modules."""

import mutagrad as torch
from mutagrad import nn

torch.manual_seed(0)
squash, cut_off = nn.Sigmoid(), nn.ReLU(inplace=True)
x = torch.randn(3, requires_grad=True)
h = squash(x)  # saved
y = cut_off(h)  # overwritten
y.sum().backward()
