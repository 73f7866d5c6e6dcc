"""The command that measures the benchmarks: a smoke run, mutagrad alone, one thread."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = Path(__file__).resolve().parents[2] / "benchmarks/run.py"


def run(*arguments):
    """The output of the command."""
    command = [sys.executable, COMMAND, "--quick", "--alone", "--threads", "1", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def smoke_run(tmp_path_factory):
    """One run of all workloads at tiny sizes: what it prints, and where it writes."""
    folder = tmp_path_factory.mktemp("documents")
    (folder / "benchmarks.md").write_text("# Before\n\n<!-- measured -->\n\nold\n\n<!-- measured: end -->\n\nafter\n")
    drawn = importlib.util.find_spec("matplotlib") is not None
    return run("--no-memory", *(["--to", str(folder)] if drawn else [])), folder, drawn


def test_every_workload_runs(smoke_run):
    """Each has a row with a time in the table of its group."""
    printed, *_ = smoke_run

    for name in ("tutorial loop", "leapfrog", "residual net", "elementwise chain"):
        assert any(float(row.split("|")[2]) > 0 for row in printed.splitlines() if row.startswith(f"| {name} |"))


def test_the_document_has_the_new_table_between_its_marks(smoke_run):
    """What stands around the table stays."""
    _, folder, drawn = smoke_run
    text = (folder / "benchmarks.md").read_text()

    assert text.startswith("# Before") and text.endswith("after\n")
    if drawn:
        assert "| leapfrog |" in text and "old" not in text
        assert (folder / "growth.png").stat().st_size > 0


@pytest.mark.skipif(
    not os.access("/proc/self/clear_refs", os.W_OK), reason="peaks of memory are read as Linux has them"
)
def test_the_peak_of_memory_is_what_a_program_holds():
    """A chain on 200,000 numbers of four bytes holds some of them several times."""
    row = next(row for row in run("elementwise chain").splitlines() if row.startswith("| elementwise chain |"))

    assert 1.5 < float(row.split("|")[5]) < 10
