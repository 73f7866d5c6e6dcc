"""Stochastic gradient descent, with momentum.

Follows https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.optim.optimizer import (
    Optimizer,
    Parameters,
    against,
    check_lr,
    check_not_differentiable,
    check_option,
    memory,
)
from mutagrad.tensor import Tensor, wrap


class SGD(Optimizer):
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
        check_lr(lr)
        check_option("momentum value", momentum)
        check_option("weight_decay value", weight_decay)
        check_not_differentiable(differentiable)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
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
        super().__init__(params, defaults)

    def _update(self, parameter: Tensor, gradient: Tensor, group: dict[str, Any], writer: str) -> None:
        w = memory(parameter, writer)
        scratch = np.empty_like(w)
        lr, momentum = float(group["lr"]), group["momentum"]
        g = against(w, gradient._array, group["maximize"], float(group["weight_decay"]), scratch)
        if momentum:
            running = self._running_sum(parameter, g, group, writer, scratch)
            if group["nesterov"]:
                # The step is lr * (g + momentum * running), in two parts that need one scratch.
                np.subtract(w, np.multiply(g, lr, out=scratch), out=w)
                lr *= momentum
            g = running
        np.subtract(w, np.multiply(g, lr, out=scratch), out=w)

    def _running_sum(
        self, parameter: Tensor, g: np.ndarray, group: dict[str, Any], writer: str, scratch: np.ndarray
    ) -> np.ndarray:
        """The running sum with `g` added to it; with dampening the scratch is used, even where it is `g`."""
        state = self.state[parameter]
        if state.get("momentum_buffer") is None:
            state["momentum_buffer"] = wrap(np.array(g))
            return state["momentum_buffer"]._array
        running = memory(state["momentum_buffer"], writer)
        np.multiply(running, group["momentum"], out=running)
        if group["dampening"]:
            g = np.multiply(g, 1 - group["dampening"], out=scratch)
        return np.add(running, g, out=running)
