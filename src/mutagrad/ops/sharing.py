"""Tensors over memory that others hold too: `from_numpy`, `as_tensor`, `asarray`, `frombuffer`, `from_dlpack`.

Others may write that memory unseen, so its storage is marked foreign: what a gradient needs of it is saved by value.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from mutagrad.device import check_device
from mutagrad.dtypes import as_dtype, dtype, get_default_dtype, of_numpy
from mutagrad.graph import new_family
from mutagrad.ops.construction import check_array, copied
from mutagrad.ops.conversion import cast
from mutagrad.ops.creation import made
from mutagrad.ops.sizes import type_name
from mutagrad.report.spans import caller_span
from mutagrad.report.traps import MAKE_FLOATS, ONLY_FLOATS, refused
from mutagrad.storage import new_storage
from mutagrad.tensor import Tensor, wrap, wrap_view

__all__ = ["as_tensor", "asarray", "from_dlpack", "from_numpy", "frombuffer"]


def adopt(array: np.ndarray, requires_grad: bool = False) -> Tensor:
    """A tensor over the memory of an array that others hold too."""
    own = array.view(np.ndarray)  # its holder may give `array` itself another shape
    storage = new_storage(own)
    storage.expose()
    adopted = wrap_view(own, new_family(storage, own), None)
    if requires_grad:
        if own.dtype.kind not in "fc":
            raise refused(ONLY_FLOATS, caller_span(), MAKE_FLOATS)
        adopted.requires_grad_()
    return adopted


def from_numpy(ndarray: np.ndarray) -> Tensor:
    """A tensor over the memory of a NumPy array: each sees what is written through the other.

    Raises TypeError for what is no array or has a dtype that tensors lack, ValueError for negative strides.

    >>> import mutagrad, numpy
    >>> array = numpy.zeros(2)
    >>> x = mutagrad.from_numpy(array)
    >>> array[0] = 5
    >>> x
    tensor([5., 0.], dtype=torch.float64)
    """
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type_name(ndarray)})")
    check_array(ndarray)
    if not ndarray.flags.writeable:
        warnings.warn(
            "The given NumPy array is not writable, and PyTorch does not support non-writable tensors. This means "
            "writing to this tensor will result in undefined behavior. You may want to copy the array to protect its "
            "data or make it writable before converting it to a tensor.",
            stacklevel=2,
        )
    return adopt(ndarray)


def as_tensor(data: Any, dtype: dtype | None = None, device: Any = None) -> Tensor:
    """`data` as a tensor, sharing its memory where it is a tensor or a NumPy array of the dtype.

    >>> import mutagrad
    >>> x = mutagrad.ones(2)
    >>> mutagrad.as_tensor(x) is x
    True
    """
    check_device(device)
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(as_dtype(dtype, "as_tensor"))
    if isinstance(data, np.ndarray):
        check_array(data)
        if dtype is None or as_dtype(dtype, "as_tensor").numpy == data.dtype:
            return adopt(data)
    return copied(data, "as_tensor", dtype, device, False)


def asarray(
    obj: Any,
    *,
    dtype: dtype | None = None,
    device: Any = None,
    copy: bool | None = None,
    requires_grad: bool | None = None,
) -> Tensor:
    """`obj`, a tensor, array, buffer, or nested sequences of numbers, as a tensor.

    The memory is shared where that is possible, unless `copy` is True; ValueError where it is not and `copy` is False.
    """
    check_device(device)
    wanted = None if dtype is None else as_dtype(dtype, "asarray").numpy
    if isinstance(obj, Tensor):
        return _as_array_of_tensor(obj, wanted, copy, requires_grad)
    source = _shareable(obj, wanted)
    if source is None:
        if copy is False:
            raise ValueError("can't alias arbitrary sequence into a tensor.")
        return copied(obj, "asarray", dtype, device, bool(requires_grad))
    if wanted is not None and wanted != source.dtype:
        _check_may_copy(copy, source.dtype, wanted)
        return made(cast(source, wanted), bool(requires_grad))
    return made(source.copy(), bool(requires_grad)) if copy else adopt(source, bool(requires_grad))


def _shareable(obj: Any, wanted: np.dtype | None) -> np.ndarray | None:
    """The memory of an object as an array, None where it has none of its own."""
    if isinstance(obj, np.ndarray):
        check_array(obj)
        return obj
    if hasattr(obj, "__dlpack__"):
        return np.from_dlpack(obj)
    if isinstance(obj, (bytes, bytearray, memoryview)):
        return np.frombuffer(obj, get_default_dtype().numpy if wanted is None else wanted)
    return None


def _check_may_copy(copy: bool | None, source: np.dtype, wanted: np.dtype) -> None:
    if copy is False:
        names = of_numpy[source].scalar_type, of_numpy[wanted].scalar_type
        raise ValueError("can't alias tensor with dtype '{}' into dtype '{}'.".format(*names))


def _as_array_of_tensor(obj: Tensor, wanted: np.dtype | None, copy: bool | None, requires_grad: bool | None) -> Tensor:
    result = obj
    if wanted is not None and wanted != obj._array.dtype:
        _check_may_copy(copy, obj._array.dtype, wanted)
        result = obj.to(of_numpy[wanted])
    elif copy:
        result = obj.clone()
    if requires_grad is None or requires_grad == result.requires_grad:
        return result
    if requires_grad:
        return result.detach().requires_grad_()
    return result.requires_grad_(False) if result.is_leaf else result.detach()


def frombuffer(buffer: Any, *, dtype: dtype, count: int = -1, offset: int = 0, requires_grad: bool = False) -> Tensor:
    """A one-dimensional tensor over the memory of a buffer, from the byte `offset` on.

    `count` elements, or all that there are. Raises ValueError where the buffer does not hold them.

    >>> import mutagrad
    >>> mutagrad.frombuffer(bytearray(b"ab"), dtype=mutagrad.uint8)
    tensor([97, 98], dtype=torch.uint8)
    """
    dt = as_dtype(dtype, "frombuffer").numpy
    try:
        memory = memoryview(buffer).cast("B")
    except TypeError:
        raise ValueError("object does not implement Python buffer protocol.") from None
    size, each = memory.nbytes, dt.itemsize
    if size == 0 or count == 0:
        raise ValueError(f"both buffer length ({size}) and count ({count}) must not be 0")
    if not 0 <= offset < size:
        raise ValueError(
            f"offset ({offset} bytes) must be non-negative and no greater than buffer length ({size} bytes) minus 1"
        )
    if count < 0 and (size - offset) % each:
        raise ValueError(
            f"buffer length ({size - offset} bytes) after offset ({offset} bytes) must be a multiple of element size "
            f"({each})"
        )
    number = (size - offset) // each if count < 0 else count
    if offset + number * each > size:
        raise ValueError(
            f"requested buffer length ({number} * {each} bytes) after offset ({offset} bytes) must not be greater than "
            f"actual buffer length ({size} bytes)"
        )
    if memory.readonly:
        warnings.warn(
            "The given buffer is not writable, and PyTorch does not support non-writable tensors. This means you can "
            "write to the underlying (supposedly non-writable) buffer using the tensor. You may want to copy the "
            "buffer to protect its data or make it writable before converting it to a tensor.",
            stacklevel=2,
        )
    return adopt(np.frombuffer(memory, dt, number, offset), requires_grad)


class _Capsule:
    """Memory that comes as DLPack's capsule itself, which NumPy takes of an object only."""

    def __init__(self, capsule: Any) -> None:
        self.capsule = capsule

    def __dlpack__(self, **_: Any) -> Any:
        return self.capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return 1, 0  # the CPU


