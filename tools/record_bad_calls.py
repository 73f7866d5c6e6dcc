"""Records what PyTorch raises for the calls in `tests/data/bad_calls.json`: class and first line.

Needs PyTorch 2.13. To add a call, an expression of the module `torch`, add it with null and run this:

    python tools/record_bad_calls.py
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import torch

FILE = Path(__file__).parents[1] / "tests" / "data" / "bad_calls.json"


def raised(expression: str) -> list[str] | None:
    """The error's class and first line."""
    try:
        eval(expression, {"torch": torch})
    except Exception as error:
        return [type(error).__name__.strip("_"), str(error).partition("\n")[0]]
    return None


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    calls = json.loads(FILE.read_text(encoding="utf-8"))
    recorded = {expression: raised(expression) for expression in calls}
    for expression in [each for each, found in recorded.items() if found is None]:
        print("raises nothing:", expression)
        del recorded[expression]
    lines = [f"{json.dumps(each)}: {json.dumps(found)}" for each, found in recorded.items()]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{len(recorded)} calls")
