"""The boxes of a picture: vertices by themselves, and in large graphs all those of one line in one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from mutagrad.pictures.graph import Graph, Vertex

LARGE = 60  # a graph of more vertices is folded


@dataclass(slots=True)
class Box:
    """A vertex, or several of one line, with what is written on it."""

    number: int
    members: list[Vertex]

    @property
    def kind(self) -> str:
        """ "leaf", "operation", "write", or "fold" for several."""
        return self.members[0].kind if len(self.members) == 1 else "fold"

    @property
    def title(self) -> str:
        """The operation's name, or how often which is called."""
        counts = Counter(vertex.name for vertex in self.members)
        names = [f"{name} ×{count}" if count > 1 else name for name, count in counts.most_common()]
        return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")

    @property
    def subtitle(self) -> str:
        """The shape of a leaf; of an operation what it writes, and its line."""
        first = self.members[0]
        if first.kind == "leaf":
            return str(tuple(first.shape or ()))
        wrote = f"writes {first.region}" if self.kind == "write" and first.region else ""
        return " · ".join(filter(None, (wrote, first.span.place if first.span else "")))

    @property
    def is_lost(self) -> bool:
        """Whether something it saved was overwritten."""
        return any(saved.lost_to for vertex in self.members for saved in vertex.saved)


@dataclass(slots=True)
class Arrow:
    """The links from one box to another, `views` what they lead through."""

    source: int
    target: int
    views: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Two of the views at most."""
        return ", ".join(self.views[:2]) + (", …" if len(self.views) > 2 else "")


def folded(graph: Graph, fold: bool | None = None) -> tuple[list[Box], list[Arrow]]:
    """The boxes, in the order in which they were recorded, and the arrows; None folds large graphs only."""
    by_line = len(graph.vertices) > LARGE if fold is None else fold
    boxes: dict[object, Box] = {}
    home: dict[int, Box] = {}
    for number in sorted(graph.vertices):
        vertex = graph.vertices[number]
        key = (vertex.span.filename, vertex.span.line) if by_line and vertex.span is not None else number
        box = boxes.setdefault(key, Box(number, []))
        box.members.append(vertex)
        home[number] = box
    arrows: dict[tuple[int, int], Arrow] = {}
    for link in graph.links:
        source, target = home[link.source].number, home[link.target].number
        if source != target:
            arrow = arrows.setdefault((source, target), Arrow(source, target))
            if link.view and link.view not in arrow.views:
                arrow.views.append(link.view)
    return list(boxes.values()), list(arrows.values())
