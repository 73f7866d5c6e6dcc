"""Gradients that are themselves to be differentiated are clipped by hand, in place."""

import mutagrad as torch

x = torch.tensor([0.5, 1.0, 2.0], requires_grad=True)
(g,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
penalty = (g * g).sum()  # saved
g.clamp_(max=1.0)  # overwritten
penalty.backward()
