"""Small programs that leave spans behind: a stand-in for tensors whose operations note only who called them."""

import os
import runpy
import subprocess
import sys
import textwrap
from types import FunctionType, SimpleNamespace

import pytest

from mutagrad.report import Span, caller_position


class Noted:
    """A tensor without numbers: each operation files its caller's span under its name in `spans`, the first one only."""

    def __init__(self, spans):
        self.spans = spans

    def _note(self, name):
        self.spans.setdefault(name, Span(*caller_position(3)))
        return self

    def sin(self):
        return self._note("sin")

    def exp(self):
        return self._note("exp")

    def add_(self, other=1):
        return self._note("add_")

    def clone(self):
        return self

    def view(self, *shape):
        return self

    t = detach = view

    def mul_(self, other):
        return self

    @property
    def data(self):
        return self

    T = data

    @data.setter
    def data(self, value):
        self._note("add_")

    def __getitem__(self, key):
        return self

    def __setitem__(self, key, value):
        self._note("add_")

    def __iadd__(self, other):
        return self._note("add_")

    def __add__(self, other):
        return self


class Programs:
    """Runs programs; `spans` is what the last one left."""

    def __init__(self, directory):
        self.directory = directory
        self.spans = {}

    def names(self):
        """What a program finds: `h` and friends to work on, `torch` with the function forms, `xs` a list."""
        self.spans = {}
        h = Noted(self.spans)
        library = SimpleNamespace(
            sin=lambda x: x._note("sin"),
            add_=lambda x, other: x._note("add_"),
            relu=lambda x, inplace: x._note("add_"),
            add=lambda x, other, out: x._note("add_"),
        )
        return {
            "h": h,
            "w": h,
            "v": h,
            "xs": [h, h],
            "cache": {"k": h},
            "model": SimpleNamespace(state=h, layers=[SimpleNamespace(inner=h)]),
            "torch": library,
            "F": library,
            "add_": library.add_,
        }

    def write(self, source, name="train.py"):
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source).lstrip("\n"), encoding="utf-8")
        return path

    @staticmethod
    def execute(source, names, filename="<string>"):
        """What exec does: runs a program that no file holds, with `names` as its globals."""
        FunctionType(compile(source, filename, "exec"), names)()
        return names

    def run(self, source, name="train.py"):
        """Writes a program to a file, runs it, and gives the spans of its operations by name."""
        runpy.run_path(str(self.write(source, name)), init_globals=self.names())
        return self.spans


@pytest.fixture
def programs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Programs(tmp_path)


@pytest.fixture
def picture(programs):
    """The picture of `operation` in a program."""

    def picture(source, operation="sin", name="train.py"):
        return "\n".join(programs.run(source, name)[operation].render(0))

    return picture


@pytest.fixture
def python(tmp_path):
    """Runs a program in a fresh interpreter; `note()` prints the picture of the line that calls it."""

    def python(*options, source, typed=False):
        program = f"import sys\nsys.path[:0] = {sys.path!r}\n{NOTE}\n{source}\n"
        if typed:
            command, given = [sys.executable, *options], program
        else:
            (tmp_path / "program.py").write_text(program, encoding="utf-8")
            command, given = [sys.executable, *options, "program.py"], ""
        environment = {**os.environ, "PYTHON_BASIC_REPL": "1", "PYTHON_COLORS": "0", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            command, input=given, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True, timeout=60
        )
        return done.stdout

    return python


NOTE = "from mutagrad.report import caller_span; note = lambda: print(*caller_span().render(0), sep='\\n')"
