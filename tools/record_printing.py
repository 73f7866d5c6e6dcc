"""Records how PyTorch prints tensors, for `tests/test_printing.py` to read without PyTorch.

    python tools/record_printing.py

A case holds a few values, repeated to fill the shape, so that large tensors stay small on disk.
"""

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import torch

DATA = Path(__file__).parents[1] / "tests" / "data" / "printing.json"
NAN, INF = float("nan"), float("inf")


def case(values: list[Any] | int, shape: tuple[int, ...] | None = None, dtype: str = "float32", **rest: Any) -> dict:
    """A tensor to print; complex values are (real, imaginary) pairs, and a number stands for that many from 0 up.

    `rest`: `options` of `set_printoptions`, `default` dtype, `kind` of tensor, `prefix` (the name of a subclass).
    """
    if shape is None:
        shape = (values,) if isinstance(values, int) else (len(values),)
    return {"values": values, "shape": list(shape), "dtype": dtype, **rest}


CASES: dict[str, list[dict]] = {
    "integers are as wide as the widest": [
        case([1, -23, 456], dtype="int64"),
        case([0, 255], (2, 3), "uint8"),
        case([2**63 - 1, -(2**63)], dtype="int64"),
        case([2**64 - 1, 0], dtype="uint64"),
        case([7], (), "int32"),
    ],
    "bools": [
        case([True, False], dtype="bool"),
        case([True], (2, 2), "bool"),
        case([False], (), "bool"),
    ],
    "whole numbers end in a point": [
        case([1.0, -2.0, 30.0]),
        case([0.0, -0.0]),
        case([1.0, 1000.0]),
        case([1e8]),
        case([3.0], ()),
    ],
    "other numbers have four digits": [
        case([0.5, -1.25, 3.14159265]),
        case([0.5, -0.0]),
        case([1.5, 1000.0]),
        case([0.0015, 1.5]),
        case([2.00005, 2.00015], dtype="float64"),
        case([0.1], ()),
    ],
    "scientific notation": [
        case([1.0, 1001.0]),
        case([1e8 + 8]),
        case([1e-4]),
        case([1e-4], dtype="float64"),
        case([0.1, 100.0], dtype="float16"),
        case([6e4, 6e-8], dtype="float16"),
        case([1e-10, 1.0, -1e300], dtype="float64"),
        case([1e10], ()),
    ],
    "nan and infinities": [
        case([NAN, 0.0]),
        case([NAN, INF, -INF]),
        case([INF, 1e9, NAN]),
        case([NAN, -1.5]),
        case([-INF, 2.0], (2, 2)),
    ],
    "complex numbers": [
        case([[1, 2], [3, -4]], dtype="complex64"),
        case([[1, 100.5], [2, 3.5], [-5, -2]], dtype="complex64"),
        case([[NAN, INF], [-INF, NAN]], dtype="complex64"),
        case([[1e-9, 1], [2, 1e9]], dtype="complex128"),
        case([[-0.0, -0.0], [1, -0.0]], dtype="complex64"),
        case([[1, 100], [2, 3], [-5, -2]], (30,), "complex64"),
        case([[0.5, -1]], (), "complex64"),
    ],
    "nested brackets": [
        case([1.0, 2.5, -3.0], (2, 3)),
        case(24, (2, 3, 4)),
        case(16, (2, 2, 2, 2), "float64"),
        case([1.0], (1, 1, 1, 1, 1)),
    ],
    "lines break at the width": [
        case(40),
        case(60, (2, 30)),
        case([0.25, 1.5], (2, 2, 13)),
        case([100], (17,), "int64", options={"linewidth": 30}),
        case([1.0, 2.0, 300.0], options={"linewidth": 1}),
    ],
    "empty tensors": [
        case([], (0,)),
        case([], (0,), "int64"),
        case([], (0, 3)),
        case([], (2, 0, 1), "bool"),
        case([], (2, 0), "complex64"),
        case([], (0, 3), "float64", kind="leaf"),
    ],
    "large tensors are summarized": [
        case(1000),
        case(1001),
        case(1001, dtype="int64"),
        case(7, (7, 200)),
        case(6, (2, 501)),
        case(9, (7, 6, 30), "int16"),
        case([[1, -2.5]], (1100,), "complex64"),
        case([2.5, 3.5, 4.5, 1e9], (1007,)),
    ],
    "a dtype that the values do not tell is named": [
        *(case([1], (2,), dtype) for dtype in ("uint8", "int8", "int16", "int32", "uint16", "uint32")),
        case([1.0], dtype="float16"),
        case([1.0], dtype="float64"),
        case([[1, 0]], dtype="complex128"),
        case([1.0], dtype="float32", default="float64"),
        case([1.0], dtype="float64", default="float64"),
        case([[1, 0]], dtype="complex128", default="float64"),
        case([[1, 0]], dtype="complex64", default="float64"),
        case([1.0], dtype="float16", default="float16"),
        case([[1, 0]], dtype="complex64", default="float16"),
    ],
    "what else is known comes last": [
        case([1.0, 2.0], kind="leaf"),
        case([1.0, 2.0], kind="result"),
        case([1.0, 2.0], kind="parameter"),
        case([1.0], (), kind="result"),
        case([[0, 0]], (3,), "complex128", kind="result"),
        case([3.3], (12,), "float64", kind="result"),
        case([3.3], (2, 2), "float64", kind="leaf"),
        case([3.3], (2, 2), "float64", kind="result", options={"linewidth": 30}),
    ],
    "a subclass gives its name and indent": [
        case([1.0, 2.0], (2, 2), prefix="Image"),
        case([1.0], (40,), prefix="Image"),
    ],
    "precision": [case([1.23456789, 20.0], options={"precision": p}) for p in (0, 2, 7)],
    "notation by option": [
        case(values, options={"sci_mode": mode})
        for mode in (True, False)
        for values in ([1.5, 1e9, INF], [1.0, 2000.0], [0.0, NAN], [1e-7, 0.5])
    ],
    "threshold and edge items": [
        case(6, options={"threshold": 5}),
        case(6, options={"threshold": 5, "edgeitems": 1}),
        case(20, (4, 5), options={"threshold": 5, "edgeitems": 2}),
        case(24, (2, 3, 4), options={"threshold": 5, "edgeitems": 1}),
        case(100, options={"threshold": 50, "edgeitems": 20}),
        case([1.0], (), options={"threshold": 0}),
        case([1.0], (3, 2), "float64", options={"edgeitems": 0}),
        case([1.0], (3, 2), "float64", options={"edgeitems": 0, "threshold": 5}),
        case([1.0], (), options={"edgeitems": 0}),
        case([], (0, 2), options={"edgeitems": 0}),
    ],
    "profiles": [
        case([1.23456, 2.5], (1100,), options={"profile": "short"}),
        case([1.23456, 2.5], options={"profile": "short", "precision": 3}),
        case([1], (1001,), "uint8", options={"profile": "full"}),
    ],
}


