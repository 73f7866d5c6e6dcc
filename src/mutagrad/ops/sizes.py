"""How sizes are given: as numbers one after another, as one tuple or list, and how the errors name them.

Used by everything that takes a shape: views, creation, random numbers, resizing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import index
from typing import Any

import numpy as np

from mutagrad.dtypes import legacy_type_name
from mutagrad.tensor import Size, wrap_dim

LIMIT = 1 << 63  # the first number beyond a signed integer of 64 bits


def sizes_of(function: str, given: Sequence[Any], name: str = "size") -> tuple[int, ...]:
    """The sizes that the arguments `given` to `function` mean: integers, or one sequence of integers.

    Raises TypeError, which calls the argument `name`, for anything else.

    >>> sizes_of("zeros", (2, 3)), sizes_of("zeros", ([2, 3],))
    ((2, 3), (2, 3))
    """
    for each in given:
        if type(each) is not int or not -LIMIT <= each < LIMIT:
            break
    else:
        if given:
            return tuple(given)
    if len(given) == 1 and not _is_integer(given[0]):
        return sizes_in(function, given[0], name)
    if not given:
        raise TypeError(f'{function}() missing 1 required positional arguments: "{name}"')
    return sizes_in(function, given, name)


def sizes_in(function: str, sequence: Any, name: str = "size", position: int = 1) -> tuple[int, ...]:
    """The sizes in one tuple or list, the argument called `name` at `position` of `function`.

    Raises TypeError for anything else, and for a size that is not an integer of 64 bits.
    """
    if not isinstance(sequence, (tuple, list)):
        raise TypeError(
            f"{function}(): argument '{name}' (position {position}) must be tuple of ints, not {type_name(sequence)}"
        )
    for each in sequence:
        if type(each) is not int or not -LIMIT <= each < LIMIT:
            break
    else:
        return tuple(sequence)
    sizes = []
    for i, each in enumerate(sequence, 1):
        if type(each) is not int:
            if not _is_integer(each):
                raise TypeError(
                    f"{function}(): argument '{name}' failed to unpack the object at pos {i} with error "
                    f'"type must be tuple of ints,but got {type(each).__name__}"'
                )
            each = index(each)
        if not -LIMIT <= each < LIMIT:
            raise TypeError(
                f"{function}(): argument '{name}' failed to unpack the object at pos {i} with error "
                '"Overflow when unpacking long long'
            )
        sizes.append(each)
    return tuple(sizes)


def type_name(value: Any) -> str:
    """What PyTorch's errors call the type of a value."""
    kind = type(value)
    return f"{kind.__module__}.{kind.__name__}" if kind.__module__ == "numpy" else kind.__name__


def integer(function: str, value: Any, name: str = "dim", position: int = 2) -> int:
    """An integer argument. Raises TypeError, which calls it `name` at `position` of `function`, for anything else."""
    if type(value) is int:
        return value
    if not _is_integer(value):
        raise TypeError(
            f"{function}(): argument '{name}' (position {position}) must be int, not {type(value).__name__}"
        )
    return index(value)


def axis_of(function: str, dim: Any, ndim: int, name: str = "dim", position: int = 2) -> int:
    """A dimension counted from the front. Raises TypeError for no integer, IndexError when it is out of range."""
    return wrap_dim(dim if type(dim) is int else integer(function, dim, name, position), ndim)


def _is_integer(value: Any) -> bool:
    """Whether the value is a whole number of any library; a boolean is none."""
    if type(value) is int:
        return True
    if isinstance(value, (bool, np.bool_)) or not hasattr(value, "__index__"):
        return False
    return getattr(value, "ndim", 0) == 0


def check_sizes(shape: tuple[int, ...], itemsize: int = 1) -> tuple[int, ...]:
    """`shape` itself.

    Raises RuntimeError when a size is negative, or when the memory for it could not be addressed.
    """
    count = itemsize
    for size in shape:
        if size < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {size}: {list(shape)}")
        count *= max(size, 1)
    if count >= LIMIT and 0 not in shape:
        raise RuntimeError(f"Storage size calculation overflowed with sizes={list(shape)}")
    return shape


