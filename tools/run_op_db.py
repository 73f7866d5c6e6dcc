"""Runs PyTorch's operator database against mutagrad, and records cases of it for tests that need no PyTorch.

    python tools/run_op_db.py                          all operators: what fails, a line each, and the totals
    python tools/run_op_db.py --only 'linalg.*' add    those of these names (patterns)
    python tools/run_op_db.py --missing                the names that mutagrad lacks
    python tools/run_op_db.py --record linalg fft      writes tests/data/op_db/linalg.npz and fft.npz (no name: all)

Each entry is run over its sample inputs (`--samples N` of them, spread evenly; 0: all) in float64, float32, complex128,
int64 and bool: forward, gradients of first and second order, method, in-place form, `out=`, and what must raise. An
entry is written as PyTorch answers it and then replayed as the tests do (`tests/op_db/replay.py`).

Needs PyTorch of the version in `VERSION` and what its database imports: `expecttest`.
"""

from __future__ import annotations

import argparse
import re
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.testing._internal.common_methods_invocations import op_db

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.op_db import calls, families
from tests.op_db.encoding import NotKept, Recording, Store, encode
from tests.op_db.replay import Case, difference_of
from tests.operations import run

VERSION = "2.13"
DTYPES = ("float64", "float32", "complex128", "int64", "bool")
DIFFERENTIABLE = ("float64", "complex128")
RECORDED = {"float64": 4, "complex128": 2, "int64": 2}  # cases kept for each operator and dtype; of the others one
ELEMENTS = 400  # a case with more elements than this is only recorded where there is no smaller one
PREFERRED = 60  # elements of inputs, results and gradients together
# A kernel or a derivative that PyTorch lacks says nothing about what another library should do: it is not recorded.
LACKING = re.compile(
    r"not implemented for|not supported|unsupported|derivative for|expected scalar type|Could not run"
    r"|Could this error message|not yet implemented|does not support automatic differentiation"
    r"|dtypes on CPU|on CPU does not support|is not implemented"
)


def is_lacking(exception: Exception) -> bool:
    """Whether the exception tells of a kernel or a derivative that PyTorch does not have."""
    return isinstance(exception, NotImplementedError) or bool(LACKING.search(str(exception)))


def error(exception: Exception) -> dict[str, Any]:
    """The entry for an exception: its class and the first line of its message."""
    return {"error": [type(exception).__name__, (str(exception).splitlines() or [""])[0]]}


def name_of(info: Any) -> str:
    """The operator's name, with that of its variant."""
    return f"{info.name}/{info.variant_test_name}" if info.variant_test_name else info.name


def seed_samples() -> None:
    """The database draws its samples from the global generators: each operator's begin from one seed."""
    torch.manual_seed(0)
    np.random.seed(0)


