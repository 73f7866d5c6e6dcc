"""What a call means: which of its arguments are tensors, which parameters, and what `out=` and options ask for.

`bind` sorts the arguments of any call of an operation, and raises what PyTorch raises for wrong ones; `general_call` is
the call that follows from it, for operations that have no straighter one in `recording.py`.

Read first: `operation.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mutagrad import modes as grad_modes
from mutagrad.dtypes import check_target
from mutagrad.graph import EMPTY
from mutagrad.modes import modes
from mutagrad.operands import NUMBERS, Number, explain
from mutagrad.operation import Operation
from mutagrad.tensor import Tensor
from mutagrad.writability import check_overlap


def general_call(op: Operation) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        op_, inputs, values, out = bind(op, args, kwargs)
        return op_.apply(inputs, values) if out is None else write_out(op_, inputs, values, out)

    return call


def check_sequence(function: str, name: str, tensors: Any, position: int = 1) -> None:
    """Raises TypeError where the argument `name` of `function` is no tuple or list of tensors."""
    if not isinstance(tensors, (tuple, list)):
        kind = type(tensors).__name__
        raise TypeError(f"{function}(): argument '{name}' (position {position}) must be tuple of Tensors, not {kind}")
    for i, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type(tensor).__name__}")


NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim"}  # PyTorch takes NumPy's names as well


def bind(
    op: Operation, args: tuple, kwargs: dict[str, Any], in_place: bool = False
) -> tuple[Operation, tuple, dict[str, Any], Any]:
    """The operation meant by a call, its tensor inputs, its parameters and its `out=`.

    Raises TypeError where the arguments are not those of the operation, or of its method `in_place`.
    """
    count = len(op.inputs)
    if len(args) >= count and not op.required and kwargs.keys() <= op.named:
        inputs = args[:count]
        for x in inputs:
            if not isinstance(x, Tensor):
                break
        else:
            if len(args) == count:
                return op, inputs, kwargs, None
            values = dict(zip(op.parameters, args[count:]))
            if len(values) + count == len(args) and not kwargs.keys() & values.keys():
                values.update(kwargs)
                return op, inputs, values, None
    inputs = tuple(args[:count])
    called = op.name + "_" if in_place else op.name
    values = dict(zip(op.parameters, args[count:]))
    if len(args) - count > len(op.parameters):
        raise TypeError(
            f"{called}() takes {count + len(op.parameters)} positional arguments but {len(args)} were given"
        )
    options = {}
    for name, value in kwargs.items():
        name = NUMPY_NAMES.get(name, name)
        if name in op.parameters and name not in values:
            values[name] = value
        elif name not in op.inputs[len(args) :]:
            options[name] = value
    for name in op.inputs[len(inputs) :]:
        if name not in kwargs and name not in op.optional:
            raise TypeError(f'{called}() missing 1 required positional arguments: "{name}"') from None
        inputs += (kwargs.get(name),)
    for name in op.required:
        if name not in values:
            raise TypeError(f'{called}() missing 1 required positional arguments: "{name}"') from None
    wrong = wrong_operand(op, inputs)
    if wrong is not None:
        raise TypeError(must_be_tensor(op, wrong, inputs[wrong], in_place)) from None
    if not options:
        return op, inputs, values, None
    chosen, more, out = choose(op, options, called)
    return chosen, inputs, {**values, **more}, out


def choose(op: Operation, options: dict[str, Any], called: str = "") -> tuple[Operation, dict[str, Any], Any]:
    """The operation that a call with these further keyword arguments means, its parameters and its `out=`."""
    out = options.get("out")
    named = {name: value for name, value in options.items() if name != "out"}
    for name in named:
        if name not in op.options:
            raise TypeError(f"{called or op.name}() got an unexpected keyword argument '{name}'")
    return (*(op.variant(**named) if named and op.variant is not None else (op, EMPTY)), out)


def with_options(op: Operation, inputs: tuple, options: dict[str, Any]) -> Any:
    op, values, out = choose(op, options)
    return op.apply(inputs, values) if out is None else write_out(op, inputs, values, out)


def wrong_operand(op: Operation, inputs: Sequence[Any]) -> int | None:
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


def must_be_tensor(op: Operation, position: int, value: Any, in_place: bool = False) -> str:
    """What is said of an operand that is none; methods in place do not count the tensor that they are called on."""
    name, place = (op.name + "_", position) if in_place else (op.name, position + 1)
    return f"{name}(): argument '{op.inputs[position]}' (position {place}) must be Tensor, not {type(value).__name__}"


# Output tensors and refused dtypes ------------------------------------------------------------------------------------


def write_out(op: Operation, inputs: Sequence[Any], values: dict[str, Any], out: Any) -> Any:
    """Computes without recording and writes the results into `out`, resized where it has another shape."""
    outs = out if isinstance(out, (tuple, list)) else (out,)
    for target in outs:
        if not isinstance(target, Tensor):
            raise TypeError(f"{op.name}(): argument 'out' must be Tensor, not {type(target).__name__}")
    if modes.grad and any(isinstance(x, Tensor) and x.requires_grad for x in (*inputs, *outs)):
        raise RuntimeError(
            f"{op.name}(): functions with out=... arguments don't support automatic differentiation, "
            "but one of the arguments requires grad."
        )
    with grad_modes.no_grad():
        results = op.apply(inputs, values)
        pairs = list(zip(outs, results if isinstance(results, tuple) else (results,)))
        for target, result in pairs:
            check_target(result._array.dtype, target._array.dtype, op.casts, op.promotion is not None)
            if op.promotion is not None and target.shape == result.shape:
                check_overlap(target, inputs)
        for target, result in pairs:
            if target.shape != result.shape:
                target.resize_(result.shape)
            target.copy_(result)
    return out


def otherwise(op: Operation, inputs: tuple, error: Exception, values: dict[str, Any] = EMPTY) -> Any:
    """The result where a kernel has refused the inputs' own dtype with `error`, but not that of their promotion."""
    inputs = tuple([x.value if type(x) is Number else x for x in inputs])
    arrays = [x._array if isinstance(x, Tensor) else x for x in inputs]
    if op.promotion in ("float", "number") and arrays[0].dtype.kind in "biu":
        return op.apply(inputs, values)
    if op.check is not None:
        op.check(*arrays)
    raise explain(op.name, error, arrays) from None
