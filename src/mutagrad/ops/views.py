"""Views: other shapes, orders and parts of the same memory.

A view records no node. Each is a step that can be replayed on the adjoint buffer (`regions.py`), so writing through a
view is writing to its base, in value and in gradient. A step is a function `step(xp, array, *arguments)`; it runs on
arrays and on tensors alike. A part that basic indexing can name is a key instead, which is the cheapest.

Here are how views are made, and those of another order and of the parts of complex numbers. Parts of a tensor are in
`parts.py`, other shapes in `shaping.py`, diagonals and windows in `striding.py`; a change of the handle itself, in
place, is in `resizing.py`.
Follows https://docs.pytorch.org/docs/stable/tensor_view.html
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import index
from typing import Any
from weakref import ref

import numpy as np

from mutagrad.declaration import composite
from mutagrad.dtypes import of_numpy
from mutagrad.graph import Family, Leaf, new_family, next_sequence
from mutagrad.modes import extras, modes
from mutagrad.namespaces import arrays, batched
from mutagrad.ops.sizes import axis_of, sizes_of
from mutagrad.regions import BACK, DEEP, Step, View, index_view, shorten, step_view
from mutagrad.report.spans import caller_position
from mutagrad.tensor import Tensor, new, wrap_dim, wrap_view

__all__ = [
    "adjoint",
    "detach",
    "imag",
    "moveaxis",
    "movedim",
    "permute",
    "real",
    "swapaxes",
    "swapdims",
    "t",
    "transpose",
    "view_as_complex",
    "view_as_real",
]

# How a view is made -------------------------------------------------------------------------------------------------


def attach_view(tensor: Tensor, array: np.ndarray, view: View) -> Tensor:
    """The tensor over `array`, addressed by `view`, a view of `tensor`'s family."""
    family = tensor._family
    if view.depth > DEEP and isinstance(view, Step) and type(array) is np.ndarray:
        shorten(view, array, family.base)
    if not modes.grad and family.edge is not None:
        return _cut_off(family, array, view)
    made = new(Tensor)  # as `wrap_view` does: one call less for every view
    made._array = array
    made._family = family
    made._view = view
    if extras[0]:
        tell_of_view(tensor, made, view)
    return made


def tell_of_view(tensor: Tensor, made: Tensor, view: View) -> None:
    """Tells those who take note of it that a view of `tensor` was `made`."""
    traits = made._family.traits
    if traits is not None and traits.scope:
        traits.views = (*[each for each in traits.views if each() is not None], ref(made))
    for each in modes.observers:
        each.view_taken(tensor, view)


def _cut_off(family: Family, array: np.ndarray, view: View) -> Tensor:
    """A view made where nothing is recorded: it has no part in the history of `family`, but is a leaf of its own."""
    alias = new_family(family.storage, array)
    traits = alias.set_apart()
    traits.version = family.version
    traits.origin = "inference_mode" if modes.inference else "no_grad"
    traits.source, traits.region, traits.made = family, view, caller_position()
    tensor = wrap_view(array, alias, None)
    key = next_sequence()
    alias.edge = (key, None, Leaf(key, tensor, array, family.storage))
    return tensor


def view_step(
    tensor: Tensor, function: Callable, arguments: tuple, name: str, rigid: bool = False, overlapping: bool = False
) -> Tensor:
    """The view `function(xp, tensor, *arguments)`."""
    array = function(batched if extras[0] else arrays, tensor._array, *arguments)
    family = tensor._family
    layout = family.layout or family.make_layout(tensor)
    view = step_view(tensor._view, function, arguments, layout, name, rigid, overlapping)
    view.shape = tensor._array.shape
    return attach_view(tensor, array, view)


def index_step(tensor: Tensor, key: tuple, name: str) -> Tensor:
    """The view `tensor[key]` for a basic key that gives an array, never a scalar."""
    array = tensor._array[key]
    family = tensor._family
    return attach_view(tensor, array, index_view(tensor._view, key, family.layout or family.make_layout(tensor), name))


