"""Lines that write, and the variable an advice about them may use."""

import pytest

from mutagrad.report import written_name
from mutagrad.report.names import cloned_operand, mentions
from mutagrad.report.statements import Scope


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("h.add_(1)", "h"),
        ("h[:2].add_(1)", "h"),
        ("h[:2][0].add_(1)", "h"),
        ("h[0] = 1", "h"),
        ("h[0, 1:] += 1", "h"),
        ("h += 1", "h"),
        ("h.data = 1", "h"),
        ("h.t().add_(1)", "h"),
        ("h.view(2, -1)[0].add_(1)", "h"),
        ("h.T[0].add_(1)", "h"),
        ("h.data.add_(1)", "h"),
        ("y = h.add_(1).sin()", "h"),
        ("h.add_(1).add_(2)", "h"),
        ("model.state[0] += 1", "model.state"),
        ("model.state.add_(1)", "model.state"),
        ("cache['k'].add_(1)", "cache['k']"),
        ("torch.add_(h[:2], 1)", "h"),
        ("torch.add(w, 1, out=h[:2])", "h"),
        ("F.relu(h, inplace=True)", "h"),
        ("add_(h, 1)", "h"),
        ("h = (w\n  .add_(1))", "w"),
        ("θ = h[0]; θ.add_(1)", "θ"),
    ],
)
def test_the_name_at_the_root_of_the_written_expression(line, name, programs):
    assert written_name(programs.run(line)["add_"]) == name


@pytest.mark.parametrize(
    "line",
    [
        "h.clone().add_(1)",
        "(h if h else w).add_(1)",
        "[h][0].add_(1)",
        "h.sin().add_(1)",
        "model.layers[0].inner.add_(1)",
        "F.relu(h, False)",
        "(lambda x: x._note('add_'))(h)",
        "for p in [h, w]:\n    p.add_(1)",
        "for i, (p, q) in enumerate([(h, w)]):\n    q[0] = 1",
    ],
)
def test_no_name_where_a_copy_would_be_of_something_else(line, programs):
    assert written_name(programs.run(line)["add_"]) is None


def test_a_write_of_every_element_may_be_of_one_tensor_in_a_list(programs):
    """`xs[i]` is the tensor itself when all its elements are written, and a part of `xs` when they are not."""
    span = programs.run("i = 1\nxs[i].add_(1)")["add_"]

    assert written_name(span, whole=True) == "xs[i]"
    assert written_name(span, whole=False) == "xs"


def test_a_write_of_every_element_through_a_slice_is_of_the_variable(programs):
    for line in ("h[:].add_(1)", "h[...] = 1", "h[:, 0:] = 1"):
        assert written_name(programs.run(line)["add_"], whole=True) == "h"


def test_no_name_without_source(programs):
    programs.execute("h.add_(1)", programs.names())

    assert written_name(programs.spans["add_"]) is None


def test_a_name_is_looked_for_in_the_statement_of_the_span_only(programs):
    span = programs.run("""
        for h in [h]:
            y = [torch.sin(h),
                 model.state]
            w
        """)["sin"]

    assert [name for name in ("h", "y", "model.state", "w", "v") if mentions(span, name)] == ["h", "y", "model.state"]


@pytest.mark.parametrize(
    "line, operation, role, expected",
    [
        ("batch * value", "mul", "input", "batch.clone() * value"),
        ("batch * value", "mul", "other", "batch * value.clone()"),
        ("h * h", "mul", "other", "h.clone() * h.clone()"),
        ("h[0].sin()", "sin", "input", "h[0].clone().sin()"),
        ("torch.mul(a.b, 2)", "mul", "input", "torch.mul(a.b.clone(), 2)"),
        ("h.mul(w)", "mul", "other", "h.mul(w.clone())"),
        # The operation is inside of what is called, or the variable is not one of its operands.
        ("self.linear(x)", "linear", "input", None),
        ("model(x)", "linear", "input", None),
        ("(a + b) * c", "mul", "input", None),
        ("h * w", "mul", "output", None),
    ],
)
def test_a_clone_in_the_place_of_an_operand(line, operation, role, expected, tmp_path):
    path = tmp_path / "train.py"
    path.write_text(f"import torch\n{line}\n")
    span = Scope(compile(path.read_text(), str(path), "exec"), {}, {})
    statement = span.tree.body[1].value

    assert cloned_operand(span.passage(statement), operation, role) == expected
