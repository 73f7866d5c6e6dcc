"""Distributions over categories: Categorical, OneHotCategorical, and Multinomial, the counts of several draws.

They are given `probs`, weights that are brought to the sum one, or `logits`, their logarithms up to a constant, along
the last dimension.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mutagrad.distributions import constraints
from mutagrad.distributions.distribution import Parametrised
from mutagrad.distributions.parameters import check_one_given, lazy_property, logits_to_probs, probs_to_logits
from mutagrad.distributions.trials import Binomial
from mutagrad.dtypes import finfo, int64
from mutagrad.modes import no_grad
from mutagrad.nn.functional.layer import one_hot
from mutagrad.ops.creation import eye, full, zeros
from mutagrad.ops.random import multinomial
from mutagrad.ops.ranges import arange
from mutagrad.ops.shaping import broadcast_tensors
from mutagrad.tensor import Size, Tensor

__all__ = ["Categorical", "Multinomial", "OneHotCategorical", "OneHotCategoricalStraightThrough"]

_CONSTRAINTS = {"probs": constraints.simplex, "logits": constraints.real_vector}


class Categorical(Parametrised):
    """A category, as an integer from 0 on.

    >>> import mutagrad as torch
    >>> policy = Categorical(torch.tensor([1.0, 1.0, 2.0]))
    >>> policy.probs
    tensor([0.2500, 0.2500, 0.5000])
    >>> policy.log_prob(torch.tensor(2))
    tensor(-0.6931)
    """

    arg_constraints = _CONSTRAINTS
    has_enumerate_support = True

    def __init__(
        self, probs: Tensor | None = None, logits: Tensor | None = None, validate_args: bool | None = None
    ) -> None:
        check_one_given(probs=probs, logits=logits)
        given = probs if probs is not None else logits
        assert given is not None
        if given.dim() < 1:
            name = "logits" if probs is None else "probs"
            raise ValueError(f"`{name}` parameter must be at least one-dimensional.")
        if probs is not None:
            self.probs = given / given.sum(-1, keepdim=True)
        else:
            self.logits = given - given.logsumexp(-1, keepdim=True)
        self._num_events = given.size(-1)
        super().__init__(given.shape[:-1], validate_args=validate_args)

    @lazy_property
    def probs(self) -> Tensor:
        """The probability of each category."""
        return logits_to_probs(self.logits)

    @lazy_property
    def logits(self) -> Tensor:
        """The logarithm of the probability of each category."""
        return probs_to_logits(self.probs)

    @property
    def _param(self) -> Tensor:
        return self.probs if "probs" in self.__dict__ else self.logits

    @property
    def param_shape(self) -> Size:
        """The shape of the parameter."""
        return self._param.size()

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:
        return constraints.integer_interval(0, self._num_events - 1)

    @property
    def mean(self) -> Tensor:
        return self._no_number()

    @property
    def variance(self) -> Tensor:
        return self._no_number()

    def _no_number(self) -> Tensor:
        """Categories are not numbers: they have neither mean nor variance."""
        return full(self._batch_shape, float("nan"), dtype=self.probs.dtype)

    @property
    def mode(self) -> Tensor:
        return self.probs.argmax(dim=-1)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        with no_grad():
            rows = self.probs.reshape(-1, self._num_events)
            return multinomial(rows, Size(sample_shape).numel(), True).T.reshape(shape)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        chosen, logits = broadcast_tensors(value.long().unsqueeze(-1), self.logits)
        return logits.gather(-1, chosen[..., :1]).squeeze(-1)

    def entropy(self) -> Tensor:
        # What is impossible has the logit -inf, and adds nothing.
        logits = self.logits.clamp(min=finfo(self.logits.dtype).min)
        return -(logits * self.probs).sum(-1)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        values = arange(self._num_events, dtype=int64).reshape((-1, *[1] * len(self._batch_shape)))
        return values.expand((-1, *self._batch_shape)) if expand else values


class OfCategorical(Parametrised):
    """A distribution over vectors that is made of draws from a categorical one."""

    arg_constraints = _CONSTRAINTS
    _categorical: Categorical

    @property
    def probs(self) -> Tensor:
        """The probability of each category."""
        return self._categorical.probs

    @property
    def logits(self) -> Tensor:
        """The logarithm of the probability of each category."""
        return self._categorical.logits

    @property
    def _param(self) -> Tensor:
        return self._categorical._param

    @property
    def param_shape(self) -> Size:
        """The shape of the parameter."""
        return self._categorical.param_shape


class OneHotCategorical(OfCategorical):
    """A category, as a vector that is one at its place and zero elsewhere.

    >>> import mutagrad as torch
    >>> OneHotCategorical(torch.tensor([0.25, 0.75])).log_prob(torch.tensor([0.0, 1.0]))
    tensor(-0.2877)
    """

    support = constraints.one_hot
    has_enumerate_support = True

    def __init__(
        self, probs: Tensor | None = None, logits: Tensor | None = None, validate_args: bool | None = None
    ) -> None:
        self._categorical = Categorical(probs, logits)
        shape = self._categorical.param_shape
        super().__init__(shape[:-1], shape[-1:], validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.probs

    @property
    def mode(self) -> Tensor:
        return one_hot(self._categorical.mode, self._event_shape[0]).type_as(self.probs)

    @property
    def variance(self) -> Tensor:
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        return one_hot(self._categorical.sample(sample_shape), self._event_shape[0]).type_as(self.probs)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return self._categorical.log_prob(value.argmax(-1))

    def entropy(self) -> Tensor:
        return self._categorical.entropy()

    def enumerate_support(self, expand: bool = True) -> Tensor:
        n = self._event_shape[0]
        values = eye(n, dtype=self._param.dtype).reshape((n, *[1] * len(self._batch_shape), n))
        return values.expand((n, *self._batch_shape, n)) if expand else values


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """A one-hot category whose gradient is passed straight to the probabilities (Y. Bengio and others, 2013)."""

    has_rsample = True

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        samples = self.sample(sample_shape)
        return samples + (self.probs - self.probs.detach())


class Multinomial(OfCategorical):
    """How often each category comes in `total_count` draws.

    >>> import mutagrad as torch
    >>> Multinomial(2, torch.tensor([0.5, 0.5])).log_prob(torch.tensor([1.0, 1.0]))
    tensor(-0.6931)
    """

    total_count: int

    def __init__(
        self,
        total_count: int = 1,
        probs: Tensor | None = None,
        logits: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        if isinstance(total_count, Tensor):
            raise NotImplementedError("inhomogeneous total_count is not supported")
        self.total_count = total_count
        self._categorical = Categorical(probs, logits)
        self._binomial = Binomial(total_count, self.probs)
        shape = self._categorical.param_shape
        super().__init__(shape[:-1], shape[-1:], validate_args=validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=1)
    def support(self) -> Any:
        return constraints.multinomial(self.total_count)

    @property
    def mean(self) -> Tensor:
        return self.probs * self.total_count

    @property
    def variance(self) -> Tensor:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        draws = self._categorical.sample(Size((self.total_count, *sample_shape)))
        counts = zeros((*draws.shape[1:], self._event_shape[0]), dtype=self.probs.dtype)
        return counts.scatter_add_(-1, draws.movedim(0, -1), counts.new_ones(()).expand(draws.movedim(0, -1).shape))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_tensors(self.logits, value)
        logits = logits.masked_fill((value == 0) & (logits == -float("inf")), 0)
        orders = (value.sum(-1) + 1).lgamma() - (value + 1).lgamma().sum(-1)
        return orders + (logits * value).sum(-1)

    def entropy(self) -> Tensor:
        n = self._binomial.total_count.new_full((), self.total_count)
        counts = self._binomial.enumerate_support(expand=False)[1:]
        repeated = (self._binomial.log_prob(counts).exp() * (counts + 1).lgamma()).sum((0, -1))
        return n * self._categorical.entropy() - (n + 1).lgamma() + repeated
