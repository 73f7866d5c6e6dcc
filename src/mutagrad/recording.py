"""How pointwise operations are called and recorded: the path of almost every operation of a program.

Each of these makes the public function of one operation, as one straight line from the user's arguments to the recorded
result: a microsecond here is a microsecond on every operation that anybody runs. They take tensors of one dtype, and
Python numbers; what needs a promotion, a check or an option goes to `Operation.apply` by way of `binding.py`. The most
frequent make the tensor of the result themselves, as `tensor.wrap` does for all others: a call less is a twentieth of
the time. Where a ledger is all that is on, they end with entering what they did (`modes.extras`).

Read first: `operation.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import add, mul, sub
from sys import _getframe
from time import perf_counter_ns
from typing import Any

import numpy as np

from mutagrad.binding import general_call, must_be_tensor, otherwise, with_options, wrong_operand
from mutagrad.dtypes import scalar_result
from mutagrad.graph import EMPTY, NOTHING, Family, Node, next_sequence
from mutagrad.modes import extras, lone_book, modes
from mutagrad.operands import DOUBLE, NUMBERS, SINGLE, as_operand, constant
from mutagrad.operation import Operation
from mutagrad.report.spans import _outside as outside
from mutagrad.report.spans import caller_position
from mutagrad.storage import Storage
from mutagrad.tensor import Tensor, new, wrap

ndarray = np.ndarray
array, asarray = np.array, np.asarray
PYTHON_NUMBERS = frozenset(NUMBERS)
# What NumPy computes of two numbers ten times as fast as of two arrays without dimensions.
OF_NUMBERS: dict[Any, Callable] = {np.add: add, np.subtract: sub, np.multiply: mul}
MISSING: Any = object()  # stands for an argument that may come by its own name, such as `exponent=`
BOTH = (0, 1)  # the plan that saves both of two inputs

# A line in a loop has the same number again and again: by its identity the number, a dtype, its array in that, and what
# saves this as the second of two inputs.
numbers_met: dict[int, tuple[Any, np.dtype, ndarray, tuple[Any, Any]]] = {}
MANY = 64


def saving_plans(op: Operation) -> list[tuple[int, ...]]:
    """For every combination of inputs that want a share, as bits, what each slot saves.

    That is the number of an input, the number of inputs for the output, a number beyond for a derived value, or -1 for
    nothing.
    """
    count = len(op.inputs)
    made = (*op.outputs[:1], *op.derived)
    sources = [
        count + made.index(name) if position is None else position for name, position in zip(op.saves, op.saved_input)
    ]
    return [
        tuple(source if any(wanted >> i & 1 for i in users) else -1 for source, users in zip(sources, op.users))
        for wanted in range(1 << count)
    ]


def unary(op: Operation) -> Callable[..., Any]:
    """The call of one tensor."""
    compute, direct = op.compute, op.direct
    saves_input, saves_output, saves_nothing = op.saves == ("input",), op.saves == ("out",), not op.saves
    shapes, dtypes = op.shapes, op.dtypes
    shaped = bool(shapes or dtypes)
    differentiable = op.differentiable
    keeps_dtype = op.promotion != "compare"

    def call(input: Any, **options: Any) -> Any:
        try:
            array = input._array
        except AttributeError:
            raise TypeError(must_be_tensor(op, 0, input)) from None
        book = None
        if options or extras[0]:
            book = extras[1]
            if options or book is None:
                return with_options(op, (input,), options)
            start = perf_counter_ns()
        dt = array.dtype
        try:
            value = direct(array) if dt is SINGLE or dt is DOUBLE else compute(array)
        except (TypeError, ValueError) as error:
            return otherwise(op, (input,), error)
        if value.dtype is not dt and keeps_dtype:
            return op.apply((input,), EMPTY)
        if type(value) is not ndarray:
            value = asarray(value)
        storage = Storage()
        storage.array = value
        storage.version = 0
        storage.waiting = storage.index = storage.exposure = None
        family = Family()
        family.storage = storage
        family.edge = family.layout = family.traits = None
        tensor = new(Tensor)
        tensor._array = value
        tensor._family = family
        tensor._view = None
        source = input._family
        edge = source.edge
        if edge is None or not differentiable or not modes.grad:
            if book is not None:
                book.enter(op, storage, None, start, source)
            return tensor
        view = input._view
        if view is not None:
            edge = (edge[0], view, edge[2])
        node = Node()
        node.sequence = node.key = sequence = next_sequence()
        node.operation = op
        node.edges = (edge,)
        node.region = node.watches = node.fit = None
        node.values = EMPTY
        if shaped:
            node.values = {name: array.shape for _, name in shapes}
            for _, name in dtypes:
                node.values[name] = dt
        frame = _getframe(1)
        node.code = code = frame.f_code
        node.instruction = frame.f_lasti
        if code.co_filename not in outside:
            node.code, node.instruction = caller_position()
        if saves_input:
            node.saved = (source.storage.save(array, view),)
        elif saves_output:
            node.saved = (storage.save(value, None),)
        elif saves_nothing:
            node.saved = ()
        else:
            op.keep(node, (input,), node.edges, [tensor], (value,), EMPTY)
        if value.dtype is not dt:
            node.fit = ((array.shape, dt),)
        family.edge = (sequence, None, node)
        if book is not None:
            book.enter(op, storage, node, start, source)
        return tensor

    return call


def parametrised(op: Operation, compute: Callable) -> Callable[..., Any]:
    """The call of one tensor and parameters."""
    parameters, defaults, count, direct = op.parameters, op.defaults, len(op.parameters), op.direct
    simple = len(op.saves) <= 1 and not op.shapes and not op.dtypes
    saves_input = simple and op.saves == ("input",)
    saves_output = simple and op.saves == ("out",)
    keeps_dtype = op.promotion != "compare"
    general = general_call(op)

    def call(input: Any, *args: Any, **options: Any) -> Any:
        values = {**defaults, **dict(zip(parameters, args)), **options}
        if not isinstance(input, Tensor) or len(values) != count or len(args) > count or extras[0]:
            if isinstance(input, Tensor) and len(values) == count >= len(args) and (book := lone_book()):
                return book.run(op, partial(call, **values), (input,))
            return general(input, *args, **options)
        array = input._array
        dt = array.dtype
        try:
            value = direct(array, **values) if dt is SINGLE or dt is DOUBLE else compute(array, **values)
        except (TypeError, ValueError) as error:
            return otherwise(op, (input,), error, values)
        if value.dtype is not dt and keeps_dtype:
            return op.apply((input,), values)
        if type(value) is not ndarray:
            value = asarray(value)
        tensor = wrap(value)
        edge = input._family.edge
        if edge is None or not op.differentiable or not modes.grad:
            return tensor
        if input._view is not None:
            edge = (edge[0], input._view, edge[2])
        node = Node()
        node.sequence = node.key = sequence = next_sequence()
        node.operation = op
        node.edges = (edge,)
        node.region = node.watches = node.fit = None
        node.values = values
        node.code, node.instruction = caller_position()
        if saves_input:
            node.saved = (input._family.storage.save(array, input._view),)
        elif saves_output:
            node.saved = (tensor._family.storage.save(value, None),)
        else:
            op.keep(node, (input,), node.edges, [tensor], (value,), values)
        if value.dtype is not dt:
            node.fit = ((array.shape, dt),)
        tensor._family.edge = (sequence, None, node)
        return tensor

    return call


def binary(
    op: Operation, kernel: Callable, by_number: Callable | None = None, operator: bool = False
) -> Callable[..., Any]:
    """The call of two tensors, or a tensor and a number; an `operator` leaves the unknown to the other operand."""
    general = general_call(op)
    differentiable = op.differentiable
    with_number = op.with_number
    keeps_dtype = op.promotion != "compare"
    plans = saving_plans(op)
    scalar_plan = plans[1]
    saves_number = scalar_plan == (-1, 1)
    of_numbers = OF_NUMBERS.get(kernel)

    def mixed(input: Any, other: Any, options: dict[str, Any] = EMPTY) -> Any:
        if other is MISSING:
            return general(*(() if input is MISSING else (input,)), **options)
        wrong = wrong_operand(op, (input, other))
        if wrong is not None:
            if operator:
                return NotImplemented
            raise TypeError(must_be_tensor(op, wrong, (input, other)[wrong])) from None
        return with_options(op, (input, other), options)

    if not op.numbers:
        by_number = mixed

    def with_scalar(input: Any, other: Any, depth: int) -> Any:
        book = None
        if extras[0]:
            book = extras[1]
            if book is None:
                return mixed(input, other)
            start = perf_counter_ns()
        try:
            a = input._array
            dt = a.dtype
            if dt is not SINGLE and dt is not DOUBLE and scalar_result[dt, type(other)] is not dt:
                return mixed(input, other)
            known = numbers_met.get(id(other))
            if known is None or known[0] is not other or known[1] is not dt:
                known = meet_number(other, dt)
            b = known[2]
        except (AttributeError, OverflowError):
            return mixed(input, other)
        try:
            value = kernel(a, b)
        except (TypeError, ValueError) as error:
            return otherwise(op, (input, other), error)
        if keeps_dtype and value.dtype is not dt:
            return mixed(input, other)
        if type(value) is not ndarray:
            value = asarray(value)
        storage = Storage()
        storage.array = value
        storage.version = 0
        storage.waiting = storage.index = storage.exposure = None
        family = Family()
        family.storage = storage
        family.edge = family.layout = family.traits = None
        tensor = new(Tensor)
        tensor._array = value
        tensor._family = family
        tensor._view = None
        edge = input._family.edge
        if edge is None or not differentiable or not modes.grad:
            if book is not None:
                book.enter(op, storage, None, start, input._family)
            return tensor
        view = input._view
        if view is not None:
            edge = (edge[0], view, edge[2])
        node = Node()
        node.sequence = node.key = sequence = next_sequence()
        node.operation = with_number
        node.edges = (edge, None)
        node.region = node.watches = None
        node.values = EMPTY
        node.fit = None if keeps_dtype else misfit(node.edges, a, b, value)
        frame = _getframe(depth)
        node.code = code = frame.f_code
        node.instruction = frame.f_lasti
        if code.co_filename not in outside:
            node.code, node.instruction = caller_position()
        node.saved = (
            ()
            if not scalar_plan
            else known[3]
            if saves_number
            else [
                constant(b)
                if source == 1
                else NOTHING
                if source < 0
                else input._family.storage.save(a, view)
                if source == 0
                else storage.save(value, None)
                for source in scalar_plan
            ]
        )
        family.edge = (sequence, None, node)
        if book is not None:
            book.enter(op, storage, node, start, input._family)
        return tensor

    def straight(input: Any, other: Any, depth: int = 1) -> Any:
        kind = type(other)
        if kind is float or kind is int:
            return by_number(input, other) if by_number is not None else with_scalar(input, other, depth + 1)
        book = None
        if extras[0]:
            book = extras[1]
            if book is None:
                return mixed(input, other)
            start = perf_counter_ns()
        try:
            a = input._array
            b = other._array
        except AttributeError:
            return mixed(input, other)
        dt = a.dtype
        if b.dtype is not dt:
            return mixed(input, other)
        try:
            if a.ndim or of_numbers is None or b.ndim or (dt is not SINGLE and dt is not DOUBLE):
                value = kernel(a, b)
            else:
                value = of_numbers(a[()], b[()])
        except (TypeError, ValueError) as error:
            return otherwise(op, (input, other), error)
        if keeps_dtype and value.dtype is not dt:
            return mixed(input, other)
        if type(value) is not ndarray:
            value = asarray(value)
        storage = Storage()
        storage.array = value
        storage.version = 0
        storage.waiting = storage.index = storage.exposure = None
        family = Family()
        family.storage = storage
        family.edge = family.layout = family.traits = None
        tensor = new(Tensor)
        tensor._array = value
        tensor._family = family
        tensor._view = None
        first = input._family
        second = other._family
        edge_a = first.edge
        edge_b = second.edge
        if edge_a is None:
            if edge_b is None or not differentiable or not modes.grad:
                if book is not None:
                    book.enter(op, storage, None, start, first, second)
                return tensor
            plan = plans[2]
        else:
            if not differentiable or not modes.grad:
                if book is not None:
                    book.enter(op, storage, None, start, first, second)
                return tensor
            plan = plans[1] if edge_b is None else plans[3]
            if input._view is not None:
                edge_a = (edge_a[0], input._view, edge_a[2])
        if edge_b is not None and other._view is not None:
            edge_b = (edge_b[0], other._view, edge_b[2])
        node = Node()
        node.sequence = node.key = sequence = next_sequence()
        node.operation = op
        node.edges = (edge_a, edge_b)
        node.region = node.watches = None
        node.values = EMPTY
        node.fit = None if keeps_dtype and a.shape == b.shape else misfit(node.edges, a, b, value)
        frame = _getframe(depth)
        node.code = code = frame.f_code
        node.instruction = frame.f_lasti
        if code.co_filename not in outside:
            node.code, node.instruction = caller_position()
        if plan == BOTH:
            node.saved = (first.storage.save(a, input._view), second.storage.save(b, other._view))
        elif plan:
            saved = []
            for source in plan:
                if source == 0:
                    saved.append(first.storage.save(a, input._view))
                elif source == 1:
                    saved.append(second.storage.save(b, other._view))
                elif source == 2:
                    saved.append(storage.save(value, None))
                else:
                    saved.append(NOTHING)
            node.saved = saved
        else:
            node.saved = ()
        family.edge = (sequence, None, node)
        if book is not None:
            book.enter(op, storage, node, start, first, second)
        return tensor

    def call(input: Any = MISSING, other: Any = MISSING, **options: Any) -> Any:
        if options or other is MISSING:
            return mixed(input, other, options)
        return straight(input, other, 2)

    return straight if operator else call


def meet_number(number: Any, dt: np.dtype) -> tuple[Any, np.dtype, ndarray, tuple[Any, Any]]:
    """Makes an array of a number, and remembers it."""
    if len(numbers_met) >= MANY:
        numbers_met.clear()
    made = array(number, dt)
    made.flags.writeable = False  # it is many nodes'
    numbers_met[id(number)] = known = number, dt, made, (NOTHING, constant(made))
    return known


def misfit(edges: tuple, a: ndarray, b: ndarray, value: ndarray) -> tuple | None:
    """Shape and dtype of each of two operands that wants a share, where they are not the result's (None: they are)."""
    shape, dt = value.shape, value.dtype
    fit_a = None if edges[0] is None or (a.shape == shape and a.dtype is dt) else (a.shape, a.dtype)
    fit_b = None if edges[1] is None or (b.shape == shape and b.dtype is dt) else (b.shape, b.dtype)
    return None if fit_a is None and fit_b is None else (fit_a, fit_b)


