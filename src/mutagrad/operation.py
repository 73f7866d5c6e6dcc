"""How an operation is declared, called and recorded.

An `Operation` is declared once: its value, a gradient rule for each input, and what goes with it. A rule is a function
`rule(xp, ct, ...)` that gives the input's share of the cotangent `ct`; the names of its further parameters say what it
needs, and that is what gets saved: the name of an input or an output (or of a `derived` value), `<input>_shape`,
`<input>_dtype`, or the name of a parameter of the operation. From the declaration follow the function, the method, the
in-place method, `out=`.

    exp = pointwise("exp", lambda xp, input: xp.exp(input), input=lambda xp, ct, out: ct * xp.conj(out))

Forward and rules are written against a namespace `xp` (`namespaces/`): they run on NumPy arrays, under
`create_graph=True` on tensors, and on any other array library's arrays.

The way of a value: user's call → `call` here → `forward` → `record`. That is the hot path of the library.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from functools import partial, wraps
from typing import Any
from weakref import ref

import numpy as np

from mutagrad.batched import NO_WRITE, Batched, Level, Unbatchable, levels_of, physical_of, union, widened
from mutagrad.batched.functions import DYNAMIC, OF_DYNAMIC_SHAPE, sample_by_sample
from mutagrad.dtypes import ARRAYS, check_can_cast_for_inplace, get_default_dtype, of_numpy, result_type, scalar_result
from mutagrad.graph import EMPTY, NOTHING, Edge, Leaf, Node, Watch, next_sequence
from mutagrad.modes import extras, modes
from mutagrad.namespaces import arrays as xp
from mutagrad.namespaces import batched
from mutagrad.overlap import address
from mutagrad.overwrite import statistics
from mutagrad.packing import pack
from mutagrad.regions import Gathered, View, has_overlap
from mutagrad.report import errors
from mutagrad.report.spans import caller_position, caller_span
from mutagrad.storage import Saved, new_storage
from mutagrad.tangents import state
from mutagrad.tensor import Tensor, edge_of, wrap, wrap_view

ndarray = np.ndarray
Rule = Callable[..., Any]
Refusal = tuple[str, Callable[[np.dtype], Exception]]
NUMBERS = (bool, int, float, complex)
HALF, SINGLE, DOUBLE = np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.float64)
INT64 = np.dtype(np.int64)
new = object.__new__

declared: list[Operation] = []
"""Every operation, in the order of their declarations."""


class Operation:
    """One operation, as declared: see the module's text.

    `promotion` says how dtypes mix: "promote" (to the common dtype), "float" (and integers to the default dtype),
    "number" (and masks to integers),
    "compare" (promote, with another result dtype) or None (the inputs are taken as they are); inputs named in `apart`
    keep out of it. `refuses` holds the kinds of dtype that PyTorch has no kernel for, and the exception for one;
    `check`, called with the arrays and numbers of the inputs, raises for what else PyTorch refuses.
    `sequence` marks an operation whose one input is a sequence of tensors. `joint` is one rule that gives the shares of
    all inputs. `number_name` is the node's name when an input is a number, where PyTorch has another. `jvp` says how
    tangents are pushed forward: see `autograd/pushforward.py`.
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
    ) -> None:
        self.name = name
        self.promotion = promotion
        self.outputs = outputs
        self.several = len(outputs) > 1
        self.derived = derived
        self.sequence = sequence
        self.node_name = node_name or "".join(part.capitalize() for part in name.strip("_").split("_")) + "Backward0"
        self.kernel = kernel
        # The forward over NumPy arrays, of pointwise operations; and what computes it on those of single and double.
        self.compute: Any = None
        self.direct: Any = None
        self.written: Any = None  # where the in-place form leaves elements alone: the positions of those it writes
        self.check = check
        self.signature = list(inspect.signature(forward).parameters.values())[1:]
        self.inputs, self.parameters, self.defaults = _signature(self.signature)
        self.optional = _optional(self.signature)
        self.named = frozenset(self.parameters)
        self.required = [name for name in self.parameters if name not in self.defaults]
        self.mixing = [name not in apart for name in self.inputs]
        in_single = promotion not in (None, "compare") and not derived
        self.lead = self.mixing.index(True)
        self.forward = _guarded(forward, self.lead, refuses, in_single)
        self.numbers = promotion is not None
        self.variant: Callable[..., tuple[Operation, dict[str, Any]]] | None = None
        self.options: tuple[str, ...] = ()
        unknown = set(rules) - set(self.inputs)
        if unknown:
            raise TypeError(f"{name}: rules for {sorted(unknown)}, but its inputs are {self.inputs}")
        self.rules = [rules.get(i) for i in self.inputs]
        self.joint = joint
        self.jvp = jvp
        self.differentiable = joint is not None or any(self.rules)
        self._plan()
        self.public: Callable[..., Any] | None = None  # the function that calls it
        self.with_number = self
        if number_name is not None:
            self.with_number = copy(self)
            self.with_number.node_name = number_name
        declared.append(self)

    def _plan(self) -> None:
        """Works out from the rules' parameter names what is saved for which input, and how the rules are called."""
        available = (*self.inputs, *self.outputs, *self.derived)
        saves: list[str] = []
        plans: list[tuple[Rule, tuple[int, ...], tuple[str, ...]] | None] = []
        for rule in [self.joint] if self.joint else self.rules:
            if rule is None:
                plans.append(None)
                continue
            wanted = _names(rule)[2:]
            for name in wanted:
                if name in available and name not in saves:
                    saves.append(name)
            slots = tuple(saves.index(name) for name in wanted if name in available)
            names = tuple(name for name in wanted if name not in available)
            if [name for name in wanted if name in available] != wanted[: len(slots)]:
                raise TypeError(f"{self.name}: a rule names its saved values first, then its parameters")
            about = (f"{name}_{kind}" for name in self.inputs for kind in ("shape", "dtype"))
            known = (*self.parameters, *about, "needed")
            if set(names) - set(known):
                raise TypeError(f"{self.name}: a rule names {sorted(set(names) - set(known))}, which is not known")
            plans.append((rule, slots, names))
        self.saves = tuple(saves)
        # Which inputs' rules need each saved value; what is no input is kept with the output.
        self.users = tuple(
            tuple(i for i, plan in enumerate(plans) if plan is not None and slot in plan[1])
            if not self.joint
            else tuple(range(len(self.inputs)))
            for slot in range(len(saves))
        )
        self.saved_input = tuple(self.inputs.index(name) if name in self.inputs else None for name in saves)
        wants = {name for plan in plans if plan for name in plan[2]}
        self.shapes = tuple((i, f"{n}_shape") for i, n in enumerate(self.inputs) if f"{n}_shape" in wants)
        self.dtypes = tuple((i, f"{n}_dtype") for i, n in enumerate(self.inputs) if f"{n}_dtype" in wants)
        self.pullback = _joint_pullback(plans[0]) if self.joint else _pullback(plans)

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
            return self._of_samples(arrays, values)
        return self.forward(xp, arrays, **values) if self.sequence else self.forward(xp, *arrays, **values)

    def _unrecorded(self, result: Any) -> Any:
        """The result as one tensor or a tuple of them, without a history."""
        if not self.several:
            return wrap(as_array(result[0] if self.derived else result))
        return tuple([wrap(as_array(array)) for array in result[: len(self.outputs)]])

    def _of_samples(self, arrays: Sequence[Any], values: dict[str, Any]) -> Any:
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
        node.operation = self if self.with_number is self or _all_tensors(inputs) else self.with_number
        node.edges = edges
        node.region = node.watches = node.fit = None
        node.code, node.instruction = caller_position(3)
        tensor._family.edge = (sequence, None, node)
        self.keep(node, inputs, edges, (tensor,), results, values)
        if self.promotion is not None or type(array) is Batched:
            node.fit = self._misfit(inputs, edges, array)
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
            node.fit = self._misfit(inputs, edges, made[0]._array)
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

    def _misfit(self, inputs: Sequence[Any], edges: Sequence[Edge | None], out: Any) -> tuple | None:
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

    # In place -------------------------------------------------------------------------------------------------------

    def apply_in_place(self, target: Tensor, others: Sequence[Any], values: dict[str, Any]) -> Tensor:
        """Writes the result of the operation on `target` and `others` into `target`'s memory."""
        if extras[0] and modes.around_calls:
            return surrounded(
                self, (target, *others), values, lambda: self._apply_in_place(target, others, values), "_"
            )
        return self._apply_in_place(target, others, values)

    def _apply_in_place(self, target: Tensor, others: Sequence[Any], values: dict[str, Any]) -> Tensor:
        inputs = (target, *others)
        if extras[0]:
            make_room(target, others)
        edges = check_writable(target, others, self.name + "_")
        arrays = self.prepare(inputs)
        if self.promotion not in (None, "compare") and arrays[0].dtype is not target._array.dtype:
            check_shape(target, np.broadcast_shapes(*[np.shape(a) for a in arrays if a is not None]))
            check_can_cast_for_inplace(arrays[0].dtype, target._array.dtype)
        check_overlap(target, others)
        try:
            batches = extras[0] and union(*arrays)
            result = self._of_samples(arrays, values) if batches else self.forward(xp, *arrays, **values)
        except (ValueError, TypeError) as error:
            raise explain(self.name, error, arrays) from None
        results = result if self.derived else (self.settle(result, arrays),)
        value = as_array(results[0])
        check_shape(target, value.shape)
        operation = self if self.with_number is self or _all_tensors(inputs) else self.with_number
        if self.promotion is not None:
            inputs = [x if isinstance(x, Tensor) else a for x, a in zip(inputs, arrays)]
        commit(operation, target, inputs, edges, value, results, values)
        return target


