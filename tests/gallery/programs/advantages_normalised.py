"""Advantages are normalised in place after the policy's loss has used them."""

import mutagrad as torch

torch.manual_seed(0)
logits = torch.randn(4, requires_grad=True)
advantages = torch.randn(4)
loss = -(torch.log_softmax(logits, 0) * advantages).sum()  # saved
advantages -= advantages.mean()  # overwritten
loss.backward()
