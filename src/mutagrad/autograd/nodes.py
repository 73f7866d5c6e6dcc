"""The graph as a user looks at it: `grad_fn`, `next_functions`, `_saved_*`.

Inside, a view has no node and a leaf no function; the objects here are made on demand to show them as PyTorch does.
One and the same object is given for the same thing as long as somebody holds it.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakValueDictionary

from mutagrad.autograd.backward import leaf_tensor, output_edge, saved_tensor, snapshot
from mutagrad.graph import Edge, Leaf, Node
from mutagrad.regions import View
from mutagrad.storage import LostValue
from mutagrad.tensor import Tensor, edge_of

_shown: WeakValueDictionary[tuple[int, int], Any] = WeakValueDictionary()
_classes: dict[str, type] = {}


class GraphNode:
    """A node of the graph, as `grad_fn` shows it: an operation, a view, or the accumulation into a leaf."""

    __slots__ = ("node", "view", "__weakref__")

    node: Node | Leaf
    view: View | None

    def name(self) -> str:
        """PyTorch's name of the backward function."""
        return type(self).__name__

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """The functions that the inputs' gradients go to, with the number of the output they are; None for constants."""
        if self.view is not None:
            maker = self.view.maker
            return ((graph_node(self.node, maker), 0 if maker is not None else output_number(self.node, None)),)
        if isinstance(self.node, Leaf):
            return ()
        return tuple(_next(edge) for edge in self.node.edges)

    @property
    def variable(self) -> Tensor:
        """The leaf whose `.grad` is accumulated. Only for `AccumulateGrad`."""
        if isinstance(self.node, Leaf) and self.view is None:
            return leaf_tensor(self.node)
        raise AttributeError(f"'{self.name()}' object has no attribute 'variable'")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_saved_"):
            return saved_value(self.node, name.removeprefix("_saved_"), self.name())
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __repr__(self) -> str:
        return f"<{self.name()} object at {id(self):#x}>"


def saved_value(node: Any, name: str, shown_as: str) -> Any:
    """What the node saved under a name of its declaration, as a tensor, or the parameter of that name."""
    name = {"self": "input", "result": "out"}.get(name, name)
    operation = getattr(node, "operation", None)
    if operation is not None and name in getattr(operation, "saves", ()):
        if node.saved is None:
            raise RuntimeError(
                "Trying to backward through the graph a second time (or directly access saved tensors after they have "
                "already been freed). Saved intermediate values of the graph are freed when you call .backward() or "
                "autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or "
                "if you need to access saved tensors after calling backward."
            )
        slot = operation.saves.index(name)
        cell, position = node.saved[slot], operation.saved_input[slot]
        if cell.storage is None:
            return cell.array
        edge: Edge | None = (
            output_edge(node, operation.outputs.index(name)) if position is None else node.edges[position]
        )
        if edge is not None and isinstance(edge[2], Leaf) and edge[1] is None:
            leaf = leaf_tensor(edge[2])
            if leaf._array is cell.array:
                return leaf
        return saved_tensor(cell, edge, node.sequence + (1 if position is None else -1))
    if operation is not None and name in getattr(node, "values", {}):
        return node.values[name]
    raise AttributeError(f"'{shown_as}' object has no attribute '_saved_{name}'")


def _next(edge: Edge | None) -> tuple[Any, int]:
    if edge is None:
        return (None, 0)
    key, region, writer = edge
    if isinstance(writer, Node) and writer.operation is snapshot:
        return _next(writer.edges[0])
    view = region if isinstance(region, View) else None if region is None else region.view
    return (graph_node(writer, view), 0 if view is not None else output_number(writer, key))


def output_number(writer: Node | Leaf, key: int | None) -> int:
    """Which of the writer's outputs has this key."""
    keys = writer.key
    return keys.index(key) if isinstance(keys, tuple) and key in keys else 0


def graph_node(node: Node | Leaf, view: View | None) -> Any:
    """The object that shows `node`, or the view made of what it wrote."""
    if view is None and isinstance(node, GraphFace):
        return node
    shown = _shown.get((id(node), id(view)))
    if shown is None:
        shown = object.__new__(_class_of(_name_of(node, view)))
        shown.node, shown.view = node, view
        _shown[id(node), id(view)] = shown
    return shown


def _name_of(node: Node | Leaf, view: View | None) -> str:
    if view is not None:
        return view.name if "Backward" in view.name else f"{view.name}Backward0"
    if isinstance(node, Leaf):
        return "AccumulateGrad"
    return "CopySlices" if node.region is not None else node.operation.node_name


def _class_of(name: str) -> type:
    if name not in _classes:
        _classes[name] = type(name, (GraphNode,), {"__slots__": ()})
    return _classes[name]


class GraphFace:
    """What a node that is its own `grad_fn` (the context of a custom function) shows of the graph."""

    __slots__ = ()

    def name(self) -> str:
        """The name of the backward function."""
        return self.operation.node_name  # type: ignore[attr-defined]

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """The functions that the inputs' gradients go to; None for constants."""
        return tuple(_next(edge) for edge in self.edges)  # type: ignore[attr-defined]


def grad_fn(self: Tensor) -> Any:
    """The function of the graph that made this tensor; None for a leaf."""
    edge = edge_of(self)
    if edge is None or (isinstance(edge[2], Leaf) and edge[1] is None):
        return None
    return graph_node(edge[2], self._view)


Tensor.grad_fn = property(grad_fn)  # type: ignore[attr-defined]

__all__ = ["GraphFace", "GraphNode", "LostValue", "grad_fn", "graph_node"]
