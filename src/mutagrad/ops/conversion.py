"""Other dtypes, copies, and questions about dtypes: `to`, `type`, `float`, `clone`, `contiguous`, `result_type`.

A conversion between floating-point dtypes is differentiable; one to integers has no gradient. There is only the CPU,
so a device named must be that.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from mutagrad.declaration import composite, pointwise
from mutagrad.device import check_device, contiguous_format, memory_format, preserve_format
from mutagrad.dtypes import as_dtype, can_cast, dtype, legacy_type_name, of_numpy, promote_types
from mutagrad.dtypes import result_type as numpy_result_type
from mutagrad.modes import extras, modes
from mutagrad.namespaces.layouts import copy_in_order
from mutagrad.operation import Operation
from mutagrad.ops.numbers import NUMBERS
from mutagrad.ops.views import check_tensor
from mutagrad.pullback import same
from mutagrad.tensor import Tensor, wrap

__all__ = [
    "can_cast",
    "clone",
    "is_complex",
    "is_conj",
    "is_floating_point",
    "is_inference",
    "is_neg",
    "is_nonzero",
    "is_same_size",
    "is_signed",
    "is_tensor",
    "numel",
    "promote_types",
    "result_type",
]

# Copies -------------------------------------------------------------------------------------------------------------

copied = pointwise("clone", "copy", input=same, in_place=False, method=False)
copied_in_order = pointwise(
    "clone",
    lambda xp, input: xp.copy(input, order="C"),
    input=same,
    in_place=False,
    method=False,
    direct=np.ndarray.copy,
)
taken_over = Operation("clone", lambda xp, input: xp.asarray(input), {"input": same}, jvp=lambda xp, tangent: tangent)
converted = Operation(
    "_to_copy",
    lambda xp, input, /, *, dtype: xp.fit(input, tuple(input.shape), dtype),
    {"input": lambda xp, ct, input_dtype: xp.fit(ct, tuple(ct.shape), input_dtype)},
    node_name="ToCopyBackward0",
    jvp="linear",
)


def cast(array: np.ndarray, dt: np.dtype) -> np.ndarray:
    """A copy of the array in another dtype; of complex numbers the real parts."""
    if array.dtype.kind == "c" and dt.kind not in "cb":
        array = real_part(array)
    if array.dtype.kind in "biu":
        return copy_in_order(array, dt)
    with np.errstate(all="ignore"):
        return copy_in_order(array, dt)


def real_part(array: np.ndarray) -> np.ndarray:
    """The real parts of complex numbers, with PyTorch's warning that the others are lost."""
    warnings.warn("Casting complex values to real discards the imaginary part", stacklevel=5)
    return np.real(array)


@composite()
def clone(input: Tensor, *, memory_format: memory_format | None = None) -> Tensor:
    """A copy with the same history; its strides keep their order, unless a memory format is given.

    >>> import mutagrad
    >>> x = mutagrad.ones(2, requires_grad=True)
    >>> x.clone().grad_fn.name()
    'CloneBackward0'
    """
    check_tensor("clone", input)
    if memory_format is None or memory_format is preserve_format:
        if 0 not in input._array.strides:
            made = copied(input)
        else:
            made = taken_over.apply((input,), {}, [copy_in_order(input._array, input._array.dtype)])
    else:
        _check_format("clone", memory_format)
        if memory_format is contiguous_format:
            made = copied_in_order(input)
        else:
            made = taken_over.apply((input,), {}, [memory_format.arranged(input._array)])
    if extras[0]:
        for each in modes.observers:
            each.clone_made(input, made)
    return made


def _check_format(function: str, given: Any) -> None:
    if not isinstance(given, memory_format):
        raise TypeError(
            f"{function}(): argument 'memory_format' must be torch.memory_format, not {type(given).__name__}"
        )


@composite()
def contiguous(self: Tensor, memory_format: memory_format = contiguous_format) -> Tensor:
    """The tensor itself where its memory is in order, else a copy in which it is."""
    _check_format("contiguous", memory_format)
    return self if memory_format.describes(self._array) else clone(self, memory_format=memory_format)


# Conversions --------------------------------------------------------------------------------------------------------


def convert(input: Tensor, dt: np.dtype, copy: bool = False, format: memory_format | None = None) -> Tensor:
    """The tensor in another dtype; itself where that is its own, unless `copy`."""
    if dt == input._array.dtype and not copy:
        return input if format in (None, preserve_format) else input.contiguous(format)
    value = cast(input._array, dt)
    made = converted.apply((input,), {"dtype": dt}, [value]) if dt.kind in "fc" else wrap(value)
    return made if format in (None, preserve_format) else made.contiguous(format)


@composite()
def to(
    self: Tensor,
    *target: Any,
    device: Any = None,
    dtype: dtype | None = None,
    non_blocking: bool = False,
    copy: bool = False,
    memory_format: memory_format | None = None,
) -> Tensor:
    """The tensor in the dtype (and on the device) given, or of another tensor; itself where nothing changes.

    Called as `to(dtype)`, `to(device, dtype)` or `to(other)`, each with `non_blocking` and `copy` after it.

    >>> import mutagrad
    >>> mutagrad.tensor([1.7, -1.7]).to(mutagrad.int64)
    tensor([ 1, -1])
    """
    rest = list(target)
    if rest and isinstance(rest[0], Tensor):
        dtype = rest.pop(0).dtype
    elif rest and _is_dtype(rest[0]):
        dtype = rest.pop(0)
    else:
        device = rest.pop(0) if rest else device
        if rest and (rest[0] is None or _is_dtype(rest[0])):
            dtype = rest.pop(0) or dtype
    if len(rest) > 2:
        raise TypeError(f"to() takes at most 4 positional arguments ({len(target)} given)")
    if isinstance(device, int):
        raise RuntimeError("Cannot access accelerator device when none is available.")
    check_device(device)
    wanted = self._array.dtype if dtype is None else as_dtype(dtype, "to").numpy
    return convert(self, wanted, rest[1] if len(rest) > 1 else copy, memory_format)


