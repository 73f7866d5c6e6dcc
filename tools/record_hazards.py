"""Records what PyTorch makes of `tests/bookkeeping/programs.py`: an error, a wrong gradient, or the right one.

python tools/record_hazards.py   (needs PyTorch)
"""

import json
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.bookkeeping.programs import PROGRAMS

import mutagrad

FILE = Path(__file__).resolve().parents[1] / "tests" / "data" / "hazards.json"


def outcome(program):
    """What PyTorch makes of a program, judged by the gradient here, where nothing is lost."""
    x, loss = program(mutagrad)
    x.grad = None
    loss.backward()
    right = x.grad.tolist()
    x, loss = program(torch)
    x.grad = None
    try:
        loss.backward()
    except RuntimeError as error:
        assert "modified by an inplace operation" in str(error), error
        return "error"
    return "right" if torch.allclose(x.grad, torch.tensor(right), atol=1e-5) else "wrong gradient"


if __name__ == "__main__":
    found = {name: outcome(program) for name, program in PROGRAMS.items()}
    FILE.write_text(json.dumps(found, indent=1) + "\n")
    print(found)
