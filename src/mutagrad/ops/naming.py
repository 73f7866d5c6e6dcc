"""The names under which composed operations stand in the graph.

What PyTorch computes by one kernel may be several operations here. The last of them is then shown under the name of the
kernel's backward function, by `grad_fn`, in prints and in errors. What it needs and does stays its own.
"""

from __future__ import annotations

from copy import copy
from functools import lru_cache
from typing import Any, TypeVar

from mutagrad.graph import Node

T = TypeVar("T")


def shown_as(result: T, name: str, **parameters: Any) -> T:
    """The fresh `result` of a composed operation (of several results: their tuple), as the backward function `name`.

    The `parameters` of the kernel are what it is shown to have saved.
    """
    first: Any = result[0] if isinstance(result, tuple) else result
    edge = first._family.edge
    if edge is None:
        return result
    if first._view is not None:
        first._view.name = name
    elif isinstance(edge[2], Node):
        edge[2].operation = _renamed(edge[2].operation, name)
        edge[2].values = {**edge[2].values, "kernel": parameters}
    return result


@lru_cache(maxsize=256)
def _renamed(operation: Any, name: str) -> Any:
    renamed = copy(operation)
    renamed.node_name = name
    renamed.composed = True
    return renamed
