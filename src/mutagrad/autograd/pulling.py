"""How a pass asks a node for the shares of its inputs, and what may go on around that: checks and timing.

Plain passes ask the node's operation themselves; all others call one of these.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mutagrad.autograd.saved import snapshots
from mutagrad.graph import Node
from mutagrad.namespaces import arrays, batched, tensors

Pull = Callable[[Node, Any], Any]

surroundings: list[Callable[[Pull], Pull]] = []
"""What goes on around each node of a pass: `around(pull)`, called as it begins, gives what is called in place of `pull`."""


def pull_arrays(node: Node, ct: Any) -> Any:
    """The shares of a node's inputs, of arrays."""
    return node.operation.pullback(arrays, ct, node.saved, node)


def pull_samples(node: Node, ct: Any) -> Any:
    """The shares of a node's inputs, of arrays that may have hidden dimensions."""
    return node.operation.pullback(batched, ct, node.saved, node)


def pull_tensors(node: Node, ct: Any) -> Any:
    """The shares of a node's inputs, as tensors that can be differentiated again."""
    return node.operation.pullback(tensors, ct, snapshots(node), node)


def surrounded(pull: Pull) -> Pull:
    """`pull` with what goes on around it now."""
    for around in surroundings:
        pull = around(pull)
    return pull
