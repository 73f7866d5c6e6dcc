"""A recorded case, run again: what differs from PyTorch, aspect by aspect.

A case is a dictionary:

    dtype, args, kwargs     as `encoding.py` keeps them
    out             the outputs: places of arrays, or `{"number": x}`; `form` is their structure where not a tensor
    grads, second   of the leaves; of leaves and cotangents
    inplace         `"same"`, or values and gradients of its own, or an error
    method, into    present where that form gives the same, and where `out=` receives it
    error           class and first line, in place of all these
"""

from __future__ import annotations

import builtins
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..operations import run
from ..operations.records import Records
from . import calls
from .encoding import Store, decode

RTOL = {"float64": 1e-8, "complex128": 1e-8, "float32": 1e-4, "complex64": 1e-4, "float16": 5e-3}
PART = {"float32": 0.1, "complex64": 0.1}  # the absolute tolerance by the largest element's, where terms cancel


class Differs(AssertionError):
    """Raised by a result that is not PyTorch's."""


class Case:
    """One recorded case of the operator `name`, to be run on the module given."""

    def __init__(self, torch: Any, name: str, number: int, case: dict[str, Any], records: Records | Store) -> None:
        self.torch = torch
        self.name = name
        self.case = case
        self.seed = f"{name}/{case['dtype']}/{number}"
        self.records = records
        # Where a number in single precision takes part, no more than that can be asked.
        single = "float32[" in repr(case["args"]) + repr(case["kwargs"])
        self.rtol = max(calls.ROUNDING.get(name, 0.0), RTOL["float32"] if single else 0.0)

    def arguments(self, differentiate: bool = True) -> tuple[list, dict]:
        """The arguments, made anew."""
        args = decode(self.torch, self.case["args"], self.records)
        kwargs = {name: decode(self.torch, value, self.records) for name, value in self.case["kwargs"].items()}
        if not differentiate:
            for leaf in calls.leaves([args, kwargs], self.torch):
                leaf.requires_grad_(False)
        return args, kwargs

    def failures(self) -> Iterator[tuple[str, str]]:
        """Each aspect in which this case fails, and what it says there."""
        for aspect, check in self.checks().items():
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    check()
            except Exception as failure:
                yield aspect, f"{type(failure).__name__}: {failure}"

    def checks(self) -> dict[str, Callable[[], None]]:
        """The aspects recorded for this case, and the check of each."""
        if "error" in self.case:
            return {"error": self.check_error}
        checks = {"forward": self.check_forward}
        if "grads" in self.case:
            checks["gradient"] = self.check_gradients
        if "inplace" in self.case:
            checks["in-place"] = self.check_in_place
        if "method" in self.case:
            checks["method"] = self.check_method
        if "into" in self.case:
            checks["out="] = self.check_out
        left = calls.DEVIATIONS.get(self.name, ((), ""))[0]
        return {aspect: check for aspect, check in checks.items() if aspect not in left}

    def check_error(self) -> None:
        args, kwargs = self.arguments()
        with assert_raises(self.case["error"]):
            calls.evaluate(self.torch, self.name, args, kwargs)

    def check_forward(self) -> None:
        args, kwargs = self.arguments()
        result = calls.evaluate(self.torch, self.name, args, kwargs)
        form = run.structure(result)
        if form != self.case.get("form", "Tensor"):
            raise Differs(f"the result is a {form}, expected {self.case.get('form', 'Tensor')}")
        self.compare(calls.outputs(self.torch, self.name, result, args, kwargs), self.case["out"])

    def check_gradients(self) -> None:
        args, kwargs = self.arguments()
        wanted = calls.leaves([args, kwargs], self.torch)
        result = calls.evaluate(self.torch, self.name, args, kwargs)
        results = calls.outputs(self.torch, self.name, result, args, kwargs)
        twice = "second" in self.case
        grads, cts = calls.gradients(self.torch, self.seed, results, wanted, create_graph=twice)
        self.compare(grads, self.case["grads"], absent_is_zero=True)
        if twice:
            second = calls.second_gradients(self.torch, self.seed, grads, [*wanted, *cts])
            try:
                self.compare(second, self.case["second"], absent_is_zero=True)
            except Differs as failure:
                raise Differs(f"second order: {failure}") from None

    def check_in_place(self) -> None:
        expected = self.case["inplace"]
        args, kwargs = self.arguments()
        if isinstance(expected, dict) and "error" in expected:
            with assert_raises(expected["error"]):
                calls.evaluate_in_place(self.torch, self.name, args, kwargs)
            return
        expected = self.case if expected == "same" else expected
        result = calls.evaluate_in_place(self.torch, self.name, args, kwargs)
        self.compare([result], expected["out"])
        if "grads" in expected and result.requires_grad:
            wanted = calls.leaves([args, kwargs], self.torch)
            self.compare(
                calls.gradients(self.torch, self.seed, [result], wanted)[0], expected["grads"], absent_is_zero=True
            )

    def check_method(self) -> None:
        args, kwargs = self.arguments(differentiate=False)
        result = calls.evaluate_method(self.torch, self.name, args, kwargs)
        self.compare(calls.outputs(self.torch, self.name, result, args, kwargs), self.case["out"])

    def check_out(self) -> None:
        args, kwargs = self.arguments(differentiate=False)
        out = run.shared_out(self.torch, self.records.arrays(self.case["into"]))
        result = calls.evaluate(self.torch, self.name, args, kwargs, out=out)
        if not all(given is got for given, got in zip(run.flatten(out), run.flatten(result), strict=True)):
            raise Differs("the result is not what was given as `out=`")
        self.compare(calls.outputs(self.torch, self.name, out, args, kwargs), self.case["out"])

    def compare(self, found: list, expected: list, absent_is_zero: bool = False) -> None:
        """Raises Differs where what was found is not what was recorded."""
        if len(found) != len(expected):
            raise Differs(f"{len(found)} results, expected {len(expected)}")
        for i, (got, place) in enumerate(zip(found, expected)):
            if isinstance(place, dict):
                number = decode(self.torch, place["number"], self.records)
                if type(got) is not type(number) or not equal_numbers(got, number):
                    raise Differs(f"result {i} is {got!r}, expected {number!r}")
                continue
            array = self.records.array(place)
            value = None if got is None else run.to_numpy(got)
            if value is None or array is None:
                known = array if value is None else value
                if not absent_is_zero or (known is not None and np.any(np.abs(known) > 1e-12)):
                    raise Differs(f"result {i} is {value}, expected {array}")
                continue
            difference = difference_of(value, array, self.rtol)
            if difference:
                raise Differs(f"result {i}: {difference}")


