"""Special functions under the names of `torch.special`."""

from mutagrad.ops.activation import sigmoid as expit
from mutagrad.ops.exponential import exp2, expm1, log1p, xlogy
from mutagrad.ops.rounding import round
from mutagrad.ops.softmax import log_softmax, logsumexp, softmax
from mutagrad.ops.special import digamma, erf, erfc, erfinv, i0, i1, logit, polygamma
from mutagrad.ops.special import digamma as psi
from mutagrad.ops.special import lgamma as gammaln
from mutagrad.ops.special import mvlgamma as multigammaln
from mutagrad.ops.trigonometric import sinc

__all__ = [
    "digamma",
    "erf",
    "erfc",
    "erfinv",
    "exp2",
    "expit",
    "expm1",
    "gammaln",
    "i0",
    "i1",
    "log1p",
    "log_softmax",
    "logit",
    "logsumexp",
    "multigammaln",
    "polygamma",
    "psi",
    "round",
    "sinc",
    "softmax",
    "xlogy",
]
