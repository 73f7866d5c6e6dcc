"""What live graphs hold: the values saved for gradients, by the line that saved them.

Nothing is counted while a program runs. Every node knows the place that recorded it and the cells that it saved, so the
account is drawn up from the nodes when somebody asks: what is alive at that moment, and not what was.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from mutagrad.batched import physical_of
from mutagrad.graph import Node, writers_behind
from mutagrad.overlap import address
from mutagrad.report.spans import Span
from mutagrad.storage import FingerprintedSaved, Freed, LostSaved
from mutagrad.tensor import Tensor, edge_of

__all__ = ["SavedStatistics", "saved_statistics"]


@dataclass
class SavedStatistics:
    """What graphs hold: `operations` recorded in them, `saved` values, and the `nbytes` of memory that these are in.

    Memory in which several values are saved counts once, for the first of them. `by_line` has the same of each line.
    """

    operations: int = 0
    saved: int = 0
    nbytes: int = 0
    by_line: dict[str, SavedStatistics] = field(default_factory=dict)


def saved_statistics(*tensors: Tensor) -> SavedStatistics:
    """The values saved for gradients that are alive, in the graphs behind `tensors` or, without any, in all graphs.

    >>> import mutagrad
    >>> x = mutagrad.ones(3, requires_grad=True)
    >>> loss = (x.exp() * x).sum()
    >>> held = mutagrad.saved_statistics(loss)
    >>> held.operations, held.saved, held.nbytes
    (3, 3, 24)
    >>> loss.backward()
    >>> mutagrad.saved_statistics(loss).saved
    0
    """
    found = SavedStatistics()
    seen: set[tuple] = set()
    writers = writers_behind(map(edge_of, tensors)) if tensors else gc.get_objects()
    nodes = [each for each in writers if isinstance(each, Node)]
    for node in sorted(nodes, key=lambda node: node.sequence):
        place = "unknown" if node.code is None else Span(node.code, node.instruction).place
        line = found.by_line.setdefault(place, SavedStatistics())
        for sums in (found, line):
            sums.operations += 1
        for array in _arrays(node):
            key = address(array), array.shape, array.strides
            nbytes = 0 if key in seen else array.nbytes
            seen.add(key)
            for sums in (found, line):
                sums.saved += 1
                sums.nbytes += nbytes
    return found


def _arrays(node: Node) -> Iterator[np.ndarray]:
    """The memory of what a node saved; numbers of the program have none."""
    if isinstance(node.saved, Freed):
        return
    for cell in node.saved:
        if type(cell) is LostSaved:
            continue
        array = cell.memory if type(cell) is FingerprintedSaved else getattr(cell, "array", None)
        array = None if array is None else physical_of(array)
        if isinstance(array, np.ndarray) and (getattr(cell, "storage", None) is not None or array.ndim):
            yield array
