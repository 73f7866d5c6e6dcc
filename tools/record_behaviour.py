"""Records what PyTorch gives for the cases in `tests/behaviour/cases`, for tests that need no PyTorch.

    python tools/record_behaviour.py [MODULE ...]             writes tests/data/behaviour/MODULE.json
    python tools/record_behaviour.py --compare [MODULE ...]   shows where mutagrad differs, and writes nothing

Run it with the PyTorch version named in `VERSION`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.behaviour.suite import agree, modules, outcome, plain, write

import mutagrad

VERSION = "2.13"


def record(names: list[str]) -> None:
    """Runs the cases of these modules under PyTorch and writes their outcomes."""
    for name in names:
        outcomes = {case.name: outcome(torch, case) for case in modules()[name].values()}
        write(name, outcomes)
        print(f"{name}: {len(outcomes)} cases")


def compare(names: list[str]) -> int:
    """Shows the cases in which mutagrad gives neither what PyTorch gives nor what it should do better."""
    count = 0
    for name in names:
        for case in modules()[name].values():
            theirs, ours = outcome(torch, case), outcome(mutagrad, case)
            wanted = theirs if case.reason is None else plain(case.gives)
            if not agree(ours, wanted):
                count += 1
                print(f"{name}.{case.name}\n    PyTorch   {theirs}\n    mutagrad  {ours}")
    print(f"{count} of {sum(len(modules()[name]) for name in names)} cases differ")
    return count


def main() -> None:
    """Records or compares the modules named on the command line, or all."""
    if not torch.__version__.startswith(VERSION):
        raise SystemExit(f"record with PyTorch {VERSION}, not {torch.__version__}")
    torch.set_num_threads(1)
    chosen = [name for name in sys.argv[1:] if not name.startswith("-")] or list(modules())
    if "--compare" in sys.argv:
        raise SystemExit(bool(compare(chosen)))
    record(chosen)


if __name__ == "__main__":
    main()
