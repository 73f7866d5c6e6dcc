"""Records what PyTorch gives for the programs in `tests/nn` and `tests/optim`, for tests that need no PyTorch.

    python tools/record_training.py     writes tests/data/training.{npz,json}

Record on a processor that is not Intel's: there PyTorch draws dropout from another library. Run it with the PyTorch
version named in `VERSION`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.nn import programs, recording, texts
from tests.optim import programs as training

VERSION = "2.13"


def main() -> None:
    """Runs every program and writes the files."""
    if not torch.__version__.startswith(VERSION):
        raise SystemExit(f"record with PyTorch {VERSION}, not {torch.__version__}")
    torch.set_num_threads(1)
    recorder = recording.record(torch, {**programs.PROGRAMS, **training.PROGRAMS}, {**texts.TEXTS, **training.TEXTS})
    recorder.write(recording.STEM)
    print(f"{len(recorder.index)} entries")


if __name__ == "__main__":
    main()
