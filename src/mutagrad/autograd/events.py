"""What a profiler has seen: events, their sums by name, the table and the trace.

Times are in microseconds. The time of an event is that of its call, its own ("self") time leaves out the events within.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple


class Interval(NamedTuple):
    """When something began and ended."""

    start: float
    end: float

    def elapsed_us(self) -> float:
        """How long it took."""
        return self.end - self.start


class _Figures:
    """What events and their sums have in common: times and memory, per call and in all."""

    key: str
    count: int
    cpu_time_total: float
    self_cpu_time_total: float
    cpu_memory_usage: int
    self_cpu_memory_usage: int
    input_shapes: list[list[int]]
    stack: list[str]
    # There is no device besides the CPU; programs sort by its figures all the same.
    device_time = device_time_total = self_device_time_total = cuda_time_total = self_cuda_time_total = 0.0
    device_memory_usage = self_device_memory_usage = self_cuda_memory_usage = 0

    @property
    def cpu_time(self) -> float:
        """The time of one call, on average."""
        return self.cpu_time_total / self.count if self.count else 0.0

    @property
    def cpu_time_str(self) -> str:
        """`cpu_time` with its unit."""
        return format_time(self.cpu_time)

    @property
    def cpu_time_total_str(self) -> str:
        """`cpu_time_total` with its unit."""
        return format_time(self.cpu_time_total)

    @property
    def self_cpu_time_total_str(self) -> str:
        """`self_cpu_time_total` with its unit."""
        return format_time(self.self_cpu_time_total)


class Kernel(NamedTuple):
    """What a device ran for an event."""

    name: str
    device: int
    duration: float


class FunctionEvent(_Figures):
    """One call of an operation, of a gradient, or of what `record_function` marks."""

    def __init__(self, name: str, start: float, thread: int, shapes: list[list[int]], stack: list[str]) -> None:
        self.name = name
        self.count = 1
        self.thread = thread
        self.time_range = Interval(start, start)
        self.input_shapes = shapes
        self.stack = stack
        self.cpu_parent: FunctionEvent | None = None
        self.cpu_children: list[FunctionEvent] = []
        self.kernels: list[Kernel] = []
        self.bytes = 0

    def append_cpu_child(self, child: FunctionEvent) -> None:
        """Notes an event directly within this one. Raises AssertionError for what is no event."""
        assert isinstance(child, FunctionEvent)
        self.cpu_children.append(child)

    def set_cpu_parent(self, parent: FunctionEvent) -> None:
        """Notes the event directly around this one. Raises AssertionError for what is no event."""
        assert isinstance(parent, FunctionEvent)
        self.cpu_parent = parent

    def append_kernel(self, name: str, device: int, duration: float) -> None:
        """Notes what a device ran for this event: there is none besides the CPU, but traces read elsewhere may tell."""
        self.kernels.append(Kernel(name, device, duration))

    @property
    def key(self) -> str:
        """What events are summed up by: the name; all steps count as one."""
        return "ProfilerStep*" if self.name.startswith("ProfilerStep#") else self.name

    @property
    def metadata_json(self) -> str:
        """What else was noted of the event, as JSON without the braces: nothing."""
        return ""

    @property
    def cpu_time_total(self) -> float:
        """The time of the call."""
        return self.time_range.elapsed_us()

    @property
    def self_cpu_time_total(self) -> float:
        """The time of the call without that of the events within."""
        return self.cpu_time_total - sum(child.cpu_time_total for child in self.cpu_children)

    @property
    def cpu_memory_usage(self) -> int:
        """The bytes that the results take."""
        return self.bytes + sum(child.cpu_memory_usage for child in self.cpu_children)

    @property
    def self_cpu_memory_usage(self) -> int:
        """The bytes that the results take, without those of the events within."""
        return self.bytes

    def __repr__(self) -> str:
        return f"<FunctionEvent name={self.name} cpu_time={self.cpu_time_str} thread={self.thread}>"


class FunctionEventAvg(_Figures):
    """The sums of the events of one name."""

    def __init__(
        self, key: str = "Total", shapes: list[list[int]] | None = None, stack: list[str] | None = None
    ) -> None:
        self.key = key
        self.count = 0
        self.cpu_time_total = self.self_cpu_time_total = 0.0
        self.cpu_memory_usage = self.self_cpu_memory_usage = 0
        self.input_shapes = shapes or []
        self.stack = stack or []

    def add(self, other: _Figures) -> FunctionEventAvg:
        """Adds an event."""
        self.count += other.count
        self.cpu_time_total += other.cpu_time_total
        self.self_cpu_time_total += other.self_cpu_time_total
        self.cpu_memory_usage += other.cpu_memory_usage
        self.self_cpu_memory_usage += other.self_cpu_memory_usage
        return self

    __iadd__ = add

    def __repr__(self) -> str:
        return f"<FunctionEventAvg key={self.key} self_cpu_time={self.self_cpu_time_total_str} cpu_time={self.cpu_time_str}>"


class EventList(list):
    """Events, or their sums, in order."""

    def __init__(self, events: Iterable[_Figures] = (), *, profile_memory: bool = False) -> None:
        super().__init__(events)
        self.profile_memory = profile_memory

    @property
    def self_cpu_time_total(self) -> float:
        """The time of all events, without counting any twice."""
        return sum(event.self_cpu_time_total for event in self)

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0) -> EventList:
        """The sums by name, and by the inputs' shapes and the calling lines where asked for."""
        sums: dict[tuple, FunctionEventAvg] = {}
        for event in self:
            shapes = event.input_shapes if group_by_input_shape else []
            stack = event.stack[:group_by_stack_n]
            group = (event.key, str(shapes), *stack)
            if group not in sums:
                sums[group] = FunctionEventAvg(event.key, shapes, stack)
            sums[group].add(event)
        return EventList(sums.values(), profile_memory=self.profile_memory)

    def total_average(self) -> FunctionEventAvg:
        """The sums over all events."""
        total = FunctionEventAvg()
        for event in self:
            total.add(event)
        return total

    def table(
        self,
        sort_by: str | None = None,
        row_limit: int = 100,
        max_src_column_width: int = 75,
        max_name_column_width: int = 55,
        max_shapes_column_width: int = 80,
        header: str | None = None,
        top_level_events_only: bool = False,
    ) -> str:
        """The events as a table, the largest by the attribute `sort_by` first, such as "self_cpu_time_total"."""
        rows = [event for event in self if not (top_level_events_only and getattr(event, "cpu_parent", None))]
        if sort_by is not None:
            rows.sort(key=lambda event: getattr(event, sort_by), reverse=True)
        total = self.self_cpu_time_total
        columns = _columns(self, total, max_name_column_width, max_shapes_column_width, max_src_column_width)
        cells = [[column.text(event) for column in columns] for event in rows[: max(row_limit, 0) or None]]
        widths = [max(12, len(column.title), *(len(line[i]) for line in cells), 0) for i, column in enumerate(columns)]
        rule = "  ".join("-" * width for width in widths)
        lines = [] if header is None else ["=" * len(rule), header]
        lines += [rule, "  ".join(f"{c.title:>{w}}" for c, w in zip(columns, widths)), rule]
        lines += ["  ".join(f"{text:>{w}}" for text, w in zip(line, widths)) for line in cells]
        return "\n".join([*lines, rule, f"Self CPU time total: {format_time(total)}", ""])

    def __str__(self) -> str:
        return self.table()

    def export_chrome_trace(self, path: str) -> None:
        """Writes the events to a file that `chrome://tracing` and Perfetto show."""
        events = [
            {
                "ph": "X",
                "cat": "cpu_op",
                "name": event.name,
                "pid": os.getpid(),
                "tid": event.thread,
                "ts": event.time_range.start,
                "dur": event.cpu_time_total,
                "args": {"Input Dims": event.input_shapes, "Call stack": ";".join(event.stack)},
            }
            for event in self
        ]
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"schemaVersion": 1, "traceEvents": events}, file)

    def supported_export_stacks_metrics(self) -> list[str]:
        """The figures that `export_stacks` writes."""
        return ["self_cpu_time_total", "self_cuda_time_total", "self_xpu_time_total", "self_privateuse1_time_total"]

    def export_stacks(self, path: str, metric: str = "self_cpu_time_total") -> None:
        """Writes, for each event, the lines that led to it and a figure of it, as flame graphs are made from."""
        with open(path, "w", encoding="utf-8") as file:
            for event in self:
                if event.stack and int(getattr(event, metric)) > 0:
                    file.write(f"{';'.join([*reversed(event.stack), event.key])} {int(getattr(event, metric))}\n")


