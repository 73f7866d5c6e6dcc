"""Writes `docs/coverage.md` from the recordings of PyTorch's operator database, and replays all of them.

python tools/write_coverage.py
"""

from __future__ import annotations

import sys
from pathlib import Path

import mutagrad

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.op_db.coverage import PAGE, page, wrong

if __name__ == "__main__":
    PAGE.write_text(page(mutagrad), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8").splitlines()[-1])
    found = wrong(mutagrad)
    if found:
        raise SystemExit(f"present and wrong: {', '.join(found)}")
