"""A step of gradient descent that makes a new list of new tensors."""

import mutagrad as torch

torch.manual_seed(0)
layers = [torch.randn(2, 2, requires_grad=True) for _ in range(2)]
for _ in range(2):
    hidden = torch.ones(2)
    for layer in layers:
        hidden = torch.tanh(layer @ hidden)
    hidden.sum().backward()  # asked
    with torch.no_grad():
        layers = [layer - 0.1 * layer.grad for layer in layers]  # rebound
