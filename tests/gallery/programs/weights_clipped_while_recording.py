"""Weights are clipped outside of `no_grad`."""

import mutagrad as torch

w = torch.randn(3, requires_grad=True)
loss = (w * w).sum()
loss.backward()
w.clamp_(-1, 1)  # written
