"""The graph as a user looks at it: `grad_fn`, `next_functions`, `_saved_*`, and the hooks of nodes.

Inside, a view has no node and a leaf no function; the objects here are made on demand to show them as PyTorch does.
One and the same object is given for the same thing as long as somebody holds it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

import numpy as np

from mutagrad.autograd.faults import fault
from mutagrad.autograd.handles import RemovableHandle, add_hook
from mutagrad.autograd.notes import Notes, notes_of, notes_of_view
from mutagrad.autograd.saved import leaf_tensor, snapshot, snapshots
from mutagrad.autograd.saved_names import raw_saved, saved_names, saved_value
from mutagrad.autograd.saved_parameters import view_values
from mutagrad.dtypes import dtype, of_numpy
from mutagrad.graph import Edge, Leaf, Node
from mutagrad.modes import modes
from mutagrad.namespaces import arrays, tensors
from mutagrad.pullback import fitted
from mutagrad.regions import Gathered, View
from mutagrad.storage import LostValue
from mutagrad.tensor import Size, Tensor, edge_of, wrap

_shown: WeakValueDictionary[tuple[int, int], Any] = WeakValueDictionary()
_classes: dict[str, type] = {}
INTERNAL = ("AccumulateGrad", "CopyBackwards", "CopySlices", "Error")  # what PyTorch names with their namespace


class InputMetadata(NamedTuple):
    """Shape and dtype of a gradient that a node takes."""

    shape: Size
    dtype: dtype


class GraphFace:
    """What a node shows of the graph: itself where it is the context of a custom function, else a `GraphNode`."""

    __slots__ = ()

    def name(self) -> str:
        """PyTorch's name of the backward function."""
        name = _name_of(*subject(self)[:2])
        return f"torch::autograd::{name}" if name in INTERNAL else name

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """The functions that the inputs' gradients go to, with the number of the output they are; None for constants."""
        node, view, key = subject(self)
        if view is not None:
            maker = view.maker
            return ((graph_node(node, maker, key), 0 if maker is not None else output_number(node, key)),)
        if isinstance(node, Leaf):
            return ()
        edges = node.edges
        if node.region is not None and edges[0] is not None:  # It copies the part into all of the base.
            edges = ((edges[0][0], None, edges[0][2]), *edges[1:])
        return tuple(_next(edge) for edge in edges)

    @property
    def metadata(self) -> dict[Any, Any]:
        """A dictionary for whatever belongs to this node."""
        return _notes(self).metadata

    def register_hook(self, fn: Callable[[tuple, tuple], Any]) -> RemovableHandle:
        """Calls `fn(grad_inputs, grad_outputs)` after this node has run; a tuple it returns replaces `grad_inputs`."""
        return add_hook(_notes(self).hooks, fn)

    def register_prehook(self, fn: Callable[[tuple], Any]) -> RemovableHandle:
        """Calls `fn(grad_outputs)` before this node runs; a tuple it returns replaces `grad_outputs`."""
        return add_hook(_notes(self).prehooks, fn)

    @property
    def requires_grad(self) -> bool:
        """Whether a gradient flows through this node: always."""
        return True

    def _sequence_nr(self) -> int:
        node = subject(self)[0]
        return (1 << 64) - 1 if isinstance(node, Leaf) else node.sequence // 4

    def __call__(self, *gradients: Tensor | None) -> Any:
        """The gradients of the inputs, given those of the outputs; hooks are not called."""
        node, view, _ = subject(self)
        if isinstance(node, Leaf) or view is not None:
            raise RuntimeError(f"{self.name()} has nothing to compute")
        xp = tensors if modes.grad else arrays
        given: list[Any] = [g if g is None or modes.grad else g._array for g in gradients]
        try:
            cells = snapshots(node) if modes.grad else node.saved
            shares = node.operation.pullback(xp, given if isinstance(node.key, tuple) else given[0], cells, node)
        except LostValue as lost:
            raise fault(node, lost) from None
        if node.fit is not None:
            shares = fitted(xp, shares, node.fit)
        found = [s if s is None or modes.grad else wrap(np.array(s)) for s in shares]
        return tuple(found) if len(found) > 1 else found[0]


