"""Error texts, word for word: the places come from a small program, the rest is plain data."""

import pickle

import numpy as np
import pytest

from mutagrad.report import (
    AutogradError,
    Origin,
    Overwrite,
    OverwrittenError,
    Region,
    complex_output,
    freed_graph,
    gradient_count,
    gradient_dtype,
    gradient_shape,
    input_without_grad,
    leaf_in_place,
    no_graph,
    non_scalar_output,
    overwritten,
    restricted_view,
    unused_input,
)

HALF = Region((4,), ((0, 2, 1),))
PROGRAM = """
# The gradient of sin needs the h it was given.


def program(x):
    h = x[:]
    h.mul_(2)
    return loss(h)


def loss(h):
    # A saved value ...
    y = torch.sin(h)

    # ... is written over.
    h[:2].add_(1)
    return y


program(h)
"""


def lost(spans=None, **changes):
    """The error after `spans`, for the data of the program above but for `changes`."""
    spans = spans or {}
    data = {
        "tensor_type": "torch.DoubleTensor",
        "shape": (4,),
        "output_of": (0, "Mul"),
        "version": 2,
        "expected_version": 1,
        "operation": "sin",
        "saved_role": "input",
        "saved_at": spans.get("sin") or spans.get("exp"),
        "written_by": "add_",
        "overwritten_at": spans.get("add_"),
        "region": HALF,
        "nbytes": 16,
    }
    return overwritten(Overwrite(**{**data, **changes}))


def story_of(error):
    """The text below the first line and the blank one."""
    return str(error).partition("\n\n")[2]


def advice_of(error):
    return str(error).rpartition("\n")[2].strip()


def test_a_saved_value_that_was_overwritten(programs):
    error = lost(programs.run(PROGRAM))

    assert (
        str(error)
        == """\
one of the variables needed for gradient computation has been modified by an inplace operation: \
[torch.DoubleTensor [4]], which is output 0 of Mul, is at version 2; expected version 1 instead.

  needed by the gradient of sin, which saved its input:
    train.py:12 |     y = torch.sin(h)
                |         ^^^^^^^^^^^^
  overwritten, elements [0:2] of 4, by add_:
    train.py:15 |     h[:2].add_(1)
                |     ^^^^^^^^^^^^^
  write h = h.clone() before line 15, or keep the 16 bytes with the policy "preserve\""""
    )


def test_the_parts_of_the_text_are_attributes_too(programs):
    spans = programs.run("y = h.sin()\nh[:2].add_(1)")
    error = lost(spans)

    assert isinstance(error, OverwrittenError) and isinstance(error, RuntimeError)
    assert (error.saved_at, error.overwritten_at) == (spans["sin"], spans["add_"])
    assert (error.region, error.nbytes, error.operation, error.saved_role) == (HALF, 16, "sin", "input")
    assert error.story.advice == 'write h = h.clone() before line 2, or keep the 16 bytes with the policy "preserve"'


def test_an_error_travels_to_another_process_as_its_text(programs):
    error = lost(programs.run("y = h.sin()\nh[:2].add_(1)"))
    copy = pickle.loads(pickle.dumps(error))

    assert (type(copy), str(copy), copy.saved_at) == (OverwrittenError, str(error), None)


@pytest.mark.parametrize(
    ("changes", "tensor"),
    [
        ({}, "[torch.DoubleTensor [4]], which is output 0 of Mul, is at version 2; expected version 1 instead."),
        ({"output_of": None}, "[torch.DoubleTensor [4]] is at version 2; expected version 1 instead."),
        (
            {"output_of": (1, "MaxBackward0"), "shape": (2, 3)},
            "[torch.DoubleTensor [2, 3]], which is output 1 of Max, is",
        ),
        (
            {"tensor_type": "torch.FloatTensor", "shape": (), "output_of": None},
            "[torch.FloatTensor []] is at version 2;",
        ),
        ({"written_by": None, "output_of": None}, "[torch.DoubleTensor [4]] was written to from outside."),
    ],
)
def test_the_tensor_in_the_first_line(changes, tensor):
    headline = str(lost(**changes)).splitlines()[0]

    assert f"modified by an inplace operation: {tensor}" in headline
    assert "Hint" not in headline


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("input", "which saved its input"),
        ("output", "which saved its output"),
        ("weight", 'which saved its argument "weight"'),
        ("saved_tensors[0]", "which saved saved_tensors[0]"),
    ],
)
def test_what_the_saved_value_was_to_its_operation(role, words):
    assert words in story_of(lost(saved_role=role))


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({}, "overwritten, elements [0:2] of 4, by add_"),
        ({"region": None}, "overwritten by add_"),
        ({"region": Region((8, 5), ((3, 4, 1), (0, 5, 1)))}, "overwritten, row 3 of (8, 5), by add_"),
        ({"region": Region.of_mask(np.array([True, False, True]))}, "overwritten, 2 of 3 elements, by add_"),
        ({"written_by": "__setitem__"}, "overwritten, elements [0:2] of 4, by assignment to an index"),
        ({"written_by": None, "region": None}, "overwritten from outside, through shared memory"),
    ],
)
def test_what_was_written_over_it(changes, label):
    assert story_of(lost(**changes)).splitlines()[1].strip() == label


