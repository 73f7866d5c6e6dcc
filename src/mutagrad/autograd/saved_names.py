"""`_saved_*` and `_raw_saved_*`: what a node of the graph saved, under PyTorch's names.

Here are values by the names of the declarations, `self` for the first input and `result` for the output;
`saved_parameters.py` has the parameters, `kernel_names.py` those of layers and losses.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from mutagrad.autograd.faults import fault
from mutagrad.autograd.kernel_names import KERNELS, Entry, always
from mutagrad.autograd.saved import edge_of_cell, saved_tensor, shown_tensor
from mutagrad.autograd.saved_parameters import INTERNAL, MEASURED, node_values
from mutagrad.graph import NOTHING, Edge, Leaf, Node
from mutagrad.packing import PackedSaved, packed
from mutagrad.report import errors
from mutagrad.storage import Freed, LostValue, Saved
from mutagrad.tensor import Tensor, wrap

_DECLARED = {"self": "input", "result": "out"}
_SHOWN = {declared: shown for shown, declared in _DECLARED.items()}


class SavedTensor:
    """A value that a node saved: `unpack()` gives it, `register_hooks` lets it be taken away until it is needed."""

    __slots__ = ("read", "write", "show")

    def __init__(
        self, read: Callable[[], Saved], write: Callable[[Saved], None], show: Callable[[Saved], Tensor]
    ) -> None:
        self.read = read
        self.write = write
        self.show = show

    def unpack(self) -> Tensor:
        """The saved tensor."""
        return self.show(self.read())

    @property
    def data(self) -> Any:
        """What is kept: the tensor, or what the pack hook made of it."""
        cell = self.read()
        return cell.record[0] if type(cell) is PackedSaved else self.show(cell)

    @property
    def unpack_hook(self) -> Callable | None:
        """The hook that brings the value back; None when there is none."""
        cell = self.read()
        return cell.record[1] if type(cell) is PackedSaved else None

    def register_hooks(self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        """Lets `pack_hook` take the value away now, and `unpack_hook` bring it back when it is needed.

        Raises RuntimeError when the value has hooks already, is None or was freed.
        """
        try:
            cell = self.read()
        except errors.AutogradError:
            raise RuntimeError(
                "Calling register_hooks on a saved tensor after it has been freed. Saved intermediate values of the graph "
                "are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward "
                "through the graph a second time or if you need to access saved variables after calling backward."
            ) from None
        if type(cell) is PackedSaved:
            raise RuntimeError(
                "Calling register_hooks on a saved tensor whose hooks have already been set. Hint: only one pair of hooks "
                "is allowed at a time."
            )
        if cell is NOTHING or cell.array is None:
            raise RuntimeError("Calling register_hooks on a saved tensor with value None is forbidden")
        self.write(packed(cell, self.show(cell), pack_hook, unpack_hook))


def saved_value(node: Any, name: str, shown_as: str) -> Any:
    """What the node saved under PyTorch's `name`, as a tensor, or the parameter of that name."""
    kernel = _kernel(node)
    if kernel is None:
        return _by_declaration(node, name, shown_as)
    entry = kernel.get(name)
    if entry is None:
        raise AttributeError(f"'{shown_as}' object has no attribute '_saved_{name}'")
    if isinstance(entry, str):
        return _by_declaration(node, entry, shown_as)
    return entry(node, lambda declared: _by_declaration(node, declared, shown_as))


def _kernel(node: Any) -> dict[str, Entry] | None:
    """What is known of PyTorch's kernel where a node is one."""
    operation: Any = getattr(node, "operation", None)
    kernel = KERNELS.get(getattr(operation, "node_name", ""))
    if not getattr(operation, "composed", False):
        return kernel
    given = {name: always(value) for name, value in node.values["kernel"].items()}
    return {**(kernel if kernel and operation.name == "max_pool" else {}), **given}


def _by_declaration(node: Any, name: str, shown_as: str) -> Any:
    operation = getattr(node, "operation", None)
    slot = _slot(operation, name)
    if slot is not None:
        return _shown(node, slot, _cells(node)[slot])
    values = node_values(node) if isinstance(node, Node) else {}
    if name in values:
        return values[name]
    for suffix, of_shape in (("_sym_sizes", tuple), ("_sym_numel", prod)):
        if name.endswith(suffix):
            shape = _shape_of_input(node, name.removesuffix(suffix))
            if shape is not None:
                return of_shape(shape)
    strides = _strides_of_input(node, name.removesuffix("_sym_strides")) if name.endswith("_sym_strides") else None
    if strides is not None:
        return strides
    raise AttributeError(f"'{shown_as}' object has no attribute '_saved_{name}'")


