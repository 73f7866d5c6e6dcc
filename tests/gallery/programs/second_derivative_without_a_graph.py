"""A second derivative, of a first one that was computed without a history."""

import mutagrad as torch

t = torch.tensor([0.5, 1.0], requires_grad=True)
u = (t**3).sum()
(velocity,) = torch.autograd.grad(u, t)  # cut
(acceleration,) = torch.autograd.grad(velocity.sum(), t)  # asked
