"""The reverse passes that a book keeps as graphs, for its page.

Read first: `pictures/graph.py`.
"""

from __future__ import annotations

from typing import Any

from mutagrad.autograd.passes import running
from mutagrad.bookkeeping.hazards import Watchlist
from mutagrad.graph import Node
from mutagrad.pictures.graph import Graph, graph_of, names_in, spread_of
from mutagrad.report.spans import Span, caller_frame, caller_position

MANY = 5000  # in passes of more nodes no histograms are made


class Passage:
    """A reverse pass that is kept as a graph: its number, where it was asked for, and the graph."""

    __slots__ = ("task", "span", "graph")

    def __init__(self, task: int, span: Span, graph: Graph) -> None:
        self.task, self.span, self.graph = task, span, graph


class Passages:
    """The first passes, as many as are `wanted`; what their graphs saved and lost is in the watchlist."""

    def __init__(self, wanted: int, watchlist: Watchlist) -> None:
        self.wanted, self.watchlist = wanted, watchlist
        self.kept: list[Passage] = []
        self.task = -1  # the number of the last pass seen

    def look(self, node: Node, ct: Any) -> None:
        """Looks at a node of the pass under way, which is given `ct`: at the first one the graph is made."""
        task, reverse = running.passes[-1]
        if task != self.task:
            self.task = task
            if len(self.kept) < self.wanted:
                names = names_in(caller_frame())
                graph = graph_of(reverse.roots, names, spreads=len(reverse.nodes) <= MANY, lost=self._overwriter)
                self.kept.append(Passage(task, Span(*caller_position()), graph))
        if self.kept and self.kept[-1].task == task:
            vertex = self.kept[-1].graph.vertices.get(node.sequence)
            if vertex is not None and len(reverse.nodes) <= MANY and type(ct) is not list:
                vertex.gradient = spread_of(ct)

    def _overwriter(self, cell: Any) -> tuple[str, Span | None] | None:
        loss = self.watchlist.lost.get(cell)
        return None if loss is None or not loss.is_lost else (loss.writer, loss.account.span)
