"""Special functions: error functions, gamma functions, Bessel functions, the logit.

The kernels are SciPy's. `torch.special` has these under further names (`mutagrad/special.py`).

>>> import mutagrad as torch
>>> x = torch.tensor([3., 5.], requires_grad=True)
>>> torch.lgamma(x)
tensor([0.6931, 3.1781], grad_fn=<LgammaBackward0>)
"""

from __future__ import annotations

from math import log as _log
from math import pi, sqrt
from typing import Any

from mutagrad.declaration import pointwise
from mutagrad.ops.checks import no_kernel
from mutagrad.tensor import Tensor

__all__ = ["digamma", "erf", "erfc", "erfinv", "i0", "i1", "lgamma", "logit", "mvlgamma", "polygamma"]

# Error functions ----------------------------------------------------------------------------------------------------

_BELL = 2 / sqrt(pi)

erf = pointwise(
    "erf",
    lambda xp, input: xp.erf(input),
    promotion="float",
    refuses=no_kernel("c", "erf_vml_cpu"),
    input=lambda xp, ct, input: ct * (_BELL * xp.exp(-input * input)),
    doc="The error function, the integral of `2 / sqrt(pi) * exp(-t ** 2)` from zero to `input`.",
)
erfc = pointwise(
    "erfc",
    lambda xp, input: xp.erfc(input),
    promotion="float",
    refuses=no_kernel("c", "erfc_vml_cpu"),
    input=lambda xp, ct, input: ct * (-_BELL * xp.exp(-input * input)),
    doc="One minus the error function, exact also where that is near one.",
)
erfinv = pointwise(
    "erfinv",
    lambda xp, input: xp.erfinv(input),
    promotion="float",
    input=lambda xp, ct, out: ct * (xp.exp(out * out) / _BELL),
    doc="The number whose error function is `input`; NaN beyond one.",
)

# Gamma functions ----------------------------------------------------------------------------------------------------

lgamma = pointwise(
    "lgamma",
    lambda xp, input: xp.lgamma(input),
    promotion="float",
    input=lambda xp, ct, input: ct * xp.digamma(input),
    doc="The logarithm of the absolute value of the gamma function.",
)
digamma = pointwise(
    "digamma",
    lambda xp, input: xp.digamma(input),
    promotion="float",
    input=lambda xp, ct, input: ct * xp.polygamma(1, input),
    doc="The derivative of the logarithm of the gamma function.",
)


def _polygamma(xp: Any, input: Any, /, n: int) -> Any:
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    return xp.polygamma(n, input)


_derivative = pointwise(
    "polygamma",
    _polygamma,
    promotion="float",
    input=lambda xp, ct, input, n: ct * xp.polygamma(n + 1, input),
)


def polygamma(n: int, input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The `n`-th derivative of `digamma`. Raises RuntimeError for a negative `n`.

    >>> import mutagrad
    >>> mutagrad.polygamma(1, mutagrad.tensor([1.]))
    tensor([1.6449])
    """
    return _derivative(input, n) if out is None else _derivative(input, n, out=out)


def _mvlgamma(xp: Any, input: Any, /, p: int) -> Any:
    if p < 1:
        raise RuntimeError("p has to be greater than or equal to 1")
    total = p * (p - 1) / 4 * _log(pi) + xp.lgamma(input)
    for j in range(1, p):
        total = total + xp.lgamma(input - j / 2)
    return total


def _mvlgamma_share(xp: Any, ct: Any, input: Any, p: int) -> Any:
    slope = xp.digamma(input)
    for j in range(1, p):
        slope = slope + xp.digamma(input - j / 2)
    return ct * slope


mvlgamma = pointwise(
    "mvlgamma",
    _mvlgamma,
    promotion="float",
    input=_mvlgamma_share,
    doc="The logarithm of the multivariate gamma function of dimension `p`. Raises RuntimeError for `p` below one.",
)

# Bessel functions ---------------------------------------------------------------------------------------------------


i0 = pointwise(
    "i0",
    lambda xp, input: xp.i0(input),
    promotion="float",
    input=lambda xp, ct, input: ct * xp.i1(input),
    doc="The modified Bessel function of the first kind of order zero.",
)
i1 = pointwise(
    "i1",
    lambda xp, input: xp.i1(input),
    promotion="float",
    method=False,
    node_name="SpecialI1Backward0",
    input=lambda xp, ct, input: ct * (0.5 * (xp.i0(input) + xp.bessel(input, "i", 2))),
    doc="The modified Bessel function of the first kind of order one.",
)

# Logit --------------------------------------------------------------------------------------------------------------


def _logit(xp: Any, input: Any, /, eps: float | None = None) -> Any:
    if eps is not None:
        input = xp.clip(input, eps, 1 - eps)
    return xp.log(input / (1 - input))


def _logit_share(xp: Any, ct: Any, input: Any, eps: float | None) -> Any:
    share = ct / (input * (1 - input))
    if eps is None:
        return xp.where((input < 0) | (input > 1), float("nan"), share)
    return xp.where((input < eps) | (input > 1 - eps), 0, share)


logit = pointwise(
    "logit",
    _logit,
    promotion="float",
    refuses=no_kernel("c", "logit_cpu"),
    input=_logit_share,
    doc="""The logarithm of the odds `input / (1 - input)`, first clamped to `[eps, 1 - eps]` where `eps` is given.""",
)
