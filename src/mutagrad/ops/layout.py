"""What strided memory answers to questions that have another answer for other layouts.

>>> import mutagrad as torch
>>> torch.ones(2, 3).t().dim_order(), torch.ones(2, 3).sparse_dim()
((1, 0), 0)
"""

from __future__ import annotations

from typing import Any

from mutagrad.declaration import composite
from mutagrad.device import Layout, contiguous_format
from mutagrad.tensor import Tensor

__all__ = ["is_distributed", "layout", "legacy_contiguous_format"]

layout = Layout
legacy_contiguous_format = contiguous_format


@composite()
def dim_order(self: Tensor, *, ambiguity_check: Any = False) -> tuple[int, ...]:
    """The dimensions as they lie in memory, the outermost first."""
    strides = self.stride()
    return tuple(sorted(range(self.ndim), key=lambda d: -strides[d]))


@composite()
def dense_dim(self: Tensor) -> int:
    """The number of dimensions: all are dense."""
    return self.ndim


@composite()
def sparse_dim(self: Tensor) -> int:
    """Zero: no dimension is sparse."""
    return 0


@composite()
def to_dense(self: Tensor, dtype: Any = None, *, masked_grad: bool | None = None) -> Tensor:
    """The tensor itself, or in another dtype: it is dense."""
    return self if dtype is None else self.to(dtype)


@composite()
def is_distributed(input: Tensor) -> bool:
    """Whether the tensor lies on several machines: no."""
    return False
