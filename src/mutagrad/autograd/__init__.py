"""Reverse-mode differentiation: `backward`, `grad`, hooks, custom functions, and the graph to look at."""

from mutagrad.autograd import function, graph, hooks
from mutagrad.autograd.backward import backward, grad
from mutagrad.autograd.function import Function
from mutagrad.autograd.gradcheck import gradcheck, gradgradcheck
from mutagrad.modes import enable_grad, inference_mode, no_grad, set_grad_enabled
