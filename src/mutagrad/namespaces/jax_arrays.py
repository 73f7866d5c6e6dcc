"""The namespace `xp` of JAX arrays.

Nothing in the library computes on JAX: this is the third namespace that keeps declarations honest, and the beginning of
one for compilers and accelerators. Its arrays cannot be written to, so what the others have for the reverse pass to
write with, `add_at` and views by strides, is not here; `tests/namespaces` runs every declaration on the rest. JAX keeps
double precision only when it is told to, by its flag `jax_enable_x64`.
Follows https://docs.jax.dev/en/latest/jax.numpy.html
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.namespaces import special

try:
    import jax
    import jax.numpy as jnp
    from jax import Array, lax, linear_transpose, nn
    from jax.numpy import (
        abs,
        acos,
        acosh,
        add,
        all,
        any,
        arange,
        argmax,
        argmin,
        asarray,
        asin,
        asinh,
        atan,
        atan2,
        atanh,
        bitwise_and,
        bitwise_invert,
        bitwise_left_shift,
        bitwise_or,
        bitwise_right_shift,
        bitwise_xor,
        broadcast_to,
        ceil,
        clip,
        concat,
        conj,
        copysign,
        cos,
        cosh,
        diagonal,
        divide,
        equal,
        exp,
        exp2,
        expand_dims,
        expm1,
        flip,
        floor,
        floor_divide,
        fmax,
        fmin,
        fmod,
        frexp,
        gcd,
        greater,
        greater_equal,
        hypot,
        imag,
        isfinite,
        isinf,
        isnan,
        lcm,
        less,
        less_equal,
        log,
        log1p,
        log2,
        log10,
        logaddexp,
        logical_and,
        logical_not,
        logical_or,
        logical_xor,
        matmul,
        matrix_transpose,
        max,
        maximum,
        mean,
        min,
        minimum,
        moveaxis,
        multiply,
        negative,
        nextafter,
        not_equal,
        ones_like,
        permute_dims,
        pow,
        prod,
        real,
        remainder,
        reshape,
        roll,
        signbit,
        sin,
        sinh,
        sqrt,
        square,
        squeeze,
        stack,
        subtract,
        sum,
        take,
        tan,
        tanh,
        tensordot,
        tile,
        tril,
        triu,
        trunc,
        where,
        zeros,
        zeros_like,
    )
    from jax.numpy.fft import fftn, ifftn, irfftn, rfftn
    from jax.scipy.special import (
        digamma,
        erf,
        erfc,
        erfinv,
        gammainc,
        gammaincc,
        i0,
        i1,
        log_ndtr,
        logsumexp,
        ndtri,
        polygamma,
        xlogy,
        zeta,
    )
    from jax.scipy.special import gammaln as lgamma

    from mutagrad.namespaces import jax_matrices
    from mutagrad.namespaces.jax_matrices import *
except ImportError as error:
    raise ImportError("JAX arrays need JAX: pip install 'mutagrad[jax]'") from error

# fmt: off
__all__ = [
    "abs", "acos", "acosh", "add", "add_along_axis", "all", "any", "arange", "argmax", "argmin", "argpartition",
    "argsort", "argtopk", "asarray", "asin", "asinh", "astype", "atan", "atan2", "atanh", "bitwise_and",
    "bitwise_invert", "bitwise_left_shift", "bitwise_or", "bitwise_right_shift", "bitwise_xor", "broadcast_to", "ceil",
    "clip", "complex", "concat", "conj", "convolve", "convolve_input", "convolve_weight", "copy", "copysign", "cos",
    "cosh", "cumulative_logaddexp", "cumulative_max", "cumulative_min", "cumulative_prod", "cumulative_sum", "diagonal",
    "digamma", "divide", "equal", "erf", "erfc", "erfinv", "exp", "exp2", "expand_dims", "expm1", "fit", "flip",
    "floor", "floor_divide", "fmax", "fmin", "fmod", "frexp", "gcd", "get_at", "greater", "greater_equal", "hypot", "i0",
    "i1", "imag", "is_complex", "isfinite", "isinf", "isnan", "lcm", "less", "less_equal", "lgamma", "log", "log1p", "log2",
    "log10", "log_softmax", "logaddexp", "logical_and", "logical_not", "logical_or", "logical_xor", "logsumexp",
    "map_along", "matmul", "matrix_transpose", "max", "maximum", "mean", "min", "minimum", "moveaxis", "multiply",
    "nan_to_num", "negative", "nextafter", "not_equal", "ones_like", "permute_dims", "polygamma", "pow", "prod",
    "put_along_axis", "real", "reduce_at", "relu", "remainder", "reshape", "roll", "round", "sigmoid", "sign",
    "signbit", "sin", "sinh", "softmax", "sqrt", "square", "squeeze", "stack", "subtract", "sum", "take",
    "take_along_axis", "tan", "tanh", "tensordot", "tile", "tril", "triu", "trunc", "trunc_divide", "view_as_complex",
    "view_as_real", "where", "xlogy", "zero_where_not_positive", "zeros", "zeros_like",
]
__all__ += ["airy", "bessel", "erfcx", "fftn", "gammainc", "gammaincc", "ifftn", "irfftn"]
__all__ += ["log_ndtr", "ndtri", "rfftn", "zeta"]
__all__ += jax_matrices.__all__
# fmt: on


def copy(x: Array, order: str = "K") -> Array:
    """A copy."""
    return jnp.array(x)


def get_at(x: Array, key: tuple) -> Array:
    """The elements `x[key]`."""
    return x[key]


_IDENTITIES = {"sum": 0, "prod": 1, "amax": -jnp.inf, "amin": jnp.inf}
_METHODS = {"sum": "add", "prod": "multiply", "amax": "max", "amin": "min"}


def reduce_at(x: Array, key: tuple, values: Array, kind: str, include_self: bool) -> Array:
    """`x` with the elements `x[key]` combined with all their `values`, or these among themselves."""
    start = x if include_self else x.at[key].set(_IDENTITIES[kind])
    return getattr(start.at[key], _METHODS[kind])(values)


def astype(x: Array, dtype: Any) -> Array:
    """`x` in another dtype; of complex numbers the real parts."""
    return jnp.astype(x.real if is_complex(x) and jnp.dtype(dtype).kind not in "cb" else x, dtype)


def fit(share: Array, shape: tuple[int, ...], dtype: Any) -> Array:
    """`share` summed over the dimensions along which an input of `shape` was broadcast, in the input's dtype."""
    extra = jnp.ndim(share) - len(shape)
    repeated = [d + extra for d, n in enumerate(shape) if n == 1 and share.shape[d + extra] != 1]
    share = jnp.sum(share, axis=(*range(extra), *repeated), keepdims=True).reshape(shape)
    return astype(share, dtype)