def alias(tensor: Tensor, array: np.ndarray) -> Tensor:
    """A tensor over the same memory that has no part in the history of `tensor`; both see and count all writes."""
    family = new_family(tensor._family.storage, array)
    family.version = tensor._family.version
    if tensor._family.origin == "inference":
        family.set_apart().origin = "inference"
    return wrap_view(array, family, None)


def detach(input: Tensor) -> Tensor:
    """An alias of the same memory that begins a history of its own; see `Tensor.detach`."""
    check_tensor("detach", input)
    return input.detach()


def check_tensor(function: str, tensor: Any, name: str = "input", position: int = 1) -> None:
    """Raises TypeError when the argument `name` of `function` is no tensor."""
    if not isinstance(tensor, Tensor):
        raise TypeError(
            f"{function}(): argument '{name}' (position {position}) must be Tensor, not {type(tensor).__name__}"
        )


# Another order of the dimensions ------------------------------------------------------------------------------------


def _permute(xp: Any, x: Any, axes: tuple[int, ...]) -> Any:
    return xp.permute_dims(x, axes)


BACK[_permute] = lambda xp, share, shape, axes: xp.permute_dims(share, _inverse(axes))


@lru_cache(maxsize=1024)
def _inverse(axes: tuple[int, ...]) -> tuple[int, ...]:
    """The order of the dimensions that undoes `axes`."""
    return tuple(sorted(range(len(axes)), key=axes.__getitem__))


@composite()
def permute(input: Tensor, *dims: Any, **named: Any) -> Tensor:
    """The view with its dimensions in the order `dims`.

    Raises RuntimeError when `dims` does not name every dimension once.

    >>> import mutagrad
    >>> mutagrad.zeros(2, 3, 4).permute(2, 0, 1).shape
    torch.Size([4, 2, 3])
    """
    check_tensor("permute", input)
    ndim = input._array.ndim
    axes = sizes_of("permute", (named["dims"],) if "dims" in named else dims, "dims")
    if len(axes) != ndim:
        raise RuntimeError(
            f"permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            f"ordering of dimensions i.e. input.dim() = {ndim} is not equal to len(dims) = {len(axes)}"
        )
    axes = tuple([wrap_dim(d, ndim) for d in axes])
    if len(set(axes)) != len(axes):
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return view_step(input, _permute, (axes,), "Permute")


@composite()
def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """The view with two dimensions exchanged.

    >>> import mutagrad
    >>> mutagrad.tensor([[1, 2, 3], [4, 5, 6]]).transpose(0, 1)
    tensor([[1, 4],
            [2, 5],
            [3, 6]])
    """
    check_tensor("transpose", input)
    return view_step(input, _permute, (_exchanged(input, dim0, dim1),), "Transpose")


def _exchanged(input: Tensor, dim0: int, dim1: int) -> tuple[int, ...]:
    """The order of the dimensions with two of them exchanged."""
    ndim = input._array.ndim
    first, second = axis_of("transpose", dim0, ndim, "dim0", 1), axis_of("transpose", dim1, ndim, "dim1", 2)
    axes = list(range(ndim))
    if ndim:
        axes[first], axes[second] = second, first
    return tuple(axes)


@composite()
def swapaxes(input: Tensor, axis0: int, axis1: int) -> Tensor:
    """The view with two dimensions exchanged: `transpose` under NumPy's name."""
    check_tensor("swapaxes", input)
    return transpose(input, axis0, axis1)


