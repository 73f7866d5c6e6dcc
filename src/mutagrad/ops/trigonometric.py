"""Trigonometric and hyperbolic functions, and their inverses.

`tan` and `tanh` save their result, the others their input. Angles are in radians.

>>> import mutagrad as torch
>>> x = torch.tensor([0., 1.], requires_grad=True)
>>> torch.tanh(x).sum().backward()
>>> x.grad
tensor([1.0000, 0.4200])
"""

from __future__ import annotations

from math import pi
from typing import Any

from mutagrad.declaration import pointwise
from mutagrad.namespaces.fused import fused_if_large, tanh_share
from mutagrad.ops.checks import no_kernel, not_for

__all__ = [
    "acos",
    "acosh",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cos",
    "cosh",
    "deg2rad",
    "rad2deg",
    "sin",
    "sinc",
    "sinh",
    "tan",
    "tanh",
]

sin = pointwise(
    "sin",
    "sin",
    promotion="float",
    input=lambda xp, ct, input: ct * xp.cos(input).conj(),
    doc="The sine.",
)
cos = pointwise(
    "cos",
    "cos",
    promotion="float",
    input=lambda xp, ct, input: -ct * xp.sin(input).conj(),
    doc="The cosine.",
)
tan = pointwise(
    "tan",
    "tan",
    promotion="float",
    input=lambda xp, ct, out: ct * (1 + out * out).conj(),
    doc="The tangent.",
)
asin = arcsin = pointwise(
    "asin",
    "asin",
    promotion="float",
    aliases=("arcsin",),
    input=lambda xp, ct, input: ct / xp.sqrt(1 - input * input).conj(),
    doc="The angle whose sine is `input`; NaN beyond one.",
)
acos = arccos = pointwise(
    "acos",
    "acos",
    promotion="float",
    aliases=("arccos",),
    input=lambda xp, ct, input: -ct / xp.sqrt(1 - input * input).conj(),
    doc="The angle whose cosine is `input`; NaN beyond one.",
)
atan = arctan = pointwise(
    "atan",
    "atan",
    promotion="float",
    aliases=("arctan",),
    input=lambda xp, ct, input: ct / (1 + input * input).conj(),
    doc="The angle whose tangent is `input`.",
)


def _over_squares(xp: Any, part: Any, input: Any, other: Any) -> Any:
    squares = input * input + other * other
    return xp.where(squares == 0, 0, part / squares)


atan2 = arctan2 = pointwise(
    "atan2",
    "atan2",
    promotion="float",
    numbers=False,
    aliases=("arctan2",),
    refuses=no_kernel("c", "atan2_cpu"),
    input=lambda xp, ct, input, other: ct * _over_squares(xp, other, input, other),
    other=lambda xp, ct, input, other: -ct * _over_squares(xp, input, input, other),
    doc="The angle of the point whose ordinate is `input` and whose abscissa is `other`, from -pi to pi.",
)

sinh = pointwise(
    "sinh",
    "sinh",
    promotion="float",
    input=lambda xp, ct, input: ct * xp.cosh(input).conj(),
    doc="The hyperbolic sine.",
)
cosh = pointwise(
    "cosh",
    "cosh",
    promotion="float",
    input=lambda xp, ct, input: ct * xp.sinh(input).conj(),
    doc="The hyperbolic cosine.",
)


@fused_if_large(tanh_share)
def _tanh_share(xp: Any, ct: Any, out: Any) -> Any:
    return ct - ct * (out * out).conj()


tanh = pointwise(
    "tanh",
    "tanh",
    promotion="float",
    input=_tanh_share,
    doc="The hyperbolic tangent.",
)
asinh = arcsinh = pointwise(
    "asinh",
    "asinh",
    promotion="float",
    aliases=("arcsinh",),
    input=lambda xp, ct, input: ct / xp.sqrt(1 + input * input).conj(),
    doc="The number whose hyperbolic sine is `input`.",
)


def _acosh_share(xp: Any, ct: Any, input: Any) -> Any:
    if xp.is_complex(input):
        # The root of the product would be on another branch.
        return ct * (1 / xp.sqrt(input + 1) * (1 / xp.sqrt(input - 1))).conj()
    return ct / xp.sqrt(input * input - 1)


acosh = arccosh = pointwise(
    "acosh",
    "acosh",
    promotion="float",
    aliases=("arccosh",),
    input=_acosh_share,
    doc="The number whose hyperbolic cosine is `input`; NaN below one.",
)
atanh = arctanh = pointwise(
    "atanh",
    "atanh",
    promotion="float",
    aliases=("arctanh",),
    input=lambda xp, ct, input: ct / (1 - input * input).conj(),
    doc="The number whose hyperbolic tangent is `input`; NaN beyond one.",
)


def _sinc(xp: Any, input: Any, /) -> Any:
    angle = pi * input
    return xp.where(angle == 0, 1, xp.sin(angle) / angle)


def _sinc_share(xp: Any, ct: Any, input: Any) -> Any:
    angle = pi * input
    slope = pi * (angle * xp.cos(angle) - xp.sin(angle)) / (angle * angle)
    return xp.where(angle == 0, 0, ct * slope.conj())


sinc = pointwise(
    "sinc",
    _sinc,
    promotion="float",
    input=_sinc_share,
    doc="The ratio `sin(pi * input) / (pi * input)`, one at zero.",
)
deg2rad = pointwise(
    "deg2rad",
    lambda xp, input: input * (pi / 180),
    refuses=not_for("c", "deg2rad is not supported for complex tensors.", RuntimeError),
    promotion="float",
    node_name="Deg2RadBackward0",
    input=lambda xp, ct: ct * (pi / 180),
    doc="Degrees in radians.",
)
rad2deg = pointwise(
    "rad2deg",
    lambda xp, input: input * (180 / pi),
    refuses=not_for("c", "rad2deg is not supported for complex tensors.", RuntimeError),
    promotion="float",
    node_name="Rad2DegBackward0",
    input=lambda xp, ct: ct * (180 / pi),
    doc="Radians in degrees.",
)
