"""Determinants and their logarithms.

With t = tr(A⁻¹ dA) the differentials are d det = det t, d log|det| = Re t and, for complex matrices, d sign = i Im t sign
(Giles 2008). A singular matrix has no inverse, but a derivative of its determinant all the same, the adjugate, which
its singular value decomposition gives (Stewart 1998, "On the adjugate matrix"). It is taken for all that are nearly so.

>>> import mutagrad as torch
>>> torch.linalg.det(torch.tensor([[1., 2.], [3., 4.]]))
tensor(-2.)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.declaration import composite, operation
from mutagrad.ops.matrices import adjoint, anywhere, check_floating, check_square, identity, rounding, times
from mutagrad.ops.out import into, results_into, several_into
from mutagrad.return_types import named
from mutagrad.tensor import Tensor

__all__ = ["det", "logdet", "slogdet"]


def _cofactors(xp: Any, x: Any) -> Any:
    """The derivative of the determinant, also of singular matrices, but for conjugation."""
    U, S, Vh = xp.svd(x, True)
    ones = xp.ones_like(S[..., :1])
    # For each singular value the product of those before it and of those behind it.
    before = xp.cumulative_prod(xp.concat([ones, S[..., :-1]], axis=-1), axis=-1)
    behind = xp.flip(xp.cumulative_prod(xp.concat([ones, xp.flip(S, axis=-1)[..., :-1]], axis=-1), axis=-1), axis=-1)
    sign = xp.det(U) * xp.det(Vh)
    return times(xp, U * (before * behind)[..., None, :], Vh) * sign.conj()[..., None, None]


def _det_share(xp: Any, ct: Any, input: Any, out: Any) -> Any:
    if 0 in input.shape:
        return xp.zeros(tuple(input.shape), dtype=input.dtype)
    inverse, info = xp.inv(adjoint(input))
    # The product of a small determinant and a large inverse is all rounding.
    condition = xp.max(xp.abs(inverse)) * xp.max(xp.abs(input))
    if anywhere(info != 0) or anywhere(~(condition < 1 / np.sqrt(rounding(input.dtype)))):
        return ct[..., None, None] * _cofactors(xp, input)
    return (ct * out.conj())[..., None, None] * inverse


@operation("linalg_det", method=False, input=_det_share)
def _det(xp: Any, input: Any, /) -> Any:
    return xp.det(input)


def _slogdet_share(xp: Any, ct: Any, input: Any, sign: Any) -> Any:
    of_sign, of_logarithm = ct
    if not xp.is_complex(input):
        if of_logarithm is None:
            return xp.zeros(tuple(input.shape), dtype=input.dtype)
        weight = of_logarithm
    else:
        weight = 0 if of_logarithm is None else of_logarithm
        if of_sign is not None:
            weight = weight - xp.asarray(1j * xp.imag(of_sign.conj() * sign))
        weight = xp.astype(weight, input.dtype)
    return xp.solve(adjoint(input), weight[..., None, None] * identity(xp, input.shape[-1], input))[0]


@operation("linalg_slogdet", method=False, outputs=("sign", "logabsdet"), input=_slogdet_share)
def _slogdet(xp: Any, input: Any, /) -> Any:
    return xp.slogdet(input)


def linalg_det(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The determinants of square matrices; the gradient is right for singular ones too. Saves the input and the result."""
    check_square("linalg.det", A)
    check_floating("linalg.det", A, "lu_cpu")
    return into(out, _det(A), "linalg_det")


@composite()
def det(input: Tensor) -> Tensor:
    """The determinants of square matrices; see `mutagrad.linalg.det`."""
    return linalg_det(input)


def linalg_slogdet(A: Tensor, *, out: Any = None) -> Any:
    """The sign of the determinant, or its phase, and the logarithm of its absolute value. Saves the input and the sign.

    >>> import mutagrad
    >>> mutagrad.linalg.slogdet(mutagrad.tensor([[0., 1.], [1., 0.]]))
    torch.return_types.linalg_slogdet(
    sign=tensor(-1.),
    logabsdet=tensor(0.))
    """
    check_square("linalg.slogdet", A)
    check_floating("linalg.slogdet", A)
    return results_into(out, "linalg_slogdet", "sign logabsdet", _slogdet(A))


@composite()
def slogdet(input: Tensor, *, out: Any = None) -> Any:
    """Sign and logarithm of the determinants; see `mutagrad.linalg.slogdet`."""
    sign, logabsdet = linalg_slogdet(input)
    if out is not None:
        return tuple(several_into(out, (sign, logabsdet), "slogdet"))
    return named("slogdet", "sign", "logabsdet")(sign, logabsdet)


@composite()
def logdet(input: Tensor) -> Tensor:
    """The logarithms of the determinants; NaN where one is negative, minus infinity where one is zero."""
    check_square("logdet", input)
    check_floating("logdet", input)
    sign, logabsdet = _slogdet(input)
    return sign.log() + logabsdet if input.is_complex() else _logarithm(sign, logabsdet)


def _logarithm(sign: Tensor, logabsdet: Tensor) -> Tensor:
    return logabsdet.where(sign != -1.0, float("nan"))
