"""Jacobians from their products with the vectors of a standard basis, all at once: the vectors are hidden dimensions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from mutagrad.batched import opened
from mutagrad.ops.levels import enter, leave
from mutagrad.tensor import Tensor, wrap


def standard_basis(tensors: Sequence[Tensor]) -> list[Tensor]:
    """The standard basis of the space of the tensors together: for each, its part of all the vectors, stacked.

    >>> import mutagrad
    >>> standard_basis([mutagrad.zeros(2), mutagrad.zeros(())])
    [tensor([[1., 0.],
            [0., 1.],
            [0., 0.]]), tensor([0., 0., 1.])]
    """
    total = sum(x._array.size for x in tensors)
    made, start = [], 0
    for x in tensors:
        size = x._array.size
        vectors = np.zeros((total, size), x._array.dtype)
        vectors[range(start, start + size), range(size)] = 1
        made.append(wrap(vectors.reshape((total, *x._array.shape))))
        start += size
    return made


def over_basis(
    push: Callable[[list[Tensor]], Sequence[Tensor]], tensors: Sequence[Tensor], randomness: str = "error"
) -> list[Tensor]:
    """What `push` gives for each vector of the standard basis of the tensors' space, stacked; it is called once."""
    basis = standard_basis(tensors)
    with opened(len(basis[0]), randomness) as level:
        return [leave(pushed, 0, level) for pushed in push([enter(vectors, 0, level) for vectors in basis])]


def columns(stacked: Tensor, inputs: Sequence[Tensor]) -> list[Tensor]:
    """The Jacobian of an output by each input, from its products with the basis of the inputs' space, stacked."""
    made, start = [], 0
    moved = stacked.movedim(0, -1)
    for x in inputs:
        part = moved[..., start : start + x._array.size]
        made.append(part.reshape((*stacked.shape[1:], *x.shape)))
        start += x._array.size
    return made


def rows(stacked: Tensor, outputs: Sequence[Tensor]) -> list[Tensor]:
    """The Jacobian of each output by an input, from the gradients for the basis of the outputs' space, stacked."""
    made, start = [], 0
    for out in outputs:
        part = stacked[start : start + out._array.size]
        made.append(part.reshape((*out.shape, *stacked.shape[1:])))
        start += out._array.size
    return made
