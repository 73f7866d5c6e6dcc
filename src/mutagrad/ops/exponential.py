"""Exponentials and logarithms, and the sums of exponentials that must not overflow.

The exponentials save their result, so `exp_` destroys nothing; the logarithms need their input.

>>> import mutagrad as torch
>>> x = torch.tensor([0., 1.], requires_grad=True)
>>> y = (x * 2).exp_()
>>> y.sum().backward()
>>> x.grad
tensor([ 2.0000, 14.7781])
"""

from __future__ import annotations

from math import log as _log

from mutagrad.declaration import pointwise
from mutagrad.ops.checks import no_kernel

__all__ = ["exp", "exp2", "expm1", "log", "log1p", "log2", "log10", "logaddexp", "logaddexp2", "xlogy"]

LN2, LN10 = _log(2.0), _log(10.0)

exp = pointwise(
    "exp",
    "exp",
    promotion="float",
    input=lambda xp, ct, out: ct * out.conj(),
    doc="The exponential.",
)
exp2 = pointwise(
    "exp2",
    "exp2",
    promotion="float",
    input=lambda xp, ct, out: ct * out.conj() * LN2,
    doc="Two to the power `input`.",
)
expm1 = pointwise(
    "expm1",
    "expm1",
    promotion="float",
    input=lambda xp, ct, out: ct * (out + 1).conj(),
    doc="The exponential minus one, exact also for small numbers.",
)
log = pointwise(
    "log",
    "log",
    promotion="float",
    input=lambda xp, ct, input: ct / input.conj(),
    doc="The natural logarithm; NaN for a negative number.",
)
log1p = pointwise(
    "log1p",
    "log1p",
    promotion="float",
    node_name="Log1PBackward0",
    input=lambda xp, ct, input: ct / (input + 1).conj(),
    doc="The natural logarithm of `1 + input`, exact also for small numbers.",
)
log2 = pointwise(
    "log2",
    "log2",
    promotion="float",
    input=lambda xp, ct, input: ct / (input.conj() * LN2),
    doc="The logarithm to the base two.",
)
log10 = pointwise(
    "log10",
    "log10",
    promotion="float",
    input=lambda xp, ct, input: ct / (input.conj() * LN10),
    doc="The logarithm to the base ten.",
)

logaddexp = pointwise(
    "logaddexp",
    lambda xp, input, other: xp.logaddexp(input, other),
    numbers=False,
    in_place=False,
    refuses=no_kernel("biu", "logaddexp_cpu"),
    input=lambda xp, ct, input, other: ct / (1 + xp.exp(other - input)).conj(),
    other=lambda xp, ct, input, other: ct / (1 + xp.exp(input - other)).conj(),
    doc="The logarithm of `exp(input) + exp(other)`, without overflow.",
)
logaddexp2 = pointwise(
    "logaddexp2",
    lambda xp, input, other: xp.logaddexp(input * LN2, other * LN2) / LN2,
    numbers=False,
    in_place=False,
    refuses=no_kernel("biu", "logaddexp2_cpu"),
    input=lambda xp, ct, input, other: ct / (1 + xp.exp2(other - input)).conj(),
    other=lambda xp, ct, input, other: ct / (1 + xp.exp2(input - other)).conj(),
    doc="The logarithm to the base two of `2 ** input + 2 ** other`, without overflow.",
)
xlogy = pointwise(
    "xlogy",
    lambda xp, input, other: xp.xlogy(input, other),
    promotion="float",
    refuses=no_kernel("c", "xlogy_cpu"),
    number_name="XlogyBackward2",
    input=lambda xp, ct, input, other: xp.where((input == 0) & (other <= 0), 0, xp.xlogy(ct, other)),
    other=lambda xp, ct, input, other: ct * input / other,
    doc="The product `input * log(other)`, zero where `input` is zero, NaN where `other` is.",
)
