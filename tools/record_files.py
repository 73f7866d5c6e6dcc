"""Writes `tests/data/checkpoint.pt` and `marked.pt` with PyTorch, for tests that read it without.

python tools/record_files.py
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.files.checkpoint import checkpoint

if __name__ == "__main__":
    data = Path(__file__).resolve().parents[1] / "tests" / "data"
    torch.save(checkpoint(torch), data / "checkpoint.pt")
    z, other = torch.tensor([1 + 2j, 3 - 4j]), torch.tensor([5 - 6j])
    torch.save([z, z.conj(), other.conj().imag], data / "marked.pt")  # marks beside the memory, which may be shared
