"""A norm at zero, with anomaly detection on."""

import mutagrad as torch

x = torch.tensor([0.0, 4.0], requires_grad=True)
with torch.autograd.set_detect_anomaly(True):
    norm = torch.sqrt(x)  # recorded
    (norm * torch.tensor([0.0, 1.0])).sum().backward()
