"""Transforms of functions, in the manner of `torch.func`: each takes a function and gives another.

Follows https://docs.pytorch.org/docs/stable/func.html
"""

from mutagrad.func.forward import jacfwd, jvp, linearize
