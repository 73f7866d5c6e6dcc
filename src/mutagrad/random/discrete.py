"""Coins, counts and categories, equal to PyTorch's on the CPU.

Every function draws from `generator` (the default one when None) in C order and returns a new array. An argument that
PyTorch refuses raises its error before anything is drawn. Read `generator` first; `continuous` has the real numbers.

On Intel processors PyTorch hands `bernoulli` with one probability for all, dropout and `exponential` to Intel's
library, which makes other numbers than PyTorch on any other processor; here they are those of any other processor.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from .checks import check_kernel, is_floating, scalar_name
from .continuous import exponential, unit_doubles, unit_floats
from .generator import Generator, default_generator

if TYPE_CHECKING:
    from numpy.typing import DTypeLike


def bernoulli(
    shape: tuple[int, ...], dtype: DTypeLike, p: float | np.ndarray = 0.5, *, generator: Generator | None = None
) -> np.ndarray:
    """Ones with probability `p`, else zeros; an array `p` has a shape that broadcasts to `shape`.

    A float `p` and one of float64 are compared with 53 random bits, one of float32 or float16 with 24.
    Raises RuntimeError for a probability outside [0, 1], NotImplementedError for a complex `dtype` or a `p` of
    integers.
    Follows https://docs.pytorch.org/docs/stable/generated/torch.bernoulli.html

    >>> bernoulli((8,), np.float32, 0.5, generator=Generator().manual_seed(0))
    array([0., 0., 1., 0., 0., 0., 1., 1.], dtype=float32)
    """
    dtype, generator, count = np.dtype(dtype), generator or default_generator, math.prod(shape)
    if isinstance(p, np.ndarray):
        check_kernel("bernoulli_tensor_cpu_self_", dtype, "biuf", count)
        check_kernel("bernoulli_tensor_cpu_p_", p.dtype, "f", count)
        _check_probabilities(p)
        unit = unit_doubles if p.dtype == np.float64 else unit_floats
    else:
        _check_probability(p)
        check_kernel("bernoulli_scalar_cpu_", dtype, "biuf", count)
        unit = unit_doubles
    return (unit(count, generator).reshape(shape) < p).astype(dtype)


def _check_probability(p: float) -> None:
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")


def _check_probabilities(p: np.ndarray) -> None:
    if not ((p >= 0) & (p <= 1)).all():
        raise RuntimeError(
            "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  "
            "(Could this error message be improved?  If so, please report an enhancement request to PyTorch.)"
        )


def dropout_noise(
    shape: tuple[int, ...], dtype: DTypeLike, p: float = 0.5, *, generator: Generator | None = None
) -> np.ndarray:
    """What dropout multiplies by: 0 with probability `p`, else 1 / (1 - p).

    Nothing is drawn where nothing is to be decided: `p` of 0 gives ones, `p` of 1 zeros.
    Raises RuntimeError for `p` outside [0, 1] and for integers, NotImplementedError for complex numbers.
    Follows https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.dropout.html

    >>> dropout_noise((4,), np.float32, 0.2, generator=Generator().manual_seed(0))
    array([0.  , 1.25, 1.25, 0.  ], dtype=float32)
    """
    dtype = np.dtype(dtype)
    if not 0 <= p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {p:g}")
    if p in (0, 1) or 0 in shape:
        return np.full(shape, 1 - p, dtype)
    check_kernel("bernoulli_scalar_cpu_", dtype, "biuf")
    if not is_floating(dtype):
        raise RuntimeError(f"result type Float can't be cast to the desired output type {scalar_name(dtype)}")
    kept = bernoulli(shape, dtype, 1 - p, generator=generator)
    working = np.float64 if dtype == np.float64 else np.float32
    kept *= (working(1) / working(1 - p)).astype(dtype)
    return kept


def geometric(shape: tuple[int, ...], dtype: DTypeLike, p: float, *, generator: Generator | None = None) -> np.ndarray:
    """How many throws it takes to succeed, each with probability `p`: 1, 2, 3 …

    Raises RuntimeError unless 0 < p < 1, NotImplementedError for booleans and complex numbers.
    Follows https://docs.pytorch.org/docs/stable/generated/torch.Tensor.geometric_.html

    >>> geometric((4,), np.int64, 0.3, generator=Generator().manual_seed(0))
    array([1, 1, 3, 1])
    """
    dtype = np.dtype(dtype)
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
    count = math.prod(shape)
    check_kernel("geometric_cpu", dtype, "iuf", count)
    unit = unit_doubles(count, generator or default_generator)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        return np.ceil(np.log(unit) / math.log1p(-p)).astype(dtype).reshape(shape)


def multinomial(
    weights: np.ndarray, num_samples: int, replacement: bool = False, *, generator: Generator | None = None
) -> np.ndarray:
    """Indices drawn in proportion to `weights`, int64, for each row of them.

    Shapes: weights (categories) or (rows, categories), result (num_samples) or (rows, num_samples).
    Without replacement categories of weight 0 come last, in an order that need not be PyTorch's.
    Raises RuntimeError for weights that are negative, not finite or all 0, and for more samples than categories.
    Follows https://docs.pytorch.org/docs/stable/generated/torch.multinomial.html

    >>> multinomial(np.array([0.4, 0.4, 0.2]), 6, True, generator=Generator().manual_seed(0))
    array([2, 1, 1, 2, 1, 1])
    """
    generator = generator or default_generator
    _check_multinomial(weights, num_samples, replacement)
    if replacement and num_samples > 1:
        _check_rows(weights)
        return _with_replacement(weights, num_samples, generator)
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if (weights.sum(axis=-1) == 0).any():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
    # A race: of clocks that ring after exponential times, the order of ringing is the order of drawing.
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        scores = weights / exponential(weights.shape, weights.dtype, generator=generator)
    if num_samples == 1:
        return np.argmax(scores, axis=-1, keepdims=True)
    return np.argsort(-scores, axis=-1, kind="stable")[..., :num_samples]


def _check_multinomial(weights: np.ndarray, num_samples: int, replacement: bool) -> None:
    if weights.ndim not in (1, 2):
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if not is_floating(weights.dtype):
        name = scalar_name(weights.dtype)
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {name}")
    if num_samples <= 0:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    if not replacement and num_samples > weights.shape[-1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")


def _check_rows(weights: np.ndarray) -> None:
    if not (weights >= 0).all():
        raise RuntimeError("invalid multinomial distribution (encountering probability entry < 0)")
    if not np.isfinite(weights).all():
        raise RuntimeError("invalid multinomial distribution (encountering probability entry = infinity or NaN)")
    if (weights.sum(axis=-1) == 0).any():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")


def _with_replacement(weights: np.ndarray, num_samples: int, generator: Generator) -> np.ndarray:
    """For each of `num_samples` uniform numbers a row the first category whose cumulative share reaches it."""
    rows, categories = weights.reshape(-1, weights.shape[-1]).shape
    working = np.float64 if weights.dtype == np.float64 else np.float32
    shares = np.cumsum(weights.reshape(rows, categories), axis=-1, dtype=working)
    shares /= shares[:, -1:]
    shares[:, -1] = 1
    unit = unit_doubles(rows * num_samples, generator).reshape(rows, num_samples)
    # Complex numbers are ordered by the real part, then by the imaginary one: one search serves all rows.
    row = np.arange(rows)[:, None]
    found = np.searchsorted((row + 1j * shares).ravel(), row + 1j * unit) - row * categories
    return found.reshape(*weights.shape[:-1], num_samples)


def poisson(rate: np.ndarray, *, generator: Generator | None = None) -> np.ndarray:
    """Counts of independent events that happen `rate` times on average, in the dtype of `rate`.

    How many draws a count takes depends on those draws, so this is a loop over the elements, by nature.
    Raises RuntimeError for a negative rate, NotImplementedError unless `rate` is floating.
    Follows https://docs.pytorch.org/docs/stable/generated/torch.poisson.html

    >>> poisson(np.array([0.5, 4.0, 40.0]), generator=Generator().manual_seed(0))
    array([ 2.,  5., 36.])
    """
    generator = generator or default_generator
    check_kernel("poisson_cpu", rate.dtype, "f")
    if not (rate >= 0).all():
        raise RuntimeError("invalid Poisson rate, expected rate to be non-negative")
    with generator.lock, one_by_one(generator, 16 + 2 * rate.size) as unit:
        counts = [
            _count_by_rejection(mean, unit) if mean >= 10 else _count(mean, unit) for mean in rate.ravel().tolist()
        ]
    return np.array(counts, np.float64).astype(rate.dtype).reshape(rate.shape)


@contextmanager
def one_by_one(generator: Generator, ahead_by: int) -> Iterator[Iterator[float]]:
    """Uniform doubles drawn ahead in bulk; in the end the generator has moved on by those taken."""
    ahead, taken = generator.clone_state(), 0

    def doubles() -> Iterator[float]:
        nonlocal taken
        while True:
            for value in unit_doubles(min(ahead_by, 4096), ahead).tolist():
                taken += 1
                yield value

    yield doubles()
    generator.raw64(taken)


def _count(mean: float, unit: Iterator[float]) -> int:
    """How many uniform numbers can be multiplied before the product falls to exp(-mean) (D. E. Knuth, 1969)."""
    if mean == 0:
        return 0
    limit, product, count = math.exp(-mean), next(unit), 0
    while product > limit:
        product *= next(unit)
        count += 1
    return count


def _count_by_rejection(mean: float, unit: Iterator[float]) -> int:
    """Transformed rejection with squeeze, PTRS of W. Hörmann, 1993, for means from 10 on."""
    b = 0.931 + 2.53 * math.sqrt(mean)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    quick = 0.9277 - 3.6224 / (b - 2)
    while True:
        u, v = next(unit) - 0.5, next(unit)
        us = 0.5 - abs(u)
        if us == 0:
            continue
        count = math.floor((2 * a / us + b) * u + mean + 0.43)
        if us >= 0.07 and v <= quick:
            return count
        if count < 0 or (us < 0.013 and v > us):
            continue
        tried = math.log(v) + math.log(inverse_alpha) - math.log(a / (us * us) + b)
        if tried <= -mean + count * math.log(mean) - math.lgamma(count + 1):
            return count
