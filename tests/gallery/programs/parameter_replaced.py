"""A layer is given a new parameter when the optimiser has the old one already."""

import mutagrad as torch
from mutagrad import nn

torch.manual_seed(0)
model = nn.Linear(2, 1, bias=False)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
model.weight = nn.Parameter(torch.ones(1, 2))  # replaced
model(torch.ones(2)).sum().backward()
optimizer.step()  # step