class GraphNode(GraphFace):
    """A node of the graph, as `grad_fn` shows it: an operation, a view, or the accumulation into a leaf.

    `key` tells which of the node's outputs the `view` is of. `outputs` are shape and dtype of those that were seen.
    """

    __slots__ = ("node", "view", "key", "outputs", "__weakref__")

    node: Node | Leaf
    view: View | None
    key: int | None
    outputs: dict[int, InputMetadata]

    @property
    def variable(self) -> Tensor:
        """The leaf whose `.grad` is accumulated. Only for `AccumulateGrad`."""
        if isinstance(self.node, Leaf) and self.view is None:
            return leaf_tensor(self.node)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute 'variable'")

    @property
    def _input_metadata(self) -> tuple[InputMetadata, ...]:
        return tuple(self.outputs[number] for number in sorted(self.outputs))

    def __getattr__(self, name: str) -> Any:
        if self.view is not None:
            values = view_values(self.view) if name.startswith("_saved_") else {}
            if name.removeprefix("_saved_") in values:
                return values[name.removeprefix("_saved_")]
        elif name.startswith("_saved_"):
            return saved_value(self.node, name.removeprefix("_saved_"), type(self).__name__)
        elif name.startswith("_raw_saved_"):
            return raw_saved(self.node, name.removeprefix("_raw_saved_"), type(self).__name__)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __dir__(self) -> list[str]:
        values = saved_names(self.node) if self.view is None else [f"_saved_{name}" for name in view_values(self.view)]
        return sorted({*object.__dir__(self), *values} - ({"variable"} - set(_own(self))))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object at {id(self):#x}>"


def _own(shown: GraphNode) -> tuple[str, ...]:
    return ("variable",) if isinstance(shown.node, Leaf) and shown.view is None else ()


def subject(face: Any) -> tuple[Node | Leaf, View | None, int | None]:
    """The node that a face shows, the view where it shows one, and the key of what is viewed."""
    return (face, None, None) if isinstance(face, Node) else (face.node, face.view, face.key)


def _notes(face: Any) -> Notes:
    node, view, key = subject(face)
    if view is None or key is None:
        return notes_of(node)
    return notes_of_view(node, view, key, form_of(view))


def form_of(view: View) -> tuple[tuple[int, ...], np.dtype]:
    """Shape and dtype of what a view shows."""
    shown = view.of(arrays, view.layout.zeros(arrays))
    return tuple(shown.shape), shown.dtype


def _next(edge: Edge | None) -> tuple[Any, int]:
    if edge is None:
        return (None, 0)
    key, region, writer = edge
    if isinstance(writer, Node) and writer.operation is snapshot:
        return _next(writer.edges[0])
    view = region if isinstance(region, View) else None if region is None else region.view
    return (graph_node(writer, view, key), 0 if view is not None else output_number(writer, key))


def output_number(writer: Node | Leaf, key: int | None) -> int:
    """Which of the writer's outputs has this key."""
    keys = writer.key
    return keys.index(key) if isinstance(keys, tuple) and key in keys else 0


def graph_node(node: Node | Leaf, view: View | None, key: int | None = None) -> Any:
    """The object that shows `node`, or the view made of what it wrote under `key`."""
    if view is None and isinstance(node, GraphFace):
        return node
    place = (id(node), id(view))
    shown = _shown.get(place)
    if shown is None:
        shown = object.__new__(_class_of(_name_of(node, view)))
        shown.node, shown.view, shown.key, shown.outputs = node, view, key, {}
        _shown[place] = shown
    return shown


def _name_of(node: Node | Leaf, view: View | None) -> str:
    if view is not None:
        return view.name if "Backward" in view.name else f"{view.name}Backward0"
    if isinstance(node, Leaf):
        return "AccumulateGrad"
    in_part = node.region is not None and not (isinstance(node.region, Gathered) and node.region.view is None)
    return "CopySlices" if in_part and not getattr(node.operation, "composed", False) else node.operation.node_name


def _class_of(name: str) -> type:
    if name not in _classes:
        members = {"__slots__": (), "__new__": _not_made, "__module__": "builtins"}
        _classes[name] = type(name, (GraphNode,), members)
    return _classes[name]


def _not_made(cls: type, *args: Any, **kwargs: Any) -> Any:
    raise TypeError(f"cannot create '{cls.__name__}' instances")


def grad_fn(self: Tensor) -> Any:
    """The function of the graph that made this tensor; None for a leaf."""
    edge = edge_of(self)
    if edge is None or (isinstance(edge[2], Leaf) and edge[1] is None):
        return None
    return shown_function(self, edge)


def _is_reshaped_base(tensor: Tensor) -> bool:
    """Whether the tensor is the base of its family, whose shape was changed in place."""
    handle = getattr(tensor._family, "handle", None)
    return tensor._view is not None and handle is not None and handle() is tensor


def _is_overwritten(writer: Node | Leaf) -> bool:
    """Whether the last to write was another operation than the change of shape itself."""
    return isinstance(writer, Node) and writer.operation.name != "alias"


def shown_function(tensor: Tensor, edge: Edge) -> Any:
    """The function that an edge of a tensor leads to, which learns the tensor's shape."""
    key, _, writer = edge
    view = None if _is_reshaped_base(tensor) and _is_overwritten(writer) else tensor._view
    if isinstance(writer, Node) and writer.operation is snapshot and view is None:
        key, region, writer = writer.edges[0]  # type: ignore[misc]
        view = region if isinstance(region, View) else None
    shown = graph_node(writer, view, key)
    if isinstance(shown, GraphNode):
        number = 0 if shown.view is not None else output_number(writer, key)
        shown.outputs[number] = InputMetadata(tensor.shape, of_numpy[tensor._array.dtype])
    return shown


Tensor.grad_fn = property(grad_fn)  # type: ignore[attr-defined]