@composite()
def swapdims(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """The view with two dimensions exchanged: `transpose` under another name."""
    check_tensor("swapdims", input)
    return transpose(input, dim0, dim1)


@composite()
def t(input: Tensor) -> Tensor:
    """The transposed matrix, as a view; a vector or a scalar as it is. Raises RuntimeError beyond two dimensions."""
    check_tensor("t", input)
    ndim = input._array.ndim
    if ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {ndim}D")
    return view_step(input, _permute, (tuple(range(ndim))[::-1],), "T")


@composite("moveaxis")
def movedim(input: Tensor, source: int | Sequence[int], destination: int | Sequence[int]) -> Tensor:
    """The view with the dimensions `source` at the places `destination` and the others in order.

    Raises RuntimeError when a dimension is named twice, or the two are not of one length.

    >>> import mutagrad
    >>> mutagrad.zeros(2, 3, 4).movedim(0, -1).shape
    torch.Size([3, 4, 2])
    """
    check_tensor("movedim", input)
    ndim = input._array.ndim
    given: list[list[Any]] = [list(d) if isinstance(d, (tuple, list)) else [d] for d in (source, destination)]
    if len(given[0]) != len(given[1]):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({given[0]} dims) should contain the same number of "
            f"dims as destination ({given[1]} dims)"
        )
    sources, destinations = ([wrap_dim(index(d), ndim) for d in dims] for dims in given)
    for name, dims, wrapped in (("source", given[0], sources), ("destination", given[1], destinations)):
        if len(set(wrapped)) != len(wrapped):
            raise RuntimeError(f"movedim: repeated dim in `{name}` ({dims})")
    rest = iter([d for d in range(ndim) if d not in sources])
    placed = dict(zip(destinations, sources))
    axes = tuple([placed[d] if d in placed else next(rest) for d in range(ndim)])
    return view_step(input, _permute, (axes,), "Permute")


moveaxis = movedim


@composite()
def adjoint(input: Tensor) -> Tensor:
    """The conjugate transpose of the last two dimensions: a view, but for complex numbers, which are copied."""
    check_tensor("adjoint", input)
    return _conjugated(_matrix_transposed(input, "adjoint()"))


def _matrix_transposed(input: Tensor, name: str) -> Tensor:
    ndim = input._array.ndim
    if ndim == 1:
        raise RuntimeError(f"tensor.{name} is only supported on matrices or batches of matrices. Got 1-D tensor.")
    if ndim == 0:
        warnings.warn(
            f"Tensor.{name} is deprecated on 0-D tensors. This function is the identity in these cases.", stacklevel=3
        )
        return transpose(input, 0, 0)
    return transpose(input, -2, -1)


def _conjugated(tensor: Tensor) -> Tensor:
    return tensor.conj() if tensor._array.dtype.kind == "c" else tensor


def _reversed(self: Tensor) -> Tensor:
    """The view with all dimensions in reverse order."""
    ndim = self._array.ndim
    if ndim == 0:
        warnings.warn(
            "Tensor.T is deprecated on 0-D tensors. This function is the identity in these cases.", stacklevel=2
        )
    elif ndim != 2:
        warnings.warn(
            "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will "
            "throw an error in a future release. Consider `x.mT` to transpose batches of matrices or "
            "`x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor.",
            stacklevel=2,
        )
    return view_step(self, _permute, (tuple(range(ndim))[::-1],), "Permute")


def _matrix_adjoint(self: Tensor) -> Tensor:
    """The conjugate transpose of a matrix: a view, but for complex numbers, which are copied."""
    ndim = self._array.ndim
    if ndim == 0:
        warnings.warn("Tensor.H is deprecated on 0-D tensors. Consider using x.conj().", stacklevel=2)
    elif ndim != 2:
        hint = " For batches of matrices, consider using tensor.mH" if ndim > 2 else ""
        raise RuntimeError(f"tensor.H is only supported on matrices (2-D tensors). Got {ndim}-D tensor.{hint}")
    return _conjugated(transpose(self, 0, -1))


def _transposed_matrices(self: Tensor) -> Tensor:
    """The view with the last two dimensions exchanged."""
    return _matrix_transposed(self, "mT")


def _adjoint_matrices(self: Tensor) -> Tensor:
    """The conjugate transpose of the last two dimensions: a view, but for complex numbers, which are copied."""
    return _conjugated(_matrix_transposed(self, "mH"))


for name, getter in (
    ("T", _reversed),
    ("H", _matrix_adjoint),
    ("mT", _transposed_matrices),
    ("mH", _adjoint_matrices),
):
    setattr(Tensor, name, property(getter, doc=getter.__doc__))


# Parts of complex numbers, and other dtypes ---------------------------------------------------------------------------


def _real(xp: Any, x: Any) -> Any:
    return xp.real(x)


def _imag(xp: Any, x: Any) -> Any:
    return xp.imag(x)


@composite(method=False)
def real(input: Tensor) -> Tensor:
    """The view of the real parts; a real tensor itself."""
    check_tensor("real", input)
    return view_step(input, _real, (), "Select") if input._array.dtype.kind == "c" else input


