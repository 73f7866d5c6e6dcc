"""`Adafactor`: the mean squares of a matrix of gradients, kept as the product of one for each row and each column.

Follows https://docs.pytorch.org/docs/stable/generated/torch.optim.Adafactor.html (N. Shazeer and M. Stern, 2018).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mutagrad.optim.elementwise import counted, memory, scalar
from mutagrad.optim.optimizer import Optimizer, Parameters
from mutagrad.tensor import Tensor, wrap


class Adafactor(Optimizer):
    """Steps in proportion to the size of the parameter, against the gradient over the root of its mean squares.

    Works on each parameter as a whole, in scratch memory of its size. Raises ValueError for options out of range,
    RuntimeError for complex parameters.

    >>> import mutagrad
    >>> w = mutagrad.tensor([[1., 2.]], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> Adafactor([w], lr=0.1).step()
    >>> w
    tensor([[0.8419, 1.8419]], requires_grad=True)
    """

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
    ) -> None:
        if isinstance(lr, Tensor) and lr.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        if not lr >= 0.0:
            raise ValueError(f"Learning rate should be >= 0 but is: {lr}")
        if not beta2_decay <= 0.0:
            raise ValueError(f"beta2_decay should be <= 0 but is: {beta2_decay}")
        if eps[0] is not None and not eps[0] >= 0.0:
            raise ValueError(f"epsilon1 should be >= 0 but is: {eps[0]}")
        if not eps[1] >= 0.0:
            raise ValueError(f"epsilon2 should be >= 0 but is: {eps[1]}")
        if not d >= 1.0:
            raise ValueError(f"Clipping threshold d should be >= 1 but is: {d}")
        if not weight_decay >= 0.0:
            raise ValueError(f"weight_decay should be >= 0 but is: {weight_decay}")
        defaults = {
            "lr": lr,
            "beta2_decay": beta2_decay,
            "eps": eps,
            "d": d,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Updates every parameter that has a gradient; calls `closure` first, for a fresh one, and gives its loss."""
        loss = self._evaluated(closure)
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._update(parameter, parameter.grad._array, group)
        return loss

    def _update(self, parameter: Tensor, gradient: np.ndarray, group: dict[str, Any]) -> None:
        if parameter.is_complex():
            raise RuntimeError("Adafactor does not support complex parameters")
        state, shape = self.state[parameter], parameter._array.shape
        if not state:
            state["step"] = scalar()
            if len(shape) > 1:
                state["row_var"] = _zeros(gradient.dtype, *shape[:-1], 1)
                state["col_var"] = _zeros(gradient.dtype, *shape[:-2], 1, shape[-1])
            else:
                state["variance"] = _zeros(gradient.dtype, *shape)
        count, lr, (eps1, eps2) = counted(state), float(group["lr"]), group["eps"]
        eps1 = float(np.finfo(gradient.dtype).eps) if eps1 is None else eps1
        share = count ** group["beta2_decay"]
        w = memory(parameter, "Adafactor.step")
        size = max(eps2, _root_mean_square(w)) * min(lr, 1 / count**0.5)
        w *= 1 - lr * group["weight_decay"]
        squares = gradient * gradient
        if len(shape) > 1:
            rows, columns = (memory(state[name], "Adafactor.step") for name in ("row_var", "col_var"))
            rows += (squares.mean(-1, keepdims=True) - rows) * share
            columns += (squares.mean(-2, keepdims=True) - columns) * share
            squares = rows @ columns / np.maximum(rows.mean(-2, keepdims=True), eps1)
        else:
            variance = memory(state["variance"], "Adafactor.step")
            variance += (squares - variance) * share
            squares = variance
        step = gradient / np.sqrt(np.maximum(squares, eps1 * eps1))
        step *= size / max(1.0, _root_mean_square(step) / group["d"])
        if group["maximize"]:
            w += step
        else:
            w -= step


def _zeros(dtype: np.dtype, *shape: int) -> Tensor:
    return wrap(np.zeros(shape, dtype))


def _root_mean_square(array: np.ndarray) -> float:
    return float(np.linalg.norm(array)) / array.size**0.5
