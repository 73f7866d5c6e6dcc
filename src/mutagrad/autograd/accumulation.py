"""Where the results of a pass go: through hooks, and into `.grad`.

Several threads may run passes over the same parameters: a gradient is added under a lock, so that none is lost.
"""

from __future__ import annotations

from threading import RLock
from typing import Any

import numpy as np

from mutagrad.autograd.causes import is_zero
from mutagrad.autograd.faults import fault
from mutagrad.autograd.notes import Notes, replaced
from mutagrad.autograd.saved import leaf_tensor
from mutagrad.engine import Pass
from mutagrad.graph import Leaf, Node, Watch
from mutagrad.namespaces import batched
from mutagrad.operands import broadcast_error
from mutagrad.storage import LostValue
from mutagrad.tangents import undifferentiated
from mutagrad.tensor import Tensor, wrap
from mutagrad.writability import check_origin

_adding = RLock()


class GradientPass(Pass):
    """A reverse pass as users ask for it: gradients go through their hooks, and into `.grad`.

    With `on_tensors` gradients are tensors, with `create_graph` recorded ones. `only_zeros`: no array that was delivered
    had anything but zeros.
    """

    on_tensors = create_graph = False
    only_zeros = True

    def deliver(self, leaf: Leaf, gradient: Any, exclusive: bool) -> None:
        """Adds the gradient to the leaf's `.grad`, in a tensor of its own."""
        if self.only_zeros and not is_zero(gradient):
            self.only_zeros = False
        if self.on_tensors:
            # Another leaf, or the user, may have this very tensor.
            accumulate(leaf, settled(gradient.clone(), self.create_graph), True)
        elif exclusive and type(gradient) is np.ndarray:
            accumulate(leaf, wrap(gradient), False)
        else:
            accumulate(leaf, _own(gradient), False)

    def call_hooks(self, watch: Watch, gradient: Any) -> Any:
        """Calls a watch's hooks with a gradient of their own; what they return or leave in it goes on."""
        tensor = gradient.clone() if self.on_tensors else _own(gradient)
        for hook in list(watch.hooks.values()):
            tensor = replaced(getattr(hook, "__name__", type(hook).__name__), tensor, hook(tensor))
        if watch.keep is not None:
            watch.keep(tensor.clone() if watch.hooks else tensor)
        if watch.notes is not None:
            (tensor,) = watch.notes.before((tensor,))
        return tensor if self.on_tensors else tensor._array

    def call_node_hooks(self, notes: Notes, share: Any, gradient: Any) -> Any:
        """Calls the hooks of a view's node; what they return goes on to what it is a view of."""
        given = (share, gradient) if self.on_tensors else (_own(share), _own(gradient))
        (left,) = notes.after(given[:1], given[1:])
        return left if self.on_tensors else left._array

    def fault(self, node: Node, lost: LostValue) -> Exception:
        """The error for a saved value that was overwritten or freed."""
        return fault(node, lost)


def _own(gradient: Any) -> Tensor:
    """A tensor over a copy of `gradient`: others in the pass may still hold the array."""
    return wrap(batched.copy(gradient))


def settled(tensor: Tensor, create_graph: bool) -> Tensor:
    """The tensor, without its history where none is wanted."""
    return undifferentiated(tensor) if tensor.requires_grad and not create_graph else tensor


def accumulate(leaf: Leaf, gradient: Tensor, create_graph: bool) -> None:
    """Adds a gradient to the leaf's `.grad`, and calls who waits for that."""
    notes = leaf.notes
    if notes is not None:
        (gradient,) = notes.before((gradient,))
    _adding.acquire()  # half the cost of `with`, and every leaf of every pass comes here
    try:
        present = leaf.grad
        if present is None:
            leaf.grad = gradient
        elif create_graph:
            leaf.grad = present + gradient
        else:
            _add_in_place(present, gradient)
    finally:
        _adding.release()
    if leaf.post_hooks:
        tensor = leaf_tensor(leaf)
        for hook in list(leaf.post_hooks.values()):
            _check_nothing(hook(tensor))
    if notes is not None:
        notes.after((), (gradient,))


def _check_nothing(result: Any) -> None:
    """Raises RuntimeError or TypeError for what a post accumulate grad hook returns."""
    if isinstance(result, Tensor):
        raise RuntimeError("Tensor post accumulate grad hooks should return None.")
    if result is not None:
        raise TypeError(f"expected Variable, but hook returned '{type(result).__name__}'")


def accumulate_into(tensor: Tensor, gradient: Tensor, create_graph: bool) -> None:
    """Adds a gradient to the `.grad` of any tensor."""
    edge = tensor._family.edge
    if edge is not None and type(edge[2]) is Leaf and tensor._view is None:
        accumulate(edge[2], gradient, create_graph)
        return
    with _adding:
        if getattr(tensor, "_grad", None) is None:
            tensor._grad = gradient
        else:
            _add_in_place(tensor._grad, gradient)


def _add_in_place(present: Tensor, gradient: Tensor) -> None:
    family = present._family
    if family.traits is not None:
        check_origin(present, (), "backward")
    if present._array.shape != gradient._array.shape:
        # The leaf's memory was swapped for some of another shape.
        raise broadcast_error((present._array.shape, gradient._array.shape))
    family.storage.will_write(present._array, present._view, "backward")
    np.add(present._array, gradient._array, out=present._array, casting="unsafe")
    family.bump()
