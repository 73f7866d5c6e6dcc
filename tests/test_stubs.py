"""The type stubs are those of the library as it is."""

import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).resolve().parents[1] / "tools/write_stubs.py"


def test_the_stubs_are_current():
    """What an editor completes is what there is; else run `python tools/write_stubs.py`."""
    check = subprocess.run([sys.executable, TOOL, "--check"], capture_output=True, text=True)

    assert (check.returncode, check.stdout, check.stderr) == (0, "", "")
