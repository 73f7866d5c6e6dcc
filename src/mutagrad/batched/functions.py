"""The rules of NumPy's functions for arrays with hidden dimensions, found by NumPy's protocol for functions.

Most say where a dimension of a sample stands physically, and leave the work to the function itself.

Read first: `array.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mutagrad.batched import indexing
from mutagrad.batched.array import (
    NO_WRITE,
    Batched,
    aligned,
    levels_of,
    matmul,
    physical_of,
    placed,
    reach,
    union,
    widened,
)
from mutagrad.batched.rows import counts_in_rows, places_in_rows

DYNAMIC = (
    "vmap: We do not support batching operators that can output dynamic shape. Attempted to vmap over aten::{}. "
    "Please file an issue at https://github.com/pytorch/pytorch/issues if you need this feature."
)
OF_DYNAMIC_SHAPE = frozenset({"unique", "unique_consecutive", "masked_select", "nonzero", "nonzero_static"})
"""The operations whose results have shapes that depend on the data."""
Axis = int | tuple[int, ...] | None


def rule(*functions: Callable) -> Callable[[Callable], Callable]:
    """Makes the decorated function the rule of some of NumPy's."""

    def register(call: Callable) -> Callable:
        for function in functions:
            Batched.functions[function] = call
        return call

    return register


def pointwise(kernel: Callable) -> Callable[..., Any]:
    """A kernel that works element by element, of samples."""

    def call(*operands: Any, **options: Any) -> Any:
        levels = union(*operands)
        if not levels:
            return kernel(*operands, **options)
        return Batched(kernel(*aligned(operands, levels), **options), levels)

    return call


def along(kernel: Callable, place: int = 1, default: Any = None) -> Callable[..., Any]:
    """A kernel that works along one dimension, its argument number `place`, of samples."""

    def call(x: Any, *arguments: Any, **options: Any) -> Any:
        if type(x) is not Batched:
            return kernel(x, *arguments, **options)
        given = list(arguments)
        axis = options.pop("axis") if "axis" in options else given.pop(place - 1) if len(given) >= place else default
        if x.ndim == 0:
            given.insert(place - 1, -1)
            return x.like(kernel(x.physical[..., None], *given, **options)[..., 0])
        given.insert(place - 1, x.axis(axis))
        return x.like(kernel(x.physical, *given, **options))

    return call


def reducing(kernel: Callable) -> Callable[..., Any]:
    """A kernel that reduces dimensions, its second argument, of samples."""

    def call(x: Any, axis: Axis = None, *arguments: Any, **options: Any) -> Any:
        if type(x) is not Batched:
            return kernel(x, axis, *arguments, **options)
        return x.like(np.asarray(kernel(x.physical, x.axes(axis), *arguments, **options)))

    return call


loops: Counter[str] = Counter()
"""How often a function without a rule was called sample by sample."""


def sample_by_sample(function: Callable) -> Callable[..., Any]:
    """A function that knows plain arrays only, called for each sample in turn: what is left where there is no rule."""

    def call(*operands: Any, **options: Any) -> Any:
        given = (*operands, *options.values())
        leaves = [each for x in given for each in (x if isinstance(x, (list, tuple)) else (x,))]
        levels = union(*leaves)
        if not levels:
            return function(*operands, **options)
        loops[getattr(function, "__name__", str(function))] += 1
        sizes = tuple([level.size for level in levels])

        def sample(x: Any, place: tuple[int, ...]) -> Any:
            if isinstance(x, (list, tuple)):
                return type(x)([sample(each, place) for each in x])
            if type(x) is not Batched:
                return x
            return x.physical[(*[i for level, i in zip(levels, place) if level in x.levels], ...)]

        made = []
        for place in np.ndindex(sizes):
            named = {name: sample(x, place) for name, x in options.items()}
            made.append(function(*[sample(x, place) for x in operands], **named))
        if isinstance(made[0], tuple):
            return tuple([_gathered(each, sizes, levels) for each in zip(*made)])
        return _gathered(made, sizes, levels)

    return call


def _gathered(results: Sequence[Any], sizes: tuple[int, ...], levels: Any) -> Batched | None:
    if results[0] is None:
        return None
    if len({np.shape(each) for each in results}) > 1:
        raise RuntimeError(DYNAMIC.format("an operation"))
    array = np.stack([np.asarray(each) for each in results])
    return Batched(array.reshape((*sizes, *array.shape[1:])), levels)