def _is_dtype(value: Any) -> bool:
    return isinstance(value, (dtype, np.dtype)) or (isinstance(value, type) and value in (bool, int, float, complex))


def to_type(self: Tensor, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The name of the tensor's type, or the tensor in the dtype (or type, or name of one) given.

    >>> import mutagrad
    >>> mutagrad.ones(1).type()
    'torch.FloatTensor'
    """
    if dtype is None:
        return legacy_type_name(self._array.dtype)
    if isinstance(dtype, str):
        named = {legacy_type_name(dt): dt for dt in of_numpy}
        if dtype not in named:
            raise ValueError(f"invalid type: {dtype!r}")
        return convert(self, named[dtype])
    given = getattr(dtype, "dtype", dtype)
    if not _is_dtype(given):
        raise TypeError("dtype must be a type, str, or dtype object")
    return convert(self, as_dtype(given, "type").numpy)


Tensor.type = to_type


@composite()
def type_as(self: Tensor, other: Tensor) -> Tensor:
    """The tensor in the dtype of another."""
    return convert(self, other._array.dtype)


def _shorthand(name: str, numpy_name: str) -> None:
    dt = np.dtype(numpy_name)

    def shorthand(self: Tensor, memory_format: memory_format | None = None) -> Tensor:
        return convert(self, dt, False, memory_format)

    shorthand.__name__ = shorthand.__qualname__ = name
    shorthand.__doc__ = f"The tensor in dtype {of_numpy[dt]}; itself where that is its own."
    setattr(Tensor, name, shorthand)


for _name, _numpy_name in {
    "float": "float32",
    "double": "float64",
    "half": "float16",
    "int": "int32",
    "long": "int64",
    "short": "int16",
    "char": "int8",
    "byte": "uint8",
    "bool": "bool",
    "cfloat": "complex64",
    "cdouble": "complex128",
}.items():
    _shorthand(_name, _numpy_name)


@composite()
def cpu(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor itself: it is on the CPU."""
    return self


@composite()
def cuda(self: Tensor, device: Any = None, non_blocking: bool = False, memory_format: Any = None) -> Tensor:
    """Raises AssertionError: there is only the CPU."""
    check_device("cuda")
    return self


# Questions ----------------------------------------------------------------------------------------------------------


def result_type(tensor1: Any, tensor2: Any) -> dtype:
    """The dtype that an operation on these two, tensors or numbers, has.

    >>> import mutagrad
    >>> mutagrad.result_type(mutagrad.arange(2), 1.5)
    torch.float32
    """
    operands = []
    for each in (tensor1, tensor2):
        if not isinstance(each, (Tensor, *NUMBERS)):
            shown = ", ".join(x.__class__.__name__ for x in (tensor1, tensor2))
            raise TypeError(
                f"result_type() received an invalid combination of arguments - got ({shown}), but expected one of:\n"
                " * (Tensor tensor, Tensor other)\n * (Number scalar, Tensor tensor)\n"
                " * (Tensor tensor, Number other)\n * (Number scalar1, Number scalar2)\n"
            )
        operands.append(each._array if isinstance(each, Tensor) else each)
    return of_numpy[numpy_result_type(*operands)]


def is_tensor(obj: Any) -> bool:
    """Whether `obj` is a tensor."""
    return isinstance(obj, Tensor)


def numel(input: Tensor) -> int:
    """The number of elements."""
    check_tensor("numel", input)
    return input._array.size


def is_floating_point(input: Tensor) -> bool:
    """Whether the dtype is a real floating-point type."""
    check_tensor("is_floating_point", input)
    return input.is_floating_point()


def is_complex(input: Tensor) -> bool:
    """Whether the dtype is complex."""
    check_tensor("is_complex", input)
    return input.is_complex()


def is_signed(input: Tensor) -> bool:
    """Whether the dtype can hold negative numbers."""
    check_tensor("is_signed", input)
    return input.is_signed()


def is_inference(input: Tensor) -> bool:
    """Whether the tensor was made in inference mode."""
    check_tensor("is_inference", input)
    return input.is_inference()


def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether both shapes are equal."""
    check_tensor("is_same_size", input)
    return input.is_same_size(other)


@composite()
def is_nonzero(input: Tensor) -> bool:
    """Whether the one element is not zero. Raises RuntimeError when there is not exactly one."""
    check_tensor("is_nonzero", input)
    return input.__bool__()


@composite()
def is_conj(input: Tensor) -> bool:
    """Whether the tensor is a conjugate that was not computed yet: never, here it is computed at once."""
    return False


@composite()
def is_neg(input: Tensor) -> bool:
    """Whether the tensor is a negative that was not computed yet: never, here it is computed at once."""
    return False


@composite("resolve_neg")
def resolve_conj(self: Tensor) -> Tensor:
    """The tensor itself: conjugates and negatives are computed at once."""
    return self
