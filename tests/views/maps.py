"""Views as maps of indices: which element of the base each element of a view is.

The map of a view is the view of `0, 1, 2, …`. Everything else follows from it with NumPy alone: the gradient of a read
is `np.add.at` at those places, what a write leaves is an assignment to them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import mutagrad as torch

Chain = list[Callable[[Any], Any]]

CHAINS: dict[str, tuple[tuple[int, ...], Chain]] = {
    "select": ((3, 4), [lambda x: x.select(1, 2)]),
    "select of select": ((2, 3, 4), [lambda x: x[1], lambda x: x[2]]),
    "slice": ((3, 4), [lambda x: x[::2, 1:]]),
    "narrow": ((3, 4), [lambda x: x.narrow(1, 1, 2)]),
    "transpose": ((2, 3, 4), [lambda x: x.transpose(0, 2)]),
    "permute": ((2, 3, 4), [lambda x: x.permute(1, 2, 0)]),
    "movedim": ((2, 3, 4), [lambda x: x.movedim(0, -1)]),
    "T": ((3, 4), [lambda x: x.T]),
    "mT": ((2, 3, 4), [lambda x: x.mT]),
    "view": ((3, 4), [lambda x: x.view(2, 6)]),
    "view of a slice": ((4, 3), [lambda x: x[1:3], lambda x: x.view(-1)]),
    "reshape of a transpose": ((3, 4), [lambda x: x.t(), lambda x: x.reshape(2, 2, 3)]),
    "flatten": ((2, 3, 4), [lambda x: x.flatten(1)]),
    "unflatten": ((3, 4), [lambda x: x.unflatten(1, (2, 2))]),
    "squeeze": ((1, 3, 1), [lambda x: x.squeeze()]),
    "unsqueeze": ((3, 4), [lambda x: x.unsqueeze(1)]),
    "unsqueeze of a transpose": ((3, 4), [lambda x: x.t(), lambda x: x.unsqueeze(0), lambda x: x.view(1, 4, 3)]),
    "diagonal": ((3, 4), [lambda x: x.diagonal(1)]),
    "diagonal of a batch": ((2, 3, 3), [lambda x: x.diagonal(0, 1, 2)]),
    "windows apart": ((7,), [lambda x: x.unfold(0, 2, 3)]),
    "as_strided": ((3, 4), [lambda x: x.as_strided((2, 2), (5, 2), 1)]),
    "as_strided of a slice": ((3, 4), [lambda x: x[1:], lambda x: x.as_strided((2, 2), (3, 1))]),
    "split": ((5, 2), [lambda x: x.split(2)[1]]),
    "chunk": ((5, 2), [lambda x: x.chunk(2)[0]]),
    "tensor_split": ((5, 2), [lambda x: x.tensor_split((1, 4))[1]]),
    "unbind": ((5, 2), [lambda x: x.unbind(1)[0]]),
    "many": ((4, 3, 2), [lambda x: x[1:], lambda x: x.mT, lambda x: x[..., 1:], lambda x: x.permute(2, 0, 1)]),
    "deep": ((4, 4), [lambda x: x.t()] * 40 + [lambda x: x[1:3], lambda x: x.flatten()]),
}

REPEATED: dict[str, tuple[tuple[int, ...], Chain]] = {
    "expand": ((3, 1), [lambda x: x.expand(2, 3, 4)]),
    "expand a number": ((), [lambda x: x.expand(3, 2)]),
    "expand and transpose": ((1, 3), [lambda x: x.expand(4, 3), lambda x: x.t()]),
    "overlapping windows": ((5,), [lambda x: x.unfold(0, 3, 1)]),
    "windows of windows": ((4, 5), [lambda x: x.unfold(0, 2, 1), lambda x: x.unfold(1, 3, 1)]),
    "overlapping strides": ((5,), [lambda x: x.as_strided((3, 3), (1, 1))]),
    "part of expanded": ((3, 1), [lambda x: x.expand(3, 4), lambda x: x[1:, ::2]]),
}


def apply(chain: Chain, tensor: Any) -> Any:
    """The view at the end of a chain."""
    for step in chain:
        tensor = step(tensor)
    return tensor


def places(shape: tuple[int, ...], chain: Chain) -> np.ndarray:
    """Which element of the base, counted in order, each element of the view is."""
    count = int(np.prod(shape, dtype=int))
    return np.array(apply(chain, torch.arange(count).view(shape)).tolist(), dtype=int)


def numbers(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    """Normal samples of a shape."""
    return np.asarray(np.random.default_rng(seed).normal(size=shape))


def spread(shares: np.ndarray, where: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """What the base is given when each element of a view is given its share."""
    total = np.zeros(int(np.prod(shape, dtype=int)))
    np.add.at(total, where.ravel(), shares.ravel())
    return total.reshape(shape)
