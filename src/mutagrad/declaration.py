"""From one declaration to everything a user can call: function, method, in-place method, operator form, `out=`.

`pointwise` declares an operation that works element by element with broadcasting and promotion, `operation` any other.
Both return the public function and attach the methods to `Tensor`. `composite` attaches a function that is written in
terms of other operations and so needs no rule.

Read first: `operation.py`. Read next: `recording.py`, `calls.py` and `overwriting.py`, which make the functions and
methods.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from inspect import Parameter, Signature, cleandoc
from typing import Any

import numpy as np

from mutagrad.binding import general_call
from mutagrad.calls import direct_call, sequence_call
from mutagrad.namespaces import arrays as xp
from mutagrad.namespaces import elementwise
from mutagrad.operation import Operation, Refusal
from mutagrad.overwriting import in_place_call
from mutagrad.pullback import Rule
from mutagrad.recording import binary, parametrised, ternary, unary
from mutagrad.signatures import names_of, parameter, parameters_of
from mutagrad.tensor import Tensor


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
    written: Callable[..., Any] | None = None,
    in_place: bool = True,
    method: bool = True,
    aliases: Sequence[str] = (),
    operators: str = "",
    node_name: str | None = None,
    number_name: str | None = None,
    jvp: str | Callable = "diagonal",
    casts: bool | None = None,
    direct: Callable | None = None,
    doc: str = "",
    **rules: Rule | None,
) -> Any:
    """Declares an operation that works element by element, and returns its function.

    `forward` is a function of `xp` and the arrays, or the name of a function of `xp`, with a rule for each of its
    arrays; `rules` gives for each input the rule of its share. `promotion` is "promote", "float" (integers become
    the default dtype), "number" (masks become integers) or "compare" (promote, with a result of another dtype);
    inputs named in `apart` keep out of it. `check` sees the inputs before it, `refuses` (made in `ops/checks.py`)
    their common dtype.

    `numbers` says whether Python numbers may stand for tensors, `by_number` what to call when the second input is one.
    A call with further keyword arguments (`alpha=`) is one of the operation that `variant(**arguments)` gives, with
    its parameters. `written(array, inputs)` gives the positions that the in-place form writes where that is not all.
    `jvp` is the rule of the tangent (`autograd/pushforward.py`) where the Jacobian is not diagonal.
    `casts` says whether the result is cast to the dtype of `out=`; by default, where the operation does not simply keep
    the dtype of its one input. `direct` is what comes to the same as `forward` for arrays in single or double precision.
    `operators` names the Python operators that call it, augmented ones too: "add radd iadd".
    """
    kernel = writing = None
    if isinstance(forward, str):
        direct = getattr(xp, forward)
        kernel = direct if isinstance(direct, np.ufunc) else None
        writing = elementwise.writing.get(forward)
        forward = _by_name(forward, len(rules) if kernel is None else kernel.nin)
    else:
        direct = direct or partial(forward, xp)
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
        jvp=jvp,
        casts=casts,
    )
    op.numbers = numbers
    op.writing = writing
    op.variant = variant
    op.options = () if variant is None else names_of(variant)
    op.written = op.with_number.written = written
    op.compute = compute = kernel if kernel is not None else partial(op.forward, xp)
    refused = "" if refuses is None else refuses[0]
    op.direct = compute if "f" in refused else direct
    function = in_operator = _call_of(op, compute)
    if function is None:
        function = binary(op, compute, by_number)
        in_operator = binary(op, compute, by_number, operator=True)
    publish(op, function, in_place=in_place, method=method, aliases=aliases, doc=_documented(op, doc))
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
    jvp: str | Callable = "transposed",
    casts: bool | None = None,
    wrapper: Callable[[Callable], Callable] | None = None,
    **rules: Rule | None,
) -> Callable[[Callable], Callable[..., Any]]:
    """Declares the decorated forward function `forward(xp, inputs..., /, parameters...)` as an operation.

    What stands before the slash are the tensor inputs. `derived` names further (not differentiable) results that the
    rules may ask for and the user does not see. `jvp` is the rule of the tangent: see `autograd/pushforward.py`.
    `casts` says whether a result is cast to the dtype of `out=`; by default, if its inputs are promoted.
    `wrapper` adapts the call to PyTorch's signature where it differs.
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
            jvp=jvp,
            casts=casts,
        )
        function = sequence_call(op) if sequence else direct_call(op)
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
    function.operation = op
    op.public = function
    for name in (op.name, *aliases):
        if method:
            setattr(Tensor, name, function)
        if in_place:
            written = _describe(in_place_call(op), op, f"In-place form of `{op.name}`.", name + "_")
            function.in_place = written
            if method:
                setattr(Tensor, name + "_", written)
    return function


# Parts ----------------------------------------------------------------------------------------------------------------


def _call_of(op: Operation, compute: Callable) -> Callable[..., Any] | None:
    """The function of a pointwise operation; None for one of two tensors, which has two."""
    count = len(op.inputs)
    if count == 1:
        return parametrised(op, compute) if op.parameters else unary(op)
    if op.shapes or op.dtypes or count > 3 or (count == 2 and op.parameters):
        return general_call(op)
    return ternary(op, compute) if count == 3 else None


_DTYPES = {
    "promote": "promoted",
    "float": "promoted, whole numbers to the default dtype",
    "number": "promoted, masks to whole numbers",
    "compare": "promoted for the computation",
    None: "kept",
}


def _documented(op: Operation, doc: str) -> str:
    """The text of a pointwise operation, and what follows from its declaration."""
    shapes = "broadcast together" if len(op.inputs) > 1 else "any"
    gradient = f"saves {' and '.join(f'`{name}`' for name in op.saves) or 'nothing'}" if op.differentiable else "none"
    return f"{cleandoc(doc)}\n\nShapes: {shapes}.  Dtypes: {_DTYPES[op.promotion]}.  Gradient: {gradient}."


def _by_name(name: str, arity: int) -> Callable:
    if arity == 1:
        return lambda xp, input: getattr(xp, name)(input)
    return lambda xp, input, other: getattr(xp, name)(input, other)


def _describe(function: Callable, op: Operation, doc: str | None, name: str | None = None) -> Callable:
    function.__name__ = function.__qualname__ = name or op.name
    function.__doc__ = doc
    parameters = [parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in op.inputs]
    parameters += [p for p in op.signature if p.name in op.named]
    named = [] if op.variant is None else [(p.name, p.default) for p in parameters_of(op.variant)]
    if not (name or "").endswith("_"):
        named.append(("out", None))
    parameters += [parameter(name, Parameter.KEYWORD_ONLY, default) for name, default in named]
    function.__signature__ = Signature(parameters)
    return function
