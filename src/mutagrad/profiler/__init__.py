"""Profiling with a schedule, in the shape of `torch.profiler`."""

from mutagrad.autograd.profiler import record_function
from mutagrad.profiler.scheduled import (
    ProfilerAction,
    ProfilerActivity,
    profile,
    schedule,
    supported_activities,
    tensorboard_trace_handler,
)
