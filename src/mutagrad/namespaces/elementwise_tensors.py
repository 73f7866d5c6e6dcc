"""The operations that work element by element, under their array API names, for the namespace `tensors.py`."""

from __future__ import annotations

from typing import Any

from mutagrad.ops.activation import relu, sigmoid
from mutagrad.ops.arithmetic import add, floor_divide, fmod, remainder
from mutagrad.ops.arithmetic import div as divide
from mutagrad.ops.arithmetic import mul as multiply
from mutagrad.ops.arithmetic import neg as negative
from mutagrad.ops.arithmetic import sub as subtract
from mutagrad.ops.bessel import bessel
from mutagrad.ops.bessel import derived_airy as airy
from mutagrad.ops.bounds import clamp as clip
from mutagrad.ops.bounds import fmax, fmin, maximum, minimum
from mutagrad.ops.comparison import eq as equal
from mutagrad.ops.comparison import ge as greater_equal
from mutagrad.ops.comparison import gt as greater
from mutagrad.ops.comparison import isfinite, isinf, isnan, signbit
from mutagrad.ops.comparison import le as less_equal
from mutagrad.ops.comparison import lt as less
from mutagrad.ops.comparison import ne as not_equal
from mutagrad.ops.complex import complex, conj
from mutagrad.ops.distributions import erfcx, log_ndtr, ndtri, zeta
from mutagrad.ops.distributions import igamma as gammainc
from mutagrad.ops.distributions import igammac as gammaincc
from mutagrad.ops.exponential import exp, exp2, expm1, log, log1p, log2, log10, logaddexp, xlogy
from mutagrad.ops.logic import (
    bitwise_and,
    bitwise_left_shift,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
    gcd,
    lcm,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
)
from mutagrad.ops.logic import bitwise_not as bitwise_invert
from mutagrad.ops.powers import hypot, pow, sqrt, square
from mutagrad.ops.rounding import abs, ceil, copysign, floor, frexp, nan_to_num, nextafter, round, trunc
from mutagrad.ops.rounding import sgn as sign
from mutagrad.ops.selection import where
from mutagrad.ops.special import digamma, erf, erfc, erfinv, i0, i1, lgamma, polygamma
from mutagrad.ops.trigonometric import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cos,
    cosh,
    sin,
    sinh,
    tan,
    tanh,
)
from mutagrad.tensor import Tensor

__all__ = [
    "abs",
    "acos",
    "acosh",
    "add",
    "airy",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "bessel",
    "bitwise_and",
    "bitwise_invert",
    "bitwise_left_shift",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "ceil",
    "clip",
    "complex",
    "conj",
    "copysign",
    "cos",
    "cosh",
    "digamma",
    "divide",
    "equal",
    "erf",
    "erfc",
    "erfcx",
    "erfinv",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "frexp",
    "gammainc",
    "gammaincc",
    "gcd",
    "greater",
    "greater_equal",
    "hypot",
    "i0",
    "i1",
    "is_complex",
    "isfinite",
    "isinf",
    "isnan",
    "lcm",
    "less",
    "less_equal",
    "lgamma",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_ndtr",
    "logaddexp",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "maximum",
    "minimum",
    "multiply",
    "nan_to_num",
    "ndtri",
    "negative",
    "nextafter",
    "not_equal",
    "polygamma",
    "pow",
    "relu",
    "remainder",
    "round",
    "sigmoid",
    "sign",
    "signbit",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "subtract",
    "tan",
    "tanh",
    "trunc",
    "trunc_divide",
    "where",
    "xlogy",
    "zero_where_not_positive",
    "zeta",
]


def is_complex(x: Tensor) -> bool:
    """Whether the dtype is complex."""
    return x._array.dtype.kind == "c"


def trunc_divide(x: Any, y: Any) -> Tensor:
    """The quotient rounded towards zero."""
    return divide(x, y, rounding_mode="trunc")


def zero_where_not_positive(x: Tensor, ct: Tensor) -> Tensor:
    """`ct`, but zero where `x` is zero or negative."""
    return where(x <= 0, 0, ct)