class _Writable:
    """The memory of an array that NumPy holds to be read-only, since older capsules do not say that it is not."""

    def __init__(self, array: np.ndarray) -> None:
        self.array = array
        self.__array_interface__ = {**array.__array_interface__, "data": (array.ctypes.data, False)}


def from_dlpack(ext_tensor: Any, *, device: Any = None, copy: bool | None = None) -> Tensor:
    """A tensor over the memory of any object that speaks DLPack (https://dmlc.github.io/dlpack/latest/), or a capsule."""
    check_device(device)
    if type(ext_tensor).__name__ == "PyCapsule" and '"dltensor' in repr(ext_tensor):
        return adopt(np.asarray(_Writable(np.from_dlpack(_Capsule(ext_tensor)))))
    if not hasattr(ext_tensor, "__dlpack__"):
        raise RuntimeError(
            "from_dlpack received an invalid capsule. Note that DLTensor capsules can be consumed only once, so you "
            "might have already constructed a tensor from it once."
        )
    if isinstance(ext_tensor, Tensor):
        ext_tensor.__dlpack_device__()
        shared = ext_tensor.detach() if not ext_tensor.requires_grad else ext_tensor.__dlpack__()
        return shared.clone() if copy else shared
    array = np.from_dlpack(ext_tensor)
    return wrap(array.copy()) if copy else adopt(array)
