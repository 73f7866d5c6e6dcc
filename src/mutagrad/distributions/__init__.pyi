"""What `mutagrad.distributions` offers. Written by `tools/write_stubs.py`: not to be edited."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.tensor import Tensor
from mutagrad.distributions.transforms import AbsTransform as AbsTransform
from mutagrad.distributions.transforms import AffineTransform as AffineTransform
from mutagrad.distributions.trials import Bernoulli as Bernoulli
from mutagrad.distributions.gamma import Beta as Beta
from mutagrad.distributions.trials import Binomial as Binomial
from mutagrad.distributions.categorical import Categorical as Categorical
from mutagrad.distributions.location_scale import Cauchy as Cauchy
from mutagrad.distributions.gamma import Chi2 as Chi2
from mutagrad.distributions.transforms import ComposeTransform as ComposeTransform
from mutagrad.distributions.gamma import Dirichlet as Dirichlet
from mutagrad.distributions.distribution import Distribution as Distribution
from mutagrad.distributions.transforms import ExpTransform as ExpTransform
from mutagrad.distributions.bounded import Exponential as Exponential
from mutagrad.distributions.gamma import Gamma as Gamma
from mutagrad.distributions.trials import Geometric as Geometric
from mutagrad.distributions.transformed import Gumbel as Gumbel
from mutagrad.distributions.transformed import HalfNormal as HalfNormal
from mutagrad.distributions.independent import Independent as Independent
from mutagrad.distributions.transforms import IndependentTransform as IndependentTransform
from mutagrad.distributions.location_scale import Laplace as Laplace
from mutagrad.distributions.transformed import LogNormal as LogNormal
from mutagrad.distributions.mixture import MixtureSameFamily as MixtureSameFamily
from mutagrad.distributions.categorical import Multinomial as Multinomial
from mutagrad.distributions.multivariate_normal import MultivariateNormal as MultivariateNormal
from mutagrad.distributions.location_scale import Normal as Normal
from mutagrad.distributions.categorical import OneHotCategorical as OneHotCategorical
from mutagrad.distributions.categorical import OneHotCategoricalStraightThrough as OneHotCategoricalStraightThrough
from mutagrad.distributions.trials import Poisson as Poisson
from mutagrad.distributions.transforms import PowerTransform as PowerTransform
from mutagrad.distributions.transforms import SigmoidTransform as SigmoidTransform
from mutagrad.distributions.transforms import SoftmaxTransform as SoftmaxTransform
from mutagrad.distributions.transforms import SoftplusTransform as SoftplusTransform
from mutagrad.distributions.gamma import StudentT as StudentT
from mutagrad.distributions.transforms import TanhTransform as TanhTransform
from mutagrad.distributions.transforms import Transform as Transform
from mutagrad.distributions.transformed import TransformedDistribution as TransformedDistribution
from mutagrad.distributions.bounded import Uniform as Uniform
from mutagrad.distributions import bounded as bounded
from mutagrad.distributions import categorical as categorical
from mutagrad.distributions import constraint_registry as constraint_registry
from mutagrad.distributions import constraints as constraints
from mutagrad.distributions import distribution as distribution
from mutagrad.distributions import divergence as divergence
from mutagrad.distributions import gamma as gamma
from mutagrad.distributions import independent as independent
from mutagrad.distributions.divergence import kl_divergence as kl_divergence
from mutagrad.distributions import location_scale as location_scale
from mutagrad.distributions import mixture as mixture
from mutagrad.distributions import multivariate_normal as multivariate_normal
from mutagrad.distributions import parameters as parameters
from mutagrad.distributions.divergence import register_kl as register_kl
from mutagrad.distributions import transformed as transformed
from mutagrad.distributions import transforms as transforms
from mutagrad.distributions import trials as trials
def biject_to(constraint: Any) -> Any:
    """What makes the transform of each kind of constraint."""
def identity_transform(x: Tensor) -> Tensor:
    """Several transforms, one after the other."""
def transform_to(constraint: Any) -> Any:
    """What makes the transform of each kind of constraint."""
