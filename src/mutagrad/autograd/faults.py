"""The exceptions of a reverse pass that finds a value gone: overwritten, changed unseen, or freed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mutagrad.autograd.saved import output_edge
from mutagrad.dtypes import legacy_type_name
from mutagrad.graph import Edge, Leaf, Node
from mutagrad.packing import PackedSaved
from mutagrad.regions import Gathered
from mutagrad.report import errors
from mutagrad.report.regions import Region
from mutagrad.report.spans import span_at
from mutagrad.storage import Freed, LostValue


def fault(node: Node, lost: LostValue, origins: Sequence[Any] | None = None) -> Exception:
    """The exception for a value that is gone: overwritten, changed unseen, or freed by an earlier pass.

    `origins` are the cells that a custom function saved, each with where its value came from, where the node is one.
    """
    name = node.operation.name
    here = span_at(node.code, node.instruction)
    if isinstance(lost.saved, Freed):
        freed = lost.saved
        return errors.freed_graph(errors.Origin(name, here), span_at(freed.code, freed.instruction))
    role, edge = _origin_of(node, lost.saved, origins)
    return errors.overwritten(
        errors.Overwrite(
            output_of=_output_of(edge),
            is_leaf=edge is not None and isinstance(edge[2], Leaf),
            operation=name,
            saved_role=role,
            saved_at=here,
            **_loss_of(lost.saved.record),
        )
    )


def _loss_of(record: Any) -> dict[str, Any]:
    """What an error has to say of how a value was lost: by a write that was seen, or by one from outside."""
    if isinstance(record, tuple):
        value, _ = record
        seen = {"version": 0, "expected_version": 0, "written_by": None, "overwritten_at": None, "region": None}
        return {"tensor_type": legacy_type_name(value.dtype), "shape": value.shape, "nbytes": value.nbytes, **seen}
    storage = record.storage()
    region = None
    if record.box is not None or record.elements is not None:
        region = Region(record.base_shape, record.box, record.elements, record.outline)
    return {
        "tensor_type": legacy_type_name(record.dtype),
        "shape": record.shape,
        "nbytes": record.nbytes,
        # A write through `.data` counts for no version of the storage.
        "version": max(record.expected + 1, 0 if storage is None else storage.version),
        "expected_version": record.expected,
        "written_by": record.writer,
        "overwritten_at": record.span,
        "region": region,
    }


def _origin_of(node: Node, cell: Any, origins: Sequence[Any] | None) -> tuple[str, Edge | None]:
    """The part that a saved value plays for its node, and the edge to what it was."""
    if origins is not None:
        number, origin = next((i, origin) for i, (saved, origin) in enumerate(origins) if _holds(saved, cell))
        return f"saved_tensors[{number}]", output_edge(node, origin) if isinstance(origin, int) else origin
    operation = node.operation
    slot = next((i for i, saved in enumerate(node.saved or ()) if _holds(saved, cell)), None)
    if slot is None:
        return "what its values are computed from again", None  # an unpack hook had it
    position = operation.saved_input[slot]
    if position is None:
        return "output", output_edge(node, operation.outputs.index(operation.saves[slot]))
    return ("input" if len(operation.inputs) == 1 else operation.saves[slot]), node.edges[position]


def _holds(saved: Any, cell: Any) -> bool:
    """Whether a cell is the one looked for, or has it in the place of what a pack hook gave back."""
    return saved is cell or (type(saved) is PackedSaved and saved.record[0] is cell)


def _output_of(edge: Edge | None) -> tuple[int, str] | None:
    """Number and maker of what an edge leads to, in the words of PyTorch's error; None for a leaf or a constant."""
    if edge is None:
        return None
    key, _, node = edge
    if isinstance(node, Leaf):
        return None
    number = node.key.index(key) if isinstance(node.key, tuple) and key in node.key else 0
    in_part = node.region is not None and not (isinstance(node.region, Gathered) and node.region.view is None)
    name = "CopySlices" if in_part else node.operation.node_name
    return number, f"torch::autograd::{name}" if name in ("CopySlices", "CopyBackwards") else name
