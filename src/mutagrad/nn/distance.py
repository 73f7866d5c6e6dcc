"""Distances as modules.

Follows https://docs.pytorch.org/docs/stable/nn.html#distance-functions
"""

from __future__ import annotations

from typing import Any

from mutagrad.nn import functional
from mutagrad.nn.options import Options
from mutagrad.tensor import Tensor

F: Any = functional


class CosineSimilarity(Options, shown=""):
    """The cosine of the angle between vectors along `dim`."""

    dim: int = 1
    eps: float = 1e-8

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return F.cosine_similarity(x1, x2, self.dim, self.eps)


class PairwiseDistance(Options, shown=""):
    """The norm, of order `p`, of the difference of vectors."""

    p: float = 2.0
    eps: float = 1e-6
    keepdim: bool = False

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return F.pairwise_distance(x1, x2, self.p, self.eps, self.keepdim)
