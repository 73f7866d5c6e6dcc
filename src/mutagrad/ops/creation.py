"""Tensors of given sizes: zeros, ones, one value, ranges, the identity, the indices of triangles.

`like` and `new` forms take what is not said from another tensor. Tensors made of data are in `construction.py`, random
ones in `random.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from math import ceil, inf
from typing import Any

import numpy as np

from mutagrad.device import Layout, check_device, memory_format, strided
from mutagrad.dtypes import as_dtype, dtype, get_default_dtype, of_numpy
from mutagrad.modes import no_grad
from mutagrad.namespaces import arrays
from mutagrad.namespaces.layouts import empty_in_order
from mutagrad.ops.numbers import NUMBERS, element, overflow
from mutagrad.ops.sizes import check_sizes, integer, sizes_in, sizes_of
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor, wrap

__all__ = [
    "arange",
    "empty",
    "empty_like",
    "empty_permuted",
    "empty_strided",
    "eye",
    "full",
    "full_like",
    "linspace",
    "logspace",
    "ones",
    "ones_like",
    "range",
    "scalar_tensor",
    "tril_indices",
    "triu_indices",
    "zeros",
    "zeros_like",
]

span = range  # Python's own, which PyTorch's name hides below


class Options:
    """What every creation function takes besides sizes: the dtype, and where and how the memory is to be."""

    __slots__ = ("dtype", "function", "out", "requires_grad")

    def __init__(
        self,
        function: str,
        default: np.dtype | None = None,
        *,
        out: Tensor | None = None,
        dtype: dtype | None = None,
        layout: Layout | None = None,
        device: Any = None,
        pin_memory: bool = False,
        requires_grad: bool = False,
        **unknown: Any,
    ) -> None:
        if unknown:
            raise TypeError(f"{function}() got an unexpected keyword argument '{next(iter(unknown))}'")
        check_device(device)
        if pin_memory:
            raise RuntimeError("pin_memory=True requires an accelerator: there is only the CPU here")
        if layout is not None and layout is not strided:
            raise RuntimeError(f"{function}(): only the layout torch.strided is supported, not {layout}")
        given = None if dtype is None else as_dtype(dtype, function).numpy
        if out is not None and given not in (None, out._array.dtype):
            raise RuntimeError(
                f"dtype {of_numpy[given].scalar_type} does not match dtype of out parameter "  # type: ignore[index]
                f"({out.dtype.scalar_type})"
            )
        self.function = function
        self.out = out
        self.requires_grad = requires_grad
        if given is None:
            given = out._array.dtype if out is not None else get_default_dtype().numpy if default is None else default
        self.dtype = given

    def finish(self, array: np.ndarray) -> Tensor:
        """The tensor over a fresh array, or `out` with its values."""
        if self.out is None:
            return made(array, self.requires_grad)
        with no_grad():
            if self.out._array.shape != array.shape:
                self.out.resize_(array.shape)  # type: ignore[attr-defined]
            return self.out.copy_(wrap(array))  # type: ignore[attr-defined]


def made(array: np.ndarray, requires_grad: bool = False) -> Tensor:
    """The tensor over a fresh array, a leaf that requires grad if asked for.

    Raises RuntimeError when it is to require grad but holds integers.
    """
    tensor = wrap(array)
    if requires_grad:
        if array.dtype.kind not in "fc":
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        tensor.requires_grad_()
    return tensor


def allocate(function: Callable, shape: Sequence[int], dt: np.dtype, *arguments: Any) -> np.ndarray:
    """What a function of NumPy makes of checked sizes. Raises RuntimeError when there is not so much memory."""
    check_sizes(tuple(shape), dt.itemsize)
    try:
        return function(shape, *arguments, dtype=dt)
    except (MemoryError, ValueError):
        size = dt.itemsize
        for extent in shape:
            size *= extent
        raise RuntimeError(
            f"DefaultCPUAllocator: can't allocate memory: you tried to allocate {size} bytes. Error code 12 (Cannot "
            "allocate memory)"
        ) from None


# One value ----------------------------------------------------------------------------------------------------------


def _sizes(function: str, size: tuple, named: dict[str, Any]) -> tuple[int, ...]:
    return sizes_of(function, (named.pop("size"),) if "size" in named else size)


def zeros(*size: Any, **options: Any) -> Tensor:
    """A tensor of zeros.

    `size` is integers or one sequence of them; options are `out`, `dtype` (the default dtype), `layout`, `device`,
    `pin_memory` and `requires_grad`. Raises RuntimeError for a negative size.

    >>> import mutagrad
    >>> mutagrad.zeros(2, 3)
    tensor([[0., 0., 0.],
            [0., 0., 0.]])
    """
    shape = _sizes("zeros", size, options)
    if any(extent < 0 for extent in shape):
        raise RuntimeError("zeros: Dimension size must be non-negative.")
    to = Options("zeros", **options)
    return to.finish(allocate(np.zeros, shape, to.dtype))


def ones(*size: Any, **options: Any) -> Tensor:
    """A tensor of ones; for the options see `zeros`."""
    shape = _sizes("ones", size, options)
    to = Options("ones", **options)
    return to.finish(allocate(np.ones, shape, to.dtype))


def empty(*size: Any, memory_format: memory_format | None = None, **options: Any) -> Tensor:
    """A tensor of uninitialised memory; for the options see `zeros`."""
    shape = _sizes("empty", size, options)
    to = Options("empty", **options)
    array = allocate(np.empty, shape, to.dtype)
    return to.finish(array if memory_format is None else memory_format.arranged(array))


def full(size: Sequence[int], fill_value: Any, **options: Any) -> Tensor:
    """A tensor of one value, whose type decides the dtype unless it is given; for the options see `zeros`.

    Raises RuntimeError when the dtype cannot hold the value.

    >>> import mutagrad
    >>> mutagrad.full((2,), 7)
    tensor([7, 7])
    """
    shape = sizes_in("full", size)
    value = number("full", fill_value, "fill_value", 2)
    to = Options("full", _dtype_of_number(value), **options)
    return to.finish(allocate(np.full, shape, to.dtype, element(value, to.dtype)))


def scalar_tensor(s: Any, **options: Any) -> Tensor:
    """A zero-dimensional tensor of one number, of the default dtype unless it is given."""
    to = Options("scalar_tensor", **options)
    return to.finish(element(number("scalar_tensor", s, "s", 1), to.dtype))


def number(function: str, value: Any, name: str, position: int) -> Any:
    """A Python number, of a number or a zero-dimensional tensor that does not require grad. Raises TypeError else."""
    if isinstance(value, Tensor) and value._array.ndim == 0 and not value.requires_grad:
        return value._array.item()
    if isinstance(value, NUMBERS):
        return value.item() if isinstance(value, np.generic) else value
    raise TypeError(f"{function}(): argument '{name}' (position {position}) must be Number, not {type(value).__name__}")


def _dtype_of_number(value: Any) -> np.dtype:
    """The dtype of a tensor of one Python number."""
    if isinstance(value, float):
        return get_default_dtype().numpy
    return get_default_dtype().to_complex().numpy if isinstance(value, complex) else as_dtype(type(value)).numpy


# Like another tensor ------------------------------------------------------------------------------------------------


def _like(function: str, input: Tensor, options: dict[str, Any]) -> tuple[np.ndarray, Options]:
    """Uninitialised memory laid out as `input`, and the options."""
    check_tensor(function, input)
    wanted = options.pop("memory_format", None)
    to = Options(function, input._array.dtype, **options)
    array = empty_in_order(input._array, to.dtype)
    return (array if wanted is None else wanted.arranged(array)), to


def zeros_like(input: Tensor, **options: Any) -> Tensor:
    """A tensor of zeros in the shape, dtype and order of strides of `input`; options as for `zeros`."""
    array, to = _like("zeros_like", input, options)
    array.fill(0)
    return to.finish(array)


def ones_like(input: Tensor, **options: Any) -> Tensor:
    """A tensor of ones in the shape, dtype and order of strides of `input`; options as for `zeros`."""
    array, to = _like("ones_like", input, options)
    array.fill(1)
    return to.finish(array)


def empty_like(input: Tensor, **options: Any) -> Tensor:
    """Uninitialised memory in the shape, dtype and order of strides of `input`; options as for `zeros`."""
    array, to = _like("empty_like", input, options)
    return to.finish(array)


def full_like(input: Tensor, fill_value: Any, **options: Any) -> Tensor:
    """A tensor of one value in the shape, dtype and order of strides of `input`; options as for `zeros`."""
    array, to = _like("full_like", input, options)
    array[...] = element(number("full_like", fill_value, "fill_value", 2), to.dtype)
    return to.finish(array)


def _new(self: Tensor, function: Callable, arguments: tuple, options: dict[str, Any]) -> Tensor:
    return function(*arguments, **{"dtype": self.dtype, **options})


def new_zeros(self: Tensor, *size: Any, **options: Any) -> Tensor:
    """A tensor of zeros in the dtype of this one, of other sizes."""
    check_sizes(sizes_of("new_zeros", (options["size"],) if "size" in options else size))
    return _new(self, zeros, size, options)


def new_ones(self: Tensor, *size: Any, **options: Any) -> Tensor:
    """A tensor of ones in the dtype of this one, of other sizes."""
    return _new(self, ones, size, options)


def new_empty(self: Tensor, *size: Any, **options: Any) -> Tensor:
    """Uninitialised memory in the dtype of this tensor, of other sizes."""
    return _new(self, empty, size, options)


def new_full(self: Tensor, size: Sequence[int], fill_value: Any, **options: Any) -> Tensor:
    """A tensor of one value in the dtype of this one, of other sizes."""
    return _new(self, full, (size, fill_value), options)


def new_empty_strided(self: Tensor, size: Sequence[int], stride: Sequence[int], **options: Any) -> Tensor:
    """Uninitialised memory in the dtype of this tensor, of other sizes and strides."""
    return _new(self, empty_strided, (size, stride), options)


for method in (new_zeros, new_ones, new_empty, new_full, new_empty_strided):
    setattr(Tensor, method.__name__, method)


# Strides given ------------------------------------------------------------------------------------------------------


def empty_strided(size: Sequence[int], stride: Sequence[int], **options: Any) -> Tensor:
    """A tensor of uninitialised memory with the sizes and strides given; for the options see `zeros`."""
    shape, strides = sizes_in("empty_strided", size), sizes_in("empty_strided", stride, "stride", 2)
    if len(shape) != len(strides):
        raise RuntimeError(
            f"dimensionality of sizes ({len(shape)}) must match dimensionality of strides ({len(strides)})"
        )
    to = Options("empty_strided", **options)
    check_sizes(shape, to.dtype.itemsize)
    count = 1 + sum([(n - 1) * step for n, step in zip(shape, strides)]) if 0 not in shape else 0
    return to.finish(arrays.as_strided(np.empty(count, to.dtype), shape, strides, 0))


def empty_permuted(size: Sequence[int], physical_layout: Sequence[int], **options: Any) -> Tensor:
    """Uninitialised memory whose dimensions lie in memory in the order given, the outermost first."""
    shape = sizes_in("empty_permuted", size)
    order = sizes_in("empty_permuted", physical_layout, "physical_layout", 2)
    to = Options("empty_permuted", **options)
    array = allocate(np.empty, [shape[d] for d in order], to.dtype)
    return to.finish(array.transpose([order.index(d) for d in span(len(shape))]))


# Ranges -------------------------------------------------------------------------------------------------------------


def arange(*bounds: Any, **options: Any) -> Tensor:
    """The numbers from `start` (0) to `end`, not included, `step` (1) apart.

    They are integers if all arguments are, else of the default dtype, unless `dtype` is given.
    Raises RuntimeError when the step is zero or leads away from the end, or the range is not finite.

    >>> import mutagrad
    >>> mutagrad.arange(5), mutagrad.arange(1, 2, 0.5)
    (tensor([0, 1, 2, 3, 4]), tensor([1.0000, 1.5000]))
    """
    start, end, step = _range_bounds("arange", bounds, options)
    to = Options("arange", _range_dtype(start, end, step), **options)
    if to.dtype.kind in "bc":
        raise NotImplementedError(f"\"arange_cpu\" not implemented for '{of_numpy[to.dtype].scalar_type}'")
    exact = to.dtype.kind in "iu"
    _check_range(start, end, step)
    if exact:
        start, end, step = int(start), int(end), int(step)
        if step == 0:
            raise ValueError("step must be nonzero")
    count = max(-((start - end) // step), 0) if exact else ceil((end - start) / step)
    if to.out is not None and to.out._array.size not in (0, count):
        warnings.warn(
            f"The number of elements in the out tensor of shape {list(to.out.shape)} is {to.out.numel()} which does "
            f"not match the computed number of elements {count}. Note that this may occur as a result of rounding "
            f"error. The out tensor will be resized to a tensor of shape ({count},).",
            stacklevel=2,
        )
    return to.finish(_progression(start, step, count, to.dtype))


def range(*bounds: Any, **options: Any) -> Tensor:
    """The numbers from `start` (0) to `end`, included, `step` (1) apart. Deprecated, as in PyTorch: use `arange`."""
    warnings.warn(
        "torch.range is deprecated and will be removed in a future release because its behavior is inconsistent with "
        "Python's range builtin. Instead, use torch.arange, which produces values in [start, end).",
        stacklevel=2,
    )
    start, end, step = _range_bounds("range", bounds, options)
    to = Options("range", **options)
    _check_range(start, end, step)
    return to.finish(_progression(start, step, int((end - start) / step) + 1, to.dtype))


def _range_bounds(function: str, bounds: tuple, options: dict[str, Any]) -> tuple[Any, Any, Any]:
    names = ("end",) if len(bounds) == 1 and "end" not in options else ("start", "end", "step")
    given = dict(zip(names, bounds))
    for name in ("start", "end", "step"):
        if name in options:
            given[name] = options.pop(name)
    if "end" not in given or len(bounds) > 3:
        shown = ", ".join(type(each).__name__ for each in bounds)
        raise TypeError(
            f"{function}() received an invalid combination of arguments - got ({shown}), but expected one of:\n"
            " * (Number end, *, ...)\n * (Number start, Number end, *, ...)\n"
            " * (Number start, Number end, Number step, *, ...)\n"
        )
    numbers = [number(function, given.get(n, d), n, 1) for n, d in (("start", 0), ("end", None), ("step", 1))]
    if any(isinstance(each, complex) for each in numbers):
        raise overflow("double")
    if any(isinstance(each, int) and not -(1 << 63) <= each < 1 << 63 for each in numbers):
        raise overflow("int64_t")
    return numbers[0], numbers[1], numbers[2]


def _range_dtype(*numbers: Any) -> np.dtype:
    return get_default_dtype().numpy if any(isinstance(n, float) for n in numbers) else np.dtype(np.int64)


def _check_range(start: Any, end: Any, step: Any) -> None:
    if not (-inf < start < inf and -inf < end < inf):
        raise RuntimeError(f"unsupported range: {start:g} -> {end:g}")
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * (1 if step > 0 else -1) < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")


def _progression(start: Any, step: Any, count: int, dt: np.dtype) -> np.ndarray:
    """`start + i * step`, computed in the widest dtype of the kind."""
    check_sizes((count,), dt.itemsize)
    numbers = allocate(_counted, (count,), np.dtype(np.float64 if dt.kind == "f" else np.int64))
    if step != 1:
        numbers *= step
    if start:
        numbers += start
    return numbers.astype(dt, copy=False)


def _counted(shape: tuple[int], dtype: np.dtype) -> np.ndarray:
    return np.arange(shape[0], dtype=dtype)


def linspace(start: Any, end: Any, steps: int, **options: Any) -> Tensor:
    """`steps` numbers evenly from `start` to `end`, both included; for the options see `zeros`.

    >>> import mutagrad
    >>> mutagrad.linspace(0, 1, 3)
    tensor([0.0000, 0.5000, 1.0000])
    """
    first, last, count = _ends("linspace", start, end, steps)
    to = Options("linspace", _linear_dtype(first, last), **options)
    if to.dtype.kind == "b":
        raise NotImplementedError("\"linspace_cpu\" not implemented for 'Bool'")
    return to.finish(_linear(first, last, count, to.dtype))


def logspace(start: Any, end: Any, steps: int, base: float = 10.0, **options: Any) -> Tensor:
    """The powers of `base` with exponents evenly from `start` to `end`, both included; for the options see `zeros`.

    >>> import mutagrad
    >>> mutagrad.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    first, last, count = _ends("logspace", start, end, steps)
    to = Options("logspace", _linear_dtype(first, last), **options)
    exponents = _linear(first, last, count, to.dtype if to.dtype.kind in "fc" else np.dtype(np.float64))
    with np.errstate(all="ignore"):
        return to.finish(np.power(base, exponents, dtype=np.result_type(exponents, np.float64)).astype(to.dtype))


