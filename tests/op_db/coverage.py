"""The table of what PyTorch's operator database finds in mutagrad, made from the recordings alone.

A section for each family: how many entries are present, and of how many of these the forward, the gradient, the in-place
form, the method and `out=` are recorded and replayed, in which dtypes; then what is missing, and what is not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import calls, families
from .encoding import DATA, Recording
from .replay import Case

PAGE = Path(__file__).resolve().parents[2] / "docs" / "coverage.md"
ASPECTS = ("forward", "gradient", "in-place", "method", "out=")
DTYPES = ("float64", "float32", "complex128", "int64", "bool")
HEAD = """# Coverage

How much of PyTorch 2.13's own operator database (`torch.testing._internal.common_methods_invocations.op_db`) mutagrad
has, and how much of that is right. An entry is an operator or a variant of it, with sample inputs of its own;
`tools/run_op_db.py` runs all of them where PyTorch is installed, and has recorded some of them in `tests/data/op_db/`,
which `pytest` replays. All that is present is right in every recorded case. A cell says in how many entries the aspect is
recorded: the gradient is of first and second order, in-place forms are compared in value and gradient, and cases that
must raise are compared in the class of the error.

This page is written by `python tools/write_coverage.py` and a test compares it with the recordings.
"""


def recordings() -> dict[str, Recording]:
    """The recordings kept in the repository, by family."""
    return {family: Recording.load(family) for family in families.FAMILIES if (DATA / f"{family}.npz").exists()}


def cases_of(torch: Any, name: str, recording: Recording) -> Iterator[Case]:
    """The recorded cases of an operator."""
    for case in recording.operators[name].get("cases", ()):
        yield Case(torch, name, case["number"], case, recording.records)


def summary(torch: Any, recording: Recording) -> dict[str, Any]:
    """What the recording says of a family: counts by aspect and dtype, missing names, excluded ones by reason."""
    counted = [name for name, entry in recording.operators.items() if "excluded" not in entry]
    missing = [name for name in counted if calls.function_of(torch, name) is None]
    recorded: Counter[str] = Counter()
    for name in counted:
        if name not in missing:
            cases = list(cases_of(torch, name, recording))
            recorded.update({aspect for case in cases for aspect in case.checks()})
            recorded.update({case.case["dtype"] for case in cases})
    excluded: dict[str, list[str]] = {}
    for name, entry in recording.operators.items():
        if "excluded" in entry:
            excluded.setdefault(entry["excluded"], []).append(name)
    return {"counted": counted, "missing": missing, "recorded": recorded, "excluded": excluded}


def wrong(torch: Any) -> list[str]:
    """The operators that are present and differ from PyTorch in a recorded case."""
    return [
        name
        for recording in recordings().values()
        for name, entry in recording.operators.items()
        if "excluded" not in entry and calls.function_of(torch, name) is not None
        if any(list(case.failures()) for case in cases_of(torch, name, recording))
    ]


def page(torch: Any) -> str:
    """The page of the documents. That what is present is right is left to the tests that replay it."""
    sections = [HEAD]
    entries = present = 0
    for family, recording in recordings().items():
        found = summary(torch, recording)
        entries += len(found["counted"])
        present += len(found["counted"]) - len(found["missing"])
        sections.append(section(family, found))
    sections.append(f"## All\n\n{present} of {entries} entries are present, {present / max(entries, 1):.1%}.\n")
    return "\n".join(sections)


def section(family: str, found: dict[str, Any]) -> str:
    """The part of the page about one family."""

    def cell(column: str) -> str:
        count = found["recorded"][column]
        return str(count) if count else "–"

    columns = [*ASPECTS, *DTYPES]
    count = len(found["counted"])
    lines = [
        f"## {families.TITLES[family]}",
        "",
        f"| present | {' | '.join(columns)} |",
        f"| {' | '.join(['---'] * (len(columns) + 1))} |",
        f"| {count - len(found['missing'])} of {count} | {' | '.join(map(cell, columns))} |",
    ]
    if found["missing"]:
        lines += ["", f"Missing: {names(found['missing'])}."]
    for name, (aspects, reason) in calls.DEVIATIONS.items():
        if name in found["counted"]:
            lines += ["", f"Meant to differ: `{name}` in {', '.join(aspects)}: {reason}."]
    for reason, excluded in found["excluded"].items():
        lines += ["", f"Not counted, {reason}: {names(excluded)}."]
    return "\n".join(lines) + "\n"


def names(found: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in found)
