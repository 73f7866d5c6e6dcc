"""Tensors made of data: `tensor`, `as_tensor`, `from_numpy`, the legacy constructors.

`tensor` copies; `as_tensor`, `asarray` and `from_*` share memory where they can. Memory taken in from outside may be
written by others unseen, so its storage is marked foreign: what a gradient needs of it is saved by value.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Any

import numpy as np

from mutagrad.device import check_device
from mutagrad.dtypes import (
    as_dtype,
    dtype,
    get_default_complex_dtype,
    get_default_dtype,
    legacy_type_name,
    of_numpy,
    promote,
)
from mutagrad.graph import new_family
from mutagrad.ops import conversion
from mutagrad.ops.creation import made
from mutagrad.ops.numbers import WHOLE, whole
from mutagrad.ops.sizes import check_sizes, sizes_of, type_name
from mutagrad.random.checks import C_NAMES
from mutagrad.storage import new_storage
from mutagrad.tensor import Tensor, wrap, wrap_view

__all__ = ["as_tensor", "asarray", "from_dlpack", "from_numpy", "frombuffer", "tensor"]

PYTHON = (bool, int, float, complex)
PLAIN = frozenset({*PYTHON, *[each.numpy.type for each in of_numpy.values()]})
SUPPORTED = (
    "float64, float32, float16, complex64, complex128, int64, int32, int16, int8, uint64, uint32, uint16, uint8, and "
    "bool"
)


def tensor(
    data: Any, *, dtype: dtype | None = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False
) -> Tensor:
    """A tensor of a copy of `data`: a number, nested sequences of numbers or tensors, a NumPy array.

    Integers become int64 and floats the default dtype, unless `dtype` is given; NumPy's keep theirs.
    Raises ValueError for a ragged sequence, TypeError for what is no number, RuntimeError for what overflows the dtype.

    >>> import mutagrad
    >>> mutagrad.tensor([[1, 2], [3, 4.5]])
    tensor([[1.0000, 2.0000],
            [3.0000, 4.5000]])
    """
    if pin_memory:
        raise RuntimeError("pin_memory=True requires an accelerator: there is only the CPU here")
    if isinstance(data, Tensor):
        _warn_of_copy("torch.tensor", 3)
    return _copied(data, "tensor", dtype, device, requires_grad)


def _warn_of_copy(function: str, level: int) -> None:
    warnings.warn(
        "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
        f"sourceTensor.detach().clone().requires_grad_(True), rather than {function}(sourceTensor).",
        stacklevel=level,
    )


def _copied(data: Any, function: str, dtype: Any, device: Any, requires_grad: bool) -> Tensor:
    check_device(device)
    given = None if dtype is None else as_dtype(dtype, function).numpy
    if isinstance(data, Tensor):
        array = conversion.cast(data._array, data._array.dtype if given is None else given)
    elif isinstance(data, np.ndarray):
        check_array(data)
        array = conversion.cast(data, data.dtype if given is None else given)
    else:
        array = array_of(data, given)
    return made(array, requires_grad)


def new_tensor(self: Tensor, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor of a copy of `data`, in the dtype of this one unless another is given."""
    if isinstance(data, Tensor):
        _warn_of_copy("tensor.new_tensor", 3)
    wanted = dtype if dtype is not None or isinstance(data, (Tensor, np.ndarray)) else self.dtype
    return _copied(data, "new_tensor", wanted, device, requires_grad)


Tensor.new_tensor = new_tensor  # type: ignore[attr-defined]

# Nested sequences ---------------------------------------------------------------------------------------------------