def surrounded(
    operation: Operation, inputs: Sequence[Any], values: dict[str, Any], call: Callable[[], Any], suffix: str = ""
) -> Any:
    """What `call` gives, with what goes on around calls of operations now. In place the `suffix` is "_"."""
    for around in modes.around_calls:
        call = partial(around, operation, inputs, values, call, suffix)
    return call()


def commit(
    operation: Operation,
    target: Tensor,
    inputs: Sequence[Any],
    edges: tuple[Edge | None, ...] | None,
    value: np.ndarray,
    results: Sequence[Any],
    values: dict[str, Any],
) -> None:
    """Writes `value` into the target and, where `edges` is not None, records the write."""
    family, view, array = target._family, target._view, target._array
    if edges is not None and view is None and operation.rules[0] is None and operation.joint is None:
        edges = (None, *edges[1:])  # All is overwritten: nothing earlier is needed.
    kept = inputs if edges is None else _kept(operation, target, inputs, edges)
    storage = family.storage
    prepared = operation.prepare_tangents(operation, target, inputs) if extras[0] and state.levels else None
    if storage.waiting is not None or storage.index is not None:
        positions = None if operation.written is None else operation.written(array, inputs)
        storage.will_write(array, view, operation.name + "_", positions)
    array[...] = value
    family.bump()
    if edges is not None:
        record_write(operation, target, edges)
        node: Node = family.edge[2]  # type: ignore[assignment,index]
        operation.keep(node, kept, edges, [target], results, values)
        if operation.promotion is not None or type(array) is Batched:
            node.fit = operation._misfit(inputs, edges, array)
    if prepared is not None:
        operation.follow_in_place(operation, target, prepared, values, results, edges is not None)


