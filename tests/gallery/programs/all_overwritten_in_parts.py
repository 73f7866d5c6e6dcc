"""All parts of a result are overwritten one after the other."""

import mutagrad as torch

w = torch.ones(4, requires_grad=True)
h = w * 2  # made
h[:2] = 0.0
h[2:] = 1.0  # overwritten
h.sum().backward()  # asked
