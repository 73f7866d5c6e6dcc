"""`if w.grad:` asks many elements for one answer."""

import mutagrad as torch

w = torch.ones(3, requires_grad=True)
(w * w).sum().backward()
if w.grad:  # asked
    w.grad.zero_()
