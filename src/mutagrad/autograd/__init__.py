"""Reverse-mode differentiation: `backward`, `grad`, hooks, custom functions, and the graph to look at."""

from mutagrad.autograd import function, grad_mode, graph, hooks, pushforward
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
from mutagrad.deferred import on_first_use as _on_first_use

__getattr__, __dir__ = _on_first_use(
    __name__,
    {
        "mutagrad.autograd": "forward_ad functional profiler",
        "mutagrad.autograd.anomaly_mode": "detect_anomaly set_detect_anomaly",
    },
)