def equal_numbers(a: Any, b: Any) -> bool:
    return bool(np.allclose(a, b, 1e-6, 1e-9, equal_nan=True))


def difference_of(value: np.ndarray, expected: np.ndarray, rtol: float = 0.0) -> str:
    """In what an array differs from what was expected: in dtype, shape or value; empty if in nothing."""
    if (value.dtype, value.shape) != (expected.dtype, expected.shape):
        return f"is {value.dtype}{list(value.shape)}, expected {expected.dtype}{list(expected.shape)}"
    if expected.dtype.kind not in "fc":
        same = value == expected
    else:
        rtol = max(rtol, RTOL[expected.dtype.name])
        size = np.abs(expected)
        largest = float(np.max(size[np.isfinite(size)], initial=0.0))
        # What is not finite is compared part by part: the other part of an infinite complex number may be anything.
        atol = rtol * max(largest, 1.0) * PART.get(expected.dtype.name, 1e-2)
        same = np.isclose(value, expected, rtol, atol, equal_nan=True)
        same |= ~np.isfinite(expected) & ~np.isfinite(value) if expected.dtype.kind == "c" else np.False_
    if np.all(same):
        return ""
    first = tuple(np.argwhere(~np.atleast_1d(same))[0]) if expected.ndim else ()
    return (
        f"{np.size(same) - np.count_nonzero(same)} of {expected.size} elements differ, "
        f"at {[int(n) for n in first]} {value[first]!r}, expected {expected[first]!r}"
    )


class assert_raises:
    """Raises Differs unless the block raises the recorded class with the recorded first line."""

    def __init__(self, recorded: list[str]) -> None:
        self.kind, self.line = recorded

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        expected = getattr(builtins, self.kind, Exception)
        if error is None:
            raise Differs(f"does not raise {self.kind}: {self.line}")
        if not isinstance(error, expected):
            raise Differs(f"raises {type(error).__name__}: {error}, expected {self.kind}: {self.line}") from None
        return True
