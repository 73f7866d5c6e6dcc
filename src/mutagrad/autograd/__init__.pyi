"""What `mutagrad.autograd` offers. Written by `tools/write_stubs.py`: not to be edited."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.tensor import Tensor
from mutagrad.autograd.custom import Function as Function
from mutagrad.autograd.nested import NestedIOFunction as NestedIOFunction
from mutagrad.autograd.variable import Variable as Variable
from mutagrad.autograd import accumulation as accumulation
from mutagrad.autograd import anomaly_mode as anomaly_mode
from mutagrad.autograd.backward import backward as backward
from mutagrad.autograd import bases as bases
from mutagrad.autograd import causes as causes
from mutagrad.autograd import comparison as comparison
from mutagrad.autograd import context as context
from mutagrad.autograd import custom as custom
from mutagrad.autograd.anomaly_mode import detect_anomaly as detect_anomaly
from mutagrad.autograd import edges as edges
from mutagrad.modes import enable_grad as enable_grad
from mutagrad.autograd.grad_mode import enforce_grad_layout_policy as enforce_grad_layout_policy
from mutagrad.autograd import events as events
from mutagrad.autograd import faults as faults
from mutagrad.autograd import forward_ad as forward_ad
from mutagrad.autograd import function as function
from mutagrad.autograd import functional as functional
from mutagrad.autograd.backward import grad as grad
from mutagrad.autograd import grad_mode as grad_mode
from mutagrad.autograd.gradcheck import gradcheck as gradcheck
from mutagrad.autograd.gradcheck import gradgradcheck as gradgradcheck
from mutagrad.autograd import graph as graph
from mutagrad.autograd import handles as handles
from mutagrad.autograd import hooks as hooks
from mutagrad.modes import inference_mode as inference_mode
from mutagrad.autograd import jacobians as jacobians
from mutagrad.autograd import kernel_names as kernel_names
from mutagrad.autograd import nested as nested
from mutagrad.modes import no_grad as no_grad
from mutagrad.autograd import nodes as nodes
from mutagrad.autograd import notes as notes
from mutagrad.autograd import passes as passes
from mutagrad.autograd import profiler as profiler
from mutagrad.autograd import pulling as pulling
from mutagrad.autograd import pushforward as pushforward
from mutagrad.autograd import rebinding as rebinding
from mutagrad.autograd import running as running
from mutagrad.autograd import samples as samples
from mutagrad.autograd import saved as saved
from mutagrad.autograd import saved_names as saved_names
from mutagrad.autograd import saved_parameters as saved_parameters
from mutagrad.autograd.anomaly_mode import set_detect_anomaly as set_detect_anomaly
from mutagrad.modes import set_grad_enabled as set_grad_enabled
from mutagrad.autograd.grad_mode import set_multithreading_enabled as set_multithreading_enabled
from mutagrad.autograd.variable import variable as variable
