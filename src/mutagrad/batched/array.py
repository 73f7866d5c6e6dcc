"""`Batched`: an array that hides leading dimensions.

    physical   [ level 1 | level 2 | 3 | 4 ]
    shown                          [ 3 | 4 ]

What `vmap` maps over is hidden in front, one dimension for each level, in the order of the levels; shape, strides and
keys are those of one sample. So everything that is written for arrays works on all samples at once: NumPy's functions
find their rules here and in `functions.py` by NumPy's own protocols, the kernels of the library in
`namespaces/batched.py`. Operands are aligned: a level that one of them has not is broadcast.

Read first: `levels.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from mutagrad.batched.levels import Level, Unbatchable, state

ALL = slice(None)
Levels = tuple[Level, ...]

NO_ITEM = (
    "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor, "
    "please try to rewrite what you're doing with other operations. If error is occurring somewhere inside PyTorch "
    "internals, please file a bug report."
)
NO_CONTROL_FLOW = (
    "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't support that "
    "yet, please file an issue at https://github.com/pytorch/pytorch/issues ."
)
NO_MASK = (
    "vmap: We do not support batching operators that can support dynamic shape. Attempting to batch over indexing with "
    "a boolean mask."
)
RANDOM_IN_ERROR_MODE = (
    "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' "
    "randomness flags on vmap or perform the randomness operation out of vmap"
)
NO_WRITE = (
    "vmap: inplace arithmetic(self, *extra_args) is not possible because there exists a Tensor `other` in extra_args "
    "that has more elements than `self`. This happened due to `other` being vmapped over but `self` not being vmapped "
    "over in a vmap. Please try to use out-of-place operators instead of inplace arithmetic. If said operator is being "
    "called inside the PyTorch framework, please file a bug report instead."
)


class Flags:
    """What is asked of an array's flags."""

    def __init__(self, physical: np.ndarray) -> None:
        self.c_contiguous = physical.flags.c_contiguous
        self.writeable = physical.flags.writeable


