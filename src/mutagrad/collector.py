"""The garbage collector's thresholds, set for programs that keep many live objects and make no cycles.

A recorded graph is millions of small objects that refer to each other in one direction only. CPython's collector, with
its default of 700 allocations between two looks, scans them again and again and never finds anything: measured, a loop
that records takes three to five times as long. So the import of the library raises the thresholds, once, if they are
still CPython's defaults. `MUTAGRAD_COLLECTOR=keep` in the environment leaves them alone.

The graph needs no collector at all: it has no cycles, and dies with its last tensor.
"""

from __future__ import annotations

import gc
import os

DEFAULT = 700, 2000  # the first threshold of CPython 3.11, 3.12 and of 3.13 on
THRESHOLDS = (50_000, 20, 100)


def relax() -> None:
    """Raises the collector's thresholds unless the program or the environment has decided otherwise."""
    if os.environ.get("MUTAGRAD_COLLECTOR") != "keep" and gc.get_threshold()[0] in DEFAULT:
        gc.set_threshold(*THRESHOLDS)
