"""A work array is used again for the next result."""

import mutagrad as torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
work = torch.tensor([3.0, 4.0])
loss = (w * work).sum()  # saved
torch.add(work, 1.0, out=work)  # overwritten
loss.backward()
