"""Stochastic gradient descent, with momentum.

Follows https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mutagrad.optim.elementwise import Elementwise, Rule, check_options, number
from mutagrad.optim.optimizer import Parameters
from mutagrad.tensor import Tensor


class SGD(Elementwise):
    """Steps of `lr` against the gradient, or against its running sum, which `momentum` lets fade.

    The gradient is first reversed if `maximize`, then `weight_decay` times the parameter is added to it; in the running
    sum it counts `1 - dampening`. With `nesterov` the step is against the sum as it will be next.
    Raises ValueError for negative options, and for `nesterov` without momentum or with dampening.

    >>> import mutagrad
    >>> w = mutagrad.tensor([1., 2.], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> SGD([w], lr=0.1).step()
    >>> w
    tensor([0.8000, 1.6000], requires_grad=True)
    """

    remembered = ("momentum_buffer",)

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float | Tensor = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_options(lr=lr, momentum=momentum, weight_decay=weight_decay)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        super().__init__(params, defaults)

    def rule(self, group: dict[str, Any], state: dict[str, Any], new: Callable[..., Tensor]) -> Rule:
        lr, momentum, share = number(group, "lr"), group["momentum"], 1 - group["dampening"]
        is_first = bool(momentum) and state.get("momentum_buffer") is None
        if is_first:
            state["momentum_buffer"] = new()

        def descend(xp: Any, w: Any, g: Any, momentum_buffer: Any = None) -> None:
            if momentum:
                momentum_buffer *= momentum
                momentum_buffer += g if is_first else g * share
                g = g + momentum_buffer * momentum if group["nesterov"] else momentum_buffer
            w -= g * lr

        return descend
