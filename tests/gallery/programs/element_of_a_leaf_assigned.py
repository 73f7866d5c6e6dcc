"""One element of a parameter is set."""

import mutagrad as torch

w = torch.ones(3, requires_grad=True)
first = w[:1]  # view
first.fill_(0.0)  # written
