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
