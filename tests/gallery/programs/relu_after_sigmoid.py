"""An activation in place behind another that needs its output."""

import mutagrad as torch
from mutagrad import nn

torch.manual_seed(0)
model = nn.Linear(3, 2)
h = torch.sigmoid(model(torch.randn(4, 3)))  # saved
h = nn.ReLU(inplace=True)(h)  # overwritten
h.sum().backward()
