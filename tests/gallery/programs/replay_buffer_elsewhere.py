"""The buffer is filled at a place that the batch does not contain."""

import mutagrad as torch

torch.manual_seed(0)
buffer = torch.randn(5, 2)
value = torch.randn(2, requires_grad=True)
batch = buffer[1:3]
loss = (batch * value).sum()  # saved
buffer[4] = torch.tensor([9.0, 9.0])  # overwritten
loss.backward()
