"""The gamma distribution and those made of it: Gamma, Chi2, Dirichlet, Beta, StudentT.

Samples are found by rejection, which has no derivative. How a sample moves with its concentration follows from its
quantile, which stays (M. Figurnov, S. Mohamed, A. Mnih, "Implicit Reparameterization Gradients", 2018): it is the
derivative of the inverse distribution function, taken by differences of the fourth order. Samples of the gamma
distribution have a second derivative, too; beyond that, and beyond the first of shares, differentiating raises.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mutagrad import random
from mutagrad.autograd.function import Function
from mutagrad.deferred import Deferred
from mutagrad.distributions import constraints
from mutagrad.distributions.distribution import Parametrised
from mutagrad.distributions.parameters import broadcast_all, standard_normal
from mutagrad.dtypes import finfo
from mutagrad.modes import is_grad_enabled
from mutagrad.nn.functional.layer import one_hot
from mutagrad.ops.distributions import igamma
from mutagrad.ops.exponential import xlogy
from mutagrad.ops.joining import stack
from mutagrad.ops.selection import where
from mutagrad.tangents import may_have_tangent
from mutagrad.tensor import Tensor, wrap

__all__ = ["Beta", "Chi2", "Dirichlet", "Gamma", "StudentT"]

special = Deferred("scipy.special")
Slope = Callable[[np.ndarray], np.ndarray]

# How samples move ---------------------------------------------------------------------------------------------------


def _slope(function: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """The derivative of a smooth function of positive numbers."""
    h = 1e-3 * x
    return (8 * (function(x + h) - function(x - h)) - (function(x + 2 * h) - function(x - 2 * h))) / (12 * h)


def _curvature(function: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """The second derivative of a smooth function of positive numbers."""
    h = 3e-3 * x
    near, far = function(x + h) + function(x - h), function(x + 2 * h) + function(x - 2 * h)
    return (16 * near - far - 30 * function(x)) / (12 * h * h)


def _log_quantile(concentration: np.ndarray, sample: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """The logarithm of what takes the sample's place at other concentrations: what has the same quantile."""
    below, above = special.gammainc(concentration, sample), special.gammaincc(concentration, sample)

    def log_quantile(at: np.ndarray) -> np.ndarray:
        # From the nearer tail, whose probability is exact.
        near = np.where(below < 0.5, special.gammaincinv(at, below), special.gammainccinv(at, above))
        return np.log(near)

    return log_quantile


