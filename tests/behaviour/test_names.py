"""The page of autograd's names says what is there."""

from pathlib import Path
from runpy import run_path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_names_is_current():
    """After a name was added: `python tools/list_autograd_names.py`."""
    tool = run_path(str(ROOT / "tools" / "list_autograd_names.py"))

    assert tool["PAGE"].read_text() == tool["page"]()


def test_the_page_of_differences_is_current():
    """After a case was added: `python tools/list_differences.py`."""
    tool = run_path(str(ROOT / "tools" / "list_differences.py"))

    assert tool["PAGE"].read_text() == tool["page"]()
