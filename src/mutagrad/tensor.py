"""The user's handle: an array, its family and its view.

A `Tensor` holds the NumPy array that addresses its elements (itself a NumPy view of the storage's memory), the family
it belongs to and its view of the family's base. Everything that computes is declared in `ops/` and attached from
there; here is what a tensor is: its shape and memory, its place in the graph, and its conversions.

Read next: `storage.py`, `regions.py`, `graph.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from mutagrad.batched import Batched
from mutagrad.batched import state as levels
from mutagrad.caution import warn_once
from mutagrad.device import CPU, Layout, strided
from mutagrad.dtypes import dtype, of_numpy
from mutagrad.graph import Edge, Family, Leaf, Watch, new_family, next_sequence
from mutagrad.modes import extras, modes
from mutagrad.overlap import address
from mutagrad.printing import format_batched, format_tensor, format_value
from mutagrad.random.checks import C_NAMES
from mutagrad.regions import View, repeat_along, step_view
from mutagrad.report import traps
from mutagrad.report.errors import Origin
from mutagrad.report.leaving import numpy_of_recorded
from mutagrad.report.spans import caller_frame, caller_span, span_at
from mutagrad.storage import InferenceStorage, Storage

new = object.__new__


class Size(tuple):
    """The shape of a tensor: a tuple of integers.

    >>> import mutagrad
    >>> mutagrad.zeros(2, 3).shape
    torch.Size([2, 3])
    """

    __slots__ = ()

    def numel(self) -> int:
        """The number of elements."""
        count = 1
        for n in self:
            count *= n
        return count

    def __repr__(self) -> str:
        return f"torch.Size([{', '.join(map(str, self))}])"

    def __add__(self, other: Any) -> Size:
        return Size(tuple.__add__(self, other))

    def __radd__(self, other: Any) -> Size:
        return Size(tuple(other) + tuple(self))

    def __mul__(self, times: Any) -> Size:
        return Size(tuple.__mul__(self, times))

    __rmul__ = __mul__

    def __getitem__(self, key: Any) -> Any:
        item = tuple.__getitem__(self, key)
        return Size(item) if isinstance(key, slice) else item

    def __reduce__(self) -> tuple:
        return Size, (tuple(self),)


if TYPE_CHECKING:
    # What other modules attach; written by `tools/write_stubs.py`.
    from mutagrad.methods import Methods  # pyright: ignore[reportMissingModuleSource]
else:
    Methods = object


class Tensor(Methods):
    """An n-dimensional array that can be differentiated.

    Made by `mutagrad.tensor`, `mutagrad.zeros` and the like; `Tensor(2, 3)` is uninitialised memory of the default
    dtype, `Tensor([1, 2])` those values in it.
    """

    __slots__ = ("_array", "_family", "_view", "_grad", "_output", "__dict__", "__weakref__")

    _array: np.ndarray
    _family: Family
    _view: View | None
    _grad: Any
    _output: int

    __array_priority__ = 1000
    _construct: Any
    _carry_tangents: Any
    _fw_grad: Any

    def __new__(cls, *data: Any, **options: Any) -> Any:
        return cls._construct(*data, **options)  # attached by ops/construction.py

    # Shape and memory ---------------------------------------------------------------------------------------------

    @property
    def shape(self) -> Size:
        """The size of each dimension."""
        return Size(self._array.shape)

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the size of one dimension. Raises IndexError when `dim` is out of range."""
        return Size(self._array.shape) if dim is None else self._array.shape[wrap_dim(dim, self._array.ndim)]

    def dim(self) -> int:
        """The number of dimensions."""
        return self._array.ndim

    ndim = property(dim)
    ndimension = dim

    def numel(self) -> int:
        """The number of elements."""
        return self._array.size

    nelement = numel

    @property
    def dtype(self) -> dtype:
        """The element type."""
        return of_numpy[self._array.dtype]

    @property
    def device(self) -> Any:
        """Where the memory is: always the CPU."""
        return CPU

    @property
    def layout(self) -> Layout:
        """`torch.strided`: memory addressed by strides."""
        return strided

    def stride(self, dim: int | None = None) -> Any:
        """The step in elements from one index to the next, for each dimension or one."""
        size = self._array.itemsize
        if dim is not None:
            return self.stride()[wrap_dim(dim, self._array.ndim)]
        strides = [stride // size for stride in self._array.strides]
        if 0 in strides:
            # NumPy gives a new axis the stride zero, PyTorch what its elements span.
            shape, inner = self._array.shape, 1
            for d in reversed(range(len(shape))):
                if shape[d] == 1 and not strides[d]:
                    strides[d] = inner
                inner = strides[d] * shape[d]
        return tuple(strides)

    def storage_offset(self) -> int:
        """The place in the storage, in elements, where this tensor begins; 0 when it has no elements."""
        if not self._array.size:
            return 0
        return (address(self._array) - address(self._family.storage.array)) // self._array.itemsize

    def data_ptr(self) -> int:
        """The memory address of the first element; 0 when there is none."""
        return address(self._array) if self._array.size else 0

    def element_size(self) -> int:
        """The size of an element in bytes."""
        return self._array.itemsize

    itemsize = property(element_size)

    @property
    def nbytes(self) -> int:
        """The size of the elements in bytes."""
        return self._array.nbytes

    def is_contiguous(self, memory_format: Any = None) -> bool:
        """Whether the elements lie in memory one after another, the last dimension fastest."""
        return self._array.flags.c_contiguous if memory_format is None else memory_format.describes(self._array)

    def is_floating_point(self) -> bool:
        """Whether the dtype is a real floating-point type."""
        return self._array.dtype.kind == "f"

    def is_complex(self) -> bool:
        """Whether the dtype is complex."""
        return self._array.dtype.kind == "c"

    def is_signed(self) -> bool:
        """Whether the dtype can hold negative numbers."""
        return self._array.dtype.kind in "ifc"

    def is_inference(self) -> bool:
        """Whether the tensor was made in inference mode."""
        return self._family.origin == "inference"

    def is_same_size(self, other: Tensor) -> bool:
        """Whether both shapes are equal."""
        return self._array.shape == other._array.shape

    is_cpu = True
    is_cuda = is_sparse = is_quantized = is_meta = is_mkldnn = is_sparse_csr = is_nested = False
    is_ipu = is_mps = is_mtia = is_maia = is_vulkan = is_xla = is_xpu = volatile = False
    name = None

    if TYPE_CHECKING:
        # What is declared elsewhere is attached to the class when its module is imported.
        def __getattr__(self, name: str) -> Any: ...
        def __getitem__(self, key: Any) -> Tensor: ...
        def __setitem__(self, key: Any, value: Any) -> None: ...
        def __delitem__(self, key: Any) -> None: ...
        def __iter__(self) -> Iterator[Tensor]: ...
        def __eq__(self, other: object) -> Any: ...
        def __ne__(self, other: object) -> Any: ...

        __lt__ = __le__ = __gt__ = __ge__ = __getitem__
        __add__ = __radd__ = __iadd__ = __sub__ = __rsub__ = __isub__ = __getitem__
        __mul__ = __rmul__ = __imul__ = __truediv__ = __rtruediv__ = __itruediv__ = __getitem__
        __floordiv__ = __rfloordiv__ = __ifloordiv__ = __mod__ = __rmod__ = __imod__ = __getitem__
        __pow__ = __rpow__ = __ipow__ = __matmul__ = __rmatmul__ = __getitem__
        __and__ = __rand__ = __iand__ = __or__ = __ror__ = __ior__ = __xor__ = __rxor__ = __ixor__ = __getitem__
        __lshift__ = __rlshift__ = __ilshift__ = __rshift__ = __rrshift__ = __irshift__ = __getitem__

        def __neg__(self) -> Tensor: ...

        __pos__ = __invert__ = __abs__ = __neg__

    # Place in the graph -------------------------------------------------------------------------------------------

    @property
    def requires_grad(self) -> bool:
        """Whether gradients are recorded for this tensor. Setting it is for leaves only."""
        return self._family.edge is not None

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        self.requires_grad_(wanted)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Says in place whether gradients are recorded for this leaf.

        Raises RuntimeError for a tensor that is no leaf (to stop recording: `detach`) or not of a floating dtype.
        """
        if not isinstance(requires_grad, (bool, np.bool_)):
            kind = type(requires_grad).__name__
            raise TypeError(f"requires_grad_(): argument 'requires_grad' (position 1) must be bool, not {kind}")
        family, edge = self._family, self._family.edge
        if requires_grad and self._array.dtype.kind not in "fc":
            raise RuntimeError("only Tensors of floating point dtype can require gradients")
        if requires_grad == (edge is not None):
            return self
        if not self.is_leaf:
            raise traps.no_leaf(
                RuntimeError,
                "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in "
                "a subgraph that doesn't require differentiation use var_no_grad = var.detach().",
                caller_span(),
                written_at(self),
                "use .detach() of it in what is to have no gradient",
            )
        if family.origin == "inference" and not modes.inference:
            raise RuntimeError("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.")
        # Views made before stay with the family they were made from: they had no history then.
        before = self if family.traits is None else wrap_view(self._array, family, self._view)
        self._family = new_family(family.storage, self._array)
        self._family.version = family.version
        if family.origin == "inference":
            self._family.set_apart().origin = "inference"
        self._view = None
        if before is not self:
            self._carry_tangents(before, self)
        if requires_grad:
            key = next_sequence()
            leaf = Leaf(key, self, self._array, family.storage)
            leaf.grad = getattr(self, "_grad", None)
            self._family.edge = (key, None, leaf)
            for each in modes.observers:
                each.leaf_made(self)
        else:
            self._grad = edge[2].grad  # type: ignore[index,union-attr]
            for each in modes.observers:
                each.history_left(self)
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made this tensor."""
        edge = self._family.edge
        return edge is None or (type(edge[2]) is Leaf and self._view is None)

    @property
    def grad(self) -> Tensor | None:
        """The gradient that backward passes have accumulated here, or None."""
        edge = self._family.edge
        if edge is None or self._view is not None or type(edge[2]) is not Leaf:
            grad = getattr(self, "_grad", None)
            if grad is None and edge is not None:
                warn_no_leaf(self)
            return grad
        return edge[2].grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None:
            check_grad(self, value)
        edge = self._family.edge
        if edge is not None and self._view is None and type(edge[2]) is Leaf:
            edge[2].grad = value
        else:
            self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self.grad = None

    @property
    def _version(self) -> int:
        """How often the memory was written, through any alias but `.data`."""
        if self._family.origin == "inference":
            raise RuntimeError("Inference tensors do not track version counter.")
        version = self._family.version
        return self._family.storage.version if version is None else version

    @property
    def output_nr(self) -> int:
        """The number of this tensor among the outputs of the operation that made it."""
        return getattr(self, "_output", 0)

    @property
    def data(self) -> Tensor:
        """An alias of the memory without history, whose writes count for no version. Setting it swaps the memory."""
        alias = self.detach()
        alias._family.version = 0
        return alias

    @data.setter
    def data(self, other: Tensor) -> None:
        if not isinstance(other, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(other).__name__}")
        if self.requires_grad and other._array.dtype.kind not in "fc":
            raise RuntimeError("data set to a tensor that requires gradients must be floating point or complex dtype")
        family, edge = self._family, self._family.edge
        # A family of its own: views made before keep the old memory, and its history for their own use.
        self._family = new_family(other._family.storage, other._array, edge if self._view is None else None)
        self._family.version = family.version
        self._view = None
        self._array = other._array
        if edge is not None and type(edge[2]) is Leaf:
            edge[2].array, edge[2].storage = other._array, other._family.storage

    def detach(self) -> Tensor:
        """An alias of the same memory that begins a history of its own. Writes are seen, and counted, by both."""
        family, array, view = self._family, self._array, None
        repeated = self._view is not None and self._view.overlapping and 0 in array.strides
        # The base of what was expanded is what it was expanded from: then each element has one place in its adjoint.
        base = array[(*[slice(1) if s == 0 else slice(None) for s in array.strides], ...)] if repeated else array
        alias = new_family(family.storage, base)
        if family.traits is not None:
            alias.version = family.version
            alias.set_apart().origin = "inference" if family.origin == "inference" else None
        if repeated:
            view = step_view(None, repeat_along, (array.shape,), alias.make_layout(), "Expand", overlapping=True)
        return wrap_view(array, alias, view)

    def detach_(self) -> Tensor:
        """Cuts this tensor from its history, in place. Raises RuntimeError for a view."""
        if self._is_view():
            raise RuntimeError(
                "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for "
                "training, and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence "
                "detach_() cannot be called on these gradients. To fix this error, please refer to the "
                "Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution."
            )
        version = self._family.version
        self._family = new_family(self._family.storage, self._array)
        self._family.version = version
        self._view = None
        for each in modes.observers:
            each.history_left(self)
        return self

    # Conversions --------------------------------------------------------------------------------------------------

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """A NumPy array over the same memory.

        While it lives, values saved from this memory are saved by value: writes through it cannot be seen.
        Raises RuntimeError for a tensor that requires grad, unless `force`.
        """
        if self.requires_grad and not force:
            raise numpy_of_recorded(caller_frame(), caller_span(), written_at(self))
        return self._family.storage.lend(self._array)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if dtype is None and copy is not True:
            return self.numpy()
        if self.requires_grad:
            self.numpy()
        return np.array(self._array, dtype=dtype)

    def __array_wrap__(self, array: np.ndarray, context: Any = None, return_scalar: bool = False) -> Tensor:
        """What a NumPy function gives for this tensor: a tensor without a history; masks are of uint8."""
        return wrap(np.array(array, np.uint8 if array.dtype == bool else None))

    def __dlpack__(self, **options: Any) -> Any:
        if self.requires_grad:
            raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
        return self.numpy().__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self._array.__dlpack_device__()

    def item(self) -> Any:
        """The one element as a Python number. Raises RuntimeError when there is not exactly one."""
        if self._array.size != 1:
            raise RuntimeError(f"a Tensor with {self._array.size} elements cannot be converted to Scalar")
        return self._array.item()

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers."""
        return self._array.tolist()

    def __bool__(self) -> bool:
        if self._array.size == 1:
            return bool(self._array.item() if type(self._array) is not Batched else self._array)
        if self._array.size == 0:
            raise RuntimeError("Boolean value of Tensor with no values is ambiguous")
        raise traps.ambiguous_truth(self._array.size, caller_span())

    def __float__(self) -> float:
        return float(self._cut_element())

    def __int__(self) -> int:
        return int(self._only_element())

    def __complex__(self) -> complex:
        return complex(self._cut_element())

    def _cut_element(self) -> Any:
        if self._family.edge is not None and modes.grad:
            warn_once(
                "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\n"
                "Consider using tensor.detach() first.",
                stacklevel=3,
            )
        return self._only_element()

    def _only_element(self) -> Any:
        if self._array.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        return self._array.item()

    def __index__(self) -> int:
        if self._array.size != 1 or self._array.dtype.kind not in "iub":
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self._array.item())

    def __len__(self) -> int:
        if self._array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return self._array.shape[0]

    def __hash__(self) -> int:
        return id(self)

    def __contains__(self, element: Any) -> bool:
        if not isinstance(element, (Tensor, bool, int, float, complex)):
            raise RuntimeError(
                f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}."
            )
        value = element._array if isinstance(element, Tensor) else element
        return bool((self._array == value).any())

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        if type(self._array) is Batched:
            return format_batched(self._array)
        suffixes = []
        edge = self._family.edge
        if edge is not None:
            suffixes.append("requires_grad=True" if self.is_leaf else f"grad_fn=<{type(self.grad_fn).__name__}>")
        if self._family.traits is not None and (tangent := self._fw_grad()) is not None:
            suffixes.append(f"tangent={tangent}")
        prefix = "tensor(" if type(self) is Tensor or type(self).__name__ == "Parameter" else f"{type(self).__name__}("
        return format_tensor(self._array, suffixes=suffixes, prefix=prefix)

    def __format__(self, spec: str) -> str:
        return format_value(self, self._array, spec) if type(self) is Tensor else object.__format__(self, spec)


def wrap_dim(dim: int, ndim: int) -> int:
    """`dim` counted from the front. Raises IndexError when it is out of range (zero dimensions count as one)."""
    span = max(ndim, 1)
    if not -span <= dim < span:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-span}, {span - 1}], but got {dim})")
    return dim + span if dim < 0 else dim


def warn_no_leaf(tensor: Tensor) -> None:
    """Warns, as PyTorch does, that the `.grad` of a tensor that is no leaf is not filled."""
    if isinstance(tensor._family.edge, tuple) and not any(w.keep for w in watches_of(tensor)):
        warnings.warn(traps.grad_of_non_leaf(caller_span(), written_at(tensor)), stacklevel=3)


def written_at(tensor: Tensor) -> Origin | None:
    """The operation that wrote a tensor last, and where it was called; None for a leaf."""
    edge = tensor._family.edge
    if edge is None or isinstance(edge[2], Leaf):
        return None
    node = edge[2]
    writes = node.region is not None or (type(node.key) is int and node.key != node.sequence)
    return Origin(node.operation.name + ("_" if writes else ""), span_at(node.code, node.instruction))


def watches_of(tensor: Tensor) -> list[Watch]:
    """The watches on the tensor as its last writer left it."""
    edge = tensor._family.edge
    if edge is None:
        return []
    watches = [watch for watch in edge[2].watches or () if watch.key == edge[0]]
    return [
        watch for watch in watches if tensor._view in ((watch.view, watch.through) if watch.through else (watch.view,))
    ]


def new_watch(tensor: Tensor, keep: Any = None) -> tuple[Any, Watch]:
    """A watch on the value that `tensor` holds now, and who wrote that value. The tensor must require grad."""
    key, _, writer = tensor._family.edge  # type: ignore[misc]
    view, shape, dt = tensor._view, tensor._array.shape, tensor._array.dtype
    handle = getattr(tensor._family, "handle", None)
    if view is not None and handle is not None and handle() is tensor:
        return writer, Watch(key, None, shape, dt, keep, through=view)
    return writer, Watch(key, view, shape, dt, keep)


def check_grad(tensor: Tensor, grad: Any) -> None:
    """Raises what PyTorch raises when `grad` cannot be the gradient of `tensor`."""
    if not isinstance(grad, Tensor):
        raise TypeError(f"assigned grad expected to be a Tensor or None but got grad of type {type(grad).__name__}")
    if grad is tensor:
        raise RuntimeError("can't assign Variable as its own grad")
    if grad._array.dtype != tensor._array.dtype:
        raise RuntimeError(
            f"attempting to assign a gradient with dtype '{C_NAMES[grad._array.dtype]}' to a tensor with grad_dtype "
            f"'{tensor.dtype.scalar_type}'. The gradient must match the tensor's grad_dtype (defaults to the tensor's "
            "dtype). You can set the tensor's grad_dtype attribute with a specific dtype, or None to allow any dtype. "
            "Set grad_dtype with caution. Diverging the dtypes of a tensor and its gradient may break downstream systems "
            "that assume they match."
        )
    if grad._array.shape != tensor._array.shape:
        raise RuntimeError(
            f"attempting to assign a gradient of size '{list(grad.shape)}' to a tensor of size '{list(tensor.shape)}'. "
            "Please ensure that the gradient and the tensor are the same size"
        )


def wrap(array: np.ndarray) -> Tensor:
    """A tensor over `array`, a fresh array that nobody else holds."""
    storage = Storage()
    storage.array = array
    storage.version = 0
    storage.waiting = storage.index = storage.exposure = None
    family = Family()
    family.storage = storage
    family.edge = family.layout = family.traits = None
    if extras[0]:
        note_modes(family)
    tensor = new(Tensor)
    tensor._array = array
    tensor._family = family
    tensor._view = None
    return tensor


def note_modes(family: Family) -> None:
    """Notes with a new family the modes in which it was made, where these matter later."""
    if modes.inference:
        family.set_apart().origin = "inference"
        family.storage.__class__ = InferenceStorage
    for each in modes.observers:
        each.buffer_made(family)
    if levels.levels:
        family.set_apart().scope = levels.levels


def wrap_view(array: np.ndarray, family: Family, view: View | None) -> Tensor:
    """A tensor over `array`, the region `view` of the family's memory."""
    tensor = new(Tensor)
    tensor._array = array
    tensor._family = family
    tensor._view = view
    return tensor


def edge_of(tensor: Tensor) -> Edge | None:
    """The edge to what the tensor holds now; None when it does not require grad."""
    edge = tensor._family.edge
    if edge is not None and tensor._view is not None:
        return edge[0], tensor._view, edge[2]
    return edge
