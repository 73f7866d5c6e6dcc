"""`scatter_reduce`: the values written to one element are combined with it, and with one another.

A sum is what `write_at` does; the other kinds are operations in place here, whose gradient goes to every element that
took part: in equal shares for a mean, among those that reach it for a maximum, times the product of the others for a
product. Where the old value takes no part (`include_self=False`), its gradient ends.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.batched import physical_of
from mutagrad.in_place import apply_in_place
from mutagrad.operation import Operation
from mutagrad.ops.indexing import write_at, writing
from mutagrad.ops.keys import Key
from mutagrad.tensor import Tensor


def _kept(xp: Any, share: Any, kept: Any) -> Any:
    """A share of the old value, zero where that took no part."""
    return share if kept is None else share * kept


def _taking_part(xp: Any, input: Any, key: Key, src: Any, include_self: bool) -> Any:
    """One where the old value takes part, else zero; None where it does throughout."""
    if include_self:
        return None
    return xp.reduce_at(xp.ones_like(input), key, xp.zeros_like(src), "prod", True)


def _counted(xp: Any, input: Any, key: Key, numbers: Any) -> Any:
    """The sums of `numbers` over the elements of `input` that the key names."""
    return xp.reduce_at(xp.zeros(input.shape, dtype=np.int64), key, numbers, "sum", True)


def _mean(xp: Any, input: Any, src: Any, /, *, key: Key, include_self: bool) -> Any:
    count = xp.maximum(_counted(xp, input, key, np.ones(src.shape, np.int64)) + int(include_self), 1)
    sums = xp.reduce_at(input, key, src, "sum", include_self)
    if input.dtype.kind in "iu":
        return sums // xp.astype(count, input.dtype), None, None
    count = xp.astype(count, input.dtype)
    return sums / count, count, _taking_part(xp, input, key, src, include_self)


def _largest(xp: Any, input: Any, src: Any, /, *, key: Key, include_self: bool, reduce: str) -> Any:
    out = xp.reduce_at(input, key, src, reduce, include_self)
    if input.dtype.kind != "f":
        return out, None, None
    of_self = xp.astype(input == out, input.dtype)
    of_src = xp.astype(src == xp.get_at(out, key), input.dtype)
    kept = _taking_part(xp, input, key, src, include_self)
    if kept is not None:
        of_self = of_self * kept
    ties = xp.maximum(xp.reduce_at(of_self, key, of_src, "sum", True), 1)
    return out, of_self / ties, of_src / xp.get_at(ties, key)


def _product(xp: Any, input: Any, src: Any, /, *, key: Key, include_self: bool) -> Any:
    out = xp.reduce_at(input, key, src, "prod", include_self)
    zeros, kept = src == 0, _taking_part(xp, input, key, src, include_self)
    if not physical_of(zeros).any():
        return out, None, None, kept
    return out, zeros, xp.get_at(_counted(xp, input, key, xp.astype(zeros, np.int64)), key), kept


def _product_of_sources(xp: Any, ct: Any, input: Any, src: Any, kept: Any, key: Key) -> Any:
    one = xp.where(input == 0, 1, input)
    return _kept(xp, ct * (xp.reduce_at(one, key, src, "prod", True) / one), kept)


def _product_of_others(
    xp: Any, ct: Any, input: Any, src: Any, out: Any, zeros: Any, count: Any, key: Key, include_self: bool
) -> Any:
    if zeros is None:
        return xp.get_at(ct * out, key) / src
    if isinstance(ct, Tensor) and physical_of(count._array > 1).any():
        raise RuntimeError(
            "scatter_reduce(): Double backward is unsupported for src when >1 zeros in src are scattered to the same "
            "position in self"
        )
    # A zero that is alone at its place has a share: the product of all but itself.
    alone = xp.logical_and(zeros, count == 1)
    others = xp.reduce_at(input, key, xp.where(alone, 1, src), "prod", include_self)
    return xp.where(alone, xp.get_at(ct * others, key), xp.get_at(ct * out, key) / xp.where(zeros, 1, src))


summing = writing("scatter_reduce")
averaging = Operation(
    "scatter_reduce",
    _mean,
    {
        "input": lambda xp, ct, count, kept: _kept(xp, ct / count, kept),
        "src": lambda xp, ct, count, key: xp.get_at(ct / count, key),
    },
    derived=("count", "kept"),
)
maximising = Operation(
    "scatter_reduce",
    _largest,
    {
        "input": lambda xp, ct, of_self: ct * of_self,
        "src": lambda xp, ct, of_src, key: xp.get_at(ct, key) * of_src,
    },
    derived=("of_self", "of_src"),
)
multiplying = Operation(
    "scatter_reduce",
    _product,
    {"input": _product_of_sources, "src": _product_of_others},
    derived=("zeros", "count", "kept"),
)


def reduce_into(target: Tensor, key: Key, src: Tensor, reduce: str, include_self: bool = True) -> None:
    """Combines the elements `target[key]` of a settled key with `src` and writes the results there.

    Raises NotImplementedError for a kind of reduction that the dtype lacks.
    """
    kind = target._array.dtype.kind
    lacking = (reduce == "mean" and kind == "b") or (reduce in ("amax", "amin") and kind == "c")
    if lacking:
        name = target.dtype.scalar_type
        raise NotImplementedError(f"\"scatter_gather_tensor_cpu_reduce_{reduce}\" not implemented for '{name}'")
    values = {"key": key, "include_self": include_self}
    if reduce == "sum":
        if not include_self:
            write_at(target, key, 0, "scatter_reduce_", summing)
        write_at(target, key, src, "scatter_reduce_", summing, accumulate=True)
    elif reduce == "mean":
        apply_in_place(averaging, target, (src,), values)
    elif reduce == "prod":
        apply_in_place(multiplying, target, (src,), values)
    else:
        apply_in_place(maximising, target, (src,), {**values, "reduce": reduce})