def shape_of(function: str, given: Sequence[Any], count: int, name: str = "size") -> tuple[int, ...]:
    """The shape for `count` elements that the arguments `given` to `function` mean: one size may be -1.

    Raises TypeError for what are no sizes, RuntimeError for sizes that do not fit.

    >>> shape_of("view", (2, -1), 6)
    (2, 3)
    """
    known = 1
    for size in given:
        if type(size) is not int or size < 0:
            break
        known *= size
    else:
        if known == count and given:
            return tuple(given)
    return inferred(sizes_of(function, given, name), count)


def inferred(shape: tuple[int, ...], count: int) -> tuple[int, ...]:
    """`shape` with the one -1 in it, if any, replaced so that there are `count` elements.

    Raises RuntimeError where that cannot be.

    >>> inferred((2, -1), 6)
    (2, 3)
    """
    unknown, known = None, 1
    for i, size in enumerate(shape):
        if size == -1:
            if unknown is not None:
                raise RuntimeError("only one dimension can be inferred")
            unknown = i
        elif size < 0:
            raise RuntimeError(f"invalid shape dimension {size} at index {i} of shape {list(shape)}")
        else:
            known *= size
    if unknown is None:
        if known != count:
            raise invalid_shape(shape, count)
        return shape
    if known == 0:
        if count:
            raise invalid_shape(shape, count)
        raise RuntimeError(
            f"cannot reshape tensor of 0 elements into shape {list(shape)} because the unspecified dimension size -1 "
            "can be any value and is ambiguous"
        )
    if count % known:
        raise invalid_shape(shape, count)
    return (*shape[:unknown], count // known, *shape[unknown + 1 :])


def invalid_shape(shape: Sequence[int], count: int) -> RuntimeError:
    """The error for a shape that does not hold `count` elements."""
    return RuntimeError(f"shape '{list(shape)}' is invalid for input of size {count}")


@lru_cache(maxsize=1024)
def expanded(shape: tuple[int, ...], sizes: tuple[int, ...], dt: np.dtype) -> tuple[int, ...]:
    """The shape that a tensor of `shape` and dtype `dt` is expanded to by `sizes`, in which -1 keeps a dimension.

    Raises RuntimeError where a dimension that is not one would change, or is missing.
    """
    extra = len(sizes) - len(shape)
    if extra < 0:
        raise RuntimeError(
            f"expand({legacy_type_name(dt)}{{{list(shape)}}}, size={list(sizes)}): the number of sizes provided "
            f"({len(sizes)}) must be greater or equal to the number of dimensions in the tensor ({len(shape)})"
        )
    result = []
    for d, size in enumerate(sizes):
        present = shape[d - extra] if d >= extra else None
        if size == -1:
            if present is None:
                raise RuntimeError(
                    f"The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension {d}"
                )
            size = present
        elif present not in (None, 1, size) or size < 0:
            raise RuntimeError(
                f"The expanded size of the tensor ({size}) must match the existing size ({present}) at non-singleton "
                f"dimension {d}.  Target sizes: {list(sizes)}.  Tensor sizes: {list(shape)}"
            )
        result.append(size)
    return tuple(result)


def broadcast_shapes(*shapes: Any) -> Size:
    """The shape that tensors of these shapes (or sizes) are broadcast to together.

    Raises RuntimeError when they cannot be.

    >>> import mutagrad
    >>> mutagrad.broadcast_shapes((2, 1), (3,))
    torch.Size([2, 3])
    """
    result: list[int] = []
    for i, shape in enumerate(shapes):
        sizes = (shape,) if _is_integer(shape) else tuple(shape)
        result[:0] = [1] * (len(sizes) - len(result))
        for back in range(1, len(sizes) + 1):
            size = sizes[-back]
            if size < 0:
                raise ValueError("Attempting to broadcast a dimension with negative length!")
            if size not in (1, result[-back]) and result[-back] != 1:
                raise RuntimeError(
                    f"Attempting to broadcast a dimension of length {size} at -{back}! Mismatching argument at index "
                    f"{i} had {sizes}; but expected shape should be broadcastable to {result}"
                )
            if size != 1:
                result[-back] = size
    return Size(result)
