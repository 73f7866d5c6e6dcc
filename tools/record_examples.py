"""Records the losses that PyTorch gives for the programs under `examples/`.

    python tools/record_examples.py     writes tests/data/examples.json

Record on a processor that is not Intel's: there PyTorch draws dropout from another library.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.examples.programs import NAMES, REFUSED, STEPS, example

VERSION = "2.13"


def check_refused() -> None:
    """Makes sure that PyTorch still raises its error for the programs that overwrite what is needed."""
    for name, options in REFUSED.items():
        try:
            list(example(name, "torch").train(2, **options))
        except RuntimeError as error:
            if "modified by an inplace operation" in str(error):
                continue
            raise
        raise SystemExit(f"PyTorch accepts {name} with {options}")


def main() -> None:
    """Runs every example and writes the file."""
    if not torch.__version__.startswith(VERSION):
        raise SystemExit(f"record with PyTorch {VERSION}, not {torch.__version__}")
    torch.set_num_threads(1)
    check_refused()
    found = {name: list(example(name, "torch").train(STEPS)) for name in NAMES}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(losses)}" for name, losses in found.items())
    path = Path(__file__).resolve().parents[1] / "tests" / "data" / "examples.json"
    path.write_text("{\n" + lines + "\n}\n", encoding="utf-8")
    print(f"{len(found)} examples")


if __name__ == "__main__":
    main()
