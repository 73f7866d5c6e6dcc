"""Records what PyTorch makes of the expressions in `tests/views/*.txt` and `tests/creation/*.txt`.

python tools/record_expressions.py
"""

import sys
from pathlib import Path

import torch

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.views import expressions  # noqa: E402

if __name__ == "__main__":
    for path in sorted([*(ROOT / "tests" / "views").glob("*.txt"), *(ROOT / "tests" / "creation").glob("*.txt")]):
        expressions.write(path, torch)
