"""Records the random numbers of PyTorch on the CPU, for `tests/random` to read without PyTorch.

    python tools/record_random.py

A sequence is a seed and calls of the functions of `mutagrad.random` on one generator, each with the numbers that
PyTorch gives for the same call, and the state the generator is left in. Long results are thinned out, see `kept`.
Where equality is exact the sum of all bytes is recorded as well. The second part are calls that PyTorch refuses.

Record on a processor that is not Intel's: there PyTorch draws `bernoulli`, dropout and `exponential` from another
library, as `mutagrad.random.discrete` tells.
"""

import json
import warnings
import zlib
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

FOLDER = Path(__file__).parents[1] / "tests" / "random"

SEEDS = (0, 1, -1, -(2**63), 2**40 + 7, 2**64 - 1)
SIZES = (0, 1, 2, 15, 16, 17, 31, 32, 33, 100, 1000, 100000)
FLOATS = ("float16", "float32", "float64")
COMPLEX = ("complex64", "complex128")
INTEGERS = ("bool", "uint8", "int8", "int16", "int32", "int64")

Call = tuple[str, dict[str, Any]]


def uniform(generator: torch.Generator, shape: Any, dtype: torch.dtype, **bounds: float) -> torch.Tensor:
    if not bounds:
        return torch.rand(shape, dtype=dtype, generator=generator)
    return torch.empty(shape, dtype=dtype).uniform_(bounds["low"], bounds["high"], generator=generator)


def normal(
    generator: torch.Generator, shape: Any, dtype: torch.dtype, contiguous: bool = True, **moments: float
) -> torch.Tensor:
    if contiguous and not moments:
        return torch.randn(shape, dtype=dtype, generator=generator)
    empty = torch.empty(shape, dtype=dtype) if contiguous else torch.empty((*shape, 2), dtype=dtype)[..., 0]
    return empty.normal_(**moments, generator=generator).contiguous()


def integers(generator: torch.Generator, shape: Any, dtype: torch.dtype, **bounds: Any) -> torch.Tensor:
    if bounds.get("high") is not None:
        return torch.randint(bounds["low"], bounds["high"], shape, dtype=dtype, generator=generator)
    arguments = (bounds["low"], None) if bounds else ()
    return torch.empty(shape, dtype=dtype).random_(*arguments, generator=generator)


def permutation(generator: torch.Generator, n: int, dtype: torch.dtype) -> torch.Tensor:
    return torch.randperm(n, dtype=dtype, generator=generator)


def dropout_noise(generator: torch.Generator, shape: Any, dtype: torch.dtype, p: float) -> torch.Tensor:
    torch.set_rng_state(generator.get_state())
    noise = (
        functional.dropout(torch.ones(shape, dtype=dtype), p)
        if 0 <= p <= 1
        else torch.dropout(torch.ones(shape, dtype=dtype), p, True)
    )
    generator.set_state(torch.get_rng_state())
    return noise


def multinomial(generator: torch.Generator, weights: Any, num_samples: int, replacement: bool = False) -> torch.Tensor:
    return torch.multinomial(weights, num_samples, replacement, generator=generator)


def poisson(generator: torch.Generator, rate: torch.Tensor) -> torch.Tensor:
    return torch.poisson(rate, generator=generator)


def in_place(name: str) -> Callable[..., torch.Tensor]:
    def fill(generator: torch.Generator, shape: Any, dtype: torch.dtype, **arguments: Any) -> torch.Tensor:
        return getattr(torch.empty(shape, dtype=dtype), name)(*arguments.values(), generator=generator)

    return fill


FUNCTIONS: dict[str, Callable[..., torch.Tensor]] = {
    "uniform": uniform,
    "normal": normal,
    "integers": integers,
    "permutation": permutation,
    "dropout_noise": dropout_noise,
    "multinomial": multinomial,
    "poisson": poisson,
    "bernoulli": in_place("bernoulli_"),
    "cauchy": in_place("cauchy_"),
    "exponential": in_place("exponential_"),
    "geometric": in_place("geometric_"),
    "log_normal": in_place("log_normal_"),
}
ROUNDED = {"normal", "log_normal", "cauchy", "exponential"}


