"""The graph behind a tensor, or behind a reverse pass, as plain data to be drawn: it keeps nothing of the graph alive.

A vertex is a leaf or a recorded operation; a write in place is told apart. A link leads from who wrote a value to who
read it, and says through which view. Read next: `drawing.py` and `mutagrad/bookkeeping/page.py`, which draw it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import FrameType, MappingProxyType
from typing import Any

import numpy as np

from mutagrad.batched import physical_of
from mutagrad.graph import Edge, Leaf, Node
from mutagrad.regions import Accumulated, Gathered, Region
from mutagrad.report.spans import Span, span_at
from mutagrad.report.statements import Scope
from mutagrad.storage import FingerprintedSaved, Freed, LostSaved
from mutagrad.tensor import Tensor

BINS = 16
SAMPLE = 1 << 14  # of so many elements at most a histogram is made
STEPS = 3  # of so many views in a row the names are shown


@dataclass(slots=True)
class Histogram:
    """How the elements of an array are spread: counts from `low` to `high`, and how many are not finite."""

    low: float
    high: float
    counts: list[int]
    mean: float
    not_finite: int = 0


@dataclass(slots=True)
class SavedValue:
    """A value that a rule needs: its name in the rule, its shape and size; `lost_to` is who overwrote it, and where."""

    role: str
    shape: tuple[int, ...]
    nbytes: int
    spread: Histogram | None = None
    lost_to: str = ""
    lost_at: Span | None = None


@dataclass(slots=True)
class Vertex:
    """A leaf, an operation, or a write in place (`kind` "leaf", "operation", "write")."""

    number: int
    kind: str
    name: str
    span: Span | None = None
    region: str = ""
    shape: tuple[int, ...] | None = None
    saved: list[SavedValue] = field(default_factory=list)
    value: Histogram | None = None
    gradient: Histogram | None = None


@dataclass(slots=True)
class Link:
    """A value that `target` read as `source` had left it, through a view (""; none)."""

    source: int
    target: int
    view: str = ""


@dataclass(slots=True)
class Graph:
    """Vertices by number, the links between them, and the numbers of the roots."""

    vertices: dict[int, Vertex]
    links: list[Link]
    roots: list[int]


Lost = Callable[[Any], "tuple[str, Span | None] | None"]


def never(cell: Any) -> None:
    """No saved value is known to have been overwritten."""


def graph_of(
    edges: Iterable[Edge], names: Mapping[int, str] = MappingProxyType({}), *, spreads: bool = False, lost: Lost = never
) -> Graph:
    """The graph behind `edges`.

    `names` are those of tensors by their ids. With `spreads` saved values and leaves have histograms; `lost(cell)` says
    who overwrote a saved value of which a copy was kept, and where.
    """
    graph = Graph({}, [], [])
    stack: list[Node | Leaf] = []

    def meet(writer: Node | Leaf) -> int:
        number = writer.key if isinstance(writer, Leaf) else writer.sequence
        if number not in graph.vertices:
            graph.vertices[number] = vertex_of(writer, names, spreads, lost)
            stack.append(writer)
        return number

    for edge in edges:
        graph.roots.append(meet(edge[2]))
    while stack:
        node = stack.pop()
        if isinstance(node, Leaf):
            continue
        for edge in node.edges:
            if edge is not None:
                graph.links.append(Link(meet(edge[2]), node.sequence, words_of(edge[1])))
    return graph


def vertex_of(writer: Node | Leaf, names: Mapping[int, str], spreads: bool, lost: Lost) -> Vertex:
    """A leaf or a node as a vertex."""
    if isinstance(writer, Leaf):
        name = names.get(id(writer.tensor()), "leaf")
        spread = spread_of(writer.array) if spreads else None
        return Vertex(writer.key, "leaf", name, shape=tuple(writer.array.shape), value=spread)
    operation = writer.operation
    writes = writer.region is not None or (type(writer.key) is int and writer.key != writer.sequence)
    name = getattr(operation, "name", type(operation).__name__)
    vertex = Vertex(writer.sequence, "write" if writes else "operation", name + ("_" if writes else ""))
    vertex.span = span_at(writer.code, writer.instruction)
    vertex.region = words_of(writer.region)
    vertex.saved = saved_values(writer, spreads, lost)
    return vertex


def saved_values(node: Node, spreads: bool, lost: Lost) -> list[SavedValue]:
    """What a node keeps for its rule."""
    if isinstance(node.saved, Freed):
        return []
    found = []
    for name, cell in zip(getattr(node.operation, "saves", ()), node.saved):
        role = "output" if name == "out" else name
        if type(cell) is LostSaved and not isinstance(cell.record, tuple):
            loss = cell.record
            found.append(SavedValue(role, loss.shape, loss.nbytes, None, loss.writer, loss.span))
            continue
        array = cell.memory if type(cell) is FingerprintedSaved else getattr(cell, "array", None)
        if isinstance(array, np.ndarray) and (cell.storage is not None or array.ndim):  # else a number of the program
            by = lost(cell) or ("", None)
            found.append(SavedValue(role, array.shape, array.nbytes, spread_of(array) if spreads else None, *by))
    return found


def spread_of(given: Any) -> Histogram | None:
    """The histogram of an array or a tensor; None where there is nothing to count."""
    array = physical_of(getattr(given, "_array", given))
    if not isinstance(array, np.ndarray) or not array.size or array.dtype.kind not in "fiub":
        return None
    flat = array.reshape(-1)
    flat = flat[:: -(-flat.size // SAMPLE)].astype(np.float64)
    finite = flat[np.isfinite(flat)]
    if not finite.size:
        return Histogram(0.0, 0.0, [0] * BINS, 0.0, flat.size)
    counts, _ = np.histogram(finite, BINS)
    low, high = float(finite.min()), float(finite.max())
    return Histogram(low, high, counts.tolist(), float(finite.mean()), flat.size - finite.size)


def words_of(region: Region | None) -> str:
    """A view as one would write it: `[2:4]`, `.transpose`, `[indices]`; nothing where it is all of the tensor."""
    if region is None:
        return ""
    if isinstance(region, Gathered):
        added = " +=" if isinstance(region, Accumulated) else ""
        return words_of(region.view) + "[indices]" + added
    steps: list[str] = []
    view: Any = region
    while view is not None:
        key = view.arguments[0] if view.arguments and view.name in ("Select", "Slice", "Unsqueeze") else None
        steps.append(_key(key) if isinstance(key, tuple) else f".{view.name.lower()}")
        view = view.maker
    steps.reverse()
    return "".join(["…"] * (len(steps) > STEPS) + steps[-STEPS:])


def _key(key: tuple) -> str:
    return f"[{', '.join(map(_item, key[:-1] if len(key) > 1 and key[-1] is Ellipsis else key))}]"


def _item(item: Any) -> str:
    if not isinstance(item, slice):
        return "..." if item is Ellipsis else str(item)
    start, stop = ("" if end is None else str(end) for end in (item.start, item.stop))
    return f"{start}:{stop}" + (f":{item.step}" if item.step not in (None, 1) else "")


def names_in(frame: FrameType | None) -> dict[int, str]:
    """The names that a frame has for tensors, and for the parameters of modules, by their ids."""
    found: dict[int, str] = {}
    if frame is None:
        return found
    scope = Scope.of_frame(frame)
    for name, value in [*scope.outer.items(), *scope.values.items()]:
        if name.startswith("_"):
            continue
        if isinstance(value, Tensor):
            found[id(value)] = name
        elif hasattr(type(value), "named_parameters"):
            for path, parameter in value.named_parameters():
                found.setdefault(id(parameter), f"{name}.{path}")
    return found
