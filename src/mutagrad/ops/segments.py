"""Reductions of the parts, one after another, of which a dimension consists.

Each element is added to, or compared with, the result of the part that it belongs to.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mutagrad.ops.creation import full
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor, wrap

__all__ = ["segment_reduce"]

_NEUTRAL = {"sum": 0.0, "mean": 0.0, "prod": 1.0, "max": -np.inf, "amax": -np.inf, "min": np.inf, "amin": np.inf}


def segment_reduce(
    data: Tensor,
    reduce: str,
    *,
    lengths: Tensor | None = None,
    indices: Tensor | None = None,
    offsets: Tensor | None = None,
    axis: int = 0,
    unsafe: bool = False,
    initial: float | None = None,
) -> Tensor:
    """The "sum", "mean", "prod", "max" or "min" of each part of `data` along `axis`, which is the last of `lengths`.

    The parts have these `lengths` (*, parts), or begin and end at these `offsets` (*, parts + 1). `initial` counts as a
    first element, but not in the number of a mean. Raises RuntimeError for parts that do not make up the dimension.

    >>> import mutagrad
    >>> mutagrad.segment_reduce(mutagrad.arange(4.0), "sum", lengths=mutagrad.tensor([1, 3]))
    tensor([0., 6.])
    """
    check_tensor("segment_reduce", data)
    if reduce not in _NEUTRAL:
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    if lengths is not None:
        counts = lengths._array
    elif offsets is not None:
        counts = np.diff(offsets._array)
    else:
        raise RuntimeError("segment_reduce(): Either lengths or offsets must be defined.")
    size = data.shape[axis]
    if not unsafe and lengths is not None and ((counts < 0).any() or (counts.sum(-1) != size).any()):
        raise RuntimeError(
            "segment_reduce(): Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1) when !unsafe."
        )
    starts = np.cumsum(counts, -1) - counts if offsets is None else offsets._array[..., :-1]
    # All parts of all rows in one row: which part each of their elements belongs to, and where it is.
    rows = np.arange(math.prod(counts.shape[:-1])).reshape(*counts.shape[:-1], 1)
    flat = counts.ravel()
    part = np.repeat(np.arange(flat.size), flat)
    place = np.arange(part.size) + np.repeat((starts + rows * size).ravel() - np.cumsum(flat) + flat, flat)
    elements: Any = data.flatten(0, axis)[wrap(place)]
    first = _NEUTRAL[reduce] if initial is None else initial
    result: Any = full((flat.size, *elements.shape[1:]), first, dtype=data.dtype)
    if reduce in ("sum", "mean"):
        result = result.index_add(0, wrap(part), elements)
    else:
        result = result.index_reduce(0, wrap(part), elements, "prod" if reduce == "prod" else "a" + reduce[-3:])
    if reduce == "mean":
        # Of nothing there is a mean only when there is a first element.
        number = flat if initial is None else np.maximum(flat, 1)
        result = result / wrap(number.astype(data._array.dtype).reshape(-1, *(1,) * (result.ndim - 1)))
    return result.unflatten(0, counts.shape)
