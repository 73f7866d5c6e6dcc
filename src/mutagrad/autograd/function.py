"""The public names of custom functions: `Function`, its kinds, and `once_differentiable`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from mutagrad.autograd.context import BackwardCFunction, FunctionCtx
from mutagrad.autograd.custom import Function, FunctionMeta, transforms
from mutagrad.autograd.nested import NestedIOFunction
from mutagrad.modes import modes, no_grad
from mutagrad.operation import Operation
from mutagrad.tensor import Tensor

__all__ = [
    "BackwardCFunction",
    "Function",
    "FunctionCtx",
    "FunctionMeta",
    "InplaceFunction",
    "NestedIOFunction",
    "once_differentiable",
    "transforms",
]


class InplaceFunction(Function):
    """A `Function` that may work in place; `Function` can do all of it."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace


def _refuse(xp: Any, ct: Any) -> Any:
    raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")


refused = Operation("delayed_error", lambda xp, input: xp.copy(input), {"input": _refuse}, node_name="Error")


def once_differentiable(backward: Callable) -> Callable:
    """Marks a `backward` whose result cannot be differentiated again: doing so raises RuntimeError."""

    @functools.wraps(backward)
    def once(ctx: Any, *cts: Any) -> Any:
        with no_grad():
            shares = backward(ctx, *cts)
        if not modes.grad or not any(isinstance(c, Tensor) and c.requires_grad for c in cts):
            return shares
        several = shares if isinstance(shares, tuple) else (shares,)
        marked = tuple(
            # A leaf of its own gives it a history, which nobody can go back through.
            refused.apply((share.detach().requires_grad_(),), {}) if isinstance(share, Tensor) else share
            for share in several
        )
        return marked if isinstance(shares, tuple) else marked[0]

    return once
