"""Sums, differences, products and quotients, and Python's operators for them.

Quotients that are rounded (`floor_divide`, `div` with `rounding_mode`) are flat: their gradient is zero. What a rule
saves is chosen for the in-place forms: `add_`, `sub_` and `neg_` need nothing, `mul_` the other factor, `div_` the
divisor and the quotient itself.

>>> import mutagrad as torch
>>> x = torch.tensor([4., 9.], requires_grad=True)
>>> y = (2 * x - 1).div_(x)
>>> y.sum().backward()
>>> x.grad
tensor([0.0625, 0.0123])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.batched import Batched
from mutagrad.declaration import composite, pointwise
from mutagrad.dtypes import type_word
from mutagrad.namespaces.fused import fused_if_large, product_share
from mutagrad.operation import Operation
from mutagrad.ops.checks import is_mask, no_kernel
from mutagrad.pullback import same
from mutagrad.tensor import Tensor

__all__ = [
    "add",
    "addcdiv",
    "addcmul",
    "div",
    "divide",
    "floor_divide",
    "fmod",
    "lerp",
    "mul",
    "multiply",
    "neg",
    "negative",
    "positive",
    "remainder",
    "rsub",
    "sub",
    "subtract",
    "true_divide",
]


def zero(xp: Any, ct: Any) -> Any:
    """The share of an input that the result follows in steps only."""
    return xp.zeros(ct.shape, dtype=ct.dtype)


# Sums and differences -----------------------------------------------------------------------------------------------


def _check_number(name: str, value: Any) -> None:
    if isinstance(value, (str, bytes, list, tuple, type(None))):
        raise TypeError(f"argument '{name}' must be Number, not {type(value).__name__}")


def _check_alpha(input: Any, alpha: Any) -> None:
    _check_number("alpha", alpha)
    kind = input.dtype.kind
    if isinstance(alpha, bool) and kind != "b":
        raise RuntimeError("Boolean alpha only supported for Boolean results.")
    if isinstance(alpha, float) and kind in "biu":
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    if isinstance(alpha, complex) and kind != "c":
        raise RuntimeError("For non-complex input tensors, argument alpha must not be a complex number.")


def _scaled(xp: Any, x: Any, alpha: Any) -> Any:
    _check_alpha(x, alpha)
    return x * xp.asarray(alpha, dtype=x.dtype)


def _check_no_masks(input: Any, other: Any) -> None:
    if is_mask(input) and is_mask(other) and not isinstance(other, bool):
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. "
            "Use the `^` or `logical_xor()` operator instead."
        )
    if is_mask(input) or is_mask(other):
        raise RuntimeError(
            "Subtraction, the `-` operator, with a bool tensor is not supported. "
            "If you are trying to invert a mask, use the `~` or `logical_not()` operator instead."
        )


def _times_alpha(xp: Any, ct: Any, alpha: Any) -> Any:
    return ct * _conjugate(alpha)


def _conjugate(number: Any) -> Any:
    return number.conjugate() if isinstance(number, complex) else number


def _add_scaled(xp: Any, input: Any, other: Any, /, *, alpha: Any) -> Any:
    return xp.add(input, _scaled(xp, other, alpha))


def _sub_scaled(xp: Any, input: Any, other: Any, /, *, alpha: Any) -> Any:
    return input - _scaled(xp, other, alpha)


def _rsub_scaled(xp: Any, input: Any, other: Any, /, *, alpha: Any) -> Any:
    return other - _scaled(xp, input, alpha)


_added = Operation("add", _add_scaled, {"input": same, "other": _times_alpha}, promotion="promote")
_subtracted = Operation(
    "sub",
    _sub_scaled,
    {"input": same, "other": lambda xp, ct, alpha: _times_alpha(xp, -ct, alpha)},
    promotion="promote",
    check=_check_no_masks,
)
_subtracted_from = Operation(
    "rsub",
    _rsub_scaled,
    {"input": lambda xp, ct, alpha: _times_alpha(xp, -ct, alpha), "other": same},
    promotion="promote",
    number_name="RsubBackward1",
    check=_check_no_masks,
)

add = pointwise(
    "add",
    "add",
    operators="add radd iadd",
    variant=lambda alpha=1: (_added, {"alpha": alpha}),
    input=same,
    other=same,
    doc="The sum `input + alpha * other`.",
)
sub = subtract = pointwise(
    "sub",
    "subtract",
    aliases=("subtract",),
    operators="sub isub",
    check=_check_no_masks,
    variant=lambda alpha=1: (_subtracted, {"alpha": alpha}),
    input=same,
    other=lambda xp, ct: -ct,
    doc="The difference `input - alpha * other`. Raises RuntimeError for a mask.",
)
rsub = pointwise(
    "rsub",
    lambda xp, input, other: xp.subtract(other, input),
    operators="rsub",
    method=False,
    in_place=False,
    check=_check_no_masks,
    variant=lambda alpha=1: (_subtracted_from, {"alpha": alpha}),
    number_name="RsubBackward1",
    input=lambda xp, ct: -ct,
    other=same,
    doc="The difference `other - alpha * input`.",
)


def _check_no_mask(input: Any) -> None:
    if is_mask(input):
        raise RuntimeError(
            "Negation, the `-` operator, on a bool tensor is not supported. "
            "If you are trying to invert a mask, use the `~` or `logical_not()` operator instead."
        )


neg = negative = pointwise(
    "neg",
    "negative",
    aliases=("negative",),
    operators="neg",
    check=_check_no_mask,
    input=lambda xp, ct: -ct,
    doc="The opposite `-input`. Raises RuntimeError for a mask.",
)


@composite("__pos__")
def positive(input: Tensor) -> Tensor:
    """`input` itself. Raises RuntimeError for a mask."""
    if is_mask(input._array):
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


# Products and quotients ---------------------------------------------------------------------------------------------

mul = multiply = pointwise(
    "mul",
    "multiply",
    aliases=("multiply",),
    operators="mul rmul imul",
    input=fused_if_large(product_share)(lambda xp, ct, other: ct * other.conj()),
    other=fused_if_large(product_share)(lambda xp, ct, input: ct * input.conj()),
    doc="The product `input * other`.",
)

_floored = Operation(
    "div",
    lambda xp, input, other: xp.floor_divide(input, other),
    {"input": zero, "other": zero},
    promotion="promote",
    node_name="DivBackward2",
)
_truncated = Operation(
    "div",
    lambda xp, input, other: xp.trunc_divide(input, other),
    {"input": zero, "other": zero},
    promotion="promote",
    node_name="DivBackward2",
)


def _rounded(rounding_mode: str | None = None) -> tuple[Operation, dict[str, Any]]:
    if rounding_mode is None:
        return div.operation, {}
    if rounding_mode not in ("floor", "trunc"):
        raise RuntimeError(
            f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'"
        )
    return (_floored if rounding_mode == "floor" else _truncated), {}


div = divide = true_divide = pointwise(
    "div",
    "divide",
    promotion="float",
    aliases=("divide", "true_divide"),
    operators="truediv itruediv",
    variant=_rounded,
    input=lambda xp, ct, other: ct / other.conj(),
    other=lambda xp, ct, out, other: -ct * (out / other).conj(),
    doc="""The quotient `input / other`, rounded down with `rounding_mode="floor"`, towards zero with `"trunc"`.

    Unrounded, integers become the default dtype; rounded, they stay, and RuntimeError is raised for a zero divisor.""",
)

# PyTorch writes `number / x` as a product with the reciprocal of x, and its node is named after the product.
_reflected_div = pointwise(
    "div",
    lambda xp, input, other: xp.divide(other, input),
    promotion="float",
    operators="rtruediv rdiv",
    method=False,
    in_place=False,
    node_name="MulBackward0",
    input=lambda xp, ct, out, input: -ct * (out / input).conj(),
    other=lambda xp, ct, input: ct / input.conj(),
)

floor_divide = pointwise(
    "floor_divide",
    lambda xp, input, other: xp.floor_divide(input, other),
    operators="floordiv ifloordiv",
    input=zero,
    other=zero,
    doc="The quotient rounded down. Raises RuntimeError for whole numbers divided by zero.",
)
_reflected_floor_divide = pointwise(
    "floor_divide",
    lambda xp, input, other: xp.floor_divide(other, input),
    operators="rfloordiv",
    method=False,
    in_place=False,
    input=zero,
    other=zero,
)
remainder = pointwise(
    "remainder",
    lambda xp, input, other: xp.remainder(input, other),
    operators="mod imod",
    node_name="RemainderBackward1",
    number_name="RemainderBackward0",
    input=same,
    other=lambda xp, ct, input, other: -ct * xp.floor_divide(input, other),
    doc="""What is left of `input` after whole multiples of `other`, with the sign of `other`.

    Raises RuntimeError for whole numbers divided by zero.""",
)
_reflected_remainder = pointwise(
    "remainder",
    lambda xp, input, other: xp.remainder(other, input),
    operators="rmod",
    method=False,
    in_place=False,
    input=lambda xp, ct, input, other: -ct * xp.floor_divide(other, input),
    other=same,
)
fmod = pointwise(
    "fmod",
    lambda xp, input, other: xp.fmod(input, other),
    node_name="FmodBackward1",
    number_name="FmodBackward0",
    input=same,
    other=lambda xp, ct, input, other: -ct * xp.trunc_divide(input, other),
    doc="""What is left of `input` after whole multiples of `other`, with the sign of `input`.

    Raises RuntimeError for whole numbers divided by zero.""",
)


# Three at once ------------------------------------------------------------------------------------------------------


def _weighted(xp: Any, x: Any, value: Any) -> Any:
    _check_number("value", value)
    return x if type(value) is int and value == 1 else x * xp.asarray(value, dtype=x.dtype)


def _addcmul(xp: Any, input: Any, tensor1: Any, tensor2: Any, /, *, value: Any = 1) -> Any:
    return input + _weighted(xp, tensor1, value) * tensor2


addcmul = pointwise(
    "addcmul",
    _addcmul,
    numbers=False,
    refuses=no_kernel("b", "addcmul_cpu_out"),
    input=same,
    tensor1=lambda xp, ct, tensor2, value: ct * (tensor2 * value).conj(),
    tensor2=lambda xp, ct, tensor1, value: ct * (tensor1 * value).conj(),
    doc="The sum `input + value * tensor1 * tensor2`.",
)


def _check_fractions(input: Any, tensor1: Any, tensor2: Any) -> None:
    if tensor1.dtype.kind in "biu" and tensor2.dtype.kind in "biu":
        raise RuntimeError(
            "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a "
            "true division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value "
            "* torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / "
            "tensor2) for float inputs. The future addcdiv behavior is just the latter implementation: (input + value "
            "* tensor1 / tensor2), for all dtypes."
        )


def _addcdiv(xp: Any, input: Any, tensor1: Any, tensor2: Any, /, *, value: Any = 1) -> Any:
    return input + _weighted(xp, tensor1, value) / tensor2


addcdiv = pointwise(
    "addcdiv",
    _addcdiv,
    numbers=False,
    check=_check_fractions,
    input=same,
    tensor1=lambda xp, ct, tensor2, value: ct * (value / tensor2).conj(),
    tensor2=lambda xp, ct, tensor1, tensor2, value: -ct * (value * tensor1 / (tensor2 * tensor2)).conj(),
    doc="The sum `input + value * tensor1 / tensor2`. Raises RuntimeError where both are whole numbers.",
)


def _check_lerp(input: Any, end: Any, weight: Any) -> None:
    for name, x in (("end", end), ("weight", weight)):
        if isinstance(x, np.ndarray) and x.dtype != input.dtype and (name == "end" or x.ndim):
            expected, got = type_word(input.dtype), type_word(x.dtype)
            raise RuntimeError(f"expected dtype {expected} for `{name}` but got dtype {got}")
    if isinstance(weight, complex) and input.dtype.kind != "c":
        raise RuntimeError(f"value cannot be converted to type {type_word(input.dtype)} without overflow")


def _lerp(xp: Any, input: Any, end: Any, weight: Any, /) -> Any:
    # From the nearer end, so that the result meets both ends exactly.
    if weight.ndim == 0 and type(weight) is not Batched:
        return input + weight * (end - input) if abs(weight) < 0.5 else end - (end - input) * (1 - weight)
    span = end - input
    return xp.where(xp.abs(weight) < 0.5, input + weight * span, end - span * (1 - weight))


lerp = pointwise(
    "lerp",
    _lerp,
    check=_check_lerp,
    refuses=no_kernel("biu", "lerp_kernel_scalar"),
    node_name="LerpBackward1",
    number_name="LerpBackward0",
    input=lambda xp, ct, weight: ct * (1 - weight).conj(),
    end=lambda xp, ct, weight: ct * weight.conj(),
    weight=lambda xp, ct, input, end: ct * (end - input).conj(),
    doc="The point `input + weight * (end - input)` between two. Raises RuntimeError where the dtypes differ.",
)
