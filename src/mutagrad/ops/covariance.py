"""Covariances and correlations of variables, each a row of observations."""

from __future__ import annotations

import warnings
from typing import Any

from mutagrad.batched import physical_of
from mutagrad.declaration import composite
from mutagrad.ops.bounds import clip
from mutagrad.ops.complex import complex as complex_of
from mutagrad.ops.powers import sqrt
from mutagrad.ops.products import mm
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor

__all__ = ["corrcoef", "cov"]


@composite()
def cov(
    input: Tensor, *, correction: int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None
) -> Tensor:
    """The covariances of the variables that are the rows of `input`, or the variance of one.

    The sums of products are divided by the number of observations less `correction`. `fweights` says how often each
    observation was made, `aweights` how much it counts.  Raises RuntimeError for more than two dimensions, for bool,
    and for weights that are negative, of the wrong kind or number.

    >>> import mutagrad
    >>> mutagrad.cov(mutagrad.tensor([[0., 1., 2.], [2., 1., 0.]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    check_tensor("cov", input)
    if input.ndim > 2:
        raise RuntimeError(
            f"cov(): expected input to have two or fewer dimensions but got an input with {input.ndim} dimensions"
        )
    if input._array.dtype.kind == "b":
        raise RuntimeError("cov(): bool dtype is not supported for input")
    rows: Any = input if input.ndim == 2 else input.view(1, -1)
    count = rows.shape[1]
    weights: Any = None
    for name, given, kinds in (("fweights", fweights, "iu"), ("aweights", aweights, "f")):
        if given is not None:
            _check_weights(name, given, kinds, count)
            weights = given if weights is None else weights * given
    total: Any = count if weights is None else weights.sum()
    if weights is not None and not physical_of(total._array).all():
        raise RuntimeError("cov(): weights sum to zero, can't be normalized")
    weighted = rows if weights is None else rows * weights
    # Of no observations the mean is nan, not an error.
    centred = rows - (weighted.sum(1) / (total if count else float("nan"))).unsqueeze(1)
    lost = correction if aweights is None or correction == 0 else (weights * aweights).sum() / total * correction
    freedom = total - lost
    if float(freedom) <= 0:
        warnings.warn(
            "cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations.",
            stacklevel=2,
        )
        freedom = input.new_zeros(())
    again = centred if weights is None else centred * weights
    return (mm(centred, again.t().conj()) / freedom).squeeze()


def _check_weights(name: str, weights: Tensor, kinds: str, count: int) -> None:
    if weights.ndim > 1:
        raise RuntimeError(
            f"cov(): expected {name} to have one or fewer dimensions but got {name} with {weights.ndim} dimensions"
        )
    if weights._array.dtype.kind not in kinds:
        kind = "integral" if "i" in kinds else "floating point"
        raise RuntimeError(
            f"cov(): expected {name} to have {kind} dtype but got {name} with {weights.dtype.scalar_type} dtype"
        )
    if weights.numel() != count:
        raise RuntimeError(
            f"cov(): expected {name} to have the same numel as there are observations in the input but got "
            f"{weights.numel()} != {count}"
        )
    if count and physical_of(weights._array).min() < 0:
        raise RuntimeError(f"cov(): {name} cannot be negative")


@composite()
def corrcoef(input: Tensor) -> Tensor:
    """The correlations of the variables that are the rows of `input`: covariances over the standard deviations.

    Raises RuntimeError for more than two dimensions.

    >>> import mutagrad
    >>> mutagrad.corrcoef(mutagrad.tensor([[0., 1., 2.], [2., 1., 0.]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    check_tensor("corrcoef", input)
    if input.ndim > 2:
        raise RuntimeError(
            f"corrcoef(): expected input to have two or fewer dimensions but got an input with {input.ndim} dimensions"
        )
    found: Any = cov(input)
    if found.ndim == 0:
        return found / found
    variances = found.diag()
    deviations = sqrt(variances.real if variances.is_complex() else variances)
    found = found / deviations.view(-1, 1) / deviations.view(1, -1)
    if found.is_complex():
        return complex_of(clip(found.real, -1, 1), clip(found.imag, -1, 1))
    return clip(found, -1, 1)
