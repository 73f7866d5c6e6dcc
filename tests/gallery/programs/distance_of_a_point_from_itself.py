"""A distance that is zero, with anomaly detection on: the square root's gradient is infinite, the square's no number."""

import mutagrad as torch

here = torch.tensor([1.0, 2.0], requires_grad=True)
there = torch.tensor([1.0, 2.0])
with torch.autograd.set_detect_anomaly(True):
    difference = here - there
    distance = (difference**2).sum().sqrt()  # recorded
    distance.backward()
