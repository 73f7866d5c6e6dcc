"""The target network is synchronised while a loss still depends on it."""

import mutagrad as torch

torch.manual_seed(0)
policy = torch.randn(2, requires_grad=True)
target = torch.randn(2)
state = torch.randn(2)
loss = (policy * target * state).sum()  # saved
target.copy_(policy.detach())  # overwritten
loss.backward()
