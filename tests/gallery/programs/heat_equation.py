"""A time step of a field is written over the field."""

import mutagrad as torch

conductivity = torch.tensor([0.1, 0.2, 0.1], requires_grad=True)
u = torch.tensor([0.0, 1.0, 4.0, 1.0, 0.0])
for _ in range(2):
    flow = conductivity * (u[2:] - 2 * u[1:-1] + u[:-2])
    u[1:-1] += flow * u[1:-1]  # saved, overwritten
u.sum().backward()
