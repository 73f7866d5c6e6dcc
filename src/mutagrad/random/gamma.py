"""Samples of gamma distributions, number for number those of PyTorch on the CPU."""

import math
from collections.abc import Callable, Iterator

import numpy as np

from .discrete import one_by_one
from .generator import Generator, default_generator

_THIRD = float(np.float32(1 / 3))
"""PyTorch has it in single precision, whatever the samples are."""


def standard_gamma(concentration: np.ndarray, *, generator: Generator | None = None) -> np.ndarray:
    """Samples of gamma distributions with rate one, float64 in the shape of `concentration`.

    By rejection (G. Marsaglia and W. W. Tsang, 2000), so this is a loop over the elements, by nature.

    >>> standard_gamma(np.array([2.0, 2.0]), generator=Generator().manual_seed(0)).shape
    (2,)
    """
    generator = generator or default_generator
    with generator.lock, one_by_one(generator, 16 + 4 * concentration.size) as unit:
        normal = _normals(generator, unit)
        drawn = [_sample(each, unit, normal) for each in concentration.astype(np.float64).ravel().tolist()]
    return np.array(drawn, np.float64).reshape(concentration.shape)


def _normals(generator: Generator, unit: Iterator[float]) -> Callable[[], float]:
    """Draws standard normal numbers in pairs, the second of which the generator keeps for the next time."""

    def normal() -> float:
        kept = generator.cached_normal
        if kept is not None:
            generator.cached_normal = None
            return kept
        angle, radius = 2 * math.pi * next(unit), math.sqrt(-2 * math.log1p(-next(unit)))
        generator.cached_normal = radius * math.sin(angle)
        return radius * math.cos(angle)

    return normal


def _sample(concentration: float, unit: Iterator[float], normal: Callable[[], float]) -> float:
    if not concentration > 0:
        return concentration  # zero, or NaN
    scale = 1.0
    if concentration < 1:
        scale = (1 - next(unit)) ** (1 / concentration)
        concentration += 1
    d = concentration - _THIRD
    c = 1 / math.sqrt(9 * d)
    while True:
        x = normal()
        y = 1 + c * x
        if y <= 0:
            continue
        v, u = y**3, 1 - next(unit)
        if u < 1 - 0.0331 * x**4 or math.log(u) < 0.5 * x * x + d * (1 - v + math.log(v)):
            return scale * d * v
