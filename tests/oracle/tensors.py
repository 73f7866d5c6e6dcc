"""The oracle's tensor: which cells of a storage it shows, and the history it is read with.

A tensor is an array of *cell* numbers that say which places of its storage it shows; views are NumPy views of such
arrays, so what aliases what needs no thought. A storage keeps one number per cell. A `Family` (a base and its
differentiable views) keeps one graph node per cell. Reading pairs the two: the number that is there now, and the
history of the family it is read through. A write under `no_grad`, or through `detach()` and `.data`, changes numbers
and leaves the histories of other families alone.

    storage     [ 0.5  -1.0   2.0   0.7 ]    numbers, shared by h and d = h.detach()
    family of h [  n4    n5    n6    n7 ]    nodes: where h's elements came from
    h[1::2]     [        1           3  ]    cells: reads (-1.0, n5) and (0.7, n7)
    d[1] = 9.0  [        ^              ]    now h[1::2] reads (9.0, n5): new value, old derivative

What PyTorch forbids (writing to a leaf, to a tensor with two elements in one place, to what an operand overlaps) and
what it leaves undefined raises `Unfit` before anything is written.
"""

import contextlib

import numpy as np

from . import operations, shapes
from .graph import Family, Watch
from .operations import require
from .scalar import Scalar, adjoints, lift

float64 = np.dtype(np.float64)
LIMIT = 1e4  # larger values are not compared: rounding would be amplified

_recording = True
_accumulating = False
_overlap_allowed = False
_writes = 0
pair = np.frompyfunc(Scalar, 2, 1)


class Storage:
    """One buffer: a number per cell, the time of the last write, and whether the layout is one to rely on."""

    def __init__(self, numbers, is_settled=True):
        self.numbers = numbers.reshape(-1)
        self.cells = np.arange(numbers.size)
        self.is_settled = is_settled
        self.written_at = 0

    def touch(self):
        global _writes
        _writes += 1
        self.written_at = _writes


