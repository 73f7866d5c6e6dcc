"""Both source lines are shown wherever a program may be: in functions of other files, notebooks, consoles, the shell."""

import os
import subprocess
import sys
import zipfile

import pytest

import mutagrad as torch

LOST = "one of the variables needed for gradient computation has been modified by an inplace operation: "


def body(error):
    """The text below the first line and the blank one, as lines."""
    headline, _, rest = str(error).partition("\n\n")
    assert headline.startswith(LOST)
    return rest.split("\n")


def test_in_functions_of_two_files(script, directory):
    """The value is saved in one file and overwritten in another: each is named."""
    (directory / "layers.py").write_text("def wave(h):\n    y = h.sin()\n    return y\n")
    with pytest.raises(RuntimeError) as caught:
        script(
            """
            import sys

            import mutagrad as torch

            sys.path.insert(0, ".")
            from layers import wave


            def scale(h, factor):
                h.mul_(factor)


            torch.set_overwrite_policy("error")
            x = torch.ones(2, requires_grad=True)
            h = x * 1
            y = wave(h)
            scale(h, 3)
            y.sum().backward()
            """
        )
    sys.modules.pop("layers", None)

    assert body(caught.value) == [
        "  needed by the gradient of sin, which saved its input:",
        "    layers.py:2 |     y = h.sin()",
        "                |         ^^^^^^^",
        "  overwritten, all 2 elements, by mul_:",
        "    train.py:10 |     h.mul_(factor)",
        "                |     ^^^^^^^^^^^^^^",
        '  write h = h.clone() before line 10 of train.py, or keep the 8 bytes with the policy "preserve"',
    ]


def test_in_a_module_of_the_library(script):
    """What `nn` and `optim` do counts as the user's line that called them."""
    with pytest.raises(RuntimeError) as caught:
        script(
            """
            import mutagrad as torch

            torch.set_overwrite_policy("error")
            x = torch.ones(1, 2, requires_grad=True)
            h = torch.nn.Sigmoid()(x)
            torch.nn.ReLU(inplace=True)(h)
            h.sum().backward()
            """
        )

    assert body(caught.value)[1:6] == [
        "    train.py:5 | h = torch.nn.Sigmoid()(x)",
        "               |     ^^^^^^^^^^^^^^^^^^^^^",
        "  overwritten, all 2 elements of (1, 2), by relu_:",
        "    train.py:6 | torch.nn.ReLU(inplace=True)(h)",
        "               | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
    ]


def test_in_a_notebook(directory, monkeypatch):
    """The cells are called as the notebook calls them."""
    shell = pytest.importorskip("IPython.core.interactiveshell")
    config = pytest.importorskip("traitlets.config").Config()
    config.HistoryManager.enabled = False
    monkeypatch.setenv("IPYTHONDIR", str(directory))
    ipython = shell.InteractiveShell.instance(config=config, user_ns={"torch": torch})
    try:
        for cell in (
            "torch.set_overwrite_policy('error')\nx = torch.ones(3, requires_grad=True)\nh = x * 2",
            "%precision 3\ndef loss(h):\n    return h.tanh().sin()\ny = loss(h)",
            "z = h.cos()\nh[1:].zero_()",
            "z.sum().backward()",
        ):
            result = ipython.run_cell(cell, store_history=True)
            if result.error_in_exec is not None:
                break
    finally:
        shell.InteractiveShell.clear_instance()

    assert body(result.error_in_exec) == [
        "  needed by the gradient of cos, which saved its input:",
        "    Cell In[3]:1 | z = h.cos()",
        "                 |     ^^^^^^^",
        "  overwritten, elements [1:3] of 3, by zero_:",
        "    Cell In[3]:2 | h[1:].zero_()",
        "                 | ^^^^^^^^^^^^^",
        '  write h = h.clone() before line 2, or keep the 12 bytes with the policy "preserve"',
    ]


PROGRAM = """import mutagrad as torch
x = torch.ones(2, requires_grad=True)
h = x * 1
y = h.sin()
z = h.zero_()
y.sum().backward()
"""


def run(directory, *arguments, typed=""):
    """What a fresh interpreter writes to standard error, below the first line of the message."""
    environment = {**os.environ, "MUTAGRAD_OVERWRITE": "error", "PYTHONPATH": os.pathsep.join(sys.path)}
    environment |= {"PYTHON_BASIC_REPL": "1", "PYTHON_COLORS": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *arguments],
        input=typed,
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert LOST in done.stderr
    return [line for line in done.stderr.partition(LOST)[2].split("\n")[1:] if line.strip() not in ("", ">>>")]


def picture(place, line, start, end):
    return [f"    {place} | {line}", f"    {' ' * len(place)} | {' ' * start}{'^' * (end - start)}"]


def test_in_a_script(directory):
    """The policy comes from the environment."""
    (directory / "train.py").write_text(PROGRAM)

    assert run(directory, "train.py") == [
        "  needed by the gradient of sin, which saved its input:",
        *picture("train.py:4", "y = h.sin()", 4, 11),
        "  overwritten, all 2 elements, by zero_:",
        *picture("train.py:5", "z = h.zero_()", 4, 13),
        '  write h = h.clone() before line 5, or keep the 8 bytes with the policy "preserve"',
    ]


def test_in_the_console(directory):
    """Python 3.13 and later keep what was typed, earlier versions do not: then the place alone is shown."""
    lines = run(directory, "-i", "-q", typed=PROGRAM)

    if sys.version_info >= (3, 13):
        assert lines[1:3] + lines[4:6] == [
            *picture("<stdin>:1", "y = h.sin()", 4, 11),
            *picture("<stdin>:1", "z = h.zero_()", 4, 13),
        ]
    else:
        assert lines[:4] == [
            "  needed by the gradient of sin, which saved its input:",
            "    <stdin>:1",
            "  overwritten, all 2 elements, by zero_:",
            "    <stdin>:1",
        ]


def test_on_the_command_line(directory):
    """The source of `python -c` is its command line, and no other string's that it executes."""
    lines = run(directory, "-c", PROGRAM)
    executed = run(directory, "-c", f"x = 1\nexec({PROGRAM!r})")

    assert lines[1:3] == picture("<string>:4", "y = h.sin()", 4, 11)
    assert (executed[1], executed[3]) == ("    <string>:4", "    <string>:5")


def test_in_an_archive(directory):
    """The source of a program in an archive comes from its loader."""
    with zipfile.ZipFile(directory / "app.zip", "w") as archive:
        archive.writestr("__main__.py", PROGRAM)

    assert run(directory, "app.zip")[1:3] == picture("app.zip/__main__.py:4", "y = h.sin()", 4, 11)


def test_in_code_that_no_file_holds(directory):
    """A template engine, an `exec`: both places are told by line."""
    with torch.set_overwrite_policy("error"), pytest.raises(RuntimeError) as caught:
        exec(compile(PROGRAM, "<template>", "exec"), {})

    assert body(caught.value)[1:4:2] == ["    <template>:4", "    <template>:5"]
