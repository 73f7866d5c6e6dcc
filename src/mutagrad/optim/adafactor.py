"""`Adafactor`: the mean squares of a matrix of gradients, kept as the product of one for each row and each column.

Follows https://docs.pytorch.org/docs/stable/generated/torch.optim.Adafactor.html (N. Shazeer and M. Stern, 2018).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import prod
from typing import Any

import numpy as np

from mutagrad.optim.elementwise import BLOCK, counted, memory, scalar
from mutagrad.optim.optimizer import Optimizer, Parameters
from mutagrad.tensor import Tensor, wrap

Box = tuple[Any, ...]


class Adafactor(Optimizer):
    """Steps in proportion to the size of the parameter, against the gradient over the root of its mean squares.

    Goes over a matrix in blocks of rows, so that scratch memory is the size of a block.
    Raises ValueError for options out of range, RuntimeError for complex parameters.

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
        w, boxes = memory(parameter, "Adafactor.step"), list(_boxes(shape))
        size = max(eps2, _root_mean_square(w[box] for box in boxes)) * min(lr, 1 / count**0.5)
        estimate = _mean_squares(state, gradient, boxes, count ** group["beta2_decay"], eps1)

        def direction(box: Box) -> np.ndarray:
            return gradient[box] / np.sqrt(np.maximum(estimate(box), eps1 * eps1))

        size /= max(1.0, _root_mean_square(map(direction, boxes)) / group["d"])
        for box in boxes:
            w[box] *= 1 - lr * group["weight_decay"]
            w[box] -= direction(box) * (-size if group["maximize"] else size)


def _mean_squares(
    state: dict[str, Any], gradient: np.ndarray, boxes: list[Box], share: float, eps: float
) -> Callable[[Box], np.ndarray]:
    """Takes the squares of a gradient into the running means; the function that gives their estimate in a box."""
    if "variance" in state:
        variance = memory(state["variance"], "Adafactor.step")
        for box in boxes:
            variance[box] += (gradient[box] * gradient[box] - variance[box]) * share
        return lambda box: variance[box]
    rows, columns = (memory(state[name], "Adafactor.step") for name in ("row_var", "col_var"))
    above = gradient.ndim - 2  # a box without what it says of rows is all the rows of its matrices
    columns *= 1 - share  # in place: columns may be a third of the parameter
    for box in boxes:
        squares = gradient[box] * gradient[box]
        rows[box] += (squares.mean(-1, keepdims=True) - rows[box]) * share
        columns[box[:above]] += squares.sum(-2, keepdims=True) * (share / gradient.shape[-2])

    def product(box: Box) -> np.ndarray:
        means = rows[box[:above]].mean(-2, keepdims=True)
        return rows[box] @ columns[box[:above]] / np.maximum(means, eps)

    return product


def _boxes(shape: tuple[int, ...], before: Box = ()) -> Iterator[Box]:
    """Indices of boxes of about a block of elements, all along the last dimension where there is another."""
    if len(before) == len(shape):
        yield (...,)
        return
    size, *rest = shape[len(before) :]
    below = prod(rest)
    if below > BLOCK and len(rest) > 1:
        for start in range(size):
            yield from _boxes(shape, (*before, slice(start, start + 1)))
    else:
        width = max(1, BLOCK // max(1, below))
        yield from ((*before, slice(start, start + width)) for start in range(0, size, width))


def _zeros(dtype: np.dtype, *shape: int) -> Tensor:
    return wrap(np.zeros(shape, dtype))


def _root_mean_square(parts: Iterable[np.ndarray]) -> float:
    """The root of the mean square of all elements of all parts."""
    total, count = 0.0, 0
    for part in parts:
        total += float(np.square(part).sum(dtype=np.float64))
        count += part.size
    return (total / max(1, count)) ** 0.5
