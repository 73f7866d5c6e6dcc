"""A NumPy array that shares memory with a tensor is written."""

import mutagrad as torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
h = x * 2
array = h.detach().numpy()
y = (h * h).sum()
array[0] = 100.0
y.backward()
