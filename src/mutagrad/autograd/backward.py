"""`backward` and `grad`: checks of what is asked, the start of a reverse pass, and where its results go.

Follows https://docs.pytorch.org/docs/stable/autograd.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mutagrad.dtypes import legacy_type_name
from mutagrad.engine import Pass
from mutagrad.graph import Edge, Leaf, Node, Watch, new_family, next_sequence
from mutagrad.modes import modes
from mutagrad.namespaces import arrays, tensors
from mutagrad.operation import Operation, same
from mutagrad.regions import Gathered
from mutagrad.report import errors
from mutagrad.report.regions import Region
from mutagrad.report.spans import Span, caller_span
from mutagrad.storage import LostValue, new_storage
from mutagrad.tensor import Tensor, edge_of, new_watch, wrap, wrap_view

Tensors = Tensor | Sequence[Tensor]


def backward(
    tensors: Tensors,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Tensors | None = None,
) -> None:
    """Adds to the `.grad` of every leaf behind `tensors` its gradient of their sum, weighted with `grad_tensors`.

    With `inputs` only these are given a gradient. The graph's saved values are freed unless `retain_graph`; with
    `create_graph` the gradients are themselves recorded.
    """
    outputs = _as_tuple(tensors)
    cotangents = _cotangents(outputs, _as_tuple(grad_tensors, len(outputs)), False)
    if inputs is not None and len(_as_tuple(inputs)) == 0:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    keep = create_graph if retain_graph is None else retain_graph
    if inputs is None:
        _run(outputs, cotangents, keep, create_graph, None)
        return
    wanted = _as_tuple(inputs)
    for tensor, gradient in zip(wanted, _run(outputs, cotangents, keep, create_graph, wanted)):
        if gradient is not None:
            _accumulate_into(tensor, gradient, create_graph)


def grad(
    outputs: Tensors,
    inputs: Tensors,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """The gradients of the sum of `outputs`, weighted with `grad_outputs`, with respect to each of `inputs`.

    Raises RuntimeError for an input that the outputs do not depend on, unless `allow_unused` (its gradient is None) or
    `materialize_grads` (zeros).

    >>> import mutagrad
    >>> x = mutagrad.tensor(3., requires_grad=True)
    >>> mutagrad.autograd.grad(x * x, x)
    (tensor(6.),)
    """
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."
        )
    found_outputs, wanted = _as_tuple(outputs), _as_tuple(inputs)
    cotangents = _cotangents(found_outputs, _as_tuple(grad_outputs, len(found_outputs)), is_grads_batched)
    keep = create_graph if retain_graph is None else retain_graph
    if is_grads_batched:
        return _batched(found_outputs, wanted, cotangents, keep, create_graph, bool(allow_unused), materialize_grads)
    gradients = _run(found_outputs, cotangents, keep, create_graph, wanted)
    result = []
    for i, (tensor, gradient) in enumerate(zip(wanted, gradients)):
        if gradient is None:
            if materialize_grads:
                gradient = wrap(np.zeros_like(tensor._array))
            elif not allow_unused:
                raise errors.unused_input(i)
        result.append(gradient)
    return tuple(result)


def _batched(
    outputs: tuple, wanted: tuple, cotangents: list, keep: bool, create: bool, allow_unused: bool, materialize: bool
) -> tuple[Tensor | None, ...]:
    """One pass for each entry of the cotangents' first dimension, stacked."""
    rows = []
    count = len(cotangents[0])
    for i in range(count):
        kept = keep or i < count - 1
        rows.append(
            grad(
                outputs,
                wanted,
                [c if c is None else c[i] for c in cotangents],
                kept,
                create,
                True,
                allow_unused,
                materialize_grads=materialize,
            )
        )
    return tuple(None if column[0] is None else tensors.stack(column, axis=0) for column in zip(*rows))


