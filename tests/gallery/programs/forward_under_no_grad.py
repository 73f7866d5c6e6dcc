"""The forward pass was left under `no_grad` after an evaluation."""

import mutagrad as torch
from mutagrad import nn

model = nn.Linear(2, 1)
x, y = torch.ones(3, 2), torch.ones(3, 1)
with torch.no_grad():  # cut
    prediction = model(x)
loss = ((prediction - y) ** 2).mean()
loss.backward()  # asked
