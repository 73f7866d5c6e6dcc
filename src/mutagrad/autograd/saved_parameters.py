"""Parameters of nodes and views under the names and in the forms in which PyTorch's functions save them.

A node keeps the parameters of its declaration and, for reads and writes by index, one settled key (`ops/keys.py`). What
PyTorch shows beyond that follows from them: sizes of an input that is not saved itself, the dimension and the index that
a key was made of, and constants where a declaration has no such parameter. A view saves nothing: what PyTorch's
function of it saves is read off its steps.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from mutagrad.graph import Node
from mutagrad.namespaces import arrays
from mutagrad.operation import Operation
from mutagrad.regions import Gathered, View
from mutagrad.tensor import wrap

INTERNAL = frozenset((
    "count", "descending", "draw", "dtype", "holes", "k", "kept", "key", "kinds", "largest", "nan", "neginf",
    "order", "posinf", "remained", "sorted", "stable", "zeros",
))  # fmt: skip
SIZED = frozenset((
    "_diagonal_copy", "index", "index_select", "kthvalue", "max", "mean", "median", "min", "mode", "repeat", "sort",
    "sum", "topk", "trace",
))  # fmt: skip
OVER_DIMS = frozenset((
    "amax", "amin", "linalg_vector_norm", "logsumexp", "mean", "nansum", "std", "std_mean", "sum", "var", "var_mean",
))  # fmt: skip
ALWAYS: dict[str, dict[str, Any]] = {
    "_diagonal_copy": {"dim1": 0, "dim2": 1},
    "add": {"alpha": 1},
    "gather": {"sparse_grad": False},
    "gelu": {"approximate": "none"},
    "index_add": {"alpha": 1},
    "rsub": {"alpha": 1},
    "square": {"exponent": 2},
    "sub": {"alpha": 1},
}
MEASURED = {"addmm": ("mat1", "mat2"), "mm": ("self", "mat2")}  # sizes and strides of these are shown, too
BY_SLICES = {"index_add", "index_copy", "index_fill", "index_select"}
BY_ELEMENTS = {"gather", "scatter", "scatter_add"}
BY_MASK = {"masked_select", "masked_scatter"}


def node_values(node: Node) -> dict[str, Any]:
    """The parameters of a node as PyTorch shows them, by name."""
    operation = node.operation
    if not isinstance(operation, Operation):
        return {}
    values = dict(ALWAYS.get(operation.name, ()))
    values |= {
        name: shown(name, node.values[name], operation.name) for name in operation.parameters if name in node.values
    }
    if values.get("dim") is not None and values.get("correction", 1) is None:
        values["correction"] = 1
    if "indices" in node.values:
        values |= _of_settled_key(operation.name, node.values)
    shape = _shape_read(node) if "indices" in node.values else node.values.get("input_shape")
    if shape is not None and operation.name in SIZED:
        values["self_sym_sizes"] = tuple(shape)
        if operation.name == "mean":
            values["self_sym_numel"] = prod(shape)
    return {name: value for name, value in values.items() if name not in INTERNAL}


def shown(name: str, value: Any, operation: str) -> Any:
    """A parameter as PyTorch shows it: index arrays as tensors, dimensions without a sign, those of reductions as tuples."""
    if name in ("dim", "dim0", "dim1", "dim2") and isinstance(value, int):
        value = value % (1 << 64)
    if (name == "dim" and operation in OVER_DIMS) or operation == "roll":
        return (value,) if isinstance(value, int) else value
    if isinstance(value, np.ndarray):
        return wrap(value.copy())
    return tuple([shown("", each, operation) for each in value]) if isinstance(value, tuple) else value


def _of_settled_key(operation: str, values: dict[str, Any]) -> dict[str, Any]:
    """What a key was made of: index tensors, or a dimension and an index along it, or a mask."""
    key = values["indices"]
    if operation in BY_SLICES:
        return {"dim": len(key) - 1, "index": wrap(key[-1].copy())}
    if operation in BY_ELEMENTS:
        # The other dimensions have vectors that are broadcast: of the last ones with all dimensions it is the index.
        rank = max(part.ndim for part in key)
        dim = max(d for d, part in enumerate(key) if part.ndim == rank)
        return {"dim": dim, "index": wrap(key[dim].copy())}
    if operation in BY_MASK:
        return {"mask": wrap(key[0].copy())}
    if operation not in ("index", "index_put"):
        return {}
    indices = tuple([None if isinstance(part, slice) else wrap(part.copy()) for part in key])
    return {"indices": indices} | ({"accumulate": values["accumulate"]} if operation == "index_put" else {})


def _shape_read(node: Node) -> tuple[int, ...] | None:
    """The shape of what a read by index reads from; None for other nodes."""
    region = node.edges[0][1] if node.operation.name in ("index", "index_select") and node.edges[0] else None
    if not isinstance(region, Gathered):
        return None
    return (
        region.layout.shape if region.view is None else tuple(region.view.of(arrays, region.layout.zeros(arrays)).shape)
    )


# Views ----------------------------------------------------------------------------------------------------------------

WITHOUT_SIZES = {"Permute", "T", "Transpose", "Unbind", "Unsqueeze", "ViewAsComplex", "ViewAsReal"}


def view_values(view: View) -> dict[str, Any]:
    """What PyTorch's function of a view saves, by name."""
    base = view.layout.zeros(arrays)
    seen = base if view.maker is None else view.maker.of(arrays, base)
    kind = view.name.partition("Backward")[0]
    values: dict[str, Any] = {} if kind in WITHOUT_SIZES else {"self_sym_sizes": tuple(seen.shape)}
    arguments = view.arguments
    if kind in ("Select", "Unbind", "Slice", "Squeeze", "Unsqueeze") and arguments and isinstance(arguments[0], tuple):
        values |= _of_key(kind, view.name, arguments[0])
    elif "Backward" in view.name and kind != "Squeeze":  # A composed operation's last step: see `ops/naming.py`.
        values = {}
    elif kind == "Permute":
        values["dims"] = arguments[0]
    elif kind == "Transpose":
        moved = [d for d, axis in enumerate(arguments[0]) if d != axis]
        values["dim0"], values["dim1"] = moved or (0, 0)
    elif kind == "Diagonal":
        values |= dict(zip(("offset", "dim1", "dim2"), arguments))
    elif kind == "Unfold":
        values |= dict(zip(("dimension", "size", "step"), arguments))
    elif kind == "AsStrided" and len(arguments) == 3:
        values = dict(zip(("size", "stride", "storage_offset"), arguments))
    return values


def _of_key(kind: str, name: str, key: tuple) -> dict[str, Any]:
    """The dimension that a key is about, and what it takes of it."""
    if kind == "Squeeze" and name != "SqueezeBackward1":
        return {}
    dim = next((i for i, item in enumerate(key) if item != slice(None) and item is not Ellipsis), 0)
    item = key[dim] if dim < len(key) else slice(None)
    if isinstance(item, slice):
        whole = 9223372036854775807 if item.stop is None else item.stop
        return {"dim": dim, "start": item.start or 0, "end": whole, "step": item.step or 1}
    return {"dim": dim, "index": item} if kind == "Select" else {"dim": dim}
