"""One of two parameters is updated in place, the other bound anew."""

import mutagrad as torch

w = torch.tensor(1.0, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
for x in (1.0, 2.0):
    loss = (w * x + b - 1) ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b = b - 0.1 * b.grad  # rebound