for _function in (np.where, np.real, np.imag, np.nan_to_num, np.isclose, np.clip, np.isreal, np.iscomplex, np.angle):
    Batched.functions[_function] = pointwise(_function)
for _function in (np.cumsum, np.cumprod, np.diff):
    Batched.functions[_function] = along(_function)
for _function in (np.sort, np.argsort):
    Batched.functions[_function] = along(_function, default=-1)
for _function in (np.sum, np.prod, np.mean, np.max, np.min, np.any, np.all, np.count_nonzero, np.std, np.var):
    Batched.functions[_function] = reducing(_function)


# What is asked about ------------------------------------------------------------------------------------------------

rule(np.shape)(lambda x: x.shape)
rule(np.ndim)(lambda x: x.ndim)
rule(np.size)(lambda x: x.size)
rule(np.iscomplexobj)(lambda x: x.dtype.kind == "c")
rule(np.result_type)(lambda *operands: np.result_type(*[physical_of(x) for x in operands]))
rule(np.may_share_memory)(lambda x, y, *rest: np.may_share_memory(physical_of(x), physical_of(y)))
rule(np.shares_memory)(lambda x, y, *rest: np.shares_memory(physical_of(x), physical_of(y)))


@rule(np.nonzero, np.flatnonzero, np.argwhere, np.unique)
def dynamic(x: Any, *arguments: Any, **options: Any) -> Any:
    raise RuntimeError(DYNAMIC.format("nonzero"))


@rule(np.unravel_index)
def unravel_index(indices: Batched, shape: Any, order: Any = "C") -> tuple[Batched, ...]:
    return tuple([indices.like(each) for each in np.unravel_index(indices.physical, shape, order)])


# Memory -------------------------------------------------------------------------------------------------------------


@rule(np.copyto)
def copyto(target: Any, source: Any, casting: str = "same_kind", where: Any = True) -> None:
    """Copies a value, broadcast, into the target. Raises RuntimeError for a value that differs between samples."""
    if type(target) is not Batched:
        raise RuntimeError(NO_WRITE)
    mask = placed(where, target) if type(where) is Batched else where
    np.copyto(target.physical, placed(source, target), casting=casting, where=mask)  # type: ignore[arg-type]


@rule(np.zeros_like, np.empty_like)
def zeros_like(x: Batched, dtype: Any = None, order: Any = "K", **options: Any) -> Batched:
    return x.like(np.zeros_like(x.physical, dtype, order))


@rule(np.ones_like)
def ones_like(x: Batched, dtype: Any = None, order: Any = "K", **options: Any) -> Batched:
    return x.like(np.ones_like(x.physical, dtype, order))


@rule(np.full_like)
def full_like(x: Batched, value: Any, dtype: Any = None, order: Any = "K", **options: Any) -> Batched:
    return x.like(np.full_like(x.physical, value, dtype, order))


@rule(np.copy)
def copy(x: Batched, *arguments: Any, **options: Any) -> Batched:
    return x.copy()


@rule(np.astype)
def astype(x: Batched, dtype: Any, copy: bool = True, **options: Any) -> Batched:
    return x.astype(dtype, copy)


# Shapes and orders --------------------------------------------------------------------------------------------------

rule(np.reshape)(lambda x, shape, *rest, copy=None, **options: x.reshape(shape, copy=copy))
rule(np.ravel)(lambda x, *rest, **options: x.ravel())
rule(np.transpose, np.permute_dims)(lambda x, axes=None: x.transpose(*(() if axes is None else (tuple(axes),))))
rule(np.squeeze)(lambda x, axis=None: x.squeeze(axis))
rule(np.diagonal)(lambda x, offset=0, axis1=0, axis2=1: x.diagonal(offset, axis1, axis2))
rule(np.take)(lambda x, indices, axis=None, **options: take(x, indices, axis))
rule(np.matrix_transpose)(lambda x: x.transpose((*range(x.ndim - 2), x.ndim - 1, x.ndim - 2)))


def take(x: Any, indices: Any, axis: Any = None) -> Any:
    """The parts of `x` at some indices along a dimension."""
    if type(x) is Batched:
        return x.take(indices, axis)
    if type(indices) is not Batched:
        return np.take(x, indices, axis)
    x, axis = (x.reshape(-1), 0) if axis is None else (x, axis)
    before = axis % x.ndim
    return indexing.get(x, (*(slice(None),) * before, indices))


