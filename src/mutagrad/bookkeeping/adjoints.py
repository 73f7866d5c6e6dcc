"""How much memory the adjoint buffers of a reverse pass take, followed from node to node.

A pass has no account of its own buffers. But what a node is given and gives says how they change: the cotangent of its
output goes, and each share either comes into a buffer that is there, or is a new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from time import perf_counter
from typing import Any

from numpy import generic, ndarray

from mutagrad.autograd import running
from mutagrad.batched import physical_of
from mutagrad.bookkeeping.accounts import Account
from mutagrad.bookkeeping.memory import Memory
from mutagrad.graph import Leaf, Node

SMALL = 256  # bytes
PLAIN = (ndarray, generic)
SWEEP = 16  # so many nodes at most until it is seen that a leaf has got its gradient


class Adjoints:
    """The adjoint buffers of the pass under way: the size of each by its key.

    They are booked to the line that called for the pass. Arrays of less than `SMALL` bytes are not followed. `is_delivered`
    is set when a gradient has been handed over.
    """

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.sizes: dict[int, int] = {}
        self.leaves: list[int] = []  # the keys of leaves whose gradients are being added up
        self.nodes = 0
        self.is_delivered = False

    def begin(self, account: Account) -> None:
        """A pass begins, called for at the line of `account`."""
        self.end()
        self.memory.passing_for = account

    def end(self) -> None:
        """The pass has run: its buffers are gone."""
        self.memory.settle()
        self.memory.passing = 0
        self.sizes, self.leaves = {}, []

    def has_large(self, node: Node, shares: Sequence[Any]) -> bool:
        """Whether one of a node's shares, or a buffer that it is the first to come to, is worth following."""
        for share in shares:
            if share is not None and not (isinstance(share, PLAIN) and share.nbytes < SMALL):
                return True
        for edge in node.edges:  # noqa: SIM110  a generator would cost as much again
            if edge is not None and edge[1] is not None and edge[0] not in self.sizes:
                return True
        return False

    def follow(self, node: Node, ct: Any, shares: Sequence[Any]) -> None:
        """A node has been given `ct` and has given `shares`."""
        self.memory.settle()
        self.nodes += 1
        if self.leaves and (self.is_delivered or self.nodes % SWEEP == 0):
            self._sweep()
        sizes, key, memory = self.sizes, node.key, self.memory
        came = stays = goes = 0
        if node.region is not None:
            came = held(ct)  # a copy of the region, of a buffer that is the pass's own by now
            size = size_of(node.region.layout)
            memory.passing += size - sizes.get(key, 0)
            sizes[key] = size
        elif type(key) is tuple:
            goes = sum([sizes.pop(each, 0) for each in key])
        elif key in sizes:
            goes = sizes.pop(key)
        else:  # The pass began with it.
            goes = held(ct)
            memory.passing += goes
        for edge, share in zip(node.edges, shares):
            if edge is None or share is None:
                continue
            key, region, writer = edge
            nbytes = share.nbytes if type(share) is ndarray and share.base is None else held(share)
            if share is not ct:
                came += nbytes
            if key not in sizes:
                if region is not None:
                    nbytes = size_of(region.layout)
                    came += nbytes
                sizes[key] = nbytes
                stays += nbytes
                if type(writer) is Leaf:
                    self.leaves.append(key)
        before = memory.passing
        if memory.total + before + came > memory.high:
            memory.passing = before + came
            memory.look(perf_counter())
        memory.passing = before + stays - goes

    def _sweep(self) -> None:
        """Drops the buffers of leaves whose gradients have been delivered."""
        self.is_delivered = False
        reverse = running.current_pass()
        present = {} if reverse is None else reverse.adjoints
        gone = [key for key in self.leaves if key not in present]
        if gone:
            self.leaves = [key for key in self.leaves if key not in gone]
            self.memory.passing -= sum([self.sizes.pop(key, 0) for key in gone])


def size_of(layout: Any) -> int:
    """The bytes of a buffer of that layout."""
    if layout.hidden is not None:
        return physical_of(layout.hidden).nbytes
    return layout.dtype.itemsize * prod(layout.shape)


def held(array: Any) -> int:
    """The bytes that an array addresses, or several arrays do, those that one repeats counted once.

    >>> from numpy import ndarray
    >>> import numpy as np
    >>> held(np.broadcast_to(np.zeros(2), (1000, 2))), held([np.zeros(2), None])
    (16, 16)
    """
    if type(array) is ndarray and array.base is None:
        return array.nbytes
    if isinstance(array, (list, tuple)):
        return sum(map(held, array))
    if array is None:
        return 0
    physical = physical_of(getattr(array, "_array", array))
    count = physical.itemsize
    for n, stride in zip(physical.shape, physical.strides):
        count *= n if stride else 1
    return count
