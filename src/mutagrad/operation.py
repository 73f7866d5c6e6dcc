"""How an operation is declared, called and recorded.

An `Operation` is declared once: its value, a gradient rule for each input, and what goes with it. A rule is a function
`rule(xp, ct, ...)` that gives the input's share of the cotangent `ct`; the names of its further parameters say what it
needs, and that is what gets saved: the name of an input or an output (or of a `derived` value), `<input>_shape`,
`<input>_dtype`, or the name of a parameter of the operation (`pullback.py` reads them). From the declaration follow the
function, the method, the in-place method, `out=`.

    exp = pointwise("exp", lambda xp, input: xp.exp(input), input=lambda xp, ct, out: ct * xp.conj(out))

Forward and rules are written against a namespace `xp` (`namespaces/`): they run on NumPy arrays, under
`create_graph=True` on tensors, and on any other array library's arrays.

The way of a value: user's call → `apply` here → `forward` → `record`; the common calls of pointwise operations go a
straighter one (`recording.py`).

Read first: `operands.py`, `pullback.py`. Read next: `in_place.py` for writes, `declaration.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from functools import partial, wraps
from typing import Any

import numpy as np

from mutagrad.batched import Batched, Unbatchable, union
from mutagrad.batched.functions import DYNAMIC, OF_DYNAMIC_SHAPE, sample_by_sample
from mutagrad.dtypes import ARRAYS, get_default_dtype, result_type
from mutagrad.graph import NOTHING, Edge, Node, next_sequence
from mutagrad.modes import extras, modes
from mutagrad.namespaces import arrays as xp
from mutagrad.namespaces import batched
from mutagrad.operands import HALF, SINGLE, all_tensors, as_array, as_dtype, constant, explain, fitting, save
from mutagrad.packing import pack
from mutagrad.pullback import Rule, joint_pullback, plan_rules, pullback, pullback_of_large, same
from mutagrad.report.spans import caller_position
from mutagrad.signatures import Parameter, parameters_of
from mutagrad.tangents import state
from mutagrad.tensor import Tensor, edge_of, wrap

ndarray = np.ndarray
Refusal = tuple[str, Callable[[np.dtype], Exception]]
INT64 = np.dtype(np.int64)

declared: list[Operation] = []
"""Every operation, in the order of their declarations."""


class Operation:
    """One operation, as declared: see the module's text.

    `promotion` says how dtypes mix: "promote" (to the common dtype), "float" (and integers to the default dtype),
    "number" (and masks to integers), "compare" (promote, with another result dtype) or None (the inputs are taken as
    they are); inputs named in `apart` keep out of it. `refuses` holds the kinds of dtype that PyTorch has no kernel
    for, and the exception for one; `check`, called with the arrays and numbers of the inputs, raises for what else
    PyTorch refuses. `sequence` marks an operation whose one input is a sequence of tensors. `joint` is one rule that
    gives the shares of all inputs. `number_name` is the node's name when an input is a number, where PyTorch has
    another. `jvp` says how tangents are pushed forward: see `autograd/pushforward.py`. `casts` says whether the result is
    cast to the dtype of `out=`.
    """

    def __init__(
        self,
        name: str,
        forward: Callable,
        rules: Mapping[str, Rule | None],
        *,
        promotion: str | None = None,
        outputs: tuple[str, ...] = ("out",),
        derived: tuple[str, ...] = (),
        sequence: bool = False,
        joint: Rule | None = None,
        node_name: str | None = None,
        number_name: str | None = None,
        apart: tuple[str, ...] = (),
        refuses: Refusal | None = None,
        check: Callable[..., None] | None = None,
        kernel: np.ufunc | None = None,
        jvp: str | Callable[..., Any] = "transposed",
        casts: bool | None = None,
    ) -> None:
        self.name = name
        self.promotion = promotion
        self.outputs = outputs
        self.several = len(outputs) > 1
        self.derived = derived
        self.sequence = sequence
        self.node_name = node_name or "".join(map(str.capitalize, name.split("_"))) + "Backward0"
        self.kernel = kernel
        # The forward over NumPy arrays, of pointwise operations; and what computes it on those of single and double.
        self.compute: Any = None
        self.direct: Any = None
        self.writing: Any = None  # what writes it over such an array in place: `elementwise.writing`
        self.written: Any = None  # where the in-place form leaves elements alone: the positions of those it writes
        self.check = check
        self.signature = parameters_of(forward)[1:]
        self.inputs, self.parameters, self.defaults = _signature(self.signature)
        self.optional = _optional(self.signature)
        self.named = frozenset(self.parameters)
        self.required = [name for name in self.parameters if name not in self.defaults]
        self.mixing = [name not in apart for name in self.inputs]
        in_single = promotion not in (None, "compare") and not derived
        self.lead = self.mixing.index(True)
        self.forward = _guarded(forward, self.lead, refuses, in_single)
        self.numbers = promotion is not None
        keeps_dtype = promotion == "promote" and len(self.inputs) == 1
        self.casts = promotion is not None and not keeps_dtype if casts is None else casts
        self.variant: Callable[..., tuple[Operation, dict[str, Any]]] | None = None
        self.options: tuple[str, ...] = ()
        unknown = set(rules) - set(self.inputs)
        if unknown:
            raise TypeError(f"{name}: rules for {sorted(unknown)}, but its inputs are {self.inputs}")
        self.rules = [rules.get(i) for i in self.inputs]
        self.joint = joint
        self.jvp = jvp
        self.differentiable = joint is not None or any(self.rules)
        self.passes = joint is None and self.rules[0] is same  # whether all of the cotangent goes to the first input
        self._plan()
        self.public: Callable[..., Any] | None = None  # the function that calls it
        self.composed = False  # whether it stands for a composed operation: see `ops/naming.py`
        self.with_number = self
        if number_name is not None:
            self.with_number = copy(self)
            self.with_number.node_name = number_name
        declared.append(self)

    def _plan(self) -> None:
        """Works out from the rules' parameter names what is saved for which input, and how the rules are called."""
        rules = [self.joint] if self.joint else self.rules
        saves, plans = plan_rules(self.name, rules, (*self.inputs, *self.outputs, *self.derived))
        self.saves = tuple(saves)
        # Which inputs' rules need each saved value; what is no input is kept with the output.
        everyone = tuple(range(len(self.inputs)))
        self.users = (everyone,) * len(saves) if self.joint else tuple(map(tuple, saves.values()))
        self.saved_input = tuple([self.inputs.index(name) if name in self.inputs else None for name in saves])
        self.shapes = self.dtypes = ()
        wants = {name for plan in plans if plan for name in plan.names}.difference(self.parameters, ("needed",))
        if wants:
            self.shapes = tuple([(i, n + "_shape") for i, n in enumerate(self.inputs) if n + "_shape" in wants])
            self.dtypes = tuple([(i, n + "_dtype") for i, n in enumerate(self.inputs) if n + "_dtype" in wants])
            unknown = wants.difference([name for _, name in (*self.shapes, *self.dtypes)])
            if unknown:
                raise TypeError(f"{self.name}: a rule names {sorted(unknown)}, which is not known")
        lone = plans[0] if self.joint else None
        self.pullback = pullback(plans) if lone is None else joint_pullback(lone)
        self.pullback_of_large = None if self.joint or self.several else pullback_of_large(plans)

    def __repr__(self) -> str:
        return f"<operation {self.name}>"

    # How tangents are pushed forward, attached by autograd/pushforward.py.
    follow: Callable[..., None]
    prepare_tangents: Callable[..., Any]
    follow_in_place: Callable[..., None]

    # Calling --------------------------------------------------------------------------------------------------------

    def prepare(self, inputs: Sequence[Any]) -> list[Any]:
        """The arrays of the inputs, in the dtype they are computed in."""
        arrays = [x._array if isinstance(x, Tensor) else x for x in inputs]
        if self.check is not None:
            self.check(*arrays)
        if self.promotion is None or self._agree(arrays):
            return arrays
        common = result_type(*[a for a, mixes in zip(arrays, self.mixing) if mixes and a is not None])
        if self.promotion == "float" and common.kind in "biu":
            common = get_default_dtype().numpy
        elif self.promotion == "number" and common.kind == "b":
            common = INT64
        return [as_dtype(a, common) if mixes and a is not None else a for a, mixes in zip(arrays, self.mixing)]

    def _agree(self, arrays: Sequence[Any]) -> bool:
        """Whether all inputs that mix are arrays of one dtype that is computed in as it is."""
        common = None
        for a, mixes in zip(arrays, self.mixing):
            if mixes and a is not None:
                if type(a) not in ARRAYS or (common is not None and a.dtype is not common):
                    return False
                common = a.dtype
        return common is not None and (common.kind in "fc" or self.promotion in ("promote", "compare"))

    def settle(self, result: Any, arrays: Sequence[Any]) -> Any:
        """The result in the dtype that the inputs were promoted to, where a kernel gave another."""
        if self.promotion == "compare" or self.promotion is None or self.derived:
            return result
        common = arrays[self.lead].dtype
        return result if result.dtype is common else result.astype(common)

    def apply(self, inputs: Sequence[Any], values: dict[str, Any], prepared: list[Any] | None = None) -> Any:
        """The recorded result for tensors (or Python numbers) `inputs` and parameters `values`."""
        if extras[0] and modes.around_calls:
            return surrounded(self, inputs, values, lambda: self._apply(inputs, values, prepared))
        return self._apply(inputs, values, prepared)

    def _apply(self, inputs: Sequence[Any], values: dict[str, Any], prepared: list[Any] | None) -> Any:
        arrays = self.prepare(inputs) if prepared is None else prepared
        try:
            if extras[0] and modes.around_values:
                result = modes.around_values[-1](self, lambda: self._value(arrays, values))
            else:
                result = self._value(arrays, values)
        except (ValueError, TypeError) as error:
            raise explain(self.name, error, arrays) from None
        result = self.settle(result, arrays)
        if self.differentiable and modes.grad:
            edges = tuple([edge_of(x) if isinstance(x, Tensor) else None for x in inputs])
            for edge in edges:
                if edge is not None:
                    if self.promotion is not None:
                        inputs = [x if isinstance(x, Tensor) else a for x, a in zip(inputs, arrays)]
                    made = (self.record_several if self.several else self.record)(inputs, edges, result, values)
                    break
            else:
                made = self._unrecorded(result)
        else:
            made = self._unrecorded(result)
        if extras[0] and state.levels:
            results = result if self.several or self.derived else (result,)
            if self.promotion is not None:
                inputs = [x if isinstance(x, Tensor) else a for x, a in zip(inputs, arrays)]
            self.follow(self, inputs, values, made if self.several else (made,), results)
        return made

    def _value(self, arrays: Sequence[Any], values: dict[str, Any]) -> Any:
        if extras[0] and union(*arrays):
            return self.of_samples(arrays, values)
        return self.forward(xp, arrays, **values) if self.sequence else self.forward(xp, *arrays, **values)

    def _unrecorded(self, result: Any) -> Any:
        """The result as one tensor or a tuple of them, without a history."""
        if not self.several:
            return wrap(as_array(result[0] if self.derived else result))
        return tuple([wrap(as_array(array)) for array in result[: len(self.outputs)]])

    def of_samples(self, arrays: Sequence[Any], values: dict[str, Any]) -> Any:
        """The forward where arrays have hidden dimensions: of all samples at once, or else one after another."""
        given = (arrays,) if self.sequence else arrays
        if self.name in OF_DYNAMIC_SHAPE:
            raise RuntimeError(DYNAMIC.format(self.name))
        try:
            return self.forward(batched, *given, **values)
        except Unbatchable:
            return sample_by_sample(partial(self.forward, xp))(*given, **values)

    def record(self, inputs: Sequence[Any], edges: tuple[Edge | None, ...], result: Any, values: dict) -> Tensor:
        """The result as a tensor that knows how it was made."""
        results = result if self.derived else (result,)
        array = as_array(results[0])
        tensor = wrap(array)
        if array.dtype.kind not in "fc":
            return tensor
        node = Node()
        node.sequence = node.key = sequence = next_sequence()
        node.operation = self if self.with_number is self or all_tensors(inputs) else self.with_number
        node.edges = edges
        node.region = node.watches = node.fit = None
        node.code, node.instruction = caller_position(3)
        tensor._family.edge = (sequence, None, node)
        self.keep(node, inputs, edges, (tensor,), results, values)
        if self.promotion is not None or type(array) is Batched:
            node.fit = self.misfit(inputs, edges, array)
        return tensor

    def record_several(self, inputs: Sequence[Any], edges: tuple, results: Any, values: dict) -> tuple[Tensor, ...]:
        """The results as tensors that know how they were made."""
        made = tuple([wrap(as_array(array)) for array in results[: len(self.outputs)]])
        node = Node()
        node.sequence = sequence = next_sequence()
        node.operation = self
        node.edges = edges
        node.region = node.watches = None
        node.code, node.instruction = caller_position(3)
        keys = []
        for i, tensor in enumerate(made):
            if tensor._array.dtype.kind in "fc":
                key = sequence if not keys else next_sequence()
                tensor._family.edge = (key, None, node)
                tensor._output = i
                keys.append(key)
            else:
                keys.append(-1)
        node.key = tuple(keys)
        self.keep(node, inputs, edges, made, results, values)
        if self.promotion is not None or type(made[0]._array) is Batched:
            node.fit = self.misfit(inputs, edges, made[0]._array)
        else:
            node.fit = None
        return made

    def keep(
        self, node: Node, inputs: Sequence[Any], edges: tuple, made: Sequence, results: Sequence, values: dict
    ) -> None:
        """Saves with the node what its rules will need."""
        saved = []
        for name, position, users in zip(self.saves, self.saved_input, self.users):
            for i in users:
                if self.sequence or edges[i] is not None:
                    break
            else:
                saved.append(NOTHING)
                continue
            if position is not None:
                saved.append(save(inputs[position]))
            elif name in self.outputs:
                tensor = made[self.outputs.index(name)]
                saved.append(tensor._family.storage.save(tensor._array, tensor._view))
            else:
                saved.append(constant(results[len(self.outputs) + self.derived.index(name)]))
        node.saved = tuple(saved)
        if saved and modes.saved_hooks:
            pack(node, [x if isinstance(x, Tensor) else None for x in self._saved(inputs, made, results)])
        node.values = self.all_values(inputs, values)

    def all_values(self, inputs: Sequence[Any], values: dict) -> dict[str, Any]:
        """The parameters by name, those not given too, and the shapes and dtypes of inputs that the rules ask for."""
        if self.parameters:
            values = {**self.defaults, **values}
        if self.shapes or self.dtypes:
            values = dict(values)
            for i, name in self.shapes:
                values[name] = inputs[i]._array.shape if isinstance(inputs[i], Tensor) else ()
            for i, name in self.dtypes:
                values[name] = inputs[i]._array.dtype
        return values

    def _saved(self, inputs: Sequence[Any], made: Sequence, results: Sequence) -> Iterator[Any]:
        """What stands in each cell, where hooks ask for it."""
        for name, position in zip(self.saves, self.saved_input):
            if position is not None:
                yield inputs[position]
            elif name in self.outputs:
                yield made[self.outputs.index(name)]
            else:
                value = results[len(self.outputs) + self.derived.index(name)]
                yield wrap(value) if type(value) is ndarray else value

    def misfit(self, inputs: Sequence[Any], edges: Sequence[Edge | None], out: Any) -> tuple | None:
        """Shape and dtype of each input where one that wants a share has not the output's, or shares may not have them.

        A rule that meets an input of another dtype, be it one without an edge, may give a share in a wider dtype.
        """
        shape, dt = out.shape, out.dtype
        if type(out) is Batched:
            return tuple([fitting(x) if isinstance(x, Tensor) else None for x in inputs])
        for x, edge in zip(inputs, edges):
            if isinstance(x, Tensor) and (x._array.dtype is not dt or (edge is not None and x._array.shape != shape)):
                return tuple([(x._array.shape, x._array.dtype) if isinstance(x, Tensor) else None for x in inputs])
        return None


