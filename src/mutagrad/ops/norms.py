"""Norms of vectors: `norm`, and `dist` and `renorm` in terms of it.

At zero, where a norm has no derivative, the gradient is zero; elements that attain a maximum norm together share it
evenly. Saves the input and the result.
Follows https://docs.pytorch.org/docs/stable/generated/torch.linalg.vector_norm.html
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from mutagrad.declaration import composite, operation
from mutagrad.dtypes import as_dtype, of_numpy
from mutagrad.ops.dimensions import Dims, axes_of, axis_of, keep
from mutagrad.ops.out import into
from mutagrad.ops.spectral import nuclear_norm
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor

__all__ = ["dist", "norm", "norm_except_dim", "renorm"]


# The vector norm ----------------------------------------------------------------------------------------------------


def _check(input: Any, ord: float, dim: Dims, dtype: np.dtype | None) -> None:
    """Raises what PyTorch raises for dtypes that have no norm, and for a norm of nothing."""
    of = of_numpy[np.dtype(input.dtype)]
    if not (of.is_floating_point or of.is_complex):
        raise RuntimeError(
            "linalg.vector_norm: Expected a floating point or complex tensor as input. Got " + of.scalar_type
        )
    if dtype is not None:
        _check_dtype(of, of_numpy[dtype])
    if ord < 0 or ord == math.inf:
        _check_not_empty(input.shape, ord, dim)


def _check_dtype(of: Any, wanted: Any) -> None:
    if not (wanted.is_floating_point or wanted.is_complex):
        raise RuntimeError(
            f"linalg.vector_norm: dtype should be floating point or complex, but got {wanted.scalar_type}"
        )
    if wanted.is_complex != of.is_complex:
        kind = "complex" if of.is_complex else "real"
        raise RuntimeError(
            f"linalg.vector_norm: dtype should be {kind} for {kind} inputs, but got {wanted.scalar_type}"
        )
    if np.promote_types(of.numpy, wanted.numpy) != wanted.numpy:
        raise RuntimeError(
            f"linalg.vector_norm: the dtype of the input ({of.scalar_type}) should be convertible without narrowing to "
            f"the specified dtype ({wanted.scalar_type})"
        )


def _check_not_empty(shape: tuple, ord: float, dim: Dims) -> None:
    whole = dim is None or (isinstance(dim, (tuple, list)) and not dim)
    for axis in axes_of(dim, len(shape)):
        if shape[axis] == 0:
            where = "an empty tensor because" if whole else f"the dimension {axis}because this dimension is empty and"
            raise RuntimeError(
                f"linalg.vector_norm cannot compute the {ord:g} norm on {where} the operation does not have an identity"
            )


def _norm(xp: Any, x: Any, ord: float, axes: tuple[int, ...], keepdims: bool) -> Any:
    """The norms of order `ord` along `axes`."""
    size = xp.abs(x)
    if ord == 2:
        return xp.sqrt(xp.sum(size * size, axis=axes, keepdims=keepdims))
    if ord == 1:
        return xp.sum(size, axis=axes, keepdims=keepdims)
    if math.isinf(ord):
        return (xp.max if ord > 0 else xp.min)(size, axis=axes, keepdims=keepdims)
    if ord == 0:
        return xp.sum(xp.astype(size != 0, size.dtype), axis=axes, keepdims=keepdims)
    return xp.sum(size**ord, axis=axes, keepdims=keepdims) ** (1 / ord)


def _norm_share(xp: Any, ct: Any, x: Any, size: Any, ord: float, axes: tuple[int, ...]) -> Any:
    """The share of `x` for a cotangent of its norms `size`, both with the reduced dimensions kept."""
    if ord == 2:
        return x * _per_size(xp, ct, size, 1)
    if ord == 1:
        return ct * xp.sign(x)
    if math.isinf(ord):
        among = xp.astype(xp.abs(x) == size, size.dtype)
        count = xp.sum(among, axis=axes, keepdims=True)
        return xp.sign(x) * (among * (ct / xp.where(count == 0, 1, count)))
    if ord == 0:
        return None
    if ord < 1:
        return ct * size ** (1 - ord) * xp.sign(x) * _power(xp, x, ord - 1)
    if ord < 2:
        return xp.sign(x) * _power(xp, x, ord - 1) * _per_size(xp, ct, size, ord - 1)
    return x * _power(xp, x, ord - 2) * _per_size(xp, ct, size, ord - 1)


def _per_size(xp: Any, ct: Any, size: Any, power: float) -> Any:
    """`ct` over a power of the norm, zero where the norm is zero."""
    zero = size == 0
    safe = xp.where(zero, 1, size)
    return xp.where(zero, 0, ct / (safe if power == 1 else safe**power))


def _power(xp: Any, input: Any, power: float) -> Any:
    """The magnitudes to a power, zero where the input is zero."""
    zero = input == 0
    return xp.where(zero, 0, xp.abs(xp.where(zero, 1, input)) ** power)


def _vector_norm_share(
    xp: Any, ct: Any, input: Any, out: Any, input_shape: tuple, input_dtype: np.dtype, ord: float, dim: Dims
) -> Any:
    ct, size = keep(xp, ct, input_shape, dim), keep(xp, out, input_shape, dim)
    share = _norm_share(xp, ct, input, size, ord, axes_of(dim, len(input_shape)))
    return share if share is None else xp.fit(share, input_shape, input_dtype)


def _with_number(call: Callable) -> Callable:
    """Takes the order as any kind of number."""

    def vector_norm(input: Tensor, ord: Any = 2, *args: Any, **options: Any) -> Tensor:
        if isinstance(ord, str):
            raise TypeError("linalg_vector_norm(): argument 'ord' (position 2) must be Number, not str")
        check_tensor("linalg_vector_norm", input)
        return call(input, float(ord), *args, **options)

    return vector_norm


@operation("linalg_vector_norm", method=False, input=_vector_norm_share, jvp="reducing", wrapper=_with_number)
def vector_norm(
    xp: Any, input: Any, /, ord: float = 2, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None
) -> Any:
    """The norm of order `ord` of all elements as one vector, or of those along `dim`.

    `ord` is any real number: 2 (Euclid), 1, infinity (the largest magnitude), minus infinity (the smallest), 0 (how
    many are not zero), or p: the p-th root of the sum of p-th powers. Real, also of complex elements.
    Raises RuntimeError for integers and for dtypes that would narrow.

    >>> import mutagrad
    >>> mutagrad.linalg.vector_norm(mutagrad.tensor([3., -4.]))
    tensor(5.)
    """
    wanted = input.dtype if dtype is None else as_dtype(dtype).numpy
    _check(input, ord, dim, None if dtype is None else wanted)
    axes = axes_of(dim, input.ndim)
    return _in_dtype(xp, _norm(xp, _wide(xp, input, wanted), ord, axes, keepdim), wanted)


def _wide(xp: Any, x: Any, wanted: np.dtype) -> Any:
    """`x` in the dtype to compute in: single precision for half."""
    dtype = np.dtype("float32") if wanted == np.float16 else wanted
    return x if x.dtype == dtype else xp.astype(x, dtype)


def _in_dtype(xp: Any, result: Any, wanted: np.dtype) -> Any:
    return xp.astype(xp.asarray(result), wanted) if wanted == np.float16 else result


# In terms of it -----------------------------------------------------------------------------------------------------


@composite()
def norm(
    input: Tensor,
    p: Any = "fro",
    dim: Dims = None,
    keepdim: bool = False,
    dtype: Any = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """The norm of order `p` of all elements as one vector, or of those along `dim`; "fro" is 2.

    "nuc" is the nuclear norm of matrices, the sum of their singular values. Raises as `linalg.vector_norm`.

    >>> import mutagrad
    >>> mutagrad.norm(mutagrad.tensor([3., -4.]), 1)
    tensor(7.)
    """
    order = 2 if p is None or p == "fro" else p
    if p == "fro" and isinstance(dim, (tuple, list)) and len(dim) > 2:
        listed = " ".join(map(str, dim))
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {listed}")
    if order == "nuc":
        dims = tuple(range(input.ndim)) if dim is None else tuple(dim)  # type: ignore[arg-type]
        if dim is None and len(dims) < 2:
            raise RuntimeError("linalg.matrix_norm: The input tensor A must have at least 2 dimensions.")
        if len(dims) != 2:
            raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {' '.join(map(str, dims))}")
        matrices = as_last(input if dtype is None else input.to(dtype), dims)
        return into(out, back_in_place(nuclear_norm(matrices, keepdim), dims, keepdim), "norm")
    if isinstance(order, str):
        raise RuntimeError(f"linalg.matrix_norm: Order {order} not supported.")
    return vector_norm(input, order, dim, keepdim, dtype=dtype, out=out)


def as_last(input: Tensor, dims: tuple[int, ...]) -> Tensor:
    """`input` with two of its dimensions last."""
    return input.movedim(dims, (-2, -1))


def back_in_place(norms: Tensor, dims: tuple[int, ...], keepdim: bool) -> Tensor:
    """The norms of matrices that `as_last` has moved, with kept dimensions where they were."""
    return norms.movedim((-2, -1), dims) if keepdim else norms


def _dist_shares(xp: Any, ct: Any, input: Any, other: Any, out: Any, p: float) -> tuple:
    apart = input - other
    share = _norm_share(xp, ct, apart, out, p, tuple(range(apart.ndim)))
    return (None, None) if share is None else (share, -share)


@operation(promotion="compare", joint=_dist_shares, jvp="reducing")
def dist(xp: Any, input: Any, other: Any, /, p: float = 2) -> Any:
    """The norm of order `p` of the difference of two tensors, broadcast together.

    Saves both and the result. Raises RuntimeError for integers.

    >>> import mutagrad
    >>> mutagrad.dist(mutagrad.tensor([1., 2.]), mutagrad.tensor([1., 4.]))
    tensor(2.)
    """
    apart = input - other
    if apart.dtype.kind not in "fc":
        found = of_numpy[apart.dtype].scalar_type
        raise RuntimeError(f"norm(): input dtype should be either floating point or complex. Got {found} instead.")
    return _in_dtype(xp, _norm(xp, _wide(xp, apart, apart.dtype), p, tuple(range(apart.ndim)), False), apart.dtype)


SMALL = 1e-7  # PyTorch's guard against a norm of zero


def _check_renorm(input: Any, p: float, maxnorm: float) -> None:
    if isinstance(p, complex):
        raise RuntimeError("renorm: p must be real-valued")
    if p <= 0:
        raise RuntimeError("renorm: non-positive-norm not supported")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm:g}")
    if input.ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {input.ndim} dimensions")


def _other_axes(ndim: int, dim: int) -> tuple[int, ...]:
    axis = axis_of(dim, ndim)
    return tuple(d for d in range(ndim) if d != axis)


def _scale(xp: Any, size: Any, maxnorm: float) -> Any:
    return xp.where(size > maxnorm, maxnorm / (size + SMALL), 1)


def _renorm_share(xp: Any, ct: Any, input: Any, p: float, dim: int, maxnorm: float) -> Any:
    axes = _other_axes(input.ndim, dim)
    size = _norm(xp, input, p, axes, True)
    along = xp.real(xp.sum(ct * input.conj(), axis=axes, keepdims=True))
    size_ct = xp.where(size > maxnorm, -maxnorm / (size + SMALL) ** 2 * along, 0)
    return ct * _scale(xp, size, maxnorm) + _norm_share(xp, size_ct, input, size, p, axes)


@operation(in_place=True, input=_renorm_share)
def renorm(xp: Any, input: Any, /, p: float, dim: int, maxnorm: float) -> Any:
    """Each slice along `dim` whose norm of order `p` exceeds `maxnorm` scaled down to it, the others as they are.

    Saves the input. Raises RuntimeError for a vector, or when `p` is not positive.

    >>> import mutagrad
    >>> mutagrad.renorm(mutagrad.tensor([[3., 4.], [0., 1.]]), 2, 0, 1.)
    tensor([[0.6000, 0.8000],
            [0.0000, 1.0000]])
    """
    _check_renorm(input, p, maxnorm)
    axes = _other_axes(input.ndim, dim)
    _check(input, p, axes, None)
    wide = _wide(xp, input, input.dtype)
    return _in_dtype(xp, wide * _scale(xp, _norm(xp, wide, p, axes, True), maxnorm), input.dtype)


def norm_except_dim(v: Any, pow: int = 2, dim: int = 0) -> Tensor:
    """The norms of the parts of `v` along `dim`, each over all other dimensions, which are kept; of all of it for -1."""
    if dim == -1:
        return vector_norm(v, pow)
    return vector_norm(v, pow, [d for d in range(v.ndim) if d != dim % v.ndim], keepdim=True)
