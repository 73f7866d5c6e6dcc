"""A profiler that follows a schedule: in some steps of a training loop it records, in others it does not.

Follows https://docs.pytorch.org/docs/stable/profiler.html
"""

from __future__ import annotations

import enum
import os
import socket
import time
import warnings
from collections.abc import Callable, Iterable
from typing import Any

from mutagrad.autograd.events import EventList
from mutagrad.autograd.profiler import Recorder, record_function


class ProfilerActivity(enum.Enum):
    """What is recorded: what runs on the CPU, which is all there is."""

    CPU = 0
    XPU = 1
    MTIA = 2
    CUDA = 3
    HPU = 4
    PrivateUse1 = 5


def supported_activities() -> set[ProfilerActivity]:
    """The activities that can be recorded."""
    return {ProfilerActivity.CPU}


class ProfilerAction(enum.Enum):
    """What a profiler does in a step."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3
    DEVICE_STOPPED = 4


Schedule = Callable[[int], ProfilerAction]


def schedule(
    *, wait: int, warmup: int, active: int, repeat: int = 0, skip_first: int = 0, skip_first_wait: int = 0
) -> Schedule:
    """What to do in each step: after `skip_first`, cycles of `wait`, `warmup` and `active` steps, `repeat` times (0: on).

    With `skip_first_wait` the first cycle does not wait.

    >>> plan = schedule(wait=1, warmup=1, active=2, repeat=1)
    >>> [plan(step).name for step in range(5)]
    ['NONE', 'WARMUP', 'RECORD', 'RECORD_AND_SAVE', 'NONE']
    """
    if min(wait, warmup, repeat, skip_first) < 0 or active < 1:
        raise AssertionError("Invalid profiler schedule arguments")
    if warmup == 0:
        warnings.warn("Profiler won't be using warmup, this can skew profiler results", stacklevel=2)
    length = wait + warmup + active

    def plan(step: int) -> ProfilerAction:
        if step < 0:
            raise AssertionError(f"Step must be non-negative. Got {step}.")
        step -= skip_first
        if step < 0:
            return ProfilerAction.NONE
        if skip_first_wait:
            step += wait
        if repeat and step >= length * repeat:
            return ProfilerAction.NONE
        place = step % length
        if place < wait:
            return ProfilerAction.NONE
        if place < wait + warmup:
            return ProfilerAction.WARMUP
        return ProfilerAction.RECORD_AND_SAVE if place == length - 1 else ProfilerAction.RECORD

    return plan


def tensorboard_trace_handler(
    dir_name: str, worker_name: str | None = None, use_gzip: bool = False
) -> Callable[[profile], None]:
    """What writes a trace to a new file in a directory, to be given as `on_trace_ready`."""

    def write(profiled: profile) -> None:
        os.makedirs(dir_name, exist_ok=True)
        worker = worker_name or f"{socket.gethostname()}_{os.getpid()}"
        profiled.export_chrome_trace(os.path.join(dir_name, f"{worker}.{time.time_ns()}.pt.trace.json"))

    return write


RECORDING = (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE)


class profile:
    """Records operations and gradients, in all steps or in those of a `schedule`; `step()` says that one has ended.

    Whenever a recording is complete `on_trace_ready(profile)` is called. Its events are there until the next begins, or
    those of all recordings with `acc_events`.

    >>> import mutagrad
    >>> with mutagrad.profiler.profile(record_shapes=True) as profiled:
    ...     _ = mutagrad.ones(2, 3).sin()
    >>> [(event.name, event.input_shapes) for event in profiled.events()]
    [('aten::sin', [[2, 3]])]
    """

    def __init__(
        self,
        *,
        activities: Iterable[ProfilerActivity] | None = None,
        schedule: Schedule | None = None,
        on_trace_ready: Callable[[profile], Any] | None = None,
        record_shapes: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_flops: bool = False,
        with_modules: bool = False,
        experimental_config: Any = None,
        execution_trace_observer: Any = None,
        acc_events: bool = False,
        use_cuda: bool | None = None,
        custom_trace_id_callback: Callable[[], str] | None = None,
    ) -> None:
        self.activities = set(activities) if activities is not None else supported_activities()
        if not self.activities:
            raise AssertionError("No valid profiler activities found")
        self.schedule = schedule
        self.on_trace_ready = on_trace_ready
        self.record_shapes = record_shapes
        self.profile_memory = profile_memory
        self.with_stack = with_stack
        self.acc_events = acc_events
        self.step_num = 0
        self.current_action = ProfilerAction.NONE
        self.metadata: dict[str, str] = {}
        self._recorder: Recorder | None = None
        self._step: record_function | None = None
        self._found: EventList | None = None

    def __enter__(self) -> profile:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begins with the first step."""
        self._begin_step()

    def stop(self) -> None:
        """Ends with the last step."""
        self._end_step()
        if self._recorder is not None:
            self._save()
        self.current_action = ProfilerAction.NONE

    def step(self) -> None:
        """Says that the next step begins."""
        self._end_step()
        self.step_num += 1
        if self.current_action is ProfilerAction.RECORD_AND_SAVE:
            self._save()
        self._begin_step()

    def _begin_step(self) -> None:
        self.current_action = ProfilerAction.RECORD if self.schedule is None else self.schedule(self.step_num)
        if self.current_action not in RECORDING:
            return
        if self._recorder is None:
            self._recorder = Recorder(shapes=self.record_shapes, memory=self.profile_memory, stack=self.with_stack)
            self._recorder.start()
        if self.schedule is not None:
            self._step = record_function(f"ProfilerStep#{self.step_num}")
            self._step.__enter__()

    def _end_step(self) -> None:
        if self._step is not None:
            self._step.__exit__(None, None, None)
            self._step = None

    def _save(self) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return
        recorder.stop()
        before = self._found if self.acc_events and self._found is not None else []
        self._found = EventList([*before, *recorder.events], profile_memory=self.profile_memory)
        if self.on_trace_ready is not None:
            self.on_trace_ready(self)

    def events(self) -> EventList:
        """The events of the last recording. Raises AssertionError before there is one."""
        if self._found is None:
            raise AssertionError("Profiler must be initialized before getting events")
        return self._found

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0) -> EventList:
        """The sums of the events by name."""
        return self.events().key_averages(group_by_input_shape, group_by_stack_n)

    def export_chrome_trace(self, path: str) -> None:
        """Writes the events to a file that `chrome://tracing` and Perfetto show."""
        self.events().export_chrome_trace(path)

    def export_stacks(self, path: str, metric: str = "self_cpu_time_total") -> None:
        """Writes the lines that led to each event, as flame graphs are made from."""
        self.events().export_stacks(path, metric)

    def add_metadata(self, key: str, value: str) -> None:
        """Notes a text beside the events."""
        self.metadata[key] = value
