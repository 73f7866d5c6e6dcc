"""`Module`: something with parameters that can be called.

`Registry` holds what a module is made of, `Stateful` saves and loads it; here is what a module does: `forward` with the
hooks around it, training and evaluation mode, conversion of all its tensors, and its picture as text.
Follows https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Self

from mutagrad import dtypes
from mutagrad.autograd.hooks import RemovableHandle
from mutagrad.modes import no_grad
from mutagrad.nn.hooks import Boundaries, Hook, add, everywhere
from mutagrad.nn.parameter import clear_grad
from mutagrad.nn.registry import Registry
from mutagrad.nn.state import Stateful
from mutagrad.ops.creation import empty_like
from mutagrad.tensor import Tensor


class Module(Stateful):
    """The base class of all networks and layers; a subclass makes its parts in `__init__` and defines `forward`.

    >>> import mutagrad
    >>> class Scale(Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.factor = mutagrad.nn.Parameter(mutagrad.tensor(2.0))
    ...     def forward(self, x):
    ...         return x * self.factor
    >>> scale = Scale()
    >>> scale(mutagrad.ones(2)).sum().backward()
    >>> scale.factor.grad
    tensor(2.)
    """

    training: bool
    dump_patches: bool = False
    call_super_init: bool = False
    _forward_hooks: OrderedDict[int, Hook]
    _forward_pre_hooks: OrderedDict[int, Hook]
    _backward_hooks: OrderedDict[int, Callable]
    _backward_pre_hooks: OrderedDict[int, Callable]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not self.call_super_init and (args or kwargs):
            given = f"an unexpected keyword argument '{next(iter(kwargs))}'" if kwargs else None
            counted = f"1 positional argument but {len(args) + 1} were given"
            name = type(self).__name__
            raise TypeError(f"{name}.__init__() got {given}" if given else f"{name}.__init__() takes {counted}")
        super().__init__()
        self.__dict__.update(
            training=True,
            _forward_hooks=OrderedDict(),
            _forward_pre_hooks=OrderedDict(),
            _backward_hooks=OrderedDict(),
            _backward_pre_hooks=OrderedDict(),
        )
        if self.call_super_init:  # other classes that a module is made of
            super(Registry, self).__init__(*args, **kwargs)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        for name in ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks"):
            self.__dict__.setdefault(name, OrderedDict())
        self.__dict__.setdefault("_state_dict_pre_hooks", {})

    # Calling ------------------------------------------------------------------------------------------------------

    def forward(self, *input: Any) -> Any:
        """What the module computes; every subclass defines it."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._forward_pre_hooks or self._forward_hooks or everywhere.before or everywhere.after:
            return self._call_with_hooks(args, kwargs)
        if self._backward_hooks or self._backward_pre_hooks or everywhere.backward_before or everywhere.backward_after:
            return self._call_with_hooks(args, kwargs)
        return self.forward(*args, **kwargs)

    def _call_with_hooks(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        called: set[int] = set()
        try:
            args, kwargs = self._before(args, kwargs)
            boundaries = self._boundaries()
            if boundaries is None:
                return self._after(args, kwargs, self.forward(*args, **kwargs), called)
            args = boundaries.enter(args)
            return boundaries.exit(self._after(args, kwargs, self.forward(*args, **kwargs), called))
        except Exception:
            for key, hook in self._all_after():
                if hook.always_call and key not in called:
                    self._call_hook(hook, args, kwargs, None)
            raise

    def _boundaries(self) -> Boundaries | None:
        """Where the hooks of the backward pass stand, if there are any."""
        before = [*everywhere.backward_before.values(), *self._backward_pre_hooks.values()]
        after = [*everywhere.backward_after.values(), *self._backward_hooks.values()]
        return Boundaries(self, before, after) if before or after else None

    def _before(self, args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
        """The arguments as the pre-hooks leave them."""
        for hook in [*everywhere.before.values(), *self._forward_pre_hooks.values()]:
            result = hook.function(self, args, kwargs) if hook.with_kwargs else hook.function(self, args)
            if result is None:
                continue
            if not hook.with_kwargs:
                args = result if isinstance(result, tuple) else (result,)
            elif isinstance(result, tuple) and len(result) == 2:
                args, kwargs = result
            else:
                raise RuntimeError(
                    f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {result}."
                )
        return args, kwargs

    def _all_after(self) -> list[tuple[int, Hook]]:
        return [*everywhere.after.items(), *self._forward_hooks.items()]

    def _after(self, args: tuple, kwargs: dict[str, Any], output: Any, called: set[int]) -> Any:
        """The output as the hooks leave it."""
        for key, hook in self._all_after():
            called.add(key)
            result = self._call_hook(hook, args, kwargs, output)
            output = output if result is None else result
        return output

    def _call_hook(self, hook: Hook, args: tuple, kwargs: dict[str, Any], output: Any) -> Any:
        return hook.function(self, args, kwargs, output) if hook.with_kwargs else hook.function(self, args, output)

    def register_forward_pre_hook(
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Calls `hook(module, args)` before every `forward`; what it returns takes the place of the arguments.

        With `with_kwargs` it is `hook(module, args, kwargs)` and returns both or None; `prepend` puts it first.
        """
        return add(self._forward_pre_hooks, Hook(hook, with_kwargs), prepend)

    def register_forward_hook(
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Calls `hook(module, args, output)` after every `forward`; what it returns takes the place of the output.

        With `with_kwargs` it is `hook(module, args, kwargs, output)`; `prepend` puts it first; with `always_call` it is
        called, with the output None, even where `forward` raises.
        """
        return add(self._forward_hooks, Hook(hook, with_kwargs, always_call), prepend)

    def register_full_backward_pre_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Calls `hook(module, grad_output)` before the backward pass; what it returns takes the gradients' place."""
        return add(self._backward_pre_hooks, hook, prepend)

    def register_full_backward_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Calls `hook(module, grad_input, grad_output)` after the backward pass; what it returns replaces `grad_input`."""
        return add(self._backward_hooks, hook, prepend)

    register_backward_hook = register_full_backward_hook

    # Modes and gradients ------------------------------------------------------------------------------------------

    def train(self, mode: bool = True) -> Self:
        """Sets training mode, or evaluation mode, for this module and all below it.

        Raises ValueError when `mode` is no bool.
        """
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self) -> Self:
        """Sets evaluation mode for this module and all below it."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Says for all parameters whether gradients are recorded."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Makes the gradients of all parameters None, or zero them in place."""
        for parameter in self.parameters():
            clear_grad(parameter, set_to_none)

    # Conversion ---------------------------------------------------------------------------------------------------

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """Puts `fn(tensor)` in the place of the memory of every parameter, its gradient, and every buffer."""
        for module in self.children() if recurse else ():
            module._apply(fn)
        with no_grad():
            for parameter in self._parameters.values():
                if parameter is not None:
                    grad = parameter.grad
                    parameter.data = fn(parameter.data)
                    if grad is not None:
                        grad.data = fn(grad.data)
            for name, buffer in self._buffers.items():
                if buffer is not None:
                    self._buffers[name] = fn(buffer)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Converts floating-point and complex parameters and buffers in place: `to(dtype)`, `to(device)`, `to(other)`.

        Raises TypeError for a dtype that is neither.
        """
        for wanted in (*args, *kwargs.values()):
            if isinstance(wanted, Tensor):
                wanted = wanted.dtype
            if isinstance(wanted, dtypes.dtype) and not (wanted.is_floating_point or wanted.is_complex):
                raise TypeError(
                    f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={wanted}"
                )
        order = kwargs.pop("memory_format", None)

        def convert(tensor: Any) -> Any:
            # The order in memory is of images, or of volumes; other parameters keep theirs.
            ordered = {"memory_format": order} if order is not None and tensor.dim() in (4, 5) else {}
            return tensor.to(*args, **kwargs, **ordered) if is_inexact(tensor) else tensor

        return self._apply(convert)

    def type(self, dst_type: Any) -> Self:
        """Converts all parameters and buffers to `dst_type` in place."""
        return self._apply(lambda t: t.type(dst_type))

    def _cast(self, wanted: dtypes.dtype) -> Self:
        return self._apply(lambda t: t.to(wanted) if t.is_floating_point() else t)

    def float(self) -> Self:
        """Converts all floating-point parameters and buffers to float32 in place."""
        return self._cast(dtypes.float32)

    def double(self) -> Self:
        """Converts all floating-point parameters and buffers to float64 in place."""
        return self._cast(dtypes.float64)

    def half(self) -> Self:
        """Converts all floating-point parameters and buffers to float16 in place."""
        return self._cast(dtypes.float16)

    def to_empty(self, *, device: Any = None, recurse: bool = True) -> Self:
        """Gives all parameters and buffers memory of any content."""
        return self._apply(lambda t: empty_like(t), recurse)

    def share_memory(self) -> Self:
        """Leaves everything where it is: threads share memory, and processes that are forked get copies."""
        return self

    def cpu(self) -> Self:
        """Leaves everything where it is: in the memory of the CPU."""
        return self

    def cuda(self, device: Any = None) -> Self:
        """Raises the error of `Tensor.cuda`: there is the memory of the CPU only."""
        return self._apply(lambda t: t.cuda(device))

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Does nothing, as `mutagrad.compile` does: there is no compiler here, and results are the same without."""

    # As text ------------------------------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """What is shown between the brackets: a line, or several."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        children = [f"({name}): {indented(repr(module))}" for name, module in self._modules.items()]
        return picture(self._get_name(), lines, children)


def picture(name: str, lines: list[str], children: list[str]) -> str:
    """The text of a module: on one line where it has no children and at most one line of its own to show."""
    if not children and len(lines) <= 1:
        return f"{name}({''.join(lines)})"
    return f"{name}(\n  " + "\n  ".join([*lines, *children]) + "\n)"


def indented(text: str) -> str:
    """`text` with two spaces before each line but the first."""
    return text.replace("\n", "\n  ")


def is_inexact(tensor: Tensor) -> bool:
    """Whether the dtype is floating-point or complex."""
    return tensor._array.dtype.kind in "fc"
