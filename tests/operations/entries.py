"""The recorded entry of every run, a sample in a dtype, and the decorator that takes a test over them.

A test is one pytest item an operation. All the operation's runs are made inside it, and a failure says which ones
failed: an item for each of them would multiply the time of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

from .records import Records
from .sample import DTYPES, Sample
from .samples import FAMILIES, SAMPLES

RECORDS = {family: Records.load(f"operations/{family}") for family in FAMILIES}
HOME = {sample: RECORDS[family] for family, samples in FAMILIES.items() for sample in samples}
ENTRIES = {(s, dtype): entry for s, home in HOME.items() for dtype, entry in home.index.get(s.name, {}).items()}


def recorded(sample: Sample, places: list[str | None]) -> list[np.ndarray | None]:
    """The arrays recorded for a sample at places."""
    return HOME[sample].arrays(places)


def refused(key: str) -> Callable[[dict], bool]:
    """Whether a form of the call was recorded as an error."""
    return lambda entry: isinstance(entry.get(key), dict) and "error" in entry[key]


def works(key: str) -> Callable[[dict], bool]:
    """Whether a form of the call was recorded with a result."""
    return lambda entry: key in entry and not refused(key)(entry)


def over_runs(
    has: Callable[[dict], bool], samples: list[Sample] = SAMPLES, dtypes: Iterable[str] = (*DTYPES, "complex64")
) -> Callable[[Callable], Any]:
    """Takes `test(sample, dtype)` over all runs, of the samples and dtypes given, whose entry `has` what it needs."""

    def decorate(test: Callable) -> Any:
        runs: dict[str, list[tuple[Sample, str]]] = {}
        for sample in samples:
            for dtype in dtypes:
                if has(ENTRIES.get((sample, dtype), {})):
                    runs.setdefault(sample.operation, []).append((sample, dtype))

        def run_all(operation: str) -> None:
            __tracebackhide__ = True
            failures = {run: failure for run in runs[operation] if (failure := failure_of(test, *run))}
            if failures:
                names = [f"{sample.label}-{dtype}" for sample, dtype in failures]
                first = next(iter(failures.values()))
                first.add_note(f"{operation} fails in {len(names)} of {len(runs[operation])}: {', '.join(names)}")
                raise first

        run_all.__name__, run_all.__doc__, run_all.__module__ = test.__name__, test.__doc__, test.__module__
        return pytest.mark.parametrize("operation", runs)(run_all)

    return decorate


def failure_of(test: Callable, sample: Sample, dtype: str) -> Exception | None:
    """What a run of the test raises, or None."""
    __tracebackhide__ = True
    try:
        test(sample, dtype)
    except Exception as failure:
        return failure
    return None