def samples_of(info: Any, dtype: str, limit: int) -> list[Any]:
    """Sample inputs of an operator, evenly spread where there are more than `limit`."""
    kind = getattr(torch, dtype)
    if kind not in info.dtypes:
        return []
    differentiate = kind in info.backward_dtypes and info.supports_autograd and dtype in DIFFERENTIABLE
    seed_samples()
    found = list(info.sample_inputs("cpu", kind, requires_grad=differentiate))
    if not limit or len(found) <= limit:
        return found
    return [found[i * len(found) // limit] for i in range(limit)]


class CaseRecorder:
    """What PyTorch makes of one sample."""

    def __init__(self, info: Any, dtype: str, number: int, store: Store) -> None:
        self.info = info
        self.name = name_of(info)
        self.store = store
        self.seed = f"{self.name}/{dtype}/{number}"
        self.case: dict[str, Any] = {"dtype": dtype}
        self.values: list = []
        self.grads: list = []

    def record(self, args: tuple, kwargs: dict) -> dict[str, Any] | None:
        """The case; None where PyTorch lacks a kernel. Raises NotKept for arguments that cannot be kept."""
        self.case["args"] = [encode(torch, value, self.store) for value in args]
        self.case["kwargs"] = {name: encode(torch, value, self.store) for name, value in kwargs.items()}
        args, kwargs = self.fresh()
        try:
            result = calls.evaluate(torch, self.name, args, kwargs)
        except Exception as exception:
            return None if is_lacking(exception) else {**self.case, **error(exception)}
        self.case["out"], self.values = self.keep(calls.outputs(torch, self.name, result, args, kwargs))
        if run.structure(result) != "Tensor":
            self.case["form"] = run.structure(result)
        self.record_gradients(result, args, kwargs)
        self.record_in_place()
        self.record_method()
        self.record_out(result)
        return self.case

    def fresh(self, differentiate: bool = True) -> tuple[list, dict]:
        """The arguments made anew from the recording, as a test will make them."""
        return Case(torch, self.name, 0, self.case, self.store).arguments(differentiate)

    def keep(self, results: list) -> tuple[list, list]:
        """Places of the results, and the arrays."""
        arrays = [self.array(each) for each in results]
        return [each if isinstance(each, dict) else self.store.place(each) for each in arrays], arrays

    @staticmethod
    def array(result: Any) -> Any:
        if result is None or isinstance(result, (bool, int, float, complex)):
            return None if result is None else {"number": encode(torch, result, Store())}
        if not isinstance(result, torch.Tensor):
            raise NotKept(f"a result {type(result).__name__}")
        try:
            return run.to_numpy(result)
        except TypeError:
            raise NotKept(f"a result of {result.dtype}") from None

    def record_gradients(self, result: Any, args: list, kwargs: dict) -> None:
        wanted = calls.leaves([args, kwargs], torch)
        results = calls.outputs(torch, self.name, result, args, kwargs)
        if not any(isinstance(out, torch.Tensor) and out.requires_grad for out in results) or not wanted:
            return
        twice = self.info.supports_gradgrad
        try:
            grads, cts = calls.gradients(torch, self.seed, results, wanted, create_graph=twice)
        except (RuntimeError, NotImplementedError):
            return
        self.case["grads"], self.grads = self.keep(grads)
        if twice:
            try:
                second = calls.second_gradients(torch, self.seed, grads, [*wanted, *cts])
            except (RuntimeError, NotImplementedError):
                return
            self.case["second"] = self.keep(second)[0]

    def record_in_place(self) -> None:
        args, kwargs = self.fresh()
        if self.info.inplace_variant is None or not isinstance(args[0], torch.Tensor):
            return
        try:
            result = calls.evaluate_in_place(torch, self.name, args, kwargs)
        except Exception as exception:
            # A TypeError says that the in-place form has other parameters.
            if not is_lacking(exception) and not isinstance(exception, (TypeError, AssertionError)):
                self.case["inplace"] = error(exception)
            return
        if result.shape != args[0].shape:
            return  # PyTorch lets `addbmm_` grow its tensor, and forgets its history over that.
        places, values = self.keep([result])
        entry: dict[str, Any] = {"out": places}
        grads: list = []
        wanted = calls.leaves([args, kwargs], torch)
        if "grads" in self.case and result.requires_grad:
            try:
                entry["grads"], grads = self.keep(calls.gradients(torch, self.seed, [result], wanted)[0])
            except (RuntimeError, NotImplementedError):
                grads = self.grads
        same = alike(values, self.values) and alike(grads, self.grads)
        self.case["inplace"] = "same" if same else entry

    def record_method(self) -> None:
        path = self.name.partition("/")[0]
        args, kwargs = self.fresh(differentiate=False)
        if self.info.method_variant is None or path in calls.CALLS or not isinstance(args[0], torch.Tensor):
            return
        try:
            result = calls.outputs(
                torch, self.name, calls.evaluate_method(torch, self.name, args, kwargs), args, kwargs
            )
        except (TypeError, AttributeError, RuntimeError):
            return
        if alike([self.array(each) for each in result], self.values):
            self.case["method"] = True

    def record_out(self, result: Any) -> None:
        if not self.info.supports_out:
            return
        args, kwargs = self.fresh(differentiate=False)
        places, arrays = self.keep(run.flatten(result))
        if any(isinstance(array, dict) for array in arrays):
            return
        out = run.shared_out(torch, arrays)
        try:
            written = run.flatten(calls.evaluate(torch, self.name, args, kwargs, out=out))
            if len(written) != len(places) or any(a is not b for a, b in zip(written, run.flatten(out))):
                return
        except (TypeError, RuntimeError, NotImplementedError):
            return
        if alike([self.array(each) for each in calls.outputs(torch, self.name, out, args, kwargs)], self.values):
            self.case["into"] = places


def alike(left: list, right: list) -> bool:
    """Whether two lists of arrays, numbers or None agree to rounding."""
    if len(left) != len(right):
        return False
    for a, b in zip(left, right):
        if a is None or b is None or isinstance(a, dict) or isinstance(b, dict):
            if repr(a) != repr(b):
                return False
        elif difference_of(a, b):
            return False
    return True


def record_operator(info: Any, store: Store, limit: int) -> tuple[list[dict], list[str]]:
    """The cases of an operator, and why samples were left out."""
    cases, left = [], []
    for dtype in DTYPES:
        for number, sample in enumerate(samples_of(info, dtype, limit)):
            try:
                case = CaseRecorder(info, dtype, number, store).record((sample.input, *sample.args), sample.kwargs)
            except NotKept as reason:
                left.append(str(reason))
                continue
            if case is not None:
                cases.append({**case, "number": number})
    return cases, left


# Checking mutagrad ------------------------------------------------------------------------------------------------------


def check(infos: list[Any], limit: int, details: int) -> None:
    """Prints what fails, operator by operator, and the totals."""
    import mutagrad

    totals: Counter[str] = Counter()
    for info in infos:
        name = name_of(info)
        totals["entries"] += 1
        if calls.function_of(mutagrad, name) is None:
            totals["missing"] += 1
            print(f"{name}: missing")
            continue
        totals["present"] += 1
        store = Store()
        cases, left = record_operator(info, store, limit)
        failures = list(failures_of(mutagrad, name, cases, store))
        totals["right" if not failures else "wrong"] += 1
        for alias in info.aliases:
            if calls.lookup(mutagrad, alias.name.removeprefix("torch.")) is None:
                print(f"{name}: alias {alias.name} missing")
        if left:
            print(f"{name}: {len(left)} samples left out: {', '.join(sorted(set(left)))}")
        if failures:
            counts = Counter(aspect for _, aspect, _ in failures)
            print(f"{name}: {', '.join(f'{aspect} {n}' for aspect, n in counts.items())} of {len(cases)} cases fail")
            for case, aspect, text in failures[:details]:
                print(f"    {case['dtype']} {aspect}: {text.splitlines()[0][:300]}")
                print(f"        {shown(case)}")
    print(", ".join(f"{n} {what}" for what, n in totals.items()))


def failures_of(module: Any, name: str, cases: list, store: Store) -> Iterator[tuple[dict, str, str]]:
    """Each case that fails, in which aspect, and what it says; one case for an aspect and dtype comes first."""
    seen: Counter[tuple] = Counter()
    found = []
    for case in cases:
        for aspect, text in Case(module, name, case["number"], case, store).failures():
            seen[case["dtype"], aspect] += 1
            found.append((seen[case["dtype"], aspect], case, aspect, text))
    for _, case, aspect, text in sorted(found, key=lambda each: each[0]):
        yield case, aspect, text


def shown(case: dict[str, Any]) -> str:
    """The arguments of a case, tensors by dtype and shape."""

    def of(kept: Any) -> str:
        if isinstance(kept, dict) and "tensor" in kept:
            return kept["tensor"].partition("@")[0] + ("+strides" if "strides" in kept else "")
        if isinstance(kept, dict):
            ((kind, value),) = kept.items()
            return f"({', '.join(map(of, value))})" if kind == "tuple" else f"{kind}:{value}"
        return f"[{', '.join(map(of, kept))}]" if isinstance(kept, list) else repr(kept)

    return ", ".join([*map(of, case["args"]), *(f"{name}={of(value)}" for name, value in case["kwargs"].items())])


# Recording --------------------------------------------------------------------------------------------------------------


def size_of(case: dict[str, Any]) -> int:
    """The number of elements that keeping a case takes, roughly."""
    return sum(
        int(np.prod([int(n) for n in shape.split(",") if n] or [1]))
        for shape in re.findall(r"\w+\[([\d,]*)\]@", repr(case))
    )


def select(cases: list[dict]) -> list[dict]:
    """The few cases that are kept: of each dtype one for each form of the call, small ones, few of them without elements."""
    chosen = []
    for dtype in DTYPES:
        of_dtype = [case for case in cases if case["dtype"] == dtype]
        of_dtype.sort(key=lambda case: abs(np.log2((size_of(case) + 1) / PREFERRED)))
        taken: dict[tuple, dict] = {}
        for case in of_dtype:
            form = (is_bare(case), str(sorted(case["kwargs"])), len(case["args"]), str(sorted(case)))
            if form not in taken and (size_of(case) <= ELEMENTS or not taken):
                taken[form] = case
        wanted = RECORDED.get(dtype, 1)
        chosen += sorted(taken.values(), key=is_bare)[:wanted]
    return chosen


def is_bare(case: dict[str, Any]) -> bool:
    """Whether a tensor among the arguments has no elements or no dimensions."""
    return bool(re.search(r"\[((\d+,)*0(,\d+)*)?\]@", repr(case["args"])))


def record(family: str, infos: list[Any], limit: int) -> None:
    """Writes the recording of one family."""
    operators: dict[str, dict[str, Any]] = {}
    store = Store()
    for info in infos:
        name = name_of(info)
        reason = families.excluded(name)
        if reason:
            operators[name] = {"excluded": reason}
            continue
        rough = Store()
        kept = {(case["dtype"], case["number"]) for case in select(record_operator(info, rough, limit)[0])}
        cases = [each for dtype in DTYPES for each in again(info, dtype, kept, store, limit)]
        entry: dict[str, Any] = {"cases": cases}
        if info.aliases:
            entry["aliases"] = [alias.name for alias in info.aliases]
        operators[name] = entry
    Recording.write(family, operators, store)
    print(f"{family}: {len(operators)} operators, {sum(len(o.get('cases', ())) for o in operators.values())} cases")


def again(info: Any, dtype: str, kept: set, store: Store, limit: int) -> Iterator[dict[str, Any]]:
    """The cases chosen, recorded into the store that is written."""
    for number, sample in enumerate(samples_of(info, dtype, limit)):
        if (dtype, number) in kept:
            case = CaseRecorder(info, dtype, number, store).record((sample.input, *sample.args), sample.kwargs)
            if case is not None:
                yield {**case, "number": number}


def main() -> None:
    """Runs or records what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", nargs="+", default=["*"], metavar="PATTERN", help="operators by name")
    parser.add_argument("--family", choices=families.FAMILIES, help="operators of one family")
    parser.add_argument("--samples", type=int, default=25, metavar="N", help="samples of each dtype; 0: all")
    parser.add_argument("--details", type=int, default=3, metavar="N", help="failures printed for each operator")
    parser.add_argument("--missing", action="store_true", help="print only the missing names")
    parser.add_argument("--record", nargs="*", metavar="FAMILY", help="write recordings")
    options = parser.parse_args()
    if not torch.__version__.startswith(VERSION):
        raise SystemExit(f"PyTorch {VERSION} is needed, this is {torch.__version__}")
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    if options.record is not None:
        for family in options.record or families.FAMILIES:
            record(family, [info for info in op_db if families.family_of(name_of(info)) == family], options.samples)
        return
    infos = [
        info
        for info in op_db
        if any(fnmatchcase(name, pattern) for pattern in options.only for name in (info.name, name_of(info)))
        and not families.excluded(name_of(info))
        and options.family in (None, families.family_of(name_of(info)))
    ]
    if options.missing:
        import mutagrad

        for family in families.FAMILIES:
            named = [name_of(info) for info in infos if families.family_of(name_of(info)) == family]
            lacking = [name for name in named if calls.function_of(mutagrad, name) is None]
            print(f"{family}: {len(lacking)} of {len(named)} missing: {' '.join(lacking)}")
        return
    check(infos, options.samples, options.details)


if __name__ == "__main__":
    main()
