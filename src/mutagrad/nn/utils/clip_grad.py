"""Gradients cut to size.

Follows https://docs.pytorch.org/docs/stable/nn.html#utilities
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mutagrad.caution import name_of_old
from mutagrad.modes import no_grad
from mutagrad.ops.creation import zeros
from mutagrad.ops.joining import stack
from mutagrad.tensor import Tensor

__all__ = [
    "clip_grad_norm",
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "get_total_norm",
]

PART = 1 << 16  # elements

Tensors = Tensor | Iterable[Tensor]


def _as_list(tensors: Tensors) -> list[Any]:
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def _parts(tensor: Any) -> list[Any]:
    """The tensor in parts: what is done to one after another needs scratch memory of the size of a part."""
    if tensor.numel() <= PART:
        return [tensor]
    return tensor.split(max(1, PART * len(tensor) // tensor.numel()))


def _norm(tensor: Any, norm_type: float) -> Any:
    """The norm of a tensor, as that of the norms of its parts (which the number of its elements, order 0, is not)."""
    parts = _parts(tensor) if norm_type != 0 else [tensor]
    norms = [part.norm(norm_type) for part in parts]
    return norms[0] if len(norms) == 1 else stack(norms).norm(norm_type)


def _gradients(parameters: Tensors) -> list[Any]:
    return [parameter.grad for parameter in _as_list(parameters) if parameter.grad is not None]


@no_grad()
def get_total_norm(
    tensors: Tensors, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Tensor:
    """The norm of all the tensors, as if they were one vector.

    Raises RuntimeError for a norm that is nan or infinite, if `error_if_nonfinite`.
    """
    norms = [_norm(tensor, norm_type) for tensor in _as_list(tensors)]
    if not norms:
        return zeros(())
    total: Any = stack(norms).norm(norm_type)
    if error_if_nonfinite and not total.isfinite():
        raise RuntimeError(
            f"The total norm of order {float(norm_type)} for gradients from `parameters` is non-finite, so it cannot "
            "be clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )
    return total


@no_grad()
def clip_grads_with_norm_(
    parameters: Tensors, max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """Scales the gradients of the parameters in place, so that their norm `total_norm` becomes at most `max_norm`."""
    factor = (max_norm / (total_norm + 1e-6)).clamp(max=1.0)
    for gradient in _gradients(parameters):
        for part in _parts(gradient):
            part.mul_(factor)


def clip_grad_norm_(
    parameters: Tensors,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scales the gradients of the parameters in place to a norm of at most `max_norm`; the norm they had before.

    Raises RuntimeError for a norm that is nan or infinite, if `error_if_nonfinite`.

    >>> import mutagrad
    >>> w = mutagrad.zeros(2, requires_grad=True)
    >>> (w * mutagrad.tensor([3., 4.])).sum().backward()
    >>> clip_grad_norm_(w, 1.0)
    tensor(5.)
    >>> w.grad
    tensor([0.6000, 0.8000])
    """
    held = _as_list(parameters)
    total = get_total_norm(_gradients(held), norm_type, error_if_nonfinite)
    clip_grads_with_norm_(held, max_norm, total)
    return total


@no_grad()
def clip_grad_value_(parameters: Tensors, clip_value: float, foreach: bool | None = None) -> None:
    """Cuts the gradients of the parameters in place, element by element, to ±`clip_value`."""
    for gradient in _gradients(parameters):
        for part in _parts(gradient):
            part.clamp_(min=-clip_value, max=clip_value)


clip_grad_norm = name_of_old(clip_grad_norm_, "torch.nn.utils")
