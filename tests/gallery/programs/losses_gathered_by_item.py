"""Losses are gathered as Python numbers, and made a tensor again."""

import mutagrad as torch

w = torch.tensor(1.0, requires_grad=True)
losses = []
for x in (1.0, 2.0, 3.0):
    losses.append(((w * x - 1) ** 2).item())  # cut
total = sum(losses) / len(losses)
loss = torch.tensor(total)
loss.backward()  # asked