KEEP = ', or keep the 16 bytes with the policy "preserve"'
NOT_NEEDED = '; no element the gradient needs was lost, so the policies "preserve" and "error" let it run'


@pytest.mark.parametrize(
    ("program", "changes", "advice"),
    [
        ("y = h.sin()\nh[:2].add_(1)", {}, f"write h = h.clone() before line 2{KEEP}"),
        ("y = h.sin()\nh += 1", {}, f"write h = h.clone() before line 2{KEEP}"),
        ("y = h.sin()\nh[0] = 1", {"written_by": "__setitem__"}, f"write h = h.clone() before line 2{KEEP}"),
        (
            "y = model.state.sin()\nmodel.state[0] += 1",
            {},
            f"write model.state = model.state.clone() before line 2{KEEP}",
        ),
        ("y = h.exp()\ny.add_(1)", {"saved_role": "output"}, f"write y = y.clone() before line 2{KEEP}"),
        (
            "y = xs[0].sin()\nxs[0].add_(1)",
            {"region": Region((4,), ((0, 4, 1),))},
            f"write xs[0] = xs[0].clone() before line 2{KEEP}",
        ),
        # The write goes through another name: a copy of v would leave h as it was.
        ("v = h[:2]\ny = h.sin()\nv.add_(1)", {}, f"write h.clone().sin() at line 2{KEEP}"),
        (
            "y = h.exp()\nv = y[:2]\nv.add_(1)",
            {"operation": "exp", "saved_role": "output"},
            f"write .clone() after exp at line 1{KEEP}",
        ),
        # In another function the tensor may have another name.
        ("def act(t):\n    return t.sin()\ny = act(h)\nh.add_(1)", {}, f"write h = h.clone() before line 4{KEEP}"),
        # Binding a loop variable anew changes nothing in the list.
        ("for p in xs:\n    y = p.sin()\n    p.add_(1)", {}, f"write p.clone().sin() at line 2{KEEP}"),
        # A copy of a parameter would no longer be the parameter.
        ("y = w.sin()\nw += 1", {"is_leaf": True, "output_of": None}, f"call backward before line 2{KEEP}"),
        (
            "y = h.sin()\nh[2:].add_(1)",
            {"nbytes": 0},
            f"write h = h.clone() before line 2{NOT_NEEDED}",
        ),
        (
            "y = h.sin()",
            {"written_by": None, "region": None},
            "write h.clone().sin() at line 1, or share a copy of the memory",
        ),
        ("", {}, f"clone the saved value before it is overwritten{KEEP}"),
    ],
)
def test_the_way_out(program, changes, advice, programs):
    assert advice_of(lost(programs.run(program), **changes)) == advice


def test_the_way_out_names_the_file_when_two_are_concerned(programs):
    save = programs.run("y = h.sin()", "model.py")["sin"]
    write = programs.run("h[:2].add_(1)", "train.py")["add_"]
    error = lost(saved_at=save, overwritten_at=write)

    assert advice_of(error) == f"write h = h.clone() before line 1 of train.py{KEEP}"


@pytest.mark.parametrize(
    ("nbytes", "words"),
    [(1, "1 byte"), (9999, "9999 bytes"), (65536, "64.0 KiB"), (3 << 20, "3.0 MiB"), (5 << 40, "5120.0 GiB")],
)
def test_bytes_are_counted_in_readable_units(nbytes, words):
    assert f"or keep the {words} with" in advice_of(lost(nbytes=nbytes))


def test_without_places_the_labels_remain():
    assert (
        story_of(lost())
        == f"""\
  needed by the gradient of sin, which saved its input
  overwritten, elements [0:2] of 4, by add_
  clone the saved value before it is overwritten{KEEP}"""
    )


# --- The other errors of autograd -------------------------------------------------------------------------------------

LEAF = "a leaf Variable that requires grad is being used in an in-place operation."
FREED = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already been "
    "freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify "
    "retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors "
    "after calling backward."
)