@rule(np.broadcast_to)
def broadcast_to(x: Batched, shape: Any, **options: Any) -> Batched:
    shape = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    if len(shape) < x.ndim:
        raise ValueError(f"could not broadcast an array of shape {x.shape} to {shape}")
    array = reach(x, x.levels, len(shape))
    wide = np.broadcast_to(array, (*array.shape[: len(x.levels)], *shape))
    wide.flags.writeable = x.physical.flags.writeable
    return x.like(wide)


@rule(np.broadcast_arrays)
def broadcast_arrays(*operands: Any, **options: Any) -> tuple[Any, ...]:
    shape = np.broadcast_shapes(*[np.shape(x) for x in operands])
    return tuple([np.broadcast_to(x, shape) for x in operands])


@rule(np.moveaxis)
def moveaxis(x: Batched, source: Any, destination: Any) -> Batched:
    return x.like(np.moveaxis(x.physical, x.axes(source), x.axes(destination)))


@rule(np.swapaxes)
def swapaxes(x: Batched, first: int, second: int) -> Batched:
    return x.like(np.swapaxes(x.physical, x.axis(first), x.axis(second)))


@rule(np.expand_dims)
def expand_dims(x: Batched, axis: Any) -> Batched:
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    ndim = x.ndim + len(axes)
    return x.like(np.expand_dims(x.physical, tuple([len(x.levels) + d % ndim for d in axes])))


@rule(np.flip)
def flip(x: Batched, axis: Axis = None) -> Batched:
    return x.like(np.flip(x.physical, x.axes(axis)))


@rule(np.roll)
def roll(x: Batched, shift: Any, axis: Axis = None) -> Batched:
    if axis is None:
        return roll(x.ravel(), shift, 0).reshape(x.shape)
    return x.like(np.roll(x.physical, shift, x.axes(axis)))


@rule(np.tile)
def tile(x: Batched, repetitions: Any) -> Batched:
    times = tuple(repetitions) if isinstance(repetitions, (tuple, list)) else (repetitions,)
    x = x.reshape((1,) * (len(times) - x.ndim) + x.shape)
    return x.like(np.tile(x.physical, (*(1,) * (x.physical.ndim - len(times)), *times)))


@rule(np.repeat)
def repeat(x: Batched, repeats: Any, axis: int | None = None) -> Batched:
    if axis is None:
        x, axis = x.ravel(), 0
    return x.like(np.repeat(x.physical, repeats, x.axis(axis)))


@rule(np.tril)
def tril(x: Batched, k: int = 0) -> Batched:
    return x.like(np.tril(x.physical, k))


@rule(np.triu)
def triu(x: Batched, k: int = 0) -> Batched:
    return x.like(np.triu(x.physical, k))


# Rows ---------------------------------------------------------------------------------------------------------------


@rule(np.take_along_axis)
def take_along_axis(x: Any, indices: Any, axis: int = -1) -> Batched:
    levels = union(x, indices)
    wide = [widened(each, levels, copy=False) for each in (x, indices)]
    return Batched(np.take_along_axis(wide[0].physical, wide[1].physical, wide[0].axis(axis)), levels)


@rule(np.searchsorted)
def searchsorted(rows: Any, values: Any, side: Any = "left", sorter: Any = None) -> Batched:
    """The places of values in a sorted vector of each sample."""
    if sorter is not None:
        rows = np.take_along_axis(rows, sorter, -1)
    if type(rows) is not Batched:
        return values.like(np.searchsorted(rows, values.physical, side))
    levels = union(rows, values)
    given = values if type(values) is Batched else np.asarray(values)
    wide, sought = [widened(each, levels, copy=False) for each in (rows, given)]
    found = places_in_rows(wide.physical, sought.reshape(-1).physical, side)
    return Batched(found, levels).reshape(np.shape(values))


@rule(np.isin)
def isin(x: Any, among: Any, assume_unique: bool = False, invert: bool = False, **options: Any) -> Any:
    """Whether each element is among those of its own sample."""
    if type(among) is not Batched:
        return x.like(np.isin(x.physical, among, assume_unique, invert))
    found = (np.expand_dims(x, -1) == among.ravel()).any(-1)
    return ~found if invert else found


@rule(np.linspace)
def linspace(start: Any, stop: Any, num: int = 50, dtype: Any = None, **options: Any) -> Batched:
    levels = union(start, stop)
    first, last = aligned((start, stop), levels)
    return Batched(np.linspace(first, last, num, dtype=dtype, axis=-1), levels)