class Tensor(shapes.Views):
    """The cells `cells` of `storage`, read with the history of `family`."""

    def __init__(self, storage, family, cells, parent=None, paths=None):
        self.storage, self.family, self.cells = storage, family, cells
        self.parent, self.paths, self.version = parent, paths, family.version
        self.made_at, self.watched_at = storage.written_at, None
        self.grad, self.retains_grad = None, False

    shape = property(lambda self: self.cells.shape)
    ndim = property(lambda self: self.cells.ndim)
    dtype = property(lambda self: self.storage.numbers.dtype)
    requires_grad = property(lambda self: self.family.requires_grad)
    is_leaf = property(lambda self: not self.requires_grad or (self.family.is_leaf and self.parent is None))
    data = property(lambda self: self.detach())

    def numbers(self):
        return np.asarray(self.storage.numbers[self.cells])

    def tolist(self):
        return self.numbers().tolist()

    def numel(self):
        return self.cells.size

    def dim(self):
        return self.cells.ndim

    def size(self, dim=None):
        return self.shape if dim is None else self.shape[dim]

    def numpy(self):
        require(not self.requires_grad, "numpy() of a tensor that requires grad")
        start = self.storage.numbers[self.cells.flat[0] if self.cells.size else 0 :]
        return np.lib.stride_tricks.as_strided(start, self.cells.shape, self.cells.strides)

    def __repr__(self):
        return f"oracle.tensor({self.tolist()})"

    # --- reading

    def nodes(self):
        """The nodes by which this tensor's elements are reached: a view has its own while its base is unwritten."""
        if self.paths is not None and self.version == self.family.version:
            return self.paths
        return np.asarray(self.family.nodes[self.cells], dtype=object)

    def scalars(self):
        """The elements as an object array of Scalars."""
        stale = [t for t in self._lineage() if t.watched_at not in (None, t.storage.written_at)]
        require(not stale, "a watched view read after a write")
        nodes = self.nodes() if self.requires_grad and _recording else None
        return np.asarray(pair(self.numbers(), nodes), dtype=object)

    def _lineage(self):
        tensor = self
        while tensor.parent is not None:
            yield tensor
            tensor = tensor.parent

    def __getitem__(self, index):
        index, is_basic = shapes.key(index)
        if is_basic:
            return self.viewed(lambda x: x[index])
        return fresh(self.scalars()[index], [self])

    def viewed(self, show):
        """The view of this tensor that `show` makes of an array."""
        cells = show(self.cells)
        paths = None
        if self.requires_grad and _recording:
            paths = identities(show(self.nodes()))
        return Tensor(self.storage, self.family, cells, parent=self, paths=paths)

    def is_settled(self):
        """Whether the elements are known to lie in order without gaps, in PyTorch as here."""
        return self.storage.is_settled and self.cells.flags.c_contiguous

    def detach(self):
        return Tensor(self.storage, Family(self.cells, self.storage.cells.size), self.cells)

    # --- writing

    def __setitem__(self, index, value):
        index, is_basic = shapes.key(index)
        operands = tensors_in(value)
        if self.dtype != float64:
            self.storage.numbers[self.cells[index]] = operations_argument(value)
            self.storage.touch()
            return
        cells = self.cells[index]
        source = operations.lifted(operations_argument(value))
        # An advanced write refuses operands that overlap any part of the tensor, as PyTorch's `index_put_` does.
        self.check_overlap(cells if is_basic else self.cells, operands, is_basic)
        self.write(cells, np.broadcast_to(np.asarray(source, dtype=object), cells.shape), operands)

    def write(self, cells, scalars, operands):
        """Puts `scalars`, computed from `operands`, into `cells` of this tensor's storage."""
        numbers = checked(operations.values(scalars))
        require(not any(t.watched_at is not None for t in self._lineage()), "a watched view written to")
        require(len(set(cells.flat)) == cells.size, "two elements written in one place")
        records = _recording and (self.requires_grad or any(t.requires_grad for t in operands))
        require(not (_recording and self.family.is_leaf), "a leaf that requires grad written to in place")
        self.storage.numbers[cells] = numbers
        self.storage.touch()
        if records:
            self.family.rewrite(cells, scalars)

    def check_overlap(self, cells, operands, may_be_same):
        """Raises `Unfit` where an operand shares memory with `cells` and is not, in all respects, the same view."""
        for operand in operands:
            overlaps = operand.storage is self.storage and np.intersect1d(operand.cells, cells).size
            is_same = operand.cells is cells or (operand.parent is self and operand.cells.strides == cells.strides)
            is_same = is_same and np.array_equal(operand.cells, cells)
            fine = not overlaps or (may_be_same and is_same) or _overlap_allowed
            require(fine, "an operand overlaps what is written")

    def replace_view(self, show):
        """Changes in place how this very tensor looks at its storage (`t_`, `squeeze_`, …)."""
        require(not (_recording and self.family.is_leaf), "a leaf that requires grad changed in place")
        require(self.watched_at is None and not self.family.retained, "a watched tensor changed in place")
        if self.paths is not None:
            self.paths, self.version = identities(show(self.nodes())), self.family.version
        self.cells = show(self.cells)
        self.storage.touch()
        if self.parent is None and _recording and self.requires_grad:
            self.family.rewrite(self.storage.cells[:0], [])
        return self

    # --- differentiation

    def requires_grad_(self):
        require(self.parent is None and not self.requires_grad, "requires_grad_() of no fresh leaf")
        require(len(set(self.cells.flat)) == self.cells.size, "an expanded leaf")
        self.family.become_leaf()
        self._watch(lambda grad: _accumulate(self, grad) if _accumulating else None, last=True)
        return self

    def register_hook(self, hook):
        self._watch(hook)

    def retain_grad(self):
        if not self.is_leaf and not self.retains_grad:
            watch = self._watch(lambda grad: _accumulate(self, grad), last=True)
            self.retains_grad = True
            if self.parent is None:
                self.family.retained.append((self, watch))

    def _watch(self, hook, last=False):
        require(self.requires_grad, "a hook on a tensor that does not require grad")
        if self.parent is not None:
            require(self.made_at == self.storage.written_at, "a view watched after a write")
            self.watched_at = self.storage.written_at
        return Watch(self.nodes(), lambda ct: _report(hook, ct), last).attach()

    def backward(self, gradient=None, retain_graph=None, create_graph=False):
        global _accumulating
        _accumulating = True
        try:
            sweep(self, gradient, retain_graph, create_graph)
        finally:
            _accumulating = False


