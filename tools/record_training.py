"""Records what PyTorch gives for the programs in `tests/nn`, `tests/optim` and `examples`, for tests without PyTorch.

    python tools/record_training.py [part …]     writes tests/data/<part>.{npz,json}

Record on a processor that is not Intel's: there PyTorch draws dropout from another library. Run it with the PyTorch
version named in `VERSION`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.loading import programs as loading
from tests.nn import initial_values, interfaces, layers, programs, recording, texts
from tests.optim import algorithms, schedules
from tests.optim import programs as training

VERSION = "2.13"

PARTS = {
    "training": ({**programs.PROGRAMS, **training.PROGRAMS}, {**texts.TEXTS, **training.TEXTS}),
    "optimizers": (algorithms.PROGRAMS, algorithms.TEXTS),
    "layers": (layers.PROGRAMS, layers.TEXTS),
    "interfaces": (interfaces.PROGRAMS, interfaces.TEXTS),
    "initial_values": (initial_values.PROGRAMS, initial_values.TEXTS),
    "loading": ({}, loading.TEXTS),
    "schedules": (schedules.PROGRAMS, schedules.TEXTS),
}


def main() -> None:
    """Runs the programs of the parts named, or of all, and writes the files."""
    if not torch.__version__.startswith(VERSION):
        raise SystemExit(f"record with PyTorch {VERSION}, not {torch.__version__}")
    torch.set_num_threads(1)
    for part in sys.argv[1:] or PARTS:
        recorder = recording.record(torch, *PARTS[part])
        recorder.write(part)
        print(f"{part}: {len(recorder.index)} entries")


if __name__ == "__main__":
    main()
