"""The recorded graph: families, nodes and leaves.

A `Family` is the autograd identity of a base tensor and all its differentiable views. Its `edge` says who wrote it
last. An edge is `(key, region, writer)`: the key under which a pass keeps the family's adjoint, the region of it that
is meant (None: all), and the `Node` or `Leaf` that wrote it last at that time. Nodes hold edges to their inputs and
never anything that leads to their outputs, so the graph has no reference cycles and dies with its last tensor.

Sequence numbers order all of a process's operations; they step by four, so that the reverse pass can place a saved
value just before or just after the operation that saved it.

Read next: `engine.py`, which walks the graph, and `operation.py`, which records it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from types import CodeType, MappingProxyType
from typing import Any
from weakref import ref

import numpy as np

from mutagrad.batched import Level
from mutagrad.regions import Layout, Region, View, layout_of
from mutagrad.storage import Freed, Saved, Storage

STEP = 4
next_sequence = count(STEP, STEP).__next__

Edge = tuple[int, "Region | None", "Node | Leaf"]


class Family:
    """A base tensor's memory and history, shared with all its differentiable views.

    `edge` is the base's edge (None: it does not require grad), `traits` what sets the family apart (None: nothing).
    Once the first view of the base is made there are its `layout`, `base`, the base's array, and `handle`, a weak
    reference to the base tensor.
    """

    __slots__ = ("storage", "edge", "layout", "traits", "base", "handle")

    storage: Storage
    edge: Edge | None
    layout: Layout | None
    traits: Traits | None
    base: np.ndarray
    handle: ref[Any]

    def make_layout(self, tensor: Any = None) -> Layout:
        """The layout of the base, made once: when `tensor` is the first of the family to be viewed or written in part."""
        if tensor is not None and tensor._view is None:
            self.base = tensor._array
            self.handle = ref(tensor)
        layout = self.layout = layout_of(self.base, self.base is self.storage.array)
        return layout

    @property
    def origin(self) -> str | None:
        """Why the family may not be written freely: see `Traits`."""
        return None if self.traits is None else self.traits.origin

    @property
    def version(self) -> int | None:
        """The family's own count of writes; None when the storage's counts."""
        return None if self.traits is None else self.traits.version

    @version.setter
    def version(self, version: int | None) -> None:
        if version is not None or self.traits is not None:
            self.set_apart().version = version

    def set_apart(self) -> Traits:
        """The traits of the family, to be changed."""
        if self.traits is None:
            self.traits = Traits()
        return self.traits

    def bump(self) -> None:
        """Counts one write, where PyTorch counts it."""
        traits = self.traits
        if traits is None or traits.version is None:
            self.storage.version += 1
        else:
            traits.version += 1


class Traits:
    """What sets a family apart from most.

    `version`: it came from `.data` and counts its writes for itself. `origin`: why it may not be written freely:
    "inference" for tensors made in this mode, "no_grad" and "inference_mode" for views made in these modes, with the
    family they were made from in `source`, and "function" for a view or an input that the custom function `maker`
    returned, `made` by that code at that instruction. `region` is where in the source such a view lies, `tangents` are
    those of forward mode (`tangents.py`). `scope` are the levels of `vmap` in which the family was made, `views` the
    tensors that are views of it, while it may yet come to differ from sample to sample.
    """

    version: int | None = None
    origin: str | None = None
    source: Family | None = None
    maker: str = ""
    made: tuple[CodeType | None, int] = (None, -1)
    region: View | None = None
    tangents: Mapping[Any, Any] = MappingProxyType({})
    scope: tuple[Level, ...] = ()
    views: tuple[ref[Any], ...] = ()


def new_family(storage: Storage, base: np.ndarray, edge: Edge | None = None) -> Family:
    """A family of which `base` is the base's array."""
    family = Family()
    family.storage = storage
    family.base = base
    family.edge = edge
    family.layout = family.traits = None
    return family


class Node:
    """One recorded operation.

    `edges` are those of its tensor inputs, in order (None: no gradient wanted). `saved` are the cells its rule needs
    and `values` its parameters by name. `key` and `region` are where its output's cotangent is found; for an
    operation in place the key is older than the node. `fit` holds the shape and dtype of each input where they differ
    from the output's. `code` and `instruction` are the caller's place in the source. `watches` are the hooks and
    `retain_grad` on the tensor written.
    """

    __slots__ = (
        "sequence",
        "operation",
        "edges",
        "saved",
        "values",
        "key",
        "region",
        "fit",
        "code",
        "instruction",
        "watches",
        "__weakref__",
    )

    sequence: int
    operation: Any
    edges: tuple[Edge | None, ...]
    saved: Sequence[Saved] | Freed
    values: dict[str, Any]
    key: Any
    region: Region | None
    fit: Any
    code: CodeType | None
    instruction: int
    watches: list[Watch] | None


class Leaf:
    """Where a leaf's gradient is collected: its `.grad`, its hooks, and a weak reference to its tensor.

    `notes` are what a user attached to its node in the graph (None: nothing).

    The tensor is made again from `array` and `storage` when somebody asks for it after the user's last reference.
    """

    __slots__ = ("key", "grad", "array", "storage", "tensor", "watches", "post_hooks", "notes", "__weakref__")

    key: int
    grad: Any
    array: np.ndarray
    storage: Storage
    tensor: ref[Any]
    watches: list[Watch] | None
    post_hooks: dict[int, Any] | None
    notes: Any

    def __init__(self, key: int, tensor: Any, array: np.ndarray, storage: Storage) -> None:
        self.key = key
        self.grad = None
        self.array = array
        self.storage = storage
        self.tensor = ref(tensor)
        self.watches = None
        self.post_hooks = self.notes = None


def writers_behind(edges: Iterable[Edge | None]) -> Iterator[Node | Leaf]:
    """All nodes and leaves behind edges, each once, in no particular order."""
    met: set[Node | Leaf] = set()
    waiting = list(edges)
    while waiting:
        edge = waiting.pop()
        if edge is None or edge[2] in met:
            continue
        writer = edge[2]
        met.add(writer)
        yield writer
        if not isinstance(writer, Leaf):
            waiting += writer.edges


class Watch:
    """Somebody who wants the gradient of a tensor as it stood after its writer ran.

    The tensor is the family `key` at `view` (None: all of it), of the given `shape` and `dtype`. A base whose shape was
    changed in place is all of its family, seen `through` a view. `hooks` are called with the gradient, in order, and may
    replace it; then `keep(gradient)` is called if it is set. `notes` are what a user attached to the node of the view in
    the graph.
    """

    __slots__ = ("key", "view", "shape", "dtype", "through", "hooks", "keep", "notes")

    def __init__(
        self,
        key: int,
        view: View | None,
        shape: tuple[int, ...],
        dtype: np.dtype,
        keep: Any = None,
        through: View | None = None,
    ) -> None:
        self.key = key
        self.view = view
        self.shape = shape
        self.dtype = dtype
        self.through = through
        self.hooks: dict[int, Any] = {}
        self.keep = keep
        self.notes: Any = None


def nothing_saved() -> Saved:
    """The cell that stands where a value was not needed."""
    saved = Saved()
    saved.array = saved.storage = saved.view = None
    return saved


NOTHING = nothing_saved()
EMPTY: dict[str, Any] = {}
