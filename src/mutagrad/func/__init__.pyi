"""What `mutagrad.func` offers. Written by `tools/write_stubs.py`: not to be edited."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.tensor import Tensor
from mutagrad.func import arguments as arguments
from mutagrad.func import custom as custom
from mutagrad.func import forward as forward
from mutagrad.func.modules import functional_call as functional_call
from mutagrad.func import functionalization as functionalization
from mutagrad.func.functionalization import functionalize as functionalize
from mutagrad.func.reverse import grad as grad
from mutagrad.func.reverse import grad_and_value as grad_and_value
from mutagrad.func.reverse import hessian as hessian
from mutagrad.func.forward import jacfwd as jacfwd
from mutagrad.func.reverse import jacrev as jacrev
from mutagrad.func.forward import jvp as jvp
from mutagrad.func.forward import linearize as linearize
from mutagrad.func import modules as modules
from mutagrad.func.rearranging import rearrange as rearrange
from mutagrad.func import rearranging as rearranging
from mutagrad.func.modules import replace_all_batch_norm_modules_ as replace_all_batch_norm_modules_
from mutagrad.func import reverse as reverse
from mutagrad.func.modules import stack_module_state as stack_module_state
from mutagrad.func.reverse import vjp as vjp
from mutagrad.func.vmap import vmap as vmap
