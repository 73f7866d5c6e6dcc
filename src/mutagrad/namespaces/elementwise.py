"""NumPy kernels that work element by element, for the namespace `arrays.py`, where NumPy's own differ from PyTorch's.

NumPy divides whole numbers by zero in silence, refuses negative whole powers, orders complex numbers and keeps the NaN
in a sign; SciPy gives the special functions of a half-precision array in single precision. For some functions NumPy
and SciPy have kernels that take a number at a time; from `LARGE` elements on a formula of vectorised ones is faster.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mutagrad.deferred import Deferred
from mutagrad.dtypes import of_numpy
from mutagrad.namespaces.blocks import in_blocks, share_in_blocks

special = Deferred("scipy.special")

LARGE = 2048  # elements: for fewer a kernel of its own costs as much as it gains
_HALF = np.dtype("float16")


def _refused(kernel: str, x: np.ndarray) -> NotImplementedError:
    return NotImplementedError(f"\"{kernel}\" not implemented for '{of_numpy[x.dtype].scalar_type}'")


# Division -----------------------------------------------------------------------------------------------------------


def _check_divisor(kernel: str, x: np.ndarray) -> None:
    """Raises for a divisor of whole numbers that has a zero in it, and for dtypes without this division."""
    kind = x.dtype.kind
    if kind in "bc":
        raise _refused(kernel, x)
    if kind != "f" and not np.all(x):
        raise RuntimeError("ZeroDivisionError")


def floor_divide(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The quotient rounded down."""
    _check_divisor("div_floor_cpu", y)
    return np.floor_divide(x, y)