def ramp(count: int, top: float, dtype: str) -> np.ndarray:
    """Numbers from 0 to `top`, out of order, the same wherever they are made."""
    return (np.arange(count) * 37 % max(count, 1) / max(count, 1) * top).astype(dtype)


def many(name: str, dtypes: tuple[str, ...], *arguments: dict[str, Any]) -> Iterator[Call]:
    """The function at every size, for each dtype and set of arguments."""
    for size, dtype, more in product(SIZES, dtypes, arguments):
        yield name, {"shape": [size], "dtype": dtype, **more}


def sequences() -> Iterator[tuple[int, list[Call]]]:
    """Seeds and the calls made from them."""
    for seed in SEEDS:
        yield seed, [*mixed()]
    bounds = [{"low": low, "high": high} for low, high in ((-3, 7), (0.1, 0.3), (1, 1 + 2**-10), (-1, 0), (2, 2))]
    yield 2, [*many("uniform", FLOATS + COMPLEX, {}, *bounds)]
    yield 3, [*many("normal", FLOATS + COMPLEX, {}, {"mean": 1.5, "std": 0.3}, {"contiguous": False})]
    yield 4, [*many("integers", INTEGERS + FLOATS, {}, {"low": 0, "high": 2}, {"low": 1, "high": None})]
    yield 5, [*ranges()]
    yield 6, [("permutation", {"n": n, "dtype": "int64"}) for n in (*SIZES, 2**20)]
    yield 6, [("permutation", {"n": n, "dtype": "float32"}) for n in SIZES]
    yield 7, [*many("bernoulli", (*INTEGERS, *FLOATS), {"p": 0.3}), *coins()]
    yield 8, [*many("dropout_noise", FLOATS, {"p": 0.1}, {"p": 0.0}, {"p": 0.7}, {"p": 1.0})]
    yield 9, [*many("exponential", FLOATS, {"lambd": 1.7}), *many("geometric", ("int64", "float32"), {"p": 0.01})]
    yield 10, [*many("cauchy", FLOATS, {"median": 1, "sigma": 2})]
    yield 11, [*many("log_normal", FLOATS, {"mean": 0.5, "std": 0.7})]
    yield 12, [*categories()]
    yield (
        13,
        [("poisson", {"rate": ramp(size, top, dtype)}) for size, top, dtype in product(SIZES[:-1], (12, 900), FLOATS)],
    )


def mixed() -> Iterator[Call]:
    """One call after another, of functions that use up the sequence in different ways."""
    for size in SIZES:
        for dtype in ("float32", "float64"):
            yield "uniform", {"shape": [size], "dtype": dtype}
            yield "normal", {"shape": [size], "dtype": dtype}
            yield "normal", {"shape": [], "dtype": dtype}
            yield "log_normal", {"shape": [3], "dtype": dtype, "mean": 0, "std": 0.1}
        yield "integers", {"shape": [size, 2], "dtype": "int64", "low": -5, "high": 20}
        yield "integers", {"shape": [size], "dtype": "int64", "low": 0, "high": 2**33}
        yield "bernoulli", {"shape": [2, size], "dtype": "bool", "p": 0.6}
        yield "permutation", {"n": size, "dtype": "int64"}


def ranges() -> Iterator[Call]:
    """Ranges around the points where the drawing changes or the dtype ends."""
    narrow = [(-5, 20), (0, 2**28 - 1), (0, 2**28), (-(2**31), 2**31 - 1), (-300, -200)]
    wide = [(0, 2**32), (0, 2**33 + 1), (-(2**63), 2**63 - 1), (2**62, 2**63 - 1), (-(2**63), None), (3, None)]
    uneven = [(1, 2**30), (-(2**24) - 5, 2**24 + 9), (-(2**60), 2**60), (2**24 + 1, 2**24 + 200)]
    for low, high in narrow + wide:
        yield "integers", {"shape": [50], "dtype": "int64", "low": low, "high": high}
    for (low, high), dtype in product(narrow + wide[:2] + uneven, ("float32", "float64")):
        yield "integers", {"shape": [50], "dtype": dtype, "low": low, "high": high}
    for low, high in ((-(2**31), 2**31 - 1), (-(2**31), None), (0, 2**30)):
        yield "integers", {"shape": [50], "dtype": "int32", "low": low, "high": high}
    yield "integers", {"shape": [50], "dtype": "float64", "low": 2**53 + 1, "high": 2**53 + 300}
    for low, high in ((-5000, 6000), (-65504, 65505), (2047, None), (-2049, 4099)):
        yield "integers", {"shape": [50], "dtype": "float16", "low": low, "high": high}


