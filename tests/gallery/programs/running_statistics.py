"""Running statistics that take part in the graph are updated in place."""

import mutagrad as torch

torch.manual_seed(0)
shift = torch.zeros(2, requires_grad=True)
running = torch.ones(2)
loss = 0
for _ in range(2):
    h = torch.randn(3, 2) + shift
    loss = loss + (h / running).square().mean()  # saved
    running.mul_(0.9).add_(h.detach().var(0), alpha=0.1)  # overwritten
loss.backward()
