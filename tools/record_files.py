"""Writes `tests/data/checkpoint.pt` with PyTorch, for tests that read it without.

python tools/record_files.py
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.files.checkpoint import checkpoint

if __name__ == "__main__":
    torch.save(checkpoint(torch), Path(__file__).resolve().parents[1] / "tests" / "data" / "checkpoint.pt")
