"""Python's numbers as elements of a dtype, with PyTorch's checks: a value that the dtype cannot hold is an error.

Signed numbers wrap around into unsigned dtypes as far as they have the same magnitude, fractions are cut off, and what
is complex must be real where the dtype is.
"""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np

NUMBERS = (bool, int, float, complex, np.generic)

C_TYPES = {
    np.dtype("bool"): "bool",
    np.dtype("uint8"): "uint8_t",
    np.dtype("uint16"): "uint16_t",
    np.dtype("uint32"): "uint32_t",
    np.dtype("uint64"): "uint64_t",
    np.dtype("int8"): "int8_t",
    np.dtype("int16"): "int16_t",
    np.dtype("int32"): "int",
    np.dtype("int64"): "int64_t",
    np.dtype("float16"): "c10::Half",
    np.dtype("float32"): "float",
    np.dtype("float64"): "double",
    np.dtype("complex64"): "c10::complex<float>",
    np.dtype("complex128"): "c10::complex<double>",
}
LARGEST = {dt: float(np.finfo(dt).max) for dt in C_TYPES if dt.kind in "fc"}
WHOLE = {dt: (int(np.iinfo(dt).min), int(np.iinfo(dt).max)) for dt in C_TYPES if dt.kind in "iu"}


def element(value: Any, dt: np.dtype) -> np.ndarray:
    """A number as a zero-dimensional array of `dt`.

    Raises RuntimeError when `dt` cannot hold it.

    >>> element(2.7, np.dtype("int64")), element(-1, np.dtype("uint8"))
    (array(2), array(255, dtype=uint8))
    """
    kind = dt.kind
    if kind == "f" and type(value) in (int, float) and -LARGEST[dt] <= value <= LARGEST[dt]:
        return np.array(value, dt)
    if isinstance(value, np.generic):
        value = value.item()
    if type(value) is complex and kind not in "cb":
        if value.imag:
            raise overflow(C_TYPES[dt])
        value = value.real
    if kind == "f":
        if not fits(value, LARGEST[dt]):
            raise overflow(C_TYPES[dt])
    elif kind in "iu":
        value = whole(value, dt, C_TYPES[dt])
    elif kind == "c" and not (fits(value.real, LARGEST[dt]) and fits(value.imag, LARGEST[dt])):
        raise overflow(C_TYPES[dt])
    return np.array(value, dt)


def fits(value: Any, largest: float) -> bool:
    """Whether a real number has a finite value in a dtype, or has none to begin with."""
    return -largest <= value <= largest or value != value or value in (inf, -inf)


def whole(value: Any, dt: np.dtype, name: str) -> int:
    """A real number cut off to an element of an integer dtype, which the error calls `name`."""
    least, largest = WHOLE[dt]
    if type(value) is not float and not least:
        least = -largest
    if not least <= value <= largest:
        raise overflow(name)
    return int(value) if value >= 0 or WHOLE[dt][0] else int(value) % (largest + 1)


def overflow(name: str) -> RuntimeError:
    """The error for a number that a type cannot hold."""
    return RuntimeError(f"value cannot be converted to type {name} without overflow")
