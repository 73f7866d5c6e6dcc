"""What the ledger says of a program is what PyTorch makes of it."""

import json
import warnings
from contextlib import suppress
from pathlib import Path

import pytest

import mutagrad
from tests.aliasing.functions import functions
from tests.bookkeeping.programs import PROGRAMS

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "hazards.json").read_text())


GALLERY = sorted((Path(__file__).parents[1] / "gallery" / "programs").glob("[!_]*.py"))


@pytest.mark.parametrize("name", PROGRAMS)
def test_hazards_are_those_of_pytorch(name):
    with mutagrad.ledger() as book:
        _, loss = PROGRAMS[name](mutagrad)
        loss.backward()

    assert {hazard.in_pytorch for hazard in book.hazards} == {RECORDED["programs"][name]} - {"right"}


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_the_broken_programs_that_pytorch_refuses_have_hazards(path, capsys):
    """A hazard that is an error in PyTorch is found where PyTorch ends the program with that error, and only there."""
    with mutagrad.ledger() as book, warnings.catch_warnings(), suppress(Exception):
        warnings.simplefilter("ignore")
        exec(compile(path.read_text(), str(path), "exec"), {"__name__": "__main__"})

    assert any(hazard.in_pytorch == "error" for hazard in book.hazards) == (path.stem in RECORDED["gallery"])


def test_a_hazard_names_both_lines_and_the_elements():
    x = mutagrad.ones(4, requires_grad=True)
    with mutagrad.ledger() as book:
        h = x * 2
        y = h.sin()
        h[1:3] = 0
        y.sum().backward()

    (hazard,) = book.hazards
    assert hazard.saved_at.text.strip() == "y = h.sin()"
    assert hazard.written_at.text.strip() == "h[1:3] = 0"
    assert hazard.region.text == "elements [1:3] of 4"
    assert (hazard.operation, hazard.role, hazard.writer, hazard.lost) == ("sin", "input", "copy_", True)


def test_a_write_beside_a_value_is_told_apart():
    with mutagrad.ledger() as book:
        _, loss = PROGRAMS["beside"](mutagrad)
        loss.backward()

    assert [hazard.lost for hazard in book.hazards] == [False]


def test_no_hazard_where_no_gradient_is_asked_for():
    """A saved value that is overwritten matters only to the pass that needs it."""
    x = mutagrad.ones(4, requires_grad=True)
    with mutagrad.ledger() as book:
        h = x * 2
        y = h.sin()
        h.zero_()

    assert not book.hazards
    del y


def test_the_policy_error_ends_in_the_hazard_that_is_entered():
    with mutagrad.set_overwrite_policy("error"), mutagrad.ledger() as book:
        _, loss = PROGRAMS["overlapping"](mutagrad)
        with pytest.raises(mutagrad.OverwrittenError):
            loss.backward()

    assert [hazard.operation for hazard in book.hazards] == ["sin"]


def test_hazards_count_how_often():
    x = mutagrad.ones(4, requires_grad=True)
    with mutagrad.ledger() as book:
        for _ in range(3):
            h = x * 2
            y = h.sin()
            h.zero_()
            y.sum().backward()

    assert [hazard.count for hazard in book.hazards] == [3]


@pytest.mark.parametrize("name, kind", [("through_data", ".data"), ("through_detach", "detached write")])
def test_writes_past_the_history_are_traps(name, kind):
    with mutagrad.ledger() as book:
        PROGRAMS[name](mutagrad)

    assert [trap.kind for trap in book.traps] == [kind]


def test_ordinary_updates_are_no_traps():
    x = mutagrad.ones(3, requires_grad=True)
    with mutagrad.ledger() as book:
        (x * x).sum().backward()
        with mutagrad.no_grad():
            x -= 0.1 * x.grad
            x[0] = 1
        mutagrad.optim.Adam([x]).step()
        constant = mutagrad.ones(3)
        constant.detach().add_(1)

    assert not book.traps
    assert not book.hazards


@pytest.mark.parametrize("through_data, in_pytorch", [(False, "error"), (True, "wrong gradient")])
def test_what_a_custom_function_saved_is_followed(through_data, in_pytorch):
    square = functions(mutagrad)["Square"]
    x = mutagrad.ones(3, requires_grad=True)
    with mutagrad.ledger() as book:
        h = x * 2
        y = square.apply(h)
        (h.data if through_data else h).zero_()
        y.sum().backward()

    assert [(hazard.operation, hazard.role, hazard.in_pytorch) for hazard in book.hazards] == [
        ("Square", "saved_tensors[0]", in_pytorch)
    ]
    assert x.grad.tolist() == [8, 8, 8]


def test_a_tensor_that_has_left_its_history_may_be_written():
    w = mutagrad.ones(4, requires_grad=True)
    with mutagrad.ledger() as book:
        state = w * 2
        loss = state * w
        state.detach_()
        state.add_(1)
        w.requires_grad_(False)
        w.add_(1)
    assert loss.requires_grad and not book.traps


def test_a_view_taken_under_no_grad_may_be_written():
    w = mutagrad.ones(4, requires_grad=True)
    with mutagrad.ledger() as book, mutagrad.no_grad():
        w[0].fill_(3)
        w.view(2, 2)[0] = 1
    assert not book.traps
