"""`backward` and `grad`: checks of what is asked, the start of a reverse pass, and where its results go.

Follows https://docs.pytorch.org/docs/stable/autograd.html
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from types import CodeType
from typing import Any

import numpy as np

from mutagrad import tangents
from mutagrad.autograd import running
from mutagrad.autograd.accumulation import GradientPass, accumulate_into, settled
from mutagrad.autograd.causes import no_graph, non_scalar, origin_of, unused, warn_of_wiped, without_grad
from mutagrad.autograd.edges import GradientEdge, Place, edge_to, metadata_of, watch_on
from mutagrad.autograd.pulling import pull_arrays, pull_samples, pull_tensors, surrounded, surroundings
from mutagrad.autograd.rebinding import count_visit, twice
from mutagrad.autograd.samples import SamplesPass
from mutagrad.batched import entered, levels_of, opened
from mutagrad.caution import warn_once
from mutagrad.dtypes import of_numpy
from mutagrad.modes import count_extra, extras, modes
from mutagrad.namespaces import arrays, batched, tensors
from mutagrad.ops.levels import at_levels, enter, leave
from mutagrad.report import errors
from mutagrad.report.spans import caller_position, caller_span
from mutagrad.report.traps import REQUIRE_FIRST, refused
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
    _fill(outputs, _as_tuple(grad_tensors, len(outputs)), retain_graph, create_graph, inputs)


def _fill(
    outputs: tuple[Place, ...], given: tuple, retain_graph: bool | None, create_graph: bool, inputs: Places | None
) -> None:
    """`backward` of `outputs`, each weighted with the one of `given`."""
    cotangents = _cotangents(outputs, given, False)
    if inputs is not None and len(_as_tuple(inputs)) == 0:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    keep = create_graph if retain_graph is None else retain_graph
    if create_graph:
        warn_once(_CYCLE, stacklevel=3)
    if inputs is None:
        _run(outputs, cotangents, keep, create_graph, None, caller_position(3))
        return
    wanted = _as_tuple(inputs)
    if any(edge_to(place) is None for place in wanted):
        raise refused("can't retain_grad on Tensor that has requires_grad=False", caller_span(), REQUIRE_FIRST)
    gradients = _run(outputs, cotangents, keep, create_graph, wanted, caller_position(3))
    for place, gradient in zip(wanted, gradients):
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
    gradients = _run(found_outputs, cotangents, keep, create_graph, wanted, caller_position())
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
    asked: tuple[CodeType, int],
) -> list[Tensor | None]:
    """Runs a pass that was `asked` for there; returns the gradients of what is wanted (None: they go to the leaves)."""
    roots = list(map(edge_to, outputs))
    if None in roots:
        raise no_graph(roots.index(None))
    found: list[Any] = []
    targets = None
    if wanted is not None:
        found = [None] * len(wanted)
        targets = []
        for i, place in enumerate(wanted):
            if edge_to(place) is None:
                raise without_grad(i, place)
            targets.append(watch_on(place, _keeper(found, i)))
    # In forward mode gradients have tangents, so they are tensors all the way, recorded or not.
    on_tensors = create_graph or bool(extras[0] and tangents.state.levels)
    batches = entered[0]
    if batches:
        cotangents = list(map(_at_levels_of, cotangents, outputs))
    starts = [settled(each, create_graph) if on_tensors else each._array for each in cotangents]

    xp, pull = (tensors, pull_tensors) if on_tensors else (batched if batches else arrays, None)
    kind = SamplesPass if batches else GradientPass
    if extras[0] and surroundings:
        pull = surrounded(pull or (pull_samples if batches else pull_arrays))
    before = modes.grad
    modes.grad = create_graph
    if batches:
        count_extra(batches)  # Tensors with hidden dimensions are for the general calls.
    try:
        if wanted is None and id(asked[0]) not in twice:
            count_visit(asked[0])
        walk = kind(xp, pull, targets, keep_graph, Freed(*asked))
        if on_tensors:
            walk.on_tensors, walk.create_graph = True, create_graph
        running.run(walk, roots, starts)
    finally:
        modes.grad = before
        if batches:
            count_extra(-batches)
    if walk.only_zeros and wanted is None and not on_tensors:
        warn_of_wiped(walk.nodes)
    return [gradient if gradient is None else settled(gradient, create_graph) for gradient in found]


def _at_levels_of(cotangent: Tensor, output: Place) -> Tensor:
    """The cotangent of an output with the hidden dimensions of both."""
    if not isinstance(output, Tensor):
        return cotangent
    return at_levels(cotangent, (*levels_of(cotangent._array), *levels_of(output._array)))


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
    found: list[Any] = []
    for output, cotangent in zip(outputs, given):
        if isinstance(output, Tensor):
            shape, dt = output._array.shape, output._array.dtype
        else:
            about = metadata_of(output)
            shape, dt = ((), None) if about is None else (about.shape, about.dtype.numpy)
        if cotangent is None:
            cotangent = _one(len(found), output, shape, dt)
        elif not isinstance(cotangent, Tensor):
            raise TypeError(f"gradients can be either Tensors or None, but got {type(cotangent).__name__}")
        elif dt is not None:
            array = cotangent._array
            given_shape = array.shape[1:] if batched else array.shape
            if given_shape != shape:
                raise errors.gradient_shape(len(found), given_shape, shape, origin_of(output))
            if array.dtype is not dt:
                if (array.dtype.kind == "c") != (dt.kind == "c"):
                    raise errors.gradient_dtype(len(found), str(cotangent.dtype), str(of_numpy[dt]), origin_of(output))
                cotangent = cotangent.to(of_numpy[dt])
        found.append(cotangent)
    return found


def _one(i: int, output: Place, shape: tuple[int, ...], dt: np.dtype | None) -> Tensor | None:
    """The cotangent of an output that is given none: of a scalar, one."""
    if edge_to(output) is None:
        return None
    if dt is None or prod(shape) != 1:
        raise non_scalar(i, output, shape)
    if dt.kind == "c":
        raise errors.complex_output(str(of_numpy[dt]), origin_of(output), caller_span())
    return wrap(np.ones(shape, dt))


def _backward_method(
    self: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensors | None = None,
) -> None:
    """Adds to the `.grad` of every leaf behind this tensor its gradient; see `mutagrad.autograd.backward`."""
    _fill(
        (self,),
        (gradient,) if isinstance(gradient, Tensor) else _as_tuple(gradient, 1),
        retain_graph,
        create_graph,
        inputs,
    )


Tensor.backward = _backward_method
