"""Programs in a directory of their own, so that errors name them `train.py`."""

import runpy
import textwrap

import pytest

import mutagrad


@pytest.fixture
def directory(tmp_path, monkeypatch):
    """An empty current directory; the policy is what it was when the test is over."""
    monkeypatch.chdir(tmp_path)
    with mutagrad.set_overwrite_policy("preserve"):
        yield tmp_path


@pytest.fixture
def script(directory):
    """Runs a program as the script `train.py` and gives its names; what it raises is raised."""

    def script(program, name="train.py"):
        path = directory / name
        path.write_text(textwrap.dedent(program).lstrip("\n"), encoding="utf-8")
        return runpy.run_path(name)

    return script


@pytest.fixture
def error_of(script):
    """The text of the error that a program ends with."""

    def error_of(program):
        with pytest.raises(RuntimeError) as caught:
            script(program)
        return str(caught.value)

    return error_of
