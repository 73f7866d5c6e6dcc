"""What the oracle remembers beside numbers: the history of a family of views, and who watches which nodes."""

import numpy as np

from .scalar import Node, Scalar, one


class Family:
    """The history of a base and its views: one node for each cell of the storage that the base shows.

    Every recorded write gives all cells of the base new nodes, the unwritten ones as copies of the old. A gradient
    asked for at some moment is therefore the one of the values of that moment.
    """

    def __init__(self, base_cells, size):
        self.cells = np.unique(base_cells)
        self.size = size
        self.nodes = None
        self.version = 0
        self.is_leaf = False
        self.retained = []

    requires_grad = property(lambda self: self.nodes is not None)

    @staticmethod
    def identity(node):
        """A new node for a copy of what `node` stands for; None stands for a constant."""
        return Node(() if node is None else ((node, one),))

    def become_leaf(self):
        self.is_leaf = True
        self.rewrite(self.cells, np.full(self.cells.shape, Scalar(0.0)))

    def rewrite(self, cells, scalars):
        """Records that `scalars` were written to `cells`."""
        sources = np.full(self.size, None) if self.nodes is None else self.nodes.copy()
        sources[cells] = np.frompyfunc(lambda scalar: scalar.node, 1, 1)(scalars)
        self.nodes = np.full(self.size, None)
        for cell in self.cells:
            self.nodes[cell] = Family.identity(sources[cell])
        self.version += 1
        for tensor, watch in self.retained:
            watch.move(tensor.nodes())


class Watch:
    """Reports the cotangents of `nodes` to `report` when they are complete, and puts what it returns in their place."""

    def __init__(self, nodes, report, last):
        self.nodes, self.report, self.last = nodes, report, last

    def attach(self):
        for node in set(self.nodes.flat):
            # Hooks come before what keeps or accumulates the gradient, whichever was asked for first.
            node.watches = sorted([*(node.watches or ()), self], key=lambda watch: watch.last)
        return self

    def move(self, nodes):
        for node in set(self.nodes.flat):
            node.watches.remove(self)
        self.nodes = nodes
        self.attach()

    def __call__(self, sums):
        replacement = self.report(gather(sums, self.nodes))
        if replacement is not None:
            sums.update(zip(self.nodes.flat, replacement.flat, strict=True))


def gather(sums, nodes):
    """The cotangents of an array of nodes, zero where nothing arrived."""
    return np.asarray(np.frompyfunc(lambda node: sums.get(node, Scalar(0.0)), 1, 1)(nodes), dtype=object)