def ternary(op: Operation, compute: Callable) -> Callable[..., Any]:
    """The call of three tensors, or numbers for some of them; parameters are rare enough for the general call."""
    general = general_call(op)
    plans = saving_plans(op)
    keeps_dtype = op.promotion != "compare"
    mixing = [i for i in range(3) if op.mixing[i]]
    pairs = [(mixing[0], i) for i in mixing[1:]]
    lead = op.lead

    def call(*given: Any, **options: Any) -> Any:
        if options or len(given) != 3 or extras[0]:
            if not options and len(given) == 3 and (book := lone_book()):
                return book.run(op, call, given)
            return general(*given, **options)
        operands = given
        for x in given:
            if type(x) in PYTHON_NUMBERS and op.numbers:
                operands = tuple([as_operand(x, given[lead]) if type(x) in PYTHON_NUMBERS else x for x in given])
        try:
            arrays = [x._array for x in operands]
        except AttributeError:
            return general(*given)
        for i, j in pairs:
            if arrays[i].dtype is not arrays[j].dtype:
                return general(*given)
        if op.check is not None:
            op.check(*arrays)
        try:
            value = compute(*arrays)
        except (TypeError, ValueError) as error:
            return otherwise(op, given, error)
        if value.dtype is not arrays[lead].dtype and keeps_dtype:
            return general(*given)
        if type(value) is not ndarray:
            value = asarray(value)
        tensor = wrap(value)
        a, b, c = operands
        edges = (a._family.edge, b._family.edge, c._family.edge)
        wanted = (edges[0] is not None) + 2 * (edges[1] is not None) + 4 * (edges[2] is not None)
        if not wanted or not op.differentiable or not modes.grad:
            return tensor
        node = Node()
        node.sequence = node.key = sequence = next_sequence()
        node.operation = op if operands is given else op.with_number
        node.edges = tuple(
            [e if e is None or x._view is None else (e[0], x._view, e[2]) for e, x in zip(edges, operands)]
        )
        node.region = node.watches = node.fit = None
        node.values = op.defaults
        node.code, node.instruction = caller_position()
        node.saved = [
            NOTHING
            if source < 0
            else tensor._family.storage.save(value, None)
            if source == 3
            else operands[source]._family.storage.save(arrays[source], operands[source]._view)
            for source in plans[wanted]
        ]
        shape, dt = value.shape, value.dtype
        for e, array in zip(edges, arrays):
            if e is not None and (array.shape != shape or array.dtype is not dt):
                node.fit = tuple([(array.shape, array.dtype) for array in arrays])
                break
        tensor._family.edge = (sequence, None, node)
        return tensor

    return call
