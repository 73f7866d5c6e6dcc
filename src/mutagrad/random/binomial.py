"""Numbers of successes, equal to PyTorch's on the CPU.

Follows W. Hörmann (1993), "The generation of binomial random variates": for ten expected successes or more his
transformed rejection BTRS, below that the sum of waiting times between successes.
"""

import math
from collections.abc import Iterator

import numpy as np

from .checks import is_floating, scalar_name
from .discrete import one_by_one
from .generator import Generator, default_generator


def binomial(count: np.ndarray, prob: np.ndarray, *, generator: Generator | None = None) -> np.ndarray:
    """How often of `count` times something happens that has probability `prob`, in the shape and dtype of both.

    How many draws a number takes depends on those draws, so this is a loop over the elements, by nature.
    Raises ValueError unless `count` is floating, RuntimeError for two dtypes.
    Follows https://docs.pytorch.org/docs/stable/generated/torch.binomial.html

    >>> binomial(np.full(3, 10.0), np.full(3, 0.5), generator=Generator().manual_seed(0))
    array([7., 5., 5.])
    """
    generator = generator or default_generator
    for name, given in (("count", count), ("prob", prob)):
        if not is_floating(given.dtype):
            raise ValueError(
                f"binomial only supports floating-point dtypes for {name}, got: {scalar_name(given.dtype)}"
            )
    if count.dtype != prob.dtype:
        raise RuntimeError(f"Found dtype {scalar_name(prob.dtype)} but expected {scalar_name(count.dtype)}")
    if count.dtype == np.float16:
        raise NotImplementedError("\"binomial_cpu\" not implemented for 'Half'")
    n, p = (each.astype(np.float64) for each in np.broadcast_arrays(count, prob))
    with generator.lock, one_by_one(generator, 16 + 2 * n.size) as unit:
        drawn = [_successes(*pair, unit) for pair in zip(n.ravel().tolist(), p.ravel().tolist())]
    return np.array(drawn, np.float64).astype(count.dtype).reshape(n.shape)


def _successes(n: float, p: float, unit: Iterator[float]) -> float:
    if math.isnan(n) or math.isnan(p):
        return math.nan
    if n <= 0 or p <= 0:
        return 0
    if p >= 1:
        return n
    rarer = min(p, 1 - p)
    draw = _by_rejection if n * rarer >= 10 else _by_waiting
    return draw(n, rarer, unit) if p <= 0.5 else n - draw(n, rarer, unit)


def _by_waiting(n: float, p: float, unit: Iterator[float]) -> int:
    """How many geometric waiting times fit into `n` trials."""
    waited, successes = 0.0, 0
    while True:
        u = next(unit)
        waited += math.ceil(math.log(u) / math.log1p(-p)) if u else math.inf
        if waited > n:
            return successes
        successes += 1


def _by_rejection(n: float, p: float, unit: Iterator[float]) -> float:
    deviation = math.sqrt(n * p * (1 - p))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * p
    centre, quick = n * p + 0.5, 0.92 - 4.2 / b
    odds, alpha, mode = p / (1 - p), (2.83 + 5.1 / b) * deviation, math.floor((n + 1) * p)
    while True:
        u, v = next(unit) - 0.5, next(unit)
        us = 0.5 - abs(u)
        k = math.floor((2 * a / us + b) * u + centre) if us else -1
        if us >= 0.07 and v <= quick:
            return k
        if not 0 <= k <= n:
            continue
        tried = math.log(v * alpha / (a / (us * us) + b)) if v else -math.inf
        bound = (
            (mode + 0.5) * math.log((mode + 1) / (odds * (n - mode + 1)))
            + (n + 1) * math.log((n - mode + 1) / (n - k + 1))
            + (k + 0.5) * math.log(odds * (n - k + 1) / (k + 1))
            + _stirling(mode)
            + _stirling(n - mode)
            - _stirling(k)
            - _stirling(n - k)
        )
        if tried <= bound:
            return k


_TAIL = [math.lgamma(k + 1) - (k + 0.5) * math.log(k + 1) + (k + 1) - 0.5 * math.log(2 * math.pi) for k in range(10)]


def _stirling(k: float) -> float:
    """What Stirling's formula for the logarithm of k! leaves out."""
    if k < 10:
        return _TAIL[int(k)]
    squared = (k + 1) ** 2
    return (1 / 12 - (1 / 360 - 1 / 1260 / squared) / squared) / (k + 1)
