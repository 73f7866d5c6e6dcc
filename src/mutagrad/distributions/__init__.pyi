"""What `mutagrad.distributions` offers. Written by `tools/write_stubs.py`: not to be edited."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.tensor import Tensor
from mutagrad.distributions.trials import Bernoulli as Bernoulli
from mutagrad.distributions.trials import Binomial as Binomial
from mutagrad.distributions.categorical import Categorical as Categorical
from mutagrad.distributions.location_scale import Cauchy as Cauchy
from mutagrad.distributions.distribution import Distribution as Distribution
from mutagrad.distributions.bounded import Exponential as Exponential
from mutagrad.distributions.trials import Geometric as Geometric
from mutagrad.distributions.independent import Independent as Independent
from mutagrad.distributions.location_scale import Laplace as Laplace
from mutagrad.distributions.categorical import Multinomial as Multinomial
from mutagrad.distributions.multivariate_normal import MultivariateNormal as MultivariateNormal
from mutagrad.distributions.location_scale import Normal as Normal
from mutagrad.distributions.categorical import OneHotCategorical as OneHotCategorical
from mutagrad.distributions.categorical import OneHotCategoricalStraightThrough as OneHotCategoricalStraightThrough
from mutagrad.distributions.bounded import Uniform as Uniform
from mutagrad.distributions import bounded as bounded
from mutagrad.distributions import categorical as categorical
from mutagrad.distributions import constraints as constraints
from mutagrad.distributions import distribution as distribution
from mutagrad.distributions import divergence as divergence
from mutagrad.distributions import independent as independent
from mutagrad.distributions.divergence import kl_divergence as kl_divergence
from mutagrad.distributions import location_scale as location_scale
from mutagrad.distributions import multivariate_normal as multivariate_normal
from mutagrad.distributions import parameters as parameters
from mutagrad.distributions.divergence import register_kl as register_kl
from mutagrad.distributions import trials as trials
