"""Ranges of numbers: `arange`, `linspace`, `logspace`.

Floating-point ranges are computed in double precision and rounded once, the two ends of `linspace` exactly.
"""

from __future__ import annotations

import warnings
from math import ceil, inf
from typing import Any

import numpy as np

from mutagrad.dtypes import get_default_dtype, of_numpy
from mutagrad.ops.creation import Options, allocate, number
from mutagrad.ops.numbers import overflow
from mutagrad.ops.sizes import check_sizes, integer
from mutagrad.tensor import Tensor

__all__ = ["arange", "linspace", "logspace", "range"]


def arange(*bounds: Any, **options: Any) -> Tensor:
    """The numbers from `start` (0) to `end`, not included, `step` (1) apart.

    They are integers if all arguments are, else of the default dtype, unless `dtype` is given.
    Raises RuntimeError when the step is zero or leads away from the end, or the range is not finite.

    >>> import mutagrad
    >>> mutagrad.arange(5), mutagrad.arange(1, 2, 0.5)
    (tensor([0, 1, 2, 3, 4]), tensor([1.0000, 1.5000]))
    """
    start, end, step = _range_bounds("arange", bounds, options)
    to = Options("arange", _range_dtype(start, end, step), **options)
    if to.dtype.kind in "bc":
        raise NotImplementedError(f"\"arange_cpu\" not implemented for '{of_numpy[to.dtype].scalar_type}'")
    exact = to.dtype.kind in "iu"
    _check_range(start, end, step)
    if exact:
        start, end, step = int(start), int(end), int(step)
        if step == 0:
            raise ValueError("step must be nonzero")
    count = max(-((start - end) // step), 0) if exact else ceil((end - start) / step)
    if to.out is not None and to.out._array.size not in (0, count):
        warnings.warn(
            f"The number of elements in the out tensor of shape {list(to.out.shape)} is {to.out.numel()} which does "
            f"not match the computed number of elements {count}. Note that this may occur as a result of rounding "
            f"error. The out tensor will be resized to a tensor of shape ({count},).",
            stacklevel=2,
        )
    return to.finish(_progression(start, step, count, to.dtype))


def range(*bounds: Any, **options: Any) -> Tensor:
    """The numbers from `start` (0) to `end`, included, `step` (1) apart. Deprecated, as in PyTorch: use `arange`."""
    warnings.warn(
        "torch.range is deprecated and will be removed in a future release because its behavior is inconsistent with "
        "Python's range builtin. Instead, use torch.arange, which produces values in [start, end).",
        stacklevel=2,
    )
    start, end, step = _range_bounds("range", bounds, options)
    to = Options("range", **options)
    _check_range(start, end, step)
    return to.finish(_progression(start, step, int((end - start) / step) + 1, to.dtype))


def _range_bounds(function: str, bounds: tuple, options: dict[str, Any]) -> tuple[Any, Any, Any]:
    names = ("end",) if len(bounds) == 1 and "end" not in options else ("start", "end", "step")
    given: dict[str, Any] = dict(zip(names, bounds))
    for name in ("start", "end", "step"):
        if name in options:
            given[name] = options.pop(name)
    if "end" not in given or len(bounds) > 3:
        shown = ", ".join(type(each).__name__ for each in bounds)
        raise TypeError(
            f"{function}() received an invalid combination of arguments - got ({shown}), but expected one of:\n"
            " * (Number end, *, ...)\n * (Number start, Number end, *, ...)\n"
            " * (Number start, Number end, Number step, *, ...)\n"
        )
    numbers = [number(function, given.get(n, d), n, 1) for n, d in (("start", 0), ("end", None), ("step", 1))]
    if any(isinstance(each, complex) for each in numbers):
        raise overflow("double")
    if any(isinstance(each, int) and not -(1 << 63) <= each < 1 << 63 for each in numbers):
        raise overflow("int64_t")
    return numbers[0], numbers[1], numbers[2]


def _range_dtype(*numbers: Any) -> np.dtype:
    return get_default_dtype().numpy if any(isinstance(n, float) for n in numbers) else np.dtype(np.int64)


def _check_range(start: Any, end: Any, step: Any) -> None:
    if not (-inf < start < inf and -inf < end < inf):
        raise RuntimeError(f"unsupported range: {start:g} -> {end:g}")
    if not (step > 0 or step < 0):
        raise RuntimeError("step must be nonzero")
    if (end - start) * (1 if step > 0 else -1) < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")


def _progression(start: Any, step: Any, count: int, dt: np.dtype) -> np.ndarray:
    """`start + i * step`, computed in the widest dtype of the kind."""
    check_sizes((count,), dt.itemsize)
    numbers = allocate(_counted, (count,), np.dtype(np.float64 if dt.kind == "f" else np.int64))
    if step != 1:
        numbers *= step
    if start:
        numbers += start
    return numbers.astype(dt, copy=False)


def _counted(shape: tuple[int], dtype: np.dtype) -> np.ndarray:
    return np.arange(shape[0], dtype=dtype)


def linspace(start: Any, end: Any, steps: int, **options: Any) -> Tensor:
    """`steps` numbers evenly from `start` to `end`, both included; for the options see `zeros`.

    >>> import mutagrad
    >>> mutagrad.linspace(0, 1, 3)
    tensor([0.0000, 0.5000, 1.0000])
    """
    first, last, count = _ends("linspace", start, end, steps)
    to = Options("linspace", _linear_dtype(first, last), **options)
    if to.dtype.kind == "b":
        raise NotImplementedError("\"linspace_cpu\" not implemented for 'Bool'")
    return to.finish(_linear(first, last, count, to.dtype))


def logspace(start: Any, end: Any, steps: int, base: float = 10.0, **options: Any) -> Tensor:
    """The powers of `base` with exponents evenly from `start` to `end`, both included; for the options see `zeros`.

    >>> import mutagrad
    >>> mutagrad.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    first, last, count = _ends("logspace", start, end, steps)
    to = Options("logspace", _linear_dtype(first, last), **options)
    if to.dtype.kind in "iu":
        first, last = np.trunc(first), np.trunc(last)
    exponents = _linear(first, last, count, to.dtype if to.dtype.kind in "fc" else np.dtype(np.float64))
    with np.errstate(all="ignore"):
        return to.finish(np.power(base, exponents, dtype=np.result_type(exponents, np.float64)).astype(to.dtype))


def _ends(function: str, start: Any, end: Any, steps: Any) -> tuple[Any, Any, int]:
    for each in (start, end):
        if isinstance(each, Tensor) and each._array.ndim:
            raise RuntimeError(
                f"{function} only supports 0-dimensional start and end tensors, but got start with "
                f"{np.ndim(getattr(start, '_array', start))} dimension(s) and end with "
                f"{np.ndim(getattr(end, '_array', end))} dimension(s)."
            )
    count = integer(function, steps, "steps", 3)
    if count < 0:
        raise RuntimeError("number of steps must be non-negative")
    return number(function, start, "start", 1), number(function, end, "end", 2), count


def _linear_dtype(*ends: Any) -> np.dtype:
    default = get_default_dtype()
    return (default.to_complex() if any(isinstance(each, complex) for each in ends) else default).numpy


def _linear(start: Any, end: Any, count: int, dt: np.dtype) -> np.ndarray:
    """Numbers evenly from `start` to `end`, the first half counted from the start and the rest from the end."""
    check_sizes((count,), dt.itemsize)
    inner = dt if dt.kind in "fc" and dt.itemsize > 2 else np.dtype(np.float64)
    first, last = np.array(start, inner), np.array(end, inner)
    if dt.kind in "iu":
        first, last = np.trunc(first), np.trunc(last)
    if count == 1:
        return first.reshape(1).astype(dt)
    places = np.arange(count)
    step = np.asarray((last - first) / inner.type(max(count - 1, 1)))
    steps = np.where(places < count // 2, places, places - (count - 1)).astype(inner)
    with np.errstate(all="ignore"):
        return (np.where(places < count // 2, first, last) + step * steps).astype(dt)
