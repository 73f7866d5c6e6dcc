"""Networks: modules, their parameters, layers and losses, in the shape of `torch.nn`."""

from mutagrad.nn import functional, init, utils
from mutagrad.nn.activations import GELU, LogSoftmax, ReLU, Sigmoid, Softmax, Tanh
from mutagrad.nn.containers import ModuleDict, ModuleList, ParameterList, Sequential
from mutagrad.nn.layers import Dropout, Flatten, Identity, Linear
from mutagrad.nn.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    HuberLoss,
    L1Loss,
    MSELoss,
    NLLLoss,
    SmoothL1Loss,
)
from mutagrad.nn.module import Module
from mutagrad.nn.parameter import Parameter
