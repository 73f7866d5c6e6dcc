"""From one declaration to everything a user can call: function, method, in-place method, operator form, `out=`.

`pointwise` declares an operation that works element by element with broadcasting and promotion, `operation` any other.
Both return the public function and attach the methods to `Tensor`. `composite` attaches a function that is written in
terms of other operations and so needs no rule.

The two functions in `_unary` and `_binary` are the recording path of almost every program: each is one straight line,
and a microsecond there is a microsecond on every operation that anybody runs.

Read first: `operation.py`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import partial
from sys import _getframe
from typing import Any

import numpy as np

from mutagrad import modes as grad_modes
from mutagrad.dtypes import check_can_cast_for_inplace
from mutagrad.graph import EMPTY, NOTHING, Leaf, Node, next_sequence
from mutagrad.modes import modes
from mutagrad.namespaces import arrays as xp
from mutagrad.operation import NUMBERS, Number, Operation, Refusal, Rule, as_operand, constant, explain, record_write
from mutagrad.overwrite import statistics
from mutagrad.report.spans import _outside as outside
from mutagrad.report.spans import caller_position
from mutagrad.tensor import Tensor, wrap

ndarray = np.ndarray
asarray = np.asarray
PYTHON_NUMBERS = frozenset(NUMBERS)
MISSING: Any = object()  # stands for an argument that may come by its own name, such as `exponent=`


def pointwise(
    name: str,
    forward: str | Callable,
    *,
    promotion: str | None = "promote",
    apart: tuple[str, ...] = (),
    refuses: Refusal | None = None,
    check: Callable[..., None] | None = None,
    numbers: bool = True,
    variant: Callable[..., tuple[Operation, dict[str, Any]]] | None = None,
    by_number: Callable | None = None,
    in_place: bool = True,
    method: bool = True,
    aliases: Sequence[str] = (),
    operators: str = "",
    node_name: str | None = None,
    number_name: str | None = None,
    doc: str = "",
    **rules: Rule | None,
) -> Any:
    """Declares an operation that works element by element, and returns its function.

    `forward` is a function of `xp` and the arrays, or the name of an array API function; `rules` gives for each input
    the rule of its share. `promotion` is "promote", "float" (integers become the default dtype), "number" (masks become
    integers) or "compare" (promote, with a result of another dtype); inputs named in `apart` keep out of it. `check`
    sees the inputs before it, `refuses` (made in `ops/checks.py`) their common dtype.

    `numbers` says whether Python numbers may stand for tensors, `by_number` what to call when the second input is one.
    A call with further keyword arguments (`alpha=`) is one of the operation that `variant(**arguments)` gives, with
    its parameters. `operators` names the Python operators that call it, augmented ones too: "add radd iadd".
    """
    kernel = None
    if isinstance(forward, str):
        kernel = getattr(xp, forward)
        forward = _by_name(forward, kernel.nin)
    op = Operation(
        name,
        forward,
        rules,
        promotion=promotion,
        apart=apart,
        refuses=refuses,
        check=check,
        node_name=node_name,
        number_name=number_name,
        kernel=kernel,
    )
    op.numbers = numbers
    op.variant = variant
    op.options = () if variant is None else tuple(inspect.signature(variant).parameters)
    op.compute = compute = kernel if kernel is not None else partial(op.forward, xp)
    if len(op.inputs) == 2 and not op.parameters:
        function = _binary(op, compute, by_number)
        in_operator = _binary(op, compute, by_number, operator=True)
    elif len(op.inputs) == 1:
        function = in_operator = _parametrised(op, compute) if op.parameters else _unary(op, compute)
    else:
        function = in_operator = _ternary(op, compute) if len(op.inputs) == 3 else _general(op)
    publish(op, function, in_place=in_place, method=method, aliases=aliases, doc=doc)
    for each in operators.split():
        augments = each != "invert" and each.startswith("i")
        setattr(Tensor, f"__{each}__", getattr(Tensor, name + "_") if augments else in_operator)
    return function


def operation(
    name: str | None = None,
    *,
    outputs: tuple[str, ...] = ("out",),
    derived: tuple[str, ...] = (),
    sequence: bool = False,
    promotion: str | None = None,
    in_place: bool = False,
    method: bool = True,
    aliases: Sequence[str] = (),
    node_name: str | None = None,
    joint: Rule | None = None,
    wrapper: Callable[[Callable], Callable] | None = None,
    **rules: Rule | None,
) -> Callable[[Callable], Callable[..., Any]]:
    """Declares the decorated forward function `forward(xp, inputs..., /, parameters...)` as an operation.

    What stands before the slash are the tensor inputs. `derived` names further (not differentiable) results that the
    rules may ask for and the user does not see. `wrapper` adapts the call to PyTorch's signature where it differs.
    """

    def declare(forward: Callable) -> Callable[..., Any]:
        op = Operation(
            name or forward.__name__,
            forward,
            rules,
            promotion=promotion,
            outputs=outputs,
            derived=derived,
            sequence=sequence,
            joint=joint,
            node_name=node_name,
        )
        function = _sequence(op) if sequence else _general(op)
        if wrapper is not None:
            function = _describe(wrapper(function), op, forward.__doc__)
        return publish(op, function, in_place=in_place, method=method, aliases=aliases, doc=forward.__doc__ or "")

    return declare


def composite(*names: str, method: bool = True) -> Callable[[Callable], Callable]:
    """Attaches the decorated function, written in terms of other operations, to `Tensor` (also under `names`)."""

    def attach(function: Callable) -> Callable:
        if method:
            for name in (function.__name__, *names):
                setattr(Tensor, name, function)
        return function

    return attach


def publish(
    op: Operation, function: Callable, *, in_place: bool, method: bool, aliases: Sequence[str], doc: str
) -> Callable[..., Any]:
    """Gives the function its name and text and attaches the methods that follow from it."""
    _describe(function, op, doc)
    function.operation = op  # type: ignore[attr-defined]
    for name in (op.name, *aliases):
        if method:
            setattr(Tensor, name, function)
        if in_place:
            written = _describe(_in_place_form(op), op, f"In-place form of `{op.name}`.", name + "_")
            function.in_place = written  # type: ignore[attr-defined]
            if method:
                setattr(Tensor, name + "_", written)
    return function


# How each kind is called ---------------------------------------------------------------------------------------------


def _unary(op: Operation, kernel: Callable) -> Callable[..., Any]:
    simple = len(op.saves) <= 1 and not op.shapes and not op.dtypes
    saves_input = simple and op.saves == ("input",)
    saves_output = simple and op.saves == ("out",)
    differentiable = op.differentiable
    keeps_dtype = op.promotion != "compare"

    def call(input: Any, **options: Any) -> Any:
        try:
            array = input._array
        except AttributeError:
            raise TypeError(_must_be_tensor(op, 0, input)) from None
        if options:
            return _with_options(op, (input,), options)
        try:
            value = kernel(array)
        except (TypeError, ValueError) as error:
            return _otherwise(op, (input,), error)
        if value.dtype is not array.dtype and keeps_dtype:
            return op.apply((input,), EMPTY)
        if type(value) is not ndarray:
            value = asarray(value)
        tensor = wrap(value)
        family = input._family
        edge = family.edge
        if edge is None or not differentiable or not modes.grad:
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
        frame = _getframe(1)
        node.code = code = frame.f_code
        node.instruction = frame.f_lasti
        if code.co_filename not in outside:
            node.code, node.instruction = caller_position()
        if saves_input:
            node.saved = (family.storage.save(array, view),)
        elif saves_output:
            node.saved = (tensor._family.storage.save(value, None),)
        elif simple:
            node.saved = ()
        else:
            op.keep(node, (input,), node.edges, [tensor], (value,), EMPTY)
        if value.dtype is not array.dtype:
            node.fit = ((array.shape, array.dtype),)
        tensor._family.edge = (sequence, None, node)
        return tensor

    return call


def _parametrised(op: Operation, compute: Callable) -> Callable[..., Any]:
    """One tensor and parameters."""
    parameters, defaults, count = op.parameters, op.defaults, len(op.parameters)
    keeps_dtype = op.promotion != "compare"

    def call(input: Any, *args: Any, **options: Any) -> Any:
        values = {**defaults, **dict(zip(parameters, args)), **options}
        if not isinstance(input, Tensor) or len(values) != count or len(args) > count:
            op_, inputs, values, out = bind(op, (input, *args), options)
            return op_.apply(inputs, values) if out is None else write_out(op_, inputs, values, out)
        array = input._array
        try:
            value = compute(array, **values)
        except (TypeError, ValueError) as error:
            return _otherwise(op, (input,), error, values)
        if value.dtype is not array.dtype and keeps_dtype:
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
        node.code, node.instruction = caller_position()
        op.keep(node, (input,), node.edges, [tensor], (value,), values)
        if value.dtype is not array.dtype:
            node.fit = ((array.shape, array.dtype),)
        tensor._family.edge = (sequence, None, node)
        return tensor

    return call


def _binary(
    op: Operation, kernel: Callable, by_number: Callable | None = None, operator: bool = False
) -> Callable[..., Any]:
    general = _general(op)
    differentiable = op.differentiable
    with_number = op.with_number
    keeps_dtype = op.promotion != "compare"
    casts = op.promotion == "compare"
    plans = _plans(op)

    def mixed(input: Any, other: Any, options: dict[str, Any]) -> Any:
        if type(other) is Number:
            other = other.value
        if other is MISSING:
            return general(*(() if input is MISSING else (input,)), **options)
        wrong = _wrong_operand(op, (input, other))
        if wrong is not None:
            if operator:
                return NotImplemented
            raise TypeError(_must_be_tensor(op, wrong, (input, other)[wrong]))
        return _with_options(op, (input, other), options)

    if not op.numbers:
        by_number = partial(mixed, options={})

    def call(input: Any = MISSING, other: Any = MISSING, **options: Any) -> Any:
        chosen = op
        if type(other) in PYTHON_NUMBERS:
            if by_number is not None and not options:
                return by_number(input, other)
            other = as_operand(other, input)
            chosen = with_number
        try:
            a = input._array
            b = other._array
        except AttributeError:
            return mixed(input, other, options)
        if a.dtype is not b.dtype or options:
            return mixed(input, other, options)
        try:
            value = kernel(a, b)
        except (TypeError, ValueError) as error:
            return _otherwise(op, (input, other), error)
        if value.dtype is not a.dtype and keeps_dtype:
            return mixed(input, other, options)
        if type(value) is not ndarray:
            value = asarray(value)
        tensor = wrap(value)
        first = input._family
        second = other._family
        edge_a = first.edge
        edge_b = second.edge
        if edge_a is None:
            if edge_b is None or not differentiable or not modes.grad:
                return tensor
            plan = plans[2]
            fits = b.shape == value.shape
        else:
            if not differentiable or not modes.grad:
                return tensor
            fits = a.shape == value.shape
            if edge_b is None:
                plan = plans[1]
            else:
                plan = plans[3]
                fits = fits and b.shape == value.shape
            if input._view is not None:
                edge_a = (edge_a[0], input._view, edge_a[2])
        if edge_b is not None and other._view is not None:
            edge_b = (edge_b[0], other._view, edge_b[2])
        node = Node()
        node.sequence = node.key = sequence = next_sequence()
        node.operation = chosen
        node.edges = (edge_a, edge_b)
        node.region = node.watches = None
        node.values = EMPTY
        node.fit = None if fits and not casts else ((a.shape, a.dtype), (b.shape, b.dtype))
        frame = _getframe(1)
        node.code = code = frame.f_code
        node.instruction = frame.f_lasti
        if code.co_filename not in outside:
            node.code, node.instruction = caller_position()
        if plan:
            saved = []
            for source in plan:
                if source == 0:
                    saved.append(first.storage.save(a, input._view))
                elif source == 1:
                    saved.append(second.storage.save(b, other._view))
                elif source == 2:
                    saved.append(tensor._family.storage.save(value, None))
                else:
                    saved.append(NOTHING)
            node.saved = saved
        else:
            node.saved = ()
        tensor._family.edge = (sequence, None, node)
        return tensor

    return call


def _ternary(op: Operation, compute: Callable) -> Callable[..., Any]:
    """Three tensors, or numbers for some of them; parameters are rare enough for the general form."""
    general = _general(op)
    plans = _plans(op)
    keeps_dtype = op.promotion != "compare"
    mixing = [i for i in range(3) if op.mixing[i]]
    pairs = [(mixing[0], i) for i in mixing[1:]]
    lead = op.lead

    def call(*given: Any, **options: Any) -> Any:
        if options or len(given) != 3:
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
            return _otherwise(op, given, error)
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


def _plans(op: Operation) -> list[tuple[int, ...]]:
    """For every combination of inputs that want a share, as bits, what each slot saves.

    That is the number of an input, the number of inputs for the output, or -1 for nothing.
    """
    count = len(op.inputs)
    sources = [count if position is None else position for position in op.saved_input]
    return [
        tuple(source if any(wanted >> i & 1 for i in users) else -1 for source, users in zip(sources, op.users))
        for wanted in range(1 << count)
    ]


def _general(op: Operation) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        op_, inputs, values, out = bind(op, args, kwargs)
        return op_.apply(inputs, values) if out is None else write_out(op_, inputs, values, out)

    return call


def _sequence(op: Operation) -> Callable[..., Any]:
    def call(tensors: Sequence[Tensor], *args: Any, out: Tensor | None = None, **kwargs: Any) -> Any:
        if not isinstance(tensors, (tuple, list)):
            raise TypeError(
                f"{op.name}(): argument 'tensors' (position 1) must be tuple of Tensors, not {type(tensors).__name__}"
            )
        for i, tensor in enumerate(tensors):
            if not isinstance(tensor, Tensor):
                raise TypeError(
                    f"expected Tensor as element {i} in argument 0, but got {type(tensor).__name__}"
                )
        values = dict(zip(op.parameters, args))
        values.update({_NUMPY_NAMES.get(name, name): value for name, value in kwargs.items()})
        if out is not None:
            return write_out(op, tensors, values, out)
        return op.apply(tensors, values)

    return call


def _in_place_form(op: Operation) -> Callable[..., Any]:
    if op.compute is None or op.parameters or len(op.inputs) > 2 or op.promotion == "compare":
        return _in_place(op)
    return _in_place_unary(op) if len(op.inputs) == 1 else _in_place_binary(op)


def _in_place(op: Operation) -> Callable[..., Any]:
    def call(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        op_, inputs, values, _ = bind(op, (self, *args), kwargs)
        return op_.apply_in_place(self, inputs[1:], values)

    return call


# What follows leaves to the general form above all that needs a check or a conversion.


def _in_place_unary(op: Operation) -> Callable[..., Any]:
    general = _in_place(op)
    writer = op.name + "_"
    kernel, writes = op.compute, op.kernel is not None
    only_floats = op.promotion != "promote"
    saves_input, saves_output = op.saves == ("input",), op.saves == ("out",)
    simple = len(op.saves) <= 1 and op.differentiable

    def call(self: Tensor, **options: Any) -> Tensor:
        array, family, view = self._array, self._family, self._view
        edge = family.edge if modes.grad else None
        if (
            options
            or family.origin is not None
            or (view is not None and view.overlapping)
            or (only_floats and array.dtype.kind not in "fc")
            or (edge is not None and (not simple or type(edge[2]) is Leaf))
        ):
            return general(self, **options)
        old = array.copy() if saves_input and edge is not None else None
        storage = family.storage
        if writes:
            if storage.waiting is not None or storage.index is not None:
                storage.will_write(array, view, writer)
            try:
                kernel(array, array)
            except (TypeError, ValueError):
                return general(self)
        else:
            try:
                value = kernel(array)
            except (TypeError, ValueError):
                return general(self)
            if storage.waiting is not None or storage.index is not None:
                storage.will_write(array, view, writer)
            array[...] = value
        family.bump()
        if edge is not None:
            if view is not None:
                edge = (edge[0], view, edge[2])
            node = record_write(op, self, (edge,), None, 3)
            if old is not None:
                node.saved = (constant(old),)
                statistics.copies += 1
                statistics.bytes_kept += old.nbytes
            elif saves_output:
                node.saved = (storage.save(array, view),)
        return self

    return call


def _in_place_binary(op: Operation) -> Callable[..., Any]:
    general = _in_place(op)
    writer = op.name + "_"
    kernel, writes, with_number = op.compute, op.kernel is not None, op.with_number
    only_floats = op.promotion != "promote"
    differentiable = op.rules[0] is not None and op.rules[1] is not None
    plans = _plans(op)

    def call(self: Tensor, other: Any = MISSING, **options: Any) -> Tensor:
        operand = as_operand(other, self) if type(other) in PYTHON_NUMBERS else other
        try:
            a = self._array
            b = operand._array
        except AttributeError:
            return general(self, *(() if other is MISSING else (other,)), **options)
        family, view = self._family, self._view
        storage = family.storage
        edge_a, edge_b = (family.edge, operand._family.edge) if modes.grad else (None, None)
        if (
            a.dtype is not b.dtype
            or options
            or family.origin is not None
            or operand._family.storage is storage
            or (b.ndim and b.shape != a.shape)
            or (view is not None and view.overlapping)
            or (only_floats and a.dtype.kind not in "fc")
            or (edge_a is not None and type(edge_a[2]) is Leaf)
            or (not differentiable and (edge_a is not None or edge_b is not None))
        ):
            return general(self, other, **options)
        plan = plans[(edge_a is not None) + 2 * (edge_b is not None)]
        old = a.copy() if 0 in plan else None
        if writes:
            if storage.waiting is not None or storage.index is not None:
                storage.will_write(a, view, writer)
            try:
                kernel(a, b, a)
            except (TypeError, ValueError):
                return general(self, other)
        else:
            try:
                value = kernel(a, b)
            except (TypeError, ValueError):
                return general(self, other)
            if storage.waiting is not None or storage.index is not None:
                storage.will_write(a, view, writer)
            a[...] = value
        family.bump()
        if edge_a is None and edge_b is None:
            return self
        if edge_a is not None and view is not None:
            edge_a = (edge_a[0], view, edge_a[2])
        if edge_b is not None and other._view is not None:
            edge_b = (edge_b[0], other._view, edge_b[2])
        node = record_write(op if operand is other else with_number, self, (edge_a, edge_b), None, 3)
        if edge_b is not None and b.shape != a.shape:
            node.fit = ((a.shape, a.dtype), (b.shape, b.dtype))
        if plan:
            saved = []
            for source in plan:
                if source == 0:
                    saved.append(constant(old))
                    statistics.copies += 1
                    statistics.bytes_kept += a.nbytes
                elif source == 1:
                    saved.append(operand._family.storage.save(b, operand._view))
                else:
                    saved.append(storage.save(a, view) if source == 2 else NOTHING)
            node.saved = saved
        return self

    return call


# Binding, output tensors and texts ----------------------------------------------------------------------------------


_NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim"}  # PyTorch takes NumPy's names as well


def bind(op: Operation, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Operation, tuple, dict[str, Any], Any]:
    """The operation meant by a call, its tensor inputs, its parameters and its `out=`.

    Raises TypeError where the arguments are not those of the operation.
    """
    count = len(op.inputs)
    if not kwargs and len(args) == count and all([isinstance(x, Tensor) for x in args]):
        return op, tuple(args), EMPTY, None
    inputs = tuple(args[:count])
    values = dict(zip(op.parameters, args[count:]))
    if len(args) - count > len(op.parameters):
        raise TypeError(
            f"{op.name}() takes {count + len(op.parameters)} positional arguments but {len(args)} were given"
        )
    options = {}
    for name, value in kwargs.items():
        name = _NUMPY_NAMES.get(name, name)
        if name in op.parameters and name not in values:
            values[name] = value
        elif name not in op.inputs[len(args) :]:
            options[name] = value
    for name in op.inputs[len(inputs) :]:
        if name not in kwargs and name not in op.optional:
            raise TypeError(f'{op.name}() missing 1 required positional arguments: "{name}"')
        inputs += (kwargs.get(name),)
    for name in op.parameters:
        if name not in values and name not in op.defaults:
            raise TypeError(f'{op.name}() missing 1 required positional arguments: "{name}"')
    wrong = _wrong_operand(op, inputs)
    if wrong is not None:
        raise TypeError(_must_be_tensor(op, wrong, inputs[wrong]))
    if not options:
        return op, inputs, values, None
    chosen, more, out = _choose(op, options)
    return chosen, inputs, {**values, **more}, out


def _choose(op: Operation, options: dict[str, Any]) -> tuple[Operation, dict[str, Any], Any]:
    """The operation that a call with these further keyword arguments means, its parameters and its `out=`."""
    out = options.get("out")
    named = {name: value for name, value in options.items() if name != "out"}
    for name in named:
        if name not in op.options:
            raise TypeError(f"{op.name}() got an unexpected keyword argument '{name}'")
    return (*(op.variant(**named) if named and op.variant is not None else (op, EMPTY)), out)


def _with_options(op: Operation, inputs: tuple, options: dict[str, Any]) -> Any:
    op, values, out = _choose(op, options)
    return op.apply(inputs, values) if out is None else write_out(op, inputs, values, out)


def _otherwise(op: Operation, inputs: tuple, error: Exception, values: dict[str, Any] = EMPTY) -> Any:
    """The result where a kernel has refused the inputs' own dtype with `error`, but not that of their promotion."""
    inputs = tuple([x.value if type(x) is Number else x for x in inputs])
    arrays = [x._array if isinstance(x, Tensor) else x for x in inputs]
    if op.promotion in ("float", "number") and arrays[0].dtype.kind in "biu":
        return op.apply(inputs, values)
    if op.check is not None:
        op.check(*arrays)
    raise explain(op.name, error, arrays) from None


