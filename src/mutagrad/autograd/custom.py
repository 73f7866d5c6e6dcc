"""Custom operations: `Function`, and how a call of one is recorded.

Follows https://docs.pytorch.org/docs/stable/notes/extending.html

Read first: `context.py`. Read next: `function.py`, for what is built on it.
"""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from mutagrad import tangents
from mutagrad.autograd.context import BackwardCFunction, ContextCells, FunctionOperation, Origin
from mutagrad.batched import levels_of
from mutagrad.graph import Edge, Leaf, Node, new_family, next_sequence
from mutagrad.in_place import record_write
from mutagrad.modes import extras, modes, no_grad
from mutagrad.operands import constant, fitting
from mutagrad.packing import packed
from mutagrad.report import errors
from mutagrad.report.spans import caller_position, caller_span
from mutagrad.tensor import Tensor, edge_of, wrap, wrap_view
from mutagrad.writability import check_origin

transforms: list[Callable[[type, tuple], Any]] = []
"""What may take a call over from `apply`, such as `vmap`: each gives the result, or NotImplemented."""


class FunctionMeta(type):
    """Gives each `Function` the class of its contexts."""

    _backward_cls: type[BackwardCFunction]
    _context_base = BackwardCFunction

    def __init__(cls, name: str, bases: tuple, members: dict[str, Any]) -> None:
        super().__init__(name, bases, members)
        operation = FunctionOperation(name)
        about = {"_forward_cls": cls, "operation": operation, "__module__": cls.__module__}
        cls._backward_cls = type(operation.node_name, (cls._context_base,), about)