@rule(np.bincount)
def bincount(x: Batched, weights: Any = None, minlength: int = 0) -> Batched:
    """How often each number occurs in each sample. Raises RuntimeError where the results would differ in size."""
    sizes = np.maximum(x.physical.max(-1, initial=-1) + 1, minlength)
    if sizes.size and sizes.min() != sizes.max():
        raise RuntimeError(DYNAMIC.format("bincount"))
    return x.like(counts_in_rows(x.physical, int(sizes.max(initial=minlength))))


# Joining ------------------------------------------------------------------------------------------------------------


@rule(np.concatenate)
def concat(arrays: Sequence[Any], axis: int | None = 0, **options: Any) -> Batched:
    levels = union(*arrays)
    parts = [widened(x, levels, copy=False) for x in arrays]
    if axis is None:
        parts, axis = [part.ravel() for part in parts], 0
    return Batched(np.concatenate([part.physical for part in parts], parts[0].axis(axis), **options), levels)


@rule(np.stack)
def stack(arrays: Sequence[Any], axis: int = 0, **options: Any) -> Batched:
    levels = union(*arrays)
    parts = [widened(x, levels, copy=False) for x in arrays]
    place = len(levels) + axis % (parts[0].ndim + 1)
    return Batched(np.stack([part.physical for part in parts], place, **options), levels)


# Products and matrices ----------------------------------------------------------------------------------------------

rule(np.matmul)(matmul)


@rule(np.tensordot)
def tensordot(x: Any, y: Any, axes: Any = 2) -> Any:
    """Products summed over pairs of dimensions, as one matrix product of samples."""
    if isinstance(axes, int):
        axes = (tuple(range(x.ndim - axes, x.ndim)), tuple(range(axes)))
    first, second = [[d % a.ndim for d in ([ds] if isinstance(ds, int) else ds)] for a, ds in zip((x, y), axes)]
    rows, columns = [d for d in range(x.ndim) if d not in first], [d for d in range(y.ndim) if d not in second]
    shape = tuple([x.shape[d] for d in rows]) + tuple([y.shape[d] for d in columns])
    inner = int(np.prod([x.shape[d] for d in first]))
    a = x.transpose((*rows, *first)).reshape((int(np.prod([x.shape[d] for d in rows])), inner))
    b = y.transpose((*second, *columns)).reshape((inner, int(np.prod([y.shape[d] for d in columns]))))
    return np.matmul(a, b).reshape(shape)


@rule(np.einsum)
def einsum(subscripts: str, *operands: Any, **options: Any) -> Batched:
    """NumPy's, with a letter more for each level."""
    levels = union(*operands)
    free = [c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in subscripts]
    letters = dict(zip(levels, free))
    given, _, result = subscripts.partition("->")
    terms = ["".join(letters[level] for level in levels_of(x)) + term for x, term in zip(operands, given.split(","))]
    out = "".join(letters.values()) + result
    return Batched(np.einsum(f"{','.join(terms)}->{out}", *[physical_of(x) for x in operands], **options), levels)


def of_matrices(function: Callable) -> Callable[..., Any]:
    """A function of matrices (or vectors) that NumPy does for whole batches."""

    def call(*operands: Any, **options: Any) -> Any:
        levels = union(*operands)
        if not levels:
            return function(*operands, **options)
        made = function(*aligned(operands, levels), **options)
        if isinstance(made, tuple):
            parts = [Batched(each, levels) for each in made]
            return type(made)(*parts) if hasattr(made, "_fields") else tuple(parts)
        return Batched(np.asarray(made), levels)

    return call


for _name in (
    "inv",
    "det",
    "slogdet",
    "cholesky",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "svd",
    "svdvals",
    "qr",
    "pinv",
):
    Batched.functions[getattr(np.linalg, _name)] = of_matrices(getattr(np.linalg, _name))


@rule(np.linalg.solve)
def solve(a: Any, b: Any) -> Batched:
    """The solution of a linear system for each sample."""
    vector = b.ndim == 1
    solved = of_matrices(np.linalg.solve)(a, b[:, None] if vector else b)
    return solved[..., 0] if vector else solved


rule(np.ufunc.at)(lambda ufunc, x, key, *values: _at(ufunc, x, key, *values))


def _at(ufunc: np.ufunc, x: Any, key: Any, *values: Any) -> None:
    """The unbuffered operation of a ufunc at the elements `x[key]` of every sample."""
    pick = indexing.Pick(x, key if isinstance(key, tuple) else (key,), union(*values))
    ufunc.at(pick.array, pick.places, *[pick.outer(value) for value in values])
