"""Reverse-mode differentiation: `backward`, `grad`, hooks, custom functions, and the graph to look at."""

from mutagrad.autograd import forward_ad, function, functional, grad_mode, graph, hooks, profiler, pushforward
from mutagrad.autograd.anomaly_mode import detect_anomaly, set_detect_anomaly
from mutagrad.autograd.backward import backward, grad
from mutagrad.autograd.function import Function, NestedIOFunction
from mutagrad.autograd.grad_mode import (
    enable_grad,
    enforce_grad_layout_policy,
    inference_mode,
    no_grad,
    set_grad_enabled,
    set_multithreading_enabled,
)
from mutagrad.autograd.gradcheck import gradcheck, gradgradcheck
from mutagrad.autograd.variable import Variable, variable
