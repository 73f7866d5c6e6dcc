"""Attention in which one row may see nothing, with anomaly detection on."""

import mutagrad as torch

scores = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
hidden = torch.tensor([[False, True], [True, True]])
with torch.autograd.set_detect_anomaly(True):
    weights = scores.masked_fill(hidden, float("-inf")).softmax(-1)  # recorded
    weights.square().sum().backward()  # recorded
