"""The points of a grid, and other combinations of the elements of vectors."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from mutagrad.ops.joining import stack
from mutagrad.tensor import Tensor, wrap

__all__ = ["cartesian_prod", "combinations", "meshgrid"]


def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Tensor, ...]:
    """For vectors the coordinates of the points of their grid: views, each expanded to the shape of the grid.

    The first vector runs along the first dimension (`indexing="ij"`), or along the second (`indexing="xy"`).

    >>> import mutagrad
    >>> mutagrad.meshgrid(mutagrad.arange(2), mutagrad.arange(3), indexing="ij")[1]
    tensor([[0, 1, 2],
            [0, 1, 2]])
    """
    vectors: Any = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    if not vectors:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    if indexing not in (None, "ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    for vector in vectors:
        if vector.ndim > 1:
            sizes = "  ".join(["", *["1"] * vector.ndim])
            raise RuntimeError(f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got:{sizes}")
        if vector.dtype != vectors[0].dtype:
            raise RuntimeError("meshgrid expects all tensors to have the same dtype")
    swapped = indexing == "xy" and len(vectors) > 1
    ordered = [vectors[1], vectors[0], *vectors[2:]] if swapped else list(vectors)
    shape = [vector.numel() for vector in ordered]
    grids = [
        vector.reshape([-1 if k == d else 1 for k in range(len(shape))]).expand(shape)
        for d, vector in enumerate(ordered)
    ]
    return (grids[1], grids[0], *grids[2:]) if swapped else tuple(grids)


def cartesian_prod(*tensors: Tensor) -> Tensor:
    """The rows of all combinations of one element of each vector; of one vector, itself.

    >>> import mutagrad
    >>> mutagrad.cartesian_prod(mutagrad.arange(2), mutagrad.tensor([5, 6]))
    tensor([[0, 5],
            [0, 6],
            [1, 5],
            [1, 6]])
    """
    for tensor in tensors:
        if tensor.ndim != 1:
            raise RuntimeError(f"Expect a 1D vector, but got shape {list(tensor.shape)}")
    if len(tensors) == 1:
        return tensors[0]
    return stack([grid.reshape(-1) for grid in meshgrid(*tensors, indexing="ij")], 1)


def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """The rows of all combinations of `r` elements of a vector, in their order.

    >>> import mutagrad
    >>> mutagrad.combinations(mutagrad.tensor([1, 2, 3]))
    tensor([[1, 2],
            [1, 3],
            [2, 3]])
    """
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if input.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(input.shape)}")
    if r == 0:
        return wrap(np.empty(0, input._array.dtype))
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    rows = np.array(list(choose(range(input.numel()), r)), np.int64).reshape(-1, r)
    return stack([input.index_select(0, wrap(column.copy())) for column in rows.T], 1)