class _Column(NamedTuple):
    title: str
    text: Callable[[Any], str]


def _columns(events: EventList, total: float, names: int, shapes: int, sources: int) -> list[_Column]:
    columns = [
        _Column("Name", lambda e: _shortened(e.key, names)),
        _Column("Self CPU %", lambda e: _share(e.self_cpu_time_total, total)),
        _Column("Self CPU", lambda e: e.self_cpu_time_total_str),
        _Column("CPU total %", lambda e: _share(e.cpu_time_total, total)),
        _Column("CPU total", lambda e: e.cpu_time_total_str),
        _Column("CPU time avg", lambda e: e.cpu_time_str),
    ]
    if events.profile_memory:
        columns += [
            _Column("CPU Mem", lambda e: format_memory(e.cpu_memory_usage)),
            _Column("Self CPU Mem", lambda e: format_memory(e.self_cpu_memory_usage)),
        ]
    columns.append(_Column("# of Calls", lambda e: str(e.count)))
    if any(event.input_shapes for event in events):
        columns.append(_Column("Input Shapes", lambda e: _shortened(str(e.input_shapes), shapes)))
    if any(event.stack for event in events):
        columns.append(_Column("Source Location", lambda e: _shortened(e.stack[0] if e.stack else "", sources)))
    return columns


def _shortened(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."


def _share(part: float, total: float) -> str:
    return f"{100 * part / total:.2f}%" if total else "NaN"


def format_time(time: float) -> str:
    """A time in microseconds with its unit.

    >>> format_time(12.5), format_time(12500), format_time(12500000)
    ('12.500us', '12.500ms', '12.500s')
    """
    if time >= 1e6:
        return f"{time / 1e6:.3f}s"
    return f"{time / 1e3:.3f}ms" if time >= 1e3 else f"{time:.3f}us"


def format_memory(count: int) -> str:
    """A number of bytes with its unit.

    >>> format_memory(12), format_memory(2048), format_memory(3 << 20)
    ('12 B', '2.00 KB', '3.00 MB')
    """
    for unit, size in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if abs(count) >= size:
            return f"{count / size:.2f} {unit}"
    return f"{count} B"
