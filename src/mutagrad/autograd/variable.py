"""`Variable`, by which tensors were made differentiable before they were that themselves."""

from __future__ import annotations

import warnings
from typing import Any

from mutagrad.tensor import Tensor


class _AnyTensor(type):
    def __instancecheck__(cls, other: object) -> bool:
        return isinstance(other, Tensor)


class Variable(metaclass=_AnyTensor):
    """A tensor over the memory of `data`. Every tensor is an instance; use tensors themselves.

    >>> import mutagrad
    >>> mutagrad.autograd.Variable(mutagrad.ones(2), requires_grad=True)
    tensor([1., 1.], requires_grad=True)
    """

    def __new__(cls, data: Any, requires_grad: bool = False) -> Any:
        return data.detach().requires_grad_(requires_grad)


def variable(*args: Any, **kwargs: Any) -> Tensor:
    """A tensor of the given data. Deprecated: use `mutagrad.tensor`."""
    warnings.warn("torch.autograd.variable(...) is deprecated, use torch.tensor(...) instead", stacklevel=2)
    return Tensor._construct(*args, **kwargs)
