"""An activation in place on what a convolution has read."""

import mutagrad as torch
from mutagrad import nn

torch.manual_seed(0)
conv = nn.Conv1d(1, 1, 3)
scale = torch.tensor(2.0, requires_grad=True)
h = torch.randn(1, 1, 5) * scale
y = conv(h)  # saved
nn.functional.relu_(h)  # overwritten
(y.sum() + h.sum()).backward()
