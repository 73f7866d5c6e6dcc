"""Profilers: what they see, how they sum it up, schedules, and what they refuse."""

import json
import os
import tempfile
from importlib import import_module

from ..suite import Cases, raised, warned

case = Cases()


def legacy(torch):
    """The module of autograd's own profiler."""
    return import_module(torch.__name__ + ".autograd.profiler")


def modern(torch):
    """The module of the profiler with a schedule."""
    return import_module(torch.__name__ + ".profiler")


def on_cpu(torch, **options):
    """A profiler of what runs on the CPU."""
    return modern(torch).profile(activities=[modern(torch).ProfilerActivity.CPU], **options)


def program(torch):
    """A small forward and backward pass."""
    x = torch.ones(2, 3, requires_grad=True)
    (x.sin() * x.exp() * x.exp()).sum().backward()


def counts(averages, *keys):
    """How often events of these names were seen."""
    found = {each.key: each.count for each in averages}
    return [found.get(key) for key in keys]


KEYS = ("aten::sin", "aten::exp", "aten::sum", "SinBackward0", "ExpBackward0", "MulBackward0", "SumBackward0", "none")


@case
def operations_and_gradients_are_counted(torch):
    with legacy(torch).profile() as profiled:
        program(torch)
    return counts(profiled.key_averages(), *KEYS)


@case
def operations_and_gradients_are_counted_by_the_scheduled_one(torch):
    with on_cpu(torch) as profiled:
        program(torch)
    return counts(profiled.key_averages(), *KEYS)


@case
def in_place_operations_are_named_so(torch):
    with legacy(torch).profile() as profiled:
        torch.ones(2).add_(1).mul_(2)
    return counts(profiled.key_averages(), "aten::add_", "aten::mul_")


@case
def times_add_up(torch):
    with on_cpu(torch) as profiled:
        program(torch)
    events, averages = profiled.events(), profiled.key_averages()
    return [
        all(each.cpu_time_total >= each.self_cpu_time_total >= 0 for each in averages),
        all(abs(each.cpu_time * each.count - each.cpu_time_total) < 1e-2 for each in averages),
        abs(events.self_cpu_time_total - averages.self_cpu_time_total) < 1e-1,
        abs(events.total_average().self_cpu_time_total - averages.self_cpu_time_total) < 1e-1,
        events.total_average().count == len(events),
    ]


@case
def marks(torch):
    with on_cpu(torch) as profiled, modern(torch).record_function("mine"):
        torch.ones(2).sin()
    (mark,) = [each for each in profiled.events() if each.name == "mine"]
    (sine,) = [each for each in profiled.events() if each.name == "aten::sin"]
    return [
        sine.cpu_parent is mark,
        sine in mark.cpu_children,
        mark.cpu_time_total >= sine.cpu_time_total,
        mark.self_cpu_time_total <= mark.cpu_time_total,
    ]


@case
def marks_as_decorators(torch):
    @modern(torch).record_function("mine")
    def function(x):
        return x.sin()

    with on_cpu(torch) as profiled:
        function(torch.ones(2))
        function(torch.ones(2))
    return counts(profiled.key_averages(), "mine", "aten::sin")


@case
def marks_outside_do_nothing(torch):
    with modern(torch).record_function("mine") as mark:
        return torch.ones(2).sin(), mark is not None


@case
def marks_end_with_an_exception(torch):
    def fail():
        with modern(torch).record_function("mine"):
            raise ValueError("mine")

    with on_cpu(torch) as profiled:
        said = raised(fail)
        torch.ones(2).sin()
    (sine,) = [each for each in profiled.events() if each.name == "aten::sin"]
    return said, sine.cpu_parent is None


@case
def shapes_of_inputs(torch):
    with on_cpu(torch, record_shapes=True) as profiled:
        torch.ones(2, 3).sin()
        torch.ones(4).sin()
    found = [[each.key, each.count, each.input_shapes] for each in profiled.key_averages(group_by_input_shape=True)]
    return sorted(each for each in found if each[0] == "aten::sin")


