"""Attention weights of what must not be seen are set to zero in place."""

import mutagrad as torch

torch.manual_seed(0)
scores = torch.randn(3, 3, requires_grad=True)
future = torch.ones(3, 3).triu(1).bool()
weights = torch.softmax(scores, dim=-1)  # saved
weights[future] = 0.0  # overwritten
weights.square().sum().backward()
