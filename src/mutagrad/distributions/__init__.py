"""Probability distributions with samples, log-probabilities and gradients, in the shape of `torch.distributions`.

>>> import mutagrad as torch
>>> from mutagrad.distributions import Categorical
>>> Categorical(logits=torch.zeros(4)).entropy()
tensor(1.3863)
"""

from mutagrad.distributions import constraints
from mutagrad.distributions.bounded import Exponential, Uniform
from mutagrad.distributions.categorical import (
    Categorical,
    Multinomial,
    OneHotCategorical,
    OneHotCategoricalStraightThrough,
)
from mutagrad.distributions.distribution import Distribution
from mutagrad.distributions.divergence import kl_divergence, register_kl
from mutagrad.distributions.independent import Independent
from mutagrad.distributions.location_scale import Cauchy, Laplace, Normal
from mutagrad.distributions.multivariate_normal import MultivariateNormal
from mutagrad.distributions.trials import Bernoulli, Binomial, Geometric
