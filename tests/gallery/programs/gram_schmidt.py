"""Columns are made orthogonal to one another in place."""

import mutagrad as torch

torch.manual_seed(0)
a = torch.randn(3, 2, requires_grad=True)
q = a * 1.0
q[:, 1] -= (q[:, 0] @ q[:, 1]) * q[:, 0]  # saved, overwritten
q[:, 1].square().sum().backward()
