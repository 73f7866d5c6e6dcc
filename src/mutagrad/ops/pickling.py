"""Copies of tensors as objects: `pickle`, `copy.copy`, `copy.deepcopy`.

What shares a storage still shares it afterwards, when it is pickled or copied together. The whole storage is kept, as
in PyTorch, whatever part of it a tensor shows; the history is not.
"""

from __future__ import annotations

import copyreg
import warnings
from copy import deepcopy
from typing import Any

import numpy as np

from mutagrad.graph import Leaf, new_family
from mutagrad.namespaces import arrays
from mutagrad.ops.striding import extent_of, strided_array
from mutagrad.overlap import address
from mutagrad.report import traps
from mutagrad.report.spans import caller_span
from mutagrad.storage import Storage, new_storage
from mutagrad.tensor import Tensor, written_at

__all__: list[str] = []


def memory_of(storage: Storage) -> np.ndarray:
    """All elements of a storage, one after another in memory."""
    array = storage.array
    return strided_array(storage, array.dtype, (extent_of(array) // array.itemsize,), (1,), 0)


copyreg.pickle(Storage, lambda storage: (new_storage, (np.array(memory_of(storage)),)))


def parts_of(tensor: Tensor) -> tuple:
    """Where in its storage a tensor is: dtype, byte offset, shape and strides in elements."""
    array = tensor._array
    offset = address(array) - address(tensor._family.storage.array) if array.size else 0
    return array.dtype, offset // array.itemsize, array.shape, arrays.strides(array)


def rebuild(cls: type, storage: Storage, parts: tuple, requires_grad: bool, attributes: dict[str, Any]) -> Tensor:
    """A leaf over a part of a storage."""
    dt, offset, shape, strides = parts
    array = strided_array(storage, dt, shape, strides, offset)
    tensor = object.__new__(cls)
    tensor._array, tensor._family, tensor._view = array, new_family(storage, array), None
    tensor.__dict__.update(attributes)
    return tensor.requires_grad_(requires_grad)


def reduce(self: Tensor, protocol: Any) -> tuple:
    """What pickle keeps: the storage, the part of it, whether it requires grad, and the tensor's own attributes."""
    edge = self._family.edge
    if edge is not None and any(watch.hooks for watch in edge[2].watches or ()):
        warnings.warn("backward hooks on a tensor will not be serialized", stacklevel=3)
    return rebuild, (type(self), self._family.storage, parts_of(self), self.requires_grad, self.__dict__)


def deep_copy(self: Tensor, memo: dict[int, Any]) -> Tensor:
    """A copy in memory of its own, with its `.grad`. Raises RuntimeError for what is no leaf."""
    if id(self) in memo:
        return memo[id(self)]
    if not self.is_leaf:
        raise traps.no_leaf(
            RuntimeError,
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  "
            "If you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, "
            "see https://github.com/pytorch/pytorch/pull/103001",
            caller_span(),
            written_at(self),
            "copy it with .detach().clone(), or with .clone() to go on in its history",
        )
    storage = deepcopy(self._family.storage, memo)
    made = rebuild(type(self), storage, parts_of(self), self.requires_grad, {})
    memo[id(self)] = made
    made.__dict__.update(deepcopy(self.__dict__, memo))
    grad = _grad_of(self)
    if grad is not None:
        made.grad = deepcopy(grad, memo)
    return made


def _grad_of(tensor: Tensor) -> Tensor | None:
    edge = tensor._family.edge
    return edge[2].grad if edge is not None and type(edge[2]) is Leaf else getattr(tensor, "_grad", None)


Tensor.__reduce_ex__ = reduce
Tensor.__deepcopy__ = deep_copy  # type: ignore[attr-defined]
