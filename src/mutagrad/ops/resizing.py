"""Changes of a tensor's own shape, in place: `t_`, `squeeze_`, `resize_`, `set_` and their like.

The memory stays as it is (unless `resize_` needs more); the handle is changed to look at it in another way. So a base
tensor becomes a view of its own family, and keeps its history. Each change counts as a write, as in PyTorch.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from itertools import accumulate
from math import prod
from operator import mul
from typing import Any
from weakref import ref

import numpy as np

from mutagrad.declaration import composite
from mutagrad.graph import Leaf, new_family
from mutagrad.in_place import record_write
from mutagrad.modes import modes
from mutagrad.operation import Operation
from mutagrad.ops import shaping, views
from mutagrad.ops.memory import TypedStorage, UntypedStorage
from mutagrad.ops.sizes import sizes_in, sizes_of
from mutagrad.ops.striding import as_strided, extent_of, strided_array
from mutagrad.overwrite import policy
from mutagrad.pullback import same
from mutagrad.random.checks import C_NAMES
from mutagrad.storage import Storage, new_storage
from mutagrad.tensor import Tensor, wrap_view
from mutagrad.writability import check_writable

__all__: list[str] = []


_same = Operation("alias", lambda xp, input: input, {"input": same})


def _change(tensor: Tensor, make: Callable[..., Tensor], arguments: tuple, writer: str, name: str) -> Tensor:
    """Lets `tensor` itself be the view `make(tensor, *arguments)`, by the `name` of PyTorch's backward function."""
    check_writable(tensor, (), writer)
    # A view made here shares the history of the tensor in every mode: it is the tensor.
    before, modes.grad = modes.grad, True
    try:
        made = make(tensor, *arguments)
    finally:
        modes.grad = before
    family = tensor._family
    if policy.name == "torch":
        family.storage.will_write(tensor._array, tensor._view, writer)
    if _is_leaf_that_requires_grad(tensor):
        _move(tensor, family.storage, made._array)
        return tensor
    if tensor._view is None:
        family.handle = ref(tensor)
    if modes.grad and family.edge is not None and getattr(family, "handle", lambda: None)() is tensor:
        # A base whose shape changes has a new value: what watches it from now on does not count what read the old one.
        record_write(_same, wrap_view(family.base, family, None), (family.edge,))
    tensor._array, tensor._family, tensor._view = made._array, made._family, made._view
    if made._view is not None:
        made._view.name = name
    family.bump()
    return tensor


def _is_leaf_that_requires_grad(tensor: Tensor) -> bool:
    edge = tensor._family.edge
    return edge is not None and type(edge[2]) is Leaf and tensor._view is None


def _move(tensor: Tensor, storage: Storage, array: np.ndarray) -> None:
    """Lets `tensor` be over other memory. A leaf stays one; views made before keep the old memory."""
    version = tensor._family.version if tensor._family.version is not None else tensor._family.storage.version
    edge = tensor._family.edge if _is_leaf_that_requires_grad(tensor) else None
    tensor._family = new_family(storage, array, edge)
    tensor._family.version = version + 1
    tensor._array, tensor._view = array, None
    if edge is not None:
        edge[2].array, edge[2].storage = array, storage  # type: ignore[union-attr]


# Changes that keep the elements -------------------------------------------------------------------------------------


@composite("swapdims_")
def transpose_(self: Tensor, dim0: int, dim1: int) -> Tensor:
    """Exchanges two dimensions in place.

    >>> import mutagrad
    >>> x = mutagrad.zeros(2, 3)
    >>> x.transpose_(0, 1).shape, x.shape
    (torch.Size([3, 2]), torch.Size([3, 2]))
    """
    return _change(self, views.transpose, (dim0, dim1), "transpose_", "TransposeBackward1")


@composite()
def swapaxes_(self: Tensor, axis0: int, axis1: int) -> Tensor:
    """Exchanges two dimensions in place: `transpose_` under NumPy's name."""
    return _change(self, views.transpose, (axis0, axis1), "swapaxes_", "TransposeBackward1")


@composite()
def t_(self: Tensor) -> Tensor:
    """Transposes a matrix in place. Raises RuntimeError beyond two dimensions."""
    if self._array.ndim > 2:
        raise RuntimeError(f"t_() expects a tensor with <= 2 dimensions, but self is {self._array.ndim}D")
    return _change(self, views.t, (), "t_", "TBackward1")


@composite()
def squeeze_(self: Tensor, *dim: Any, **named: Any) -> Tensor:
    """Leaves out dimensions of size one in place: all of them, or those named."""
    given: tuple[Any, ...] = (*dim, *named.values())
    variant = 3 if not given else 5 if isinstance(given[0], (tuple, list)) or len(given) > 1 else 4
    return _change(self, shaping.squeeze, given, "squeeze_", f"SqueezeBackward{variant}")


