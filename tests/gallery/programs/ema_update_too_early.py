"""The moving average of the weights is updated between forward and backward."""

import mutagrad as torch

torch.manual_seed(0)
online = torch.randn(3, requires_grad=True)
average = online.detach().clone()
consistency = (online * average).sum()  # saved
with torch.no_grad():
    average.mul_(0.9).add_(online, alpha=0.1)  # overwritten
consistency.backward()
