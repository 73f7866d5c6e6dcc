"""A buffer is cleared after it was computed and before it is used: no gradient is left."""

import mutagrad as torch

w = torch.ones(3, requires_grad=True)
h = w * 2
h.zero_()  # overwritten
loss = h.sum()
loss.backward()  # asked
