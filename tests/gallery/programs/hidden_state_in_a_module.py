"""A module keeps its state from one batch to the next, with its history."""

import mutagrad as torch
from mutagrad import nn


class Memory(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.RNNCell(2, 3)
        self.state = torch.zeros(1, 3)

    def forward(self, x):
        self.state = self.cell(x, self.state)  # recorded
        return self.state


torch.manual_seed(0)
memory = Memory()
for batch in torch.ones(2, 1, 2):
    memory(batch).sum().backward()  # freed
