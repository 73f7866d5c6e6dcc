"""Steps measured by the size that gradients have had: `Adagrad`, `Adadelta`, `RMSprop`.

Follows https://docs.pytorch.org/docs/stable/optim.html (J. Duchi et al., 2011; M. Zeiler, 2012; G. Hinton, 2012;
for `centered` A. Graves, 2013).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mutagrad.optim.elementwise import Elementwise, Rule, check_options, counted, filled, number, scalar
from mutagrad.optim.optimizer import Parameters
from mutagrad.tensor import Tensor


class Adagrad(Elementwise):
    """Steps against the gradient over the root of the sum of all its squares so far, `lr` falling by `lr_decay`.

    >>> import mutagrad
    >>> w = mutagrad.tensor([1., 2.], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> Adagrad([w], lr=0.1).step()
    >>> w
    tensor([0.9000, 1.9000], requires_grad=True)
    """

    remembered = ("sum",)

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_options(
            lr=lr,
            lr_decay=lr_decay,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            eps=eps,
        )
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)
        for group in self.param_groups:
            for parameter in group["params"]:
                start = filled(parameter, group["initial_accumulator_value"])
                self.state[parameter] = {"step": scalar(), "sum": start}

    def rule(self, group: dict[str, Any], state: dict[str, Any], new: Callable[..., Tensor]) -> Rule:
        if not state:
            state.update(step=scalar(), sum=new(group["initial_accumulator_value"]))
        size, eps = number(group, "lr") / (1 + (counted(state) - 1) * group["lr_decay"]), group["eps"]

        def adapt(xp: Any, w: Any, g: Any, sum: Any) -> None:
            sum += g * g
            w -= g / (xp.sqrt(sum) + eps) * size

        return adapt


class Adadelta(Elementwise):
    """Steps against the gradient, in the proportion of the sizes that steps and gradients have had of late.

    >>> import mutagrad
    >>> w = mutagrad.tensor([1., 2.], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> Adadelta([w]).step()
    >>> w
    tensor([0.9968, 1.9968], requires_grad=True)
    """

    remembered = ("square_avg", "acc_delta")

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_options(lr=lr)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}")
        check_options(eps=eps, weight_decay=weight_decay)
        defaults = {
            "lr": lr,
            "rho": rho,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "capturable": capturable,
            "foreach": foreach,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def rule(self, group: dict[str, Any], state: dict[str, Any], new: Callable[..., Tensor]) -> Rule:
        if not state:
            state.update(step=scalar(), square_avg=new(), acc_delta=new())
        counted(state)
        lr, rho, eps = number(group, "lr"), group["rho"], group["eps"]

        def adapt(xp: Any, w: Any, g: Any, square_avg: Any, acc_delta: Any) -> None:
            square_avg *= rho
            square_avg += g * g * (1 - rho)
            delta = xp.sqrt(acc_delta + eps) / xp.sqrt(square_avg + eps) * g
            acc_delta *= rho
            acc_delta += delta * delta * (1 - rho)
            w -= delta * lr

        return adapt


class RMSprop(Elementwise):
    """Steps against the gradient over the root of the running mean of its squares, from which that of its own square
    is taken if `centered`.

    >>> import mutagrad
    >>> w = mutagrad.tensor([1., 2.], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> RMSprop([w], lr=0.05).step()
    >>> w
    tensor([0.5000, 1.5000], requires_grad=True)
    """

    remembered = ("square_avg", "momentum_buffer", "grad_avg")

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_options(lr=lr, eps=eps, momentum=momentum, weight_decay=weight_decay, alpha=alpha)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def rule(self, group: dict[str, Any], state: dict[str, Any], new: Callable[..., Tensor]) -> Rule:
        momentum, centered = group["momentum"], group["centered"]
        if not state:
            state.update(step=scalar(), square_avg=new())
            if momentum > 0:
                state["momentum_buffer"] = new()
            if centered:
                state["grad_avg"] = new()
        counted(state)
        lr, alpha, eps = number(group, "lr"), group["alpha"], group["eps"]

        def adapt(xp: Any, w: Any, g: Any, square_avg: Any, momentum_buffer: Any = None, grad_avg: Any = None) -> None:
            square_avg *= alpha
            square_avg += g * g * (1 - alpha)
            spread = square_avg
            if centered:
                grad_avg += (g - grad_avg) * (1 - alpha)
                spread = square_avg - grad_avg * grad_avg
            step = g / (xp.sqrt(spread) + eps)
            if momentum > 0:
                momentum_buffer *= momentum
                momentum_buffer += step
                step = momentum_buffer
            w -= step * lr

        return adapt
