"""`GradientEdge`: a place in the graph to start a pass from or to ask a gradient for, without the tensor."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mutagrad.autograd.nodes import GraphNode, InputMetadata, form_of, graph_node, shown_function, subject
from mutagrad.graph import Edge, Leaf, Node, Watch
from mutagrad.tensor import Tensor, edge_of, new_watch


class GradientEdge(NamedTuple):
    """The gradient that flows into output `output_nr` of a node of the graph."""

    node: Any
    output_nr: int
    ownership_token: Any = None


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """The edge to which the gradient of a tensor goes.

    It keeps the graph alive, not the tensor. Raises RuntimeError for a tensor that does not require grad.

    >>> import mutagrad
    >>> x = mutagrad.ones(2, requires_grad=True)
    >>> edge = mutagrad.autograd.graph.get_gradient_edge(x * 2)
    >>> mutagrad.autograd.grad(edge, x, mutagrad.ones(2))
    (tensor([2., 2.]),)
    """
    edge = edge_of(tensor)
    if edge is None:
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    if isinstance(edge[2], Leaf) and edge[1] is None:
        return GradientEdge(graph_node(edge[2], None), 0)
    return GradientEdge(shown_function(tensor, edge), tensor.output_nr)


Place = Tensor | GradientEdge
_UNSEEN = ((), np.dtype(float))  # shape and dtype, which are asked of views alone


def edge_to(place: Place) -> Edge | None:
    """The edge to a tensor, or the one that a `GradientEdge` stands for; None where nothing requires grad."""
    if isinstance(place, Tensor):
        return edge_of(place)
    node, view, key = subject(place.node)
    if view is not None:
        return (key, view, node)  # type: ignore[return-value]
    return (_key_of(node, place.output_nr), None, node)


def watch_on(place: Place, keep: Any) -> tuple[Node | Leaf, Watch]:
    """A watch on a tensor or at a `GradientEdge`, and who wrote what is watched."""
    if isinstance(place, Tensor):
        return new_watch(place, keep)
    node, view, key = subject(place.node)
    if view is not None and key is not None:
        return node, Watch(key, view, *form_of(view), keep)
    return node, Watch(_key_of(node, place.output_nr), None, *_UNSEEN, keep)


def _key_of(node: Node | Leaf, number: int) -> int:
    return node.key[number] if isinstance(node.key, tuple) else node.key


def metadata_of(place: Place) -> InputMetadata | None:
    """Shape and dtype of the gradient at a place, where they are known."""
    if isinstance(place, Tensor):
        return InputMetadata(place.shape, place.dtype)
    node, view, _ = subject(place.node)
    if isinstance(node, Leaf) and view is None:
        return metadata_of(graph_node(node, None).variable)
    return place.node.outputs.get(place.output_nr) if isinstance(place.node, GraphNode) else None
