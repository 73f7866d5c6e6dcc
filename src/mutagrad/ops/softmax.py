"""Softmax and the logarithm of a sum of exponentials: each one rule for the whole, computed from the largest down.

The softmaxes save their result alone, so that whatever made the input may be written over.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.declaration import composite, operation
from mutagrad.dtypes import as_dtype, get_default_dtype
from mutagrad.ops.dimensions import Dims, axes_of, axis_of, cast, kept_shape, not_implemented
from mutagrad.tensor import Tensor

__all__ = ["log_softmax", "logsumexp", "softmax", "softmin"]


def _as_floating(xp: Any, input: Any, dtype: Any, kernel: str) -> Any:
    """The input in the dtype that is computed in. Raises NotImplementedError for integers, unless there are none."""
    wanted = input.dtype if dtype is None else as_dtype(dtype).numpy
    if wanted.kind != "f" and 0 not in input.shape:
        raise not_implemented(kernel, wanted)
    return cast(xp, input, wanted)


def _kernel(name: str, dim: int, ndim: int) -> str:
    """What PyTorch calls its kernel in the error for a dtype that it lacks."""
    last = axis_of(dim, ndim) >= ndim - 1
    return f"{name}_lastdim_kernel_impl" if last else f"{name}_kernel_impl"


def _along(dim: int, shape: tuple) -> Any:
    """The axis of a reduction that keeps it; none for a zero-dimensional input."""
    return axis_of(dim, len(shape)) if shape else ()


def _softmax_share(xp: Any, ct: Any, out: Any, input_shape: tuple, input_dtype: np.dtype, dim: int) -> Any:
    share = out * (ct - xp.sum(ct * out, axis=_along(dim, input_shape), keepdims=True))
    return xp.fit(share, input_shape, input_dtype)


@operation(input=_softmax_share, jvp="diagonal")  # Its Jacobian is symmetric, which does as well.
def softmax(xp: Any, input: Any, /, dim: int, dtype: Any = None) -> Any:
    """Exponentials over their sum along `dim`. Saves the result alone.

    Raises NotImplementedError for integers, unless `dtype` casts them.

    >>> import mutagrad
    >>> mutagrad.softmax(mutagrad.zeros(4), 0)
    tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """
    axis = axis_of(dim, input.ndim)
    x = _as_floating(xp, input, dtype, _kernel("softmax", dim, input.ndim))
    return xp.softmax(x, axis=axis) if x.dtype.kind == "f" else xp.copy(x)


def _log_softmax_share(xp: Any, ct: Any, out: Any, input_shape: tuple, input_dtype: np.dtype, dim: int) -> Any:
    share = ct - xp.exp(out) * xp.sum(ct, axis=_along(dim, input_shape), keepdims=True)
    return xp.fit(share, input_shape, input_dtype)


def _log_softmax_tangent(xp: Any, tangent: Any, out: Any, input_shape: tuple, dim: int) -> Any:
    return tangent - xp.sum(xp.exp(out) * tangent, axis=_along(dim, input_shape), keepdims=True)


@operation(input=_log_softmax_share, jvp=_log_softmax_tangent)
def log_softmax(xp: Any, input: Any, /, dim: int, dtype: Any = None) -> Any:
    """The logarithm of `softmax` along `dim`, without its rounding to zero. Saves the result alone.

    Raises NotImplementedError for integers, unless `dtype` casts them.

    >>> import mutagrad
    >>> mutagrad.log_softmax(mutagrad.tensor([0., 1000.]), 0)
    tensor([-1000.,     0.])
    """
    axis = axis_of(dim, input.ndim)
    x = _as_floating(xp, input, dtype, _kernel("log_softmax", dim, input.ndim))
    return xp.log_softmax(x, axis=axis) if x.dtype.kind == "f" else xp.copy(x)


@composite(method=False)
def softmin(input: Tensor, dim: int, dtype: Any = None) -> Tensor:
    """`softmax` of the negative.

    >>> import mutagrad
    >>> mutagrad.nn.functional.softmin(mutagrad.zeros(2), 0)
    tensor([0.5000, 0.5000])
    """
    return softmax(-input, dim, dtype=dtype)


def _logsumexp_share(xp: Any, ct: Any, input: Any, out: Any, input_shape: tuple, dim: Dims) -> Any:
    axes = axes_of(dim, len(input_shape))
    if len(axes) == len(input_shape):  # of all elements: one number, with or without the dimensions
        return xp.exp(input - out).conj() * ct
    kept = kept_shape(input_shape, axes)
    return xp.reshape(ct, kept) * xp.exp(input - xp.reshape(out, kept)).conj()


@operation(input=_logsumexp_share, jvp="reducing", casts=True, aliases=("special_logsumexp",))
def logsumexp(xp: Any, input: Any, /, dim: Dims, keepdim: bool = False) -> Any:
    """The logarithm of the sum of exponentials along `dim`; minus infinity of nothing. Saves the input and the result.

    Integers are taken as the default dtype.

    >>> import mutagrad
    >>> mutagrad.logsumexp(mutagrad.zeros(4), 0)
    tensor(1.3863)
    """
    if dim is None:
        raise TypeError("argument 'dim' must be tuple of ints, not NoneType")
    x = input if input.dtype.kind in "fc" else xp.astype(input, get_default_dtype().numpy)
    return xp.logsumexp(x, axis=axes_of(dim, input.ndim), keepdims=keepdim)
