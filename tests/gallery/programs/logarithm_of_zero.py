"""A cross entropy by hand whose probabilities reach zero, with anomaly detection on."""

import mutagrad as torch

logits = torch.tensor([0.0, 2.0], requires_grad=True)
with torch.autograd.set_detect_anomaly(True):
    p = torch.relu(logits)
    entropy = p * torch.log(p)  # recorded
    entropy.sum().backward()
