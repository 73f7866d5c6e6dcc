"""What a program of the alias matrix must give: memory as numbers, each with its derivative, worked out in NumPy.

A `Memory` is twelve cells. Each holds a value and its *tangent*, the derivative in every element of the leaves, as the
history of the library's base tensor has it. A write through an alias with a share in that history changes both; one
through `.data`, `detach()`, NumPy or under `no_grad` changes the value alone. What a gradient saved is a set of cells,
which knows whether any of them was written since. Nothing here is reversed, replayed or looked for: that is the point.
"""

import numpy as np

SIZE = 12
LEAVES = 2 * SIZE  # x and k, twelve elements each


class Memory:
    """The cells behind the base tensor; `saved` are the sets of cells that gradients need, in the order of saving."""

    def __init__(self, values, tangents):
        self.values = values
        self.tangents = tangents
        self.saved = []
        self.is_lost = False  # a cell that a gradient needs was written
        self.is_written = False  # any cell was written after something was saved

    def save(self, cells):
        """Notes that a gradient needs the values of these cells as they are."""
        self.saved.append(set(np.ravel(cells).tolist()))

    def write(self, cells, values, tangents):
        """Writes values, and tangents unless they are None, into the cells."""
        written = set(np.ravel(cells).tolist())
        self.is_lost = self.is_lost or any(written & needed for needed in self.saved)
        self.is_written = self.is_written or bool(self.saved)
        self.values[cells] = values
        if tangents is not None:
            self.tangents[cells] = tangents


class Sum:
    """A weighted sum of so many `terms`, of which only the derivative is wanted."""

    def __init__(self):
        self.terms = 0
        self.gradient = np.zeros(LEAVES)

    def add(self, tangents):
        """Adds a result with these tangents, its elements weighted from one to two."""
        shape = tangents.shape[:-1]
        weights = np.linspace(1.0, 2.0, int(np.prod(shape)))
        self.terms += 1
        self.gradient = self.gradient + weights @ tangents.reshape(-1, LEAVES)


def unit_tangents(first, count):
    """The tangents of `count` leaf elements from number `first` on."""
    return np.eye(LEAVES)[first : first + count]
