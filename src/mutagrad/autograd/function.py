"""Custom operations: `Function`, its context, `once_differentiable`.

The context is the node: what `forward` keeps on `ctx`, `backward` finds there, and `grad_fn` of the result is it.
Follows https://docs.pytorch.org/docs/stable/notes/extending.html
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from mutagrad.autograd.faults import fault
from mutagrad.autograd.nodes import GraphFace
from mutagrad.autograd.saved import leaf_tensor, saved_tensor
from mutagrad.graph import EMPTY, Edge, Leaf, Node, new_family, next_sequence
from mutagrad.modes import modes, no_grad
from mutagrad.namespaces import arrays
from mutagrad.operation import check_origin, constant, record_write
from mutagrad.report import errors
from mutagrad.report.spans import caller_position, caller_span
from mutagrad.storage import LostValue, Saved
from mutagrad.tensor import Tensor, edge_of, wrap, wrap_view

Origin = tuple[Saved, Edge | int | None]  # an input's edge, an output's number, or None for anything else


class FunctionContext(GraphFace, Node):
    """The context of one call of a `Function`, and its node in the graph."""

    # Shape and dtype of the tensors among the arguments and results.
    inputs: list[tuple[tuple[int, ...], np.dtype] | None]
    outputs: list[tuple[tuple[int, ...], np.dtype] | None]
    needs_input_grad: tuple[bool, ...] = ()
    materialize = True

    def __init__(self) -> None:
        self.region = self.fit = self.watches = None
        self.values = EMPTY
        self.saved = ()
        self.to_save: tuple[Tensor | None, ...] = ()
        self.dirty: tuple[Tensor, ...] = ()
        self.constant_outputs: tuple[Tensor, ...] = ()

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keeps tensors for `backward`, which finds them in `saved_tensors`."""
        for tensor in tensors:
            if tensor is not None and not isinstance(tensor, Tensor):
                raise TypeError(
                    f"save_for_backward can only save variables, but argument 0 is of type {type(tensor).__name__}"
                )
        self.to_save = tensors

    save_for_forward = save_for_backward

    def mark_dirty(self, *tensors: Tensor) -> None:
        """Says which inputs `forward` has written; they must be returned too."""
        self.dirty = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """Says which outputs have no gradient."""
        self.constant_outputs = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether `backward` is given zeros (the default) or None for outputs without a gradient."""
        self.materialize = value

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """The tensors kept by `save_for_backward`, as they were then.

        Raises RuntimeError when they were freed by an earlier backward pass, or overwritten and lost.
        """
        if self.saved is None:
            raise fault(self, None)
        found: list[Tensor | None] = []
        for cell, origin in self.origins:
            try:
                found.append(None if cell.array is None else self._unpack(cell, origin))
            except LostValue as lost:
                raise fault(self, lost, self.origins) from None
        return tuple(found)

    def _unpack(self, cell: Saved, origin: Edge | int | None) -> Tensor:
        if isinstance(origin, int):
            key = self.key[origin] if isinstance(self.key, tuple) else self.key
            return saved_tensor(cell, (key, self.region, self), self.sequence + 1)
        if origin is not None and isinstance(origin[2], Leaf) and origin[1] is None:
            leaf = leaf_tensor(origin[2])
            if leaf._array is cell.array:
                return leaf
        return saved_tensor(cell, origin, self.sequence - 1)

    @property
    def origins(self) -> list[Origin]:
        """The saved cells, each with where its value came from."""
        return self.saved[0].array if self.saved else []


class _FunctionOperation:
    """What the engine knows of a `Function`: its name, and a pullback that calls `backward`."""

    saves = saved_input = ()

    def __init__(self, function: type[Function]) -> None:
        self.function = function
        self.name = function.__name__
        self.node_name = f"{function.__name__}Backward"

    def pullback(self, xp: Any, ct: Any, cells: Any, node: FunctionContext) -> list[Any]:
        """Calls `backward` with tensors of its own and gives back shares that fit the inputs."""
        on_arrays = xp is arrays
        cts = ct if isinstance(ct, list) else [ct]
        given = []
        for one, output in zip(cts, node.outputs):
            if one is None:
                given.append(wrap(np.zeros(*output)) if node.materialize and output is not None else None)
            else:
                given.append(wrap(np.array(one)) if on_arrays else one)
        shares = self.function.backward(node, *given)
        shares = list(shares) if isinstance(shares, (tuple, list)) else [shares]
        return [self._fit(i, share, on_arrays, node) for i, share in self._of_tensors(shares, node)]

    def _of_tensors(self, shares: list[Any], node: FunctionContext) -> list[tuple[int, Any]]:
        """The shares of the tensor arguments, with their positions."""
        expected = len(node.inputs)
        while len(shares) > expected and shares[-1] is None:
            shares.pop()
        if len(shares) != expected:
            raise RuntimeError(
                f"function {self.node_name} returned an incorrect number of gradients (expected {expected}, "
                f"got {len(shares)})"
            )
        for i, (share, shape) in enumerate(zip(shares, node.inputs)):
            if share is not None and shape is None:
                raise RuntimeError(
                    f"function {self.node_name} returned a gradient different from None at position {i + 1}, but the "
                    "corresponding forward input was not a Variable"
                )
        return [(i, share) for i, share in enumerate(shares) if node.inputs[i] is not None]

    def _fit(self, i: int, share: Any, on_arrays: bool, node: FunctionContext) -> Any:
        if share is None or not node.needs_input_grad[i]:
            return None
        if not isinstance(share, Tensor):
            raise TypeError(f"expected Variable or None (got {type(share).__name__})")
        shape, dt = node.inputs[i]  # type: ignore[misc]
        if share._array.shape != shape:
            try:
                expandable = np.broadcast_shapes(shape, share._array.shape) == share._array.shape
            except ValueError:
                expandable = False
            if not expandable:
                raise RuntimeError(
                    f"Function {self.node_name} returned an invalid gradient at index {i} - got "
                    f"{list(share._array.shape)} but expected shape compatible with {list(shape)}"
                )
            share = share.sum_to_size(shape)  # type: ignore[attr-defined]
        if share._array.dtype != dt:
            share = share.to(dt)  # type: ignore[attr-defined]
        return share._array if on_arrays else share


class _ContextCells(Saved):
    """One cell for all that a context saved: the cells inside are read when `saved_tensors` is."""

    __slots__ = ()


class Function:
    """Base of custom differentiable operations: override `forward` and `backward`, call `apply`.

    >>> import mutagrad
    >>> class Double(mutagrad.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         return x * 2
    ...     @staticmethod
    ...     def backward(ctx, grad):
    ...         return grad * 2
    >>> x = mutagrad.ones(2, requires_grad=True)
    >>> Double.apply(x).sum().backward()
    >>> x.grad
    tensor([2., 2.])
    """

    generate_vmap_rule = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError(
            f"{type(self).__name__} should not be instantiated. Methods on autograd functions are all static, so you "
            "should invoke them on the class itself. Instantiating an autograd function will raise an error in a "
            "future version of PyTorch."
        )

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """The value: `forward(ctx, *args)`, or `forward(*args)` when there is a `setup_context`."""
        raise _not_overridden("forward")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple, output: Any) -> None:
        """Keeps on `ctx` what `backward` needs, where `forward` takes no context."""
        raise _not_overridden("setup_context")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """The gradients of the arguments, given those of the outputs."""
        raise _not_overridden("backward")

    vjp = backward

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Calls `forward` and records the result."""
        context = _context_class(cls)()
        edges = [edge_of(a) if isinstance(a, Tensor) else None for a in args]
        recording = modes.grad and any(edge is not None for edge in edges)
        context.needs_input_grad = tuple(recording and edge is not None for edge in edges)
        context.code, context.instruction = caller_position()
        with no_grad():
            if cls.setup_context is not Function.setup_context:
                result = cls.forward(*args)
                cls.setup_context(context, args, result)
            else:
                result = cls.forward(context, *args)
        outputs = result if isinstance(result, tuple) else (result,)
        for dirty in context.dirty:
            if not any(dirty is output for output in outputs):
                raise RuntimeError(
                    "Some elements marked as dirty during the forward method were not returned as output. The inputs "
                    "that are modified inplace must all be outputs of the Function."
                )
        if recording:
            outputs = _record(cls, context, args, edges, outputs)
        else:
            outputs = tuple(
                _alias(o) if any(o is a for a in args) and not _is_in(o, context.dirty) else o for o in outputs
            )
        return outputs if isinstance(result, tuple) else outputs[0]


def _context_class(function: type[Function]) -> type[FunctionContext]:
    """The class of the contexts of `function`, which keeps it: a registry would keep `function` itself for ever."""
    made = function.__dict__.get("_context_class")
    if made is None:
        members = {"operation": _FunctionOperation(function), "__module__": function.__module__}
        made = type(f"{function.__name__}Backward", (FunctionContext,), members)
        function._context_class = made  # type: ignore[attr-defined]
    return made


def _not_overridden(method: str) -> Exception:
    if method == "backward":
        text = (
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with "
            "backward mode AD."
        )
    else:
        text = f"You must implement the {method} function for custom autograd.Function."
    return NotImplementedError(text)


def _is_in(tensor: Any, tensors: tuple) -> bool:
    return any(tensor is other for other in tensors)


def _alias(tensor: Tensor) -> Tensor:
    """A new handle on an input that is returned as it is."""
    return tensor.detach()


def _record(cls: type[Function], context: FunctionContext, args: tuple, edges: list, outputs: tuple) -> tuple[Any, ...]:
    """Makes the context the node of the outputs."""
    context.sequence = next_sequence()
    context.inputs = [(a._array.shape, a._array.dtype) if isinstance(a, Tensor) else None for a in args]
    context.outputs = [(o._array.shape, o._array.dtype) if isinstance(o, Tensor) else None for o in outputs]
    tensor_edges = tuple(edge for a, edge in zip(args, edges) if isinstance(a, Tensor))
    dirty = context.dirty
    for tensor in dirty:
        _check_dirty(tensor, args)
    context.edges = tensor_edges
    keys: list[int] = []
    made: list[Any] = []
    for number, output in enumerate(outputs):
        differentiable = (
            isinstance(output, Tensor)
            and output._array.dtype.kind in "fc"
            and not _is_in(output, context.constant_outputs)
        )
        if not differentiable:
            keys.append(-1)
            made.append(_alias(output) if isinstance(output, Tensor) and _is_in(output, args) else output)
            continue
        if _is_in(output, dirty):
            keys.append(_record_dirty(context, output))
            made.append(output)
            continue
        key = next_sequence()
        keys.append(key)
        made.append(_output(cls, output, args, (key, None, context), number))
    context.key = tuple(keys)
    if context.to_save:
        cells: list[Origin] = []
        for tensor in context.to_save:
            cells.append(_save(tensor, args, edges, outputs, made, keys))
        group = _ContextCells()
        group.array, group.storage, group.view = cells, None, None
        context.saved = (group,)
    context.to_save = context.dirty = context.constant_outputs = ()
    return tuple(made)


def _output(cls: type[Function], output: Tensor, args: tuple, edge: Edge, number: int) -> Tensor:
    """The output with its place in the graph; one that shares an input's memory begins a family of its own."""
    shares_input = any(isinstance(a, Tensor) and a._family.storage is output._family.storage for a in args)
    family = new_family(output._family.storage, output._array, edge)
    if shares_input:
        traits = family.set_apart()
        traits.version = output._family.version
        traits.origin = "function"
        traits.maker = cls.__name__
        output = wrap_view(output._array, family, None)
    else:
        output._family, output._view = family, None
    output._output = number
    return output


def _check_dirty(tensor: Tensor, args: tuple) -> None:
    if not _is_in(tensor, args):
        raise RuntimeError("a tensor was marked dirty that is no input of the function")
    if tensor._family.traits is not None:
        check_origin(tensor, args, "apply")
    edge = edge_of(tensor)
    if edge is not None and isinstance(edge[2], Leaf):
        raise errors.leaf_in_place("apply", caller_span(), view=tensor._view is not None)


def _record_dirty(context: FunctionContext, tensor: Tensor) -> int:
    """Makes the context the writer of an input that `forward` wrote; gives the key of the written family."""
    family = tensor._family
    key = context.sequence if family.edge is None else family.edge[0]
    if tensor._view is None:
        family.edge = (key, None, context)
        return key
    # A part of its base: the write is recorded as a copy of a result of the context into that part.
    result = next_sequence()
    node = record_write(_dirty_part, tensor, (edge_of(tensor), (result, None, context)))
    node.saved = ()
    return result


class _DirtyPart:
    """The write of a function's result into the part of a base that it was given to write."""

    name = "copy"
    node_name = "CopySlices"
    saves = saved_input = ()

    @staticmethod
    def pullback(xp: Any, ct: Any, cells: Any, node: Node) -> tuple:
        """All of the cotangent belongs to the function's result."""
        return (None, ct)


_dirty_part = _DirtyPart()


def _save(tensor: Tensor | None, args: tuple, edges: list, outputs: tuple, made: list, keys: list[int]) -> Origin:
    if tensor is None:
        return constant(None), None
    cell = tensor._family.storage.save(tensor._array, tensor._view)
    for number, output in enumerate(outputs):
        if tensor is output or tensor is made[number]:
            return cell, number if keys[number] >= 0 else None
    for argument, edge in zip(args, edges):
        if tensor is argument:
            return cell, edge
    return cell, edge_of(tensor)


def once_differentiable(backward: Callable) -> Callable:
    """Marks a `backward` whose result cannot be differentiated again: doing so raises RuntimeError."""

    @functools.wraps(backward)
    def once(ctx: Any, *cts: Any) -> Any:
        with no_grad():
            shares = backward(ctx, *cts)
        if not modes.grad or not any(isinstance(c, Tensor) and c.requires_grad for c in cts):
            return shares
        several = shares if isinstance(shares, tuple) else (shares,)
        marked = tuple(_Once.apply(s, *cts) if isinstance(s, Tensor) else s for s in several)
        return marked if isinstance(shares, tuple) else marked[0]

    return once


class _Once(Function):
    """Passes a value on that has a history nobody can go back through."""

    @staticmethod
    def forward(ctx: Any, value: Tensor, *cts: Any) -> Tensor:
        return value.clone()  # type: ignore[attr-defined]

    @staticmethod
    def backward(ctx: Any, *cts: Any) -> Any:
        raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")
