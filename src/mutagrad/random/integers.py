"""Random integers and permutations, equal to PyTorch's on the CPU.

Both functions draw from `generator` (the default one when None) and return a new array. Bounds that PyTorch refuses
raise its error before anything is drawn. Read `generator` first; coins, counts and categories are in `discrete`.
"""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING

import numpy as np

from mutagrad.deferred import Deferred

from .checks import C_NAMES, check_kernel, is_floating, scalar_name
from .generator import Generator, default_generator

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

linalg = Deferred("scipy.linalg")
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1

# From this range on PyTorch takes the remainder of 64 random bits instead of 32, to keep it even.
WIDE_RANGE = 2**28

# From this length on PyTorch shuffles another way.
LONG_PERMUTATION = (2**32 - 1) // 20


def integers(
    shape: tuple[int, ...],
    dtype: DTypeLike,
    low: int | None = None,
    high: int | None = None,
    *,
    generator: Generator | None = None,
) -> np.ndarray:
    """Whole numbers spread evenly over [low, high); without `high` up to the largest of `dtype`, without both from 0.

    For floating types the largest is the last up to which every integer has a value of its own; beyond it a warning
    is given and the bounds are rounded inwards.
    Raises RuntimeError for bounds that are out of order or that `dtype` cannot hold, ValueError outside 64 bits.
    Follows https://docs.pytorch.org/docs/stable/generated/torch.Tensor.random_.html

    >>> integers((4,), np.int64, 0, 10, generator=Generator().manual_seed(0))
    array([4, 9, 3, 0])
    """
    dtype, generator, count = np.dtype(dtype), generator or default_generator, math.prod(shape)
    if not all(INT64_MIN <= bound <= INT64_MAX for bound in (low, high) if bound is not None):
        raise ValueError("Overflow when unpacking long long")
    if low is None:
        samples = _full_range(count, dtype, generator)
    else:
        start, span, wide = _range(low, high, dtype, count)
        samples = _remainders(count, start, span, wide, generator)
    if dtype == np.float16:
        samples = samples.astype(np.float32)
    return samples.astype(dtype, copy=False).reshape(shape)


def _full_range(count: int, dtype: np.dtype, generator: Generator) -> np.ndarray:
    """Whole numbers from 0 to the largest of `dtype`."""
    check_kernel("random_kernel_cpu", dtype, "biuf", count)
    if not count:
        return np.empty(0)
    return _remainders(count, 0, _largest(dtype) + 1, dtype.itemsize == 8, generator)


def _largest(dtype: np.dtype) -> int:
    """The largest integer of `dtype`, or the last before which a floating type leaves none out."""
    if dtype == np.bool_:
        return 1
    return 2 ** (np.finfo(dtype).nmant + 1) if is_floating(dtype) else int(np.iinfo(dtype).max)


def _remainders(count: int, start: int, span: int, wide: bool, generator: Generator) -> np.ndarray:
    """`count` draws modulo `span`, plus `start`, int64; `wide` draws have 64 bits, the others 32."""
    if not wide:
        samples = (generator.raw32(count) % np.uint32(span)).astype(np.int64)
        return samples + start if start else samples
    samples = generator.raw64(count)
    if span < 2**64:
        samples %= np.uint64(span)
    # Unsigned sums wrap around, and so find the negative numbers again.
    samples += np.uint64(start % 2**64)
    return samples.view(np.int64)


def _range(low: int, high: int | None, dtype: np.dtype, count: int) -> tuple[int, int, bool]:
    """The start of the range, its length, and whether that takes 64 bits a draw."""
    if high is not None:
        return _bounded_range(low, high, dtype)
    if low == INT64_MIN:
        _check_full_64_bits(dtype, count)
        return 0, 2**64, True
    if dtype.kind == "c":
        raise RuntimeError("random_from_to_impl handles only integral, floating-point and boolean types")
    last = _largest(dtype)
    if last > INT64_MAX:
        last = -1  # In PyTorch it wraps around, so that uint64 has no range without an end.
    if is_floating(dtype):
        low = _first_exact(low, dtype)
        if low >= last:
            raise RuntimeError(
                "random_ expects 'from' casted to dtype to be less than or equal to 'to_inc' casted to dtype, "
                f"but got from={low} > to_inc={last}"
            )
    _check_range(low, last, dtype)
    span = last - low + 1
    return low, span, span >= WIDE_RANGE


def _bounded_range(low: int, high: int, dtype: np.dtype) -> tuple[int, int, bool]:
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    if is_floating(dtype):
        low, high = _first_exact(low, dtype), _end_exact(high, dtype)
        if low >= high:
            raise RuntimeError(
                "random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, "
                f"but got from={low} >= to={high}"
            )
    _check_range(low, high - 1, dtype)
    return low, high - low, high - low >= WIDE_RANGE


def _check_full_64_bits(dtype: np.dtype, count: int) -> None:
    kinds = "" if dtype == np.float16 else "iuf"
    check_kernel("random_full_64_bits_range_kernel_cpu", dtype, kinds, count)
    if count and dtype not in (np.int64, np.float64, np.float32):
        raise RuntimeError("random_full_64_bits_range_kernel_cpu handles only int64, double, float and bfloat16")


