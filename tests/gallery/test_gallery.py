"""Broken programs of the kinds people write, and word for word what each is told under each policy.

`tools/write_gallery.py` writes the golden files. Independently of their wording, the lines that a message names must be
those that the program's comments mark with the part they play, and gradients must be those of finite differences.
"""

import numpy as np
import pytest

from .page import SHOWN, page
from .running import HERE, POLICIES, PROGRAMS, expected_path, finite_differences, marked, run

# The part that a line plays, by how the message begins to say it. What is not here cuts a history.
PARTS = {
    "needed by the gradient of": "saved",
    "overwritten": "overwritten",
    "and the result": "overwritten",
    "asked for here": "asked",
    "elements are asked for one answer": "asked",
    "written by": "written",
    "the view was made here": "view",
    "is a view of": "view",
    "is made a view of": "view",
    "was recorded here": "recorded",
    "was freed by the first backward": "freed",
    "the output has shape": "made",
    "is no leaf": "made",
    "computed this": "made",
    "read here": "read",
    "is bound": "rebound",
    "assigned here": "assigned",
    "the step leaves it out": "step",
    "was replaced here": "replaced",
    "frozen here": "frozen",
    "in the forward pass": "recorded",
    "became infinite here": "recorded",
    "used here": "asked",
    "it requires grad, made by": "made",
}


def played(label):
    return next((part for words, part in PARTS.items() if words in label), "cut")


def places(outcome):
    """Line and part of all places that a program was told of."""
    stories = [each.story for each in outcome.told if getattr(each, "story", None)]
    parts = [part for story in stories for part in story.parts if part.span]
    return [(part.span.line, played(part.label)) for part in parts]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_told(name, policy):
    """The text of the golden file, and in it the true lines."""
    outcome = run(name, policy)
    marks = marked(name)

    assert outcome.text == expected_path(name, policy).read_text(encoding="utf-8")
    for line, part in places(outcome):
        assert part in marks.get(line, ()), f"line {line} is called {part}"
    if outcome.error is not None and hasattr(outcome.error, "story") and outcome.error.story:
        named = {line for line, _ in places(outcome)}
        assert named == set(marks), "every marked line is named"


@pytest.mark.parametrize("name", PROGRAMS)
def test_gradients_under_preserve_are_right(name):
    """Compared with finite differences of what the program sends backward, for those that run to their end."""
    outcome = run(name)
    if outcome.error is None and outcome.gradients:
        truth = finite_differences(name, outcome.leaves)
        for full, gradient in outcome.gradients.items():
            np.testing.assert_allclose(gradient, truth[full], rtol=1e-5, atol=1e-7, err_msg=full)


def test_what_is_overwritten_runs_under_preserve():
    """Each program that ends in a lost value under another policy runs to its end under "preserve"."""
    lost = [name for name in PROGRAMS if "OverwrittenError" in expected_path(name, "torch").read_text(encoding="utf-8")]

    assert len(lost) >= 25
    assert all(expected_path(name, "preserve").read_text(encoding="utf-8").startswith("runs") for name in lost)


def test_there_are_enough_of_them():
    golden = {path.stem for path in (HERE / "expected").glob("*/*.txt")}

    assert len(PROGRAMS) >= 40 and golden == set(PROGRAMS)


def test_the_page_shows_a_dozen_as_they_are():
    shown = (HERE.parent.parent / "docs" / "diagnosis.md").read_text(encoding="utf-8")

    assert sum(map(len, SHOWN.values())) >= 12 and shown == page()
