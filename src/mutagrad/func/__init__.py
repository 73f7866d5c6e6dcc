"""Transforms of functions, in the manner of `torch.func`: each takes a function and gives another.

Follows https://docs.pytorch.org/docs/stable/func.html
"""

from mutagrad.func import custom
from mutagrad.func.forward import jacfwd, jvp, linearize
from mutagrad.func.functionalization import functionalize
from mutagrad.func.modules import functional_call, replace_all_batch_norm_modules_, stack_module_state
from mutagrad.func.rearranging import rearrange
from mutagrad.func.reverse import grad, grad_and_value, hessian, jacrev, vjp
from mutagrad.func.vmap import vmap
