"""Powers, roots and reciprocals.

`x ** n` with a number saves the base; the roots and the reciprocal save their result, so that their in-place forms
destroy nothing. The derivative of a zeroth power is zero, also at zero.

>>> import mutagrad as torch
>>> x = torch.tensor([1., 4.], requires_grad=True)
>>> (x ** 2 + x.sqrt()).sum().backward()
>>> x.grad
tensor([2.5000, 8.2500])
"""

from __future__ import annotations

from typing import Any

from mutagrad import dtypes
from mutagrad.declaration import composite, pointwise
from mutagrad.dtypes import scalar_result
from mutagrad.namespaces.fused import fused_if_large, sqrt_share
from mutagrad.ops.arithmetic import zero
from mutagrad.ops.checks import no_kernel, type_name
from mutagrad.ops.conversion import convert
from mutagrad.tensor import Tensor

__all__ = ["float_power", "hypot", "pow", "reciprocal", "rsqrt", "sqrt", "square"]


# A tensor to the power of a number ----------------------------------------------------------------------------------

# What a product or a root computes faster, and more exactly, than a power.
_SPECIAL = {
    2: lambda xp, x: x * x,
    3: lambda xp, x: x * x * x,
    0.5: lambda xp, x: xp.sqrt(x),
    -0.5: lambda xp, x: 1 / xp.sqrt(x),
    -1: lambda xp, x: 1 / x,
    -2: lambda xp, x: 1 / (x * x),
}


def _to_power(xp: Any, input: Any, /, exponent: Any) -> Any:
    if exponent in _SPECIAL and input.dtype.kind in "fc":
        return _SPECIAL[exponent](xp, input)
    if input.dtype.kind in "iu" and exponent < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    return xp.pow(input, xp.asarray(exponent, dtype=input.dtype))


def _power_share(xp: Any, ct: Any, input: Any, exponent: Any) -> Any:
    if exponent == 0:
        return zero(xp, ct)
    if exponent == 2:
        return ct * (input + input).conj()
    return ct * (exponent * input ** (exponent - 1)).conj()


_power = pointwise("pow", _to_power, method=False, in_place=False, input=_power_share)


def _by_number(input: Any, exponent: Any) -> Any:
    """`input ** exponent` for a number."""
    if not isinstance(input, Tensor) or scalar_result[input._array.dtype, type(exponent)] is not input._array.dtype:
        return pow.operation.apply((input, exponent), {})
    return _power(input, exponent)


# A tensor to the power of a tensor ----------------------------------------------------------------------------------


def _check_power(input: Any, exponent: Any) -> None:
    whole = isinstance(exponent, int) and getattr(input, "dtype", None) is not None and input.dtype.kind in "biu"
    if whole and exponent < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed.")


def _base_share(xp: Any, ct: Any, input: Any, exponent: Any) -> Any:
    # A zeroth power has no share. That of zero must not even be computed: its own derivative would be nan.
    zeroth = exponent == 0
    share = ct * (exponent * xp.pow(input, xp.where(zeroth, 1, exponent) - 1)).conj()
    return xp.where(zeroth, 0, share)


def _exponent_share(xp: Any, ct: Any, out: Any, input: Any, exponent: Any) -> Any:
    flat = (input == 0) & (exponent.real >= 0)
    return ct * xp.where(flat, 0, (out * xp.log(input)).conj())


pow = pointwise(
    "pow",
    lambda xp, input, exponent: xp.pow(input, exponent),
    operators="pow ipow",
    check=_check_power,
    by_number=_by_number,
    node_name="PowBackward1",
    number_name="PowBackward0",
    input=_base_share,
    exponent=_exponent_share,
    doc="""The power `input ** exponent`; one to any power and any number to the power zero are one.

    Raises RuntimeError for whole numbers to a negative whole power.""",
)
_reflected_pow = pointwise(
    "pow",
    lambda xp, exponent, input: xp.pow(input, exponent),
    operators="rpow",
    method=False,
    in_place=False,
    node_name="PowBackward1",
    number_name="PowBackward2",
    input=_base_share,
    exponent=_exponent_share,
)


@composite()
def float_power(input: Any, exponent: Any, *, out: Tensor | None = None) -> Tensor:
    """The power `input ** exponent` in double precision.

    >>> import mutagrad
    >>> mutagrad.float_power(mutagrad.tensor([1, 3]), 2)
    tensor([1., 9.], dtype=torch.float64)
    """
    dt = _wide(input, exponent)
    base, power = (convert(x, dt.numpy) if isinstance(x, Tensor) else x for x in (input, exponent))
    return pow(base, power) if out is None else pow(base, power, out=out)


def _wide(*operands: Any) -> dtypes.dtype:
    """Double precision, complex where one of the operands is."""
    is_complex = [x.is_complex() if isinstance(x, Tensor) else isinstance(x, complex) for x in operands]
    return dtypes.complex128 if any(is_complex) else dtypes.float64


@composite()
def float_power_(self: Tensor, exponent: Any) -> Tensor:
    """In-place form of `float_power`, for tensors of double precision. Raises RuntimeError for others."""
    dt = _wide(self, exponent)
    if self.dtype is not dt:
        raise RuntimeError(
            f"the base given to float_power_ has dtype {type_name(self)} but the operation's result requires dtype "
            f"{dt.scalar_type}"
        )
    return pow.in_place(self, convert(exponent, dt.numpy) if isinstance(exponent, Tensor) else exponent)


# Roots and reciprocals ----------------------------------------------------------------------------------------------


@fused_if_large(sqrt_share)
def _sqrt_share(xp: Any, ct: Any, out: Any) -> Any:
    return ct / (out + out).conj()


sqrt = pointwise(
    "sqrt",
    "sqrt",
    promotion="float",
    input=_sqrt_share,
    doc="The square root; NaN for a negative number.",
)
rsqrt = pointwise(
    "rsqrt",
    lambda xp, input: 1 / xp.sqrt(input),
    promotion="float",
    input=lambda xp, ct, out: -0.5 * ct * (out * out * out).conj(),
    doc="The reciprocal of the square root.",
)
reciprocal = pointwise(
    "reciprocal",
    lambda xp, input: 1 / input,
    promotion="float",
    input=lambda xp, ct, out: -ct * (out * out).conj(),
    doc="The reciprocal `1 / input`.",
)
square = pointwise(
    "square",
    "square",
    promotion="number",
    node_name="PowBackward0",
    input=lambda xp, ct, input: ct * (input + input).conj(),
    doc="The square; masks become whole numbers.",
)
hypot = pointwise(
    "hypot",
    "hypot",
    numbers=False,
    refuses=no_kernel("biuc", "hypot_cpu"),
    input=lambda xp, ct, out, input: ct * (input / out),
    other=lambda xp, ct, out, other: ct * (other / out),
    doc="The length `sqrt(input ** 2 + other ** 2)` of a right triangle's long side.",
)
