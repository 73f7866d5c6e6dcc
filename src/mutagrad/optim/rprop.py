"""`Rprop`, which looks at the signs of gradients only, and `ASGD`, which averages the parameters it passes through.

Follows https://docs.pytorch.org/docs/stable/optim.html (M. Riedmiller and H. Braun, 1993; B. Polyak and
A. Juditsky, 1992).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mutagrad.optim.elementwise import Elementwise, Rule, check_options, counted, scalar
from mutagrad.optim.optimizer import Parameters
from mutagrad.tensor import Tensor


class Rprop(Elementwise):
    """Steps against the gradient's sign; each grows while the sign stays, shrinks when it turns, by `etas`.

    >>> import mutagrad
    >>> w = mutagrad.tensor([1., 2.], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> Rprop([w], lr=0.1).step()
    >>> w
    tensor([0.9000, 1.9000], requires_grad=True)
    """

    remembered = ("prev", "step_size")

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_options(lr=lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        defaults = {
            "lr": lr,
            "etas": etas,
            "step_sizes": step_sizes,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def rule(self, group: dict[str, Any], state: dict[str, Any], new: Callable[..., Tensor]) -> Rule:
        if not state:
            state.update(step=scalar(), prev=new(), step_size=new(float(group["lr"])))
        counted(state)
        (shrink, grow), (smallest, largest) = group["etas"], group["step_sizes"]

        def turn(xp: Any, w: Any, g: Any, prev: Any, step_size: Any) -> None:
            agreement = xp.sign(g * prev)
            shrunk_or_kept = xp.where(agreement < 0, agreement * -shrink, agreement * 0 + 1)
            factor = xp.where(agreement > 0, agreement * grow, shrunk_or_kept)
            step_size[...] = xp.clip(step_size * factor, smallest, largest)
            g = xp.where(agreement < 0, g * 0, g)  # no step where the sign has turned
            w -= xp.sign(g) * step_size
            prev[...] = g

        return turn


class ASGD(Elementwise):
    """Steps against the gradient with `lambd` of decay, whose size falls by the power `alpha`; the state's `ax` is the
    mean of the parameters after the step `t0`.

    >>> import mutagrad
    >>> w = mutagrad.tensor([1., 2.], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> ASGD([w], lr=0.1).step()
    >>> w
    tensor([0.8000, 1.6000], requires_grad=True)
    """

    remembered = ("ax",)

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check_options(lr=lr, weight_decay=weight_decay)
        defaults = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def rule(self, group: dict[str, Any], state: dict[str, Any], new: Callable[..., Tensor]) -> Rule:
        lr, lambd = float(group["lr"]), group["lambd"]
        if not state:
            state.update(step=scalar(), eta=scalar(lr), mu=scalar(1.0), ax=new())
        count, eta, mu = counted(state), state["eta"].item(), state["mu"].item()
        # Rounded as a number of the default dtype, also where loading has made them double.
        state["eta"].copy_(scalar(lr / (1 + lambd * lr * count) ** group["alpha"]))
        state["mu"].copy_(scalar(1 / max(1, count - group["t0"])))

        def descend(xp: Any, w: Any, g: Any, ax: Any) -> None:
            w *= 1 - lambd * eta
            w -= g * eta
            if mu == 1:
                ax[...] = w
            else:
                ax += (w - ax) * mu

        return descend
