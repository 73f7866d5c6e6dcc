"""Transfer learning in which the new layer was frozen with all the others."""

import mutagrad as torch
from mutagrad import nn

model = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
for parameter in model.parameters():
    parameter.requires_grad = False  # cut
loss = model(torch.ones(3, 2)).mean()
loss.backward()  # asked
