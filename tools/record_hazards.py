"""Records what PyTorch makes of `tests/bookkeeping/programs.py`, an error, a wrong gradient, or the right one; and which
programs of the gallery end there with the error of a saved value that was written.

python tools/record_hazards.py   (needs PyTorch)
"""

import json
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.bookkeeping.programs import PROGRAMS

import mutagrad

GALLERY = Path(__file__).resolve().parents[1] / "tests" / "gallery" / "programs"
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


def is_refused(path):
    """Whether PyTorch ends a program of the gallery since a saved value was written."""
    source = path.read_text().replace("import mutagrad as torch", "import torch").replace("from mutagrad", "from torch")
    try:
        exec(compile(source, str(path), "exec"), {"__name__": "__main__"})
    except Exception as error:
        return "modified by an inplace operation" in str(error)
    return False


if __name__ == "__main__":
    found = {name: outcome(program) for name, program in PROGRAMS.items()}
    paths = sorted(GALLERY.glob("[!_]*.py"))
    refused = [path.stem for path in paths if is_refused(path)]
    FILE.write_text(json.dumps({"programs": found, "gallery": refused}, indent=1) + "\n")
    print(found)
