"""Elements chosen by a mask: `where` takes from one of two, `masked_fill` puts one value where the mask is true.

>>> import mutagrad as torch
>>> x = torch.tensor([-1., 2.], requires_grad=True)
>>> torch.where(x > 0, x, 0.5).sum().backward()
>>> x.grad
tensor([0., 1.])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.declaration import composite, pointwise
from mutagrad.dtypes import of_numpy, type_word
from mutagrad.tensor import Tensor

__all__ = ["masked_fill", "where"]

# One of two ---------------------------------------------------------------------------------------------------------


def _check_condition(condition: Any, input: Any, other: Any) -> None:
    if condition.dtype.kind != "b" and condition.dtype != np.uint8:
        raise RuntimeError(
            "where expected condition to be a boolean tensor, but got a tensor with dtype "
            f"{of_numpy[condition.dtype].scalar_type}"
        )


_where = pointwise(
    "where",
    lambda xp, condition, input, other: xp.where(condition, input, other),
    apart=("condition",),
    in_place=False,
    method=False,
    check=_check_condition,
    input=lambda xp, ct, condition: xp.where(condition, ct, 0),
    other=lambda xp, ct, condition: xp.where(condition, 0, ct),
)


def where(condition: Tensor, input: Any = None, other: Any = None, *, out: Tensor | None = None) -> Any:
    """The elements of `input` where `condition` is true, else those of `other`, with broadcasting and promotion.

    With `condition` alone, the indices of its true elements: `nonzero(as_tuple=True)`.
    Raises RuntimeError for a condition that is no mask.

    >>> import mutagrad
    >>> mutagrad.where(mutagrad.tensor([True, False]), mutagrad.tensor([1., 2.]), 0)
    tensor([1., 0.])
    """
    if not isinstance(condition, Tensor):
        raise TypeError(f"where(): argument 'condition' (position 1) must be Tensor, not {type(condition).__name__}")
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    return _where(condition, input, other) if out is None else _where(condition, input, other, out=out)


def _where_method(self: Tensor, condition: Tensor, other: Any) -> Tensor:
    """The elements of this tensor where `condition` is true, else those of `other`."""
    return where(condition, self, other)


_where_method.__name__ = _where_method.__qualname__ = "where"
composite()(_where_method)

# One value where a mask is true -------------------------------------------------------------------------------------


def _check_fill(input: Any, mask: Any, value: Any) -> None:
    if mask.dtype.kind != "b":
        word = type_word(mask.dtype)
        raise RuntimeError(f"masked_fill_ only supports boolean masks, but got mask with dtype {word}")
    if getattr(value, "ndim", 0):
        raise RuntimeError(
            f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.ndim} dimension(s)."
        )
    if input.dtype.kind != "c" and np.iscomplexobj(value):
        kind = type_word(input.dtype) if input.dtype.kind == "f" else f"{input.dtype.name}_t"
        raise RuntimeError(f"value cannot be converted to type {kind} without overflow")


def _filled(array: np.ndarray, inputs: Any) -> Any:
    """The positions in `array` where the mask is true."""
    return np.nonzero(np.broadcast_to(inputs[1]._array, array.shape)) if array.ndim else None


masked_fill = pointwise(
    "masked_fill",
    lambda xp, input, mask, value: xp.where(mask, xp.asarray(value, dtype=input.dtype), input),
    apart=("mask", "value"),
    check=_check_fill,
    written=_filled,
    node_name="MaskedFillBackward1",
    number_name="MaskedFillBackward0",
    input=lambda xp, ct, mask: xp.where(mask, 0, ct),
    value=lambda xp, ct, mask: xp.where(mask, ct, 0),
    doc="""`input` with `value`, a number or a zero-dimensional tensor, where `mask` is true.

    Raises RuntimeError for a mask that is not of booleans.""",
)
