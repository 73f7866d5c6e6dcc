"""Custom functions of nested structures: lists, tuples and dictionaries of tensors, as arguments and results.

Read first: `custom.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mutagrad.autograd.context import BackwardCFunction
from mutagrad.autograd.custom import Function
from mutagrad.tensor import Tensor


def leaves_of(structure: Any) -> Iterator[Any]:
    """What stands in nested lists, tuples and dictionaries, in order."""
    if isinstance(structure, (list, tuple)):
        for each in structure:
            yield from leaves_of(each)
    elif isinstance(structure, dict):
        yield from leaves_of(list(structure.values()))
    else:
        yield structure


def rebuilt(structure: Any, leaf: Callable[[Any], Any]) -> Any:
    """The structure with `leaf(x)` in place of each leaf `x`, taken in the order of `leaves_of`."""
    if isinstance(structure, (list, tuple)):
        parts = [rebuilt(each, leaf) for each in structure]
        return type(structure)(*parts) if hasattr(structure, "_fields") else type(structure)(parts)
    if isinstance(structure, dict):
        return {key: rebuilt(each, leaf) for key, each in structure.items()}
    return leaf(structure)


def filled(structure: Any, leaves: Iterator[Any]) -> Any:
    """The structure with the given leaves."""
    return rebuilt(structure, lambda _: next(leaves))


class NestedContext(BackwardCFunction):
    """The context of a `NestedIOFunction`: what it is told may be nested."""

    def save_for_backward(self, *args: Any) -> None:
        """Keeps the tensors of nested structures for `backward_extended`."""
        self.saved_form = rebuilt(args, lambda _: None)
        super().save_for_backward(*leaves_of(args))

    @property
    def saved_tensors(self) -> Any:
        """What was kept, nested as it was."""
        return filled(self.saved_form, iter(super().saved_tensors))

    def mark_dirty(self, *args: Any, **kwargs: Any) -> None:
        """Says which inputs, in nested structures, were written."""
        super().mark_dirty(*leaves_of((args, kwargs)))

    def mark_non_differentiable(self, *args: Any, **kwargs: Any) -> None:
        """Says which outputs, in nested structures, have no gradient."""
        super().mark_non_differentiable(*leaves_of((args, kwargs)))


class NestedIOFunction(Function):
    """A `Function` of nested structures: override `forward_extended` and `backward_extended`, call `apply`.

    `backward_extended` is given gradients nested like the result, and gives some nested like the arguments.

    >>> import mutagrad
    >>> class Both(mutagrad.autograd.function.NestedIOFunction):
    ...     @staticmethod
    ...     def forward_extended(ctx, pair):
    ...         return {"double": pair[0] * 2, "triple": pair[1] * 3}
    ...     @staticmethod
    ...     def backward_extended(ctx, gradients):
    ...         return (gradients["double"] * 2, gradients["triple"] * 3)
    >>> x, y = mutagrad.ones(2, requires_grad=True), mutagrad.ones(2, requires_grad=True)
    >>> result = Both.apply((x, y))
    >>> (result["double"] + result["triple"]).sum().backward()
    >>> x.grad, y.grad
    (tensor([2., 2.]), tensor([3., 3.]))
    """

    _context_base = NestedContext
    save_for_backward = NestedContext.save_for_backward
    saved_tensors = NestedContext.saved_tensors
    mark_dirty = NestedContext.mark_dirty
    mark_non_differentiable = NestedContext.mark_non_differentiable

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Calls `forward_extended` and records the result."""
        nesting = _Nesting(cls, args)
        results = super().apply(nesting, *leaves_of(args))
        return filled(nesting.result, iter(results))

    @staticmethod
    def forward(ctx: Any, nesting: _Nesting, *leaves: Any) -> tuple:
        """Nests the arguments, and gives the leaves of the result."""
        ctx.nesting = nesting
        result = nesting.function.forward_extended(ctx, *filled(nesting.arguments, iter(leaves)))
        nesting.result = rebuilt(result, lambda _: None)
        return tuple(leaves_of(result))

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple:
        """Nests the gradients, and gives the leaves of those of the arguments."""
        nested = filled(ctx.nesting.result, iter(gradients))
        given = ctx.nesting.function.backward_extended(ctx, *(nested if isinstance(nested, tuple) else (nested,)))
        shares = given if len(ctx.nesting.arguments) > 1 else (given,)
        leaves = [leaf for leaf in leaves_of(shares) if leaf is None or isinstance(leaf, Tensor)]
        return (None, *leaves)

    @staticmethod
    def forward_extended(ctx: Any, *input: Any) -> Any:
        """The value."""
        raise NotImplementedError

    @staticmethod
    def backward_extended(ctx: Any, *grad_output: Any) -> Any:
        """The gradients of the arguments, given those of the outputs."""
        raise NotImplementedError


class _Nesting:
    """How the arguments and the result of one call are nested."""

    result: Any = None

    def __init__(self, function: type[NestedIOFunction], arguments: tuple) -> None:
        self.function = function
        self.arguments = rebuilt(arguments, lambda _: None)
