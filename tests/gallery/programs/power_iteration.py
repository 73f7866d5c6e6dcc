"""A vector is normalised in place, by a norm that was computed from it."""

import mutagrad as torch

torch.manual_seed(0)
matrix = torch.randn(3, 3, requires_grad=True)
v = torch.ones(3)
for _ in range(2):
    v = matrix @ v
    v /= (v * v).sum().sqrt()  # saved, overwritten
v[0].backward()
