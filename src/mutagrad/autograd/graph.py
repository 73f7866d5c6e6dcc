"""The graph of operations: its nodes and edges, hooks on many tensors at once, and hooks on saved values.

Follows https://docs.pytorch.org/docs/stable/autograd.html#autograd-graph
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from mutagrad.autograd.edges import GradientEdge, get_gradient_edge
from mutagrad.autograd.handles import RemovableHandle
from mutagrad.autograd.nodes import GraphFace
from mutagrad.autograd.running import graph_task_id, will_execute
from mutagrad.modes import count_extra, modes
from mutagrad.overwrite import policy
from mutagrad.report.spans import caller_span
from mutagrad.report.traps import REQUIRE_FIRST, refused
from mutagrad.tensor import Tensor

__all__ = [
    "GradientEdge",
    "Node",
    "allow_mutation_on_saved_tensors",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "region_activation_memory_budget",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
    "set_override_stale_capture_stream",
    "set_warn_on_accumulate_grad_stream_mismatch",
]


class Node(ABC):
    """A node of the graph: what `grad_fn` and `next_functions` give is an instance."""

    @abstractmethod
    def name(self) -> str:
        """PyTorch's name of the backward function."""

    @property
    @abstractmethod
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """The nodes that the inputs' gradients go to, each with the number of its output."""

    @property
    @abstractmethod
    def metadata(self) -> dict[Any, Any]:
        """A dictionary for whatever belongs to this node."""

    @abstractmethod
    def register_hook(self, fn: Callable[..., Any]) -> RemovableHandle:
        """Calls `fn(grad_inputs, grad_outputs)` after the node has run; a tuple it returns replaces `grad_inputs`."""

    @abstractmethod
    def register_prehook(self, fn: Callable[..., Any]) -> RemovableHandle:
        """Calls `fn(grad_outputs)` before the node runs; a tuple it returns replaces `grad_outputs`."""


Node.register(GraphFace)


# Hooks on many tensors ------------------------------------------------------------------------------------------------


class _MultiHandle:
    """Takes away the hooks of several tensors at once."""

    def __init__(self, handles: Sequence[RemovableHandle]) -> None:
        self.handles = handles

    def remove(self) -> None:
        """Takes the hooks away."""
        for handle in self.handles:
            handle.remove()

    def __enter__(self) -> _MultiHandle:
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()


