"""The loss is computed from a detached prediction."""

import mutagrad as torch
from mutagrad import nn

model = nn.Linear(2, 1)
x, y = torch.ones(3, 2), torch.ones(3, 1)
prediction = model(x).detach()  # cut
loss = nn.functional.mse_loss(prediction, y)
loss.backward()  # asked
