"""Weak looks at a graph: what there is behind a tensor, and what of it lives."""

import gc
from collections import Counter
from weakref import ref

import pytest

from mutagrad.autograd.function import BackwardCFunction
from mutagrad.graph import Leaf


@pytest.fixture
def no_collector():
    """Switches the garbage collector off: what dies, dies by its last reference."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Graph:
    """Weak references to all nodes behind tensors and to the storages that they keep alive, but for those of leaves."""

    def __init__(self, *tensors):
        self.nodes = []
        self.storages = []
        self.leaves = []
        seen = set()
        stack = [tensor._family.edge[2] for tensor in tensors if tensor._family.edge is not None]
        while stack:
            node = stack.pop()
            if isinstance(node, Leaf):
                self.leaves.append(node.storage)
                continue
            if id(node) in seen:
                continue
            seen.add(id(node))
            self.nodes.append(ref(node))
            self._note_saved(node)
            stack.extend(edge[2] for edge in node.edges if edge is not None)
        self.storages += [ref(tensor._family.storage) for tensor in tensors]
        self.storages = [each for each in self.storages if each() not in self.leaves]
        self.leaves = None

    def _note_saved(self, node):
        cells = [cell for cell, _ in node.origins] if isinstance(node, BackwardCFunction) else node.saved or ()
        self.storages += [ref(cell.storage) for cell in cells if cell.storage is not None]

    @property
    def alive(self):
        """How many nodes and storages are still there."""
        return sum(each() is not None for each in [*self.nodes, *self.storages])


def census():
    """How many objects of each type the collector knows, garbage included."""
    return Counter(type(each).__name__ for each in gc.get_objects())


def grown(before, after, allowance):
    """The types of which there are more by more than `allowance`."""
    return {kind: count - before[kind] for kind, count in after.items() if count - before[kind] > allowance}
