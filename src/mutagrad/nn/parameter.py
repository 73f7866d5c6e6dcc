"""`Parameter`: a tensor that a module holds, trains and saves.

Assigned as an attribute of a `Module` it is registered there: it appears in `parameters()` and in the state dict. It
is a leaf over the memory it is made from, with a history of its own; what is computed from it is an ordinary tensor.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from mutagrad.report.spans import Span, caller_span
from mutagrad.tensor import Tensor


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
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        parameter = object.__new__(cls)
        parameter._array = alias._array
        parameter._family = alias._family
        parameter._view = None
        return parameter.requires_grad_(requires_grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        made = memo.get(id(self))
        if made is None:
            made = memo[id(self)] = type(self)(self.data.clone(), self.requires_grad)  # type: ignore[attr-defined]
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
        grad.detach_() if grad.grad_fn is not None else grad.requires_grad_(False)  # type: ignore[attr-defined]
        grad.zero_()  # type: ignore[attr-defined]
