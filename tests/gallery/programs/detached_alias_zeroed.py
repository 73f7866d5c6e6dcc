"""What looks like a copy is an alias: `detach()` shares the memory."""

import mutagrad as torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
h = x * 2
y = (h * h).sum()  # saved
logged = h.detach()
logged.zero_()  # overwritten
y.backward()
