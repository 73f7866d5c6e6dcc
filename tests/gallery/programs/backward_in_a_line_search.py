"""One loss goes backward at each step of a line search, without being computed again."""

import mutagrad as torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
loss = (w**2).sum()  # recorded
for _ in range(2):
    loss.backward()  # freed
