"""A step of gradient descent over a list of parameters changes none of them."""

import mutagrad as torch

params = [torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor(0.5, requires_grad=True)]
for _ in range(2):
    loss = (params[0] ** 2).sum() + params[1] ** 2
    loss.backward()
    with torch.no_grad():
        for p in params:
            p = p - 0.1 * p.grad  # rebound
    for p in params:
        p.grad = None
