"""The cell state of an LSTM is updated in place."""

import mutagrad as torch

forget = torch.tensor([0.9, 0.8], requires_grad=True)
output = torch.tensor([0.3, 0.4], requires_grad=True)
cell = torch.ones(2)
total = 0
for _ in range(3):
    hidden = output * cell  # saved
    cell.mul_(forget)  # overwritten
    total = total + hidden.sum()
total.backward()
