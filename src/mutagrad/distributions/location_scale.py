"""Distributions over all real numbers that are moved by `loc` and stretched by `scale`: Normal, Laplace, Cauchy.

A sample is one of the standard distribution, moved and stretched, so that gradients reach both parameters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mutagrad.distributions import constraints
from mutagrad.distributions.distribution import Parametrised
from mutagrad.distributions.parameters import broadcast_all, standard_normal
from mutagrad.dtypes import finfo
from mutagrad.modes import no_grad
from mutagrad.ops.creation import full_like
from mutagrad.ops.random import normal
from mutagrad.tensor import Tensor

__all__ = ["Cauchy", "Laplace", "Normal"]


class LocationScale(Parametrised):
    """The standard distribution of a kind, moved by `loc` and stretched by `scale`."""

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        super().__init__(self.loc.size(), validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    def _standard(self, value: Tensor) -> Tensor:
        """Where `value` is in the standard distribution."""
        if self._validate_args:
            self._validate_sample(value)
        return (value - self.loc) / self.scale


class Normal(LocationScale):
    """The normal distribution with mean `loc` and standard deviation `scale`.

    >>> import mutagrad as torch
    >>> _ = torch.manual_seed(0)
    >>> Normal(0.0, 1.0).sample((2,))
    tensor([ 1.5410, -0.2934])
    >>> Normal(torch.zeros(2), 1.0).log_prob(torch.tensor([0.0, 1.0]))
    tensor([-0.9189, -1.4189])
    """

    @property
    def stddev(self) -> Tensor:
        return self.scale

    @property
    def variance(self) -> Tensor:
        return self.scale.pow(2)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        with no_grad():
            return normal(self.loc.expand(shape), self.scale.expand(shape))

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self.loc + standard_normal(self._extended_shape(sample_shape), self.loc) * self.scale

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        square = (value - self.loc) ** 2 / (2 * self.variance)
        return -square - self.scale.log() - math.log(math.sqrt(2 * math.pi))

    def cdf(self, value: Tensor) -> Tensor:
        return 0.5 * (1 + (self._standard(value) / math.sqrt(2)).erf())

    def icdf(self, value: Tensor) -> Tensor:
        return self.loc + self.scale * (2 * value - 1).erfinv() * math.sqrt(2)

    def entropy(self) -> Tensor:
        return 0.5 + 0.5 * math.log(2 * math.pi) + self.scale.log()


class Laplace(LocationScale):
    """The Laplace distribution: exponential on both sides of `loc`, with mean distance `scale`.

    >>> Laplace(0.0, 1.0).entropy()
    tensor(1.6931)
    """

    @property
    def stddev(self) -> Tensor:
        return math.sqrt(2) * self.scale

    @property
    def variance(self) -> Tensor:
        return 2 * self.scale.pow(2)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        # The lower bound is left out, at which the logarithm below would be infinite.
        start = finfo(self.loc.dtype).eps - 1
        u = self.loc.new_empty(self._extended_shape(sample_shape)).uniform_(start, 1)
        return self.loc - self.scale * u.sign() * (-u.abs()).log1p()

    def log_prob(self, value: Tensor) -> Tensor:
        return -(2 * self.scale).log() - self._standard(value).abs()

    def cdf(self, value: Tensor) -> Tensor:
        standard = self._standard(value)
        return 0.5 - 0.5 * standard.sign() * (-standard.abs()).expm1()

    def icdf(self, value: Tensor) -> Tensor:
        beside = value - 0.5
        return self.loc - self.scale * beside.sign() * (-2 * beside.abs()).log1p()

    def entropy(self) -> Tensor:
        return 1 + (2 * self.scale).log()


class Cauchy(LocationScale):
    """The Cauchy distribution with median `loc` and half width at half maximum `scale`; it has no mean.

    >>> import mutagrad as torch
    >>> Cauchy(0.0, 1.0).cdf(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([0.2500, 0.5000, 0.7500])
    """

    @property
    def mean(self) -> Tensor:
        return full_like(self.loc, math.nan)

    @property
    def variance(self) -> Tensor:
        return full_like(self.loc, math.inf)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        eps = self.loc.new_empty(self._extended_shape(sample_shape)).cauchy_()
        return self.loc + eps * self.scale

    def log_prob(self, value: Tensor) -> Tensor:
        return -math.log(math.pi) - self.scale.log() - (self._standard(value) ** 2).log1p()

    def cdf(self, value: Tensor) -> Tensor:
        return self._standard(value).atan() / math.pi + 0.5

    def icdf(self, value: Tensor) -> Tensor:
        return (math.pi * (value - 0.5)).tan() * self.scale + self.loc

    def entropy(self) -> Tensor:
        return math.log(4 * math.pi) + self.scale.log()
