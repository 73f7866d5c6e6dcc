"""Part of the loss is computed with NumPy."""

import numpy as np

import mutagrad as torch

w = torch.tensor([0.5, 1.5], requires_grad=True)
h = torch.sin(w)
spectrum = np.abs(h.detach().numpy())  # cut
loss = torch.as_tensor(spectrum).sum()
loss.backward()  # asked
