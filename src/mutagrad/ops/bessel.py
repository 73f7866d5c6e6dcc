"""Bessel functions and the Airy function, under the names of `torch.special`.

A derivative of a Bessel function is a sum of those of the neighbouring orders, so one rule gives derivatives of every
order, also where formulas with a division have a hole (https://dlmf.nist.gov/10.6, 10.29 and 10.51). PyTorch has no
derivatives of these. The input is saved. The kernels are SciPy's.

>>> import mutagrad as torch
>>> torch.special.bessel_j0(torch.tensor([0., 1.]))
tensor([1.0000, 0.7652])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mutagrad.declaration import pointwise
from mutagrad.tensor import Tensor

# Bessel functions ---------------------------------------------------------------------------------------------------

# For the n-th function f of a kind, the factors of f[n - 1] and f[n + 1] in its derivative.
_NEIGHBOURS: dict[str, Callable[[int], tuple[float, float]]] = {
    "j": lambda n: (0.5, -0.5),
    "y": lambda n: (0.5, -0.5),
    "i": lambda n: (0.5, 0.5),
    "k": lambda n: (-0.5, -0.5),
    "ie": lambda n: (0.5, 0.5),
    "ke": lambda n: (-0.5, -0.5),
    "spherical": lambda n: (n / (2 * n + 1), -(n + 1) / (2 * n + 1)),
}


def _slope(xp: Any, input: Any, kind: str, order: int) -> Any:
    below, above = _NEIGHBOURS[kind](order)
    slope = above * xp.bessel(input, kind, order + 1)
    if below:
        slope = slope + below * xp.bessel(input, kind, order - 1)
    # What makes a scaled function: exp(-abs(x)) and exp(x).
    if kind == "ie":
        return slope - xp.sign(input) * xp.bessel(input, kind, order)
    return slope + xp.bessel(input, kind, order) if kind == "ke" else slope


bessel = pointwise(
    "bessel",
    lambda xp, input, /, kind, order: xp.bessel(input, kind, order),
    promotion="float",
    in_place=False,
    method=False,
    input=lambda xp, ct, input, kind, order: ct * _slope(xp, input, kind, order),
    doc="""The Bessel function of integer `order` of a kind: "j", "y", the modified "i" and "k", scaled "ie" and "ke", or
    "spherical".""",
)


def _public(name: str, kind: str, order: int, what: str) -> Callable[..., Tensor]:
    def call(input: Tensor, *, out: Tensor | None = None) -> Tensor:
        return bessel(input, kind, order) if out is None else bessel(input, kind, order, out=out)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"The {what} of order {('zero', 'one')[order]}. Saves the input."
    return call


bessel_j0 = _public("bessel_j0", "j", 0, "Bessel function of the first kind")
bessel_j1 = _public("bessel_j1", "j", 1, "Bessel function of the first kind")
bessel_y0 = _public("bessel_y0", "y", 0, "Bessel function of the second kind")
bessel_y1 = _public("bessel_y1", "y", 1, "Bessel function of the second kind")
modified_bessel_i0 = _public("modified_bessel_i0", "i", 0, "modified Bessel function of the first kind")
modified_bessel_i1 = _public("modified_bessel_i1", "i", 1, "modified Bessel function of the first kind")
modified_bessel_k0 = _public("modified_bessel_k0", "k", 0, "modified Bessel function of the second kind")
modified_bessel_k1 = _public("modified_bessel_k1", "k", 1, "modified Bessel function of the second kind")
scaled_modified_bessel_k0 = _public("scaled_modified_bessel_k0", "ke", 0, "modified Bessel function K times exp(x)")
scaled_modified_bessel_k1 = _public("scaled_modified_bessel_k1", "ke", 1, "modified Bessel function K times exp(x)")
i0e = _public("i0e", "ie", 0, "modified Bessel function I times exp(-abs(x))")
i1e = _public("i1e", "ie", 1, "modified Bessel function I times exp(-abs(x))")
spherical_bessel_j0 = _public("spherical_bessel_j0", "spherical", 0, "spherical Bessel function of the first kind")

# The Airy function --------------------------------------------------------------------------------------------------

derived_airy = pointwise(
    "airy",
    lambda xp, input, /, order: xp.airy(input, order),
    promotion="float",
    in_place=False,
    method=False,
    # Ai'' = x Ai
    input=lambda xp, ct, input, order: ct * (xp.airy(input, 1) if order == 0 else input * xp.airy(input, 0)),
)


def airy_ai(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Airy function Ai. Saves the input.

    >>> import mutagrad
    >>> mutagrad.special.airy_ai(mutagrad.tensor([0.]))
    tensor([0.3550])
    """
    return derived_airy(input, 0) if out is None else derived_airy(input, 0, out=out)
