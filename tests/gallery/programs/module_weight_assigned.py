"""A tensor is assigned where a module has a parameter."""

import mutagrad as torch
from mutagrad import nn

model = nn.Linear(2, 1)
model(torch.ones(2)).sum().backward()
with torch.no_grad():
    model.weight = model.weight - 0.1 * model.weight.grad  # assigned