TEXTS = {
    "a write to a leaf": (
        "w[0].add_(1)",
        lambda spans: leaf_in_place("add_", spans["add_"]),
        f"""{LEAF}

  written by add_:
    train.py:1 | w[0].add_(1)
               | ^^^^^^^^^^^^
  put line 1 under no_grad() if it updates a parameter, or write w = w.clone() before it if the gradient is to see it""",
    ),
    "a write to a view of a leaf": (
        "",
        lambda spans: leaf_in_place("__setitem__", view=True),
        """a view of a leaf Variable that requires grad is being used in an in-place operation.

  written by assignment to an index
  put the write under no_grad() if it updates a parameter, or write to a clone() if the gradient is to see it""",
    ),
    "a second backward": (
        "s = h.sin()\ns.add_()",
        lambda spans: freed_graph(Origin("sin", spans["sin"]), spans["add_"]),
        f"""{FREED}

  sin was recorded here:
    train.py:1 | s = h.sin()
               |     ^^^^^^^
  and what it saved was freed by the first backward:
    train.py:2 | s.add_()
               | ^^^^^^^^
  give retain_graph=True at line 2, or run line 1 again, or detach() its result before using it again""",
    ),
    "a backward pass from several numbers": (
        "y = h.sin()",
        lambda spans: non_scalar_output((4,), Origin("sin", spans["sin"])),
        """grad can be implicitly created only for scalar outputs

  the output has shape (4,), made by sin:
    train.py:1 | y = h.sin()
               |     ^^^^^^^
  reduce it to one number, as .sum() does, or give a gradient of shape (4,)""",
    ),
    "a backward pass from a complex number": (
        "",
        lambda spans: complex_output("torch.complex64"),
        """grad can be implicitly created only for real scalar outputs but got torch.complex64

  the output is complex
  reduce it to a real number, as .abs() or .real does, or give a gradient""",
    ),
    "a backward pass without a graph": (
        "y = h.sin()",
        lambda spans: no_graph(1, spans["sin"]),
        """element 1 of tensors does not require grad and does not have a grad_fn

  asked for here:
    train.py:1 | y = h.sin()
               |     ^^^^^^^
  call requires_grad_() on an input before computing it, outside no_grad() and without detach()""",
    ),
    "an input that was not used": (
        "y = h.sin()\ns = h.exp()",
        lambda spans: unused_input(1, Origin("sin", spans["sin"]), Origin("exp", spans["exp"])),
        """The differentiated Tensor at index 1 appears to not have been used in the graph. \
Set allow_unused=True if this is the desired behavior.

  the input, made by sin:
    train.py:1 | y = h.sin()
               |     ^^^^^^^
  the output, made by exp:
    train.py:2 | s = h.exp()
               |     ^^^^^^^
  allow_unused=True gives None in its place, materialize_grads=True zeros""",
    ),
    "an input that requires no grad": (
        "",
        lambda spans: input_without_grad(0),
        """One of the differentiated Tensors does not require grad

  the input at index 0
  call requires_grad_() on it before the outputs are computed from it""",
    ),
    "a gradient of another shape": (
        "y = h.sin()",
        lambda spans: gradient_shape(0, (3,), (2, 2), Origin("sin", spans["sin"])),
        """Mismatch in shape: grad_output[0] has a shape of torch.Size([3]) and output[0] has a shape of torch.Size([2, 2]).

  the output, made by sin:
    train.py:1 | y = h.sin()
               |     ^^^^^^^
  give a gradient of shape (2, 2)""",
    ),
    "a gradient of another dtype": (
        "",
        lambda spans: gradient_dtype(0, "torch.complex128", "torch.float64"),
        """For complex Tensors, both grad_output and output are required to have the same dtype. \
Mismatch in dtype: grad_output[0] has a dtype of torch.complex128 and output[0] has a dtype of torch.float64.

  give a gradient of dtype torch.float64""",
    ),
    "too few gradients": (
        "",
        lambda spans: gradient_count(2, 1),
        """got 2 tensors and 1 gradients

  give one gradient for each tensor, None where it is a scalar""",
    ),
    "a write to one of several views": (
        "a = h\na.add_(1)",
        lambda spans: restricted_view("multi_output", "add_", spans["add_"], output_of=(0, "Unbind")),
        """Output 0 of Unbind is a view and is being modified inplace. This view is the output of a function that returns \
multiple views. Such functions do not allow the output views to be modified inplace. You should replace the inplace \
operation by an out-of-place one.

  written by add_:
    train.py:2 | a.add_(1)
               | ^^^^^^^^^
  index the base instead, of which any part may be written to""",
    ),
    "the use of a view whose base was written": (
        "v = h.sin()\nh.add_(1)",
        lambda spans: restricted_view("no_grad", "add_", spans["add_"], base_modified=True, made_at=spans["sin"]),
        """A view was created in no_grad mode and its base or another view of its base has been modified inplace with \
grad mode enabled. Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by \
moving both the view and the inplace either both inside the no_grad block (if you don't want the inplace to be tracked) \
or both outside (if you want the inplace to be tracked).

  the view was made here:
    train.py:1 | v = h.sin()
               |     ^^^^^^^
  the base was written by add_:
    train.py:2 | h.add_(1)
               | ^^^^^^^^^
  take the view again after the write""",
    ),
}


@pytest.mark.parametrize("case", TEXTS)
def test_the_text_of(case, programs):
    program, build, text = TEXTS[case]
    error = build(programs.run(program))

    assert isinstance(error, AutogradError)
    assert str(error) == text