class Function(metaclass=FunctionMeta):
    """Base of custom differentiable operations: override `forward` and `backward`, call `apply`.

    `backward` is given the gradients of the outputs, in one list if `boxed_grads_call`. What was saved can be read only
    once, and is freed then, if `clear_saved_tensors_on_access`.

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
    clear_saved_tensors_on_access = False
    boxed_grads_call = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        warnings.warn(
            f"{type(self)} should not be instantiated. Methods on autograd functions are all static, so you should "
            "invoke them on the class itself. Instantiating an autograd function will raise an error in a future "
            "version of PyTorch.",
            DeprecationWarning,
            stacklevel=2,
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd "
            "function with static forward method. "
            "(Example: https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
        )

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """The value: `forward(ctx, *args)`, or `forward(*args)` when there is a `setup_context`."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """Keeps on `ctx` what `backward` needs, where `forward` takes no context."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """The gradients of the arguments, given those of the outputs."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with "
            "backward mode AD."
        )

    vjp = backward

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """The tangents of the outputs, given those of the arguments."""
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], *args: Any) -> Any:
        """The outputs for arguments with a further dimension where `in_dims` says, and where the outputs have it."""
        raise NotImplementedError(
            "To use autograd.Function with vmap, you must either override the vmap staticmethod or set "
            "generate_vmap_rule=True."
        )

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Calls `forward` and records the result."""
        separate = cls.setup_context is not Function.setup_context
        if kwargs or (separate and not _takes_all(cls.forward, args)):
            args = _positional(cls.forward, args, kwargs, after_context=not separate)
        if extras[0]:
            for transform in transforms:
                result = transform(cls, args)
                if result is not NotImplemented:
                    return result
        context = cls._backward_cls()
        edges = [edge_of(a) if isinstance(a, Tensor) else None for a in args]
        context.needs_input_grad = tuple(edge is not None for edge in edges)
        context.code, context.instruction = caller_position()
        # Neither history nor tangents come about within: `backward` and `jvp` stand for them.
        with no_grad():
            if extras[0] and tangents.state.levels:
                with tangents.only(()):
                    result = cls._run_forward(context, args, separate)
            else:
                result = cls._run_forward(context, args, separate)
        outputs = result if isinstance(result, tuple) else (result,)
        _check_marks(context, outputs)
        if modes.grad and any(context.needs_input_grad):
            outputs = _record(cls, context, args, edges, outputs)
        else:
            dirty = context.dirty_tensors
            outputs = tuple(_alias(o) if _is_in(o, args) and not _is_in(o, dirty) else o for o in outputs)
        if extras[0] and tangents.state.levels:
            tangents.push(outputs, args, functools.partial(_jvp, context, args, outputs))
        context.saved_for_forward = None
        return outputs if isinstance(result, tuple) else outputs[0]

    @classmethod
    def _run_forward(cls, context: BackwardCFunction, args: tuple, separate: bool) -> Any:
        if not separate:
            return cls.forward(context, *args)
        result = cls.forward(*args)
        cls.setup_context(context, args, result)
        return result


def _takes_all(forward: Callable, args: tuple) -> bool:
    """Whether the arguments leave no default of a plain function to fill in."""
    code = getattr(forward, "__code__", None)
    return code is not None and len(args) >= code.co_argcount


def _positional(forward: Callable, args: tuple, kwargs: dict[str, Any], after_context: bool) -> tuple:
    """All arguments of `forward` in their order, with its defaults for those that are not given."""
    parameters = list(inspect.signature(forward).parameters.values())[after_context:]
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    for name, parameter in ((p.name, p) for p in parameters):
        if name in kwargs and parameter.kind is parameter.KEYWORD_ONLY:
            names.remove(name)
    for name in kwargs:
        if name not in names:
            raise TypeError(f"forward() got an unexpected keyword argument '{name}'")
    bound = inspect.Signature(parameters).bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.args


def _jvp(context: BackwardCFunction, args: tuple, outputs: tuple, *given: Tensor | None) -> tuple:
    """The tangents of the outputs, as the user's `jvp` gives them for those of the arguments.

    Raises RuntimeError where they are not as many, no tensors, or of other shapes.
    """
    if context.materialize_grads:
        given = tuple(
            wrap(np.zeros_like(x._array)) if t is None and isinstance(x, Tensor) and x._array.dtype.kind in "fc" else t
            for t, x in zip(given, args)
        )
    made = context.apply_jvp(*given)
    made = made if isinstance(made, tuple) else (made,)
    if len(made) != len(outputs):
        raise RuntimeError(
            f"Function's jvp returned an invalid number of forward gradients (expected {len(outputs)} but got {len(made)})"
        )
    for i, (output, tangent) in enumerate(zip(outputs, made)):
        if tangent is not None and not isinstance(tangent, Tensor):
            raise RuntimeError(f"expected Variable or None (got {type(tangent).__name__}) for grad output {i}.")
        if tangent is not None and tangent._array.shape != output._array.shape:
            raise RuntimeError(
                "Trying to set a forward gradient that has a different size than that of the original Tensor, this is "
                f"not supported. Tensor is of size {list(output.shape)} while the given forward gradient is of size "
                f"{list(tangent.shape)}."
            )
    return made


def _check_marks(context: BackwardCFunction, outputs: tuple) -> None:
    """Raises RuntimeError for marks on what is no tensor, or on inputs that were written and not returned."""
    for tensor in context.non_differentiable:
        if not isinstance(tensor, Tensor):
            raise RuntimeError(
                f"mark_non_differentiable only accepts variable arguments, but got {type(tensor).__name__}"
            )
    for i, tensor in enumerate(context.dirty_tensors):
        if not isinstance(tensor, Tensor):
            raise RuntimeError(
                f"mark_dirty can only accept variables, but argument {i} is of type {type(tensor).__name__}"
            )
        if not _is_in(tensor, outputs):
            raise RuntimeError(
                "Some elements marked as dirty during the forward method were not returned as output. The inputs "
                "that are modified inplace must all be outputs of the Function."
            )


def _is_in(tensor: Any, tensors: tuple) -> bool:
    return any(tensor is other for other in tensors)


def _alias(tensor: Tensor) -> Tensor:
    """A new handle on an input that is returned as it is."""
    return tensor.detach()


def _record(
    cls: type[Function], context: BackwardCFunction, args: tuple, edges: list, outputs: tuple
) -> tuple[Any, ...]:
    """Makes the context the node of the outputs."""
    context.sequence = next_sequence()
    context.inputs = [(a._array.shape, a._array.dtype) if isinstance(a, Tensor) else None for a in args]
    context.outputs = [(o._array.shape, o._array.dtype) if isinstance(o, Tensor) else None for o in outputs]
    tensor_edges = tuple(edge for a, edge in zip(args, edges) if isinstance(a, Tensor))
    dirty = tuple(tensor for tensor in context.dirty_tensors if _is_in(tensor, args))
    for tensor in dirty:
        _check_dirty(tensor, args)
    context.edges = tensor_edges
    keys: list[int] = []
    made: list[Any] = []
    for number, output in enumerate(outputs):
        differentiable = (
            isinstance(output, Tensor)
            and output._array.dtype.kind in "fc"
            and not _is_in(output, context.non_differentiable)
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
        group = ContextCells()
        group.array = [_save(tensor, args, edges, outputs, made, keys) for tensor in context.to_save]
        group.storage = group.view = None
        group.record = [tangents.save(tensor) for tensor in context.to_save] if extras[0] else None
        context.saved = (group,)
    if extras[0] and any(isinstance(output, Tensor) and levels_of(output._array) for output in made):
        context.fit = tuple([fitting(a) for a in args if isinstance(a, Tensor)])
    context.to_save = context.dirty_tensors = context.non_differentiable = ()
    return tuple(made)


def _output(cls: type[Function], output: Tensor, args: tuple, edge: Edge, number: int) -> Tensor:
    """The output with its place in the graph; one that shares an input's memory begins a family of its own."""
    shares_input = any(isinstance(a, Tensor) and a._family.storage is output._family.storage for a in args)
    family = new_family(output._family.storage, output._array, edge)
    if shares_input:
        traits = family.set_apart()
        traits.version = output._family.version
        traits.origin = "function"
        traits.maker, traits.made = cls.__name__, caller_position()
        output = wrap_view(output._array, family, None)
    else:
        output._family, output._view = family, None
    output._output = number
    return output


def _check_dirty(tensor: Tensor, args: tuple) -> None:
    if tensor._family.traits is not None:
        check_origin(tensor, args, "apply")
    edge = edge_of(tensor)
    if edge is not None and isinstance(edge[2], Leaf):
        raise errors.leaf_in_place("apply", caller_span(), view=tensor._view is not None, already=True)


def _record_dirty(context: BackwardCFunction, tensor: Tensor) -> int:
    """Makes the context the writer of an input that `forward` wrote; gives the key of the written family."""
    family = tensor._family
    family.bump()  # `forward` may have written where nobody counts, as through NumPy.
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
    pullback_of_large = None
    passes = False

    @staticmethod
    def pullback(xp: Any, ct: Any, cells: Any, node: Node) -> tuple:
        """All of the cotangent belongs to the function's result."""
        return (None, ct)


_dirty_part = _DirtyPart()


def _save(tensor: Tensor | None, args: tuple, edges: list, outputs: tuple, made: list, keys: list[int]) -> Origin:
    if tensor is None:
        return constant(None), None
    cell = tensor._family.storage.save(tensor._array, tensor._view)
    if modes.saved_hooks:
        cell = packed(cell, tensor, *modes.saved_hooks[-1])
    for number, output in enumerate(outputs):
        if tensor is output or tensor is made[number]:
            return cell, number if keys[number] >= 0 else None
    for argument, edge in zip(args, edges):
        if tensor is argument:
            return cell, edge
    return cell, edge_of(tensor)
