"""Under which names PyTorch's files know tensors, their memory and what describes them.

A file holds names only: `torch FloatStorage` is memory of single-precision numbers, `torch._utils _rebuild_tensor_v2` a
function that makes a tensor of it. Here are the functions and objects that stand for these names.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mutagrad import dtypes
from mutagrad.device import device, strided
from mutagrad.graph import new_family
from mutagrad.nn.parameter import Parameter
from mutagrad.ops.striding import strided_array
from mutagrad.storage import Storage
from mutagrad.tensor import Size, Tensor, wrap, wrap_view

STORAGES = {
    "DoubleStorage": dtypes.float64,
    "FloatStorage": dtypes.float32,
    "HalfStorage": dtypes.float16,
    "LongStorage": dtypes.int64,
    "IntStorage": dtypes.int32,
    "ShortStorage": dtypes.int16,
    "CharStorage": dtypes.int8,
    "ByteStorage": dtypes.uint8,
    "BoolStorage": dtypes.bool_,
    "ComplexFloatStorage": dtypes.complex64,
    "ComplexDoubleStorage": dtypes.complex128,
}
UNTYPED = "UntypedStorage"


class StorageType(NamedTuple):
    """A class of storages as files name it; `dtype` is None for bytes."""

    name: str
    dtype: dtypes.dtype | None


class Memory(NamedTuple):
    """A storage read from a file, and what a tensor takes its elements for (None: the tensor says it)."""

    storage: Storage
    dtype: dtypes.dtype | None


def rebuild_tensor(
    memory: Any,
    offset: int,
    size: Any,
    stride: Any,
    requires_grad: bool = False,
    backward_hooks: Any = None,
    metadata: Any = None,
) -> Tensor:
    """A tensor over a part of a storage."""
    return _over(memory, memory.dtype, offset, size, stride, requires_grad, metadata)


def rebuild_tensor_of_dtype(
    memory: Any,
    offset: int,
    size: Any,
    stride: Any,
    requires_grad: bool,
    backward_hooks: Any,
    dtype: Any,
    metadata: Any = None,
) -> Tensor:
    """A tensor of a given dtype over a part of a storage."""
    return _over(memory, dtype, offset, size, stride, requires_grad, metadata)


def _over(
    memory: Any, dtype: Any, offset: int, size: Any, stride: Any, requires_grad: bool, metadata: Any = None
) -> Tensor:
    if type(memory) is not Memory or not isinstance(dtype, dtypes.dtype):
        raise TypeError("a tensor is made of a storage and a dtype")
    array = strided_array(memory.storage, dtype.numpy, tuple(map(int, size)), tuple(map(int, stride)), int(offset))
    meant = _meant(array, metadata or {})
    tensor = wrap(meant) if meant is not array else wrap_view(array, new_family(memory.storage, array), None)
    return tensor.requires_grad_(bool(requires_grad))


def _meant(array: np.ndarray, metadata: dict[str, bool]) -> np.ndarray:
    """The values that elements stand for: PyTorch can save a conjugate, or a negative, as a mark beside the memory."""
    if not metadata.keys() <= {"conj", "neg"}:
        raise TypeError(f"a tensor is marked as conjugate or negative, not as {set(metadata)}")
    array = np.conjugate(array) if metadata.get("conj") else array
    return np.negative(array) if metadata.get("neg") else array


def rebuild_parameter(data: Tensor, requires_grad: bool, backward_hooks: Any) -> Parameter:
    """A parameter over the memory of a tensor."""
    return Parameter(data, bool(requires_grad))


def rebuild_parameter_with_state(data: Tensor, requires_grad: bool, backward_hooks: Any, state: Any) -> Parameter:
    """A parameter with attributes of its own."""
    return with_state(Parameter(data, bool(requires_grad)), state)


def rebuild_from_type(function: Any, kind: type, arguments: tuple, state: Any) -> Any:
    """A tensor with attributes of its own."""
    if function not in (rebuild_tensor, rebuild_tensor_of_dtype) or kind is not Tensor:
        raise TypeError("only tensors are rebuilt from their type")
    return with_state(function(*arguments), state)


def with_state(tensor: Any, state: Any) -> Any:
    """The tensor, given the attributes that were saved with it."""
    attributes = state[0] if isinstance(state, tuple) else state
    tensor.__dict__.update(attributes)
    return tensor


def layout_named(name: str) -> Any:
    """The layout of a name: there is one."""
    if name != "torch.strided":
        raise TypeError(f"tensors here are strided, not {name}")
    return strided


FUNCTIONS = {
    "torch._utils._rebuild_tensor": rebuild_tensor,
    "torch._utils._rebuild_tensor_v2": rebuild_tensor,
    "torch._utils._rebuild_tensor_v3": rebuild_tensor_of_dtype,
    "torch._utils._rebuild_parameter": rebuild_parameter,
    "torch._utils._rebuild_parameter_with_state": rebuild_parameter_with_state,
    "torch._tensor._rebuild_from_type_v2": rebuild_from_type,
    "torch.serialization._get_layout": layout_named,
    "torch.device": device,
    "torch.Size": Size,
    "torch.Tensor": Tensor,
    "torch.nn.parameter.Parameter": Parameter,
}
TORCH: dict[str, Any] = {
    **FUNCTIONS,
    **{f"torch.{name}": StorageType(name, dt) for name, dt in STORAGES.items()},
    f"torch.storage.{UNTYPED}": StorageType(UNTYPED, None),
    **{f"torch.{dt.name}": dt for dt in dtypes.of_numpy.values()},
}
"""What the names of PyTorch's files mean here."""


def storage_name(dt: np.dtype) -> str:
    """The name of the class of storages of a dtype: bytes, where PyTorch has no class for it."""
    named = {dtype.numpy: name for name, dtype in STORAGES.items()}
    return f"torch {named[dt]}" if dt in named else f"torch.storage {UNTYPED}"