def _run(
    outputs: tuple[Tensor, ...],
    cotangents: list[Any],
    keep_graph: bool,
    create_graph: bool,
    wanted: tuple[Tensor, ...] | None,
) -> list[Tensor | None]:
    """Runs a pass; returns the gradients of the wanted tensors (none wanted: they go to the leaves)."""
    xp = tensors if create_graph else arrays
    found: list[Any] = [None] * len(wanted or ())
    targets = None
    if wanted is not None:
        targets = []
        for i, tensor in enumerate(wanted):
            edge = edge_of(tensor)
            if edge is None:
                raise errors.input_without_grad(i)
            targets.append(new_watch(tensor, _keeper(found, i)))
    roots = []
    for i, (output, cotangent) in enumerate(zip(outputs, cotangents)):
        edge = edge_of(output)
        if edge is None:
            raise errors.no_graph(i, caller_span())
        roots.append((edge, cotangent if create_graph else cotangent._array))

    def deliver(leaf: Leaf, gradient: Any, exclusive: bool) -> None:
        if create_graph:
            gradient = gradient.clone()  # Another leaf, or the user, may have this very tensor.
        else:
            gradient = wrap(gradient) if exclusive and type(gradient) is np.ndarray else _own(gradient)
        _deliver(leaf, gradient, create_graph)

    def call_hooks(watch: Watch, gradient: Any) -> Any:
        return _call_hooks(watch, gradient, create_graph)

    unpack = _snapshots if create_graph else None
    before = modes.grad
    modes.grad = create_graph
    try:
        Pass(xp, unpack, call_hooks, deliver, fault, targets, keep_graph).run(roots)
    finally:
        modes.grad = before
    return found


def _keeper(found: list, i: int) -> Any:
    def keep(gradient: Tensor) -> None:
        found[i] = gradient

    return keep


def _own(gradient: Any) -> Tensor:
    """A tensor over a copy of `gradient`: others in the pass may still hold the array."""
    return wrap(np.array(gradient))


# Results ------------------------------------------------------------------------------------------------------------


def _call_hooks(watch: Watch, gradient: Any, create_graph: bool) -> Any:
    """Calls a watch's hooks with a gradient of their own; what they return or leave in it goes on."""
    tensor = gradient.clone() if create_graph else _own(gradient)
    for hook in list(watch.hooks.values()):
        replaced = hook(tensor)
        if replaced is not None:
            if not isinstance(replaced, Tensor):
                raise TypeError(f"hook '{hook.__name__}' has returned {type(replaced).__name__}, expected a Tensor")
            if replaced.shape != tensor.shape:
                raise RuntimeError(f"hook '{getattr(hook, '__name__', hook)}' has changed the size of value")
            tensor = replaced
    if watch.keep is not None:
        watch.keep(tensor.clone() if watch.hooks else tensor)
    return tensor if create_graph else tensor._array


def _deliver(leaf: Leaf, gradient: Tensor, create_graph: bool) -> None:
    present = leaf.grad
    if present is None:
        leaf.grad = gradient
    elif create_graph:
        leaf.grad = present + gradient
    else:
        _add_in_place(present, gradient)
    if leaf.post_hooks:
        tensor = leaf_tensor(leaf)
        for hook in list(leaf.post_hooks.values()):
            hook(tensor)


def _add_in_place(present: Tensor, gradient: Tensor) -> None:
    family = present._family
    family.storage.will_write(present._array, present._view, "backward")
    np.add(present._array, gradient._array, out=present._array, casting="unsafe")
    family.bump()


def leaf_tensor(leaf: Leaf) -> Tensor:
    """The leaf's tensor, made again when the user no longer holds it."""
    tensor = leaf.tensor()
    if tensor is None:
        tensor = wrap_view(leaf.array, new_family(leaf.storage, leaf.array, (leaf.key, None, leaf)), None)
    return tensor


def _accumulate_into(tensor: Tensor, gradient: Tensor, create_graph: bool) -> None:
    edge = tensor._family.edge
    if edge is not None and type(edge[2]) is Leaf and tensor._view is None:
        _deliver(edge[2], gradient, create_graph)
    elif getattr(tensor, "_grad", None) is None:
        tensor._grad = gradient
    else:
        _add_in_place(tensor._grad, gradient)


# Saved values as tensors --------------------------------------------------------------------------------------------

snapshot = Operation("snapshot", lambda xp, input: input, {"input": same})


class _Unpacked:
    """A cell that holds a tensor."""

    __slots__ = ("array",)

    def __init__(self, array: Any) -> None:
        self.array = array


