"""The type stubs are those of the library as it is."""

import importlib.util
from pathlib import Path

spec = importlib.util.spec_from_file_location(
    "write_stubs", Path(__file__).resolve().parents[1] / "tools/write_stubs.py"
)
write_stubs = importlib.util.module_from_spec(spec)
spec.loader.exec_module(write_stubs)


def test_the_stubs_are_current():
    """What an editor completes is what there is; else run `python tools/write_stubs.py`."""
    outdated = [path.name for path, text in write_stubs.stubs().items() if path.read_text(encoding="utf-8") != text]

    assert outdated == []
