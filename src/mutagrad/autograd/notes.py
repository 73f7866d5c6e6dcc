"""What users attach to a node of the graph: metadata, and hooks that run before and after it.

A node with hooks runs an operation that calls them: so those without pay nothing. A leaf keeps its notes itself. The
node of a view has no operation either; a watch on the view has its notes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

import numpy as np

from mutagrad.autograd.passes import running
from mutagrad.graph import Leaf, Node, Watch
from mutagrad.namespaces import arrays, batched
from mutagrad.pullback import Around, fitted
from mutagrad.regions import Region, View
from mutagrad.tensor import Tensor, wrap

_noting = Lock()  # of two threads that attach something to one node, one must not undo the other's


class Notes:
    """The metadata and the hooks of one node; `views` has the notes of the views of what it wrote."""

    def __init__(self) -> None:
        self.metadata: dict[Any, Any] = {}
        self.prehooks: dict[int, Callable] = {}
        self.hooks: dict[int, Callable] = {}
        self.views: dict[View, Notes] = {}

    def before(self, cotangents: Sequence[Any]) -> tuple:
        """The cotangents of the outputs as the prehooks leave them."""
        given = tuple(cotangents)
        for hook in list(self.prehooks.values()):
            given = checked(hook, hook(given), given)
        return given

    def after(self, shares: Sequence[Any], cotangents: Sequence[Any]) -> tuple:
        """The shares of the inputs as the hooks leave them."""
        given = tuple(shares)
        for hook in list(self.hooks.values()):
            given = checked(hook, hook(given, tuple(cotangents)), given)
        return given


def checked(hook: Callable, result: Any, given: tuple) -> tuple:
    """What a hook makes of gradients; raises what PyTorch raises where it cannot replace those given."""
    if result is None:
        return given
    if not isinstance(result, tuple):
        raise TypeError(f"expected tuple, but hook returned '{type(result).__name__}'")
    name = getattr(hook, "__name__", type(hook).__name__)
    if len(result) != len(given):
        raise RuntimeError(
            f"hook '{name}' has returned an incorrect number of values (got {len(result)}, but expected {len(given)})"
        )
    return tuple(replaced(name, old, new) for old, new in zip(given, result))


def replaced(name: str, old: Any, new: Any) -> Any:
    """The gradient that a hook called `name` leaves where it was given `old` and returned `new`."""
    if new is None:
        return old
    if old is None:
        raise RuntimeError("can't replace a None gradient with a non-None value")
    if not isinstance(new, Tensor):
        raise TypeError(f"expected Variable, but hook returned '{type(new).__name__}'")
    if new._array.dtype != old._array.dtype:
        raise RuntimeError(f"hook '{name}' has changed the type of value (was {old.type()} got {new.type()})")
    if new._array.shape != old._array.shape:
        raise RuntimeError(f"hook '{name}' has changed the size of value")
    return new


class Noted(Around):
    """The operation of a node that has notes."""

    def __init__(self, operation: Any) -> None:
        super().__init__(operation)
        self.notes = Notes()

    def pullback(self, xp: Any, ct: Any, cells: Any, node: Node) -> Any:
        """The shares of the inputs, with the hooks called before and after."""
        notes, several = self.notes, isinstance(ct, list)
        if not notes.prehooks and not notes.hooks:
            return self.operation.pullback(xp, ct, cells, node)
        on_arrays = xp is arrays or xp is batched
        if node.region is not None:
            return self._pullback_in_part(xp, ct, cells, node, node.region, on_arrays)
        # Hooks do not see outputs that have no gradient.
        places = [i for i, key in enumerate(node.key) if key >= 0] if several else [0]
        cts = notes.before(_tensors([ct[i] for i in places] if several else [ct], on_arrays))
        left = dict(zip(places, _values(cts, on_arrays)))
        ct = [left.get(i) for i in range(len(ct))] if several else left[0]
        shares = self._shares(xp, ct, cells, node)
        return _values(notes.after(_tensors(shares, on_arrays), cts), on_arrays)

    def _shares(self, xp: Any, ct: Any, cells: Any, node: Node) -> list:
        shares = list(self.operation.pullback(xp, ct, cells, node))
        if node.fit is not None:
            shares = fitted(xp, shares, node.fit)
        return [None if edge is None else share for share, edge in zip(shares, node.edges)]

    def _pullback_in_part(self, xp: Any, ct: Any, cells: Any, node: Node, region: Region, on_arrays: bool) -> list:
        """As `pullback`, of a write to a part: what hooks see and may replace is the gradient of all of the base.

        The pass has taken the part's cotangent out of the base's adjoint already.
        """
        notes, key, adjoints = self.notes, node.key, running.passes[-1][1].adjoints
        whole = xp.copy(adjoints[key])
        region.put(xp, whole, ct)
        cts = notes.before(_tensors([whole], on_arrays))
        if notes.prehooks:
            (whole,) = _values(cts, on_arrays)
            ct = region.read(xp, whole)
            adjoints[key][...] = whole
            region.clear(xp, adjoints[key])
        shares = self._shares(xp, ct, cells, node)
        left = None
        if node.edges[0] is not None:
            left = xp.copy(adjoints[key])
            if shares[0] is not None:
                region.add(xp, left, shares[0])
        given = _tensors([left, *shares[1:]], on_arrays)
        after = notes.after(given, cts)
        if after[0] is not given[0]:
            adjoints[key][...] = _values(after[:1], on_arrays)[0]
            shares[0] = None
        return [shares[0], *_values(after[1:], on_arrays)]


def _tensors(values: Sequence[Any], on_arrays: bool) -> list:
    """Tensors that the hooks may have to themselves."""
    return [x if x is None or not on_arrays else wrap(batched.copy(x)) for x in values]


def _values(values: Sequence[Any], on_arrays: bool) -> list:
    return [x if x is None or not on_arrays else x._array for x in values]


def notes_of(node: Node | Leaf) -> Notes:
    """The notes of a node, made when there are none."""
    if isinstance(node, Leaf):
        if node.notes is None:
            node.notes = Notes()
        return node.notes
    with _noting:
        if not isinstance(node.operation, Noted):
            node.operation = Noted(node.operation)
    return node.operation.notes


def notes_of_view(node: Node | Leaf, view: View, key: int, form: tuple[tuple[int, ...], np.dtype]) -> Notes:
    """The notes of the view of what a node wrote; a watch on the view lets a pass find them."""
    views = notes_of(node).views
    if view not in views:
        made = Watch(key, view, *form)
        made.notes = views[view] = Notes()
        node.watches = [*(node.watches or ()), made]
    return views[view]
