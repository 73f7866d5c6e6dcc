"""Random numbers written in place: `normal_`, `uniform_`, `random_`, `bernoulli_` and their like.

What was there before is overwritten, so its cotangent ends here. A write that is refused draws no numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from mutagrad import random
from mutagrad.batched import drawn_from
from mutagrad.declaration import composite
from mutagrad.ops.random import in_memory_order, layout_for, memory_order
from mutagrad.ops.writing import overwriting, write_new
from mutagrad.tensor import Tensor
from mutagrad.writability import check_overlap, check_writable

__all__: list[str] = []


def _fill(
    target: Tensor, writer: str, node_name: str, draw: Callable, *arguments: Any, generator: Any = None
) -> Tensor:
    """Writes samples `draw(shape, dtype, *arguments, generator=)` to all of `target`."""
    check_writable(target, (), writer)
    check_overlap(target, ())
    array = target._array
    more = layout_for(draw, array)
    samples = in_memory_order(array, lambda shape: draw(shape, array.dtype, *arguments, generator=generator, **more))
    return write_new(target, samples, writer, OVERWRITES[node_name])


OVERWRITES = {
    name: overwriting(name.split("Backward")[0].lower(), name)
    for name in (
        "BernoulliBackward1",
        "BernoulliBackward2",
        "CauchyBackward0",
        "ExponentialBackward0",
        "GeometricBackward0",
        "LogNormalBackward0",
        "NormalBackward0",
        "RandomBackward0",
        "RandomBackward1",
        "RandomBackward2",
        "UniformBackward0",
    )
}


@composite()
def normal_(self: Tensor, mean: float = 0, std: float = 1, *, generator: Any = None) -> Tensor:
    """Fills with samples of the normal distribution. Raises RuntimeError for a negative `std`."""
    return _fill(self, "normal_", "NormalBackward0", random.normal, mean, std, generator=generator)


@composite()
def uniform_(self: Tensor, *bounds: float, generator: Any = None, **named: float) -> Tensor:
    """Fills with samples uniform on [from, to), by default [0, 1).

    >>> import mutagrad
    >>> _ = mutagrad.manual_seed(0)
    >>> mutagrad.zeros(2).uniform_(-1, 1)
    tensor([-0.0075,  0.5364])
    """
    low, high = {**{"from": 0.0, "to": 1.0}, **dict(zip(("from", "to"), bounds)), **named}.values()
    return _fill(self, "uniform_", "UniformBackward0", random.uniform, low, high, generator=generator)


@composite()
def random_(self: Tensor, *bounds: int, generator: Any = None, **named: int) -> Tensor:
    """Fills with whole numbers: on [from, to), on [0, to), or on all that the dtype has from 0 on."""
    given = {**dict(zip(("from", "to") if len(bounds) > 1 else ("to",), bounds)), **named}
    low, high = given.get("from", 0 if given else None), given.get("to")
    return _fill(self, "random_", f"RandomBackward{2 - len(given)}", random.integers, low, high, generator=generator)


@composite()
def bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Any = None) -> Tensor:
    """Fills with ones with probability `p`, a number or a tensor of probabilities, else zeros."""
    if not isinstance(p, Tensor):
        return _fill(self, "bernoulli_", "BernoulliBackward2", random.bernoulli, p, generator=generator)
    check_writable(self, (), "bernoulli_")
    check_overlap(self, ())
    dt = self._array.dtype
    order = memory_order(self._array)
    odds = np.broadcast_to(p._array, self._array.shape).transpose(order)
    samples = drawn_from(partial(_bernoulli_of, dt, generator), odds).transpose(np.argsort(order))
    return write_new(self, samples, "bernoulli_", OVERWRITES["BernoulliBackward1"])


def _bernoulli_of(dt: np.dtype, generator: Any, odds: np.ndarray) -> np.ndarray:
    return random.bernoulli(odds.shape, dt, odds, generator=generator)


@composite()
def exponential_(self: Tensor, lambd: float = 1, *, generator: Any = None) -> Tensor:
    """Fills with samples of the exponential distribution with rate `lambd`."""
    return _fill(self, "exponential_", "ExponentialBackward0", random.exponential, lambd, generator=generator)


@composite()
def geometric_(self: Tensor, p: float, *, generator: Any = None) -> Tensor:
    """Fills with how many throws it takes to succeed, each with probability `p`."""
    return _fill(self, "geometric_", "GeometricBackward0", random.geometric, p, generator=generator)


@composite()
def cauchy_(self: Tensor, median: float = 0, sigma: float = 1, *, generator: Any = None) -> Tensor:
    """Fills with samples of the Cauchy distribution."""
    return _fill(self, "cauchy_", "CauchyBackward0", random.cauchy, median, sigma, generator=generator)


@composite()
def log_normal_(self: Tensor, mean: float = 1, std: float = 2, *, generator: Any = None) -> Tensor:
    """Fills with samples whose logarithm is normal with `mean` and `std`."""
    return _fill(self, "log_normal_", "LogNormalBackward0", random.log_normal, mean, std, generator=generator)
