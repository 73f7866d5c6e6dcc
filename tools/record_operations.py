"""Records what PyTorch makes of every sample in `tests/operations/samples`, for tests that need no PyTorch.

    python tools/record_operations.py              writes tests/data/operations/ and tests/data/operations_errors.json
    python tools/record_operations.py linear       only the family tests/operations/samples/linear.py
    python tools/record_operations.py errors       only what tests/operations/errors.py expects

float64 and complex128 are recorded with gradients of first and second order and with every form of the call; the other
dtypes with value, dtype and in-place form. Run it with the PyTorch version named in `VERSION`.
"""

from __future__ import annotations

import json
import re
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from operations import run
from operations.errors import ERRORS
from operations.records import DATA, Recorder
from operations.sample import DIFFERENTIABLE, Sample
from operations.samples import FAMILIES

VERSION = "2.13"
# A kernel or a derivative that PyTorch lacks says nothing about what another library should do: it is not recorded.
LACKING = re.compile(
    r"not implemented for|not supported|unsupported|derivative for|expected scalar type|Could not run"
    r"|Could this error message|not yet implemented|does not support automatic differentiation"
    r"|dtypes on CPU|on CPU does not support"
)


def error(exception: Exception) -> dict[str, Any]:
    """The entry for an exception: its class and the first line of its message."""
    return {"error": [type(exception).__name__, (str(exception).splitlines() or [""])[0]]}


def is_lacking(exception: Exception) -> bool:
    """Whether the exception tells of a kernel or a derivative that PyTorch does not have."""
    return isinstance(exception, NotImplementedError) or bool(LACKING.search(str(exception)))


def unless_lacking(function: Any, *args: Any, **kwargs: Any) -> Any:
    """The function's result; None where PyTorch lacks what it needs."""
    try:
        return function(*args, **kwargs)
    except RuntimeError as exception:
        if is_lacking(exception):
            return None
        raise


def numbers(tensors: list) -> list:
    """Arrays of the tensors, None for None."""
    return [None if tensor is None else run.to_numpy(tensor) for tensor in tensors]


def same(left: list, right: list) -> bool:
    """Whether two lists of arrays (or None) agree, to rounding, in dtype, shape and value."""
    return len(left) == len(right) and all(map(close, left, right))


def close(a: np.ndarray | None, b: np.ndarray | None) -> bool:
    """Whether two arrays agree to rounding, or both are None."""
    if a is None or b is None:
        return a is b
    rounding = 1e-12 if a.dtype in (np.float64, np.complex128) else 1e-5
    return (a.dtype, a.shape) == (b.dtype, b.shape) and np.allclose(a, b, rounding, rounding / 100, equal_nan=True)


