"""Probability distributions with samples, log-probabilities and gradients, in the shape of `torch.distributions`.

>>> import mutagrad as torch
>>> from mutagrad.distributions import Categorical
>>> Categorical(logits=torch.zeros(4)).entropy()
tensor(1.3863)
"""

from mutagrad.distributions import constraints, transforms
from mutagrad.distributions.bounded import Exponential, Uniform
from mutagrad.distributions.categorical import (
    Categorical,
    Multinomial,
    OneHotCategorical,
    OneHotCategoricalStraightThrough,
)
from mutagrad.distributions.constraint_registry import biject_to, transform_to
from mutagrad.distributions.distribution import Distribution
from mutagrad.distributions.divergence import kl_divergence, register_kl
from mutagrad.distributions.gamma import Beta, Chi2, Dirichlet, Gamma, StudentT
from mutagrad.distributions.independent import Independent
from mutagrad.distributions.location_scale import Cauchy, Laplace, Normal
from mutagrad.distributions.mixture import MixtureSameFamily
from mutagrad.distributions.multivariate_normal import MultivariateNormal
from mutagrad.distributions.transformed import Gumbel, HalfNormal, LogNormal, TransformedDistribution
from mutagrad.distributions.transforms import (
    AbsTransform,
    AffineTransform,
    ComposeTransform,
    ExpTransform,
    IndependentTransform,
    PowerTransform,
    SigmoidTransform,
    SoftmaxTransform,
    SoftplusTransform,
    TanhTransform,
    Transform,
    identity_transform,
)
from mutagrad.distributions.trials import Bernoulli, Binomial, Geometric, Poisson
