"""How single items become tensors, and lists of items batches: `default_convert`, `default_collate`.

Follows https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.default_collate
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from copy import copy
from typing import Any

import numpy as np

from mutagrad import dtypes
from mutagrad.ops.construction import tensor
from mutagrad.ops.joining import stack
from mutagrad.ops.sharing import as_tensor
from mutagrad.tensor import Tensor


def default_convert(data: Any) -> Any:
    """The data with each NumPy array in it as a tensor over the same memory; texts and numbers stay as they are.

    >>> import numpy as np
    >>> default_convert({"a": np.array([1, 2]), "b": "text"})
    {'a': tensor([1, 2]), 'b': 'text'}
    """
    if isinstance(data, Tensor):
        return data
    if isinstance(data, (np.ndarray, np.generic)):
        return data if data.dtype.kind in "SUO" else as_tensor(data)
    if isinstance(data, Mapping):
        return _mapping(data, {key: default_convert(data[key]) for key in data})
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*map(default_convert, data))
    if isinstance(data, tuple):
        return [default_convert(each) for each in data]
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return _sequence(data, [default_convert(each) for each in data])
    return data


def default_collate(batch: Any) -> Any:
    """A batch of items: tensors stacked, numbers as a tensor, texts as a list, containers with batches for items.

    Raises TypeError for items that nothing is known to do with, RuntimeError for sequences of different lengths.

    >>> default_collate([(1, "a"), (2, "b")])
    [tensor([1, 2]), ('a', 'b')]
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return stack(batch)
    if isinstance(first, np.ndarray) and first.dtype.kind in "SUO":
        raise _unknown(first.dtype)
    if isinstance(first, np.ndarray) and first.shape:
        return stack([as_tensor(each) for each in batch])
    if isinstance(first, (np.ndarray, np.generic)):
        return as_tensor(np.asarray(batch))
    if isinstance(first, float):
        return tensor(batch, dtype=dtypes.float64)
    if isinstance(first, int):
        return tensor(batch)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        return _mapping(first, {key: default_collate([item[key] for item in batch]) for key in first})
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*(default_collate(column) for column in zip(*batch)))
    if isinstance(first, Sequence):
        if any(len(item) != len(first) for item in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        columns = [default_collate(column) for column in zip(*batch)]
        return columns if isinstance(first, tuple) else _sequence(first, columns)
    raise _unknown(type(first))


def _unknown(found: Any) -> TypeError:
    return TypeError(
        f"default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {found}"
    )


def _mapping(like: Any, items: dict[Any, Any]) -> Any:
    """The items in a mapping of the same type, where one can be made."""
    return _of_type(like, items, MutableMapping, lambda made: made.update(items))


def _sequence(like: Any, items: list[Any]) -> Any:
    """The items in a sequence of the same type, where one can be made."""

    def fill(made: Any) -> None:
        made[:] = items

    return items if isinstance(like, range) else _of_type(like, items, MutableSequence, fill)


def _of_type(like: Any, items: Any, mutable: type, fill: Callable[[Any], None]) -> Any:
    if type(like) is type(items):
        return items
    try:
        if not isinstance(like, mutable):
            return type(like)(items)
        made = copy(like)  # it may have attributes of its own
        fill(made)
    except TypeError:
        return items
    return made