def _snapshots(node: Node) -> list[Any]:
    """Cells with what the node saved, as tensors with the history that the values had when they were saved.

    A saved value may have been overwritten since. So its gradient is not added where its family stands now, but at the
    moment of saving: a snapshot node just before the operation (for an input) or just after it (for an output).
    """
    operation = node.operation
    result: list[Any] = []
    for name, cell, position in zip(operation.saves, node.saved or (), operation.saved_input):
        value = cell.array
        if not isinstance(value, np.ndarray):
            result.append(cell)
            continue
        edge: Edge | None = None
        if position is not None:
            edge = node.edges[position]
        elif name in operation.outputs and value.dtype.kind in "fc":
            edge = output_edge(node, operation.outputs.index(name))
        result.append(_Unpacked(saved_tensor(cell, edge, node.sequence + (1 if position is None else -1))))
    return result


def output_edge(node: Node, number: int) -> Edge:
    """The edge to one of the node's outputs, as it stood just after the node ran."""
    return (node.key[number] if isinstance(node.key, tuple) else node.key, node.region, node)


def saved_tensor(cell: Any, edge: Edge | None, moment: int) -> Tensor:
    """A tensor over a saved value whose gradient goes to `edge` at the sequence number `moment`."""
    storage = cell.storage if cell.storage is not None else new_storage(cell.array)
    family = new_family(storage, cell.array)
    if edge is not None:
        moments = Node()
        moments.sequence = moment
        moments.operation = snapshot
        moments.edges = (edge,)
        moments.saved = ()
        moments.values = {}
        moments.key = next_sequence()
        moments.region = moments.fit = moments.watches = moments.code = None
        moments.instruction = -1
        family.edge = (moments.key, None, moments)
    return wrap_view(cell.array, family, None)


# Faults -------------------------------------------------------------------------------------------------------------


def fault(node: Node, lost: LostValue | None, origins: Sequence[Any] | None = None) -> Exception:
    """The exception for a value that is gone: overwritten, changed unseen, or freed by an earlier pass.

    `origins` are the cells that a custom function saved, each with where its value came from, where the node is one.
    """
    name = node.operation.name
    here = None if node.code is None else Span(node.code, node.instruction)
    if lost is None:
        return errors.freed_graph(errors.Origin(name, here))
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
        region = Region(record.base_shape, record.box, record.elements)
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
        number, origin = next((i, origin) for i, (saved, origin) in enumerate(origins) if saved is cell)
        return f"saved_tensors[{number}]", output_edge(node, origin) if isinstance(origin, int) else origin
    operation = node.operation
    slot = next(i for i, saved in enumerate(node.saved or ()) if saved is cell)
    position = operation.saved_input[slot]
    if position is None:
        return "output", output_edge(node, operation.outputs.index(operation.saves[slot]))
    return ("input" if len(operation.inputs) == 1 else operation.saves[slot]), node.edges[position]


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


# What is asked ------------------------------------------------------------------------------------------------------


def _as_tuple(given: Any, length: int = 0) -> tuple:
    if given is None:
        return (None,) * length
    return tuple(given) if isinstance(given, (tuple, list)) else (given,) if isinstance(given, Tensor) else tuple(given)


def _cotangents(outputs: tuple[Tensor, ...], given: tuple, batched: bool) -> list[Any]:
    """The cotangent of each output: as given, checked, or one for a scalar."""
    if len(given) != len(outputs):
        raise errors.gradient_count(len(outputs), len(given))
    cotangents = []
    for i, (output, cotangent) in enumerate(zip(outputs, given)):
        if cotangent is None:
            if output.requires_grad:
                if output._array.size != 1:
                    raise errors.non_scalar_output(output._array.shape)
                if output._array.dtype.kind == "c":
                    raise errors.complex_output(str(output.dtype))
                cotangent = wrap(np.ones_like(output._array))
        else:
            if not isinstance(cotangent, Tensor):
                raise TypeError(f"gradients can be either Tensors or None, but got {type(cotangent).__name__}")
            shape = cotangent._array.shape[1:] if batched else cotangent._array.shape
            if shape != output._array.shape:
                raise errors.gradient_shape(i, shape, output._array.shape)
            if (cotangent._array.dtype.kind == "c") != (output._array.dtype.kind == "c"):
                raise errors.gradient_dtype(i, str(cotangent.dtype), str(output.dtype))
        cotangents.append(cotangent)
    return cotangents


def _backward_method(
    self: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensors | None = None,
) -> None:
    """Adds to the `.grad` of every leaf behind this tensor its gradient; see `mutagrad.autograd.backward`."""
    backward(self, gradient, retain_graph, create_graph, inputs=inputs)


Tensor.backward = _backward_method  # type: ignore[attr-defined]
