"""Saved values that the user's hooks take away and bring back: `saved_tensors_hooks`, seen from within.

Under such hooks the cell of a node holds what the pack hook made of the value, and asks the unpack hook for it when it
is read. The hooks are in `modes.saved_hooks`, the innermost last; `autograd/graph.py` puts them there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.graph import NOTHING, Node, new_family
from mutagrad.modes import modes, no_grad
from mutagrad.pullback import Around
from mutagrad.storage import Absent, Saved, new_storage
from mutagrad.tensor import Tensor, wrap_view


class PackedSaved(Absent):
    """A value that a pack hook has taken away: reading it asks the unpack hook.

    `record` is what the pack hook gave and the unpack hook. Where the pack hook gave the tensor itself, its cell stands
    there instead, which keeps the value should the tensor be overwritten.
    """

    __slots__ = ()

    @property
    def array(self) -> Any:
        given, unpack = self.record
        value = unpack(_tensor_over(given) if isinstance(given, Saved) else given)
        if not isinstance(value, Tensor):
            raise TypeError(
                "Output of saved tensor unpack_hook expected to be a Tensor but got result of type "
                f"{type(value).__name__}"
            )
        return value._array


class Unpacked:
    """A cell that holds an array or a tensor."""

    __slots__ = ("array",)

    def __init__(self, array: Any) -> None:
        self.array = array


class Unpacking(Around):
    """The operation of a node whose values hooks have taken away: a pass brings each back once."""

    def pullback(self, xp: Any, ct: Any, cells: Sequence[Any], node: Node) -> Any:
        """The shares of the inputs."""
        found = [Unpacked(cell.array) if type(cell) is PackedSaved else cell for cell in cells]
        return self.operation.pullback(xp, ct, found, node)


def pack(node: Node, tensors: Sequence[Tensor | None]) -> None:
    """Lets the innermost hooks take away what a node saved; `tensors` are what is in its cells, None for numbers."""
    hooks = modes.saved_hooks[-1]
    cells = node.saved or ()
    node.saved = [cell if x is None or cell is NOTHING else packed(cell, x, *hooks) for cell, x in zip(cells, tensors)]
    node.operation = Unpacking(node.operation)


def packed(cell: Saved, tensor: Tensor, pack_hook: Callable, unpack_hook: Callable) -> PackedSaved:
    """The cell that stands for `cell`, which holds `tensor`, after the pack hook was given it."""
    storage = tensor._family.storage
    version = storage.version
    with no_grad():
        given = pack_hook(tensor)
    if storage.version != version:
        raise RuntimeError(
            "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook cannot be "
            "modified by in-place operations as this can lead to unexpected side-effects. Please open an issue if you "
            "need to perform in-place operations on the input to a pack hook."
        )
    made = PackedSaved()
    made.storage = made.view = None
    made.record = (cell if given is tensor else given, unpack_hook)
    return made


def _tensor_over(cell: Saved) -> Tensor:
    array = cell.array
    storage = cell.storage if cell.storage is not None else new_storage(array)
    return wrap_view(array, new_family(storage, array), None)
