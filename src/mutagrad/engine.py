"""One reverse pass: the nodes that the roots reach, in strictly falling sequence, over adjoint regions.

A pass keeps one adjoint buffer for each family, under the family's key. When a node runs, the buffers describe memory
as it was when that node had just run forward. So the engine takes what stands at the node's output region out of the
adjoint, lets the operation turn it into one share for each input, and adds the shares in at the inputs' regions. An
operation in place is no special case: its output region is a region of an older buffer, and so is its first input's.

The first share of a whole family is taken without a copy and owned only once it has to be written to. All state is in
the pass, none on nodes or families, so passes may be nested and run side by side. Under `create_graph=True` the same
loop runs with tensors in the buffers, and `xp` the namespace of tensors.

Read next: `operation.py` for the rules, `regions.py` for how shares are added.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from sys import getrefcount
from typing import Any

import numpy as np

from mutagrad.graph import Edge, Leaf, Node, Watch
from mutagrad.namespaces.elementwise import LARGE
from mutagrad.pullback import fitted
from mutagrad.regions import Gathered, Layout, View, add_gathered, add_overlapping, generation, relative
from mutagrad.storage import Freed, LostValue

falling = attrgetter("sequence")
END = 1 << 62  # beyond every sequence number


class Pass(ABC):
    """The state of one reverse pass; what becomes of gradients is for its heirs to say.

    `pull(node, ct)` gives the shares of a node's inputs (None: those that its operation makes of arrays). What was saved
    is let go unless `keep_graph`, and `freed` put in its place. With `targets`, `(writer, watch)` pairs, only what leads
    to them is run and nothing is delivered.
    """

    def __init__(
        self,
        xp: Any,
        pull: Callable[[Node, Any], Any] | None = None,
        targets: list[tuple[Node | Leaf, Watch]] | None = None,
        keep_graph: bool = False,
        freed: Freed | None = None,
    ) -> None:
        self.xp = xp
        self.pull = pull
        self.targets = targets
        self.keep_graph = keep_graph
        self.freed = Freed() if freed is None else freed
        self.adjoints: dict[int, Any] = {}
        self.owned: set[int] = set()
        # What each writer's watches are, and the adjoints kept apart for the watched views of what it wrote.
        self.watching: dict[Node | Leaf, list[Watch]] = {}
        self.apart: dict[tuple[View, Node | Leaf], Any] = {}

    # What heirs define --------------------------------------------------------------------------------------------

    @abstractmethod
    def deliver(self, leaf: Leaf, gradient: Any, exclusive: bool) -> None:
        """Called with each leaf's gradient as soon as it is complete, `exclusive` when nobody else holds the array."""

    @abstractmethod
    def call_hooks(self, watch: Watch, gradient: Any) -> Any:
        """The gradient that a watch leaves of the one it is told."""

    @abstractmethod
    def call_node_hooks(self, notes: Any, share: Any, gradient: Any) -> Any:
        """The share that the hooks of a view's node leave."""

    @abstractmethod
    def fault(self, node: Node, lost: LostValue) -> Exception:
        """The exception for a value that is no longer there."""

    # The pass -----------------------------------------------------------------------------------------------------

    def run(self, roots: Sequence[Edge], cotangents: Iterable[Any]) -> None:
        """Starts from edges with the cotangent of each, and runs every node behind them that is needed."""
        nodes, leaves = self._collect(roots)
        needed = None if self.targets is None else self._needed(nodes)
        self.nodes, self.roots, self.needed = nodes, roots, needed
        for edge, cotangent in zip(roots, cotangents):
            self.add(edge, cotangent)

        xp, adjoints, owned, watching, apart = self.xp, self.adjoints, self.owned, self.watching, self.apart
        pull, add, keep_graph, freed = self.pull, self.add, self.keep_graph, self.freed
        take = adjoints.pop
        ct: Any
        for node in nodes:
            if watching and node in watching:
                self._report(node)
            key, region = node.key, node.region
            passes = False
            if region is None:
                # All of the family was written here: nothing of its adjoint is left to earlier nodes.
                ct = take(key, None)
                if ct is None:
                    if type(key) is tuple:
                        ct = self._take_several(key)
                elif key in owned:
                    owned.discard(key)
            elif key in adjoints:
                if key not in owned or region.rigid:
                    self._own(key, region.layout)
                edge = node.edges[0]
                passes = (
                    node.operation.passes
                    and pull is None
                    and needed is None
                    and not apart
                    and edge
                    and edge[1] is region
                )
                if passes:  # What was there gets all of the cotangent: that can stay where it is.
                    ct = region.read(xp, adjoints[key])
                else:
                    ct = region.take(xp, adjoints[key])
            else:
                ct = None
            if needed is not None and node not in needed:
                ct = None  # It leads to no target, but what it overwrote is no longer the earlier writers' business.
            if ct is not None:
                saved = node.saved
                try:
                    if pull is not None:
                        shares = pull(node, ct)
                    else:
                        operation = node.operation
                        if operation.pullback_of_large is None or ct.size < LARGE:
                            shares = operation.pullback(xp, ct, saved, node)
                        else:
                            unshared = getrefcount(ct) <= ALONE and _is_whole(ct)
                            shares = operation.pullback_of_large(xp, ct, saved, node, unshared)
                except LostValue as lost:
                    raise self.fault(node, lost) from None
                ct = None  # a share that it is may be added to, and memory be given back
                if saved and not keep_graph:
                    saved = node.saved = freed
                if node.fit is not None:
                    shares = fitted(xp, shares, node.fit)
                if passes:
                    shares = (None, *shares[1:])
                for edge, share in zip(node.edges, shares):
                    if edge is None or share is None:
                        continue
                    key, region, _ = edge
                    if region is None:
                        if key not in adjoints:
                            adjoints[key] = share
                        elif key in owned:
                            adjoints[key] += share
                        else:
                            add(edge, share)
                    elif key not in owned or region.rigid or apart:
                        add(edge, share)
                    else:
                        region.add(xp, adjoints[key], share)
                shares = share = None  # the next rule need not have them in memory
            if leaves and node in leaves:
                self._finish(leaves[node])
        if None in leaves:
            self._finish(leaves[None])

    def add(self, edge: Edge, share: Any) -> None:
        """Adds `share` to the adjoint at the edge's region."""
        key, region, writer = edge
        adjoints = self.adjoints
        if region is None:
            present = adjoints.get(key)
            if present is None:
                adjoints[key] = share
            elif key in self.owned:
                present += share
            elif getrefcount(present) == ALONE + 1 and _is_whole(present) and _fits(present, share):
                present += share
                self.owned.add(key)
            else:
                adjoints[key] = total = present + share
                if not isinstance(total, np.generic):  # NumPy's scalars add in a tenth of the time that arrays take
                    self.owned.add(key)
            return
        if self.apart and (view := self._watched(region, writer)) is not None:
            self._add_apart(view, region, writer, share)
            return
        if key not in self.owned or region.rigid:
            if key not in adjoints:
                whole = region.alone(self.xp, share)
                if whole is not None:
                    adjoints[key] = whole
                    return
            self._own(key, region.layout)
        region.add(self.xp, adjoints[key], share)

    def _own(self, key: int, layout: Layout) -> None:
        """Gives the pass a buffer of its own for a family, laid out like the family's base."""
        present = self.adjoints.get(key)
        if present is None:
            self.adjoints[key] = layout.zeros(self.xp)
        elif self.xp.strides(present) != layout.strides or not (
            key in self.owned
            or (getrefcount(present) == ALONE + 1 and _is_whole(present) and _matches(present, layout))
        ):
            buffer = layout.zeros(self.xp)
            buffer[...] = present
            self.adjoints[key] = buffer
        self.owned.add(key)

    def _take_several(self, keys: tuple[int, ...]) -> list | None:
        """The cotangents of a node of several outputs, None where there is none; None when there is none at all."""
        cts = [self.adjoints.pop(key, None) for key in keys]
        self.owned.difference_update(keys)
        return cts if any(ct is not None for ct in cts) else None

    def will_run(self, writer: Node | Leaf, view: View | None = None) -> bool:
        """Whether the pass runs a node, gives a leaf or a target its gradient, or a `view` of what was written its own."""
        if view is not None:
            return any(self._reads(edge, view, writer) for edge in self._edges())
        if self.needed is not None:
            return writer in self.needed or any(writer is target for target, _ in self.targets or ())
        return any(edge is not None and edge[2] is writer for edge in self._edges())

    def _edges(self) -> Iterator[Edge | None]:
        """The edges along which shares go."""
        yield from self.roots
        for node in self.nodes:
            if self.needed is None or node in self.needed:
                yield from node.edges

    @staticmethod
    def _reads(edge: Edge | None, view: View, writer: Node | Leaf) -> bool:
        """Whether an edge leads to a view of what `writer` wrote, or to a part of it."""
        if edge is None or edge[2] is not writer:
            return False
        region = edge[1].view if isinstance(edge[1], Gathered) else edge[1]
        while region is not None and region is not view:
            region = region.maker
        return region is view

    # Which nodes to run -------------------------------------------------------------------------------------------

    def _collect(self, edges: Sequence[Edge | None]) -> tuple[list[Node], dict[Node | None, list[Leaf]]]:
        """All nodes behind `edges` by falling sequence, and the leaves by their earliest reader (None: no node)."""
        seen: dict[Node | Leaf, None] = {}  # of many, half the memory of a set
        stack: list[Any] = []
        nodes: list[Node] = []
        found: list[Any] = []
        while True:
            for edge in edges:
                if edge is not None:
                    writer = edge[2]
                    if writer not in seen:
                        seen[writer] = None
                        (found if type(writer) is Leaf else stack).append(writer)
            if not stack:
                break
            node = stack.pop()
            nodes.append(node)
            if node.watches is not None:
                self._notice(node, node.watches)
            edges = node.edges
        nodes.sort(key=falling, reverse=True)
        for leaf in found:
            if leaf.watches is not None:
                self._notice(leaf, leaf.watches)
        if self.targets is not None:
            for writer, watch in self.targets:
                self._notice(writer, [watch])
        leaves: dict[Node | None, list[Any]] = {}
        pending = set(found)
        for node in reversed(nodes):
            if not pending:
                return nodes, leaves
            for edge in node.edges:
                if edge is not None and edge[2] in pending:
                    pending.discard(edge[2])
                    leaves.setdefault(node, []).append(edge[2])
        if pending:
            leaves[None] = [leaf for leaf in found if leaf in pending]
        return nodes, leaves

    def _needed(self, nodes: list[Node]) -> set[Node]:
        """The nodes that lead to a target."""
        targets = {writer for writer, _ in self.targets or ()}
        needed: set[Node] = set()
        for node in reversed(nodes):
            for edge in node.edges:
                if edge is not None and (edge[2] in targets or edge[2] in needed):
                    needed.add(node)
                    break
        return needed

    # Those who watch ----------------------------------------------------------------------------------------------
    #
    # A watched view has an adjoint of its own, for the shares that come through the view itself as its writer left
    # it. It is flushed into its parent's when the pass comes to that writer.

    def _notice(self, writer: Node | Leaf, watches: list[Watch]) -> None:
        self.watching.setdefault(writer, []).extend(watches)
        for watch in watches:
            if watch.view is not None:
                self.apart[watch.view, writer] = None

    def _watched(self, region: View | Gathered, writer: Node | Leaf) -> View | None:
        """The nearest watched view, as `writer` left it, that the region lies in."""
        view = region.view if isinstance(region, Gathered) else region
        while view is not None:
            if (view, writer) in self.apart:
                return view  # type: ignore[return-value]
            view = view.maker  # type: ignore[union-attr]
        return None

    def _add_apart(self, view: View, region: View | Gathered, writer: Node | Leaf, share: Any) -> None:
        xp = self.xp
        buffer = self._apart_of(view, writer, share)
        inner = region.view if isinstance(region, Gathered) else region
        steps = relative(inner, view)  # type: ignore[arg-type]
        if steps is None:
            spread = region.layout.zeros(xp)
            region.add(xp, spread, share)
            buffer += view.of(xp, spread)
            return
        part = buffer
        for step in steps:
            part = step.function(xp, part, *step.arguments)
        if isinstance(region, Gathered):
            add_gathered(xp, part, region.key, share, region.overlapping)
        else:
            add_overlapping(xp, part, share)

    def _apart_of(self, view: View, writer: Node | Leaf, share: Any) -> Any:
        """The buffer of a watched view, that a share is to be added to."""
        buffer = self.apart[view, writer]
        if buffer is None:
            watch = next(watch for watch in self.watching[writer] if watch.view is view)
            buffer = self.apart[view, writer] = self.xp.zeros(watch.shape, dtype=watch.dtype)
        return buffer

    def _report(self, writer: Node | Leaf) -> None:
        """Tells those who watch what `writer` wrote its gradient: views first, the later made before the earlier."""
        watches = self.watching.pop(writer)
        called = self.needed is None or self.will_run(writer)
        views = {watch.view: watch for watch in watches if watch.view is not None}
        for view in sorted(views, key=generation, reverse=True):
            gradient = self.apart.pop((view, writer))
            if gradient is not None:
                notes = None
                for watch in watches:
                    if watch.view is view and called:
                        gradient = self.call_hooks(watch, gradient)
                        notes = notes or watch.notes
                if notes is None or not notes.hooks:
                    self.add((views[view].key, view, writer), gradient)
                else:
                    self._pass_on(views[view].key, view, writer, gradient, notes)
        for watch in watches:
            if watch.view is not None or watch.key not in self.adjoints or not called:
                continue
            if watch.through is None:
                self.adjoints[watch.key] = self.call_hooks(watch, self.adjoints[watch.key])
                self.owned.discard(watch.key)
            else:
                self._own(watch.key, watch.through.layout)
                region = watch.through.of(self.xp, self.adjoints[watch.key])
                region[...] = self.call_hooks(watch, region)

    def _pass_on(self, key: int, view: View, writer: Node | Leaf, gradient: Any, notes: Any) -> None:
        """Adds the gradient of a view to what it is a view of, as the hooks of the view's node leave it."""
        xp, maker = self.xp, view.maker
        base = view.layout.zeros(xp)
        view.add(xp, base, gradient)
        spread = xp.copy(base if maker is None else maker.of(xp, base))
        self.add((key, maker, writer), self.call_node_hooks(notes, spread, gradient))

    def _finish(self, leaves: Iterable[Leaf]) -> None:
        """Delivers the gradients of leaves that no earlier node reads."""
        for leaf in leaves:
            if leaf in self.watching:
                self._report(leaf)
            gradient = self.adjoints.pop(leaf.key, None)
            if gradient is not None and self.targets is None:
                unshared = getrefcount(gradient) <= ALONE and _is_whole(gradient)
                self.deliver(leaf, gradient, unshared or leaf.key in self.owned)


def _is_whole(x: Any) -> bool:
    """Whether `x` is an array with memory of its own, to be written to if nobody else holds the array."""
    return type(x) is np.ndarray and x.base is None and x.flags.writeable


def _fits(x: np.ndarray, y: Any) -> bool:
    """Whether the sum of both is an array like `x`."""
    return type(y) is np.ndarray and y.shape == x.shape and y.dtype is x.dtype


def _matches(x: np.ndarray, layout: Layout) -> bool:
    """Whether an array has the shape and dtype of a base."""
    return x.shape == layout.shape and x.dtype is layout.dtype


def _references_of_unshared() -> int:
    gradient = {0: np.empty(0)}.pop(0, None)
    return getrefcount(gradient)


# What `getrefcount` gives for an array that only its caller holds: it differs between CPython's versions.
ALONE = _references_of_unshared()
