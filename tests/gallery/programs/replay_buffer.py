"""A batch is a view of the buffer, and the buffer goes on being filled."""

import mutagrad as torch

torch.manual_seed(0)
buffer = torch.randn(5, 2)
value = torch.randn(2, requires_grad=True)
batch = buffer[1:3]
loss = (batch * value).sum()  # saved
buffer[2] = torch.tensor([9.0, 9.0])  # overwritten
loss.backward()