def random_values(rng: random.Random, count: int) -> list[float]:
    """Numbers from one of several families that decide the notation differently."""
    scale = 10.0 ** rng.randint(-6, 9)
    family = rng.choice(
        [
            lambda: float(f"{rng.gauss(0, 1) * scale:.6g}"),
            lambda: float(rng.randint(-12, 12)),
            lambda: float(f"{10 ** rng.uniform(-5, 5):.4g}"),
            lambda: rng.choice([0.0, -0.0, NAN, INF, -INF, 1.0, 0.5]),
            lambda: rng.choice([999.0, 1000.0, 1001.0, 1.0, 0.1, 1e-4, 9.99e-5, 1e8, 1e8 + 8]),
        ]
    )
    return [family() for _ in range(count)]


def random_case(rng: random.Random) -> dict:
    dtype = rng.choice(["bool", "uint8", "int64", "float16", "float32", "float32", "float64", "complex64"])
    shape = tuple(rng.choice([1, 2, 3, 4, 7]) for _ in range(rng.choice([0, 1, 1, 2, 2, 3])))
    count = min(12, int(np.prod(shape)))
    values: list[Any] = random_values(rng, count)
    if dtype == "complex64":
        values = [list(pair) for pair in zip(values, random_values(rng, count), strict=True)]
    elif "float" not in dtype:
        values = [rng.randint(0, 1 if dtype == "bool" else 200) for _ in range(count)]
    options = {
        "precision": rng.choice([None, None, 1, 3, 6]),
        "threshold": rng.choice([None, None, 3, 10]),
        "edgeitems": rng.choice([None, 1, 2]),
        "linewidth": rng.choice([None, None, 30, 50]),
        "sci_mode": rng.choice([None, None, None, True, False]),
    }
    if dtype == "float16":
        values = [x if abs(x) <= 65504 else INF for x in values]
    chosen = {name: x for name, x in options.items() if x is not None}
    kind = rng.choice(["plain", "leaf", "result"]) if "float" in dtype or "complex" in dtype else "plain"
    return case(values, shape, dtype, options=chosen, kind=kind)


def tensor_of(values: list[Any] | int, shape: list[int], dtype: str, kind: str, prefix: str | None) -> torch.Tensor:
    values = list(range(values)) if isinstance(values, int) else values
    flat = [complex(*pair) for pair in values] if dtype.startswith("complex") else values
    array = (
        np.array(flat, dtype).take(np.arange(np.prod(shape, dtype=int)), mode="wrap") if flat else np.empty(0, dtype)
    )
    tensor = torch.from_numpy(array.reshape(shape))
    if prefix is not None:
        return tensor.as_subclass(type(prefix, (torch.Tensor,), {}))
    if kind == "parameter":
        return torch.nn.Parameter(tensor)
    if kind != "plain":
        tensor.requires_grad_()
    return tensor.clone() if kind == "result" else tensor


def printed(
    values: list[Any] | int,
    shape: list[int],
    dtype: str,
    options: dict[str, Any] | None = None,
    default: str = "float32",
    kind: str = "plain",
    prefix: str | None = None,
) -> str:
    """What PyTorch prints."""
    torch.set_printoptions(profile="default")
    torch.set_printoptions(**(options or {}))
    torch.set_default_dtype(getattr(torch, default))
    return repr(tensor_of(values, shape, dtype, kind, prefix))


def recorded() -> dict[str, list[dict]]:
    rng = random.Random(0)
    rules = {**CASES, "random": [random_case(rng) for _ in range(150)]}
    return {rule: [{**each, "text": printed(**each)} for each in cases] for rule, cases in rules.items()}


def as_json(rules: dict[str, list[dict]]) -> str:
    """JSON with one line for a case."""
    blocks = (f"{json.dumps(rule)}: [\n" + ",\n".join(map(json.dumps, cases)) + "\n]" for rule, cases in rules.items())
    return "{\n" + ",\n".join(blocks) + "\n}\n"


if __name__ == "__main__":
    DATA.write_text(as_json(recorded()))
