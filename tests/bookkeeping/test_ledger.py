"""What is entered in the ledger, line by line."""

import gc
import json
import tracemalloc

import pytest

import mutagrad
from mutagrad import modes


@pytest.fixture
def leaf():
    return mutagrad.ones(8, requires_grad=True)


def figures(book, text):
    """The figures of the line that reads `text`."""
    (line,) = [line for line in book.lines if line.text == text]
    return line.figures


def test_saves_writes_copies_and_views_are_counted_by_line(leaf):
    with mutagrad.ledger() as book:
        for _ in range(5):
            h = leaf * 2
            y = h.sin()
            part = h[2:4]
            part.add_(1)
            y.sum().backward()

    saved, viewed, written = figures(book, "y = h.sin()"), figures(book, "part = h[2:4]"), figures(book, "part.add_(1)")
    assert (saved["calls"], saved["saves"], saved["saved"]) == (5, 5, 5 * 32)
    assert viewed["views"] == 5
    assert (written["writes"], written["written"]) == (5, 5 * 8)
    assert (written["overwritten"], written["copies"], written["kept"]) == (5, 5, 5 * 32)
    assert saved["forward"] > 0
    assert saved["backward"] > 0


def test_nothing_is_entered_when_it_is_closed_and_nothing_is_left_behind(leaf):
    with mutagrad.ledger() as book:
        leaf * 2
    before = book.to_json()
    leaf * 3

    assert book.to_json() == before
    assert modes.extras[0] == 0
    assert not modes.modes.observers
    assert not modes.modes.around_calls


def test_an_exception_closes_the_book(leaf):
    with pytest.raises(ZeroDivisionError), mutagrad.ledger():
        1 / 0

    assert modes.extras[0] == 0


def test_the_book_keeps_no_memory_alive(leaf):
    with mutagrad.ledger() as book:
        h = leaf * 2
        y = h.sin()
        held = book.memory.total
        del h, y

        assert book.memory.total == held - 64
    gc.collect()


def test_memory_at_its_peak_by_cause():
    x = mutagrad.ones(256, requires_grad=True)
    with mutagrad.ledger() as book:
        h = x * 2
        y = h.sin()
        h.mul_(3)
    peak = json.loads(book.to_json())["memory"]["peak_by_cause"]

    assert {cause: nbytes for cause, nbytes in peak.items() if nbytes} == {
        "parameters": 1024,
        "activations": 1024,
        "kept copies": 1024,
        "results": 1024,
    }
    assert book.memory.most == sum(peak.values())
    del y


def test_data_read_before_it_becomes_a_leaf_is_a_parameter_from_then_on():
    with mutagrad.ledger() as book:
        x = mutagrad.ones(256)
        x + 1
        x.requires_grad_()
        with mutagrad.no_grad():
            x.detach().mul_(2)

    peak = json.loads(book.to_json())["memory"]["peak_by_cause"]
    assert (peak["parameters"], peak["data"]) == (1024, 0)
    assert [trap.kind for trap in book.traps] == ["detached write"]


def test_what_comes_and_goes_is_added_up_in_its_order():
    """Many buffers that take one another's place, and one that is held beside each of them: never more than three."""
    x = mutagrad.ones(1024)
    with mutagrad.ledger() as book:
        for _ in range(1000):
            y = x + 1
            y + y
            del y

    (line,) = [line for line in book.lines if line.figures["calls"] == 1000 and line.text == "y = x + 1"]
    assert book.memory.most == 3 * 4096
    assert line.figures["made"] == 1000 * 4096
    assert not book.buffers.keys() - {id(x._family.storage)}


def test_an_operation_and_its_form_in_place_are_told_apart_at_one_place(leaf):
    h = leaf * 1
    with mutagrad.ledger() as book:
        for change in (h.mul, h.mul_, h.mul, h.mul_):
            change(3)

    (line,) = [line for line in book.lines if line.text == "change(3)"]
    assert line.operations == {"mul": 2, "mul_": 2}
    assert line.figures["writes"] == 2
    assert "written by mul_ (2 times)" in book.explain(h)