# Element by element -------------------------------------------------------------------------------------------------


def is_complex(x: Array) -> bool:
    """Whether the dtype is complex."""
    return jnp.iscomplexobj(x)


def complex(real: Array, imag: Array) -> Array:
    """The complex numbers with these parts."""
    return lax.complex(*jnp.broadcast_arrays(real, imag))


def view_as_real(x: Array) -> Array:
    """Complex numbers as pairs, along a new last dimension."""
    return jnp.stack([x.real, x.imag], axis=-1)


def view_as_complex(x: Array) -> Array:
    """The pairs along the last dimension as complex numbers."""
    return lax.complex(x[..., 0], x[..., 1])


def trunc_divide(x: Array, y: Array) -> Array:
    """The quotient rounded towards zero."""
    return jnp.trunc(x / y) if jnp.issubdtype(x.dtype, jnp.floating) else lax.div(*jnp.broadcast_arrays(x, y))


def sign(x: Array) -> Array:
    """Minus one, zero or one, zero for NaN; of a complex number, the one of length one with its angle."""
    return x if x.dtype == bool else jnp.where(jnp.isnan(x), 0, jnp.sign(x)).astype(x.dtype)


def sigmoid(x: Array) -> Array:
    """The logistic function."""
    return 1 / (1 + jnp.exp(-x)) if is_complex(x) else nn.sigmoid(x)


def zero_where_not_positive(x: Array, ct: Array) -> Array:
    """`ct`, but zero where `x` is zero or negative."""
    return jnp.where(x <= 0, 0, ct)


def relu(x: Array) -> Array:
    """`x` where it is positive, else zero."""
    return jnp.maximum(x, 0)


def round(x: Array) -> Array:
    """The nearest whole number, the even one of two."""
    return jnp.round(x)


def nan_to_num(x: Array, nan: float | None, posinf: float | None, neginf: float | None) -> Array:
    """`x` with other numbers in the places of NaN and the infinities."""
    return jnp.nan_to_num(x, nan=nan or 0.0, posinf=posinf, neginf=neginf)


# Where JAX has no kernel SciPy's is called, traced or not.


def _by_numpy(kernel: Any, x: Array, *parameters: Any) -> Array:
    return jax.pure_callback(lambda x: kernel(np.asarray(x), *parameters), jax.ShapeDtypeStruct(x.shape, x.dtype), x)


def airy(x: Array, order: int) -> Array:
    """The Airy function Ai, or its derivative."""
    return _by_numpy(special.airy, x, order)


def bessel(x: Array, kind: str, order: int) -> Array:
    """The Bessel function of an order."""
    return _by_numpy(special.bessel, x, kind, order)


