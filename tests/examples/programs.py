"""The programs under `examples/`, and how to run one under mutagrad or, with another text, under PyTorch."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "examples"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py"))
STEPS = 50
DOUBLE = ("factorization", "kalman", "neural_ode")  # those that compute in double precision

# What makes an example overwrite what is still needed; PyTorch then raises an error, so it is recorded without.
REFUSED = {"actor_critic": {"between": True}, "dcgan": {"between": True}, "neural_ode": {"in_place": True}}


def example(name: str, library: str) -> Any:
    """The module of an example, with every `mutagrad` in its text replaced by the name of a library."""
    if str(FOLDER) not in sys.path:
        sys.path.insert(0, str(FOLDER))
    path = FOLDER / f"{name}.py"
    text = path.read_text(encoding="utf-8").replace("mutagrad", library)
    module = ModuleType(f"example_{name}")
    module.__file__ = str(path)
    if name == "gpt":  # it takes the text from another example
        sys.modules["char_lstm"] = example("char_lstm", library)
    exec(compile(text, str(path), "exec"), module.__dict__)
    return module
