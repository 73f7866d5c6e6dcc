"""Comparisons, and questions about single numbers. Their results are masks, or one truth value; none has a gradient.

The in-place forms (`x.lt_(y)`) write zeros and ones in the dtype of `x`.

>>> import mutagrad as torch
>>> x = torch.tensor([1., float("nan"), 3.])
>>> x > 2
tensor([False, False,  True])
>>> torch.isnan(x)
tensor([False,  True, False])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.declaration import composite, pointwise
from mutagrad.dtypes import of_numpy
from mutagrad.modes import no_grad
from mutagrad.operands import as_array
from mutagrad.ops.checks import no_kernel, not_for
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor, wrap

__all__ = [
    "allclose",
    "eq",
    "equal",
    "ge",
    "greater",
    "greater_equal",
    "gt",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "isreal",
    "le",
    "less",
    "less_equal",
    "lt",
    "ne",
    "not_equal",
    "signbit",
]

# Two numbers --------------------------------------------------------------------------------------------------------


def _comparison(name: str, kernel: str, doc: str, *aliases: str) -> Any:
    return pointwise(name, kernel, promotion="compare", aliases=aliases, operators=name, doc=doc)


def _ordering(name: str, kernel: str, doc: str, alias: str) -> Any:
    """A comparison that complex numbers do not have."""
    return pointwise(
        name,
        lambda xp, input, other: getattr(xp, kernel)(input, other),
        promotion="compare",
        refuses=no_kernel("c", f"{name}_cpu"),
        aliases=(alias,),
        operators=name,
        doc=doc,
    )


eq = _comparison("eq", "equal", "Whether `input` equals `other`.")
ne = not_equal = _comparison("ne", "not_equal", "Whether `input` differs from `other`.", "not_equal")
lt = less = _ordering("lt", "less", "Whether `input` is less than `other`.", "less")
le = less_equal = _ordering("le", "less_equal", "Whether `input` is at most `other`.", "less_equal")
gt = greater = _ordering("gt", "greater", "Whether `input` is greater than `other`.", "greater")
ge = greater_equal = _ordering("ge", "greater_equal", "Whether `input` is at least `other`.", "greater_equal")


# How near two tensors are -------------------------------------------------------------------------------------------


@composite()
def isclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Tensor:
    """Whether `abs(input - other) <= atol + rtol * abs(other)`, element by element; equal infinities are near.

    NaN is near nothing, or with `equal_nan` near NaN. Raises RuntimeError where the dtypes differ.

    >>> import mutagrad
    >>> mutagrad.isclose(mutagrad.tensor([1., 1.]), mutagrad.tensor([1.000001, 1.1]))
    tensor([ True, False])
    """
    for place, (name, operand) in enumerate((("input", input), ("other", other)), 1):
        if not isinstance(operand, Tensor):
            kind = type(operand).__name__
            raise TypeError(f"isclose(): argument '{name}' (position {place}) must be Tensor, not {kind}")
    a, b = input._array, other._array
    if a.dtype is not b.dtype:
        raise RuntimeError(f"{of_numpy[a.dtype].scalar_type} did not match {of_numpy[b.dtype].scalar_type}")
    for name, bound in (("rtol", rtol), ("atol", atol)):
        if bound < 0:
            raise RuntimeError(f"{name} must be greater than or equal to zero, but got {bound:g}")
    if a.dtype.kind in "biu":
        input, other = input.double(), other.double()
    with no_grad():
        distance, allowed = abs(input - other), atol + rtol * abs(other)
        near = eq(input, other) | (isfinite(distance) & (distance <= allowed))
        return near | (isnan(input) & isnan(other)) if equal_nan else near


@composite()
def allclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether every element of `input` is near that of `other`; see `isclose`."""
    return bool(isclose(input, other, rtol, atol, equal_nan)._array.all())


@composite()
def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape and equal elements.

    >>> import mutagrad
    >>> mutagrad.equal(mutagrad.tensor([1, 2]), mutagrad.tensor([1., 2.]))
    True
    """
    check_tensor("equal", input)
    if not isinstance(other, Tensor):
        raise TypeError(f"equal(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}")
    a, b = input._array, other._array
    return a.shape == b.shape and bool((a == b).all())


# One number ---------------------------------------------------------------------------------------------------------


def _question(name: str, forward: Any, doc: str, refuses: Any = None) -> Any:
    return pointwise(name, forward, promotion="compare", in_place=False, refuses=refuses, doc=doc)


isnan = _question("isnan", "isnan", "Whether each element is NaN.")
isinf = _question("isinf", "isinf", "Whether each element is infinite.")
isfinite = _question("isfinite", "isfinite", "Whether each element is neither infinite nor NaN.")
isposinf = _question(
    "isposinf",
    lambda xp, input: xp.isinf(input) & (input > 0),
    "Whether each element is positive infinity.",
    not_for("c", "isposinf does not support complex inputs.", RuntimeError),
)
isneginf = _question(
    "isneginf",
    lambda xp, input: xp.isinf(input) & (input < 0),
    "Whether each element is negative infinity.",
    not_for("c", "isneginf does not support complex inputs.", RuntimeError),
)
signbit = _question(
    "signbit",
    lambda xp, input: xp.signbit(input),
    "Whether each element is negative, minus zero included.",
    not_for("c", "signbit is not implemented for complex tensors."),
)


@composite()
def isreal(input: Tensor) -> Tensor:
    """Whether the imaginary part of each element is zero."""
    return wrap(as_array(np.imag(input._array) == 0))