def fitting(tensor: Tensor) -> tuple[Any, ...]:
    """What `xp.fit` has to know of an input: its shape and dtype, and its levels."""
    array = tensor._array
    return array.shape, array.dtype, levels_of(array)


def _kept(operation: Operation, target: Tensor, inputs: Sequence[Any], edges: tuple) -> list[Any]:
    """The inputs, those copied that the rules need and that the write to `target` is about to destroy."""
    kept = list(inputs)
    for position, users in zip(operation.saved_input, operation.users):
        if position is None or not any(edges[i] is not None for i in users):
            continue
        x = inputs[position]
        if isinstance(x, Tensor) and x._family.storage is target._family.storage:
            if position and not np.shares_memory(x._array, target._array):
                continue
            kept[position] = wrap(x._array.copy())
            statistics.copies += 1
            statistics.bytes_kept += x._array.nbytes
    return kept


def record_write(
    operation: Any, target: Tensor, edges: tuple, region: View | Gathered | None = None, depth: int = 4
) -> Node:
    """A node for a write to `target`'s memory (to `region` of its family, where that is not its own view).

    The search for the user's line begins `depth` frames up.
    """
    family = target._family
    region = target._view if region is None else region
    before = family.edge
    node = Node()
    node.sequence = sequence = next_sequence()
    node.operation = operation
    node.edges = edges
    node.region = region
    node.key = sequence if before is None else before[0]
    node.watches = node.fit = None
    node.saved = ()
    node.values = EMPTY
    node.code, node.instruction = caller_position(depth)
    family.edge = (node.key, None, node)
    if region is not None and family.layout is None:
        family.make_layout(target)
    if before is not None and before[2].watches is not None:
        _move_retained(before[2], node, target._view)
    return node