def raw_saved(node: Any, name: str, shown_as: str) -> SavedTensor:
    """The `SavedTensor` of what the node saved under PyTorch's `name`."""
    declared = (_kernel(node) or {name: name}).get(name)
    slot = _slot(getattr(node, "operation", None), declared) if isinstance(declared, str) else None
    if slot is None:
        raise AttributeError(f"'{shown_as}' object has no attribute '_raw_saved_{name}'")

    def write(cell: Saved) -> None:
        node.saved = [cell if i == slot else each for i, each in enumerate(node.saved)]

    return SavedTensor(lambda: _cells(node)[slot], write, lambda cell: _shown(node, slot, cell))


def saved_names(node: Node | Leaf) -> list[str]:
    """The names under which the node shows what it saved."""
    if isinstance(node, Leaf):
        return []
    operation, kernel = node.operation, _kernel(node)
    if kernel is not None:
        raw = [name for name, entry in kernel.items() if isinstance(entry, str) and _slot(operation, entry) is not None]
        return [*[f"_saved_{name}" for name in kernel], *[f"_raw_saved_{name}" for name in raw]]
    names = [_SHOWN.get(name, name) for name in getattr(operation, "saves", ()) if name not in INTERNAL]
    given = [f"_saved_{name}" for name in node_values(node)]
    for name in MEASURED.get(getattr(operation, "name", ""), ()):
        for kind, measure in (("sizes", _shape_of_input), ("strides", _strides_of_input)):
            if measure(node, name) is not None:
                given.append(f"_saved_{name}_sym_{kind}")
    return [*[f"_{kind}_{name}" for name in names for kind in ("saved", "raw_saved")], *given]


def _slot(operation: Any, name: str) -> int | None:
    saves = getattr(operation, "saves", ())
    if name not in saves:
        name = _DECLARED.get(name, name)
    return saves.index(name) if name in saves else None


def _cells(node: Node) -> Any:
    if type(node.saved) is Freed:
        raise fault(node, LostValue(node.saved))
    return node.saved


def _shown(node: Node, slot: int, cell: Saved) -> Any:
    """What a cell holds, as PyTorch shows it: a tensor, a number or None."""
    try:
        value = None if cell is NOTHING else cell.array
    except LostValue as lost:
        raise fault(node, lost) from None
    if not isinstance(value, np.ndarray):
        return value
    position = node.operation.saved_input[slot]
    if type(cell) is not PackedSaved and cell.storage is None and position is not None and value.ndim == 0:
        # A number: PyTorch keeps it as a tensor where the other operand might have been one.
        return wrap(value.copy()) if node.operation.saves[slot] == "other" else value.item()
    edge: Edge | None = edge_of_cell(node, slot) if value.dtype.kind in "fc" else None
    if type(cell) is PackedSaved:
        return saved_tensor(cell, edge, node.sequence + (1 if position is None else -1), value)
    return shown_tensor(node, cell, edge, position is None)


def _strides_of_input(node: Node, name: str) -> tuple[int, ...] | None:
    """The strides of an input of the node, where it saved that."""
    slot = _slot(node.operation, name)
    if slot is None or type(node.saved) is Freed or node.saved[slot] is NOTHING:
        return None
    array = node.saved[slot].memory
    return tuple([stride // array.itemsize for stride in array.strides])


def _shape_of_input(node: Node, name: str) -> tuple[int, ...] | None:
    """The shape that an input of the node had, where that is known."""
    declared = _DECLARED.get(name, name)
    if f"{declared}_shape" in node.values:
        return node.values[f"{declared}_shape"]
    inputs = getattr(node.operation, "inputs", ())
    if declared not in inputs:
        return None
    position = inputs.index(declared)
    if node.fit is not None and node.fit[position] is not None:
        return node.fit[position][0]
    slot = _slot(node.operation, name)
    if slot is not None and type(node.saved) is not Freed and node.saved[slot] is not NOTHING:
        return node.saved[slot].array.shape
    edge = node.edges[position]
    return edge[2].array.shape if edge is not None and isinstance(edge[2], Leaf) and edge[1] is None else None
