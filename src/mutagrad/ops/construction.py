"""Tensors made of a copy of data: `tensor`, `new_tensor`, the legacy constructors `Tensor(...)`, `FloatTensor(...)`.

Shape and dtype are those that PyTorch infers. What shares the memory of its data is in `sharing.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
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
from mutagrad.ops import conversion
from mutagrad.ops.creation import made
from mutagrad.ops.numbers import WHOLE, whole
from mutagrad.ops.sizes import check_sizes, sizes_of, type_name
from mutagrad.random.checks import C_NAMES
from mutagrad.report.leaving import made_a_number
from mutagrad.report.spans import caller_frame, caller_level, caller_span
from mutagrad.tensor import Tensor, wrap

__all__ = ["tensor"]

EXACT = 2**53 - 1  # up to here a float64 tells every integer from its neighbours
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
    return copied(data, "tensor", dtype, device, requires_grad)


def _warn_of_copy(function: str, level: int) -> None:
    warnings.warn(
        "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
        f"sourceTensor.detach().clone().requires_grad_(True), rather than {function}(sourceTensor).",
        stacklevel=level,
    )


def copied(data: Any, function: str, dtype: Any, device: Any, requires_grad: bool) -> Tensor:
    """A tensor of a copy of `data`, in the dtype given or the one that it has."""
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


def new_tensor(
    self: Tensor, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A tensor of a copy of `data`, in the dtype of this one unless another is given."""
    if isinstance(data, Tensor):
        _warn_of_copy("tensor.new_tensor", 3)
    wanted = dtype if dtype is not None or isinstance(data, (Tensor, np.ndarray)) else self.dtype
    return copied(data, "new_tensor", wanted, device, requires_grad)


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
        if kind == "f":
            # Integers among floats came through a float: beyond 2 ** 53 they may have been rounded.
            least, largest = max(least, -EXACT), min(largest, EXACT)
        if not (least <= array.min() and array.max() <= largest):
            return None
    with np.errstate(all="ignore"):
        return array.astype(dt, copy=False)


def _one_by_one(data: Any, shape: tuple[int, ...], dt: np.dtype) -> np.ndarray:
    elements = list(_flattened(data, shape, 0))
    numbers = [_stored(each, dt) for each in elements]
    if any(isinstance(each, Tensor) and each.requires_grad for each in elements):
        headline = "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior."
        warnings.warn(made_a_number(headline, caller_frame(), caller_span()), stacklevel=caller_level())
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


Tensor._construct = classmethod(_construct)
Tensor.as_subclass = as_subclass  # type: ignore[attr-defined]
Tensor.new = lambda self, *data, **options: _legacy(self._array.dtype, data, options)


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
__all__ += list(LEGACY_TYPES)
