"""`MultivariateNormal`: normal vectors with a covariance, which is worked with as its Cholesky factor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mutagrad.distributions import constraints
from mutagrad.distributions.distribution import Parametrised
from mutagrad.distributions.parameters import lazy_property, standard_normal
from mutagrad.ops.creation import eye
from mutagrad.ops.factoring import linalg_cholesky
from mutagrad.ops.solving import solve_triangular
from mutagrad.tensor import Size, Tensor

__all__ = ["MultivariateNormal"]


class MultivariateNormal(Parametrised):
    """Normal vectors with mean `loc`, and a covariance that is given itself, by its inverse, or by its Cholesky factor.

    Shapes: loc (*, n), matrices (*, n, n).

    >>> import mutagrad as torch
    >>> MultivariateNormal(torch.zeros(2), torch.eye(2)).log_prob(torch.zeros(2))
    tensor(-1.8379)
    """

    arg_constraints = {
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support = constraints.real_vector
    has_rsample = True

    def __init__(
        self,
        loc: Tensor,
        covariance_matrix: Tensor | None = None,
        precision_matrix: Tensor | None = None,
        scale_tril: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        given = {
            name: matrix
            for name, matrix in (
                ("covariance_matrix", covariance_matrix),
                ("precision_matrix", precision_matrix),
                ("scale_tril", scale_tril),
            )
            if matrix is not None
        }
        if len(given) != 1:
            raise ValueError("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")
        ((name, matrix),) = given.items()
        if matrix.dim() < 2:
            raise ValueError(f"{name} must be at least two-dimensional, with optional leading batch dimensions")
        n = loc.shape[-1]
        batch_shape = np.broadcast_shapes(loc.shape[:-1], matrix.shape[:-2])
        self.loc = loc.expand((*batch_shape, n))
        self.__dict__[name] = matrix.expand((*batch_shape, *matrix.shape[-2:]))
        super().__init__(batch_shape, Size((n,)), validate_args=validate_args)
        self._factor = _FACTORS[name](matrix).expand((*batch_shape, n, n))

    @lazy_property
    def scale_tril(self) -> Tensor:
        """The lower Cholesky factor of the covariance."""
        return self._factor

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        """The covariance."""
        return self._factor @ self._factor.mT

    @lazy_property
    def precision_matrix(self) -> Tensor:
        """The inverse of the covariance."""
        inverse = _inverse_of_lower(self._factor)
        return inverse.mT @ inverse

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        return self._factor.pow(2).sum(-1)

    def rsample(self, sample_shape: Sequence[int] = ()) -> Tensor:
        eps = standard_normal(self._extended_shape(sample_shape), self.loc)
        return self.loc + (self._factor @ eps.unsqueeze(-1)).squeeze(-1)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        square = mahalanobis(self._factor, value - self.loc)
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + square) - half_log_determinant(self._factor)

    def entropy(self) -> Tensor:
        return 0.5 * self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + half_log_determinant(self._factor)


def mahalanobis(factor: Tensor, difference: Tensor) -> Tensor:
    """The squared length of `difference` in units of the covariance with that Cholesky factor."""
    return solve_triangular(factor, difference.unsqueeze(-1), upper=False).pow(2).sum((-2, -1))


def half_log_determinant(factor: Tensor) -> Tensor:
    """Half the logarithm of the determinant of the covariance with that Cholesky factor."""
    return factor.diagonal(dim1=-2, dim2=-1).log().sum(-1)


def _inverse_of_lower(factor: Tensor) -> Tensor:
    return solve_triangular(factor, eye(factor.shape[-1], dtype=factor.dtype), upper=False)


def _factor_of_inverse(precision: Tensor) -> Tensor:
    """The Cholesky factor of the inverse, without inverting: the reversed factor of the reversed matrix, transposed."""
    reversed_factor = linalg_cholesky(precision.flip((-2, -1)))
    return _inverse_of_lower(reversed_factor.flip((-2, -1)).mT)


_FACTORS: dict[str, Any] = {
    "covariance_matrix": linalg_cholesky,
    "precision_matrix": _factor_of_inverse,
    "scale_tril": lambda matrix: matrix,
}