class Batched(NDArrayOperatorsMixin):
    """An array whose first dimensions, one for each of `levels`, are hidden; see the module's text."""

    __slots__ = ("physical", "levels", "__weakref__")

    functions: dict[Callable, Callable] = {}  # the rules of NumPy's functions; `functions.py` fills it in
    read: Callable[[Any, tuple], Any]
    write: Callable[[Any, tuple, Any], None]

    def __init__(self, physical: np.ndarray, levels: Levels) -> None:
        self.physical = physical
        self.levels = levels

    # What one sample looks like -------------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        return self.physical.shape[len(self.levels) :]

    @property
    def strides(self) -> tuple[int, ...]:
        return self.physical.strides[len(self.levels) :]

    @property
    def ndim(self) -> int:
        return self.physical.ndim - len(self.levels)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def dtype(self) -> np.dtype:
        return self.physical.dtype

    @property
    def itemsize(self) -> int:
        return self.physical.itemsize

    @property
    def nbytes(self) -> int:
        return self.physical.nbytes

    @property
    def base(self) -> Any:
        return self.physical.base

    @property
    def flags(self) -> Flags:
        return Flags(self.physical)

    @property
    def real(self) -> Batched:
        return self.like(np.real(self.physical))

    @property
    def imag(self) -> Batched:
        return self.like(np.imag(self.physical))

    @property
    def T(self) -> Batched:
        return self.transpose()

    @property
    def mT(self) -> Batched:
        return self.like(self.physical.mT)

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[Batched]:
        return iter([self[i] for i in range(self.shape[0])])

    def __repr__(self) -> str:
        return f"BatchedTensor(lvl={len(self.levels)}, bdim={len(self.levels) - 1}, value={self.physical})"

    # What no sample has of its own ----------------------------------------------------------------------------------

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        raise Unbatchable("an array with hidden dimensions was taken for a plain one")

    def item(self) -> Any:
        raise RuntimeError(NO_ITEM)

    __int__ = __float__ = __complex__ = __index__ = item

    def __bool__(self) -> bool:
        raise RuntimeError(NO_CONTROL_FLOW)

    def tolist(self) -> Any:
        raise RuntimeError("Cannot access data pointer of Tensor that doesn't have storage")

    # Layout ---------------------------------------------------------------------------------------------------------

    def like(self, physical: np.ndarray) -> Batched:
        """Another array with the same levels."""
        return Batched(physical, self.levels)

    def axis(self, axis: int) -> int:
        """The physical place of a dimension of a sample; a sample without dimensions counts as having one."""
        span = max(self.ndim, 1)
        if not -span <= axis < span:
            raise np.exceptions.AxisError(axis, self.ndim)
        return len(self.levels) + (axis + span if axis < 0 else axis)

    def axes(self, axis: Any) -> tuple[int, ...]:
        """The physical places of one dimension, of several, or (None) of all."""
        if axis is None or self.ndim == 0:
            return tuple(range(len(self.levels), self.physical.ndim))
        return tuple([self.axis(d) for d in (axis if isinstance(axis, (tuple, list)) else (axis,))])

    def reshape(self, *shape: Any, copy: Any = None) -> Batched:
        wanted = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
        if -1 in wanted:
            known = -math.prod(wanted)
            wanted = tuple([(self.size // known if known else 0) if n == -1 else n for n in wanted])
        hidden = self.physical.shape[: len(self.levels)]
        return self.like(self.physical.reshape((*hidden, *wanted), copy=copy))

    def ravel(self) -> Batched:
        return self.reshape(-1)

    def transpose(self, *axes: Any) -> Batched:
        order = tuple(axes[0]) if len(axes) == 1 and not isinstance(axes[0], int) else axes
        places = self.axes(order) if order else self.axes(None)[::-1]
        return self.like(self.physical.transpose((*range(len(self.levels)), *places)))

    def squeeze(self, axis: Any = None) -> Batched:
        axes = (
            self.axes(axis) if axis is not None else tuple([a for a in self.axes(None) if self.physical.shape[a] == 1])
        )
        return self.like(self.physical.squeeze(axes))

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Batched:
        part = self.physical.diagonal(offset, self.axis(axis1), self.axis(axis2))
        part.flags.writeable = self.physical.flags.writeable
        return self.like(part)

    def view(self, dtype: Any) -> Batched:
        return self.like(self.physical.view(dtype))

    def astype(self, dtype: Any, copy: bool = True) -> Batched:
        return self.like(self.physical.astype(dtype, copy=copy))

    def copy(self, order: Any = "C") -> Batched:
        return self.like(self.physical.copy(order))

    def fill(self, value: Any) -> None:
        self.physical.fill(value)

    def conj(self) -> Batched:
        return self.like(self.physical.conj())

    def shown(self) -> Any:
        """The array in which the dimension of the innermost level is the first."""
        return Batched(self.physical, self.levels[:-1]) if len(self.levels) > 1 else self.physical

    # Along dimensions -----------------------------------------------------------------------------------------------

    def _reduced(self, name: str, axis: Any, keepdims: bool, **options: Any) -> Batched:
        return self.like(getattr(self.physical, name)(axis=self.axes(axis), keepdims=keepdims, **options))

    def sum(self, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Batched:
        return self._reduced("sum", axis, keepdims, dtype=dtype)

    def any(self, axis: Any = None, keepdims: bool = False) -> Batched:
        return self._reduced("any", axis, keepdims)

    def all(self, axis: Any = None, keepdims: bool = False) -> Batched:
        return self._reduced("all", axis, keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> Batched:
        return self._reduced("max", axis, keepdims)

    def min(self, axis: Any = None, keepdims: bool = False) -> Batched:
        return self._reduced("min", axis, keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Batched:
        return self._reduced("mean", axis, keepdims)

    def _selected(self, name: str, axis: int | None, keepdims: bool) -> Batched:
        if axis is None:
            found = getattr(self.ravel(), name)(0)
            return found.reshape((1,) * self.ndim) if keepdims else found
        if self.ndim == 0:
            return self.like(np.zeros(self.physical.shape, np.int64))
        return self.like(getattr(self.physical, name)(self.axis(axis), keepdims=keepdims))

    def argmax(self, axis: int | None = None, keepdims: bool = False) -> Batched:
        return self._selected("argmax", axis, keepdims)

    def argmin(self, axis: int | None = None, keepdims: bool = False) -> Batched:
        return self._selected("argmin", axis, keepdims)

    def argsort(self, axis: int = -1, kind: Any = None) -> Batched:
        return self.like(self.physical.argsort(self.axis(axis), kind=kind))

    def argpartition(self, k: int, axis: int = -1) -> Batched:
        return self.like(self.physical.argpartition(k, self.axis(axis)))

    def clip(self, low: Any, high: Any) -> Batched:
        return np.clip(self, low, high)  # type: ignore[return-value]

    def take(self, indices: Any, axis: int | None = None) -> Any:
        indices = indices if isinstance(indices, Batched) else np.asarray(indices)
        if axis is None:
            return Batched.read(self.ravel(), (indices,))
        before = self.axis(axis) - len(self.levels)
        return Batched.read(self, (*(ALL,) * before, indices))

    # Elements -------------------------------------------------------------------------------------------------------

    def __getitem__(self, key: Any) -> Any:
        items = key if type(key) is tuple else (key,)
        if _is_basic(items):
            return self.like(self.physical[(*(ALL,) * len(self.levels), *items)])
        return Batched.read(self, items)

    def __setitem__(self, key: Any, value: Any) -> None:
        items = key if type(key) is tuple else (key,)
        if not _is_basic(items):
            Batched.write(self, items, value)
            return
        part = self.like(self.physical[(*(ALL,) * len(self.levels), *items, ...)[: None if ... not in items else -1]])
        part.physical[...] = placed(value, part)

    # NumPy's protocols ----------------------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if method == "__call__":
            return _call(ufunc, inputs, options)
        x = inputs[0]
        if method == "at":
            return Batched.functions[np.ufunc.at](ufunc, *inputs)
        if not isinstance(x, Batched) or method not in ("reduce", "accumulate") or options.pop("out", None):
            raise Unbatchable(f"{ufunc.__name__}.{method} of an array with hidden dimensions")
        axis = options.pop("axis", 0)
        if "where" in options and isinstance(options["where"], Batched):
            raise Unbatchable("a reduction where a batched mask is set")
        if method == "accumulate":
            return x.like(ufunc.accumulate(x.physical, x.axis(axis), **options))
        return x.like(ufunc.reduce(x.physical, axis=x.axes(axis), **options))

    def __array_function__(self, function: Callable, types: Any, args: tuple, options: dict[str, Any]) -> Any:
        rule = Batched.functions.get(function)
        if rule is None:
            raise Unbatchable(f"numpy.{function.__name__} has no rule for hidden dimensions")
        return rule(*args, **options)


def _is_basic(items: tuple) -> bool:
    return all(type(item) in (int, slice) or item is None or item is Ellipsis for item in items)


def _call(ufunc: np.ufunc, inputs: tuple, options: dict[str, Any]) -> Any:
    out = options.pop("out", None)
    if ufunc is np.matmul:
        result = matmul(*inputs)
    elif ufunc.signature is not None:
        raise Unbatchable(f"{ufunc.__name__} has no rule for hidden dimensions")
    else:
        levels = union(*inputs, options.get("where"))
        if "where" in options:
            *inputs, options["where"] = aligned((*inputs, options["where"]), levels)  # type: ignore[assignment]
        else:
            inputs = aligned(inputs, levels)  # type: ignore[assignment]
        made = ufunc(*inputs, **options)
        result = tuple([Batched(each, levels) for each in made]) if type(made) is tuple else Batched(made, levels)
    if out is None:
        return result
    for target, each in zip(out, result if type(result) is tuple else (result,)):
        if not isinstance(target, Batched):
            raise RuntimeError(NO_WRITE)
        target[...] = each
    return out[0] if len(out) == 1 else out


# Levels -------------------------------------------------------------------------------------------------------------


def levels_of(x: Any) -> Levels:
    """The levels of an array or number."""
    return x.levels if type(x) is Batched else ()


def union(*operands: Any) -> Levels:
    """All levels of some arrays, in order."""
    found: Levels = ()
    for x in operands:
        if type(x) is Batched and x.levels != found:
            found = x.levels if not found else tuple(sorted({*found, *x.levels}, key=lambda level: level.number))
    return found


def physical_of(x: Any) -> Any:
    """The array with its hidden dimensions; a plain array itself."""
    return x.physical if type(x) is Batched else x


def reach(x: Any, levels: Levels, ndim: int) -> np.ndarray:
    """The physical array of `x`, with a dimension (of one, where it has none) for each of `levels` and `ndim` more."""
    if type(x) is not Batched:
        x = np.asarray(x)
        return x.reshape((1,) * (len(levels) + ndim - x.ndim) + x.shape)
    if x.levels == levels and x.ndim == ndim:
        return x.physical
    hidden = dict(zip(x.levels, x.physical.shape))
    return x.physical.reshape((*[hidden.get(level, 1) for level in levels], *(1,) * (ndim - x.ndim), *x.shape))


def aligned(operands: Sequence[Any], levels: Levels | None = None) -> list[Any]:
    """Physical arrays of the operands that broadcast together as their samples do; plain ones and numbers as they are."""
    if levels is None:
        levels = union(*operands)
    ndim = max([x.ndim if isinstance(x, (np.ndarray, Batched)) else 0 for x in operands])
    return [reach(x, levels, ndim) if type(x) is Batched else x for x in operands]


def placed(value: Any, part: Batched) -> Any:
    """The physical array of a value to be written to all of `part`. Raises RuntimeError for one of further levels."""
    if type(value) is not Batched:
        if np.ndim(value) > part.ndim:
            return np.asarray(value).reshape(np.shape(value)[np.ndim(value) - part.ndim :])
        return value
    if not set(value.levels) <= set(part.levels):
        raise RuntimeError(NO_WRITE)
    if value.ndim > part.ndim:
        value = value.reshape(value.shape[value.ndim - part.ndim :])
    return reach(value, part.levels, part.ndim)


def widened(x: Any, levels: Levels, copy: bool = True) -> Any:
    """`x` with a dimension for each of `levels`, repeated where it had none; written to memory of its own."""
    wanted = levels if type(x) is not Batched else union(x, Batched(np.empty(0), levels))
    if not wanted or wanted == levels_of(x):
        return x.copy() if copy else x
    array = reach(x, wanted, x.ndim)
    shape = (*[level.size for level in wanted], *x.shape)
    repeated = np.broadcast_to(array, shape)
    return Batched(repeated.copy() if copy else repeated, wanted)


def empty_like(x: Batched, dtype: np.dtype, value: Any) -> Batched:
    """Memory of its own in the shape of `x` and with its strides, each element the `value`."""
    array = x.physical
    strides = [stride // array.itemsize for stride in array.strides]
    if 0 in [stride for stride, size in zip(strides, array.shape) if size > 1] or 0 in array.shape:
        return x.like(np.full(array.shape, value, dtype))
    extent = 1 + sum([(size - 1) * stride for size, stride in zip(array.shape, strides)])
    memory = np.full(extent, value, dtype)
    return x.like(np.ndarray(array.shape, dtype, memory, 0, tuple([stride * dtype.itemsize for stride in strides])))


def zeros_for_samples(x: Any, levels: Levels) -> Batched:
    """Zeros with a place for each sample of `levels`, in memory where each sample is laid out as one of `x` is."""
    strides = tuple([stride // x.itemsize for stride in x.strides])
    extent = 1 + sum([(size - 1) * stride for size, stride in zip(x.shape, strides)]) if 0 not in x.shape else 0
    memory = np.zeros((*[level.size for level in levels], extent), x.dtype)
    in_bytes = (*memory.strides[:-1], *[stride * x.itemsize for stride in strides])
    return Batched(np.ndarray((*memory.shape[:-1], *x.shape), x.dtype, memory, 0, in_bytes), levels)


def matched(x: Any, levels: Levels, kept: Levels = ()) -> Any:
    """`x` at just these levels (and those `kept` that it has): summed over others, repeated along missing ones."""
    if type(x) is Batched:
        sums = tuple([i for i, level in enumerate(x.levels) if level not in levels and level not in kept])
        if sums:
            rest = tuple([level for i, level in enumerate(x.levels) if i not in sums])
            total = x.physical.sum(axis=sums)
            x = Batched(total, rest) if rest else np.asarray(total)
    return widened(x, levels, copy=False) if levels else x


def drawn(shape: tuple[int, ...], draw: Callable[[tuple[int, ...]], np.ndarray]) -> Any:
    """The samples `draw(shape)`, drawn once for each sample of the levels whose randomness is "different".

    Raises RuntimeError inside a level whose randomness is "error".
    """
    if any(level.randomness == "error" for level in state.levels):
        raise RuntimeError(RANDOM_IN_ERROR_MODE)
    apart = tuple([level for level in state.levels if level.randomness == "different"])
    if not apart:
        return draw(shape)
    return Batched(draw((*[level.size for level in apart], *shape)), apart)


def drawn_from(draw: Callable[..., np.ndarray], *parameters: Any) -> Any:
    """The samples `draw(*parameters)` of given parameters, for each sample of the levels that there are.

    Raises RuntimeError inside a level whose randomness is "error", or "same" where parameters differ.
    """
    if any(level.randomness == "error" for level in state.levels):
        raise RuntimeError(RANDOM_IN_ERROR_MODE)
    if any(level.randomness == "same" for level in union(*parameters)):
        raise RuntimeError(
            "Vmap does not currently support same randomness with a batched tensor input. Please file an issue with "
            "functorch"
        )
    apart = tuple([level for level in state.levels if level.randomness == "different"])
    levels = union(*parameters, Batched(np.empty(0), apart))
    if not levels:
        return draw(*parameters)
    wide = [widened(x, levels, copy=False) if isinstance(x, (np.ndarray, Batched)) else x for x in parameters]
    ndim = max([x.ndim for x in wide if type(x) is Batched])
    return Batched(draw(*[reach(x, levels, ndim) if type(x) is Batched else x for x in wide]), levels)


# Products -----------------------------------------------------------------------------------------------------------


def matmul(x: Any, y: Any) -> Batched:
    """The matrix product of samples: one product where only the rows are batched, else a batch of products."""
    if x.dtype.char == "e":
        return matmul(x.astype(np.float32), y.astype(np.float32)).astype(np.float16)
    if not (x.ndim and y.ndim):
        raise ValueError("matmul: Input operand does not have enough dimensions")
    if type(y) is not Batched and y.ndim == 2:
        rows = x.physical.reshape(math.prod(x.physical.shape[:-1]), x.shape[-1])
        return x.like(np.matmul(rows, y).reshape((*x.physical.shape[:-1], y.shape[1])))
    if type(x) is not Batched and x.ndim == 2 and y.ndim == 1:
        return matmul(y, x.T)
    first, second = x.ndim == 1, y.ndim == 1
    x, y = x[None] if first else x, y[..., None] if second else y
    levels, ndim = union(x, y), max(x.ndim, y.ndim)
    a, b = reach(x, levels, ndim), reach(y, levels, ndim)
    product = a * b if a.shape[-1] == b.shape[-2] == 1 else np.matmul(a, b)
    if first or second:
        product = product.squeeze(tuple([axis for axis, is_vector in ((-2, first), (-1, second)) if is_vector]))
    return Batched(product, levels)