def trunc_divide(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The quotient rounded towards zero."""
    _check_divisor("div_trunc_cpu", y)
    if x.dtype.kind == "f" or y.dtype.kind == "f":
        return np.trunc(np.divide(x, y))
    return np.floor_divide(x - np.fmod(x, y), y)


def remainder(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """What division leaves, with the sign of the divisor."""
    _check_divisor("remainder_cpu", y)
    return np.remainder(x, y)


def fmod(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """What division leaves, with the sign of the dividend."""
    _check_divisor("fmod_cpu", y)
    return np.fmod(x, y)


# Powers -------------------------------------------------------------------------------------------------------------


def pow(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """`x` to the power `y`; a negative whole power of a whole number is rounded towards zero."""
    if x.dtype.kind == "b":
        raise _refused("pow", x)
    if x.dtype.kind not in "iu" or y.dtype.kind != "i" or np.all(y >= 0):
        return np.power(x, y)
    sign = np.where(y % 2 == 0, 1, x)
    return np.where(y >= 0, np.power(x, np.maximum(y, 0)), np.where(np.abs(x) == 1, sign, 0)).astype(x.dtype)


# Functions that may write over what they are given -------------------------------------------------------------------


def _tanh(x: np.ndarray, over: np.ndarray) -> np.ndarray:
    return in_blocks(_tanh_step, 0, x, over=over)


def _tanh_step(out: np.ndarray, x: np.ndarray) -> None:
    np.tanh(x, out)


def sigmoid(x: np.ndarray, over: np.ndarray | None = None) -> np.ndarray:
    """The logistic function."""
    if x.size < LARGE and x.dtype.char in "fd":
        return special.expit(x)
    if x.dtype.kind == "c":
        return 1 / (1 + np.exp(-x))
    if x.size < LARGE or x.dtype is _HALF:
        return _expit(x)
    return in_blocks(_sigmoid_step, 0, x, over=over)


def _sigmoid_step(out: np.ndarray, x: np.ndarray) -> None:
    np.negative(x, out)
    np.exp(out, out)
    out += 1
    np.reciprocal(out, out)


def relu(x: np.ndarray, over: np.ndarray | None = None) -> np.ndarray:
    """`x` where it is positive, else zero."""
    if x.size < LARGE or x.dtype.kind != "f":
        return np.maximum(x, _zeros[x.dtype])
    return x.clip(0, np.inf, over)


# By name what computes a function `(x, over)` of large arrays in single or double precision, written `over` one if it can.
writing = {"relu": relu, "sigmoid": sigmoid, "tanh": _tanh}


def zero_where_not_positive(x: np.ndarray, ct: np.ndarray, over: np.ndarray | None = None) -> np.ndarray:
    """`ct`, but zero where `x` is zero or negative."""
    bits = _BITS.get(ct.dtype)
    if x.size >= LARGE and bits is not None and x.shape == ct.shape and x.dtype is ct.dtype:
        return share_in_blocks(_zero_step, ct, x, over, is_long=False)
    # Half of the time of np.where on few elements.
    share, zero = np.array(ct), _zeros[x.dtype]
    share[np.less_equal(x, zero)] = zero
    return share


def _zero_step(out: np.ndarray, ct: np.ndarray, x: np.ndarray, scratch: np.ndarray) -> None:
    chosen, bits = np.less_equal(x, _zeros[x.dtype]).view(np.int8), _BITS[out.dtype]
    scratch = scratch.view(bits)
    np.copyto(scratch, np.subtract(chosen, 1, chosen))
    np.bitwise_and(ct.view(bits), scratch, out.view(bits))


class _Zeros(dict[np.dtype, np.ndarray]):
    def __missing__(self, dt: np.dtype) -> np.ndarray:
        self[dt] = np.zeros((), dt)
        return self[dt]


# Zero as an array of each dtype: with a Python number a ufunc takes twice as long.
_zeros = _Zeros()


# Special functions --------------------------------------------------------------------------------------------------


def _in_own_dtype(function: Callable[..., Any]) -> Callable[[np.ndarray], np.ndarray]:
    """`function` of SciPy, its result in half precision where the array is."""

    def call(x: np.ndarray) -> np.ndarray:
        value = function(x)
        return value.astype(_HALF) if x.dtype is _HALF else value

    call.__name__ = function.__name__
    return call


erf = _in_own_dtype(special.erf)
erfc = _in_own_dtype(special.erfc)
erfinv = _in_own_dtype(special.erfinv)
digamma = _in_own_dtype(special.digamma)
polygamma = special.polygamma


def lgamma(x: np.ndarray) -> np.ndarray:
    """The logarithm of the absolute value of the gamma function."""
    value = np.asarray(special.gammaln(x), _HALF if x.dtype is _HALF else None)
    np.copyto(value, np.inf, where=x == -np.inf)
    return value


i0 = _in_own_dtype(special.i0)
i1 = _in_own_dtype(special.i1)
_expit = _in_own_dtype(special.expit)


def xlogy(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """`x * log(y)`, zero where `x` is zero."""
    value = special.xlogy(x, y)
    return value.astype(_HALF) if x.dtype is _HALF else value


def logaddexp(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The logarithm of `exp(x) + exp(y)`."""
    if x.dtype.kind == "c":
        swapped = np.real(x) < np.real(y)
        larger, smaller = np.where(swapped, y, x), np.where(swapped, x, y)
        return larger + np.log1p(np.exp(smaller - larger))
    if x.size < LARGE and y.size < LARGE:
        return np.logaddexp(x, y)
    distance = np.abs(x - y)
    np.copyto(distance, 0, where=x == y)  # also of two infinities
    np.exp(np.negative(distance, distance), distance)
    np.log1p(distance, distance)
    distance += np.maximum(x, y)
    return distance


# Signs, bounds and parts --------------------------------------------------------------------------------------------


def is_complex(x: np.ndarray) -> bool:
    """Whether the dtype is complex."""
    return x.dtype.kind == "c"


def sign(x: np.ndarray) -> np.ndarray:
    """Minus one, zero or one, zero for NaN; of a complex number, the one of length one with its angle."""
    if x.dtype.kind != "f":
        return x.copy() if x.dtype.kind == "b" else np.sign(x)
    value = np.asarray(np.sign(x))
    np.copyto(value, 0, where=value != value)
    return value


def clip(x: np.ndarray, low: float | None, high: float | None) -> np.ndarray:
    """`x` raised to `low` and lowered to `high`, where they are given."""
    if x.size >= LARGE and x.dtype.kind == "f":
        return x.clip(-np.inf if low is None else low, np.inf if high is None else high)
    if low is not None:
        x = np.maximum(x, np.asarray(low, x.dtype))
    return x if high is None else np.minimum(x, np.asarray(high, x.dtype))


# The whole numbers as wide as each dtype, whose bits are chosen by a mask without a branch.
_BITS = {np.dtype(f"f{n}"): np.dtype(f"i{n}") for n in (2, 4, 8)}


def where(condition: np.ndarray, x: Any, y: Any) -> np.ndarray:
    """`x` where the condition is true, else `y`; one of them may be a number."""
    if condition.size < LARGE or condition.dtype != np.bool_:
        return np.where(condition, x, y)
    dt: Any = x.dtype if isinstance(x, np.ndarray) else getattr(y, "dtype", None)
    bits = _BITS.get(dt)
    if bits is None or any(isinstance(z, (np.ndarray, np.generic)) and z.dtype != dt for z in (x, y)):
        return np.where(condition, x, y)
    if type(x) is int and x == 0:
        return _masked(np.asarray(y), np.subtract(condition.view(np.int8), 1, dtype=np.int8), bits)
    chosen = np.negative(condition.view(np.int8))
    if type(y) is int and y == 0:
        return _masked(np.asarray(x), chosen, bits)
    x, y = np.asarray(x, dt).view(bits), np.asarray(y, dt).view(bits)
    value = np.bitwise_and(np.bitwise_xor(x, y), chosen.astype(bits))
    return np.bitwise_xor(value, y, value).view(dt)


def _masked(x: np.ndarray, chosen: np.ndarray, bits: np.dtype) -> np.ndarray:
    """`x` where all bits of `chosen` are set, zero where none are."""
    value = chosen.astype(bits)
    return np.bitwise_and(x.view(bits), value, value if value.shape == x.shape else None).view(x.dtype)


def round(x: np.ndarray) -> np.ndarray:
    """The nearest whole number, the even one of two."""
    return np.rint(x) if x.dtype.kind == "f" else x.copy()


def nan_to_num(x: np.ndarray, nan: float | None, posinf: float | None, neginf: float | None) -> np.ndarray:
    """`x` with other numbers in the places of NaN and the infinities."""
    return np.nan_to_num(x, True, nan or 0.0, posinf, neginf)


def complex(real: np.ndarray, imag: np.ndarray) -> np.ndarray:
    """The complex numbers with these parts; a product with `1j` would spoil infinities."""
    shape = np.broadcast_shapes(real.shape, imag.shape)
    made = np.empty(shape, np.result_type(real.dtype, np.complex64))
    made.real, made.imag = real, imag
    return made
