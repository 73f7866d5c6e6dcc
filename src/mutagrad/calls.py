"""How operations that are not pointwise are called: tensors as they are, and parameters.

As in `recording.py` a call is a straight line from the user's arguments to the recorded result, made once from the
declaration. What has several results or promotes its inputs, and what is called otherwise than by tensors and parameters
(`out=`, NumPy's names, wrong arguments), is left to the general call of `binding.py`.

Read first: `operation.py`, `recording.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from mutagrad.binding import NUMPY_NAMES, check_sequence, general_call, write_out
from mutagrad.graph import NOTHING, Node, next_sequence
from mutagrad.modes import extras, lone_book, modes
from mutagrad.namespaces import arrays as xp
from mutagrad.operands import constant, explain
from mutagrad.operation import Operation
from mutagrad.recording import MISSING, saving_plans
from mutagrad.report.spans import caller_position
from mutagrad.tensor import Tensor, wrap

ndarray = np.ndarray
MOST = 4  # inputs: for every combination of them there is a plan


def direct_call(op: Operation) -> Callable[..., Any]:
    """The call of an operation of so many tensors, and parameters."""
    general, count = general_call(op), len(op.inputs)
    if op.several or op.promotion is not None or count > MOST:
        return general
    if count == 1:
        return _call_of_one(op, general)
    parameters, defaults = op.parameters, op.defaults
    number = len(parameters)
    run = _straight(op)

    def call(*given: Any, **options: Any) -> Any:
        tensors, rest = given[:count], given[count:]
        values = defaults.copy()
        for name, value in zip(parameters, rest):
            values[name] = value
        if options:
            values.update(options)
            if not options.keys().isdisjoint(parameters[: len(rest)]):
                return general(*given, **options)
        if len(values) != number or len(rest) > number or len(tensors) < count:
            return general(*given, **options)
        for x in tensors:
            if not isinstance(x, Tensor):
                return general(*given, **options)
        if extras[0]:
            book = lone_book()
            return general(*given, **options) if book is None else book.run(op, partial(run, values), tensors)
        return run(values, *tensors)

    return call


def sequence_call(op: Operation) -> Callable[..., Any]:
    """The call of an operation of a sequence of tensors, and parameters."""
    parameters, defaults, known = op.parameters, op.defaults, op.named
    run = _straight(op)

    def call(tensors: Sequence[Tensor], *args: Any, out: Tensor | None = None, **kwargs: Any) -> Any:
        check_sequence(op.name, "tensors", tensors)
        values = dict(zip(parameters, args))
        if kwargs:
            values.update({NUMPY_NAMES.get(name, name): value for name, value in kwargs.items()})
        if out is not None:
            return write_out(op, tensors, values, out)
        full = {**defaults, **values}
        if full.keys() != known:
            return op.apply(tensors, values)
        if extras[0]:
            book = lone_book()
            return op.apply(tensors, values) if book is None else book.run(op, partial(run, full), tensors)
        return run(full, *tensors)

    return call


def _straight(op: Operation) -> Callable[..., Tensor]:
    """`run(values, *tensors)`: the recorded result of the tensors and all parameters by name."""
    forward, sequence, derived, differentiable = op.forward, op.sequence, op.derived, op.differentiable
    shapes, dtypes = op.shapes, op.dtypes
    count, plans = len(op.inputs), saving_plans(op)

    def run(values: dict[str, Any], *tensors: Tensor) -> Tensor:
        arrays = [x._array for x in tensors]
        try:
            result = forward(xp, arrays, **values) if sequence else forward(xp, *arrays, **values)
        except (ValueError, TypeError) as error:
            raise explain(op.name, error, arrays) from None
        value = result[0] if derived else result
        if type(value) is not ndarray:
            value = np.asarray(value)
        elif value.base is not None:
            value = value.copy()
        tensor = wrap(value)
        if not differentiable or not modes.grad or value.dtype.kind not in "fc":
            return tensor
        wanted, bit = 0, 1
        edges = []
        for x in tensors:
            edge = x._family.edge
            if edge is not None:
                wanted |= bit
                if x._view is not None:
                    edge = (edge[0], x._view, edge[2])
            edges.append(edge)
            bit <<= 1
        if not wanted:
            return tensor
        node = Node()
        node.sequence = node.key = sequence_number = next_sequence()
        node.operation = op
        node.edges = tuple(edges)
        node.region = node.watches = node.fit = None
        node.code, node.instruction = caller_position(3)
        saved = []
        for source in plans[1 if sequence else wanted]:
            if source < 0:
                saved.append(NOTHING)
            elif source < count:
                x = tensors[source]
                saved.append(x._family.storage.save(arrays[source], x._view))
            elif source == count:
                saved.append(tensor._family.storage.save(value, None))
            else:
                saved.append(constant(result[source - count]))
        node.saved = saved
        if shapes or dtypes:
            for i, name in shapes:
                values[name] = arrays[i].shape
            for i, name in dtypes:
                values[name] = arrays[i].dtype
        node.values = values
        tensor._family.edge = (sequence_number, None, node)
        return tensor

    return run


def _call_of_one(op: Operation, general: Callable[..., Any]) -> Callable[..., Any]:
    """The call of an operation of one tensor, which most are, as one straight line."""
    forward, derived, differentiable = op.forward, op.derived, op.differentiable
    shapes, dtypes = op.shapes, op.dtypes
    parameters, defaults, number = op.parameters, op.defaults, len(op.parameters)
    plan = saving_plans(op)[1]

    def call(input: Any = MISSING, *args: Any, **options: Any) -> Any:
        values = {**defaults, **dict(zip(parameters, args)), **options}
        if (
            len(values) != number
            or len(args) > number
            or not isinstance(input, Tensor)
            or (options and not options.keys().isdisjoint(parameters[: len(args)]))
        ):
            return general(*(() if input is MISSING else (input,)), *args, **options)
        if extras[0]:
            book = lone_book()
            return general(input, *args, **options) if book is None else book.run(op, partial(call, **values), (input,))
        array = input._array
        try:
            result = forward(xp, array, **values)
        except (ValueError, TypeError) as error:
            raise explain(op.name, error, [array]) from None
        value = result[0] if derived else result
        if type(value) is not ndarray:
            value = np.asarray(value)
        elif value.base is not None:
            value = value.copy()
        tensor = wrap(value)
        source = input._family
        edge = source.edge
        if edge is None or not differentiable or not modes.grad or value.dtype.kind not in "fc":
            return tensor
        view = input._view
        node = Node()
        node.sequence = node.key = sequence = next_sequence()
        node.operation = op
        node.edges = (edge if view is None else (edge[0], view, edge[2]),)
        node.region = node.watches = node.fit = None
        node.code, node.instruction = caller_position()
        saved = []
        for slot in plan:
            if slot == 0:
                saved.append(source.storage.save(array, view))
            elif slot == 1:
                saved.append(tensor._family.storage.save(value, None))
            else:
                saved.append(constant(result[slot - 1]))
        node.saved = saved
        for _, name in shapes:
            values[name] = array.shape
        for _, name in dtypes:
            values[name] = array.dtype
        node.values = values
        tensor._family.edge = (sequence, None, node)
        return tensor

    return call
