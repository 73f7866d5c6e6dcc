"""Adam, and AdamW, whose weight decay is apart from the gradient.

Follows https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html (D. Kingma and J. Ba, 2014; I. Loshchilov
and F. Hutter, 2017; for `amsgrad` S. Reddi et al., 2018).
"""

from __future__ import annotations

import math
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


class Adam(Optimizer):
    """Steps against the running mean of the gradient, over the root of the running mean of its square.

    `betas` say how slowly the two means forget; both are corrected for having begun at zero. `weight_decay` times the
    parameter is added to the gradient or, if `decoupled_weight_decay`, the parameter is made smaller by `lr` times it.
    With `amsgrad` the largest mean of squares so far is used. With `maximize` the steps are along the gradient.
    Raises ValueError for options out of their ranges.

    >>> import mutagrad
    >>> w = mutagrad.tensor([1., 2.], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> Adam([w], lr=0.1).step()
    >>> w
    tensor([0.9000, 1.9000], requires_grad=True)
    """

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        check_lr(lr)
        check_option("epsilon value", eps)
        for index in (0, 1):
            if not 0.0 <= float(betas[index]) < 1.0:
                raise ValueError(f"Invalid beta parameter at index {index}: {betas[index]}")
        check_option("weight_decay value", weight_decay)
        check_not_differentiable(differentiable)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)

    def _update(self, parameter: Tensor, gradient: Tensor, group: dict[str, Any], writer: str) -> None:
        state = self.state[parameter]
        if not state:
            state.update(_first_state(parameter._array, group["amsgrad"]))
        count = memory(state["step"], writer)
        count += 1
        means = [memory(state[name], writer) for name in MEANS if name in state]
        arrays = [memory(parameter, writer), gradient._array, *means]
        if parameter._array.dtype.kind == "c":
            # Real and imaginary parts are parameters of their own.
            for part in (np.real, np.imag):
                _step(float(count), group, *map(part, arrays))
        else:
            _step(float(count), group, *arrays)


class AdamW(Adam):
    """`Adam` with a weight decay apart from the gradient."""

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )


MEANS = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")


def _first_state(w: np.ndarray, amsgrad: bool) -> dict[str, Tensor]:
    """The state of a parameter before its first step: the count of steps, in single precision, and the means."""
    means = MEANS if amsgrad else MEANS[:2]
    return {"step": wrap(np.zeros((), np.float32)), **{name: wrap(np.zeros_like(w)) for name in means}}


def _step(
    count: float,
    group: dict[str, Any],
    w: np.ndarray,
    gradient: np.ndarray,
    mean: np.ndarray,
    mean_square: np.ndarray,
    largest: np.ndarray | None = None,
) -> None:
    """The step of number `count`, written into `w` and the means."""
    lr, (beta1, beta2) = float(group["lr"]), map(float, group["betas"])
    scratch = np.empty_like(w)
    decay, maximize = group["weight_decay"], group["maximize"]
    if decay and group["decoupled_weight_decay"]:
        np.multiply(w, 1 - lr * decay, out=w)
        decay = 0

    # The direction is worked out anew for each mean where it has to stand in the one scratch.
    g = against(w, gradient, maximize, decay, scratch)
    np.multiply(g, g, out=scratch)
    np.multiply(scratch, 1 - beta2, out=scratch)
    np.multiply(mean_square, beta2, out=mean_square)
    np.add(mean_square, scratch, out=mean_square)
    g = against(w, gradient, maximize, decay, scratch)
    np.subtract(g, mean, out=scratch)
    np.multiply(scratch, 1 - beta1, out=scratch)
    np.add(mean, scratch, out=mean)

    if largest is not None:
        mean_square = np.maximum(largest, mean_square, out=largest)
    root = np.sqrt(mean_square, out=scratch)
    np.divide(root, math.sqrt(1 - beta2**count), out=root)
    np.add(root, group["eps"], out=root)
    np.divide(mean, root, out=scratch)
    np.multiply(scratch, lr / (1 - beta1**count), out=scratch)
    np.subtract(w, scratch, out=w)