@case
def tables_have_the_columns(torch):
    with on_cpu(torch) as profiled:
        program(torch)
    table = profiled.key_averages().table(sort_by="self_cpu_time_total", row_limit=3)
    names = ("Name", "Self CPU %", "Self CPU", "CPU total %", "CPU total", "CPU time avg", "# of Calls")
    return [name in table for name in names], "Self CPU time total: " in table


@case
def tables_have_so_many_rows(torch):
    with on_cpu(torch) as profiled:
        program(torch)
    table = profiled.key_averages().table(sort_by="cpu_time_total", row_limit=3)
    rules = [i for i, line in enumerate(table.splitlines()) if line.startswith("----")]
    return rules[2] - rules[1] - 1


@case
def tables_sorted_by_nothing_there(torch):
    with on_cpu(torch) as profiled:
        program(torch)
    return (raised(lambda: profiled.key_averages().table(sort_by="nothing")) or "").split(":")[0]


@case
def chrome_traces(torch):
    with on_cpu(torch) as profiled:
        program(torch)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "trace.json")
        profiled.export_chrome_trace(path)
        with open(path) as file:
            events = json.load(file)["traceEvents"]
    (sine,) = [each for each in events if each.get("name") == "aten::sin" and each["ph"] == "X"]
    return sine["cat"], sine["dur"] >= 0, all(key in sine for key in ("pid", "tid", "ts", "args"))


@case
def traces_are_handed_over(torch):
    with tempfile.TemporaryDirectory() as folder:
        handler = modern(torch).tensorboard_trace_handler(folder, worker_name="worker")
        with on_cpu(torch, on_trace_ready=handler):
            torch.ones(2).sin()
        return [[name.split(".")[0], name.endswith(".pt.trace.json")] for name in os.listdir(folder)]


@case
def a_profiler_that_is_off(torch):
    with legacy(torch).profile(enabled=False) as profiled:
        torch.ones(2).sin()
    return profiled


@case
def a_profiler_that_has_not_run(torch):
    return str(legacy(torch).profile())


@case
def a_profiler_is_entered_once(torch):
    profiled = legacy(torch).profile()
    with profiled:
        torch.ones(2).sin()
    with profiled:
        torch.ones(2).sin()


@case
def schedules(torch):
    schedule = modern(torch).schedule
    plans = [
        schedule(wait=1, warmup=1, active=2, repeat=2),
        schedule(wait=0, warmup=1, active=1),
        schedule(wait=2, warmup=1, active=1, skip_first=3, repeat=1),
        schedule(wait=2, warmup=1, active=1, skip_first=1, skip_first_wait=1),
    ]
    return [[plan(step).name for step in range(12)] for plan in plans]


@case
def schedules_that_make_no_sense(torch):
    return (raised(lambda: modern(torch).schedule(wait=-1, warmup=0, active=1)) or "").split(".")[0]


@case
def schedules_without_warmup(torch):
    return warned(lambda: modern(torch).schedule(wait=1, warmup=0, active=1))


@case
def steps_of_a_schedule(torch):
    seen = []

    def ready(profiled):
        keys = [each.key for each in profiled.key_averages() if each.key.startswith("ProfilerStep")]
        seen.append([profiled.step_num, sorted(keys)])

    plan = modern(torch).schedule(wait=1, warmup=1, active=2, repeat=2)
    with on_cpu(torch, schedule=plan, on_trace_ready=ready) as profiled:
        for _ in range(9):
            torch.ones(2).sin()
            profiled.step()
    return seen


@case
def the_actions(torch):
    return [[each.name, each.value] for each in modern(torch).ProfilerAction]


@case
def results_are_the_same(torch):
    x = torch.linspace(0, 1, 4, dtype=torch.float64, requires_grad=True)
    with legacy(torch).profile():
        y = (x[1:].sin() * x[:-1]).sum()
        (first,) = torch.autograd.grad(y, x, create_graph=True)
        return y, first, torch.autograd.grad(first.sum(), x)
