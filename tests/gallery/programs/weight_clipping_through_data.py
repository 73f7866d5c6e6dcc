"""The critic of a Wasserstein GAN is clipped before its loss has gone backward."""

import mutagrad as torch

torch.manual_seed(0)
critic = torch.randn(3, requires_grad=True)
generated = torch.randn(2, 3, requires_grad=True)
loss = (generated * critic).sum()  # saved
critic.data.clamp_(-0.01, 0.01)  # overwritten
loss.backward()
