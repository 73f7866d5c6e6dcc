"""Views and what is asked of them: values, strides, names of functions and errors are PyTorch's."""

from pathlib import Path

import pytest

import mutagrad

from .expressions import RAISED, names_of, outcome, read

FILES = sorted(Path(__file__).parent.glob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_expressions(path):
    """Every expression of the file has the value or the error that PyTorch gave it."""
    differing = [
        f"{line}\n  PyTorch:  {recorded}\n  mutagrad: {got}"
        for line, recorded in read(path)
        if (got := outcome(mutagrad, line)) != recorded
    ]

    assert not differing, "\n".join(differing)


def test_what_raises_changes_nothing():
    """After an error the tensor has its elements, shape and version as before."""
    changed = []
    for line, recorded in read(Path(__file__).parent / "refused.txt"):
        names = names_of(mutagrad)
        if recorded.startswith(RAISED) and outcome(mutagrad, line, names).startswith(RAISED):
            x = names["x"].detach()
            if x.tolist() != [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]] or names["x"]._version:
                changed.append(line)

    assert not changed