def _check_range(low: int, last: int, dtype: np.dtype) -> None:
    """Raises where `dtype` cannot hold a bound, warns where it cannot hold all integers up to it."""
    if dtype.kind == "c":
        raise RuntimeError("check_random_bounds handles only integral, floating-point and boolean types")
    floating, exact = is_floating(dtype), _largest(dtype)
    largest = float(np.finfo(dtype).max) if floating else exact
    least = -largest if floating else 0 if dtype == np.bool_ else int(np.iinfo(dtype).min)
    for name, bound in (("from", low), ("to - 1", last)):
        if not least <= bound <= largest:
            raise RuntimeError(f"{name} is out of bounds for {C_NAMES[dtype]}")
    for name, bound in (("from", low), ("to - 1", last)):
        if floating and abs(bound) > exact:
            digits = np.finfo(dtype).nmant + 1
            warnings.warn(
                f"{name} is out of bounds [-(2^{digits}), 2^{digits}]. Due to precision limitations {C_NAMES[dtype]} "
                "can support discrete uniform distribution only within this range. "
                "This warning will become an error in version 1.7 release, please fix the code in advance",
                UserWarning,
                stacklevel=4,
            )


def _first_exact(low: int, dtype: np.dtype) -> int:
    """`low`, or where `dtype` rounds it down the next integer that it holds."""
    rounded = _as_dtype(low + 1, dtype)
    return low if rounded >= low else rounded + _spacing(low + 1, dtype)


def _end_exact(high: int, dtype: np.dtype) -> int:
    """`high`, or where `dtype` rounds the last number up to it the integer that it holds before."""
    rounded = _as_dtype(high - 1, dtype)
    return high if rounded < high else rounded - _spacing(high - 1, dtype)


def _as_dtype(value: int, dtype: np.dtype) -> int:
    """`value` rounded to `dtype`; what 64 bits cannot hold comes back as C converts it, the most negative."""
    if value > INT64_MAX:
        return INT64_MIN
    with np.errstate(over="ignore"):
        rounded = float(np.int64(value).astype(dtype))
    return int(rounded) if abs(rounded) < 2.0**63 else INT64_MIN


def _spacing(value: int, dtype: np.dtype) -> int:
    return 2 ** max(abs(value).bit_length() - np.finfo(dtype).nmant - 1, 0)


def permutation(n: int, dtype: DTypeLike = np.int64, *, generator: Generator | None = None) -> np.ndarray:
    """The integers from 0 to n - 1 in random order.

    Raises RuntimeError for a negative `n` and for one that `dtype` cannot count to, NotImplementedError for booleans
    and complex numbers.
    Follows https://docs.pytorch.org/docs/stable/generated/torch.randperm.html

    >>> permutation(5, generator=Generator().manual_seed(0))
    array([4, 0, 1, 3, 2])
    """
    dtype, generator = np.dtype(dtype), generator or default_generator
    _check_permutation(n, dtype)
    return _swap_in_order(n, _partners(n, generator)).astype(dtype)


def _partners(n: int, generator: Generator) -> np.ndarray:
    """With which place each place in turn has to swap for a shuffle (R. A. Fisher and F. Yates, 1938), int32."""
    if n >= LONG_PERMUTATION:
        # From the front, each with itself or an earlier one.
        return (generator.raw64(n) % np.arange(1, n + 1, dtype=np.uint64)).astype(np.int32)
    # From the front, each but the last with itself or a later one.
    swaps = max(n - 1, 0)
    partners = generator.raw32(swaps) % np.arange(n, n - swaps, -1, dtype=np.uint32)
    partners += np.arange(swaps, dtype=np.uint32)
    return partners.view(np.int32)


def _check_permutation(n: int, dtype: np.dtype) -> None:
    if n < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {n}: [{n}]")
    if dtype == np.float16 and n > 2**11 + 1:
        raise RuntimeError("n cannot be greater than 2049 for Half type.")
    if is_floating(dtype) and n > _largest(dtype) + 1:
        raise RuntimeError(f"n cannot be greater than 2^{np.finfo(dtype).nmant + 1}+1 for {scalar_name(dtype)} type.")
    if dtype.kind in "iu" and n - 1 > _largest(dtype):
        raise RuntimeError(f"value cannot be converted to type {dtype.name}_t without overflow")
    check_kernel("randperm", dtype, "iuf")


def _swap_in_order(n: int, partners: np.ndarray) -> np.ndarray:
    """0 to n - 1 after entry i has been swapped with entry `partners[i]`, for each i in turn.

    Each swap depends on those before it, so this is a loop by nature. LAPACK has it compiled, for the row
    interchanges of an LU factorization: `laswp`, here on a matrix of one column, whose floats hold the integers
    exactly.
    """
    numbers = np.arange(n, dtype=np.float32 if n <= 2**24 else np.float64).reshape(n, 1)
    if partners.size:
        (laswp,) = linalg.get_lapack_funcs(("laswp",), (numbers,))
        numbers = laswp(numbers, partners, overwrite_a=1)
    return numbers.ravel()
