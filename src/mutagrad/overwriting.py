"""How pointwise operations are called in place: the value goes straight into the target's memory.

As in `recording.py` each of these is one straight line. What the rules need of the value that is about to be lost is
copied first; then the storage is told which elements are written, so that whoever else saved them keeps a copy; then
the kernel writes. What needs a check or a conversion goes to `apply_in_place`.

Read first: `in_place.py`, `storage.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter_ns
from typing import Any

import numpy as np

from mutagrad.binding import bind, choose
from mutagrad.graph import NOTHING, Leaf
from mutagrad.in_place import apply_in_place, record_write
from mutagrad.modes import extras, modes
from mutagrad.namespaces.elementwise import LARGE
from mutagrad.operands import DOUBLE, SINGLE, as_operand, constant
from mutagrad.operation import Operation
from mutagrad.overwrite import statistics
from mutagrad.recording import MISSING, PYTHON_NUMBERS, saving_plans
from mutagrad.tensor import Tensor


def in_place_call(op: Operation) -> Callable[..., Any]:
    """The in-place method of an operation."""
    if op.compute is None or op.parameters or op.shapes or op.dtypes or len(op.inputs) > 2 or op.promotion == "compare":
        return _general(op)
    return _unary(op) if len(op.inputs) == 1 else _binary(op)


def _general(op: Operation) -> Callable[..., Any]:
    def call(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        op_, inputs, values, _ = bind(op, (self, *args), kwargs, in_place=True)
        return apply_in_place(op_, self, inputs[1:], values)

    return call


def _unary(op: Operation) -> Callable[..., Any]:
    general = _general(op)
    writer = op.name + "_"
    kernel, writes, writing = op.compute, op.kernel is not None, op.writing
    only_floats = op.promotion != "promote"
    saves_input, saves_output = op.saves == ("input",), op.saves == ("out",)
    simple = len(op.saves) <= 1 and op.differentiable

    def call(self: Tensor, **options: Any) -> Tensor:
        array, family, view = self._array, self._family, self._view
        edge = family.edge if modes.grad else None
        traits = family.traits
        book = extras[1]
        if (
            options
            or (extras[0] and book is None)
            or (traits is not None and traits.origin is not None)
            or (view is not None and view.overlapping)
            or (only_floats and array.dtype.kind not in "fc")
            or (edge is not None and (not simple or type(edge[2]) is Leaf))
        ):
            return general(self, **options)
        if book is not None:
            book.target, start = self, perf_counter_ns()
        node = None
        old = array.copy() if saves_input and edge is not None else None
        storage = family.storage
        if writing is not None and array.size >= LARGE and (array.dtype is SINGLE or array.dtype is DOUBLE):
            if storage.waiting is not None or storage.index is not None:
                storage.will_write(array, view, writer)
            value = writing(array, array)
            if value is not array:
                array[...] = value
        elif writes:
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
        if book is not None:
            book.enter(op, storage, node, start, family, None, self)
        return self

    return call


def _binary(op: Operation) -> Callable[..., Any]:
    general = _general(op)
    writer = op.name + "_"
    kernel, writes, numbers, with_number = op.compute, op.kernel is not None, op.numbers, op.with_number
    only_floats = op.promotion != "promote" or op.check is not None
    differentiable = op.rules[0] is not None and op.rules[1] is not None
    plans = saving_plans(op)

    def call(self: Tensor, other: Any = MISSING, **options: Any) -> Tensor:
        operand = as_operand(other, self) if numbers and type(other) in PYTHON_NUMBERS else other
        if options and isinstance(other, Tensor):
            chosen, values, _ = choose(op, options)
            return apply_in_place(chosen, self, (other,), values)
        try:
            a = self._array
            b = operand._array
        except AttributeError:
            return general(self, *(() if other is MISSING else (other,)), **options)
        family, view = self._family, self._view
        storage, traits = family.storage, family.traits
        edge_a, edge_b = (family.edge, operand._family.edge) if modes.grad else (None, None)
        book = extras[1]
        if (
            a.dtype is not b.dtype
            or options
            or (extras[0] and book is None)
            or (traits is not None and traits.origin is not None)
            or (operand._family.storage is storage and np.may_share_memory(a, b))
            or (b.ndim and b.shape != a.shape)
            or (view is not None and view.overlapping)
            or (only_floats and a.dtype.kind not in "fc")
            or (edge_a is not None and type(edge_a[2]) is Leaf)
            or (not differentiable and (edge_a is not None or edge_b is not None))
        ):
            return general(self, other, **options)
        if book is not None:
            book.target, start = self, perf_counter_ns()
        plan = plans[(edge_a is not None) + 2 * (edge_b is not None)]
        old = a.copy() if 0 in plan else None
        kept = operand._family.storage.save(b, operand._view) if 1 in plan else None
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
            if book is not None:
                book.enter(op, storage, None, start, family, other._family if operand is other else None, self)
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
                    saved.append(kept)
                else:
                    saved.append(storage.save(a, view) if source == 2 else NOTHING)
            node.saved = saved
        if book is not None:
            book.enter(op, storage, node, start, family, other._family if operand is other else None, self)
        return self

    return call