def test_gradients_are_a_cause_of_their_own():
    x = mutagrad.ones(256, requires_grad=True)
    with mutagrad.ledger() as book:
        x.exp().sum().backward()

    assert json.loads(book.to_json())["memory"]["peak_by_cause"]["gradients"] >= 1024


def test_optimizer_state_has_a_cause_of_its_own():
    x = mutagrad.ones(256, requires_grad=True)
    optimizer = mutagrad.optim.Adam([x])
    with mutagrad.ledger() as book:
        x.sum().backward()
        optimizer.step()

    assert json.loads(book.to_json())["memory"]["peak_by_cause"]["optimizer state"] >= 2048


def test_the_course_of_memory_stays_short_and_keeps_its_peak(leaf):
    with mutagrad.ledger() as book:
        for i in range(3000):
            leaf.detach() + 1
            if i == 1500:
                large = mutagrad.ones(1000)
                leaf + 1
                del large

    assert len(book.memory.course) < 4000
    assert max(sum(totals) for _, totals in book.memory.course) == book.memory.most


def test_savings_name_the_line_that_holds_most():
    x = mutagrad.ones(4096, requires_grad=True)
    with mutagrad.ledger() as book:
        small = x[:8] * 2
        large = (x * 2).exp()
        (large.sum() + small.sum()).item()

    assert book.savings[0].span.text.strip() == "large = (x * 2).exp()"
    assert book.savings[0].nbytes >= 4096 * 4


def test_explain_tells_the_life_of_a_tensor(leaf):
    with mutagrad.ledger() as book:
        h = leaf * 2
        y = h.sin()
        part = h[2:]
        part.zero_()

    told = [line.strip() for line in book.explain(h).split("\n") if not line.startswith("    ")]
    assert told == [
        "tensor of shape (8,), Float, 32 B",
        "made by mul:",
        "saved for the gradient of sin, as its input:",
        "viewed, as Slice:",
        "a saved value overwritten, elements [2:8] of 8, by zero_:",
        "kept for the gradient: 32 B copied before the write:",
        "written by zero_:",
    ]
    assert "y = h.sin()" in book.explain(h)
    assert book.explain(part).startswith("tensor of shape (6,), Float, 24 B, a view")
    del y


def test_explain_says_when_nothing_is_known():
    made = mutagrad.ones(3)
    with mutagrad.ledger() as book:
        pass

    assert "before the ledger was opened" in book.explain(made)


def test_a_custom_function_and_checkpoints_run_under_the_ledger(leaf):
    from mutagrad.utils.checkpoint import checkpoint

    with mutagrad.ledger() as book:
        y = checkpoint(lambda x: x.sin().exp(), leaf, use_reentrant=False)
        y.sum().backward()

    assert leaf.grad is not None
    assert not book.hazards


def test_gradients_are_the_same_under_the_ledger():
    def gradient():
        x = mutagrad.arange(6.0, requires_grad=True)
        h = x.view(2, 3) * 2
        y = h.sin()
        h[0] = y[1].exp()
        h[mutagrad.tensor([True, False])] *= 2
        (h.square().sum() + y.sum()).backward()
        return x.grad.tolist()

    with mutagrad.ledger():
        under = gradient()

    assert under == gradient()


def test_summary_shows_lines_memory_and_findings(leaf):
    with mutagrad.ledger() as book:
        h = leaf * 2
        y = h.sin()
        h.zero_()
        y.sum().backward()
        leaf.data.add_(1)
    text = book.summary()

    assert "memory at its peak: " in text
    assert "a value that the gradient of sin needs was overwritten: an error in PyTorch" in text
    assert "add_ writes through .data" in text
    assert "h.zero_()" in text


def test_json_goes_to_a_file(tmp_path, leaf):
    with mutagrad.ledger() as book:
        leaf * 2
    book.to_json(tmp_path / "book.json")

    data = json.loads((tmp_path / "book.json").read_text())
    assert data["lines"][0]["operations"] == {"mul": 1}


