"""Optimisers: what updates the parameters of a network from their gradients, in the shape of `torch.optim`."""

from mutagrad.optim import lr_scheduler, swa_utils
from mutagrad.optim.adafactor import Adafactor
from mutagrad.optim.adagrad import Adadelta, Adagrad, RMSprop
from mutagrad.optim.adam import Adam, Adamax, AdamW, NAdam, RAdam
from mutagrad.optim.lbfgs import LBFGS
from mutagrad.optim.optimizer import Optimizer
from mutagrad.optim.rprop import ASGD, Rprop
from mutagrad.optim.sgd import SGD