def _move_retained(before: Any, node: Node, view: View | None) -> None:
    """`retain_grad` follows the tensor that is written: it is about its latest value. Hooks stay with the old one."""
    for watch in before.watches:
        if watch.keep is not None and (watch.view is None or _lies_in(view, watch.view)):
            moved = Watch(watch.key, watch.view, watch.shape, watch.keep, watch.through)
            node.watches = [*(node.watches or ()), moved]
            watch.keep = None


def _lies_in(view: View | None, ancestor: View) -> bool:
    """Whether `view` is `ancestor` or was made from it."""
    while view is not None and view is not ancestor:
        view = view.maker
    return view is not None


# Hidden dimensions --------------------------------------------------------------------------------------------------


def make_room(target: Tensor, sources: Sequence[Any]) -> None:
    """Gives memory that was one for all samples a place for each, where what is to be written differs among them.

    That is well defined where the target was made inside the levels in question. Raises RuntimeError where it was not.
    """
    array, family = target._array, target._family
    levels = union(array, *[x._array if isinstance(x, Tensor) else x for x in sources])
    shared = _shared_by_samples(array)
    missing = {level for level in levels if level not in levels_of(array)} | set(shared)
    if not missing:
        return
    if family.traits is None or not missing <= set(family.traits.scope):
        raise overlapping_write() if missing == set(shared) else RuntimeError(NO_WRITE)
    old = family.base if family.layout is not None else array
    handle = target if target._view is None else family.handle()
    base = widened(old, tuple([level for level in levels if level in missing]))
    if shared:
        base = base.copy()
    before = family.edge
    family.storage, family.layout, family.base = new_storage(base), None, base
    if before is not None:
        whole = wrap_view(base, family, None)
        record_write(copied_to_samples, whole, (before,)).fit = ((old.shape, old.dtype, levels_of(old)),)
    if handle is not None:
        handle._array = base
        family.handle = ref(handle)
    layout = family.make_layout()
    moved: dict[View, View] = {}
    for tensor in (target, *[view() for view in family.set_apart().views]):
        if tensor is not None and tensor._view is not None and tensor._family is family:
            tensor._view = tensor._view.on(layout, moved)
            tensor._array = tensor._view.of(batched, base)


def _shared_by_samples(array: Any) -> list[Level]:
    """The levels whose samples stand in one and the same memory."""
    if type(array) is not Batched:
        return []
    physical = array.physical
    return [level for level, n, stride in zip(array.levels, physical.shape, physical.strides) if n > 1 and not stride]


# Checks before a write ----------------------------------------------------------------------------------------------


