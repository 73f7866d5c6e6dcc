"""What an operation is applied to: tensors, numbers and arrays, each as the other where that is asked for.

A Python number beside a tensor counts as a constant in the dtype that both have together; here are the ways in which it
becomes one, the cells that inputs are saved in, and what is said of operands that a kernel refuses.

Read next: `operation.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mutagrad.batched import Batched, levels_of
from mutagrad.dtypes import ARRAYS, of_numpy, scalar_result
from mutagrad.storage import Saved
from mutagrad.tensor import Tensor

ndarray = np.ndarray
NUMBERS = (bool, int, float, complex)
HALF, SINGLE, DOUBLE = np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.float64)
new = object.__new__


def number(value: Any, dt: np.dtype) -> ndarray:
    """A Python number as a zero-dimensional array of `dt`; integers wrap as PyTorch's do."""
    try:
        return np.array(value, dt)
    except OverflowError:
        return np.array(value).astype(dt)
    except TypeError:
        if isinstance(value, complex):
            raise
        raise TypeError(f"must be Tensor or a number, not {type(value).__name__}") from None


class _Constants:
    """What stands for family and storage of numbers: nothing is ever written there."""

    edge = None

    @staticmethod
    def save(array: ndarray, view: None) -> Saved:
        return constant(array)


_Constants.storage = _Constants  # type: ignore[attr-defined]


class Number:
    """A Python number `value` as the operand of a tensor: a constant array in the dtype that both have together.

    It has what the recording path asks of a tensor, so that path needs no second branch.
    """

    __slots__ = ("_array", "value")
    _family = _Constants
    _view = None


def as_operand(value: Any, tensor: Any) -> Any:
    """A Python number as the operand of `tensor`; the number itself when that is no tensor."""
    try:
        dt = scalar_result[tensor._array.dtype, type(value)]
    except AttributeError:
        return value
    made = new(Number)
    made.value = value
    try:
        made._array = np.array(value, dt)
    except OverflowError:
        made._array = number(value, dt)
    return made


def as_dtype(value: Any, dt: np.dtype) -> Any:
    """An array or a number as an array of `dt`."""
    if isinstance(value, ARRAYS):
        return value if value.dtype is dt else value.astype(dt)
    return number(value, dt)


def as_array(value: Any) -> Any:
    """An array even where NumPy gave a scalar; one that owns its memory."""
    if type(value) is not ndarray and type(value) is not Batched:
        return np.asarray(value)
    return value if value.base is None else value.copy()


def save(value: Any) -> Saved:
    """A cell for an input: a region of its storage, or a number as it is."""
    if isinstance(value, Tensor):
        return value._family.storage.save(value._array, value._view)
    return constant(value)


def constant(value: Any) -> Saved:
    """A cell for a value that is nobody else's."""
    saved = Saved()
    saved.array = value
    saved.storage = saved.view = None
    return saved


def fitting(tensor: Tensor) -> tuple[Any, ...]:
    """What `xp.fit` has to know of an input: its shape and dtype, and its levels."""
    array = tensor._array
    return array.shape, array.dtype, levels_of(array)


def _is_tensor(x: Any) -> bool:
    return isinstance(x, Tensor)


def all_tensors(inputs: Sequence[Any]) -> bool:
    return all(map(_is_tensor, inputs))


def explain(name: str, error: Exception, arrays: Sequence[Any]) -> Exception:
    """What PyTorch says where NumPy raised `error` for these arrays."""
    text = str(error)
    if text.startswith("argument '"):
        return TypeError(f"{name}(): {text}")
    shapes = [np.shape(a) for a in arrays if a is not None and not isinstance(a, (list, tuple))]
    if "broadcast" in text:
        return broadcast_error(shapes)
    if text.startswith(("ufunc", "numpy boolean")) or "not supported for the input types" in text:
        dt = next(a.dtype for a in arrays if isinstance(a, ARRAYS))
        return NotImplementedError(f"\"{name}_cpu\" not implemented for '{of_numpy[dt].scalar_type}'")
    return error


def broadcast_error(shapes: Sequence[tuple[int, ...]]) -> Exception:
    """PyTorch's RuntimeError for shapes that cannot be broadcast together."""
    first = shapes[0]
    for second in shapes[1:]:
        for back in range(1, min(len(first), len(second)) + 1):
            a, b = first[-back], second[-back]
            if a != b and 1 not in (a, b):
                dim = max(len(first), len(second)) - back
                return RuntimeError(
                    f"The size of tensor a ({a}) must match the size of tensor b ({b}) at non-singleton dimension {dim}"
                )
        first = np.broadcast_shapes(first, second)
    return RuntimeError(f"shapes {', '.join(map(str, shapes))} cannot be broadcast together")