def coins() -> Iterator[Call]:
    for size, dtype, p_dtype in product(SIZES[:-1], ("bool", "float32"), FLOATS):
        yield "bernoulli", {"shape": [size], "dtype": dtype, "p": ramp(size, 1, p_dtype)}


def categories() -> Iterator[Call]:
    for size, dtype in product((1, 3, 17, 100), ("float32", "float64")):
        weights = ramp(size, 1, dtype) + np.ones(1, dtype)
        rows = np.stack([weights, weights[::-1], weights**2])
        yield "multinomial", {"weights": weights, "num_samples": 1}
        yield "multinomial", {"weights": weights, "num_samples": size}
        yield "multinomial", {"weights": rows, "num_samples": min(size, 2)}
        yield "multinomial", {"weights": weights, "num_samples": 200, "replacement": True}
        yield "multinomial", {"weights": rows, "num_samples": 5, "replacement": True}


def refused() -> Iterator[Call]:
    """Calls that raise."""
    nan, inf = float("nan"), float("inf")
    three, integral = {"shape": [3], "dtype": "float32"}, {"shape": [3], "dtype": "int64"}
    for low, high in ((1, 0), (nan, 1), (0, nan), (0, inf), (-inf, 0), (-3e38, 3e38), (0, 1e39)):
        yield "uniform", {**three, "low": low, "high": high}
    yield "uniform", {**integral, "low": 0, "high": 1}
    yield "uniform", {"shape": [3], "dtype": "float16", "low": -4e4, "high": 4e4}
    for std in (-1, nan):
        yield "normal", {**three, "mean": 0, "std": std}
    yield "normal", {**integral, "mean": 0, "std": 1}
    for name, wrong in {"exponential": "lambd", "geometric": "p", "cauchy": "sigma", "log_normal": "std"}.items():
        first = {"cauchy": {"median": 0}, "log_normal": {"mean": 0}}.get(name, {})
        for value in (0, -0.5, nan):
            yield name, {**three, **first, wrong: value}
        for dtype in ("int64", "bool", "complex64"):
            yield name, {"shape": [3], "dtype": dtype, **first, wrong: 0.5}
    yield "geometric", {**three, "p": 1}
    for p in (-0.1, 1.1, nan, np.array([0.5, 1.5, 0]), np.array([1, 0, 1])):
        yield "bernoulli", {**three, "p": p}
    yield "bernoulli", {"shape": [3], "dtype": "complex64", "p": 0.5}
    yield "bernoulli", {"shape": [3], "dtype": "complex64", "p": np.full(3, 0.5)}
    for p, dtype in ((1.5, "float32"), (-0.5, "float32"), (0.5, "int64"), (0.5, "complex64")):
        yield "dropout_noise", {"shape": [3], "dtype": dtype, "p": p}
    for n, dtype in ((-1, "int64"), (257 + 1, "uint8"), (129, "int8"), (40000, "int16"), (3, "bool"), (3, "complex64")):
        yield "permutation", {"n": n, "dtype": dtype}
    for n, dtype in ((2050, "float16"), (2**24 + 2, "float32")):
        yield "permutation", {"n": n, "dtype": dtype}
    bounds = ((5, 5), (5, 3), (0, 2**63), (-(2**63) - 1, 0), (0, 300), (-200, 0), (128, None), (-(2**63), None))
    for (low, high), dtype in product(bounds, ("int8", "bool", "float32", "complex64")):
        yield "integers", {"shape": [3], "dtype": dtype, "low": low, "high": high}
    for low, high, dtype in ((2**24, None, "float32"), (0, 2**20, "float16"), (2**20, None, "float16")):
        yield "integers", {"shape": [3], "dtype": dtype, "low": low, "high": high}
    yield "integers", {"shape": [3], "dtype": "complex64"}
    for weights, count in product(([1, -1], [0, 0], [1, nan], [1, inf], [1, 2]), (-1, 0, 1, 3)):
        yield "multinomial", {"weights": np.array(weights, "float32"), "num_samples": count}
        yield "multinomial", {"weights": np.array(weights, "float32"), "num_samples": count, "replacement": True}
    for weights in (np.array([1, 2]), np.array(1.0), np.ones((2, 2, 2)), np.ones((2, 0))):
        yield "multinomial", {"weights": weights, "num_samples": 1}
    for rate in (np.array([1.0, -1.0]), np.array([1.0, nan]), np.array([1, 2])):
        yield "poisson", {"rate": rate}