def check_writable(target: Tensor, others: Sequence[Any], writer: str) -> tuple[Edge | None, ...] | None:
    """The edges of a write to `target`, or None when it is not to be recorded.

    Raises RuntimeError where PyTorch forbids the write: to a leaf that requires grad or a view of one, to an inference
    tensor outside inference mode, or through a view made in a mode that cut it from a history it would need.
    """
    family = target._family
    if family.traits is not None:
        check_origin(target, others, writer)
    if not modes.grad:
        return None
    edge = edge_of(target)
    edges = (edge, *[edge_of(x) if isinstance(x, Tensor) else None for x in others])
    if edge is not None:
        if type(edge[2]) is Leaf:
            raise errors.leaf_in_place(writer, caller_span(), view=target._view is not None)
    elif not any(edges):
        return None
    if target._array.dtype.kind not in "fc":
        return None
    if family.layout is not None and family.layout.overlapping:
        # Its adjoint holds each element apart, so a write that several of them see cannot be recorded.
        raise overlapping_write()
    return edges


def check_origin(target: Tensor, others: Sequence[Any], writer: str) -> None:
    """Raises RuntimeError for a write to a tensor whose making forbids it."""
    traits = target._family.traits
    if traits is None:
        return
    if traits.origin == "inference":
        if not modes.inference:
            raise RuntimeError(
                "Inplace update to inference tensor outside InferenceMode is not allowed."
                "You can make a clone to get a normal tensor before doing inplace update."
                "See https://github.com/pytorch/rfcs/pull/17 for more details."
            )
    elif traits.origin == "function":
        if modes.grad:
            raise errors.restricted_view("function", writer, caller_span(), output_of=(target.output_nr, traits.maker))
    elif modes.grad and traits.source is not None:
        needed = traits.source.edge is not None or any(isinstance(x, Tensor) and x.requires_grad for x in others)
        if needed:
            raise errors.restricted_view(traits.origin, writer, caller_span())  # type: ignore[arg-type]


def check_shape(target: Tensor, shape: tuple[int, ...]) -> None:
    """Raises RuntimeError where a result of `shape` cannot be written into the target."""
    if shape != target._array.shape:
        raise RuntimeError(
            f"output with shape {list(target._array.shape)} doesn't match the broadcast shape {list(shape)}"
        )


def check_overlap(target: Tensor, others: Sequence[Any]) -> None:
    """Raises RuntimeError where elements of the target share memory, with one another or in part with an input."""
    view, array = target._view, target._array
    storage = target._family.storage
    # Fresh memory is in order; a base of other memory, or a view that may overlap, is looked at.
    doubtful = array is not storage.array or storage.exposure is not None if view is None else view.overlapping
    physical = physical_of(array)
    if (doubtful or physical is not array) and has_overlap(physical.shape, physical.strides):
        raise overlapping_write()
    for other in others:
        if isinstance(other, Tensor) and other._family.storage is storage and _partly_same(array, other._array):
            raise RuntimeError(
                "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single"
                " memory location. Please clone() the tensor before performing the operation."
            )


def overlapping_write() -> RuntimeError:
    """PyTorch's error for a write to memory in which one place stands for several elements."""
    return RuntimeError(
        "unsupported operation: more than one element of the written-to tensor refers to a single memory location."
        " Please clone() the tensor before performing the operation."
    )


def _partly_same(target: ndarray, other: ndarray) -> bool:
    """Whether two dense arrays share some memory without being the same elements in the same order."""
    if target is other or not (_is_dense(target) and _is_dense(other)):
        return False
    if target.shape == other.shape and target.strides == other.strides and address(target) == address(other):
        return False
    return np.shares_memory(target, other)


def _is_dense(array: ndarray) -> bool:
    """Whether the elements fill their range of memory, each place once."""
    extent = array.itemsize
    for stride, size in sorted((s, n) for s, n in zip(array.strides, array.shape) if n > 1):
        if stride != extent:
            return False
        extent *= size
    return True


# Small parts --------------------------------------------------------------------------------------------------------


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


def _all_tensors(inputs: Sequence[Any]) -> bool:
    return all(map(_is_tensor, inputs))


