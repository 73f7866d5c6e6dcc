"""Tensors of given sizes: zeros, ones, one value, the identity, the indices of triangles.

`like` and `new` forms take what is not said from another tensor. Ranges of numbers are in `ranges.py`, tensors made of
data in `construction.py`, random ones in `random.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mutagrad.device import Layout, check_device, memory_format, strided
from mutagrad.device import device as Device
from mutagrad.dtypes import as_dtype, dtype, get_default_dtype, of_numpy
from mutagrad.modes import no_grad
from mutagrad.namespaces import arrays
from mutagrad.namespaces.layouts import empty_in_order
from mutagrad.ops.numbers import NUMBERS, element
from mutagrad.ops.sizes import check_sizes, integer, sizes_in, sizes_of
from mutagrad.ops.views import check_tensor
from mutagrad.report.spans import caller_span
from mutagrad.report.traps import MAKE_FLOATS, ONLY_FLOATS, refused
from mutagrad.tensor import Tensor, wrap

__all__ = [
    "empty",
    "empty_like",
    "empty_permuted",
    "empty_strided",
    "eye",
    "full",
    "full_like",
    "ones",
    "ones_like",
    "scalar_tensor",
    "tril_indices",
    "triu_indices",
    "zeros",
    "zeros_like",
]


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
        if device is not None and not isinstance(device, (Device, str, int)):
            raise TypeError(f"{function}(): argument 'device' must be torch.device, not {type(device).__name__}")
        check_device(device)
        if not isinstance(requires_grad, bool):
            kind = type(requires_grad).__name__
            raise TypeError(f"{function}(): argument 'requires_grad' must be bool, not {kind}")
        if pin_memory:
            raise RuntimeError("pin_memory=True requires an accelerator: there is only the CPU here")
        if layout is not None and layout is not strided:
            raise RuntimeError(f"{function}(): only the layout torch.strided is supported, not {layout}")
        given = None if dtype is None else as_dtype(dtype, function).numpy
        if out is not None and not isinstance(out, Tensor):
            raise TypeError(f"{function}(): argument 'out' must be Tensor, not {type(out).__name__}")
        if out is not None and given not in (None, out._array.dtype):
            raise RuntimeError(
                f"dtype {of_numpy[given].scalar_type} does not match dtype of out parameter ({out.dtype.scalar_type})"
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
                self.out.resize_(array.shape)
            return self.out.copy_(wrap(array))


def into(out: Tensor | None, tensor: Tensor) -> Tensor:
    """A result, or `out` with its values."""
    return tensor if out is None else Options("out", tensor._array.dtype, out=out).finish(tensor._array)


def made(array: np.ndarray, requires_grad: bool = False) -> Tensor:
    """The tensor over a fresh array, a leaf that requires grad if asked for.

    Raises RuntimeError when it is to require grad but holds integers.
    """
    tensor = wrap(array)
    if requires_grad:
        if array.dtype.kind not in "fc":
            raise refused(ONLY_FLOATS, caller_span(), MAKE_FLOATS)
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
    if len(order) != len(shape):
        raise RuntimeError(
            "Number of dimensions in size does not match the length of the physical_layout; i.e. len(size) = "
            f"{len(shape)} is not equal to len(physical_layout) = {len(order)}"
        )
    for place, d in enumerate(order):
        if not 0 <= d < len(shape):
            raise RuntimeError(
                f"Dimension out of range (expected to be between 0 and {len(shape) - 1}, but got {d} at index {place})."
                "  NB: negative dims not currently supported; file an issue if you want it."
            )
        if d in order[:place]:
            raise RuntimeError("Duplicate dim not allowed")
    to = Options("empty_permuted", **options)
    array = allocate(np.empty, [shape[d] for d in order], to.dtype)
    return to.finish(array.transpose([order.index(d) for d in range(len(shape))]))


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
