"""`backward` and `grad`: checks of what is asked, the start of a reverse pass, and where its results go.

Follows https://docs.pytorch.org/docs/stable/autograd.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mutagrad import tangents
from mutagrad.autograd import running
from mutagrad.autograd.accumulation import accumulate_into, call_hooks, call_node_hooks, deliver, own
from mutagrad.autograd.causes import is_zero, no_graph, non_scalar, origin_of, unused, warn_of_wiped, without_grad
from mutagrad.autograd.edges import GradientEdge, Place, edge_to, metadata_of, watch_on
from mutagrad.autograd.faults import fault
from mutagrad.autograd.pulling import pull_arrays, pull_samples, pull_tensors, surrounded, surroundings
from mutagrad.autograd.rebinding import count_visit, twice
from mutagrad.autograd.samples import SamplesPass
from mutagrad.batched import entered, levels_of, opened
from mutagrad.caution import warn_once
from mutagrad.engine import Pass
from mutagrad.graph import Leaf, Watch
from mutagrad.modes import count_extra, extras, modes
from mutagrad.namespaces import arrays, batched, tensors
from mutagrad.ops.levels import at_levels, enter, leave
from mutagrad.report import errors
from mutagrad.report.spans import caller_position, caller_span
from mutagrad.storage import Freed
from mutagrad.tensor import Tensor, wrap

Places = Place | Sequence[Place]
Tensors = Tensor | Sequence[Tensor]
_CYCLE = (
    "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient which can "
    "cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you have to use this "
    "function, make sure to reset the .grad fields of your parameters to None after use to break the cycle and avoid the "
    "leak."
)


def backward(
    tensors: Places,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Places | None = None,
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
    if create_graph:
        warn_once(_CYCLE, stacklevel=3)
    if inputs is None:
        _run(outputs, cotangents, keep, create_graph, None)
        return
    wanted = _as_tuple(inputs)
    if any(edge_to(place) is None for place in wanted):
        raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
    for place, gradient in zip(wanted, _run(outputs, cotangents, keep, create_graph, wanted)):
        if gradient is not None:
            accumulate_into(_tensor_at(place), gradient, create_graph)


def grad(
    outputs: Places,
    inputs: Places,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """The gradients of the sum of `outputs`, weighted with `grad_outputs`, with respect to each of `inputs`.

    Both are tensors, or edges of the graph that `graph.get_gradient_edge` gave.
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
    if not wanted:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    cotangents = _cotangents(found_outputs, _as_tuple(grad_outputs, len(found_outputs)), is_grads_batched)
    keep = create_graph if retain_graph is None else retain_graph
    if is_grads_batched:
        return _batched(found_outputs, wanted, cotangents, keep, create_graph, bool(allow_unused), materialize_grads)
    gradients = _run(found_outputs, cotangents, keep, create_graph, wanted)
    result = []
    for i, (place, gradient) in enumerate(zip(wanted, gradients)):
        if gradient is None:
            if materialize_grads:
                if not isinstance(place, Tensor):
                    raise RuntimeError("materialize_grads cannot be used when the given input is a GradientEdge")
                gradient = wrap(np.zeros_like(place._array))
            elif not allow_unused:
                raise unused(i, place, found_outputs)
        result.append(gradient)
    return tuple(result)


def _tensor_at(place: Place) -> Tensor:
    """The tensor whose `.grad` is asked for; of edges only those to a leaf have one."""
    if isinstance(place, Tensor):
        return place
    if not hasattr(place.node, "variable"):
        raise RuntimeError("backward() cannot fill the .grad of an edge that leads to no leaf; use autograd.grad()")
    return place.node.variable


def _batched(
    outputs: tuple, wanted: tuple, cotangents: list, keep: bool, create: bool, allow_unused: bool, materialize: bool
) -> tuple[Tensor | None, ...]:
    """One pass for all entries of the cotangents' first dimension."""
    with opened(len(next(c for c in cotangents if c is not None))) as level:
        inner = [c if c is None else enter(c, 0, level) for c in cotangents]
        found = grad(outputs, wanted, inner, keep, create, True, allow_unused, materialize_grads=materialize)
        return tuple([g if g is None else leave(g, 0, level) for g in found])


