"""The states of a recurrent network, kept in one tensor."""

import mutagrad as torch

torch.manual_seed(0)
steps, size = 3, 2
weight = torch.randn(size, size, requires_grad=True)
inputs = torch.randn(steps, size)
states = torch.zeros(steps + 1, size)
for t in range(steps):
    states[t + 1] = torch.tanh(states[t] @ weight + inputs[t])  # saved, overwritten
states[-1].sum().backward()
