"""Passes nested far beyond what the interpreter's stack would hold, and a lock that loses no gradient."""

import sys
import threading

import mutagrad as torch


def test_passes_are_nested_to_any_depth():
    """Each hook starts the next pass; the interpreter's stack holds a hundredth of them."""
    depth, reached = 3 * sys.getrecursionlimit(), []

    def start(level):
        x = torch.ones(1, requires_grad=True)
        h = x * 1

        def hook(gradient):
            reached.append(level)
            if level < depth:
                with torch.enable_grad():
                    start(level + 1)

        h.register_hook(hook)
        h.sum().backward()

    start(1)

    assert reached == list(range(1, depth + 1))


def test_the_modes_go_with_a_nested_pass():
    """A pass that runs in a thread of its own sees the modes of the thread that started it."""
    seen = []

    def start(level):
        x = torch.ones(1, requires_grad=True)
        h = x * 1

        def hook(gradient):
            seen.append((torch.is_grad_enabled(), torch.get_overwrite_policy(), threading.current_thread().name))
            if level < 200:
                with torch.enable_grad():
                    start(level + 1)

        h.register_hook(hook)
        h.sum().backward()

    with torch.set_overwrite_policy("error"):
        start(1)

    assert {each[:2] for each in seen} == {(False, "error")}
    assert len({each[2] for each in seen}) > 1


def test_an_exception_comes_up_through_all_nested_passes():
    def start(level):
        h = torch.ones(1, requires_grad=True) * 1

        def hook(gradient):
            if level == 200:
                raise ValueError("at the bottom")
            with torch.enable_grad():
                start(level + 1)

        h.register_hook(hook)
        h.sum().backward()

    try:
        start(1)
    except ValueError as error:
        assert str(error) == "at the bottom"
    else:
        raise AssertionError("nothing was raised")

    assert torch.is_grad_enabled()


def test_large_gradients_of_many_threads_are_all_added():
    """Large arrays are added without the interpreter's lock: here the library's own must hold."""
    x = torch.zeros(200_000, requires_grad=True)

    def work():
        for _ in range(20):
            (x * 1).sum().backward()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert x.grad.min() == x.grad.max() == 120
