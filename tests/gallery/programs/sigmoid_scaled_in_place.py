"""The output of an activation is scaled in place."""

import mutagrad as torch

x = torch.tensor([0.1, -0.3, 0.7], requires_grad=True)
gate = torch.sigmoid(x)  # saved
gate.mul_(2)  # overwritten
gate.sum().backward()
