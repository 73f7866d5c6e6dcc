"""What is mutagrad's own of its profilers: no cost when off, bytes, lines, threads."""

import threading

import pytest

import mutagrad
from mutagrad.autograd.pulling import surroundings
from mutagrad.modes import extras, modes
from mutagrad.profiler import profile, record_function, schedule


def test_nothing_is_left_when_a_profiler_is_off():
    """Calls take the fast way again, also after an error."""
    before = extras[0]
    with pytest.raises(ZeroDivisionError), profile():
        mutagrad.ones(2).sin()
        raise ZeroDivisionError

    assert extras[0] == before
    assert modes.around_calls == ()
    assert surroundings == []


def test_bytes_of_results():
    with profile(profile_memory=True) as profiled:
        x = mutagrad.ones(10, dtype=mutagrad.float64)
        with record_function("both"):
            x.sin().exp()
    found = {each.key: each.cpu_memory_usage for each in profiled.key_averages()}

    assert found["aten::sin"] == found["aten::exp"] == 80
    assert found["both"] == 160
    assert "Self CPU Mem" in profiled.key_averages().table()


def test_the_line_of_a_call():
    with profile(with_stack=True) as profiled:
        mutagrad.ones(2).sin()

    (event,) = [each for each in profiled.events() if each.name == "aten::sin"]
    assert event.stack[0].partition(":")[0].endswith("test_profiler.py")
    assert len(profiled.key_averages(group_by_stack_n=1)) == len(profiled.events())


def test_other_threads_are_not_seen():
    def work():
        x = mutagrad.ones(2, requires_grad=True)
        x.cos().sum().backward()

    with profile() as profiled:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        mutagrad.ones(2).sin()

    assert [each.name for each in profiled.events()] == ["aten::sin"]


def test_recordings_can_be_kept_together():
    plan = schedule(wait=0, warmup=1, active=1)
    with profile(schedule=plan, acc_events=True) as profiled:
        for _ in range(6):
            mutagrad.ones(2).sin()
            profiled.step()

    assert sum(each.name == "aten::sin" for each in profiled.events()) == 3


def test_two_profilers_see_the_same():
    with profile() as outer, profile() as inner:
        mutagrad.ones(2).sin()

    assert [each.name for each in inner.events()] == [each.name for each in outer.events()] == ["aten::sin"]


def test_noting_is_switched_off_and_on_within():
    """As in PyTorch; and afterwards nothing is left."""
    before = extras[0]
    with mutagrad.autograd.profiler.profile() as profiled:
        mutagrad.ones(2).sin()
        profiled.toggle_collection_dynamic(False, [])
        mutagrad.ones(2).cos()
        profiled.toggle_collection_dynamic(True, [])
        mutagrad.ones(2).exp()
        profiled.toggle_collection_dynamic(False, [])

    assert [event.key for event in profiled.function_events] == ["aten::sin", "aten::exp"]
    assert extras[0] == before


def test_names_of_traces():
    """New ones, or those that a program makes."""
    plain = mutagrad.autograd.profiler.profile()
    own = mutagrad.autograd.profiler.profile(custom_trace_id_callback=lambda: "mine")

    assert len(plain.create_trace_id()) == 32 and plain.create_trace_id() != plain.create_trace_id()
    assert own.create_trace_id() == "mine"


def test_events_that_were_read_elsewhere_are_put_together():
    """Self time leaves out the events within."""
    outer, inner = [mutagrad.autograd.profiler.FunctionEvent(name, 0.0, 1, [], []) for name in ("outer", "inner")]
    outer.time_range, inner.time_range = [
        each._replace(end=end) for each, end in ((outer.time_range, 5.0), (inner.time_range, 2.0))
    ]
    outer.append_cpu_child(inner)
    inner.set_cpu_parent(outer)
    outer.append_kernel("copy", 0, 1.5)

    assert (outer.self_cpu_time_total, inner.cpu_parent, outer.kernels[0].duration) == (3.0, outer, 1.5)
