"""`MixtureSameFamily`: a sample of one of several distributions of a kind, chosen at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mutagrad.distributions import constraints
from mutagrad.distributions.categorical import Categorical
from mutagrad.distributions.distribution import Distribution, Parametrised
from mutagrad.modes import no_grad
from mutagrad.tensor import Tensor

__all__ = ["MixtureSameFamily"]


class MixtureSameFamily(Parametrised):
    """A mixture of the distributions along the last batch dimension of `component_distribution`.

    >>> import mutagrad as torch
    >>> from mutagrad.distributions import Normal
    >>> mixture = MixtureSameFamily(Categorical(torch.tensor([0.5, 0.5])), Normal(torch.tensor([-1.0, 1.0]), 1.0))
    >>> mixture.mean, mixture.variance
    (tensor(0.), tensor(2.))
    """

    arg_constraints: dict[str, constraints.Constraint] = {}

    def __init__(
        self,
        mixture_distribution: Categorical,
        component_distribution: Distribution,
        validate_args: bool | None = None,
    ) -> None:
        if not isinstance(mixture_distribution, Categorical):
            raise ValueError(" The Mixture distribution needs to be an  instance of torch.distributions.Categorical")
        if not isinstance(component_distribution, Distribution):
            raise ValueError("The Component distribution need to be an instance of torch.distributions.Distribution")
        weights, components = mixture_distribution.batch_shape, component_distribution.batch_shape
        for weight, component in zip(reversed(weights), reversed(components[:-1])):
            if weight != 1 and component != 1 and weight != component:
                raise ValueError(
                    f"`mixture_distribution.batch_shape` ({weights}) is not compatible with "
                    f"`component_distribution.batch_shape`({components[:-1]})"
                )
        km, kc = mixture_distribution.logits.shape[-1], components[-1]
        if km != kc:
            raise ValueError(
                f"`mixture_distribution component` ({km}) does not equal "
                f"`component_distribution.batch_shape[-1]` ({kc})"
            )
        self._mixture_distribution, self._component_distribution = mixture_distribution, component_distribution
        super().__init__(components[:-1], component_distribution.event_shape, validate_args=validate_args)

    @property
    def mixture_distribution(self) -> Categorical:
        """The weights of the components."""
        return self._mixture_distribution

    @property
    def component_distribution(self) -> Distribution:
        """The components, along the last batch dimension."""
        return self._component_distribution

    @constraints.dependent_property
    def support(self) -> Any:
        return constraints.MixtureSameFamilyConstraint(self._component_distribution.support)

    def _weighted(self, values: Tensor) -> Tensor:
        """The mean over components of what each of them has."""
        weights = self._mixture_distribution.probs
        rank = len(self._event_shape)
        return (weights.reshape((*weights.shape, *[1] * rank)) * values).sum(-1 - rank)

    @property
    def mean(self) -> Tensor:
        return self._weighted(self._component_distribution.mean)

    @property
    def variance(self) -> Tensor:
        apart = self._component_distribution.mean - self._for_components(self.mean)
        return self._weighted(self._component_distribution.variance) + self._weighted(apart.pow(2))

    def _for_components(self, value: Tensor) -> Tensor:
        return value.unsqueeze(-1 - len(self._event_shape))

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        rank = len(self._event_shape)
        with no_grad():
            chosen = self._mixture_distribution.sample(sample_shape)
            samples = self._component_distribution.sample(sample_shape)
            dim = samples.dim() - rank - 1
            chosen = chosen.reshape((*chosen.shape, *[1] * (rank + 1))).expand(
                (*samples.shape[:dim], 1, *self._event_shape)
            )
            return samples.gather(dim, chosen).squeeze(dim)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        parts = self._component_distribution.log_prob(self._for_components(value))
        return (parts + self._mixture_distribution.logits.log_softmax(-1)).logsumexp(-1)

    def cdf(self, value: Tensor) -> Tensor:
        parts = self._component_distribution.cdf(self._for_components(value))
        return (parts * self._mixture_distribution.probs).sum(-1)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(\n  {self._mixture_distribution},\n  {self._component_distribution})"
