"""What `mutagrad.profiler` offers. Written by `tools/write_stubs.py`: not to be edited."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.tensor import Tensor
from mutagrad.profiler.scheduled import ProfilerAction as ProfilerAction
from mutagrad.profiler.scheduled import ProfilerActivity as ProfilerActivity
from mutagrad.profiler.scheduled import profile as profile
from mutagrad.autograd.profiler import record_function as record_function
from mutagrad.profiler.scheduled import schedule as schedule
from mutagrad.profiler import scheduled as scheduled
from mutagrad.profiler.scheduled import supported_activities as supported_activities
from mutagrad.profiler.scheduled import tensorboard_trace_handler as tensorboard_trace_handler
