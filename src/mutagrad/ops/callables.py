"""Functions of numbers applied element by element, in place: slow, and for tensors without history.

Follows https://docs.pytorch.org/docs/stable/generated/torch.Tensor.apply_.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mutagrad.declaration import composite
from mutagrad.tensor import Tensor, wrap

__all__: list[str] = []


def _write(self: Tensor, function: Callable, others: dict[str, Tensor], name: str) -> Tensor:
    for tensor in (self, *others.values()):
        if tensor.requires_grad:
            raise RuntimeError(
                f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}() instead."
            )
    for other in others.values():
        if other._array.dtype != self._array.dtype:
            which = f"argument '{next(iter(others))}'" if len(others) > 1 else "'other'"
            raise TypeError(f"{name}: expected {self.type()} for {which} (got {other.type()})")
    columns = [self._array, *[other.expand(self.shape)._array for other in others.values()]]
    values = [function(*row) for row in zip(*[column.ravel().tolist() for column in columns])]
    return self.copy_(wrap(np.array(values, self._array.dtype).reshape(self.shape)))


@composite()
def apply_(self: Tensor, callable: Callable[[Any], Any]) -> Tensor:
    """Replaces each element by the function of it.

    Raises RuntimeError for a tensor that requires grad.

    >>> import mutagrad
    >>> mutagrad.tensor([1., 2.]).apply_(lambda x: x + 1)
    tensor([2., 3.])
    """
    return _write(self, callable, {}, "apply_")


@composite()
def map_(self: Tensor, tensor: Tensor, callable: Callable[[Any, Any], Any]) -> Tensor:
    """Replaces each element by the function of it and that of `tensor`. Errors are those of `apply_`.

    >>> import mutagrad
    >>> mutagrad.tensor([1., 2.]).map_(mutagrad.tensor([3., 4.]), max)
    tensor([3., 4.])
    """
    return _write(self, callable, {"tensor": tensor}, "map_")


@composite()
def map2_(self: Tensor, x: Tensor, y: Tensor, callable: Callable[[Any, Any, Any], Any]) -> Tensor:
    """Replaces each element by the function of it and those of `x` and `y`. Errors are those of `apply_`."""
    return _write(self, callable, {"x": x, "y": y}, "map2_")


def _reversed(self: Tensor) -> Tensor:
    """The elements in reverse order along all dimensions, which is what `reversed` gives."""
    return self.flip(list(range(self.ndim)))


Tensor.__reversed__ = _reversed  # type: ignore[attr-defined]