def _wrong_operand(op: Operation, inputs: Sequence[Any]) -> int | None:
    """The position of the first of `inputs` that is neither a tensor nor a number where there may be one."""
    tensors = 0
    for i, x in enumerate(inputs):
        if isinstance(x, Tensor):
            tensors += 1
        elif x is None:
            if op.inputs[i] not in op.optional and (op.promotion is not None or i == 0):
                return i
        elif not (op.numbers and isinstance(x, (*NUMBERS, np.generic))):
            return i
    return None if tensors else 0


def write_out(op: Operation, inputs: Sequence[Any], values: dict[str, Any], out: Any) -> Any:
    """Computes without recording and writes the results into `out`, resized where it has another shape."""
    outs = out if isinstance(out, (tuple, list)) else (out,)
    if modes.grad and any(isinstance(x, Tensor) and x.requires_grad for x in (*inputs, *outs)):
        raise RuntimeError(
            f"{op.name}(): functions with out=... arguments don't support automatic differentiation, "
            "but one of the arguments requires grad."
        )
    with grad_modes.no_grad():
        results = op.apply(inputs, values)
        for target, result in zip(outs, results if isinstance(results, tuple) else (results,)):
            check_can_cast_for_inplace(result._array.dtype, target._array.dtype)
            if target.shape != result.shape:
                target.resize_(result.shape)
            target.copy_(result)
    return out


def _must_be_tensor(op: Operation, position: int, value: Any) -> str:
    return (
        f"{op.name}(): argument '{op.inputs[position]}' (position {position + 1}) must be Tensor, "
        f"not {type(value).__name__}"
    )


def _by_name(name: str, arity: int) -> Callable:
    if arity == 1:
        return lambda xp, input: getattr(xp, name)(input)
    return lambda xp, input, other: getattr(xp, name)(input, other)


def _describe(function: Callable, op: Operation, doc: str | None, name: str | None = None) -> Callable:
    function.__name__ = function.__qualname__ = name or op.name
    function.__doc__ = doc
    parameters = [inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD) for n in op.inputs]
    given = inspect.signature(op.forward).parameters
    parameters += [given[n].replace(annotation=inspect.Parameter.empty) for n in op.parameters]
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return function
