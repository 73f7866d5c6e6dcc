"""Lists the public names of `torch.autograd`, `torch.func` and `torch.utils.checkpoint`, and which mutagrad has.

    python tools/list_autograd_names.py            writes docs/autograd_names.md
    python tools/list_autograd_names.py --record   first reads the names from PyTorch into tests/data/autograd_names.json

The page has a line for each name, so that additions made side by side can be merged.
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NAMES = ROOT / "tests" / "data" / "autograd_names.json"
PAGE = ROOT / "docs" / "autograd_names.md"
MODULES = (
    *("autograd", "autograd.function", "autograd.graph", "autograd.grad_mode", "autograd.forward_ad"),
    *("autograd.functional", "autograd.gradcheck", "autograd.anomaly_mode", "autograd.profiler"),
    *("func", "utils.checkpoint"),
)
# Why a name is left out on purpose.
REASONS = {
    "autograd.profiler.emit_itt": "Intel's tracing tool",
    "autograd.profiler.emit_nvtx": "Nvidia's tracing tool",
    "autograd.profiler.load_nvprof": "Nvidia's tracing tool",
    "autograd.profiler.parse_nvprof_trace": "Nvidia's tracing tool",
    "autograd.profiler.EnforceUnique": "a part of reading Nvidia's traces",
    "autograd.profiler.KinetoStepTracker": "of PyTorch's tracing library",
    "autograd.profiler.MemRecordsAcc": "of PyTorch's tracing library",
    "autograd.profiler.profile.config": "of PyTorch's tracing library",
    "func.debug_unwrap": "of PyTorch's compiler",
}
HEAD = """# Names of autograd

Every public name of `torch.autograd` and its modules, of `torch.func` and of `torch.utils.checkpoint` in PyTorch {version},
and of the classes among them; `x` marks what mutagrad has under the same name. Written by `tools/list_autograd_names.py`.
"""


def public_names(module: Any) -> list[str]:
    """The names that a module calls public: those in `__all__`, or else the classes and functions it defines."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return sorted(name for name in listed if hasattr(module, name))
    return sorted(name for name, value in vars(module).items() if _is_public(name, value, module.__name__))


def _is_public(name: str, value: Any, module: str) -> bool:
    callables = inspect.isclass(value) or inspect.isroutine(value)
    return not name.startswith("_") and callables and value.__module__ == module


def with_members(module: Any) -> list[str]:
    """The public names of a module and, for classes, of what can be asked of their instances."""
    names = []
    for name in public_names(module):
        names.append(name)
        value = getattr(module, name)
        if (
            inspect.isclass(value)
            and value.__module__.startswith("torch.")
            and not hasattr(value, "__pybind11_module__")
        ):
            names += [f"{name}.{member}" for member in sorted(vars(value)) if not member.startswith("_")]
    return names


def record() -> None:
    """Reads the names from PyTorch."""
    import torch

    found = {name: with_members(importlib.import_module(f"torch.{name}")) for name in MODULES}
    found = {"version": ".".join(torch.__version__.split(".")[:2]), **found}
    NAMES.write_text(json.dumps(found, indent=1) + "\n")


def has(module: str, path: str) -> bool:
    """Whether mutagrad has a name."""
    try:
        value = importlib.import_module(f"mutagrad.{module}")
    except ImportError:
        return False
    for part in path.split("."):
        if not hasattr(value, part):
            return False
        value = getattr(value, part)
    return True


def page() -> str:
    """The text of the page."""
    names = json.loads(NAMES.read_text())
    version = names.pop("version")
    lines = []
    for module, listed in names.items():
        lines.append(f"\n## torch.{module}\n")
        for path in listed:
            there = has(module, path)
            whys = [REASONS.get(f"{module}.{each}", "") for each in (path, path.split(".")[0])]
            reason = "" if there else whys[0] or whys[1]
            lines.append(f"- [{'x' if there else ' '}] `{path}`{reason and f': left out, {reason}'}")
    return HEAD.format(version=version) + "\n".join(lines) + "\n"


if __name__ == "__main__":
    if "--record" in sys.argv:
        record()
    PAGE.write_text(page())