def _report(hook, ct):
    """Calls a user's hook with the cotangents `ct` as a tensor; gives the replacement, if any, as Scalars."""
    result = hook(fresh(ct))
    return None if result is None else result.scalars()


def _accumulate(tensor, grad):
    tensor.grad = grad if tensor.grad is None else tensor.grad + grad


def sweep(output, gradient, retain_graph, create_graph):
    require(output.requires_grad, "backward from a tensor that does not require grad")
    require(gradient is not None or output.cells.size == 1, "backward from more than one element")
    seed = np.ones(output.shape) if gradient is None else gradient.scalars()
    seeds = {}
    for node, ct in zip(output.nodes().flat, np.broadcast_to(seed, output.shape).flat, strict=True):
        seeds[node] = seeds[node] + lift(ct) if node in seeds else lift(ct)
    with set_grad_enabled(create_graph):
        return adjoints(seeds, create_graph, create_graph if retain_graph is None else retain_graph)


@contextlib.contextmanager
def set_grad_enabled(mode):
    global _recording
    before, _recording = _recording, mode
    try:
        yield
    finally:
        _recording = before


def is_grad_enabled():
    return _recording


def writes_so_far():
    """How many writes there were to any storage: a line that failed before its first has changed nothing."""
    return _writes


@contextlib.contextmanager
def overlap_allowed(mode=True):
    """Operands may overlap what is written: they are read in full before the write."""
    global _overlap_allowed
    before, _overlap_allowed = _overlap_allowed, mode
    try:
        yield
    finally:
        _overlap_allowed = before


def identities(nodes):
    """New nodes, each with the derivative of a copy of the old one."""
    return np.asarray(np.frompyfunc(Family.identity, 1, 1)(nodes), dtype=object)


def checked(numbers):
    require(np.all(np.isfinite(numbers)) and np.all(np.abs(numbers) <= LIMIT), "a value too large to compare")
    return numbers


def fresh(scalars, operands=None):
    """A new tensor of `scalars` that were computed from the tensors `operands`; of a gradient, without operands."""
    scalars = np.asarray(operations.lifted(scalars), dtype=object)
    numbers = operations.values(scalars)
    if operands is None:
        requires_grad = _recording and any(s.node is not None for s in scalars.flat)
    else:
        checked(numbers)
        requires_grad = _recording and any(t.requires_grad for t in operands)
    storage = Storage(numbers, is_settled=operands is not None and all(t.is_settled() for t in operands))
    cells = storage.cells.reshape(scalars.shape)
    family = Family(cells, cells.size)
    if requires_grad:
        family.rewrite(cells, scalars)
    return Tensor(storage, family, cells)


def tensors_in(*arguments):
    """The float tensors among `arguments`, lists included."""
    found = []
    for argument in arguments:
        if isinstance(argument, Tensor) and argument.dtype == float64:
            found.append(argument)
        elif isinstance(argument, (tuple, list)):
            found.extend(tensors_in(*argument))
    return found


def operations_argument(argument):
    """`argument` as `operations.py` takes it."""
    if isinstance(argument, Tensor):
        return argument.scalars() if argument.dtype == float64 else argument.numbers()
    if isinstance(argument, (tuple, list)):
        return [operations_argument(item) for item in argument]
    return argument