def register_multi_grad_hook(tensors: Sequence[Tensor], fn: Callable[..., Any], *, mode: str = "all") -> _MultiHandle:
    """Calls `fn` once in every backward pass that reaches some of `tensors`.

    With the mode "all" it is called when all those the pass reaches have their gradients, with these in order and None
    for the others; with "any" when the first has, with that gradient. Raises ValueError for another mode.

    >>> import mutagrad
    >>> x, y = mutagrad.ones(2, requires_grad=True), mutagrad.ones(2, requires_grad=True)
    >>> handle = mutagrad.autograd.graph.register_multi_grad_hook((x, y), print)
    >>> (x * 2).sum().backward()
    [tensor([2., 2.]), None]
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    for tensor in tensors:
        if not tensor.requires_grad:
            raise refused(
                "cannot register a hook on a tensor that doesn't require gradient", caller_span(), REQUIRE_FIRST
            )
    gather = _Gathering([get_gradient_edge(tensor).node for tensor in tensors], fn)
    make = gather.hook_of_all if mode == "all" else gather.hook_of_any
    return _MultiHandle([tensor.register_hook(make(i)) for i, tensor in enumerate(tensors)])


class _Gathering:
    """The gradients that have come so far, of every pass under way."""

    def __init__(self, nodes: list[Any], fn: Callable[..., Any]) -> None:
        self.nodes = nodes
        self.fn = fn
        self.lock = threading.Lock()
        self.found: dict[int, list[Any]] = {}
        self.awaited: dict[int, int] = {}
        self.told: int | None = None

    def hook_of_all(self, i: int) -> Callable[[Tensor], None]:
        """The hook of tensor `i` that waits for the others."""

        def hook(gradient: Tensor) -> None:
            number = graph_task_id()
            with self.lock:
                if number not in self.found:
                    self.found[number] = [None] * len(self.nodes)
                    self.awaited[number] = sum(will_execute(node) for node in self.nodes)
                self.found[number][i] = gradient
                self.awaited[number] -= 1
                complete = not self.awaited[number]
                if complete:
                    del self.awaited[number]
                    gradients = self.found.pop(number)
            if complete:
                self.fn(gradients)

        return hook

    def hook_of_any(self, i: int) -> Callable[[Tensor], None]:
        """The hook of tensor `i` that is told the gradient only if it is the first."""

        def hook(gradient: Tensor) -> None:
            number = graph_task_id()
            with self.lock:
                first, self.told = self.told != number, number
            if first:
                self.fn(gradient)

        return hook


# Hooks on saved values ------------------------------------------------------------------------------------------------


class saved_tensors_hooks:
    """Within, `pack_hook(tensor)` takes away every tensor that is saved, and `unpack_hook(packed)` brings it back.

    What the pack hook returns is kept in place of the tensor; backward calls the unpack hook with it. Where the pack
    hook returns the tensor itself, an overwrite of it is seen as ever.

    >>> import mutagrad
    >>> x = mutagrad.ones(2, requires_grad=True)
    >>> with mutagrad.autograd.graph.saved_tensors_hooks(lambda x: x.numpy(force=True) * 2, mutagrad.from_numpy):
    ...     y = x.sin()
    >>> mutagrad.autograd.grad(y.sum(), x)
    (tensor([-0.4161, -0.4161]),)
    """

    def __init__(self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self) -> None:
        if modes.saved_hooks_refused is not None:
            raise RuntimeError(modes.saved_hooks_refused)
        for hook in (self.pack_hook, self.unpack_hook):
            if not callable(hook):
                raise TypeError(f"saved_tensors_hooks: expected two functions, but got {type(hook).__name__}")
        count_extra(1)
        modes.saved_hooks = (*modes.saved_hooks, (self.pack_hook, self.unpack_hook))

    def __exit__(self, *exception: object) -> None:
        count_extra(-1)
        modes.saved_hooks = modes.saved_hooks[:-1]


class save_on_cpu(saved_tensors_hooks):
    """Within, saved tensors are moved to the CPU and back when they are needed. They are there already.

    >>> import mutagrad
    >>> x = mutagrad.ones(2, requires_grad=True)
    >>> with mutagrad.autograd.graph.save_on_cpu():
    ...     y = x * x
    >>> mutagrad.autograd.grad(y.sum(), x)
    (tensor([2., 2.]),)
    """

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        super().__init__(_itself, _itself)


def _itself(tensor: Tensor) -> Tensor:
    return tensor


class disable_saved_tensors_hooks:
    """Within, entering `saved_tensors_hooks` raises RuntimeError with `error_message`, as does this block within one."""

    def __init__(self, error_message: str) -> None:
        self.error_message = error_message

    def __enter__(self) -> None:
        if modes.saved_hooks:
            raise RuntimeError(self.error_message)
        self.previous = modes.saved_hooks_refused
        modes.saved_hooks_refused = self.error_message

    def __exit__(self, *exception: object) -> None:
        modes.saved_hooks_refused = self.previous


class allow_mutation_on_saved_tensors:
    """Within, saved tensors may be overwritten, and gradients are those of the saved values.

    Under the overwrite policy "preserve" this is always so; the block sets that policy. Unlike in PyTorch the backward
    pass may be run outside. Raises RuntimeError when such blocks are nested.

    >>> import mutagrad
    >>> x = mutagrad.ones(2, requires_grad=True)
    >>> with mutagrad.autograd.graph.allow_mutation_on_saved_tensors():
    ...     h = x.clone()
    ...     y = h.sin()
    ...     _ = h.zero_()
    >>> mutagrad.autograd.grad(y.sum(), x)
    (tensor([0.5403, 0.5403]),)
    """

    def __enter__(self) -> allow_mutation_on_saved_tensors:
        if modes.mutation_allowed:
            raise RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested")
        modes.mutation_allowed = True
        self.previous, policy.name = policy.name, "preserve"
        return self

    def __exit__(self, *exception: object) -> None:
        modes.mutation_allowed = False
        policy.name = self.previous

    def clear(self) -> None:
        """Forgets the copies made so far. Here each goes with the graph that needs it, so there is nothing to forget."""


# Counters and warnings ------------------------------------------------------------------------------------------------


def increment_version(tensor: Tensor | Iterable[Tensor]) -> None:
    """Counts a write to a tensor, or to each of several, that was made where it could not be seen.

    >>> import mutagrad
    >>> x = mutagrad.zeros(2)
    >>> mutagrad.autograd.graph.increment_version(x)
    >>> x._version
    1
    """
    if not isinstance(tensor, (Tensor, Iterable)):
        raise RuntimeError("increment_version expect a Iterable[Tensor] as input")
    for each in (tensor,) if isinstance(tensor, Tensor) else tensor:
        if not each.is_inference():
            each._family.bump()


def set_warn_on_accumulate_grad_stream_mismatch(enabled: bool) -> None:
    """Says whether to warn of gradients that come from another stream of an accelerator: there is none."""


def set_override_stale_capture_stream(enabled: bool) -> None:
    """Says what to do about streams of an accelerator that take no part in a capture: there is none."""


class region_activation_memory_budget:
    """A share of the memory for saved values, for PyTorch's compiler. Entering it raises RuntimeError: there is none."""

    def __init__(self, budget: float) -> None:
        self.budget = budget

    def __enter__(self) -> None:
        raise RuntimeError(
            "torch.autograd.graph.region_activation_memory_budget can only be used inside a torch.compile region; it has "
            "no effect in eager mode."
        )

    def __exit__(self, *exception: object) -> None: ...
