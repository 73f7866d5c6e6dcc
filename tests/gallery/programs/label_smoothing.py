"""Targets are smoothed in place after a loss was computed with them."""

import mutagrad as torch

torch.manual_seed(0)
logits = torch.randn(2, 3, requires_grad=True)
targets = torch.eye(3)[:2]
hard = -(logits.log_softmax(1) * targets).sum()  # saved
targets.mul_(0.9).add_(0.1 / 3)  # overwritten
soft = -(logits.log_softmax(1) * targets).sum()
(hard + soft).backward()
