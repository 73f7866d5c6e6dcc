"""Timing of operations and of their gradients: `profile`, `record_function`.

While a profiler is on, calls of operations take the general way, where it notes them; while none is, it costs nothing.
Follows https://docs.pytorch.org/docs/stable/autograd.html#profiler

Read first: `events.py`. Read next: `mutagrad/profiler/`, the same with a schedule.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import ContextDecorator
from time import perf_counter_ns
from typing import Any
from uuid import uuid4

from mutagrad.autograd.events import EventList, FunctionEvent, FunctionEventAvg
from mutagrad.autograd.pulling import Pull, surroundings
from mutagrad.graph import Node
from mutagrad.modes import count_extra, modes
from mutagrad.operation import Operation
from mutagrad.report.spans import caller_span
from mutagrad.tensor import Tensor

__all__ = ["EventList", "FunctionEvent", "FunctionEventAvg", "profile", "record_function"]


class Recorder:
    """Notes the events of one thread."""

    def __init__(self, *, shapes: bool = False, memory: bool = False, stack: bool = False) -> None:
        self.shapes = shapes
        self.memory = memory
        self.stack = stack
        self.thread = threading.get_native_id()
        self.events: list[FunctionEvent] = []
        self.open: list[FunctionEvent] = []
        self.started = False

    def begin(self, name: str, inputs: Any = ()) -> FunctionEvent:
        """Notes that an event begins."""
        shapes = [list(x._array.shape) if isinstance(x, Tensor) else [] for x in inputs] if self.shapes else []
        stack = [caller_span().place] if self.stack else []
        event = FunctionEvent(name, 0.0, self.thread, shapes, stack)
        self.events.append(event)
        if self.open:
            event.set_cpu_parent(self.open[-1])
            self.open[-1].append_cpu_child(event)
        self.open.append(event)
        event.time_range = event.time_range._replace(start=perf_counter_ns() / 1e3)
        return event

    def end(self, event: FunctionEvent, results: Any = ()) -> None:
        """Notes that an event ends, and those within it that were left by an exception."""
        end = perf_counter_ns() / 1e3
        while self.open:
            last = self.open.pop()
            last.time_range = last.time_range._replace(end=end)
            if last is event:
                break
        if self.memory:
            event.bytes += sum(x._array.nbytes for x in results if isinstance(x, Tensor) and x._view is None)

    def start(self) -> None:
        """Begins to note operations and gradients."""
        modes.around_calls = (*modes.around_calls, self._around_call)
        surroundings.append(self._around_nodes)
        recorders.open = (*recorders.open, self)
        self.started = True
        count_extra(1)

    def stop(self) -> None:
        """Notes no more."""
        modes.around_calls = tuple(around for around in modes.around_calls if around != self._around_call)
        surroundings.remove(self._around_nodes)
        recorders.open = tuple(each for each in recorders.open if each is not self)
        self.started = False
        count_extra(-1)

    def _around_call(
        self, operation: Operation, inputs: Any, values: dict[str, Any], call: Callable[[], Any], suffix: str
    ) -> Any:
        event = self.begin(f"aten::{operation.name}{suffix}", inputs[0] if operation.sequence else inputs)
        made: Any = ()
        try:
            made = call()
            return made
        finally:
            self.end(event, () if suffix else made if isinstance(made, tuple) else (made,))

    def _around_nodes(self, pull: Pull) -> Pull:
        if self not in recorders.open:  # another thread's
            return pull

        def noted(node: Node, ct: Any) -> Any:
            event = self.begin(node.operation.node_name)
            try:
                return pull(node, ct)
            finally:
                self.end(event)

        return noted


class _Recorders(threading.local):
    open: tuple[Recorder, ...] = ()


recorders = _Recorders()


class record_function(ContextDecorator):
    """Marks what runs within, or a function, by a name in the events of a profiler.

    >>> import mutagrad
    >>> from mutagrad.autograd.profiler import profile, record_function
    >>> with profile() as profiled, record_function("mine"):
    ...     _ = mutagrad.ones(2).sin()
    >>> [event.name for event in profiled.function_events]
    ['mine', 'aten::sin']
    """

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name = name
        self.args = args
        self.begun: list[list[tuple[Recorder, FunctionEvent]]] = []

    def __enter__(self) -> record_function:
        self.begun.append([(each, each.begin(self.name)) for each in recorders.open])
        return self

    def __exit__(self, *exception: object) -> None:
        for recorder, event in self.begun.pop():
            recorder.end(event)


class profile:
    """Within, operations and gradients are timed; afterwards `function_events` are there, and tables of them.

    With `record_shapes` the inputs' shapes are noted, with `profile_memory` the bytes of results, with `with_stack` the
    line of the program. When not `enabled` nothing is done.

    >>> import mutagrad
    >>> x = mutagrad.ones(2, requires_grad=True)
    >>> with mutagrad.autograd.profiler.profile() as profiled:
    ...     x.sin().sum().backward()
    >>> [event.name for event in profiled.function_events]
    ['aten::sin', 'aten::sum', 'SumBackward0', 'SinBackward0']
    """

    function_events: EventList | None = None

    def __init__(
        self,
        enabled: bool = True,
        *,
        use_cuda: bool = False,
        use_device: str | None = None,
        record_shapes: bool = False,
        with_flops: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_modules: bool = False,
        custom_trace_id_callback: Callable[[], str] | None = None,
        **options: Any,
    ) -> None:
        self.enabled = enabled
        self.entered = False
        self.custom_trace_id_callback = custom_trace_id_callback
        self.record_shapes = record_shapes
        self.profile_memory = profile_memory
        self.with_stack = with_stack

    def __enter__(self) -> profile | None:
        if not self.enabled:
            return None
        if self.entered:
            raise RuntimeError("Profiler context manager is not reentrant")
        self.entered = True
        self.recorder = Recorder(shapes=self.record_shapes, memory=self.profile_memory, stack=self.with_stack)
        self.recorder.start()
        return self

    def __exit__(self, *exception: object) -> bool:
        if self.enabled:
            if self.recorder.started:
                self.recorder.stop()
            self.function_events = EventList(self.recorder.events, profile_memory=self.profile_memory)
        return False

    def toggle_collection_dynamic(self, enabled: bool, activities: Iterable[Any]) -> None:
        """Stops noting events, or notes them again; the CPU's is the only activity there is."""
        if self.enabled and self.entered and self.function_events is None and enabled != self.recorder.started:
            (self.recorder.start if enabled else self.recorder.stop)()

    def default_trace_id(self) -> str:
        """A new name for a trace: 32 hexadecimal digits."""
        return uuid4().hex.upper()

    def create_trace_id(self) -> str:
        """A new name for a trace, from `custom_trace_id_callback` where one was given."""
        return self.custom_trace_id_callback() if self.custom_trace_id_callback else self.default_trace_id()

    def _finished(self) -> EventList:
        if self.function_events is None:
            raise RuntimeError("Profiler didn't finish running")
        return self.function_events

    def __repr__(self) -> str:
        return "<unfinished torch.autograd.profile>" if self.function_events is None else repr(self.function_events)

    def __str__(self) -> str:
        return "<unfinished torch.autograd.profile>" if self.function_events is None else str(self.function_events)

    def table(self, sort_by: str | None = None, row_limit: int = 100, **options: Any) -> str:
        """The events as a table; see `EventList.table`."""
        return self._finished().table(sort_by, row_limit, **options)

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0) -> EventList:
        """The sums of the events by name."""
        return self._finished().key_averages(group_by_input_shape, group_by_stack_n)

    def total_average(self) -> FunctionEventAvg:
        """The sums over all events."""
        return self._finished().total_average()

    def export_chrome_trace(self, path: str) -> None:
        """Writes the events to a file that `chrome://tracing` and Perfetto show."""
        self._finished().export_chrome_trace(path)

    def export_stacks(self, path: str, metric: str = "self_cpu_time_total") -> None:
        """Writes the lines that led to each event, as flame graphs are made from."""
        self._finished().export_stacks(path, metric)

    @property
    def self_cpu_time_total(self) -> float:
        """The time of all events in microseconds, without counting any twice."""
        return self._finished().self_cpu_time_total
