"""A recurrence computed in an array made beforehand."""

import mutagrad as torch

w = torch.tensor([0.5, 1.5, 2.0, 0.8], requires_grad=True)
d = torch.zeros(4)
d[0] = 1.0
for i in range(1, 4):
    d[i] = d[i - 1] * w[i] + w[i - 1]  # saved, overwritten
d.sum().backward()
