"""Writes `tests/data/states/<optimiser>.pt` with PyTorch, and checks that PyTorch takes mutagrad's states likewise.

python tools/record_states.py           writes the files, then checks
python tools/record_states.py --check   checks only
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.optim.exchange import FOLDER, WAYS, go_on, layout, records

import mutagrad

VERSION = "2.13"


def check(name: str) -> int:
    """Has PyTorch read what mutagrad writes of an optimiser and go on from it; the number of records."""
    file = io.BytesIO()
    mutagrad.save(records(mutagrad, name), file)
    file.seek(0)
    found, expected = torch.load(file, weights_only=True), records(torch, name)
    for ours, theirs in zip(found, expected, strict=True):
        label = f"{name} {theirs['way']} {theirs['dtype']}"
        if layout(ours) != layout(theirs):
            raise SystemExit(f"{label}: the layout is\n{layout(ours)}\nand PyTorch's is\n{layout(theirs)}")
        for after, wanted in zip(go_on(torch, name, ours), theirs["after"], strict=True):
            rtol = 1e-4 if theirs["dtype"] == "float32" else 1e-9
            torch.testing.assert_close(
                after, wanted, rtol=rtol, atol=rtol / 10, msg=lambda text, at=label: f"{at}: {text}"
            )
    return len(found)


def main() -> None:
    """Writes and checks."""
    if not torch.__version__.startswith(VERSION):
        raise SystemExit(f"record with PyTorch {VERSION}, not {torch.__version__}")
    torch.set_num_threads(1)
    if "--check" not in sys.argv:
        FOLDER.mkdir(exist_ok=True)
        for name in WAYS:
            torch.save(records(torch, name), FOLDER / f"{name}.pt")
    print(f"{sum(map(check, WAYS))} states of {len(WAYS)} optimisers")


if __name__ == "__main__":
    main()
