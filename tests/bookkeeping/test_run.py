"""`mutagrad run`: a PyTorch program as it is, its own output and exit code, and the report at the end."""

import json
import os
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path

import pytest

import mutagrad
from mutagrad import __main__ as program
from mutagrad import requirements

for module in requirements.EXTRAS["run"]:
    pytest.importorskip(module, reason="needs the extra run")

from mutagrad.bookkeeping.program import traps_of_warnings  # noqa: E402

SOURCE = Path(program.__file__).parents[1]

TRAINING = """
import sys
import torch
from beside import scale

x = torch.ones(64, requires_grad=True)
h = scale(x)
y = h.sin()
h[:8] = 0
loss = y.sum() + h.clone().sum()
loss.backward()
x.data.clamp_(0, 1)
print("trained", *sys.argv[1:], __name__, torch.__name__)
if "fail" in sys.argv:
    raise ValueError("as asked")
if "leave" in sys.argv:
    sys.exit(7)
"""


OVERWRITING = """import torch
h = torch.zeros(3, requires_grad=True) * 2
y = h.sin()
h[0] = 0
y.sum().backward()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("programs")
    (made / "train.py").write_text(TRAINING.lstrip())
    (made / "beside.py").write_text("def scale(x):\n    return x * 2\n")
    return made


def run(folder, *arguments):
    """The finished process of `mutagrad run`."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "COLUMNS": "160"}
    command = [sys.executable, "-m", "mutagrad", "run", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, timeout=120)


def test_a_program_runs_as_it_is_and_is_reported_on(folder):
    done = run(folder, "train.py", "--lr", "3")

    assert done.returncode == 0, done.stderr
    assert done.stdout == "trained --lr 3 __main__ mutagrad\n"
    assert "1 hazard, 1 trap, 256 B of needless work" in done.stderr
    assert "a value that the gradient of sin needs was overwritten: an error in PyTorch" in done.stderr
    assert "train.py:8 | h[:8] = 0" in done.stderr
    assert "clamp_ writes through .data" in done.stderr
    assert "memory at its peak" in done.stderr


def test_folders_and_archives_run_as_python_runs_them(folder):
    (folder / "app").mkdir()
    (folder / "app" / "__main__.py").write_text(
        "import sys, torch\nfrom near import y\nprint(sys.argv, y.sum().item())\n"
    )
    (folder / "app" / "near.py").write_text(OVERWRITING)
    with zipfile.ZipFile(folder / "app.zip", "w") as archive:
        archive.writestr("__main__.py", OVERWRITING + "print(__name__)\n")

    assert run(folder, "app", "--lr").stdout == "['app', '--lr'] 0.0\n"
    done = run(folder, "app.zip")
    assert done.stdout == "__main__\n"
    assert "app.zip/__main__.py:4 | h[0] = 0" in done.stderr


def test_json_alone_is_on_standard_output_and_the_exit_code_tells_of_hazards(folder):
    done = run(folder, "--json", "--fail-on", "hazard", "train.py")
    book = json.loads(done.stdout)

    assert done.returncode == 3
    assert done.stderr.startswith("trained")
    assert [hazard["in_pytorch"] for hazard in book["hazards"]] == ["error"]
    assert [trap["at"]["line"] for trap in book["traps"]] == [11]


def test_a_program_that_fails_keeps_its_traceback_and_its_exit_code(folder):
    failed = run(folder, "--fail-on", "trap", "train.py", "fail")
    left = run(folder, "--fail-on", "trap", "train.py", "leave")

    assert failed.returncode == 1
    assert failed.stderr.startswith(
        "Traceback (most recent call last):\n"
        f'  File "{folder / "train.py"}", line 14, in <module>\n'
        '    raise ValueError("as asked")\n'
        "ValueError: as asked\n"
    )
    assert "1 hazard" in failed.stderr
    assert left.returncode == 7


def test_the_policy_is_that_of_the_program(folder):
    done = run(folder, "--policy", "torch", "train.py")

    assert done.returncode == 1
    assert "OverwrittenError: one of the variables needed for gradient computation" in done.stderr
    assert "1 hazard" in done.stderr


def test_what_cannot_be_read_is_said(folder):
    done = run(folder, "absent.py")

    assert done.returncode == 1
    assert done.stderr == "Error: cannot read absent.py: No such file or directory\n"


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setattr(requirements, "find_spec", lambda name: None)
    monkeypatch.setattr(sys, "argv", ["mutagrad", "run", "x.py"])

    with pytest.raises(SystemExit, match=r"mutagrad run needs click, Jinja2, rich: pip install 'mutagrad\[run\]'"):
        program.main()


def test_warnings_that_tell_a_story_are_traps():
    w = mutagrad.ones(3, requires_grad=True)
    with mutagrad.ledger() as book, warnings.catch_warnings(), traps_of_warnings(book):
        warnings.simplefilter("always")
        (w * w).sum().backward()
        with mutagrad.no_grad():
            w = w - 0.1 * w.grad
        with pytest.raises(RuntimeError):
            (w * w).sum().backward()
        model = mutagrad.nn.Linear(2, 1)
        optimizer = mutagrad.optim.SGD(model.parameters(), lr=0.1)
        model.weight = mutagrad.nn.Parameter(mutagrad.ones(1, 2))
        model(mutagrad.ones(1, 2)).sum().backward()
        optimizer.step()

    replaced = [trap for trap in book.traps if "model.weight was replaced" in trap.headline]
    assert [trap.span.text.strip() for trap in replaced] == ["optimizer.step()"]
