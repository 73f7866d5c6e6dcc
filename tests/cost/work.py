"""Counting instead of timing: how many elements a program touches, and how many saved regions it looks at.

`Work` patches the few functions through which a reverse pass reads and writes adjoints, and those with which a storage
looks for saved values, each with one that counts. What a count leaves out is proportional to what it has.
"""

import numpy as np

from mutagrad import overlap
from mutagrad.engine import Pass
from mutagrad.overwrite import overwrite_statistics
from mutagrad.pullback import Around
from mutagrad.regions import Gathered, Layout, View


class Counted(Around):
    """An operation whose pullback counts the elements of cotangents and shares."""

    def __init__(self, operation, work):
        super().__init__(operation)
        self.work = work

    def pullback(self, xp, ct, cells, node):
        shares = self.operation.pullback(xp, ct, cells, node)
        self.work.elements += sum(np.size(each) for each in [ct, *shares] if each is not None)
        return shares


def elements_of(region, xp, buffer):
    """The elements of a buffer that a region names."""
    if isinstance(region, View):
        return region.of(xp, buffer)
    return (buffer if region.view is None else region.view.of(xp, buffer))[region.key]


class Work:
    """`elements` of adjoints touched by reverse passes, saved `regions` looked at by writes, `bytes` copied for them."""

    def __init__(self, monkeypatch):
        self.elements = 0
        self.regions = 0
        self.before = overwrite_statistics().bytes_kept
        self.patch = monkeypatch.setattr
        for kind in (View, Gathered):
            for name in ("read", "clear", "add"):
                self._count_elements(kind, name)
        self._count_buffers()
        self._count_pullbacks()
        self._count_regions()

    @property
    def bytes(self):
        return overwrite_statistics().bytes_kept - self.before

    def _count_elements(self, kind, name):
        original = getattr(kind, name)

        def counted(region, xp, buffer, *share):
            self.elements += np.size(share[0] if share else elements_of(region, xp, buffer))
            return original(region, xp, buffer, *share)

        self.patch(kind, name, counted)

    def _count_buffers(self):
        original = Layout.zeros

        def counted(layout, xp):
            self.elements += int(np.prod(layout.shape))
            return original(layout, xp)

        self.patch(Layout, "zeros", counted)

    def _count_pullbacks(self):
        original = Pass._collect

        def counted(reverse, writers):
            nodes, leaves = original(reverse, writers)
            for node in nodes:
                node.operation = Counted(node.operation, self)
            return nodes, leaves

        self.patch(Pass, "_collect", counted)

    def _count_regions(self):
        meet, prune, scattered, shares = (
            overlap.boxes_meet,
            overlap.RegionIndex.prune,
            overlap.Scattered.meets,
            np.shares_memory,
        )

        def counted_meet(*boxes):
            self.regions += 1
            return meet(*boxes)

        def counted_prune(index):
            self.regions += index.count
            prune(index)

        def counted_scattered(written, array):
            self.regions += min(array.size, written.addresses.size)
            return scattered(written, array)

        def counted_shares(*arrays):
            self.regions += 1
            return shares(*arrays)

        self.patch(overlap, "boxes_meet", counted_meet)
        self.patch(overlap.RegionIndex, "prune", counted_prune)
        self.patch(overlap.Scattered, "meets", counted_scattered)
        self.patch(np, "shares_memory", counted_shares)
