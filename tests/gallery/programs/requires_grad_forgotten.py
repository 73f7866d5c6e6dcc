"""The tensor that is to be learnt was never told to require grad."""

import mutagrad as torch

w = torch.zeros(2)  # cut
loss = ((w - 1) ** 2).sum()
loss.backward()  # asked