# Around calls and kernels -------------------------------------------------------------------------------------------


def surrounded(
    operation: Operation, inputs: Sequence[Any], values: dict[str, Any], call: Callable[[], Any], suffix: str = ""
) -> Any:
    """What `call` gives, with what goes on around calls of operations now. In place the `suffix` is "_"."""
    for around in modes.around_calls:
        call = partial(around, operation, inputs, values, call, suffix)
    return call()


def _guarded(forward: Callable, lead: int, refuses: Refusal | None, in_single: bool) -> Callable:
    """`forward`, that refuses dtypes, judged by the array at position `lead`.

    Half precision is worked out in single, as PyTorch does, and rounded once.
    """
    if refuses is None and not in_single:
        return forward
    kinds, refusal = refuses or ("", None)

    @wraps(forward)
    def compute(xp: Any, *arrays: Any, **values: Any) -> Any:
        dt = arrays[lead].dtype
        if dt.kind in kinds and refusal is not None:
            raise refusal(dt)
        if dt is not HALF or not in_single:
            return forward(xp, *arrays, **values)
        wide = [xp.astype(a, SINGLE) if getattr(a, "dtype", None) is HALF else a for a in arrays]
        result = forward(xp, *wide, **values)
        return xp.astype(xp.asarray(result), HALF) if result.dtype is SINGLE else result

    return compute


# The signature of a forward -----------------------------------------------------------------------------------------


def _signature(given: list[Parameter]) -> tuple[tuple[str, ...], tuple[str, ...], dict[str, Any]]:
    """Inputs (before the slash, or else all that may be positional), parameters and their defaults."""
    before_slash = [p.name for p in given if p.kind is p.POSITIONAL_ONLY]
    inputs = before_slash or [p.name for p in given if p.kind is p.POSITIONAL_OR_KEYWORD]
    rest = given[len(inputs) :]
    return tuple(inputs), tuple([p.name for p in rest]), {p.name: p.default for p in rest if p.default is not p.empty}


def _optional(given: list[Parameter]) -> tuple[str, ...]:
    """The inputs that may be None."""
    return tuple([p.name for p in given if p.kind is p.POSITIONAL_ONLY and p.default is None])
