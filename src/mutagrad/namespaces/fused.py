"""Kernels of NumPy arrays for whole forwards and rules, which would else be computed piece by piece.

A declaration says what is computed, in the names of a namespace `xp`; `fused(kernel)` says beside it how NumPy's arrays
may be computed faster: in one go over blocks that stay in the cache, into memory made once, instead of a temporary for
each step. Tensors, batched arrays and JAX arrays know the declaration alone, and a test holds every kernel against it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from mutagrad.namespaces import arrays
from mutagrad.namespaces.blocks import in_blocks, share_in_blocks
from mutagrad.namespaces.elementwise import LARGE

Declared = Callable[..., Any]
declared: list[tuple[Declared, Declared]] = []
"""Every declaration that has a kernel, and that kernel."""


def fused(kernel: Declared) -> Callable[[Declared], Declared]:
    """Gives the decorated forward or rule `(xp, ...)` a kernel `(...)` for NumPy arrays.

    The kernel returns NotImplemented for what it leaves to the declaration.
    """

    def attach(declaration: Declared) -> Declared:
        @wraps(declaration)
        def call(xp: Any, *args: Any, **kwargs: Any) -> Any:
            if xp is arrays:
                result = kernel(*args, **kwargs)
                if result is not NotImplemented:
                    return result
            return declaration(xp, *args, **kwargs)

        declared.append((declaration, kernel))
        return call

    return attach


def fused_if_large(kernel: Declared) -> Callable[[Declared], Declared]:
    """Gives the decorated rule `(xp, ct, saved)` a kernel `(ct, saved, over)` for large arrays in an ordinary pass.

    The share may be written `over` the cotangent, which nobody else holds then, or over is None. What the kernel returns
    NotImplemented for is left to the rule.
    """

    def attach(rule: Any) -> Declared:
        rule.kernel = kernel
        declared.append((rule, kernel))
        return rule

    return attach


def are_alike(x: Any, y: Any) -> bool:
    """Whether both are arrays of floating numbers, of one shape and dtype."""
    return type(x) is type(y) is np.ndarray and x.dtype is y.dtype and x.dtype.kind == "f" and x.shape == y.shape


def is_single(*given: Any) -> bool:
    """Whether all are arrays in single precision, and large."""
    return given[0].size >= LARGE and all(type(x) is np.ndarray and x.dtype == np.float32 for x in given)


def added(fresh: np.ndarray, other: np.ndarray) -> Any:
    """The sum, in the memory of `fresh`, which nobody else holds."""
    if type(fresh) is not np.ndarray or fresh.dtype is not other.dtype:
        return NotImplemented
    fresh += other
    return fresh


# Slopes -------------------------------------------------------------------------------------------------------------


def product_share(ct: np.ndarray, other: np.ndarray, over: np.ndarray | None = None) -> Any:
    """The share of a factor."""
    return np.multiply(ct, other, over) if ct.dtype is other.dtype and ct.dtype.kind == "f" else NotImplemented


def relu_share(ct: np.ndarray, out: np.ndarray, over: np.ndarray | None = None) -> Any:
    """The share of the input of `relu`."""
    return arrays.zero_where_not_positive(out, ct, over)


def _sigmoid_step(out: np.ndarray, ct: np.ndarray, y: np.ndarray, t: np.ndarray) -> None:
    np.multiply(y, y, t)
    np.subtract(y, t, t)
    np.multiply(ct, t, out)


def sigmoid_share(ct: np.ndarray, out: np.ndarray, over: np.ndarray | None = None) -> Any:
    """The share of the input of `sigmoid`."""
    return share_in_blocks(_sigmoid_step, ct, out, over) if are_alike(ct, out) else NotImplemented


def _tanh_step(out: np.ndarray, ct: np.ndarray, y: np.ndarray, t: np.ndarray) -> None:
    np.multiply(y, y, t)
    np.multiply(ct, t, t)
    np.subtract(ct, t, out)


def tanh_share(ct: np.ndarray, out: np.ndarray, over: np.ndarray | None = None) -> Any:
    """The share of the input of `tanh`."""
    return share_in_blocks(_tanh_step, ct, out, over) if are_alike(ct, out) else NotImplemented


def _sqrt_step(out: np.ndarray, ct: np.ndarray, y: np.ndarray, t: np.ndarray) -> None:
    np.add(y, y, t)
    np.divide(ct, t, out)


def sqrt_share(ct: np.ndarray, out: np.ndarray, over: np.ndarray | None = None) -> Any:
    """The share of the input of `sqrt`."""
    return share_in_blocks(_sqrt_step, ct, out, over) if are_alike(ct, out) else NotImplemented


# The normal distribution --------------------------------------------------------------------------------------------
#
# x P(x²) / Q(x²), fitted to the distribution function less a half, and to the slope of the Gaussian rectifier less a
# half, with an error of two units in the last place of a half; at the bound it is a half exactly. SciPy's `erf` takes
# a number at a time, three times as long. Bounds and coefficients are arrays, at which a ufunc looks in half the time.

Coefficients = tuple[np.ndarray, ...]
Odd = tuple[Coefficients, Coefficients, Coefficients]


def _in_single(*numbers: float) -> Coefficients:
    return tuple([np.array(each, np.float32) for each in numbers])


DISTRIBUTION: Odd = (
    _in_single(-5.4147124, 5.4147124),
    _in_single(0.3989422346, 0.0338527245, 0.004677265471, 0.0001688264586, 6.352122725e-06, 2.274934469e-08),
    _in_single(1.0, 0.2515221148, 0.02864591633, 0.001884449311, 7.364774975e-05, 1.19750367e-06),
)
SLOPE: Odd = (
    _in_single(-5.787925, 5.787925),
    _in_single(
        0.7978845375,
        -0.02289940406,
        0.01376365053,
        0.0001974032879,
        3.205911033e-05,
        8.91690611e-07,
        1.153309803e-08,
        -2.80803006e-11,
    ),
    _in_single(1.0, 0.3046328883, 0.04379535426, 0.003901958058, 0.0002369251575, 9.682028193e-06, 3.023386628e-07),
)
(HALF,) = _in_single(0.5)


def odd_rational(out: np.ndarray, x: np.ndarray, z: np.ndarray, t: np.ndarray, function: Odd) -> None:
    """Writes the function of `x` to `out`; `z` and `t` are scratch memory."""
    (low, high), above, below = function
    x.clip(low, high, z)
    np.multiply(z, z, t)
    horner(out, t, above)
    out *= z
    horner(z, t, below)
    out /= z


def horner(out: np.ndarray, t: np.ndarray, coefficients: Coefficients) -> None:
    """Writes the polynomial of `t` to `out`."""
    *rest, before, last = coefficients
    np.multiply(t, last, out)
    out += before
    for each in reversed(rest):
        out *= t
        out += each


def _gelu_step(out: np.ndarray, x: np.ndarray, z: np.ndarray, t: np.ndarray) -> None:
    odd_rational(out, x, z, t, DISTRIBUTION)
    out += HALF
    out *= x


def gelu(x: np.ndarray) -> Any:
    """`x` times the normal distribution function of it."""
    return in_blocks(_gelu_step, 2, x) if is_single(x) else NotImplemented


def _gelu_share_step(out: np.ndarray, x: np.ndarray, ct: np.ndarray, *memory: np.ndarray) -> None:
    slope, z, t = memory
    odd_rational(slope, x, z, t, SLOPE)
    slope += HALF
    np.multiply(ct, slope, out)


def gelu_share(ct: np.ndarray, input: np.ndarray, over: np.ndarray | None = None) -> Any:
    """The share of the input of `gelu`."""
    fits = is_single(input, ct) and input.shape == ct.shape
    return in_blocks(_gelu_share_step, 3, input, ct, over=over) if fits else NotImplemented
