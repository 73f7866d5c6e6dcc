"""A view is taken under `no_grad` and written outside."""

import mutagrad as torch

x = torch.ones(4, requires_grad=True)
h = x * 2
with torch.no_grad():
    head = h[:2]  # view
head.mul_(3)  # written
h.sum().backward()