def _run(
    outputs: tuple[Place, ...],
    cotangents: list[Any],
    keep_graph: bool,
    create_graph: bool,
    wanted: tuple[Place, ...] | None,
) -> list[Tensor | None]:
    """Runs a pass; returns the gradients of what is wanted (None: they go to the leaves)."""
    # In forward mode gradients have tangents, so they are tensors all the way, recorded or not.
    on_tensors = create_graph or bool(extras[0] and tangents.state.levels)
    found: list[Any] = [None] * len(wanted or ())
    edges = []
    for i, output in enumerate(outputs):
        edge = edge_to(output)
        if edge is None:
            raise no_graph(i)
        edges.append(edge)
    targets = None
    if wanted is not None:
        targets = []
        for i, place in enumerate(wanted):
            if edge_to(place) is None:
                raise without_grad(i, place)
            targets.append(watch_on(place, _keeper(found, i)))
    roots = []
    for output, edge, cotangent in zip(outputs, edges, cotangents):
        if entered[0] and isinstance(output, Tensor):
            cotangent = at_levels(cotangent, (*levels_of(cotangent._array), *levels_of(output._array)))
        roots.append((edge, _settled(cotangent, create_graph) if on_tensors else cotangent._array))

    only_zeros = wanted is None and not on_tensors

    def delivered(leaf: Leaf, gradient: Any, exclusive: bool) -> None:
        nonlocal only_zeros
        if only_zeros:
            only_zeros = is_zero(gradient)
        if on_tensors:
            gradient = _settled(gradient.clone(), create_graph)  # Another leaf, or the user, may have this very tensor.
        else:
            gradient = wrap(gradient) if exclusive and type(gradient) is np.ndarray else own(gradient)
        deliver(leaf, gradient, on_tensors)

    def hooked(watch: Watch, gradient: Any) -> Any:
        return call_hooks(watch, gradient, on_tensors)

    def node_hooked(notes: Any, share: Any, gradient: Any) -> Any:
        return call_node_hooks(notes, share, gradient, on_tensors)

    batches = entered[0]
    xp, pull = (tensors, pull_tensors) if on_tensors else (batched if batches else arrays, None)
    kind = SamplesPass if batches else Pass
    if extras[0] and surroundings:
        pull = surrounded(pull or (pull_samples if batches else pull_arrays))
    before = modes.grad
    modes.grad = create_graph
    if batches:
        count_extra(batches)  # Tensors with hidden dimensions are for the general calls.
    try:
        code, instruction = caller_position()
        if wanted is None and id(code) not in twice:
            count_visit(code)
        walk = kind(xp, pull, hooked, node_hooked, delivered, fault, targets, keep_graph, Freed(code, instruction))
        running.run(walk, roots)
    finally:
        modes.grad = before
        if batches:
            count_extra(-batches)
    if only_zeros:
        warn_of_wiped(walk.nodes)
    return [gradient if gradient is None else _settled(gradient, create_graph) for gradient in found]


def _settled(tensor: Tensor, create_graph: bool) -> Tensor:
    """The tensor, without its history where none is wanted."""
    return tangents.undifferentiated(tensor) if tensor.requires_grad and not create_graph else tensor


def _keeper(found: list, i: int) -> Any:
    def keep(gradient: Tensor) -> None:
        found[i] = gradient

    return keep


# What is asked ------------------------------------------------------------------------------------------------------


def _as_tuple(given: Any, length: int = 0) -> tuple:
    if given is None:
        return (None,) * length
    return (given,) if isinstance(given, (Tensor, GradientEdge)) else tuple(given)


def _cotangents(outputs: tuple[Place, ...], given: tuple, batched: bool) -> list[Any]:
    """The cotangent of each output: as given, checked, or one for a scalar."""
    if len(given) != len(outputs):
        raise errors.gradient_count(len(outputs), len(given))
    return [_cotangent(i, output, one, batched) for i, (output, one) in enumerate(zip(outputs, given))]


def _cotangent(i: int, output: Place, cotangent: Any, batched: bool) -> Any:
    about = metadata_of(output)
    if cotangent is None:
        if edge_to(output) is None:
            return None
        if about is None or about.shape.numel() != 1:
            raise non_scalar(i, output, () if about is None else about.shape)
        if about.dtype.is_complex:
            raise errors.complex_output(str(about.dtype), origin_of(output), caller_span())
        return wrap(np.ones(about.shape, about.dtype.numpy))
    if not isinstance(cotangent, Tensor):
        raise TypeError(f"gradients can be either Tensors or None, but got {type(cotangent).__name__}")
    if about is not None:
        shape = cotangent._array.shape[1:] if batched else cotangent._array.shape
        if shape != about.shape:
            raise errors.gradient_shape(i, shape, about.shape, origin_of(output))
        if (cotangent._array.dtype.kind == "c") != about.dtype.is_complex:
            raise errors.gradient_dtype(i, str(cotangent.dtype), str(about.dtype), origin_of(output))
        if cotangent.dtype is not about.dtype:
            return cotangent.to(about.dtype)
    return cotangent


def _backward_method(
    self: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensors | None = None,
) -> None:
    """Adds to the `.grad` of every leaf behind this tensor its gradient; see `mutagrad.autograd.backward`."""
    backward(self, gradient, retain_graph, create_graph, inputs=inputs)


Tensor.backward = _backward_method
