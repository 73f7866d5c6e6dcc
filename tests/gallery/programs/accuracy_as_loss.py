"""The accuracy is to be maximised: it counts, and has no derivative."""

import mutagrad as torch

logits = torch.tensor([[1.0, 2.0], [0.5, 0.1]], requires_grad=True)
labels = torch.tensor([1, 1])
accuracy = (logits.argmax(dim=1) == labels).float().mean()  # cut
loss = 1 - accuracy
loss.backward()  # asked