def _is_tensor(x: Any) -> bool:
    return isinstance(x, Tensor)


def number(value: Any, dt: np.dtype) -> ndarray:
    """A Python number as a zero-dimensional array of `dt`; integers wrap as PyTorch's do."""
    try:
        return np.array(value, dt)
    except OverflowError:
        return np.array(value).astype(dt)
    except TypeError:
        if isinstance(value, complex):
            raise
        raise TypeError(f"must be Tensor or a number, not {type(value).__name__}") from None


class _Constants:
    """What stands for family and storage of numbers: nothing is ever written there."""

    edge = None

    @staticmethod
    def save(array: ndarray, view: None) -> Saved:
        return constant(array)


_Constants.storage = _Constants  # type: ignore[attr-defined]


class Number:
    """A Python number `value` as the operand of a tensor: a constant array in the dtype that both have together.

    It has what the recording path asks of a tensor, so that path needs no second branch.
    """

    __slots__ = ("_array", "value")
    _family = _Constants
    _view = None


def as_operand(value: Any, tensor: Any) -> Any:
    """A Python number as the operand of `tensor`; the number itself when that is no tensor."""
    try:
        dt = scalar_result[tensor._array.dtype, type(value)]
    except AttributeError:
        return value
    made = new(Number)
    made.value = value
    try:
        made._array = np.array(value, dt)
    except OverflowError:
        made._array = number(value, dt)
    return made


def as_dtype(value: Any, dt: np.dtype) -> Any:
    """An array or a number as an array of `dt`."""
    if isinstance(value, ARRAYS):
        return value if value.dtype is dt else value.astype(dt)
    return number(value, dt)


def as_array(value: Any) -> Any:
    """An array even where NumPy gave a scalar; one that owns its memory."""
    if type(value) is not ndarray and type(value) is not Batched:
        return np.asarray(value)
    return value if value.base is None else value.copy()


def save(value: Any) -> Saved:
    """A cell for an input: a region of its storage, or a number as it is."""
    if isinstance(value, Tensor):
        return value._family.storage.save(value._array, value._view)
    return constant(value)


def constant(value: Any) -> Saved:
    """A cell for a value that is nobody else's."""
    saved = Saved()
    saved.array = value
    saved.storage = saved.view = None
    return saved


def explain(name: str, error: Exception, arrays: Sequence[Any]) -> Exception:
    """What PyTorch says where NumPy raised `error` for these arrays."""
    text = str(error)
    if text.startswith("argument '"):
        return TypeError(f"{name}(): {text}")
    shapes = [np.shape(a) for a in arrays if a is not None and not isinstance(a, (list, tuple))]
    if "broadcast" in text:
        return broadcast_error(shapes)
    if text.startswith(("ufunc", "numpy boolean")) or "not supported for the input types" in text:
        dt = next(a.dtype for a in arrays if isinstance(a, ARRAYS))
        return NotImplementedError(f"\"{name}_cpu\" not implemented for '{of_numpy[dt].scalar_type}'")
    return error


def broadcast_error(shapes: Sequence[tuple[int, ...]]) -> Exception:
    """PyTorch's RuntimeError for shapes that cannot be broadcast together."""
    first = shapes[0]
    for second in shapes[1:]:
        for back in range(1, min(len(first), len(second)) + 1):
            a, b = first[-back], second[-back]
            if a != b and 1 not in (a, b):
                dim = max(len(first), len(second)) - back
                return RuntimeError(
                    f"The size of tensor a ({a}) must match the size of tensor b ({b}) at non-singleton dimension {dim}"
                )
        first = np.broadcast_shapes(first, second)
    return RuntimeError(f"shapes {', '.join(map(str, shapes))} cannot be broadcast together")


def _names(rule: Rule) -> list[str]:
    """The names of a rule's parameters."""
    code = getattr(rule, "__code__", None)  # A tenth of the time that `inspect` takes, once for every rule.
    if code is None:
        return list(inspect.signature(rule).parameters)
    return list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])


