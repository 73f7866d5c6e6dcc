"""A chain of comparisons asks each of them whether it is true."""

import mutagrad as torch

x = torch.tensor([0.5, 3.0], requires_grad=True)
if 0 < x < 2:  # asked
    loss = x.sum()