@composite(method=False)
def imag(input: Tensor) -> Tensor:
    """The view of the imaginary parts. Raises RuntimeError for a real tensor."""
    check_tensor("imag", input)
    if input._array.dtype.kind != "c":
        raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")
    return view_step(input, _imag, (), "Select")


def _pairs(xp: Any, x: Any) -> Any:
    return xp.view_as_real(x)


def _numbers(xp: Any, x: Any) -> Any:
    return xp.view_as_complex(x)


@composite(method=False)
def view_as_real(input: Tensor) -> Tensor:
    """The view of complex numbers as pairs, along a new last dimension. Raises RuntimeError for a real tensor.

    >>> import mutagrad
    >>> mutagrad.view_as_real(mutagrad.tensor([1 + 2j]))
    tensor([[1., 2.]])
    """
    check_tensor("view_as_real", input)
    if input._array.dtype.kind != "c":
        raise RuntimeError("view_as_real is only supported for complex tensors")
    return view_step(input, _pairs, (), "ViewAsReal")


@composite(method=False)
def view_as_complex(input: Tensor) -> Tensor:
    """The view of the pairs along the last dimension as complex numbers.

    Raises RuntimeError unless the last dimension has size two and the strides are those of whole pairs.
    """
    check_tensor("view_as_complex", input)
    array = input._array
    if array.dtype.kind != "f":
        raise RuntimeError(
            "view_as_complex is only supported for half, float and double tensors, but got a tensor of scalar type: "
            f"{of_numpy[array.dtype].scalar_type}"
        )
    if array.ndim == 0:
        raise RuntimeError("Input tensor must have one or more dimensions")
    if array.shape[-1] != 2:
        raise RuntimeError("Tensor must have a last dimension of size 2")
    if input.stride(-1) != 1:
        raise RuntimeError("Tensor must have a last dimension with stride 1")
    if any(stride % 2 for stride in input.stride()[:-1]):
        raise RuntimeError("Tensor must have a stride divisible by 2 for all but last dimension")
    if input.storage_offset() % 2:
        raise RuntimeError("Tensor must have a storage_offset divisible by 2")
    return view_step(input, _numbers, (), "ViewAsComplex", rigid=True)


def view_as_dtype(input: Tensor, dt: np.dtype) -> Tensor:
    """The same bytes as elements of another dtype: an alias that, as in PyTorch, takes no part in gradients.

    Raises RuntimeError where the last dimension does not hold a whole number of elements.
    """
    array = input._array
    if dt.itemsize != array.dtype.itemsize:
        _check_resized_elements(input, dt)
    return alias(input, array.view(dt))


def _check_resized_elements(input: Tensor, dt: np.dtype) -> None:
    present, wanted = input._array.itemsize, dt.itemsize
    names = f"to view {input.dtype.scalar_type} as {of_numpy[dt].scalar_type} (different element sizes)"
    if input._array.ndim == 0:
        raise RuntimeError(f"self.dim() cannot be 0 {names}")
    if input.stride(-1) != 1:
        raise RuntimeError(f"self.stride(-1) must be 1 {names}, but got {input.stride(-1)}")
    if wanted < present:
        return
    ratio = wanted // present
    if input.shape[-1] % ratio:
        raise RuntimeError(f"self.size(-1) must be divisible by {ratio} {names}, but got {input.shape[-1]}")
    if input.storage_offset() % ratio:
        raise RuntimeError(
            f"self.storage_offset() must be divisible by {ratio} {names}, but got {input.storage_offset()}"
        )
    for d, stride in enumerate(input.stride()[:-1]):
        if stride % ratio:
            raise RuntimeError(f"self.stride({d}) must be divisible by {ratio} {names}, but got {stride}")


def _set_real(self: Tensor, value: Any) -> None:
    real(self)[...] = value


def _set_imag(self: Tensor, value: Any) -> None:
    imag(self)[...] = value


for name, getter, setter in (("real", real, _set_real), ("imag", imag, _set_imag)):
    setattr(Tensor, name, property(getter, setter, doc=getter.__doc__))
