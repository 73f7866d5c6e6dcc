"""The hidden state of one batch is taken over to the next, with its history."""

import mutagrad as torch

torch.manual_seed(0)
weight = torch.randn(2, 2, requires_grad=True)
hidden = torch.zeros(2)
for batch in torch.randn(3, 2):
    hidden = torch.tanh(hidden @ weight + batch)  # recorded
    loss = hidden.sum()
    loss.backward()  # freed
