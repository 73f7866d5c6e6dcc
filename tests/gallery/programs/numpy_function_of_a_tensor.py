"""A function of NumPy is called on a tensor that requires grad."""

import numpy as np

import mutagrad as torch

x = torch.tensor([0.0, 1.0], requires_grad=True)
energy = torch.exp(x)  # made
loss = np.sqrt(energy).sum()  # asked
