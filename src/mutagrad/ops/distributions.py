"""Functions of probability and information: the normal distribution's, incomplete gamma, entropy; and zeta.

They stand under the names of `torch.special`. The kernels are SciPy's. PyTorch has no derivative of the incomplete
gamma functions by their first input and of zeta by its first; nor is one here, and asking for it raises NotImplementedError.

>>> import mutagrad as torch
>>> torch.special.ndtr(torch.tensor([-1., 0., 1.]))
tensor([0.1587, 0.5000, 0.8413])
"""

from __future__ import annotations

from collections.abc import Callable
from math import pi, sqrt
from typing import Any, NoReturn

from mutagrad.declaration import pointwise

__all__ = ["igamma", "igammac"]


def without_derivative(name: str) -> Callable[..., NoReturn]:
    """The rule of an input that has none, as in PyTorch: it raises when it is asked."""

    def refuse(xp: Any, ct: Any) -> NoReturn:
        raise NotImplementedError(f"the derivative for '{name}' is not implemented.")

    return refuse


def underived(operator: str) -> Callable[..., NoReturn]:
    """The rule of an input of an operator that PyTorch has no derivatives of at all: it raises when it is asked."""

    def refuse(xp: Any, ct: Any) -> NoReturn:
        raise RuntimeError(f"derivative for aten::{operator} is not implemented")

    return refuse


def special(name: str, forward: Callable, *, doc: str, **rules: Any) -> Callable[..., Any]:
    """Declares a function element by element that is in `torch.special` only."""
    node_name = "Special" + name.title().replace("_", "") + "Backward0"
    return pointwise(
        name, forward, promotion="float", in_place=False, method=False, node_name=node_name, doc=doc, **rules
    )


# The normal distribution --------------------------------------------------------------------------------------------

_ROOT_HALF = sqrt(0.5)
_ROOT_TWO_PI = sqrt(2 * pi)

ndtr = special(
    "ndtr",
    lambda xp, input: xp.erfc(input * -_ROOT_HALF) * 0.5,
    input=lambda xp, ct, input: ct * (xp.exp(input * input * -0.5) / _ROOT_TWO_PI),
    doc="The probability that a standard normal number is below `input`.",
)
log_ndtr = special(
    "log_ndtr",
    lambda xp, input: xp.log_ndtr(input),
    # The density over the probability, of which both may underflow; their quotient does not.
    input=lambda xp, ct, input: ct / xp.erfcx(input * -_ROOT_HALF) * sqrt(2 / pi),
    doc="The logarithm of `ndtr`, exact also far below zero.",
)
ndtri = special(
    "ndtri",
    lambda xp, input: xp.ndtri(input),
    input=lambda xp, ct, out: ct * (xp.exp(out * out * 0.5) * _ROOT_TWO_PI),
    doc="The number that a standard normal one is below with probability `input`.",
)
erfcx = special(
    "erfcx",
    lambda xp, input: xp.erfcx(input),
    input=lambda xp, ct, input, out: ct * (2 * input * out - 2 / sqrt(pi)),
    doc="`exp(input ** 2) * erfc(input)`, which neither overflows nor underflows.",
)

# Entropy ------------------------------------------------------------------------------------------------------------


def _entr(xp: Any, input: Any) -> Any:
    value = -xp.xlogy(input, input)
    return xp.where(input < 0, -float("inf"), value)


def _xlog1py(xp: Any, input: Any, other: Any) -> Any:
    none = (input == 0) & ~xp.isnan(other)
    return xp.where(none, 0, input * xp.log1p(xp.where(none, 0, other)))


entr = special(
    "entr",
    _entr,
    input=lambda xp, ct, input: ct * (-1 - xp.log(input)),
    doc="`-input * log(input)`, zero for zero and minus infinity below.",
)
xlog1py = special(
    "xlog1py",
    _xlog1py,
    input=lambda xp, ct, input, other: ct * xp.where((input == 0) & (other <= -1), 0, xp.log1p(other)),
    other=lambda xp, ct, input, other: ct * input / (other + 1),
    doc="`input * log1p(other)`, zero where `input` is zero.",
)

# Gamma and zeta -----------------------------------------------------------------------------------------------------


def _gamma_density(xp: Any, input: Any, other: Any) -> Any:
    return xp.exp((input - 1) * xp.log(other) - other - xp.lgamma(input))


igamma = pointwise(
    "igamma",
    lambda xp, input, other: xp.gammainc(input, other),
    promotion="promote",
    input=without_derivative("igamma: input"),
    other=lambda xp, ct, input, other: ct * _gamma_density(xp, input, other),
    doc="The regularised lower incomplete gamma function: the gamma distribution of shape `input` below `other`.",
)
igammac = pointwise(
    "igammac",
    lambda xp, input, other: xp.gammaincc(input, other),
    promotion="promote",
    input=without_derivative("igammac: input"),
    other=lambda xp, ct, input, other: -ct * _gamma_density(xp, input, other),
    doc="The regularised upper incomplete gamma function, one minus `igamma`.",
)
zeta = special(
    "zeta",
    lambda xp, input, other: xp.zeta(input, other),
    input=without_derivative("zeta"),
    other=lambda xp, ct, input, other: ct * -input * xp.zeta(input + 1, other),
    doc="The Hurwitz zeta function, the sum of `(k + other) ** -input` over k from zero.",
)