def test_without_a_ledger_overwritten_values_are_counted_by_line(leaf):
    before = mutagrad.overwrite_statistics().by_line
    for _ in range(3):
        h = leaf * 2
        y = h.sin()
        h[2:4] = 0
        y.sum().backward()

    found = mutagrad.overwrite_statistics().by_line
    ((place, counted),) = [(place, line) for place, line in found.items() if line != before.get(place)]
    assert place.startswith("tests/bookkeeping/test_ledger.py:")
    assert (counted.overwritten, counted.copies, counted.bytes_kept) == (3, 3, 3 * 32)
    assert counted.seconds > 0


def test_without_a_ledger_what_live_graphs_hold_is_told_by_line(leaf):
    h = leaf * 2
    y = h.sin() * h
    held = mutagrad.saved_statistics(y)
    everywhere = mutagrad.saved_statistics()
    y.sum().backward()

    ((mul, of_mul), (sin, of_sin)) = held.by_line.items()
    assert int(sin.rpartition(":")[2]) == int(mul.rpartition(":")[2]) + 1
    assert (of_mul.operations, of_mul.saved, of_sin.operations, of_sin.saved) == (1, 0, 2, 3)
    assert held.nbytes == h.nbytes + y.nbytes, "h is saved twice, in one memory"
    assert everywhere.saved >= held.saved and everywhere.by_line[sin].saved == 3
    assert mutagrad.saved_statistics(y).saved == 0


def test_a_write_to_some_elements_by_index_leaves_the_fill_needed():
    with mutagrad.ledger() as book:
        out = mutagrad.zeros(4)
        out[mutagrad.tensor([0, 2])] = 1.0

    assert not book.needless


def test_what_is_written_where_no_call_is_seen_is_no_hazard_to_what_is_saved_after_it(leaf):
    """The write of a custom function into its input is seen by its version alone."""

    class Fill(mutagrad.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            x.fill_(3)
            ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx, ct):
            return None

    with mutagrad.ledger() as book:
        h = leaf * 2
        h.sin()
        g = Fill.apply(h)
        (g * g).sum().backward()

    assert not book.hazards


def test_calls_are_entered_alike_beside_other_modes(leaf):
    """Alone the ledger looks at fast calls from outside; beside the profiler it is told of general ones."""

    def program():
        for _ in range(2):
            h = leaf * 2 + 1
            h.mul_(3)
            y = h.exp() * h.sin()
            h[1:3] = 0
            (y.clone().sum() + (h.view(2, 4) @ h.view(4, 2)).sum()).backward()
        return None

    with mutagrad.ledger() as alone:
        program()
    with mutagrad.autograd.profiler.profile(), mutagrad.ledger() as beside:
        program()

    def entered(book):
        times = {"forward", "backward"}
        return [{k: v for k, v in line.figures.items() if k not in times} | line.operations for line in book.lines]

    assert entered(alone) == entered(beside)
    assert len(alone.hazards) == len(beside.hazards)


def test_the_adjoint_of_memory_that_was_written_in_part_counts_whole():
    """The sum's share repeats one number; to read and clear a part of it, the pass needs a buffer of its own."""
    x = mutagrad.ones(1024, requires_grad=True)
    with mutagrad.ledger() as book:
        h = x * 1
        h[:512].sin_()
        h.sum().backward()

    assert json.loads(book.to_json())["memory"]["peak_by_cause"]["gradients"] >= 4096 + 2048


def test_the_peak_is_what_was_allocated():
    """A gradient that has been delivered does not count a second time, as an adjoint."""
    x = mutagrad.ones(512, 256)
    weights = [mutagrad.ones(256, 512, requires_grad=True)]
    weights += [mutagrad.full((512, 512), 0.01).requires_grad_() for _ in range(3)]
    size = x.nbytes + sum(w.nbytes for w in weights)
    with mutagrad.ledger() as book:
        tracemalloc.start()
        h = x
        for w in weights:
            h = (h @ w).relu()
        h.sum().backward()
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert sum(book.memory.peak) == pytest.approx(size + most, rel=0.05)
