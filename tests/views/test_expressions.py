"""Views and what is asked of them: values, strides, names of functions and errors are PyTorch's."""

from pathlib import Path

import pytest

import mutagrad

from .expressions import outcome, read

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
