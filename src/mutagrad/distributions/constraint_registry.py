"""`transform_to` and `biject_to`: transforms from all real numbers to the set of a constraint, for optimisers to work in.

Follows https://docs.pytorch.org/docs/stable/distributions.html#module-torch.distributions.constraint_registry

>>> import mutagrad as torch
>>> from mutagrad.distributions import constraints
>>> transform_to(constraints.greater_than(2.0))(torch.tensor(0.0))
tensor(3.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mutagrad.distributions import constraints, transforms
from mutagrad.distributions.constraints import Constraint
from mutagrad.distributions.transforms import Transform

__all__ = ["ConstraintRegistry", "biject_to", "transform_to"]


class ConstraintRegistry:
    """What makes the transform of each kind of constraint."""

    def __init__(self) -> None:
        self._factories: dict[type, Callable[[Any], Transform]] = {}

    def register(self, constraint: Any, factory: Callable[[Any], Transform] | None = None) -> Any:
        """Says what makes the transform of a kind of constraint, or of the kind that a constraint is; a decorator too."""
        if factory is None:
            return lambda factory: self.register(constraint, factory)
        kind = type(constraint) if isinstance(constraint, Constraint) else constraint
        if not (isinstance(kind, type) and issubclass(kind, Constraint)):
            raise TypeError(f"Expected constraint to be either a Constraint subclass or instance, but got {constraint}")
        self._factories[kind] = factory
        return factory

    def __call__(self, constraint: Constraint) -> Transform:
        """The transform to a constraint's set. Raises NotImplementedError where its kind has none."""
        factory = self._factories.get(type(constraint))
        if factory is None:
            raise NotImplementedError(f"Cannot transform {type(constraint).__name__} constraints")
        return factory(constraint)


biject_to = ConstraintRegistry()
transform_to = ConstraintRegistry()


def _above(bound: Any) -> Transform:
    return transforms.ComposeTransform([transforms.ExpTransform(), transforms.AffineTransform(bound, 1)])


def _below(bound: Any) -> Transform:
    return transforms.ComposeTransform([transforms.ExpTransform(), transforms.AffineTransform(bound, -1)])


def _between(constraint: Any) -> Transform:
    low, high = constraint.lower_bound, constraint.upper_bound
    squashed = transforms.SigmoidTransform()
    if isinstance(low, int | float) and isinstance(high, int | float) and (low, high) == (0, 1):
        return squashed
    return transforms.ComposeTransform([squashed, transforms.AffineTransform(low, high - low)])


for registry in (biject_to, transform_to):

    def _each(constraint: Any, registry: ConstraintRegistry = registry) -> Transform:
        base = registry(constraint.base_constraint)
        return transforms.IndependentTransform(base, constraint.reinterpreted_batch_ndims)

    registry.register(constraints.real, lambda constraint: transforms.identity_transform)
    registry.register(constraints.independent, _each)
    registry.register(constraints.greater_than, lambda constraint: _above(constraint.lower_bound))
    registry.register(constraints.greater_than_eq, lambda constraint: _above(constraint.lower_bound))
    registry.register(constraints.less_than, lambda constraint: _below(constraint.upper_bound))
    registry.register(constraints.interval, _between)
    registry.register(constraints.half_open_interval, _between)

transform_to.register(constraints.simplex, lambda constraint: transforms.SoftmaxTransform())
