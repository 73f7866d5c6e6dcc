"""What a tensor says of the memory behind it: its base, and the storage that it shares with its aliases."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any
from weakref import ref

import numpy as np

from mutagrad.device import CPU
from mutagrad.dtypes import dtype, of_numpy
from mutagrad.graph import Family
from mutagrad.namespaces import arrays
from mutagrad.ops.striding import extent_of, strided_array
from mutagrad.overlap import address
from mutagrad.storage import Storage
from mutagrad.tensor import Tensor, wrap_view

__all__ = ["TypedStorage", "UntypedStorage", "get_device", "is_storage"]


class UntypedStorage:
    """The bytes that a tensor and all its aliases share.

    >>> import mutagrad
    >>> x = mutagrad.zeros(2, 3)
    >>> x.untyped_storage().nbytes(), x[1].untyped_storage() == x.untyped_storage()
    (24, True)
    """

    __slots__ = ("storage",)

    def __init__(self, storage: Storage) -> None:
        self.storage = storage

    def data_ptr(self) -> int:
        """The memory address of the first byte."""
        return address(self.storage.array)

    def nbytes(self) -> int:
        """The size in bytes."""
        return extent_of(self.storage.array)

    def size(self) -> int:
        """The number of elements: of bytes, where the storage has no dtype."""
        return self.nbytes() // self._elements().itemsize

    __len__ = size

    @property
    def device(self) -> Any:
        """Where the memory is: always the CPU."""
        return CPU

    def tolist(self) -> list:
        """The elements as Python numbers."""
        return self._elements().tolist()

    def __getitem__(self, key: Any) -> Any:
        return self._elements()[key].tolist()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.storage is self.storage

    def __hash__(self) -> int:
        return hash(self.storage)

    def __repr__(self) -> str:
        name = type(self).__name__
        return "\n".join(f" {each}" for each in self) + f"\n[torch.storage.{name}(device=cpu) of size {len(self)}]"

    def _elements(self) -> np.ndarray:
        return strided_array(self.storage, np.dtype(np.uint8), (self.nbytes(),), (1,), 0)


class TypedStorage(UntypedStorage):
    """The elements that a tensor and all its aliases share, one after another in memory."""

    __slots__ = ("dtype",)

    def __init__(self, storage: Storage, of: dtype) -> None:
        self.storage = storage
        self.dtype = of

    def untyped(self) -> UntypedStorage:
        """The same memory as bytes."""
        return UntypedStorage(self.storage)

    def _elements(self) -> np.ndarray:
        dt = self.dtype.numpy
        return strided_array(self.storage, dt, (self.nbytes() // dt.itemsize,), (1,), 0)


def untyped_storage(self: Tensor) -> UntypedStorage:
    """The bytes that the tensor shares with its aliases."""
    return UntypedStorage(self._family.storage)


def storage(self: Tensor) -> TypedStorage:
    """The elements that the tensor shares with its aliases. Deprecated, as in PyTorch: `untyped_storage` is not."""
    warnings.warn(
        "TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the only storage "
        "class. This should only matter to you if you are using storages directly.  To access UntypedStorage directly, "
        "use tensor.untyped_storage() instead of tensor.storage()",
        stacklevel=2,
    )
    return TypedStorage(self._family.storage, of_numpy[self._array.dtype])


def is_storage(obj: Any) -> bool:
    """Whether `obj` is the storage of a tensor."""
    return isinstance(obj, UntypedStorage)


def is_set_to(self: Tensor, tensor: Tensor) -> bool:
    """Whether both show the same storage with the same offset, shape and strides."""
    first, second = self._array, tensor._array
    return (
        self._family.storage is tensor._family.storage
        and address(first) == address(second)
        and first.shape == second.shape
        and arrays.strides(first) == arrays.strides(second)
    )


def base(self: Tensor) -> Tensor | None:
    """The tensor that this one is a view of, at the end of all views in between; None for a base.

    A base that the program no longer holds is made again. Tensors made in inference mode do not know theirs.
    """
    family = _root(self._family)
    if family.origin == "inference":
        return None
    if self._view is None and family is self._family:
        return None
    handle = getattr(family, "handle", None)
    tensor = None if handle is None else handle()
    if tensor is None or tensor._family is not family:
        tensor = wrap_view(family.base, family, None)
        family.handle = ref(tensor)
    return None if tensor is self else tensor


def _root(family: Family) -> Family:
    """The family that a view made without recording was made from."""
    while family.traits is not None and family.traits.source is not None:
        family = family.traits.source
    return family


def is_view(self: Tensor) -> bool:
    """Whether the tensor is a view of another, one whose gradient it shares."""
    return base(self) is not None


def is_pinned(self: Tensor, device: Any = None) -> bool:
    """Whether the memory is locked for transfers: never."""
    return False


def is_shared(self: Tensor) -> bool:
    """Whether the memory is shared between processes: never."""
    return False


def share_memory_(self: Tensor) -> Tensor:
    """The tensor itself: it is shared between the threads of its process, not between processes."""
    return self


def get_device(input: Tensor) -> int:
    """The number of the accelerator that holds the tensor: -1, it is on the CPU."""
    return -1


def pin_memory(self: Tensor, device: Any = None) -> Tensor:
    """Raises RuntimeError: there is no accelerator to lock memory for."""
    raise RuntimeError("Cannot access accelerator device when none is available.")


for method in (untyped_storage, storage, is_set_to, is_pinned, is_shared, share_memory_, get_device, pin_memory):
    setattr(Tensor, method.__name__, method)
Tensor._base = property(base)  # type: ignore[attr-defined]
Tensor._is_view = is_view  # type: ignore[attr-defined]
