"""An optimiser steps between the two backward passes of one forward pass."""

import mutagrad as torch

torch.manual_seed(0)
w = torch.randn(3, requires_grad=True)
x = torch.randn(3)
h = (w * x).tanh()
first, second = h.sum(), (h * w).sum()  # saved
optimizer = torch.optim.SGD([w], lr=0.1)
first.backward(retain_graph=True)
optimizer.step()  # overwritten
second.backward()
