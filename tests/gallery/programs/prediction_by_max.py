"""An error rate as a loss: the second result of `max` counts, and has no derivative."""

import mutagrad as torch

logits = torch.tensor([[1.0, 2.0], [0.5, 0.1]], requires_grad=True)
labels = torch.tensor([1, 1])
_, predicted = logits.max(dim=1)  # cut
loss = (predicted != labels).float().mean()
loss.backward()  # asked
