"""Hooks on tensors: `register_hook`, `retain_grad`, `register_post_accumulate_grad_hook`.

A hook belongs to the value that its tensor holds when it is registered: it is kept as a watch on the node that wrote
that value, and is told the gradient with respect to it even if the tensor is written later. `retain_grad` follows the
tensor to its latest value.
"""

from __future__ import annotations

from collections.abc import Callable
from weakref import ref

from mutagrad.autograd.handles import RemovableHandle, add_hook
from mutagrad.autograd.running import graph_task_id
from mutagrad.graph import Leaf, Watch
from mutagrad.report.spans import caller_span
from mutagrad.report.traps import REQUIRE_FIRST, refused
from mutagrad.tensor import Tensor, new_watch, watches_of


def watch(tensor: Tensor) -> Watch:
    """The watch on the value that `tensor` holds now, made when there is none."""
    present = watches_of(tensor)
    if present:
        return present[0]
    writer, made = new_watch(tensor)
    writer.watches = [*(writer.watches or ()), made]
    return made


def register_hook(self: Tensor, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
    """Calls `hook(gradient)` whenever the gradient with respect to this value is known; what it returns replaces it.

    Raises RuntimeError for a tensor that does not require grad.

    >>> import mutagrad
    >>> x = mutagrad.ones(2, requires_grad=True)
    >>> handle = x.register_hook(lambda gradient: gradient * 10)
    >>> x.sum().backward()
    >>> x.grad
    tensor([10., 10.])
    """
    if not self.requires_grad:
        raise refused("cannot register a hook on a tensor that doesn't require gradient", caller_span(), REQUIRE_FIRST)
    return add_hook(watch(self).hooks, hook)


def retain_grad(self: Tensor) -> None:
    """Makes backward passes keep the gradient of this tensor in its `.grad`, though it is no leaf."""
    if not self.requires_grad:
        raise refused("can't retain_grad on Tensor that has requires_grad=False", caller_span(), REQUIRE_FIRST)
    if self.is_leaf or self.retains_grad:
        return
    watch(self).keep = Retained(self)


class Retained:
    """Adds the gradients that it is told to a tensor's `.grad`."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = ref(tensor)
        self.told = -1  # the pass that last told it one

    def __call__(self, gradient: Tensor) -> None:
        tensor = self.tensor()
        if tensor is not None:
            present = getattr(tensor, "_grad", None)
            tensor._grad = gradient if present is None else present + gradient
        self.told = graph_task_id()

    def of_older_value(self, gradient: Tensor) -> None:
        """The same with the gradient of what the tensor held before, unless this pass has told that of a later value."""
        if self.told != graph_task_id():
            self(gradient)


def retains_grad(self: Tensor) -> bool:
    """Whether `.grad` is kept for this tensor, which is no leaf."""
    return not self.is_leaf and any(watch.keep is not None for watch in watches_of(self))


def register_post_accumulate_grad_hook(self: Tensor, hook: Callable[[Tensor], None]) -> RemovableHandle:
    """Calls `hook(self)` after a backward pass has added to this leaf's `.grad`.

    Raises RuntimeError for a tensor that does not require grad or is no leaf.
    """
    if not self.requires_grad:
        raise refused("cannot register a hook on a tensor that doesn't require gradient", caller_span(), REQUIRE_FIRST)
    edge = self._family.edge
    if not self.is_leaf or edge is None or not isinstance(edge[2], Leaf):
        raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
    if edge[2].post_hooks is None:
        edge[2].post_hooks = {}
    return add_hook(edge[2].post_hooks, hook)


Tensor.register_hook = register_hook  # type: ignore[attr-defined]
Tensor.retain_grad = retain_grad
Tensor.retains_grad = property(retains_grad)  # type: ignore[attr-defined]
Tensor.register_post_accumulate_grad_hook = register_post_accumulate_grad_hook  # type: ignore[attr-defined]
