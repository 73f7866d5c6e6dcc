"""`TransformedDistribution`, and the named distributions that are one: LogNormal, HalfNormal, Gumbel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mutagrad.distributions import constraints
from mutagrad.distributions.bounded import Uniform
from mutagrad.distributions.distribution import Distribution, Parametrised
from mutagrad.distributions.independent import Independent, sum_rightmost
from mutagrad.distributions.location_scale import Normal
from mutagrad.distributions.parameters import broadcast_all
from mutagrad.distributions.transforms import AbsTransform, AffineTransform, ComposeTransform, ExpTransform, Transform
from mutagrad.dtypes import finfo
from mutagrad.modes import no_grad
from mutagrad.ops.creation import full_like, ones_like, zeros_like
from mutagrad.tensor import Size, Tensor

__all__ = ["Gumbel", "HalfNormal", "LogNormal", "TransformedDistribution"]

EULER = 0.57721566490153286060


class TransformedDistribution(Parametrised):
    """Samples of `base_distribution`, passed through `transforms` one after the other.

    >>> import mutagrad as torch
    >>> from mutagrad.distributions.transforms import TanhTransform
    >>> squashed = TransformedDistribution(Normal(0.0, 1.0), TanhTransform())
    >>> squashed.log_prob(torch.tensor(0.5))
    tensor(-0.7821)
    """

    arg_constraints: Any = {}

    def __init__(
        self,
        base_distribution: Distribution,
        transforms: Transform | list[Transform],
        validate_args: bool | None = None,
    ) -> None:
        self.transforms = [transforms] if isinstance(transforms, Transform) else transforms
        if not (isinstance(self.transforms, list) and all(isinstance(each, Transform) for each in self.transforms)):
            raise ValueError(f"transforms must be a Transform or list, but was {transforms}")
        transform = ComposeTransform(self.transforms)
        own_dims, domain_dims = len(base_distribution.event_shape), transform.domain.event_dim
        shape = base_distribution.batch_shape + base_distribution.event_shape
        if len(shape) < domain_dims:
            raise ValueError(
                f"base_distribution needs to have shape with size at least {domain_dims}, but got {shape}."
            )
        image = Size(transform.forward_shape(shape))
        needed = Size(transform.inverse_shape(image))
        if needed != shape:
            base_distribution = base_distribution.expand(needed[: len(needed) - own_dims])
        if domain_dims > own_dims:
            base_distribution = Independent(base_distribution, domain_dims - own_dims)
        self.base_dist = base_distribution
        kept = len(image) - transform.codomain.event_dim - max(own_dims - domain_dims, 0)
        super().__init__(image[:kept], image[kept:], validate_args=validate_args)

    has_rsample: Any = property(lambda self: self.base_dist.has_rsample)

    def _support(self) -> Any:
        if not self.transforms:
            return self.base_dist.support
        codomain = self.transforms[-1].codomain
        more = len(self._event_shape) - codomain.event_dim
        return constraints.independent(codomain, more) if more > 0 else codomain

    support: Any = constraints.dependent_property(_support, is_discrete=False)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        with no_grad():
            return self._forward(self.base_dist.sample(sample_shape))

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self._forward(self.base_dist.rsample(sample_shape))

    def _forward(self, x: Tensor) -> Tensor:
        for transform in self.transforms:
            x = transform(x)
        return x

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        event_dim = len(self._event_shape)
        growth: Any = 0.0
        for transform in reversed(self.transforms):
            before = transform.inv(value)
            event_dim += transform.domain.event_dim - transform.codomain.event_dim
            here = transform.log_abs_det_jacobian(before, value)
            growth = growth + sum_rightmost(here, event_dim - transform.domain.event_dim)
            value = before
        log_prob = self.base_dist.log_prob(value)
        return sum_rightmost(log_prob, event_dim - len(self.base_dist.event_shape)) - growth

    def _rising(self, probability: Tensor) -> Tensor:
        """One minus the probability where the transforms fall."""
        sign: Any = math.prod([transform.sign for transform in self.transforms])
        return probability if isinstance(sign, int) and sign == 1 else sign * (probability - 0.5) + 0.5

    def cdf(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        for transform in reversed(self.transforms):
            value = transform.inv(value)
        return self._rising(self.base_dist.cdf(value))

    def icdf(self, value: Tensor) -> Tensor:
        return self._forward(self.base_dist.icdf(self._rising(value)))


class LogNormal(TransformedDistribution):
    """A positive number whose logarithm is normal with `loc` and `scale`.

    >>> LogNormal(0.0, 1.0).mean
    tensor(1.6487)
    """

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.positive
    has_rsample = True
    base_dist: Normal

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(Normal(loc, scale), ExpTransform(), validate_args=validate_args)

    @property
    def loc(self) -> Tensor:
        """The mean of the logarithm."""
        return self.base_dist.loc

    @property
    def scale(self) -> Tensor:
        """The standard deviation of the logarithm."""
        return self.base_dist.scale

    @property
    def mean(self) -> Tensor:
        return (self.loc + self.scale.pow(2) / 2).exp()

    @property
    def mode(self) -> Tensor:
        return (self.loc - self.scale.pow(2)).exp()

    @property
    def variance(self) -> Tensor:
        square = self.scale.pow(2)
        return square.expm1() * (2 * self.loc + square).exp()

    def entropy(self) -> Tensor:
        return self.base_dist.entropy() + self.loc


class HalfNormal(TransformedDistribution):
    """The absolute value of a normal number with mean zero and standard deviation `scale`.

    >>> HalfNormal(1.0).mean
    tensor(0.7979)
    """

    arg_constraints = {"scale": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True
    base_dist: Normal

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(Normal(0, scale, validate_args=False), AbsTransform(), validate_args=validate_args)

    @property
    def scale(self) -> Tensor:
        """The standard deviation of the number whose absolute value it is."""
        return self.base_dist.scale

    @property
    def mean(self) -> Tensor:
        return self.scale * math.sqrt(2 / math.pi)

    @property
    def mode(self) -> Tensor:
        return zeros_like(self.scale)

    @property
    def variance(self) -> Tensor:
        return self.scale.pow(2) * (1 - 2 / math.pi)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        log_prob = self.base_dist.log_prob(value) + math.log(2)
        return log_prob.masked_fill(value < 0, -math.inf)

    def cdf(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return 2 * self.base_dist.cdf(value) - 1

    def icdf(self, value: Tensor) -> Tensor:
        return self.base_dist.icdf((value + 1) / 2)

    def entropy(self) -> Tensor:
        return self.base_dist.entropy() - math.log(2)


class Gumbel(TransformedDistribution):
    """The Gumbel distribution: the largest of many numbers, moved by `loc` and stretched by `scale`.

    >>> Gumbel(0.0, 1.0).mean
    tensor(0.5772)
    """

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        limits = finfo(self.loc.dtype)
        base = Uniform(full_like(self.loc, limits.tiny), full_like(self.loc, 1 - limits.eps), validate_args=False)
        # -log(-log(u)), moved and stretched
        transforms: list[Transform] = [
            ExpTransform().inv,
            AffineTransform(0, -ones_like(self.scale)),
            ExpTransform().inv,
            AffineTransform(self.loc, -self.scale),
        ]
        super().__init__(base, transforms, validate_args=validate_args)

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Gumbel:
        new = super().expand(batch_shape, _instance)
        ones = ones_like(new.scale)
        new.transforms = [
            self.transforms[0],
            AffineTransform(0, -ones),
            self.transforms[2],
            AffineTransform(new.loc, -new.scale),
        ]
        return new

    @property
    def mean(self) -> Tensor:
        return self.loc + self.scale * EULER

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def stddev(self) -> Tensor:
        return (math.pi / math.sqrt(6)) * self.scale

    @property
    def variance(self) -> Tensor:
        return self.stddev.pow(2)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        y = (self.loc - value) / self.scale
        return (y - y.exp()) - self.scale.log()

    def entropy(self) -> Tensor:
        return self.scale.log() + (1 + EULER)
