"""`assert_close`: that two values, or two structures of values, are equal up to a tolerance.

Follows https://docs.pytorch.org/docs/stable/testing.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from mutagrad.dtypes import of_numpy, promote_types
from mutagrad.tensor import Size, Tensor

__all__ = ["assert_close"]

# (rtol, atol) by the dtype compared in; numbers of other dtypes must be equal.
TOLERANCES = {
    "float16": (1e-3, 1e-5),
    "float32": (1.3e-6, 1e-5),
    "float64": (1e-7, 1e-7),
    "complex64": (1.3e-6, 1e-5),
    "complex128": (1e-7, 1e-7),
}
NUMBERS = (bool, int, float, complex)


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    """Asserts `|actual - expected| <= atol + rtol * |expected|`, for each element of tensors, numbers and structures.

    Without tolerances they are those of the dtype: 1.3e-6 and 1e-5 in single, 1e-7 twice in double precision, zero for
    whole numbers. Arrays count as tensors; sequences are compared item by item, mappings key by key. Raises
    AssertionError, with `msg` where it is given; ValueError for one tolerance alone; TypeError for other objects.

    >>> import mutagrad
    >>> mutagrad.testing.assert_close(mutagrad.tensor([1.0, 2.0]), mutagrad.tensor([1.0, 2.0 + 1e-7]))
    """
    if (rtol is None) != (atol is None):
        missing = "rtol" if rtol is None else "atol"
        raise ValueError(f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {missing}.")
    given = None if rtol is None or atol is None else (rtol, atol)
    text = _difference(actual, expected, given, equal_nan, check_dtype, check_stride)
    if text is not None:
        raise AssertionError(text if msg is None else msg(text) if callable(msg) else msg)


def _difference(a: Any, b: Any, given: Any, equal_nan: bool, check_dtype: bool, check_stride: bool) -> str | None:
    """How two values differ; None when they are close."""
    options = (given, equal_nan, check_dtype, check_stride)
    if isinstance(a, (Tensor, np.ndarray)) and isinstance(b, (Tensor, np.ndarray)):
        return _of_arrays(_array(a), _array(b), *options)
    if isinstance(a, NUMBERS) and isinstance(b, NUMBERS):
        return _of_numbers(a, b, given, equal_nan, check_dtype)
    if a is None and b is None:
        return None
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        missing, extra = sorted(b.keys() - a.keys()), sorted(a.keys() - b.keys())
        if missing or extra:
            return (
                "The keys of the mappings do not match:\n"
                f"Missing keys in the actual mapping: {missing}\nAdditional keys in the actual mapping: {extra}"
            )
        return _of_items(((key, a[key], b[key]) for key in a), options)
    if isinstance(a, Sequence) and isinstance(b, Sequence) and not isinstance(a, (str, bytes)):
        if len(a) != len(b):
            return f"The length of the sequences mismatch: {len(a)} != {len(b)}"
        return _of_items(((i, x, y) for i, (x, y) in enumerate(zip(a, b))), options)
    raise TypeError(f"No comparison pair was able to handle inputs of type {type(a)} and {type(b)}.")


def _of_items(items: Any, options: tuple) -> str | None:
    for key, x, y in items:
        text = _difference(x, y, *options)
        if text is not None:
            inner, mark, path = text.partition("\n\nThe failure occurred for item ")
            return f"{inner}\n\nThe failure occurred for item [{key!r}]{path if mark else ''}"
    return None


def _array(x: Tensor | np.ndarray) -> np.ndarray:
    return x._array if isinstance(x, Tensor) else x


def _of_numbers(a: Any, b: Any, given: Any, equal_nan: bool, check_dtype: bool) -> str | None:
    if isinstance(a, bool) and isinstance(b, bool):
        return None if a is b else f"Booleans mismatch: {a} is not {b}"
    if check_dtype and type(a) is not type(b):
        return f"The (d)types do not match: {type(a)} != {type(b)}."
    exact = isinstance(a, int) and isinstance(b, int)
    rtol, atol = given or ((0.0, 0.0) if exact else TOLERANCES["float64"])
    return _of_scalar(a, b, rtol, atol, equal_nan)


def _of_scalar(a: Any, b: Any, rtol: float, atol: float, equal_nan: bool) -> str | None:
    if a == b or np.isclose(a, b, rtol, atol, equal_nan):
        return None
    absolute = abs(a - b)
    relative = absolute / abs(b) if b else np.inf
    allowed = [f" (up to {each} allowed)" if rtol or atol else "" for each in (atol, rtol)]
    return (
        f"Scalars are not {'close' if rtol or atol else 'equal'}!\n\nExpected {b} but got {a}.\n"
        f"Absolute difference: {absolute}{allowed[0]}\nRelative difference: {relative}{allowed[1]}"
    )


def _of_arrays(
    a: np.ndarray, b: np.ndarray, given: Any, equal_nan: bool, check_dtype: bool, check_stride: bool
) -> str | None:
    if a.shape != b.shape:
        return f"The values for attribute 'shape' do not match: {Size(a.shape)!r} != {Size(b.shape)!r}."
    if check_stride and a.strides != b.strides:
        strides = [tuple(stride // x.itemsize for stride in x.strides) for x in (a, b)]
        return f"The values for attribute 'stride()' do not match: {strides[0]} != {strides[1]}."
    if check_dtype and a.dtype != b.dtype:
        return f"The values for attribute 'dtype' do not match: {of_numpy[a.dtype]!r} != {of_numpy[b.dtype]!r}."
    common = promote_types(of_numpy[a.dtype], of_numpy[b.dtype]).numpy
    kinds = [TOLERANCES.get(x.dtype.name, (0.0, 0.0)) for x in (a, b)]
    rtol, atol = given or tuple(map(max, zip(*kinds)))
    a, b = a.astype(common), b.astype(common)
    if common.kind in "fc":
        close = np.isclose(a, b, rtol, atol, equal_nan)
    else:
        close = a == b if not (rtol or atol) else np.abs(a - b) <= atol + rtol * np.abs(b)
    if close.all():
        return None
    if a.ndim == 0:
        return _of_scalar(a.item(), b.item(), rtol, atol, equal_nan)
    if common.kind in "biu":
        a, b = a.astype(np.int64), b.astype(np.int64)
    with np.errstate(all="ignore"):
        absolute = np.where(close, 0, np.abs(a - b))
        real = np.float32 if common.kind in "biu" else absolute.dtype
        relative = np.where(close, 0, absolute.astype(real) / np.abs(b).astype(real))
    wrong, lines = int((~close).sum()), []
    for kind, difference, allowed in (("absolute", absolute, atol), ("relative", relative, rtol)):
        place = np.unravel_index(int(difference.argmax()), difference.shape)
        bound = f" (up to {allowed} allowed)" if rtol or atol else ""
        index = tuple(map(int, place))
        lines.append(f"Greatest {kind} difference: {difference[place].item()} at index {index}{bound}")
    return (
        f"Tensor-likes are not {'close' if rtol or atol else 'equal'}!\n\n"
        f"Mismatched elements: {wrong} / {a.size} ({wrong / a.size:.1%})\n" + "\n".join(lines)
    )
