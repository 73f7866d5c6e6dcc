"""Pairs of a program and the text it ends with, word for word: the files of `pairs/`, a line of dashes between the two.

The programs run as the script `train.py`. Where the text says what to write, that is written, and helps.
"""

import re
from pathlib import Path

import pytest

import mutagrad

PAIRS = {
    path.stem: path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "pairs").glob("*.txt"))
}
ADVICE = re.compile(r"  write (\w+ = \w+\.clone\(\)) before line (\d+)")


def parts(pair):
    """The program and the text."""
    program, _, text = pair.partition("\n" + "-" * 40 + "\n")
    return program, text


@pytest.mark.parametrize("name", PAIRS)
def test_a_program_ends_with_its_text(name, script):
    program, text = parts(PAIRS[name])
    with pytest.raises(RuntimeError) as caught:
        script(program)

    assert f"{type(caught.value).__name__}: {caught.value}\n" == text


@pytest.mark.parametrize("name", [name for name, pair in PAIRS.items() if ADVICE.search(pair)])
def test_to_do_what_the_text_says_helps(name, script):
    """The line that it gives, put before the line that it names, leaves a program that runs."""
    program, text = parts(PAIRS[name])
    advice = ADVICE.search(text)
    lines = program.splitlines()
    at = int(advice[2]) - 1
    indent = re.match(" *", lines[at])[0]
    lines.insert(at, indent + advice[1])

    script("\n".join(lines))


@pytest.mark.parametrize("name", [name for name in PAIRS if name.startswith("overwritten") and "outside" not in name])
def test_the_policy_preserve_helps(name, script):
    """As the text of every overwritten value says, but for one overwritten from outside."""
    program, text = parts(PAIRS[name])
    assert 'policy "preserve"' in text or 'the policies "preserve" and "error"' in text

    script(re.sub(r"torch\.set_overwrite_policy\(.*\)", "", program))


def test_the_error_carries_what_it_tells(script):
    """Tools need not read the text."""
    program, _ = parts(PAIRS["overwritten_slice"])
    with pytest.raises(mutagrad.OverwrittenError) as caught:
        script(program)
    error = caught.value

    assert (error.saved_at.line, error.overwritten_at.line) == (6, 7)
    assert (error.operation, error.saved_role, error.nbytes, error.region.text) == (
        "sin",
        "input",
        16,
        "elements [0:2] of 4",
    )
