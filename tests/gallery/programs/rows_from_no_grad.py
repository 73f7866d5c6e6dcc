"""Rows gathered under `no_grad`, by iterating, are written outside."""

import mutagrad as torch

x = torch.ones(2, 3, requires_grad=True)
h = x * 2
with torch.no_grad():
    rows = list(h)  # view
rows[1].zero_()  # written
h.sum().backward()
