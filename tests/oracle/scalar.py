"""Reverse-mode differentiation of single numbers.

A `Scalar` is a number together with the `Node` of the graph it came from. Neither ever changes, so a value used by an
operation is the value at the time of its use, whatever is written over the memory it was read from. Partial derivatives
are Scalars too, worked out on demand from the operands as they were: an adjoint can be differentiated again, to any
order. Read next: `operations.py`, which applies these to arrays, and `oracle.py`, which adds memory.
"""

import itertools
import math

_orders = itertools.count()


class Node:
    """One number in the graph: for each parent a function that gives the partial derivative, and who watches it."""

    __slots__ = ("is_freed", "order", "parents", "watches")

    def __init__(self, parents=()):
        self.order = next(_orders)
        self.parents = parents
        self.watches = None
        self.is_freed = False


class Scalar:
    """A number and the node that it came from, None for a constant."""

    __slots__ = ("node", "value")

    def __init__(self, value, node=None):
        self.value = value
        self.node = node

    def __repr__(self):
        return f"Scalar({self.value})"

    def __add__(self, other):
        other = lift(other)
        return derived(self.value + other.value, (self, one), (other, one))

    def __mul__(self, other):
        other = lift(other)
        return derived(self.value * other.value, (self, lambda: other), (other, lambda: self))

    def __truediv__(self, other):
        other = lift(other)
        quotient = derived(
            self.value / other.value, (self, lambda: ONE / other), (other, lambda: -(self / (other * other)))
        )
        return quotient

    def __pow__(self, other):
        if isinstance(other, Scalar):
            return self._to_the(other)
        if other == 0:
            return ONE
        return derived(self.value**other, (self, lambda: self ** (other - 1) * other))

    def _to_the(self, other):
        slope = lambda: (other * self._to_the(other - ONE), self._to_the(other) * self.log())
        return derived(self.value**other.value, (self, lambda: slope()[0]), (other, lambda: slope()[1]))

    def __neg__(self):
        return derived(-self.value, (self, lambda: -ONE))

    def __sub__(self, other):
        other = lift(other)
        return derived(self.value - other.value, (self, one), (other, lambda: -ONE))

    def __radd__(self, other):
        return lift(other) + self

    def __rsub__(self, other):
        return lift(other) - self

    def __rmul__(self, other):
        return lift(other) * self

    def __rtruediv__(self, other):
        return lift(other) / self

    # NumPy's functions call the methods of these names on the elements of an object array.

    def sin(self):
        return derived(math.sin(self.value), (self, lambda: self.cos()))

    def cos(self):
        return derived(math.cos(self.value), (self, lambda: -self.sin()))

    def exp(self):
        return derived(math.exp(self.value), (self, lambda: self.exp()))

    def log(self):
        return derived(math.log(self.value), (self, lambda: ONE / self))

    def sqrt(self):
        return derived(math.sqrt(self.value), (self, lambda: Scalar(0.5) / self.sqrt()))

    def tanh(self):
        return derived(math.tanh(self.value), (self, lambda: ONE - self.tanh() * self.tanh()))

    def scaled(self, value, slope):
        """The number `value`, a function of this one with the constant derivative `slope`."""
        return derived(value, (self, lambda: Scalar(slope)))


ONE = Scalar(1.0)


def one():
    """The partial derivative of a copy."""
    return ONE


def lift(x):
    """`x` as a Scalar."""
    return x if isinstance(x, Scalar) else Scalar(float(x))


def derived(value, *operands):
    """A Scalar computed from `operands`, pairs of a Scalar and a function that gives the partial derivative."""
    parents = tuple((operand.node, partial) for operand, partial in operands if operand.node is not None)
    return Scalar(value, Node(parents) if parents else None)


def adjoints(seeds, create_graph=False, retain_graph=False):
    """The adjoint of every node from which `seeds`, a dictionary of nodes and their own adjoints, were computed.

    Nodes are visited in falling order of creation. A watch is called once, with the dictionary, when the first of its
    nodes is met; its nodes were created in one go, so all that adds to any of them has run by then.
    """
    sums, called = dict(seeds), set()
    for node in sorted(_reachable(seeds), key=lambda node: node.order, reverse=True):
        for watch in node.watches or ():
            if watch not in called:
                called.add(watch)
                watch(sums)
        if node in sums:
            _propagate(node, sums, create_graph)
        node.is_freed = not retain_graph
    return sums


def _reachable(seeds):
    found, stack = set(), list(seeds)
    while stack:
        node = stack.pop()
        if node not in found:
            if node.is_freed and node.parents:
                raise RuntimeError("backward through a freed graph")
            found.add(node)
            stack.extend(parent for parent, _ in node.parents)
    return found


def _propagate(node, sums, create_graph):
    ct = sums[node]
    for parent, partial in node.parents:
        share = ct * (partial() if create_graph else partial().value)
        sums[parent] = sums[parent] + share if parent in sums else share
