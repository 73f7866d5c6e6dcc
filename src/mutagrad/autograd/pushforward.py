"""How an operation pushes tangents forward: the rule of each, from the one declaration.

A declaration says with `jvp=` how the tangent of the result follows from those of the inputs:

- "diagonal", what `pointwise` operations are: the Jacobian is diagonal, so the gradient rule of an input is the tangent
  rule too. Gradient rules multiply with the conjugate of the derivative; the tangent's is jvp(t) = conj(vjp(conj(t))).
- "linear": the operation itself, of the tangents.
- "multilinear": the sum over the inputs of the operation with that input replaced by its tangent.
- "reducing", for sums and norms and whatever else gives each element to one element of the result: the inner product of
  the tangent with the gradient, which is the rule for a cotangent of ones.
- a function `jvp(xp, tangents..., ...)` of the inputs' tangents (None where there is none) and, by the names of its
  further parameters, of what a gradient rule can ask for, and of all inputs and outputs.
- "transposed", the default, right for every operation: vjp(u) is linear in u, and so the gradient of
  <vjp(u), t> by u is J t. It costs a small reverse pass.

Rules run on tensors, so that what they compute is recorded and has tangents in the outer levels itself.

Read first: `tangents.py`, `operation.py`.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import Any

from mutagrad.autograd.backward import grad
from mutagrad.dtypes import ARRAYS
from mutagrad.graph import NOTHING, Leaf, Node
from mutagrad.modes import enable_grad, modes
from mutagrad.namespaces import tensors as xp
from mutagrad.operation import Operation
from mutagrad.ops.dimensions import axes_of
from mutagrad.signatures import names_of
from mutagrad.tangents import may_have_tangent, overwrite, push, push_into, save, state, tangent_of
from mutagrad.tensor import Tensor, wrap

WANTED: Any = (0, None, Leaf)  # an edge that says no more than that a share is wanted


class _Cell:
    """A saved value as a rule reads it."""

    __slots__ = ("array",)

    def __init__(self, array: Any) -> None:
        self.array = array


class Call:
    """One call of an operation: what its rules may ask for, as tensors."""

    def __init__(
        self,
        operation: Operation,
        inputs: Sequence[Any],
        outputs: Sequence[Tensor],
        results: Sequence[Any],
        values: Any,
    ) -> None:
        self.operation = operation
        self.inputs = inputs
        self.outputs = outputs
        self.results = results
        self.values = operation.all_values(inputs, values)

    def find(self, name: str) -> Any:
        """An input, an output, a derived value or a parameter, by name."""
        operation = self.operation
        if name in operation.inputs and not operation.sequence:
            return _as_tensor(self.inputs[operation.inputs.index(name)])
        if name in operation.outputs:
            return self.outputs[operation.outputs.index(name)]
        if name in operation.derived:
            return _as_tensor(self.results[len(operation.outputs) + operation.derived.index(name)])
        return self.values[name]

    def shares(self, ct: Any, wanted: Sequence[bool]) -> Sequence[Any]:
        """The shares of the wanted inputs in the cotangent `ct`."""
        node = Node()
        node.values = self.values
        node.edges = tuple([WANTED if each else None for each in wanted])
        cells = [_Cell(self.find(name)) for name in self.operation.saves]
        return self.operation.pullback(xp, ct, cells, node)


def _as_tensor(value: Any) -> Any:
    return wrap(value) if isinstance(value, ARRAYS) else value  # type: ignore[arg-type]


# The rules ----------------------------------------------------------------------------------------------------------


def tangents(call: Call, given: Sequence[Tensor | None]) -> Any:
    """The tangent of the result (of several results: a tuple), from those `given` of the inputs."""
    rule = call.operation.jvp
    if callable(rule):
        return rule(xp, *given, **{name: call.find(name) for name in _asked(rule, len(given))})
    return _RULES[rule](call, given)


@functools.cache
def _asked(rule: Any, count: int) -> tuple[str, ...]:
    """What a rule asks for besides the namespace and the tangents."""
    return names_of(rule)[1 + count :]


def _diagonal(call: Call, given: Sequence[Tensor | None]) -> Tensor | None:
    """Each gradient rule, of the input's tangent."""
    out = call.outputs[0]
    total = None
    for i, tangent in enumerate(given):
        if tangent is None:
            continue
        if tangent.shape != out.shape:
            tangent = xp.broadcast_to(tangent, out._array.shape)
        part = call.shares(_conjugate(tangent), [k == i for k in range(len(given))])[i]
        if part is not None:
            part = _conjugate(part)
            total = part if total is None else total + part
    return total


def _conjugate(x: Any) -> Any:
    return xp.conj(x) if isinstance(x, Tensor) and x.is_complex() else x


def _linear(call: Call, given: Sequence[Tensor | None]) -> Tensor:
    """The operation, of the tangents."""
    filled = [xp.zeros_like(x) if t is None and isinstance(x, Tensor) else t for x, t in zip(call.inputs, given)]
    return call.operation.apply(filled, _parameters(call))