@composite()
def unsqueeze_(self: Tensor, dim: int) -> Tensor:
    """Adds a dimension of size one at `dim` in place."""
    return _change(self, shaping.unsqueeze, (dim,), "unsqueeze_", "UnsqueezeBackward1")


# Changes that may show other elements -------------------------------------------------------------------------------


@composite()
def as_strided_(self: Tensor, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None) -> Tensor:
    """Shows the storage with the given size, strides and offset from now on."""
    return _change(self, as_strided, (size, stride, storage_offset), "as_strided_", "AsStridedBackward1")


@composite()
def resize_(self: Tensor, *size: Any, memory_format: Any = None, **named: Any) -> Tensor:
    """Changes the shape in place, to the first elements of the storage in order from this tensor's offset on.

    Where the storage is too small the tensor gets a larger one of its own, whose further elements are uninitialised;
    other tensors keep the old one (in PyTorch they move too). Raises RuntimeError for a tensor that requires grad.

    >>> import mutagrad
    >>> mutagrad.arange(6).resize_(2, 2)
    tensor([[0, 1],
            [2, 3]])
    """
    if self.requires_grad:
        raise RuntimeError("cannot resize variables that require grad")
    shape = sizes_of("resize_", (named["size"],) if "size" in named else size)
    if any(extent < 0 for extent in shape):
        raise RuntimeError("numel: integer multiplication overflow")
    if shape == self._array.shape:
        return self
    offset, strides = self.storage_offset(), _dense_strides(shape)
    needed = (offset + prod(shape)) * self._array.itemsize if prod(shape) else 0
    if needed <= extent_of(self._family.storage.array):
        return _change(self, as_strided, (shape, strides, offset), "resize_", "AsStridedBackward1")
    check_writable(self, (), "resize_")
    old = strided_array(self._family.storage, np.dtype(np.uint8), *_all_bytes(self._family.storage), 0)
    grown = np.empty(needed, np.uint8)
    grown[: old.size] = old
    storage = new_storage(grown.view(self._array.dtype))
    _move(self, storage, strided_array(storage, self._array.dtype, shape, strides, offset))
    return self


def _dense_strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The strides of elements one after another in order."""
    return tuple(accumulate([max(n, 1) for n in shape[:0:-1]], mul, initial=1))[::-1] if shape else ()


def _all_bytes(storage: Storage) -> tuple[tuple[int], tuple[int]]:
    return (extent_of(storage.array),), (1,)


@composite()
def resize_as_(self: Tensor, the_template: Tensor, *, memory_format: Any = None) -> Tensor:
    """Changes the shape in place to that of another tensor; see `resize_`."""
    return resize_(self, the_template._array.shape)


@composite()
def resize(self: Tensor, *size: Any) -> Tensor:
    """The tensor in another shape of as many elements. Raises RuntimeError for another number of them."""
    shape = sizes_of("resize", size)
    if prod(shape) != self._array.size:
        wanted, own = ("x".join(map(str, each)) for each in (shape, self._array.shape))
        raise RuntimeError(
            f"requested resize to {wanted} ({prod(shape)} elements in total), but the given tensor has a size of "
            f"{own} ({self._array.size} elements). autograd's resize can only change the shape of a given tensor, while "
            "preserving the number of elements. "
        )
    warnings.warn("non-inplace resize is deprecated", stacklevel=2)
    return self.contiguous().view(shape)


@composite()
def resize_as(self: Tensor, tensor: Tensor) -> Tensor:
    """The tensor in the shape of another of as many elements."""
    return resize(self, *tensor._array.shape)


@composite()
def set_(
    self: Tensor,
    source: Any = None,
    storage_offset: int = 0,
    size: Sequence[int] | None = None,
    stride: Sequence[int] | None = None,
) -> Tensor:
    """Lets the tensor be over the memory of `source`, a tensor or a storage, without history; over none without it.

    Raises RuntimeError for another dtype, or beyond the end of the storage.
    """
    check_writable(self, (), "set_")
    dt = self._array.dtype
    if source is None:
        storage, array = new_storage(np.empty(0, dt)), None
    elif isinstance(source, Tensor):
        if source._array.dtype != dt:
            raise RuntimeError(
                f"Could not set tensor of type {C_NAMES[source._array.dtype]} to a tensor of type {C_NAMES[dt]}"
            )
        storage, array = source._family.storage, source._array if size is None else None
    elif isinstance(source, (UntypedStorage, TypedStorage)):
        storage, array = source.storage, None
    else:
        raise TypeError(f"set_(): argument 'source' must be a Tensor or a Storage, not {type(source).__name__}")
    if array is None:
        count = extent_of(storage.array) // dt.itemsize - storage_offset
        shape = (count,) if size is None else sizes_in("set_", size)
        strides = _dense_strides(shape) if stride is None else sizes_in("set_", stride, "stride")
        array = strided_array(storage, dt, shape, strides, storage_offset)
    _move(self, storage, array)
    return self
