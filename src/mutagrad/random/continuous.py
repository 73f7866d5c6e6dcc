"""Samples of continuous distributions, number for number those of PyTorch on the CPU.

Every function takes the shape and the NumPy dtype of its result, draws from `generator` (the default one when None) in
C order, and returns a new array. An argument that PyTorch refuses raises its error before anything is drawn.
Uniform samples are equal to the last bit. The others agree to the last bits of their dtype, since NumPy's logarithm
and sine need not round as the C library's do. Read `generator` first; whole numbers are in `discrete`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from .checks import C_NAMES, check_kernel, is_floating, scalar_name
from .generator import Generator, default_generator

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

# PyTorch's AVX2 and AVX-512 kernels, whose rounding is followed here, contract `u * width + low` into one rounding.
# Its kernel for older processors rounds twice.

BLOCK = 16
CHUNK = 2048 * BLOCK

_LOW_24_BITS, _FLOAT_STEP = np.uint32(2**24 - 1), np.float32(2.0**-24)
_LOW_53_BITS, _DOUBLE_STEP = np.uint64(2**53 - 1), np.float64(2.0**-53)


def unit_floats(count: int, generator: Generator) -> np.ndarray:
    """`count` float32 uniform on [0, 1), each the low 24 bits of one draw over 2**24."""
    draws = generator.raw32(count)
    draws &= _LOW_24_BITS
    # Converted in place: fresh memory would cost more than the arithmetic.
    result = draws.view(np.float32)
    result[:] = draws.view(np.int32)
    result *= _FLOAT_STEP
    return result


def unit_doubles(count: int, generator: Generator) -> np.ndarray:
    """`count` float64 uniform on [0, 1), each the low 53 bits of two draws over 2**53."""
    draws = generator.raw64(count)
    draws &= _LOW_53_BITS
    result = draws.view(np.float64)
    result[:] = draws.view(np.int64)
    result *= _DOUBLE_STEP
    return result


def uniform(
    shape: tuple[int, ...],
    dtype: DTypeLike,
    low: float = 0.0,
    high: float = 1.0,
    *,
    generator: Generator | None = None,
) -> np.ndarray:
    """Samples uniform on [low, high), of both parts where `dtype` is complex.

    Raises NotImplementedError for integers and booleans, RuntimeError for bounds that are out of order or that `dtype`
    cannot hold.
    Follows https://docs.pytorch.org/docs/stable/generated/torch.Tensor.uniform_.html

    >>> uniform((2,), np.float32, generator=Generator().manual_seed(0))
    array([0.4962566, 0.7682218], dtype=float32)
    """
    dtype = np.dtype(dtype)
    if dtype.kind == "c":
        parts = uniform((*shape, 2), _part_dtype(dtype), low, high, generator=generator)
        return parts.view(dtype).reshape(shape)
    check_kernel("check_uniform_bounds", dtype, "f")
    generator, count = generator or default_generator, math.prod(shape)
    unit, stretch = (unit_doubles, _stretch_doubles) if dtype == np.float64 else (unit_floats, _stretch_floats)
    if (low, high) == (0, 1) and dtype != np.float16:
        return unit(count, generator).reshape(shape)
    _check_uniform_bounds(low, high, dtype)
    samples = unit(count, generator)
    stretch(samples, low, high)
    samples = samples.astype(dtype, copy=False)
    # Rounding can reach `high`, which is excluded; PyTorch then answers `low`.
    samples[samples == dtype.type(high)] = dtype.type(low)
    return samples.reshape(shape)


def _check_uniform_bounds(low: float, high: float, dtype: np.dtype) -> None:
    largest = float(np.finfo(dtype).max)
    for name, bound in (("from", low), ("to", high)):
        if not -largest <= bound <= largest:
            raise RuntimeError(f"{name} is out of bounds for {C_NAMES[dtype]}")
    if low > high:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low:g} > to={high:g}")
    if high - low > largest:
        raise RuntimeError(
            f"uniform_ expects to-from <= std::numeric_limits<{scalar_name(dtype)}>::max(), "
            f"but found to={high:g} and from={low:g} which result in to-from to exceed the limit"
        )


def _stretch_floats(unit: np.ndarray, low: float, high: float) -> None:
    """Turns `unit` into `unit * (high - low) + low`, rounded once to float32."""
    start = np.float32(low)
    width = float(np.float32(high) - start)
    for part in _chunks(unit):
        # 24 bits times 24 bits are exact in float64.
        part[:] = part.astype(np.float64) * width + float(start)


def _stretch_doubles(unit: np.ndarray, low: float, high: float) -> None:
    """Turns `unit` into `unit * (high - low) + low`, rounded once to float64.

    The product is split into its rounded value and the rest (T. J. Dekker, 1971), so is the sum (D. E. Knuth, 1969).
    """
    width = float(high) - float(low)
    mantissa, exponent = math.frexp(width)
    width_head = math.ldexp(math.floor(mantissa * 2.0**26), exponent - 26)
    width_tail = width - width_head
    for part in _chunks(unit):
        head = np.floor(part * 2.0**26) * 2.0**-26
        tail = part - head
        product = part * width
        product_rest = (head * width_head - product + head * width_tail + tail * width_head) + tail * width_tail
        total = product + low
        moved = total - product
        total_rest = (product - (total - moved)) + (low - moved)
        part[:] = total + (total_rest + product_rest)


def _chunks(array: np.ndarray) -> Iterator[np.ndarray]:
    """Consecutive parts of a vector, small enough that intermediate results stay in the cache."""
    return (array[start : start + CHUNK] for start in range(0, array.size, CHUNK))


def normal(
    shape: tuple[int, ...],
    dtype: DTypeLike,
    mean: float = 0.0,
    std: float = 1.0,
    *,
    generator: Generator | None = None,
    contiguous: bool = True,
) -> np.ndarray:
    """Samples of the normal distribution; complex ones have `mean` in both parts, which share the variance.

    From 16 samples on they come in blocks of 16, below that, or when `contiguous` says that the samples will be
    written to memory with gaps, in pairs, the second of which the generator keeps for the next call.
    Raises RuntimeError for a negative `std`, NotImplementedError for integers and booleans.
    Follows https://docs.pytorch.org/docs/stable/generated/torch.normal.html

    >>> normal((3,), np.float32, generator=Generator().manual_seed(0))
    array([ 1.5409961, -0.2934289, -2.1787894], dtype=float32)
    """
    dtype = np.dtype(dtype)
    if not std >= 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
    generator, count = generator or default_generator, math.prod(shape)
    if dtype.kind == "c":
        std = std / math.sqrt(2)
        parts = normal((*shape, 2), _part_dtype(dtype), mean, std, generator=generator, contiguous=contiguous)
        return parts.view(dtype).reshape(shape)
    check_kernel("normal_kernel_cpu", dtype, "f", count)
    if count >= BLOCK and contiguous:
        samples = _block_normals(count, dtype, generator)
    else:
        samples = _pair_normals(count, generator)
    if (mean, std) != (0, 1):
        samples *= std
        samples += mean
    return _rounded(samples, dtype).reshape(shape)


def _block_normals(count: int, dtype: np.dtype, generator: Generator) -> np.ndarray:
    """At least 16 standard normal samples, float64 where that is `dtype` and else float32."""
    unit = unit_doubles if dtype == np.float64 else unit_floats
    whole, rest = count - count % BLOCK, count % BLOCK
    # The last, broken block gives way to a whole one of fresh draws, laid over the end. The draws it would have used
    # are lost, but for float16, where PyTorch does not make them.
    lost = 0 if dtype == np.float16 else rest
    with generator.lock:
        samples = _box_muller(unit(whole + lost, generator)[:whole])
        if rest:
            samples = np.concatenate([samples[: whole + rest - BLOCK], _box_muller(unit(BLOCK, generator))])
    return samples


def _box_muller(unit: np.ndarray) -> np.ndarray:
    """Turns uniform samples into standard normal ones, in place, in blocks of 16.

    The first 8 of a block give the radii and the last 8 the angles (G. E. P. Box and M. E. Muller, 1958).
    """
    scalar = unit.dtype.type
    for part in _chunks(unit):
        blocks = part.reshape(-1, 2, BLOCK // 2)
        # The runs of 8 are gathered first: NumPy's loops pay per run.
        first, second = np.ascontiguousarray(blocks[:, 0]), np.ascontiguousarray(blocks[:, 1])
        radius = np.sqrt(scalar(-2) * np.log(1 - first))
        angle = scalar(2 * math.pi) * second
        blocks[:, 0] = radius * np.cos(angle)
        blocks[:, 1] = radius * np.sin(angle)
    return unit


def _pair_normals(count: int, generator: Generator) -> np.ndarray:
    """`count` standard normal samples, float64, the first of them the one the generator had left over."""
    if not count:
        return np.empty(0)
    with generator.lock:
        kept = generator.cached_normal
        pairs = (count + 1 if kept is None else count) // 2
        unit = unit_doubles(2 * pairs, generator).reshape(pairs, 2)
        angle, radius = 2 * math.pi * unit[:, 0], np.sqrt(-2 * np.log1p(-unit[:, 1]))
        unit[:, 0] = radius * np.cos(angle)
        unit[:, 1] = radius * np.sin(angle)
        samples = unit.reshape(-1) if kept is None else np.concatenate([[kept], unit.reshape(-1)])
        generator.cached_normal = float(samples[-1]) if samples.size > count else None
    return samples[:count]


def log_normal(
    shape: tuple[int, ...],
    dtype: DTypeLike,
    mean: float = 1.0,
    std: float = 2.0,
    *,
    generator: Generator | None = None,
) -> np.ndarray:
    """Samples whose logarithm is normal with `mean` and `std`.

    Raises RuntimeError unless `std` is positive, NotImplementedError for integers, booleans and complex numbers.
    Follows https://docs.pytorch.org/docs/stable/generated/torch.Tensor.log_normal_.html

    >>> log_normal((2,), np.float32, 0.0, 0.5, generator=Generator().manual_seed(0))
    array([2.1608422 , 0.86354053], dtype=float32)
    """
    dtype = np.dtype(dtype)
    if not std > 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std:g}")
    count = math.prod(shape)
    check_kernel("log_normal_cpu", dtype, "f", count)
    exponents = _pair_normals(count, generator or default_generator) * std + mean
    with np.errstate(over="ignore"):
        return _rounded(np.exp(exponents), dtype).reshape(shape)


def cauchy(
    shape: tuple[int, ...],
    dtype: DTypeLike,
    median: float = 0.0,
    sigma: float = 1.0,
    *,
    generator: Generator | None = None,
) -> np.ndarray:
    """Samples of the Cauchy distribution around `median`, half of them within `sigma` of it.

    Raises RuntimeError unless `sigma` is positive and `dtype` floating.
    Follows https://docs.pytorch.org/docs/stable/generated/torch.Tensor.cauchy_.html

    >>> cauchy((2,), np.float32, generator=Generator().manual_seed(0))
    array([10.59773  ,  0.7647673], dtype=float32)
    """
    dtype = np.dtype(dtype)
    if not sigma > 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma:g}")
    if not is_floating(dtype):
        raise RuntimeError(_not_continuous("Cauchy", C_NAMES[dtype]))
    unit = unit_doubles(math.prod(shape), generator or default_generator)
    return _rounded(median + sigma * np.tan(math.pi * (unit - 0.5)), dtype).reshape(shape)


def exponential(
    shape: tuple[int, ...], dtype: DTypeLike, lambd: float = 1.0, *, generator: Generator | None = None
) -> np.ndarray:
    """Samples of the exponential distribution with rate `lambd`.

    Raises RuntimeError unless `lambd` is positive and `dtype` floating.
    Follows https://docs.pytorch.org/docs/stable/generated/torch.Tensor.exponential_.html

    >>> exponential((2,), np.float32, generator=Generator().manual_seed(0))
    array([3.5083263, 1.2303847], dtype=float32)
    """
    dtype = np.dtype(dtype)
    if not lambd > 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd:g}")
    count = math.prod(shape)
    if count and not is_floating(dtype):
        raise RuntimeError(_not_continuous("Exponential", scalar_name(dtype)))
    samples = np.log1p(-unit_doubles(count, generator or default_generator))
    samples *= -1 / lambd
    return _rounded(samples, dtype).reshape(shape)


def _not_continuous(distribution: str, dtype: str) -> str:
    return (
        f"{distribution} distribution is a continuous probability distribution. "
        f"dtype must be a floating point but you specified {dtype}"
    )


def _part_dtype(dtype: np.dtype) -> type[np.floating]:
    return np.float32 if dtype == np.complex64 else np.float64


def _rounded(samples: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """`samples` as `dtype`; float16 by way of float32, as PyTorch rounds."""
    with np.errstate(over="ignore"):
        if dtype == np.float16:
            samples = samples.astype(np.float32, copy=False)
        return samples.astype(dtype, copy=False)
