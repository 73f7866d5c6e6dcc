"""The reverse pass where `vmap` has been: adjoints with hidden dimensions.

A share that differs between the samples of a level that is open belongs to an adjoint that does so too, whatever the
family is like: within a level each sample has a gradient of its own. At levels that are closed an adjoint is like its
family's memory; `xp.fit` has summed over the others.

Read first: `engine.py`, `batched/array.py`.
"""

from __future__ import annotations

from typing import Any

from mutagrad.autograd.accumulation import GradientPass
from mutagrad.batched import levels_of, matched, zeros_for_samples
from mutagrad.batched import state as OPEN
from mutagrad.graph import Edge, Leaf, Node
from mutagrad.ops.levels import at_levels
from mutagrad.regions import Gathered, Layout, View
from mutagrad.tensor import Tensor


def array_of(x: Any) -> Any:
    """The array of a tensor; an array itself."""
    return x._array if isinstance(x, Tensor) else x


class SamplesPass(GradientPass):
    """A pass in which adjoints may have hidden dimensions."""

    def deliver(self, leaf: Leaf, gradient: Any, exclusive: bool) -> None:
        """Delivers the sum over all samples that share the leaf."""
        levels = levels_of(leaf.array)
        total = at_levels(gradient, levels, ()) if isinstance(gradient, Tensor) else matched(gradient, levels)
        super().deliver(leaf, total, exclusive and total is gradient)

    def add(self, edge: Edge, share: Any) -> None:
        """Adds `share` to the adjoint at the edge's region."""
        key, region, writer = edge
        adjoints = self.adjoints
        if region is None:
            present = adjoints.get(key)
            adjoints[key] = share if present is None else self.xp.asarray(present + share)
            self.owned.discard(key)
            return
        if self.apart and (view := self._watched(region, writer)) is not None:
            self._add_apart(view, region, writer, share)
            return
        if key not in self.owned or region.rigid:
            self._own(key, region.layout)
        adjoints[key] = self._widened(adjoints[key], region, share)
        region.add(self.xp, adjoints[key], share)

    def _widened(self, buffer: Any, region: Any, share: Any) -> Any:
        """The buffer at all levels of a share for a region of it."""
        array = array_of(buffer)
        part = (
            array_of(region.view.of(self.xp, buffer) if region.view is not None else buffer)
            if isinstance(region, Gathered)
            else array_of(region.of(self.xp, buffer))
        )
        further = [
            level for level in levels_of(array_of(share)) if level in OPEN.levels and level not in levels_of(part)
        ]
        return self._at(buffer, (*levels_of(array), *further)) if further else buffer

    def _at(self, buffer: Any, levels: Any) -> Any:
        """The buffer with a place for each sample of some levels, laid out as it is."""
        array = array_of(buffer)
        wanted = tuple(sorted({*levels_of(array), *levels}, key=lambda level: level.number))
        if wanted == levels_of(array):
            return buffer
        made = self.xp.asarray(zeros_for_samples(array, wanted))
        made[...] = buffer
        return made

    def _own(self, key: int, layout: Layout) -> None:
        """Gives the pass a buffer of its own for a family, laid out like the family's base."""
        present = self.adjoints.get(key)
        if present is None:
            self.adjoints[key] = layout.zeros(self.xp)
        elif key not in self.owned or self.xp.strides(present) != layout.strides:
            buffer = self._at(layout.zeros(self.xp), levels_of(array_of(present)))
            buffer[...] = present
            self.adjoints[key] = buffer
        self.owned.add(key)

    def _apart_of(self, view: View, writer: Node | Leaf, share: Any) -> Any:
        buffer = self.apart[view, writer]
        if buffer is None:
            buffer = self.xp.zeros_like(view.of(self.xp, view.layout.zeros(self.xp)))
        kept = [level for level in levels_of(array_of(share)) if level in OPEN.levels]
        buffer = self.apart[view, writer] = self._at(buffer, kept)
        return buffer
