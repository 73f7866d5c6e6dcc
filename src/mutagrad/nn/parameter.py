"""`Parameter`: a tensor that a module holds, trains and saves.

Assigned as an attribute of a `Module` it is registered there: it appears in `parameters()` and in the state dict. It
is a leaf over the memory it is made from, with a history of its own; what is computed from it is an ordinary tensor.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from mutagrad.ops.creation import empty
from mutagrad.report.spans import Span, caller_span
from mutagrad.report.traps import MAKE_FLOATS, ONLY_FLOATS, refused
from mutagrad.tensor import Tensor

USED = (
    "Attempted to use an uninitialized parameter. This error happens when you are using a `LazyModule` or explicitly "
    "manipulating `torch.nn.parameter.UninitializedParameter` objects. When using LazyModules Call `forward` with a dummy "
    "batch to initialize the parameters before calling torch functions"
)


class Parameter(Tensor):
    """A leaf over the memory of `data` (empty where None), which requires grad unless told otherwise.

    Raises RuntimeError where a gradient is wanted and the dtype is neither floating-point nor complex.

    >>> import mutagrad
    >>> Parameter(mutagrad.ones(2))
    Parameter containing:
    tensor([1., 1.], requires_grad=True)
    """

    __slots__ = ()

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Any:
        alias = (Tensor() if data is None else data).detach()
        if requires_grad and alias._array.dtype.kind not in "fc":
            raise refused(ONLY_FLOATS, caller_span(), MAKE_FLOATS)
        parameter = object.__new__(cls)
        parameter._array = alias._array
        parameter._family = alias._family
        parameter._view = None
        return parameter.requires_grad_(requires_grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        made = memo.get(id(self))
        if made is None:
            made = memo[id(self)] = type(self)(self.data.clone(), self.requires_grad)
        return made

    def __reduce_ex__(self, protocol: Any) -> tuple:
        return _rebuild, (type(self), self.data, self.requires_grad, self.__dict__)

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        text = super().__repr__(tensor_contents=tensor_contents)
        return f"Parameter containing:\n{text}" if type(self) is Parameter else f"Parameter({text})"


class Buffer(Tensor):
    """A tensor that a module holds and saves (if `persistent`), and does not train: assigned, it becomes a buffer."""

    __slots__ = ()

    persistent: bool

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Any:
        alias = (Tensor() if data is None else data).detach()
        alias.__class__ = cls
        alias.persistent = persistent
        return alias

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return self.detach().__repr__(tensor_contents=tensor_contents)


class _Uninitialized(Tensor):
    """A tensor whose shape is not known yet."""

    __slots__ = ()

    @property
    def shape(self) -> Any:
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in "
            "`load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call `forward` to "
            "initialize the parameters before accessing their attributes."
        )

    def numel(self) -> int:
        """There are no elements to count yet."""
        raise ValueError(USED)

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Gives the tensor its shape, and memory of any content; it stays the same object, of its class proper."""
        memory: Any = empty(shape, dtype=self.dtype if dtype is None else dtype)
        requires_grad = self.requires_grad
        object.__setattr__(self, "__class__", Parameter if isinstance(self, Parameter) else Tensor)
        self.requires_grad_(False)
        self.data = memory
        self.requires_grad_(requires_grad)


class UninitializedParameter(_Uninitialized, Parameter):
    """A parameter whose shape is not known yet."""

    __slots__ = ()

    def __new__(cls, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> Any:
        return Parameter.__new__(cls, empty(0, dtype=dtype), requires_grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return memo.setdefault(id(self), type(self)(self.requires_grad, dtype=self.dtype))

    def __reduce_ex__(self, protocol: Any) -> tuple:
        return type(self), (self.requires_grad, None, self.dtype)

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return "<UninitializedParameter>"


class UninitializedBuffer(_Uninitialized):
    """A buffer whose shape is not known yet."""

    __slots__ = ()

    def __new__(cls, requires_grad: bool = False, device: Any = None, dtype: Any = None) -> Any:
        made = empty(0, dtype=dtype)
        made.__class__ = cls
        return made

    def __reduce_ex__(self, protocol: Any) -> tuple:
        return type(self), (self.requires_grad, None, self.dtype)

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return "<UninitializedBuffer>"


def is_lazy(tensor: Any) -> bool:
    """Whether a tensor's shape is not known yet."""
    return isinstance(tensor, _Uninitialized)


def _rebuild(cls: type[Parameter], data: Tensor, requires_grad: bool, attributes: dict[str, Any]) -> Parameter:
    """The parameter that was pickled."""
    parameter = cls(data, requires_grad)
    parameter.__dict__.update(attributes)
    return parameter


superseded: WeakKeyDictionary[Any, tuple[str, Span]] = WeakKeyDictionary()
"""The parameters whose place in a module another has taken: by what name, and where. An optimiser may still hold one."""


def note_replacement(name: str, old: Any, new: Any) -> None:
    """Notes that the parameter `old` of a module gives way to `new`."""
    edge = old._family.edge if isinstance(old, Parameter) and old is not new else None
    if edge is not None:
        superseded[edge[2]] = name, caller_span()


def clear_grad(tensor: Tensor, set_to_none: bool) -> None:
    """Makes the tensor's gradient None, or zeroes it in place, without history."""
    grad = tensor.grad
    if set_to_none or grad is None:
        tensor.grad = None
    else:
        grad.detach_() if grad.grad_fn is not None else grad.requires_grad_(False)
        grad.zero_()
