"""What is called around a module's `forward` and the backward pass through it: a module's own hooks, and everybody's.

Backward hooks stand at a boundary before and one after the module: an identity whose gradient tells them.
"""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

from mutagrad.autograd.function import Function
from mutagrad.autograd.hooks import RemovableHandle, add_hook
from mutagrad.modes import modes
from mutagrad.tensor import Tensor

Hooks = OrderedDict[int, Any]


class Hook(NamedTuple):
    """A forward hook and how it wants to be called."""

    function: Callable
    with_kwargs: bool = False
    always_call: bool = False


class Everywhere:
    """The hooks on all modules."""

    def __init__(self) -> None:
        self.before: Hooks = OrderedDict()
        self.after: Hooks = OrderedDict()
        self.backward_before: Hooks = OrderedDict()
        self.backward_after: Hooks = OrderedDict()
        self.registered: dict[str, Hooks] = {kind: OrderedDict() for kind in ("_parameters", "_buffers", "_modules")}


everywhere = Everywhere()


def add(hooks: Hooks, hook: Any, prepend: bool = False) -> RemovableHandle:
    """Files a hook, last or first."""
    handle = add_hook(hooks, hook)
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle


def register_module_forward_pre_hook(hook: Callable) -> RemovableHandle:
    """Calls `hook(module, args)` before every module's `forward`; what it returns takes the place of the arguments."""
    return add(everywhere.before, Hook(hook))


def register_module_forward_hook(
    hook: Callable, *, with_kwargs: bool = False, always_call: bool = False
) -> RemovableHandle:
    """Calls `hook(module, args, output)` after every module's `forward`; what it returns replaces the output."""
    return add(everywhere.after, Hook(hook, with_kwargs, always_call))


def register_module_full_backward_pre_hook(hook: Callable) -> RemovableHandle:
    """Calls `hook(module, grad_output)` before the backward pass through every module."""
    return add(everywhere.backward_before, hook)


def register_module_full_backward_hook(hook: Callable) -> RemovableHandle:
    """Calls `hook(module, grad_input, grad_output)` after the backward pass through every module."""
    return add(everywhere.backward_after, hook)


register_module_backward_hook = register_module_full_backward_hook


def register_module_parameter_registration_hook(hook: Callable) -> RemovableHandle:
    """Calls `hook(module, name, parameter)` when one is registered; what it returns takes its place."""
    return add(everywhere.registered["_parameters"], hook)


def register_module_buffer_registration_hook(hook: Callable) -> RemovableHandle:
    """Calls `hook(module, name, buffer)` when one is registered; what it returns takes its place."""
    return add(everywhere.registered["_buffers"], hook)


def register_module_module_registration_hook(hook: Callable) -> RemovableHandle:
    """Calls `hook(module, name, submodule)` when one is registered; what it returns takes its place."""
    return add(everywhere.registered["_modules"], hook)


def registered(kind: str, module: Any, name: str, value: Any) -> Any:
    """What is to be registered, as the hooks leave it."""
    for hook in everywhere.registered[kind].values():
        replaced = hook(module, name, value)
        value = value if replaced is None else replaced
    return value


# The backward pass --------------------------------------------------------------------------------------------------


class BackwardHookFunction(Function):
    """The tensors themselves; going backwards, what `tell` makes of their gradients."""

    @staticmethod
    def forward(ctx: Any, tell: Callable, *tensors: Any) -> Any:
        ctx.set_materialize_grads(False)
        ctx.tell = tell
        return tuple(tensor.view_as(tensor) for tensor in tensors)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        return None, *ctx.tell(grads)


class Boundaries:
    """The two boundaries of one call of a module, and the gradients that have passed the second."""

    def __init__(self, module: Any, before: list[Callable], after: list[Callable]) -> None:
        self.module, self.before, self.after = module, before, after
        self.grad_outputs: tuple | None = None
        self.has_first = False

    def enter(self, args: tuple) -> tuple:
        """The arguments behind the first boundary."""
        if not self.after:
            return args
        return self._through(args, self._leave)

    def exit(self, output: Any) -> Any:
        """The output behind the second boundary."""
        several = output if isinstance(output, tuple) else (output,)
        if not isinstance(output, (tuple, Tensor)):
            warnings.warn(
                "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but received "
                f"{type(output)}",
                stacklevel=4,
            )
        passed = self._through(several, self._arrive)
        return passed if isinstance(output, tuple) else passed[0]

    def _through(self, values: tuple, tell: Callable) -> tuple:
        places = [i for i, value in enumerate(values) if isinstance(value, Tensor)]
        if not modes.grad or not any(values[i].requires_grad for i in places):
            return values

        def spread(grads: tuple) -> tuple:
            full = [None] * len(values)
            for place, grad in zip(places, grads):
                full[place] = grad
            told = tell(tuple(full))
            return tuple(told[place] for place in places)

        if tell == self._leave:
            self.has_first = True
        passed = list(values)
        for place, tensor in zip(places, BackwardHookFunction.apply(spread, *(values[i] for i in places))):
            passed[place] = tensor
        return tuple(passed)

    def _arrive(self, grads: tuple) -> tuple:
        """The gradients of the outputs, as the hooks before leave them."""
        for hook in self.before:
            grads = _replaced(hook(self.module, grads), grads, "pre hook", "grad_output")
        self.grad_outputs = grads
        if self.after and not self.has_first:
            warnings.warn(
                "Full backward hook is firing when gradients are computed with respect to module outputs since no inputs "
                "require gradients. See https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html"
                "#torch.nn.Module.register_full_backward_hook for more details.",
                stacklevel=5,
            )
            self._tell_after(())
        return grads

    def _leave(self, grads: tuple) -> tuple:
        """The gradients of the inputs, as the hooks after leave them."""
        if self.grad_outputs is None:
            return grads
        grads = self._tell_after(grads)
        self.grad_outputs = None
        return grads

    def _tell_after(self, grads: tuple) -> tuple:
        given = grads or (None,)
        for hook in self.after:
            result = hook(self.module, given, self.grad_outputs)
            if result is not None and not grads:
                raise RuntimeError(
                    "Backward hook for Modules where no input requires gradient should always return None or None for "
                    "all gradients."
                )
            given = _replaced(result, given, "hook", "grad_input")
        return given


def _replaced(result: Any, grads: tuple, hook: str, what: str) -> tuple:
    if result is None:
        return grads
    result = result if isinstance(result, tuple) else (result,)
    if len(result) != len(grads):
        raise RuntimeError(
            f"Backward {hook} returned an invalid number of {what}, got {len(result)}, but expected {len(grads)}"
        )
    return result
