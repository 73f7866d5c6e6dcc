"""Optimisers: what updates the parameters of a network from their gradients, in the shape of `torch.optim`."""

from mutagrad.optim.adam import Adam, AdamW
from mutagrad.optim.optimizer import Optimizer
from mutagrad.optim.sgd import SGD
