"""Clones and fills that nothing needed are found, and those that something needed are left alone."""

import pytest

import mutagrad


def found(program):
    x = mutagrad.arange(4.0, requires_grad=True)
    with mutagrad.ledger() as book:
        program(x)
    return [each.what for each in book.needless]


def never_written(x):
    h = x * 2
    h.clone().sin()


def against_an_error_that_cannot_happen(x):
    h = x * 2
    y = h.clone().sin()
    h[0] = 0
    (y + h).sum().backward()


def copy_written_and_original_not_read(x):
    h = x * 2
    y = h.sin()
    g = h.clone()
    g[0] = 1
    del h
    (y + g).sum().backward()


def original_read_after_the_copy_was_written(x):
    h = x * 2
    g = h.clone()
    g[0] = 1
    (h + g).sum().backward()


def copy_read_after_the_original_was_written(x):
    h = x * 2
    before = h.clone()
    h.mul_(3)
    (h - before).sum().backward()


def copy_of_a_leaf(x):
    g = x.clone()
    g[0] = 1
    g.sum().backward()


def snapshot_read_by_numpy(x):
    h = x.detach() * 2
    best = h.clone()
    h.add_(1)
    best.numpy().sum()


def filled_then_written_over(x):
    out = mutagrad.zeros(4)
    out.copy_(x * 2)


def filled_then_read(x):
    out = mutagrad.zeros(4)
    out += x


@pytest.mark.parametrize(
    "program", [never_written, against_an_error_that_cannot_happen, copy_written_and_original_not_read]
)
def test_needless_clones_are_found(program):
    assert found(program) == ["clone"]


@pytest.mark.parametrize(
    "program",
    [
        original_read_after_the_copy_was_written,
        copy_read_after_the_original_was_written,
        copy_of_a_leaf,
        snapshot_read_by_numpy,
        filled_then_read,
    ],
)
def test_needed_work_is_left_alone(program):
    assert found(program) == []


def test_what_a_layer_does_when_it_is_made_is_left_alone():
    with mutagrad.ledger() as book:
        mutagrad.nn.Linear(8, 8)

    assert not book.needless


def test_clones_that_outlive_the_book_are_not_judged():
    x = mutagrad.arange(4.0, requires_grad=True)
    with mutagrad.ledger() as book:
        h = x * 2
        kept = h.clone()
    h.mul_(3)
    h - kept
    del kept

    assert not book.needless


def test_the_clones_of_one_tensor_are_forgotten_with_it():
    x = mutagrad.ones(4)
    with mutagrad.ledger() as book:
        for _ in range(100):
            x.clone()
        (needless,) = book.needless

        assert (needless.count, needless.total) == (100, 100)
        assert not book.alive.attentive


def test_a_fill_that_is_written_over_whole_is_needless():
    assert found(filled_then_written_over) == ["fill"]