def _multilinear(call: Call, given: Sequence[Tensor | None]) -> Tensor | None:
    """The sum of the results with one input replaced by its tangent."""
    total = None
    for i, tangent in enumerate(given):
        if tangent is not None:
            inputs = [tangent if k == i else x for k, x in enumerate(call.inputs)]
            part = call.operation.apply(inputs, _parameters(call))
            total = part if total is None else total + part
    return total


def _parameters(call: Call) -> dict[str, Any]:
    return {name: call.values[name] for name in call.operation.parameters}


def _reducing(call: Call, given: Sequence[Tensor | None]) -> Tensor | None:
    """The inner products of the tangents with the gradients."""
    out = call.outputs[0]
    shares = call.shares(xp.ones_like(out), [t is not None for t in given])
    parts = [_conjugate(share) * t for share, t in zip(shares, given) if t is not None and share is not None]
    if not parts:
        return None
    total = functools.reduce(operator.add, parts)
    if "dim" not in call.values:
        return xp.fit(total, out._array.shape, out._array.dtype)
    return xp.sum(total, axis=axes_of(call.values["dim"], total.ndim), keepdims=call.values["keepdim"])


def _transposed(call: Call, given: Sequence[Tensor | None]) -> Any:
    """The gradient of <vjp(u), tangents> by u, the cotangents of the differentiable outputs."""
    differentiable = [out._array.dtype.kind in "fc" for out in call.outputs]
    cts = [xp.zeros_like(out).requires_grad_() if d else None for out, d in zip(call.outputs, differentiable)]
    with enable_grad():
        several = call.operation.several
        shares = call.shares(cts if several else cts[0], [t is not None for t in given])
        paired = [
            (xp.fit(share, x._array.shape, x._array.dtype), t)
            for share, t, x in zip(shares, given, call.inputs)
            if t is not None and isinstance(share, Tensor) and share.requires_grad
        ]
    if not paired:
        return None
    found = grad(
        [share for share, _ in paired],
        [ct for ct in cts if ct is not None],
        [t.to(share.dtype) for share, t in paired],
        create_graph=modes.grad,
        allow_unused=True,
    )
    made = iter(found)
    made = tuple([next(made) if d else None for d in differentiable])
    return made if several else made[0]


_RULES = {
    "diagonal": _diagonal,
    "linear": _linear,
    "multilinear": _multilinear,
    "reducing": _reducing,
    "transposed": _transposed,
}


# Where calls come in ------------------------------------------------------------------------------------------------


def follow(
    operation: Operation,
    inputs: Sequence[Any],
    values: dict[str, Any],
    outputs: Sequence[Tensor],
    results: Sequence[Any],
) -> None:
    """Gives the outputs of a call their tangents, and its node the tangents of what it saved."""
    if not may_have_tangent(inputs):
        return
    call = Call(operation, inputs, outputs, results, values)
    if push(outputs, inputs, lambda *t: tangents(call, t) if operation.differentiable else None, fresh=True):
        _keep(call, next((out for out in outputs if out.requires_grad), None))


def prepare(operation: Operation, target: Tensor, inputs: Sequence[Any]) -> Any:
    """What `follow_in_place` needs of the time before the target is written; None where nobody has a tangent.

    That is the tangents of the inputs, and the inputs as they are: those that a rule needs and that the write is about
    to destroy are copied.
    """
    given = {level: [tangent_of(x, level) for x in inputs] for level in state.levels}
    if all(t is None for each in given.values() for t in each):
        return None
    kept = [
        x.clone()
        if isinstance(x, Tensor)
        and x._family.storage is target._family.storage
        and (callable(operation.jvp) or operation.jvp == "multilinear" or name in operation.saves)
        else x
        for x, name in zip(inputs, operation.inputs)
    ]
    return kept, given


def follow_in_place(
    operation: Operation, target: Tensor, prepared: Any, values: dict[str, Any], results: Sequence[Any], recorded: bool
) -> None:
    """Writes the target's tangents after the target was written."""
    kept, given = prepared
    call = Call(operation, kept, [target], results, values)

    def write(target: Tensor, level: Any, *_: Any) -> None:
        if any(t is not None for t in given[level]):
            overwrite(target, level, tangents(call, given[level]) if operation.differentiable else None)

    push_into(target, kept, write)
    if recorded:
        _keep(call, target)


def _keep(call: Call, output: Tensor | None) -> None:
    """Keeps with the node that wrote the output the tangents of what it saved."""
    if output is None:
        return
    node: Any = output._family.edge[2]  # type: ignore[index]
    saved = zip(call.operation.saves, node.saved)
    tokens = [None if cell is NOTHING else save(call.find(name)) for name, cell in saved]
    if any(tokens):
        node.values = {**node.values, "tangents": tokens}


Operation.follow = staticmethod(follow)
Operation.prepare_tangents = staticmethod(prepare)
Operation.follow_in_place = staticmethod(follow_in_place)
