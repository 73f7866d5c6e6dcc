"""Stories are in colour in a terminal and in IPython, and plain everywhere else."""

import os
import pty
import re
import subprocess
import sys

import pytest

import mutagrad as torch
from mutagrad.report.story import Part, Story
from mutagrad.report.terminal import coloured

pytest.importorskip("rich")

PROGRAM = """import mutagrad as torch
x = torch.ones(2)
y = x.sum()
y.backward()
"""
CODES = re.compile(r"\x1b\[[0-9;]*m")


def environment():
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHON_COLORS": "0", "PYTHONDONTWRITEBYTECODE": "1"}


def test_colour_changes_nothing_of_the_text():
    story = Story("[bold] is no markup", (Part("here"),), "what to do")
    text = coloured(story, "Error: ")

    assert CODES.search(text)
    assert CODES.sub("", text) == "Error: [bold] is no markup\n\n  here\n  what to do"


def test_an_uncaught_error_in_a_terminal_is_in_colour(directory):
    """The same text as in a pipe, with colour."""
    (directory / "train.py").write_text(PROGRAM)
    run = {"cwd": directory, "env": environment(), "timeout": 60}
    plain = subprocess.run([sys.executable, "train.py"], capture_output=True, text=True, **run).stderr
    ours, theirs = pty.openpty()
    subprocess.run([sys.executable, "train.py"], stdin=theirs, stdout=theirs, stderr=theirs, **run)
    os.close(theirs)
    shown = b""
    while True:
        try:
            more = os.read(ours, 65536)
        except OSError:
            break
        if not more:
            break
        shown += more
    os.close(ours)
    text = shown.decode().replace("\r\n", "\n")

    assert CODES.search(text) and not CODES.search(plain)
    assert CODES.sub("", text) == plain


def test_ipython_shows_the_whole_story_in_colour(directory, monkeypatch, capsys):
    shell = pytest.importorskip("IPython.core.interactiveshell")
    config = pytest.importorskip("traitlets.config").Config()
    config.HistoryManager.enabled = False
    monkeypatch.setenv("IPYTHONDIR", str(directory))
    ipython = shell.InteractiveShell.instance(config=config, user_ns={"torch": torch})
    try:
        ipython.run_cell("x = torch.ones(2)\nx.sum().backward()", store_history=True)
        shown = capsys.readouterr().out
        ipython.run_cell("y = torch.ones(2, requires_grad=True)\nz = (y * 2).detach()", store_history=True)
        ipython.run_cell("z.sum().backward()", store_history=True)
        across = CODES.sub("", capsys.readouterr().out)
    finally:
        shell.InteractiveShell.clear_instance()
    text = CODES.sub("", shown)

    assert "  detach() leaves the history of y * 2 behind:\n    Cell In[2]:2 | z = (y * 2).detach()" in across
    assert "engine.py" not in text and "backward.py" not in text, "the library's own calls are left out"
    assert "does not require grad and does not have a grad_fn" in text
    assert "  x is made here and does not require grad:\n    Cell In[1]:1 | x = torch.ones(2)" in text
    assert "\x1b[32m  call x.requires_grad_() after line 1" in shown.replace("\n\x1b[32m", "\x1b[32m")