def _signature(given: list[inspect.Parameter]) -> tuple[tuple[str, ...], tuple[str, ...], dict[str, Any]]:
    """Inputs (before the slash, or else all that may be positional), parameters and their defaults."""
    before_slash = [p.name for p in given if p.kind is p.POSITIONAL_ONLY]
    inputs = before_slash or [p.name for p in given if p.kind is p.POSITIONAL_OR_KEYWORD]
    rest = [p for p in given if p.name not in inputs]
    return tuple(inputs), tuple(p.name for p in rest), {p.name: p.default for p in rest if p.default is not p.empty}


def _optional(given: list[inspect.Parameter]) -> tuple[str, ...]:
    """The inputs that may be None."""
    return tuple(p.name for p in given if p.kind is p.POSITIONAL_ONLY and p.default is None)


def same(xp: Any, ct: Any) -> Any:
    """The rule of an input that the result is a sum of, or a copy: its share is the cotangent."""
    return ct


def _pullback(plans: list) -> Callable:
    """`pullback(xp, ct, cells, node)`: the shares of the inputs that want one, called as directly as can be.

    `cells` hold the saved values in their attribute `array`.
    """
    if any(plan is not None and plan[2] for plan in plans):
        return _pullback_with_parameters(plans)
    if all(plan is not None and plan[0] is same for plan in plans):
        number = len(plans)
        return lambda xp, ct, cells, node: (ct,) * number
    if len(plans) == 1 and plans[0] is not None:
        rule, slots, _ = plans[0]
        if not slots:
            return lambda xp, ct, cells, node: (rule(xp, ct),)
        if len(slots) == 1:
            (slot,) = slots
            return lambda xp, ct, cells, node: (rule(xp, ct, cells[slot].array),)
    if len(plans) == 2 and all(plan is not None and len(plan[1]) == 1 for plan in plans):
        (rule_a, (slot_a,), _), (rule_b, (slot_b,), _) = plans

        def pullback_of_two(xp: Any, ct: Any, cells: Sequence[Any], node: Node) -> tuple:
            edge_a, edge_b = node.edges
            if edge_b is None:
                return (rule_a(xp, ct, cells[slot_a].array), None)
            if edge_a is None:
                return (None, rule_b(xp, ct, cells[slot_b].array))
            return (rule_a(xp, ct, cells[slot_a].array), rule_b(xp, ct, cells[slot_b].array))

        return pullback_of_two
    shares = [None if plan is None else _share(*plan[:2]) for plan in plans]
    return lambda xp, ct, cells, node: [
        None if share is None or edge is None else share(xp, ct, cells) for share, edge in zip(shares, node.edges)
    ]


def _share(rule: Rule, slots: tuple[int, ...]) -> Callable:
    """`share(xp, ct, cells)`: the rule with its saved values picked out."""
    if not slots:
        return lambda xp, ct, cells: rule(xp, ct)
    return lambda xp, ct, cells: rule(xp, ct, *[cells[slot].array for slot in slots])


def _pullback_with_parameters(plans: list) -> Callable:
    def pullback(xp: Any, ct: Any, cells: Sequence[Any], node: Node) -> list:
        shares: list[Any] = []
        for plan, edge in zip(plans, node.edges):
            if plan is None or edge is None:
                shares.append(None)
            else:
                rule, slots, names = plan
                shares.append(rule(xp, ct, *[cells[s].array for s in slots], **{n: node.values[n] for n in names}))
        return shares

    return pullback


def _joint_pullback(plan: Any) -> Callable:
    rule, slots, names = plan

    def pullback(xp: Any, ct: Any, cells: Sequence[Any], node: Node) -> Any:
        given = {n: node.values[n] for n in names if n != "needed"}
        if "needed" in names:
            given["needed"] = [edge is not None for edge in node.edges]
        return rule(xp, ct, *[cells[s].array for s in slots], **given)

    return pullback


copied_to_samples = Operation("vmap", lambda xp, input: input, {"input": same})