def gamma_slope(concentration: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """How a sample moves with its concentration while its quantile stays.

    >>> gamma_slope(np.array([1.0]), np.array([1.0])).round(4)
    array([1.1736])
    """
    with np.errstate(all="ignore"):
        slope = _slope(_log_quantile(concentration, sample), concentration)
        return np.nan_to_num(sample * slope, posinf=0, neginf=0)


def gamma_curvature(concentration: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """How the slope of a sample moves with its concentration: the sample is exp(L), so this is (L'' + L' L') exp(L).

    >>> gamma_curvature(np.array([1.0]), np.array([1.0])).round(4)
    array([-0.0689])
    """
    log_quantile = _log_quantile(concentration, sample)
    with np.errstate(all="ignore"):
        slope, curvature = _slope(log_quantile, concentration), _curvature(log_quantile, concentration)
        return np.nan_to_num(sample * (curvature + slope * slope), posinf=0, neginf=0)


def share_slope(concentration: np.ndarray, rest: np.ndarray, share: np.ndarray) -> np.ndarray:
    """How a beta sample moves with its first concentration while its quantile stays, over one minus the sample."""
    lower, upper = np.minimum(share, 0.5), np.minimum(1 - share, 0.5)
    below, above = special.betainc(concentration, rest, lower), special.betainc(rest, concentration, upper)
    with np.errstate(all="ignore"):
        from_below = _slope(lambda at: np.log(special.betaincinv(at, rest, below)), concentration)
        from_above = _slope(lambda at: np.log(special.betaincinv(rest, at, above)), concentration)
        slope = np.where(share < 0.5, share / (1 - share) * from_below, -from_above)
        return np.nan_to_num(slope, posinf=0, neginf=0)


class _Derived(Function):
    """Values of a function of a tensor, with those of its derivatives that are given with it."""

    @staticmethod
    def forward(at: Tensor, value: Slope, *derivatives: Slope) -> Tensor:
        return wrap(value(at._array.astype(np.float64)).astype(at._array.dtype))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple, output: Tensor) -> None:
        at, _, *ctx.derivatives = inputs
        ctx.save_for_backward(at)
        ctx.save_for_forward(at)

    @staticmethod
    def backward(ctx: Any, ct: Tensor) -> tuple:
        return ct * _Derived._next(ctx), *[None] * (1 + len(ctx.derivatives))

    @staticmethod
    def jvp(ctx: Any, tangent: Tensor, *_: Any) -> Tensor:
        return tangent * _Derived._next(ctx)

    @staticmethod
    def _next(ctx: Any) -> Tensor:
        if not ctx.derivatives:
            raise RuntimeError("there is no further derivative of samples by their concentrations")
        return _Derived.apply(*ctx.saved_tensors, *ctx.derivatives)


def _following(concentration: Tensor, *derivatives: Slope) -> Tensor | None:
    """Zeros whose derivatives by `concentration` are those given; None where nobody asks for any."""
    if (concentration.requires_grad and is_grad_enabled()) or may_have_tangent((concentration,)):
        return _Derived.apply(concentration, np.zeros_like, *derivatives)
    return None


# Distributions ------------------------------------------------------------------------------------------------------


class Gamma(Parametrised):
    """The gamma distribution: the time until something happened `concentration` times that happens at `rate`.

    >>> import mutagrad as torch
    >>> Gamma(2.0, 4.0).mean, Gamma(1.0, 1.0).log_prob(torch.tensor(2.0))
    (tensor(0.5000), tensor(-2.))
    """

    arg_constraints = {"concentration": constraints.positive, "rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        self.concentration, self.rate = broadcast_all(concentration, rate)
        super().__init__(self.concentration.size(), validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.concentration / self.rate

    @property
    def mode(self) -> Tensor:
        return ((self.concentration - 1) / self.rate).clamp(min=0)

    @property
    def variance(self) -> Tensor:
        return self.concentration / self.rate.pow(2)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        concentration = self.concentration.expand(self._extended_shape(sample_shape))
        given = concentration.detach()._array
        tiny = finfo(self.rate.dtype).tiny
        drawn = random.standard_gamma(given)
        standard = wrap(np.maximum(drawn, tiny).astype(given.dtype))
        moving = _following(concentration, lambda at: gamma_slope(at, drawn), lambda at: gamma_curvature(at, drawn))
        if moving is not None:
            standard = standard + moving
        value = standard / self.rate
        value.detach().clamp_(min=tiny)  # the density may be infinite at zero
        return value

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        a, rate = self.concentration, self.rate
        return xlogy(a, rate) + xlogy(a - 1, value) - rate * value - a.lgamma()

    def cdf(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return igamma(self.concentration, self.rate * value)

    def entropy(self) -> Tensor:
        a = self.concentration
        return a - self.rate.log() + a.lgamma() + (1 - a) * a.digamma()


class Chi2(Gamma):
    """The sum of the squares of `df` standard normal numbers.

    >>> Chi2(3.0).variance
    tensor(6.)
    """

    arg_constraints = {"df": constraints.positive}

    def __init__(self, df: Any, validate_args: bool | None = None) -> None:
        super().__init__(0.5 * df, 0.5, validate_args)

    @property
    def df(self) -> Tensor:
        """The degrees of freedom."""
        return self.concentration * 2


class Dirichlet(Parametrised):
    """Vectors of shares that add up to one: gamma samples over their sum.

    >>> import mutagrad as torch
    >>> Dirichlet(torch.tensor([1.0, 3.0])).mean
    tensor([0.2500, 0.7500])
    """

    arg_constraints = {"concentration": constraints.independent(constraints.positive, 1)}
    support = constraints.simplex
    has_rsample = True

    def __init__(self, concentration: Tensor, validate_args: bool | None = None) -> None:
        if concentration.dim() < 1:
            raise ValueError("`concentration` parameter must be at least one-dimensional.")
        self.concentration = concentration
        super().__init__(concentration.shape[:-1], concentration.shape[-1:], validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.concentration / self.concentration.sum(-1, True)

    @property
    def mode(self) -> Tensor:
        above = (self.concentration - 1).clamp(min=0)
        corner = one_hot(above.argmax(-1), above.shape[-1]).type_as(above)
        return where((self.concentration < 1).all(-1, True), corner, above / above.sum(-1, True))

    @property
    def variance(self) -> Tensor:
        total = self.concentration.sum(-1, True)
        return self.concentration * (total - self.concentration) / (total.pow(2) * (total + 1))

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        concentration = self.concentration.expand(self._extended_shape(sample_shape))
        given = concentration.detach()._array
        gammas = random.standard_gamma(given)
        shares = gammas / gammas.sum(-1, keepdims=True)
        limits = np.finfo(given.dtype)
        shares = shares.clip(limits.tiny, 1 - limits.epsneg)
        sample = wrap(shares.astype(given.dtype))
        moving = _following(concentration, lambda at: share_slope(at, at.sum(-1, keepdims=True) - at, shares))
        # When one share grows, the others shrink in proportion.
        return sample if moving is None else sample + (moving - sample * moving.sum(-1, True))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        a = self.concentration
        return xlogy(a - 1, value).sum(-1) + a.sum(-1).lgamma() - a.lgamma().sum(-1)

    def entropy(self) -> Tensor:
        a, total = self.concentration, self.concentration.sum(-1)
        scale = a.lgamma().sum(-1) - total.lgamma()
        return scale - (a.size(-1) - total) * total.digamma() - ((a - 1) * a.digamma()).sum(-1)


class Beta(Parametrised):
    """A number between zero and one, the first share of a Dirichlet distribution over two.

    >>> import mutagrad as torch
    >>> Beta(2.0, 2.0).log_prob(torch.tensor(0.5)).exp()
    tensor(1.5000)
    """

    arg_constraints = {"concentration1": constraints.positive, "concentration0": constraints.positive}
    support = constraints.unit_interval
    has_rsample = True

    def __init__(self, concentration1: Any, concentration0: Any, validate_args: bool | None = None) -> None:
        self._dirichlet = Dirichlet(stack(broadcast_all(concentration1, concentration0), -1))
        super().__init__(self._dirichlet._batch_shape, validate_args=validate_args)

    @property
    def concentration1(self) -> Tensor:
        """The weight of one."""
        return self._dirichlet.concentration[..., 0]

    @property
    def concentration0(self) -> Tensor:
        """The weight of zero."""
        return self._dirichlet.concentration[..., 1]

    @property
    def mean(self) -> Tensor:
        return self.concentration1 / (self.concentration1 + self.concentration0)

    @property
    def mode(self) -> Tensor:
        return self._dirichlet.mode[..., 0]

    @property
    def variance(self) -> Tensor:
        total = self.concentration1 + self.concentration0
        return self.concentration1 * self.concentration0 / (total.pow(2) * (total + 1))

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return self._dirichlet.rsample(sample_shape).select(-1, 0)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return self._dirichlet.log_prob(stack([value, 1.0 - value], -1))

    def entropy(self) -> Tensor:
        return self._dirichlet.entropy()


class StudentT(Parametrised):
    """Student's t distribution with `df` degrees of freedom, moved by `loc` and stretched by `scale`.

    >>> StudentT(4.0).variance
    tensor(2.)
    """

    arg_constraints = {"df": constraints.positive, "loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True

    def __init__(self, df: Any, loc: Any = 0.0, scale: Any = 1.0, validate_args: bool | None = None) -> None:
        self.df, self.loc, self.scale = broadcast_all(df, loc, scale)
        self._chi2 = Chi2(self.df)
        super().__init__(self.df.size(), validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.loc.masked_fill(self.df <= 1, math.nan)

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        variance = self.scale.pow(2) * self.df / (self.df - 2)
        return variance.masked_fill(self.df <= 2, math.inf).masked_fill(self.df <= 1, math.nan)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        normal = standard_normal(self._extended_shape(sample_shape), self.df)
        return self.loc + self.scale * (normal * (self._chi2.rsample(sample_shape) / self.df).rsqrt())

    def _log_normaliser(self) -> Tensor:
        return 0.5 * (self.df * math.pi).log() + (0.5 * self.df).lgamma() - (0.5 * (self.df + 1)).lgamma()

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        y = (value - self.loc) / self.scale
        return -0.5 * (self.df + 1) * (y**2 / self.df).log1p() - self.scale.log() - self._log_normaliser()

    def entropy(self) -> Tensor:
        half = 0.5 * (self.df + 1)
        return self.scale.log() + half * (half.digamma() - (0.5 * self.df).digamma()) + self._log_normaliser()
