"""Where the results of a pass go: through hooks, and into `.grad`.

Several threads may run passes over the same parameters: a gradient is added under a lock, so that none is lost.
"""

from __future__ import annotations

from threading import RLock
from typing import Any

import numpy as np

from mutagrad.autograd.notes import Notes, replaced
from mutagrad.autograd.saved import leaf_tensor
from mutagrad.graph import Leaf, Watch
from mutagrad.namespaces import batched
from mutagrad.tensor import Tensor, wrap
from mutagrad.writability import check_origin

_adding = RLock()


def own(gradient: Any) -> Tensor:
    """A tensor over a copy of `gradient`: others in the pass may still hold the array."""
    return wrap(batched.copy(gradient))


def call_hooks(watch: Watch, gradient: Any, create_graph: bool) -> Any:
    """Calls a watch's hooks with a gradient of their own; what they return or leave in it goes on."""
    tensor = gradient.clone() if create_graph else own(gradient)
    for hook in list(watch.hooks.values()):
        tensor = replaced(getattr(hook, "__name__", type(hook).__name__), tensor, hook(tensor))
    if watch.keep is not None:
        watch.keep(tensor.clone() if watch.hooks else tensor)
    if watch.notes is not None:
        (tensor,) = watch.notes.before((tensor,))
    return tensor if create_graph else tensor._array


def call_node_hooks(notes: Notes, share: Any, gradient: Any, create_graph: bool) -> Any:
    """Calls the hooks of a view's node; what they return goes on to what it is a view of."""
    given = (share, gradient) if create_graph else (own(share), own(gradient))
    (left,) = notes.after(given[:1], given[1:])
    return left if create_graph else left._array


def deliver(leaf: Leaf, gradient: Tensor, create_graph: bool) -> None:
    """Adds a gradient to the leaf's `.grad`, and calls who waits for that."""
    notes = leaf.notes
    if notes is not None:
        (gradient,) = notes.before((gradient,))
    with _adding:
        present = leaf.grad
        if present is None:
            leaf.grad = gradient
        elif create_graph:
            leaf.grad = present + gradient
        else:
            _add_in_place(present, gradient)
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
        deliver(edge[2], gradient, create_graph)
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
    family.storage.will_write(present._array, present._view, "backward")
    np.add(present._array, gradient._array, out=present._array, casting="unsafe")
    family.bump()