def call(name: str, arguments: dict[str, Any], generator: torch.Generator) -> np.ndarray:
    """PyTorch's answer."""
    given = {
        key: torch.from_numpy(value) if isinstance(value, np.ndarray) else value for key, value in arguments.items()
    }
    if "dtype" in given:
        given["dtype"] = getattr(torch, given["dtype"])
    return FUNCTIONS[name](generator, **given).numpy()


def kept(result: np.ndarray) -> np.ndarray:
    """All of up to 33 numbers, else 16 from the beginning to the end."""
    flat = result.reshape(-1)
    return flat if flat.size <= 33 else flat[np.linspace(0, flat.size - 1, 16).astype(int)]


def record_sequence(seed: int, calls: list[Call], arrays: dict[str, np.ndarray], key: str) -> dict[str, Any]:
    """The calls with their shapes, dtypes and sums; their numbers go to `arrays`, one after another."""
    generator, rows, numbers = torch.Generator().manual_seed(seed), [], []
    for position, (name, arguments) in enumerate(calls):
        result = call(name, arguments, generator)
        numbers.append(kept(result).tobytes())
        checksum = None if name in ROUNDED else zlib.crc32(result.tobytes())
        given = as_json(arguments, arrays, f"{key}.{position}")
        rows.append([name, given, list(result.shape), result.dtype.name, checksum])
    arrays[f"{key}.numbers"] = np.frombuffer(b"".join(numbers), np.uint8)
    arrays[f"{key}.state"] = generator.get_state().numpy()
    return {"seed": seed, "calls": rows}


def as_json(arguments: dict[str, Any], arrays: dict[str, np.ndarray], key: str) -> dict[str, Any]:
    """The arguments, with the arrays among them put aside under a key."""
    given = dict(arguments)
    for name, value in arguments.items():
        if isinstance(value, np.ndarray):
            arrays[f"{key}.{name}"] = value
            given[name] = {"array": f"{key}.{name}"}
    return given


def record_refusal(name: str, arguments: dict[str, Any], arrays: dict[str, np.ndarray], key: str) -> list[Any] | None:
    try:
        call(name, arguments, torch.Generator().manual_seed(0))
    except Exception as error:
        return [name, as_json(arguments, arrays, key), type(error).__name__, str(error).splitlines()[0]]
    return None


def record_continuation(arrays: dict[str, np.ndarray]) -> None:
    """A state in the middle of a sequence, with a normal number kept for later, and what comes after it."""
    generator = torch.Generator().manual_seed(5)
    torch.randn(3, generator=generator)
    torch.rand(1000, generator=generator)
    arrays["continued.state"] = generator.get_state().numpy()
    arrays["continued.normal"] = torch.randn(2, generator=generator, dtype=torch.float64).numpy()
    arrays["continued.uniform"] = torch.rand(700, generator=generator).numpy()


def main() -> None:
    warnings.simplefilter("ignore")
    arrays: dict[str, np.ndarray] = {}
    recorded = [record_sequence(seed, calls, arrays, str(index)) for index, (seed, calls) in enumerate(sequences())]
    tried = [record_refusal(name, given, arrays, f"refused.{index}") for index, (name, given) in enumerate(refused())]
    record_continuation(arrays)
    np.savez_compressed(FOLDER / "recorded.npz", **arrays)
    record = {"torch": torch.__version__, "sequences": recorded, "refused": [row for row in tried if row]}
    (FOLDER / "recorded.json").write_text(json.dumps(record, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
