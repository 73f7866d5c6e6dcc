"""Variances and standard deviations.

All of them save their input, and the standard deviations their result, whatever is reduced along. `correction` is what
is taken from the number of elements before dividing by it: 1 by default, 0 for the population's variance; PyTorch's
older `unbiased=` says the same with True and False.
Follows https://docs.pytorch.org/docs/stable/generated/torch.var.html
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from mutagrad.declaration import operation
from mutagrad.ops.dimensions import Dims, axes_of, count_of, keep, spread

__all__ = ["std", "std_mean", "var", "var_mean"]


def _with_unbiased(call: Callable) -> Callable:
    """Takes `unbiased`, alone or between `dim` and `keepdim`, for a correction of one or zero."""

    def moments(input: Any, *args: Any, **options: Any) -> Any:
        if args and isinstance(args[0], bool):
            args = (None, *args)
        options.update(zip(("dim", "unbiased", "keepdim"), args))
        if "unbiased" in options:
            unbiased = options.pop("unbiased")
            if not isinstance(unbiased, bool):
                raise TypeError(f"argument 'unbiased' must be bool, not {type(unbiased).__name__}")
            options["correction"] = int(unbiased)
        return call(input, **options)

    return moments


def _deviations(xp: Any, input: Any, dim: Dims) -> Any:
    return input - xp.mean(input, axis=axes_of(dim, input.ndim), keepdims=True)


def _degrees_of_freedom(shape: tuple, dim: Dims, correction: float | None) -> float:
    return count_of(shape, axes_of(dim, len(shape))) - (1 if correction is None else correction)


def _variance(xp: Any, input: Any, dim: Dims, correction: float | None, keepdim: bool, name: str) -> Any:
    if input.dtype.kind not in "fc":
        raise RuntimeError(f"{name} only support floating point and complex dtypes")
    x = input if input.dtype != np.float16 else xp.astype(input, np.dtype("float32"))
    away = _deviations(xp, x, dim)
    squares = away * away if x.dtype.kind == "f" else xp.real(away * away.conj())
    total = xp.sum(squares, axis=axes_of(dim, input.ndim), keepdims=keepdim)
    # Too few elements: zero over zero is nan, anything else infinite, as in PyTorch.
    freedom = _degrees_of_freedom(input.shape, dim, correction)
    return total / freedom if freedom > 0 else total * math.inf


def _narrow(xp: Any, result: Any, input: Any) -> Any:
    return xp.astype(xp.asarray(result), input.dtype) if input.dtype == np.float16 else result


def _variance_share(xp: Any, ct: Any, input: Any, dim: Dims, correction: float | None) -> Any:
    """The share of `input` for a cotangent of its variance, which has the reduced dimensions kept."""
    freedom = _degrees_of_freedom(input.shape, dim, correction)
    return ct * (2 / freedom if freedom else math.inf) * _deviations(xp, input, dim)


def _var_share(xp: Any, ct: Any, input: Any, input_shape: tuple, dim: Dims, correction: float | None) -> Any:
    return _variance_share(xp, keep(xp, ct, input_shape, dim), input, dim, correction)


def _std_share(xp: Any, ct: Any, input: Any, out: Any, input_shape: tuple, dim: Dims, correction: float | None) -> Any:
    ct, deviation = keep(xp, ct, input_shape, dim), keep(xp, out, input_shape, dim)
    return _variance_share(xp, _per_variance(xp, ct, deviation), input, dim, correction)


def _per_variance(xp: Any, ct: Any, deviation: Any) -> Any:
    """The cotangent of a variance for that of its root; zero where the root is zero."""
    flat = deviation == 0
    return xp.where(flat, 0, ct / (2 * xp.where(flat, 1, deviation)))


@operation(input=_var_share, jvp="reducing", casts=True, wrapper=_with_unbiased)
def var(xp: Any, input: Any, /, dim: Dims = None, *, correction: float | None = None, keepdim: bool = False) -> Any:
    """The variance of all elements, or of those along `dim`, with Bessel's correction.

    Of complex elements it is the real variance of their distance from the mean. Saves the input.
    Raises RuntimeError for an integer or bool dtype.

    >>> import mutagrad
    >>> mutagrad.var(mutagrad.tensor([1., 2., 3.]))
    tensor(1.)
    """
    return _narrow(xp, _variance(xp, input, dim, correction, keepdim, "std and var"), input)


@operation(input=_std_share, jvp="reducing", casts=True, wrapper=_with_unbiased)
def std(xp: Any, input: Any, /, dim: Dims = None, *, correction: float | None = None, keepdim: bool = False) -> Any:
    """The standard deviation of all elements, or of those along `dim`, with Bessel's correction.

    Saves the input and the result; the gradient is zero where the result is. Raises as `var`.

    >>> import mutagrad
    >>> mutagrad.std(mutagrad.tensor([[1., 3.], [2., 2.]]), 1, correction=0)
    tensor([1., 0.])
    """
    return _narrow(xp, xp.sqrt(_variance(xp, input, dim, correction, keepdim, "std and var")), input)


def _and_mean(xp: Any, share: Any, mean_ct: Any, shape: tuple, dim: Dims) -> Any:
    """`share` and the mean's, where its cotangent is not None."""
    if mean_ct is None:
        return share
    mean_share = spread(xp, mean_ct / (count_of(shape, axes_of(dim, len(shape))) or 1), shape, dim)
    return mean_share if share is None else share + mean_share


def _var_mean_share(xp: Any, ct: Any, input: Any, input_shape: tuple, dim: Dims, correction: float | None) -> Any:
    share = None if ct[0] is None else _var_share(xp, ct[0], input, input_shape, dim, correction)
    return _and_mean(xp, share, ct[1], input_shape, dim)


def _std_mean_share(
    xp: Any, ct: Any, input: Any, std: Any, input_shape: tuple, dim: Dims, correction: float | None
) -> Any:
    share = None if ct[0] is None else _std_share(xp, ct[0], input, std, input_shape, dim, correction)
    return _and_mean(xp, share, ct[1], input_shape, dim)


@operation(outputs=("var", "mean"), method=False, input=_var_mean_share, wrapper=_with_unbiased)
def var_mean(
    xp: Any, input: Any, /, dim: Dims = None, *, correction: float | None = None, keepdim: bool = False
) -> Any:
    """The variance and the mean of all elements, or of those along `dim`; see `var`.

    >>> import mutagrad
    >>> mutagrad.var_mean(mutagrad.tensor([1., 2., 3.]))
    (tensor(1.), tensor(2.))
    """
    variance = _variance(xp, input, dim, correction, keepdim, "var_mean")
    return _narrow(xp, variance, input), xp.mean(input, axis=axes_of(dim, input.ndim), keepdims=keepdim)


@operation(outputs=("std", "mean"), method=False, input=_std_mean_share, wrapper=_with_unbiased)
def std_mean(
    xp: Any, input: Any, /, dim: Dims = None, *, correction: float | None = None, keepdim: bool = False
) -> Any:
    """The standard deviation and the mean of all elements, or of those along `dim`; see `std`.

    >>> import mutagrad
    >>> mutagrad.std_mean(mutagrad.tensor([1., 2., 3.]))
    (tensor(1.), tensor(2.))
    """
    deviation = xp.sqrt(_variance(xp, input, dim, correction, keepdim, "std_mean"))
    return _narrow(xp, deviation, input), xp.mean(input, axis=axes_of(dim, input.ndim), keepdims=keepdim)
