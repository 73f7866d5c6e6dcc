"""Adam and its kin: steps against a running mean of the gradient, over a running measure of its size.

`AdamW` decays weights apart from the gradient, `NAdam` looks ahead as Nesterov's momentum does, `RAdam` warms up until
the mean of squares can be trusted, `Adamax` measures by the largest gradient.
Follows https://docs.pytorch.org/docs/stable/optim.html (D. Kingma and J. Ba, 2014; I. Loshchilov and F. Hutter, 2017;
for `amsgrad` S. Reddi et al., 2018; T. Dozat, 2016; L. Liu et al., 2019).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mutagrad.optim.elementwise import Elementwise, Rule, check_options, counted, number, scalar
from mutagrad.optim.optimizer import Parameters
from mutagrad.tensor import Tensor


class Adam(Elementwise):
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

    remembered = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")

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
        check_options(lr=lr, eps=eps, betas=betas, weight_decay=weight_decay)
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

    def rule(self, group: dict[str, Any], state: dict[str, Any], new: Callable[..., Tensor]) -> Rule:
        if not state:
            state.update(step=scalar(), exp_avg=new(), exp_avg_sq=new())
            if group["amsgrad"]:
                state["max_exp_avg_sq"] = new()
        count, eps = counted(state), group["eps"]
        lr, (beta1, beta2) = number(group, "lr"), number(group, "betas")
        # The squares' correction is put to the numbers, which spares a pass over the memory.
        spread = (1 - beta2**count) ** 0.5
        size, eps = lr / (1 - beta1**count) * spread, eps * spread

        def adapt(xp: Any, w: Any, g: Any, exp_avg: Any, exp_avg_sq: Any, max_exp_avg_sq: Any = None) -> None:
            exp_avg += (g - exp_avg) * (1 - beta1)
            exp_avg_sq *= beta2
            exp_avg_sq += g * g * (1 - beta2)
            squares = exp_avg_sq
            if group["amsgrad"]:
                max_exp_avg_sq[...] = squares = xp.maximum(max_exp_avg_sq, exp_avg_sq)
            w -= exp_avg / (xp.sqrt(squares) + eps) * size

        return adapt


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


class NAdam(Elementwise):
    """`Adam` with Nesterov's momentum, which is phased in as `momentum_decay` says.

    >>> import mutagrad
    >>> w = mutagrad.tensor([1., 2.], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> NAdam([w], lr=0.1).step()
    >>> w
    tensor([0.8944, 1.8944], requires_grad=True)
    """

    remembered = ("exp_avg", "exp_avg_sq")

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_options(lr=lr, eps=eps, betas=betas, weight_decay=weight_decay, momentum_decay=momentum_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def rule(self, group: dict[str, Any], state: dict[str, Any], new: Callable[..., Tensor]) -> Rule:
        if not state:
            state.update(step=scalar(), mu_product=scalar(1.0), exp_avg=new(), exp_avg_sq=new())
        count, eps = counted(state), group["eps"]
        lr, (beta1, beta2) = number(group, "lr"), number(group, "betas")
        mu, mu_next = (beta1 * (1 - 0.5 * 0.96 ** (at * group["momentum_decay"])) for at in (count, count + 1))
        state["mu_product"] *= mu
        product, correction = state["mu_product"].item(), 1 - beta2**count
        size, size_next = lr * (1 - mu) / (1 - product), lr * mu_next / (1 - product * mu_next)

        def adapt(xp: Any, w: Any, g: Any, exp_avg: Any, exp_avg_sq: Any) -> None:
            exp_avg += (g - exp_avg) * (1 - beta1)
            exp_avg_sq *= beta2
            exp_avg_sq += g * g * (1 - beta2)
            w -= (g * size + exp_avg * size_next) / (xp.sqrt(exp_avg_sq / correction) + eps)

        return adapt


class RAdam(Elementwise):
    """`Adam` whose steps are against the plain mean until the variance of the mean of squares is tractable.

    >>> import mutagrad
    >>> w = mutagrad.tensor([1., 2.], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> RAdam([w], lr=0.1).step()
    >>> w
    tensor([0.8000, 1.6000], requires_grad=True)
    """

    remembered = ("exp_avg", "exp_avg_sq")

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_options(lr=lr, eps=eps, betas=betas, weight_decay=weight_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def rule(self, group: dict[str, Any], state: dict[str, Any], new: Callable[..., Tensor]) -> Rule:
        if not state:
            state.update(step=scalar(), exp_avg=new(), exp_avg_sq=new())
        count, eps = counted(state), group["eps"]
        lr, (beta1, beta2) = number(group, "lr"), number(group, "betas")
        size, correction = lr / (1 - beta1**count), 1 - beta2**count
        longest = 2 / (1 - beta2) - 1
        length = longest - 2 * count * beta2**count / correction  # of the simple moving average that it is like
        if length > 5:
            above, below = (length - 4) * (length - 2) * longest, (longest - 4) * (longest - 2) * length
            size = size * (correction * above / below) ** 0.5

        def adapt(xp: Any, w: Any, g: Any, exp_avg: Any, exp_avg_sq: Any) -> None:
            exp_avg += (g - exp_avg) * (1 - beta1)
            exp_avg_sq *= beta2
            exp_avg_sq += g * g * (1 - beta2)
            w -= exp_avg * size / (xp.sqrt(exp_avg_sq) + eps) if length > 5 else exp_avg * size

        return adapt


class Adamax(Elementwise):
    """`Adam` whose measure is the largest gradient so far, which fades.

    >>> import mutagrad
    >>> w = mutagrad.tensor([1., 2.], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> Adamax([w], lr=0.1).step()
    >>> w
    tensor([0.9000, 1.9000], requires_grad=True)
    """

    remembered = ("exp_avg", "exp_inf")

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check_options(lr=lr, eps=eps, betas=betas, weight_decay=weight_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def rule(self, group: dict[str, Any], state: dict[str, Any], new: Callable[..., Tensor]) -> Rule:
        if not state:
            state.update(step=scalar(), exp_avg=new(), exp_inf=new())
        count, eps = counted(state), group["eps"]
        beta1, beta2 = number(group, "betas")
        size = number(group, "lr") / (1 - beta1**count)

        def adapt(xp: Any, w: Any, g: Any, exp_avg: Any, exp_inf: Any) -> None:
            exp_avg += (g - exp_avg) * (1 - beta1)
            exp_inf[...] = xp.maximum(exp_inf * beta2, xp.abs(g) + eps)
            w -= exp_avg / exp_inf * size

        return adapt
