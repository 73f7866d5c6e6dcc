"""Records what PyTorch's distributions give, for `tests/distributions` to read without PyTorch.

python tools/record_distributions.py
"""

import json
import sys
from pathlib import Path

import torch

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.distributions.cases import CASES, CHECKED, PAIRS, REACHED, REFUSED  # noqa: E402
from tests.distributions.observations import checked, divergence, observe, reached, refusal  # noqa: E402

recorded = {
    "cases": {name: observe(torch, case) for name, case in CASES.items()},
    "pairs": {name: divergence(torch, pair) for name, pair in PAIRS.items()},
    "refused": {call: refusal(torch, call) for call in REFUSED},
    "checked": {name: checked(torch, name, values) for name, values in CHECKED.items()},
    "reached": {expression: reached(torch, expression) for expression in REACHED},
}
lines = [
    f"{json.dumps(kind)}: {{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in of.items()) + "\n}"
    for kind, of in recorded.items()
]
(ROOT / "tests/data/distributions.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