class SampleRecorder:
    """Records one sample in one dtype."""

    def __init__(self, store: Recorder, sample: Sample, dtype: str) -> None:
        self.store = store
        self.sample = sample
        self.dtype = dtype
        self.differentiates = dtype in DIFFERENTIABLE
        self.values: list = []
        self.grads: list = []
        self.entry: dict[str, Any] = {}

    def record(self) -> dict[str, Any] | None:
        """The entry of the index; None where PyTorch has no kernel."""
        tensors = self.inputs()
        try:
            result = run.evaluate(torch, self.sample, tensors)
        except Exception as exception:
            return None if is_lacking(exception) else error(exception)
        self.record_values(result)
        if "differentiable" in self.entry:
            self.record_gradients(result, tensors)
        self.record_inplace()
        if self.differentiates:
            self.record_method()
            self.record_out()
            self.record_write_through()
        return self.entry

    def inputs(self, differentiate: bool = True) -> list:
        return run.inputs(torch, self.sample, self.dtype, differentiate and self.differentiates)

    def keep(self, arrays: list) -> list:
        return [self.store.place(array) for array in arrays]

    def record_values(self, result: Any) -> None:
        outputs = run.flatten(result)
        self.values = numbers(outputs)
        self.entry = {"values": self.keep(self.values)}
        if run.structure(result) != "Tensor":
            self.entry["form"] = run.structure(result)
        if any(out.requires_grad for out in outputs):
            self.entry["differentiable"] = [out.requires_grad for out in outputs]
        if self.sample.view:
            self.entry["strides"] = [list(out.stride()) for out in outputs]

    def record_gradients(self, result: Any, tensors: list) -> None:
        wanted = run.leaves(self.sample, tensors)
        first = unless_lacking(run.gradients, torch, self.sample, result, wanted, create_graph=True)
        if first is None:
            return
        grads, cts = first
        self.grads = numbers(grads)
        self.entry["grads"] = self.keep(self.grads)
        if self.sample.second:
            second = unless_lacking(run.second_gradients, torch, self.sample, grads, [*wanted, *cts])
            if second is not None:
                self.entry["second"] = self.keep(numbers(second))

    def record_inplace(self) -> None:
        if not self.has_method("_"):
            return
        tensors = self.inputs()
        try:
            result = run.evaluate(torch, self.sample, tensors, "inplace")
        except Exception as exception:
            # A TypeError says that the in-place form has other parameters.
            if not is_lacking(exception) and not isinstance(exception, TypeError):
                self.entry["inplace"] = error(exception)
            return
        self.entry["inplace"] = self.inplace_entry(result, tensors)

    def inplace_entry(self, result: Any, tensors: list) -> str | dict:
        values = numbers([result])
        if "grads" not in self.entry or not result.requires_grad:
            return "same" if same(values, self.values) else {"values": self.keep(values)}
        found = unless_lacking(run.gradients, torch, self.sample, result, run.leaves(self.sample, tensors))
        if found is None:
            return "beyond"
        grads = numbers(found[0])
        if same(values, self.values) and same(grads, self.grads):
            return "same"
        return {"values": self.keep(values), "grads": self.keep(grads)}

    def has_method(self, suffix: str = "") -> bool:
        """Whether the function may be called as a method of its first argument, with a suffix to its name."""
        sample = self.sample
        is_method = sample.operation.startswith("Tensor.") and not suffix
        if sample.function is not None or is_method or not sample.arrays or sample.args[0] is not sample.arrays[0]:
            return False
        name = sample.operation.split(".")[-1] + suffix
        return hasattr(torch.Tensor, name) and not name.endswith("__")

    def record_method(self) -> None:
        if self.has_method() and same(self.tried(form="method"), self.values):
            self.entry["method"] = True

    def record_out(self) -> None:
        if self.sample.function is not None or self.sample.operation.startswith("Tensor."):
            return
        out = run.shared_out(torch, self.values)
        if same(self.tried(out=out), self.values) and same(numbers(run.flatten(out)), self.values):
            self.entry["out"] = True

    def tried(self, **form: Any) -> list:
        """The values of another form of the call; empty where there is no such form."""
        try:
            return numbers(run.flatten(run.evaluate(torch, self.sample, self.inputs(False), **form)))
        except (TypeError, AttributeError, RuntimeError):
            return []

    def record_write_through(self) -> None:
        if not self.sample.view:
            return
        tensors = self.inputs()
        try:
            base, factor = run.write_through(torch, self.sample, tensors)
        except RuntimeError as exception:
            if "returns multiple views" not in str(exception):
                self.entry["written"] = error(exception)
                return
            # Under grad, PyTorch refuses to write to one of several views from one call. Another library need not.
            base, factor = run.write_through(torch, self.sample, self.inputs(False))
        self.entry["written"] = {"values": self.keep(numbers([base]))}
        if base.requires_grad:
            wanted = [tensors[0], *([factor] if factor.requires_grad else [])]
            grads, _ = run.gradients(torch, self.sample, base, wanted)
            self.entry["written"]["grads"] = self.keep(numbers(grads))


def record_samples(samples: list[Sample]) -> Recorder:
    """Records samples in every dtype that PyTorch has a kernel for."""
    store = Recorder()
    for sample in samples:
        entries = {dtype: SampleRecorder(store, sample, dtype).record() for dtype in sample.dtypes}
        store.index[sample.name] = {dtype: entry for dtype, entry in entries.items() if entry is not None}
        first = store.index[sample.name].get(sample.dtypes[0], {"error": "PyTorch has no kernel"})
        if ("error" in first) != sample.raises:
            raise SystemExit(f"{sample.name}: {first.get('error', 'does not raise')}")
    return store


def refusal(sample: Sample) -> list[str]:
    """The class and the first line of the error that a bad call raises."""
    try:
        run.evaluate(torch, sample, run.inputs(torch, sample, "float64"))
    except Exception as exception:
        return error(exception)["error"]
    raise SystemExit(f"{sample.name}: PyTorch does not raise")


def main() -> None:
    """Records everything."""
    if not torch.__version__.startswith(VERSION):
        raise SystemExit(f"PyTorch {VERSION} is needed, this is {torch.__version__}")
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    wanted = sys.argv[1:] or [*FAMILIES, "errors"]
    for family in wanted:
        if family == "errors":
            errors = {name: refusal(sample) for name, sample in ERRORS.items()}
            (DATA / "operations_errors.json").write_text(json.dumps(errors, indent=1) + "\n", encoding="utf-8")
            print(f"{len(errors)} errors recorded")
        else:
            store = record_samples(FAMILIES[family])
            store.write(f"operations/{family}")
            print(f"{family}: {len(store.index)} samples recorded")


if __name__ == "__main__":
    main()
