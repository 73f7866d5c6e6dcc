"""Signs and whole parts: functions that are flat but for their steps, and those that take numbers apart.

Where a result only steps the gradient is zero, at the steps too. `abs` has the gradient zero at zero.

>>> import mutagrad as torch
>>> x = torch.tensor([-1.5, 2.5], requires_grad=True)
>>> (x.abs() + x.floor()).sum().backward()
>>> x.grad
tensor([-1.,  1.])
"""

from __future__ import annotations

import builtins
from typing import Any

from mutagrad.declaration import operation, pointwise
from mutagrad.operation import Operation
from mutagrad.ops.arithmetic import zero
from mutagrad.ops.checks import no_kernel, not_for
from mutagrad.pullback import same
from mutagrad.return_types import named, returning

__all__ = [
    "abs",
    "absolute",
    "ceil",
    "copysign",
    "fix",
    "floor",
    "frac",
    "frexp",
    "heaviside",
    "ldexp",
    "nan_to_num",
    "nextafter",
    "round",
    "sgn",
    "sign",
    "trunc",
]

# Signs --------------------------------------------------------------------------------------------------------------

abs = absolute = pointwise(
    "abs",
    "abs",
    promotion="compare",
    casts=False,
    aliases=("absolute",),
    operators="abs",
    input=lambda xp, ct, input: ct * xp.sign(input),
    jvp=lambda xp, tangent, input: xp.real(tangent * xp.conj(xp.sign(input))),
    doc="The absolute value, real also of a complex number.",
)
sign = pointwise(
    "sign",
    lambda xp, input: xp.sign(input),
    refuses=not_for(
        "c", "Unlike NumPy, torch.sign is not intended to support complex numbers. Please use torch.sgn instead."
    ),
    input=zero,
    doc="Minus one, zero or one, as `input` is below, at or above zero; zero for NaN.",
)


def _sgn_share(xp: Any, ct: Any, input: Any, out: Any) -> Any:
    if not xp.is_complex(out):
        return zero(xp, ct)
    length = xp.abs(input)
    turned = ct / xp.where(length == 0, 1, length)
    along = (turned * out.conj()).real
    return xp.where(length == 0, 0, turned - along * out)


sgn = pointwise(
    "sgn",
    lambda xp, input: xp.sign(input),
    input=_sgn_share,
    jvp="transposed",
    doc="The sign; of a complex number the number of length one with the same angle, or zero.",
)
copysign = pointwise(
    "copysign",
    "copysign",
    promotion="float",
    number_name="CopysignBackward1",
    input=lambda xp, ct, input, out: ct * (xp.sign(input) * xp.sign(out)),
    other=zero,
    doc="The absolute value of `input` with the sign of `other`.",
)

# Steps --------------------------------------------------------------------------------------------------------------

floor = pointwise(
    "floor",
    lambda xp, input: xp.floor(input),
    refuses=not_for("c", "floor is not supported for complex inputs"),
    input=zero,
    doc="The greatest whole number not above `input`.",
)
ceil = pointwise(
    "ceil",
    lambda xp, input: xp.ceil(input),
    refuses=not_for("c", "ceil is not supported for complex inputs"),
    input=zero,
    doc="The smallest whole number not below `input`.",
)
trunc = fix = pointwise(
    "trunc",
    lambda xp, input: xp.trunc(input),
    refuses=not_for("c", "trunc is not supported for complex inputs"),
    aliases=("fix",),
    input=zero,
    doc="The whole part: `input` rounded towards zero.",
)
frac = pointwise(
    "frac",
    lambda xp, input: input - xp.trunc(input),
    refuses=no_kernel("biuc", "frac_cpu"),
    input=same,
    doc="What is left of `input` after its whole part, with its sign.",
)


def _round_decimals(xp: Any, input: Any, /, *, decimals: int) -> Any:
    scale = 10.0 ** builtins.abs(decimals)
    return xp.round(input / scale) * scale if decimals < 0 else xp.round(input * scale) / scale


_to_decimals = Operation(
    "round",
    _round_decimals,
    {"input": zero},
    promotion="promote",
    node_name="RoundBackward1",
    refuses=no_kernel("biuc", "round_cpu"),
)
round = pointwise(
    "round",
    lambda xp, input: xp.round(input),
    refuses=not_for("c", "round is not supported for complex inputs"),
    variant=lambda decimals=0: (_to_decimals, {"decimals": decimals}) if decimals else (round.operation, {}),
    input=zero,
    doc="The nearest whole number, the even one of two, or the nearest number of so many `decimals`.",
)


# Parts and neighbours -----------------------------------------------------------------------------------------------


def _nan_to_num(
    xp: Any, input: Any, /, nan: float | None = None, posinf: float | None = None, neginf: float | None = None
) -> Any:
    return xp.nan_to_num(input, nan, posinf, neginf)


nan_to_num = pointwise(
    "nan_to_num",
    _nan_to_num,
    promotion=None,
    input=lambda xp, ct, input: xp.where(xp.isfinite(input), ct, 0),
    doc="""`input` with NaN replaced by `nan` (zero) and infinities by `posinf` and `neginf` (the dtype's limits).""",
)


def _check_heaviside(input: Any, values: Any) -> None:
    if input.dtype != values.dtype:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")


heaviside = pointwise(
    "heaviside",
    lambda xp, input, values: xp.where(input == 0, values, xp.astype(input > 0, input.dtype)),
    numbers=False,
    check=_check_heaviside,
    refuses=not_for("c", "heaviside is not yet implemented for complex tensors.", RuntimeError),
    input=zero,
    values=lambda xp, ct, input: xp.where(input == 0, ct, 0),
    doc="Zero below zero, `values` at zero, one above. Raises RuntimeError where the dtypes differ.",
)
nextafter = pointwise(
    "nextafter",
    "nextafter",
    numbers=False,
    refuses=no_kernel("biuc", "nextafter_cpu"),
    input=lambda xp, ct, input, other: xp.where(input == other, 0, ct),
    other=lambda xp, ct, input, other: xp.where(input == other, ct, 0),
    doc="The next number that the dtype can hold after `input` in the direction of `other`.",
)
ldexp = pointwise(
    "ldexp",
    lambda xp, input, other: input * xp.exp2(other),
    promotion="float",
    numbers=False,
    input=lambda xp, ct, other: ct * xp.exp2(other).conj(),
    other=lambda xp, ct, out: ct * out.conj() * 0.6931471805599453,
    doc="The product `input * 2 ** other`.",
)


@operation(
    outputs=("mantissa", "exponent"),
    input=lambda xp, ct, exponent: ct[0] * xp.exp2(xp.astype(-exponent, ct[0].dtype)),
    wrapper=returning(named("frexp", "mantissa", "exponent")),
)
def frexp(xp: Any, input: Any, /) -> Any:
    """The parts `mantissa`, from a half up to one, and whole `exponent` of `mantissa * 2 ** exponent`.

    Raises RuntimeError for any dtype but the floating ones.

    >>> import mutagrad
    >>> mutagrad.frexp(mutagrad.tensor([6., 0.5])).exponent
    tensor([3, 0], dtype=torch.int32)
    """
    if input.dtype.kind != "f":
        raise RuntimeError("torch.frexp() only supports floating-point dtypes")
    return xp.frexp(input)