def array_of(data: Any, dt: np.dtype | None) -> np.ndarray:
    """A fresh array of a number or nested sequences, of the dtype given or else the one they have together."""
    if isinstance(data, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{type(data).__name__}'")
    shape = _shape_of(data)
    found: set[Any] = set()
    _collect(data, found, dt is None)
    if 0 in shape:
        return np.empty(shape, get_default_dtype().numpy if dt is None else dt)
    target = _common(found) if dt is None else dt
    array = _at_once(data, shape, target) if found <= PLAIN else None
    return _one_by_one(data, shape, target) if array is None else array


def _is_sequence(data: Any) -> bool:
    """Whether `data` has a length and is indexed by numbers."""
    if type(data) in (list, tuple):
        return True
    if isinstance(data, (Tensor, dict, set, frozenset, str, bytes, np.generic)) or getattr(data, "ndim", 1) == 0:
        return False
    return hasattr(data, "__len__") and hasattr(data, "__getitem__")


def _shape_of(data: Any) -> tuple[int, ...]:
    """The lengths of the sequence, of its first item, and so on."""
    shape: list[int] = []
    while _is_sequence(data):
        shape.append(len(data))
        if not shape[-1]:
            break
        data = data[0]
        if isinstance(data, (str, bytes)):
            raise ValueError(f"too many dimensions '{type(data).__name__}'")
    return tuple(shape)


def _collect(data: Any, found: set[Any], checked: bool) -> None:
    """Adds the types of Python's and NumPy's numbers, and the dtypes of arrays, to `found`.

    What is neither is an error when `checked`, else an `object`, for the conversion to a given dtype to judge.
    """
    if type(data) in (list, tuple):
        types = set(map(type, data))
        if types <= PLAIN:
            found |= types
        else:
            for each in data:
                _collect(each, found, checked)
    elif isinstance(data, Tensor):
        found.add(data._array.dtype)
    elif isinstance(data, np.ndarray):
        check_array(data)
        found.add(data.dtype)
    elif isinstance(data, (*PYTHON, np.generic)):
        found.add(type(data))
    elif isinstance(data, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{type(data).__name__}'")
    elif _is_sequence(data):
        for i in range(len(data)):
            _collect(data[i], found, checked)
    elif not checked:
        found.add(object)
    else:
        raise RuntimeError(f"Could not infer dtype of {type(data).__name__}")


def _common(found: set[Any]) -> np.dtype:
    """The dtype of numbers of all the kinds found; the default one for none."""
    kinds = []
    for each in found:
        if each is float:
            kinds.append(get_default_dtype().numpy)
        elif each is complex:
            kinds.append(get_default_complex_dtype().numpy)
        else:
            kinds.append(as_dtype(each).numpy if each in PYTHON else np.dtype(each))
    return reduce(promote, kinds) if kinds else get_default_dtype().numpy


def _at_once(data: Any, shape: tuple[int, ...], dt: np.dtype) -> np.ndarray | None:
    """What NumPy makes of the data, where that is what is wanted; None where each element has to be looked at."""
    try:
        array = np.array(data)
    except (ValueError, OverflowError):
        return None
    kind = array.dtype.kind
    if array.shape != shape or kind not in "biufc" or (kind == "c" and dt.kind not in "cb"):
        return None
    if kind in "iuf" and dt.kind in "iu" and array.dtype != dt and array.size:
        least, largest = WHOLE[dt]
        if not (least <= array.min() and array.max() <= largest):
            return None
    with np.errstate(all="ignore"):
        return array.astype(dt, copy=False)


def _one_by_one(data: Any, shape: tuple[int, ...], dt: np.dtype) -> np.ndarray:
    numbers = [_stored(each, dt) for each in _flattened(data, shape, 0)]
    wide = np.dtype(np.float64) if dt.kind == "f" else dt
    with np.errstate(all="ignore"):
        return np.array(numbers, wide).astype(dt, copy=False).reshape(shape)


def _flattened(data: Any, shape: tuple[int, ...], dim: int) -> Iterator[Any]:
    """The elements in order. Raises ValueError where a sequence has another length than the first one of its depth."""
    if dim == len(shape):
        yield data
        return
    if not _is_sequence(data):
        raise TypeError("not a sequence")
    if len(data) != shape[dim]:
        raise ValueError(f"expected sequence of length {shape[dim]} at dim {dim} (got {len(data)})")
    for i in range(len(data)):
        yield from _flattened(data[i], shape, dim + 1)


def _stored(value: Any, dt: np.dtype) -> Any:
    """One element as a Python number that the dtype can hold."""
    if isinstance(value, Tensor):
        if value._array.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        if value.requires_grad:
            warnings.warn(
                "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.", stacklevel=9
            )
        value = value.__index__() if dt.kind in "iu" else value._array.item()
    elif isinstance(value, (np.generic, np.ndarray)):
        value = value.item()
    if dt.kind == "b":
        return bool(value)
    if dt.kind == "c":
        return complex(value)
    if dt.kind == "f":
        return _real(value)
    if not isinstance(value, (int, float)):
        raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer")
    if isinstance(value, int) and dt.itemsize == 8 and not WHOLE[dt][0] <= value <= WHOLE[dt][1]:
        if dt.kind == "u":
            raise OverflowError("can't convert negative int to unsigned" if value < 0 else "int too big to convert")
        raise ValueError("Overflow when unpacking long long")
    return whole(value, dt, dt.name)


def _real(value: Any) -> float:
    if isinstance(value, complex) or not hasattr(value, "__float__"):
        raise TypeError(f"must be real number, not {type(value).__name__}")
    return float(value)


# Memory that is shared ----------------------------------------------------------------------------------------------


def check_array(array: np.ndarray) -> None:
    """Raises what PyTorch raises for a NumPy array that no tensor can be made of."""
    if array.dtype.newbyteorder("=") not in of_numpy:
        raise TypeError(
            f"can't convert np.ndarray of type numpy.{array.dtype.type.__name__}. The only supported types are: "
            f"{SUPPORTED}."
        )
    if not array.dtype.isnative:
        raise ValueError(
            "given numpy array has byte order different from the native byte order. Conversion between byte orders is "
            "currently not supported."
        )
    for stride in array.strides:
        if stride < 0:
            raise ValueError(
                "At least one stride in the given numpy array is negative, and tensors with negative strides are not "
                "currently supported. (You can probably work around this by making a copy of your array  with "
                "array.copy().) "
            )
        if stride % array.itemsize:
            raise ValueError(
                "given numpy array strides not a multiple of the element byte size. Copy the numpy array to "
                "reallocate the memory."
            )


def adopt(array: np.ndarray, requires_grad: bool = False) -> Tensor:
    """A tensor over the memory of an array that others hold too."""
    own = array.view(np.ndarray)  # its holder may give `array` itself another shape
    storage = new_storage(own)
    storage.expose()
    adopted = wrap_view(own, new_family(storage, own), None)
    if requires_grad:
        if own.dtype.kind not in "fc":
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
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
        return data if dtype is None else data.to(as_dtype(dtype, "as_tensor"))  # type: ignore[attr-defined]
    if isinstance(data, np.ndarray):
        check_array(data)
        if dtype is None or as_dtype(dtype, "as_tensor").numpy == data.dtype:
            return adopt(data)
    return _copied(data, "as_tensor", dtype, device, False)


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
        return _copied(obj, "asarray", dtype, device, bool(requires_grad))
    if wanted is not None and wanted != source.dtype:
        _check_may_copy(copy, source.dtype, wanted)
        return made(conversion.cast(source, wanted), bool(requires_grad))
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
        result = obj.to(of_numpy[wanted])  # type: ignore[attr-defined]
    elif copy:
        result = obj.clone()  # type: ignore[attr-defined]
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


def from_dlpack(ext_tensor: Any, *, device: Any = None, copy: bool | None = None) -> Tensor:
    """A tensor over the memory of any object that speaks DLPack (https://dmlc.github.io/dlpack/latest/)."""
    check_device(device)
    if not hasattr(ext_tensor, "__dlpack__"):
        raise RuntimeError(
            "from_dlpack received an invalid capsule. Note that DLTensor capsules can be consumed only once, so you "
            "might have already constructed a tensor from it once."
        )
    if isinstance(ext_tensor, Tensor):
        ext_tensor.__dlpack_device__()
        shared = ext_tensor.detach() if not ext_tensor.requires_grad else ext_tensor.__dlpack__()
        return shared.clone() if copy else shared  # type: ignore[attr-defined]
    array = np.from_dlpack(ext_tensor)
    return wrap(array.copy()) if copy else adopt(array)


# The legacy constructors --------------------------------------------------------------------------------------------


def _legacy(dt: np.dtype, data: tuple, options: dict[str, Any]) -> Tensor:
    """What `Tensor(2, 3)`, `Tensor([1, 2])` and the like make: uninitialised memory of sizes, or values."""
    check_device(options.pop("device", None))
    if options:
        shown = ", ".join([type(each).__name__ for each in data] + [f"{k}={type_name(v)}" for k, v in options.items()])
        raise TypeError(
            f"new() received an invalid combination of arguments - got ({shown}), but expected one of:\n"
            " * (*, torch.device device = None)\n * (Tensor other)\n * (tuple of ints size, *, torch.device device)\n"
            " * (object data, *, torch.device device)\n"
        )
    if not data:
        return wrap(np.empty(0, dt))
    first = data[0]
    if len(data) == 1 and isinstance(first, Tensor):
        return first.detach().requires_grad_(first.requires_grad)
    if len(data) == 1 and isinstance(first, tuple) and hasattr(first, "numel"):
        data = first
    elif len(data) == 1 and (isinstance(first, np.ndarray) or not hasattr(first, "__index__")):
        if isinstance(first, (str, bytes)):
            raise TypeError(f"new(): invalid data type '{type(first).__name__}'")
        if not _is_sequence(first):
            raise TypeError(f"new(): data must be a sequence (got {type(first).__name__})")
        return wrap(conversion.cast(first, dt) if isinstance(first, np.ndarray) else array_of(first, dt))
    return wrap(np.empty(check_sizes(sizes_of("new", data), dt.itemsize), dt))


def _construct(cls: type, *data: Any, **options: Any) -> Tensor:
    built = _legacy(get_default_dtype().numpy, data, options)
    return built if cls is Tensor else as_subclass(built, cls)


def as_subclass(self: Tensor, cls: type) -> Any:
    """The same tensor, with its memory and history, as an instance of a subclass of Tensor."""
    if not issubclass(cls, Tensor):
        raise TypeError("cls must be a type that inherits from Tensor")
    alias = object.__new__(cls)
    alias._array, alias._family, alias._view = self._array, self._family, self._view
    return alias


Tensor._construct = classmethod(_construct)  # type: ignore[attr-defined]
Tensor.as_subclass = as_subclass  # type: ignore[attr-defined]
Tensor.new = lambda self, *data, **options: _legacy(self._array.dtype, data, options)  # type: ignore[attr-defined]


def _options_of(dt: dtype) -> str:
    """How PyTorch's errors describe a tensor of this dtype."""
    return (
        f"TensorOptions(dtype={C_NAMES[dt.numpy]}, device=cpu, layout=Strided, requires_grad=false (default), "
        "pinned_memory=false (default), memory_format=(nullopt))"
    )


class TensorType(type):
    """The class of `FloatTensor` and its like: what is called as they are makes tensors of one dtype."""

    dtype: dtype

    def __call__(cls, *data: Any, **options: Any) -> Tensor:
        if len(data) == 1 and isinstance(data[0], Tensor) and data[0].dtype is not cls.dtype:
            raise TypeError(f"expected {_options_of(cls.dtype)} (got {_options_of(data[0].dtype)})")
        return _legacy(cls.dtype.numpy, data, options)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype


def legacy_types() -> dict[str, TensorType]:
    """`FloatTensor`, `LongTensor` and their like, by name."""
    types = {}
    for dt, each in of_numpy.items():
        name = legacy_type_name(dt).removeprefix("torch.")
        types[name] = TensorType(name, (), {"dtype": each, "__module__": "torch"})
    return types


LEGACY_TYPES: dict[str, TensorType] = legacy_types()
globals().update(LEGACY_TYPES)
__all__ += list(LEGACY_TYPES)  # noqa: PLE0604