def _ends(function: str, start: Any, end: Any, steps: Any) -> tuple[Any, Any, int]:
    for each in (start, end):
        if isinstance(each, Tensor) and each._array.ndim:
            raise RuntimeError(
                f"{function} only supports 0-dimensional start and end tensors, but got start with "
                f"{np.ndim(getattr(start, '_array', start))} dimension(s) and end with "
                f"{np.ndim(getattr(end, '_array', end))} dimension(s)."
            )
    count = integer(function, steps, "steps", 3)
    if count < 0:
        raise RuntimeError("number of steps must be non-negative")
    return number(function, start, "start", 1), number(function, end, "end", 2), count


def _linear_dtype(*ends: Any) -> np.dtype:
    default = get_default_dtype()
    return (default.to_complex() if any(isinstance(each, complex) for each in ends) else default).numpy


def _linear(start: Any, end: Any, count: int, dt: np.dtype) -> np.ndarray:
    """Numbers evenly from `start` to `end`, the first half counted from the start and the rest from the end."""
    check_sizes((count,), dt.itemsize)
    inner = dt if dt.kind in "fc" and dt.itemsize > 2 else np.dtype(np.float64)
    first, last = np.array(start, inner), np.array(end, inner)
    if count == 1:
        return first.reshape(1).astype(dt)
    places = np.arange(count)
    step = np.asarray((last - first) / inner.type(max(count - 1, 1)))
    steps = np.where(places < count // 2, places, places - (count - 1)).astype(inner)
    with np.errstate(all="ignore"):
        return (np.where(places < count // 2, first, last) + step * steps).astype(dt)


# Matrices -----------------------------------------------------------------------------------------------------------


def eye(n: int, m: int | None = None, **options: Any) -> Tensor:
    """The matrix of `n` rows and `m` (`n`) columns with ones on its diagonal; for the options see `zeros`."""
    rows = integer("eye", n, "n", 1)
    columns = rows if m is None else integer("eye", m, "m", 2)
    for name, size in (("n", rows), ("m", columns)):
        if size < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {size}")
    to = Options("eye", **options)
    check_sizes((rows, columns), to.dtype.itemsize)
    return to.finish(np.eye(rows, columns, dtype=to.dtype))


def tril_indices(row: int, col: int, offset: int = 0, **options: Any) -> Tensor:
    """The indices of the lower triangle of a matrix, as two rows; `offset` moves its diagonal up.

    >>> import mutagrad
    >>> mutagrad.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    return _triangle("tril_indices", np.tril_indices, row, col, offset, options)


def triu_indices(row: int, col: int, offset: int = 0, **options: Any) -> Tensor:
    """The indices of the upper triangle of a matrix, as two rows; `offset` moves its diagonal up."""
    return _triangle("triu_indices", np.triu_indices, row, col, offset, options)


def _triangle(name: str, function: Callable, row: int, col: int, offset: int, options: dict[str, Any]) -> Tensor:
    for side, size in (("row", row), ("col", col)):
        if size < 0:
            raise RuntimeError(f"{side} must be non-negative, got{size}")
    to = Options(name, np.dtype(np.int64), **options)
    if to.dtype.kind not in "iu":
        raise NotImplementedError(f"\"{name}\" not implemented for '{of_numpy[to.dtype].scalar_type}'")
    return to.finish(np.array(function(row, offset, col), to.dtype))
