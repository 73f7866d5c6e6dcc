"""A step of gradient descent that binds the name instead of updating the tensor."""

import mutagrad as torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
for _ in range(2):
    loss = (w**2).sum()
    loss.backward()  # asked
    with torch.no_grad():
        w = w - 0.1 * w.grad  # rebound