def erfcx(x: Array) -> Array:
    """`exp(x ** 2) * erfc(x)`."""
    return _by_numpy(special.erfcx, x)


# Layers -------------------------------------------------------------------------------------------------------------


def convolve(x: Array, w: Array, geometry: Any) -> Array:
    """The sums of the windows of `x`, each weighted with `w`."""
    pairs = [(each, each) for each in geometry.padding]
    more = {"rhs_dilation": geometry.dilation, "feature_group_count": geometry.groups}
    return lax.conv_general_dilated(x, w, geometry.stride, pairs, **more)


def convolve_input(ct: Array, w: Array, shape: tuple[int, ...], geometry: Any) -> Array:
    """The share of an input of `shape`."""
    of_input = linear_transpose(
        lambda x: convolve(x, w, geometry)[tuple(map(slice, ct.shape))], jnp.zeros(shape, ct.dtype)
    )
    return of_input(ct)[0]


def convolve_weight(ct: Array, x: Array, shape: tuple[int, ...], geometry: Any) -> Array:
    """The share of a weight of `shape`."""
    of_weight = linear_transpose(
        lambda w: convolve(x, w, geometry)[tuple(map(slice, ct.shape))], jnp.zeros(shape, ct.dtype)
    )
    return of_weight(ct)[0]


def map_along(x: Array, matrix: Any, axis: int) -> Array:
    """The product of a sparse matrix with every line along `axis`."""
    dense = jnp.asarray(matrix.forward.toarray(), dtype=x.dtype)
    return jnp.moveaxis(jnp.tensordot(dense, x, axes=((1,), (axis,))), 0, axis)


# Along an axis ------------------------------------------------------------------------------------------------------


def _along(function: Any, x: Array, axis: int, **options: Any) -> Array:
    """`function` along an axis; a zero-dimensional array counts as having one dimension."""
    return function(jnp.atleast_1d(x), axis=axis % (x.ndim or 1), **options).reshape(x.shape)


def cumulative_sum(x: Array, axis: int, dtype: Any = None) -> Array:
    """The running sums along `axis`."""
    return _along(jnp.cumsum, x, axis, dtype=dtype)


def cumulative_prod(x: Array, axis: int, dtype: Any = None) -> Array:
    """The running products along `axis`."""
    return _along(jnp.cumprod, x, axis, dtype=dtype)


def cumulative_max(x: Array, axis: int) -> Array:
    """The largest element so far, along `axis`."""
    return _along(lax.cummax, x, axis)


def cumulative_min(x: Array, axis: int) -> Array:
    """The smallest element so far, along `axis`."""
    return _along(lax.cummin, x, axis)


def cumulative_logaddexp(x: Array, axis: int) -> Array:
    """The logarithm of the running sums of exponentials along `axis`."""
    return _along(lambda x, axis: lax.associative_scan(jnp.logaddexp, x, axis=axis), x, axis)


def argsort(x: Array, axis: int = -1, descending: bool = False) -> Array:
    """The indices that sort along `axis`, equal elements in their order."""
    return _along(jnp.argsort, x, axis, stable=True, descending=descending)


def argpartition(x: Array, k: int, axis: int = -1) -> Array:
    """Indices along `axis` that put the element number `k` of the order in its place, with smaller ones before it."""
    return jnp.argpartition(x, k, axis=axis).astype(int)


def argtopk(x: Array, k: int, axis: int = -1, largest: bool = True) -> Array:
    """The indices of the `k` largest or smallest elements along `axis`, in order."""
    return lax.slice_in_dim(argsort(x, axis, largest), 0, k, axis=axis)


def softmax(x: Array, axis: int) -> Array:
    """Exponentials over their sum along `axis`."""
    return _along(nn.softmax, x, axis)


def log_softmax(x: Array, axis: int) -> Array:
    """The logarithm of `softmax` along `axis`."""
    return _along(nn.log_softmax, x, axis)


def _places(indices: Array, axis: int) -> tuple[Array, ...]:
    """The key of the elements at `indices` along `axis`."""
    key = list(jnp.indices(indices.shape, sparse=True))
    key[axis] = indices
    return tuple(key)


def take_along_axis(x: Array, indices: Array, axis: int = -1) -> Array:
    """The elements at `indices` along `axis`."""
    return x[_places(indices, axis) if x.ndim else ()]


def put_along_axis(x: Array, indices: Array, values: Array, axis: int) -> Array:
    """`x` with `values` at `indices` along `axis`."""
    return x.at[_places(indices, axis) if x.ndim else ()].set(values)


def add_along_axis(x: Array, indices: Array, values: Array, axis: int) -> Array:
    """`x` with `values` added at `indices` along `axis`, each as often as it is named."""
    return x.at[_places(indices, axis) if x.ndim else ()].add(values)
