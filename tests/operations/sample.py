"""What a sample is: one call of one operation, with inputs that anybody can make again.

A sample holds no numbers. Its inputs are `Array`s, drawn when needed from a seed that is made of the sample's name and
the input's position, so that the recorder and the tests see the same values and none have to be stored. One sample
runs in several dtypes; an `Array` without a dtype of its own takes that of the run. A family of samples reads

    operation(
        "sub subtract",
        rows=call(normal(2, 3), normal(3)),
        alpha=call(normal(2, 3), normal(3), alpha=0.5),
        kink=call(literal([0.0, 1.0]), 1.0).but(smooth=False),
    )

The first name gets every call, the aliases behind it the first call only. See `samples/__init__.py` for the options.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np

FLOATS = ("float64", "float32", "float16")
REALS = (*FLOATS, "int64")
DTYPES = ("float64", "float32", "float16", "complex128", "int64", "bool")
DIFFERENTIABLE = ("float64", "complex128")


# --- inputs ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Array:
    """An array to be drawn: from which distribution, its shape, its dtype (None: that of the run), its layout."""

    draw: str
    shape: tuple[int, ...]
    dtype: str | None = None
    layout: str = "contiguous"
    values: Any = None
    high: int = 0

    def of(self, dtype: str) -> Array:
        """The same array in a dtype of its own, whatever the run's."""
        return replace(self, dtype=dtype)

    def laid(self, layout: str) -> Array:
        """The same values at other strides: `transposed` (the axes reversed in memory) or `strided` (every second)."""
        return replace(self, layout=layout)


@dataclass(frozen=True)
class DType:
    """A dtype argument, by name."""

    name: str


def normal(*shape: int) -> Array:
    """Standard normal values; whole numbers from -9 to 9."""
    return Array("normal", shape)


def positive(*shape: int) -> Array:
    """Values from 0.5 to 2.5; whole numbers from 1 to 9."""
    return Array("positive", shape)


def nonzero(*shape: int) -> Array:
    """Values of either sign from 0.4 to 2 in magnitude; whole numbers from 1 to 9 in magnitude."""
    return Array("nonzero", shape)


def unit(*shape: int) -> Array:
    """Values from -0.9 to 0.9; whole numbers -1, 0, 1."""
    return Array("unit", shape)


def probability(*shape: int) -> Array:
    """Values from 0.05 to 0.95; whole numbers 0 and 1."""
    return Array("probability", shape)


def distinct(*shape: int) -> Array:
    """Values at least 0.2 apart, in random order, so that orderings are safe against small steps."""
    return Array("distinct", shape)


def index(high: int, *shape: int) -> Array:
    """Indices from 0 to `high - 1` with repetitions, always int64."""
    return Array("index", shape, "int64", high=high)


def mask(*shape: int) -> Array:
    """Truth values, always bool."""
    return Array("mask", shape, "bool")


def literal(values: Any, dtype: str | None = None) -> Array:
    """The very values given."""
    return Array("literal", np.shape(values), dtype, values=values)


def _spread(rng: np.random.RandomState, shape: tuple[int, ...]) -> np.ndarray:
    count = int(np.prod(shape))
    return (0.3 * (rng.permutation(count) - count / 2) + rng.uniform(0.0, 0.1, count)).reshape(shape)


REAL = {
    "normal": lambda rng, shape: rng.standard_normal(shape),
    "positive": lambda rng, shape: rng.uniform(0.5, 2.5, shape),
    "nonzero": lambda rng, shape: rng.choice([-1.0, 1.0], shape) * rng.uniform(0.4, 2.0, shape),
    "unit": lambda rng, shape: rng.uniform(-0.9, 0.9, shape),
    "probability": lambda rng, shape: rng.uniform(0.05, 0.95, shape),
    "distinct": _spread,
}
WHOLE = {
    "normal": lambda rng, shape: rng.randint(-9, 10, shape),
    "positive": lambda rng, shape: rng.randint(1, 10, shape),
    "nonzero": lambda rng, shape: rng.choice([-1, 1], shape) * rng.randint(1, 10, shape),
    "unit": lambda rng, shape: rng.randint(-1, 2, shape),
    "probability": lambda rng, shape: rng.randint(0, 2, shape),
    "distinct": lambda rng, shape: (rng.permutation(int(np.prod(shape))) - int(np.prod(shape)) // 2).reshape(shape),
}


# RandomState, not default_rng: NumPy promises that its stream never changes, and records depend on it. One for all
# draws, because making one takes fifty times as long as seeding it.
GENERATOR = np.random.RandomState(0)


def draw(array: Array, dtype: str, seed: str) -> np.ndarray:
    """The values of `array` in a run of `dtype`; equal seeds give equal values."""
    rng = GENERATOR
    rng.seed(zlib.crc32(seed.encode()))
    own = np.dtype(array.dtype or dtype)
    if array.draw == "literal":
        return np.array(array.values).astype(own).reshape(array.shape)
    if array.draw == "index":
        return np.asarray(rng.randint(0, max(array.high, 1), array.shape), own)
    if own.kind == "b":
        return np.asarray(rng.randint(0, 2, array.shape), own)
    if own.kind in "iu":
        whole = np.asarray(WHOLE[array.draw](rng, array.shape))
        return np.asarray(np.abs(whole) if own.kind == "u" else whole, own)
    real = np.asarray(REAL[array.draw](rng, array.shape))
    imaginary = np.asarray(REAL[array.draw](rng, array.shape)) if own.kind == "c" else 0.0
    return np.asarray(real + 1j * imaginary if own.kind == "c" else real, own)


# --- calls and samples -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """Arguments of one call, and the sample's options."""

    args: tuple
    kwargs: dict
    options: dict = field(default_factory=dict)

    def but(self, **options: Any) -> Call:
        """The same call with options of `Sample` set: dtypes, grad, smooth, second, raises, rtol, view."""
        return replace(self, options={**self.options, **options})


def call(*args: Any, **kwargs: Any) -> Call:
    """The arguments of one call; `Array`s stand for tensors, also inside lists and tuples."""
    return Call(args, kwargs)


@dataclass(frozen=True, eq=False, repr=False)
class Sample:
    """One call of one operation.

    function: None when `operation` is the dotted name under the module (`add`, `Tensor.view`, `nn.functional.relu`);
              otherwise a callable of the module and the arguments.
    dtypes:   the runs to try; the recorder drops those that PyTorch has no kernel for.
    grad:     positions among the tensors that are differentiated; None: all without a dtype of their own.
    smooth:   whether finite differences hold here; False at kinks, ties and for inputs of low precision.
    second:   whether the second order is recorded and tested.
    raises:   whether float64 is meant to raise.
    view:     whether the result is a view of the first tensor; it is then also written through.
    rtol:     relative tolerance in float64, where the default is too narrow.
    overwrites: whether the first tensor is written as a whole. Its history ends there, so its gradient is zero; PyTorch
              walks back through what is no longer needed to say so, here it may be absent.
    """

    operation: str
    label: str
    args: tuple
    kwargs: dict
    function: Callable | None = None
    dtypes: tuple[str, ...] = DTYPES
    grad: tuple[int, ...] | None = None
    smooth: bool = True
    second: bool = True
    raises: bool = False
    view: bool = False
    rtol: float = 1e-9
    overwrites: bool = False

    def __repr__(self) -> str:
        return f"Sample({self.name})"

    @property
    def name(self) -> str:
        """Operation and label, unique among the samples."""
        return f"{self.operation}-{self.label}"

    @property
    def arrays(self) -> list[Array]:
        """The tensors of this call, in order of appearance."""
        return list(_find(([*self.args], self.kwargs), Array))

    @property
    def differentiated(self) -> tuple[int, ...]:
        """The positions, among the tensors, of those that are differentiated."""
        if self.grad is not None:
            return self.grad
        return tuple(position for position, array in enumerate(self.arrays) if array.dtype is None)

    @cache  # noqa: B019 - samples live as long as the process
    def draw(self, dtype: str) -> list[np.ndarray]:
        """The values of the tensors in a run of `dtype`; not to be written to."""
        return [draw(array, dtype, f"{self.name}/{position}") for position, array in enumerate(self.arrays)]

    def bind(self, torch: Any, tensors: list) -> tuple[list, dict]:
        """Arguments and keyword arguments with `tensors` in the places of the arrays."""
        supply = iter(tensors)
        args = [_fill(argument, torch, supply) for argument in self.args]
        return args, {name: _fill(argument, torch, supply) for name, argument in self.kwargs.items()}


def _find(tree: Any, kind: type) -> Iterator:
    if isinstance(tree, kind):
        yield tree
    elif isinstance(tree, list | tuple | dict):
        for branch in tree.values() if isinstance(tree, dict) else tree:
            yield from _find(branch, kind)


def _fill(tree: Any, torch: Any, supply: Iterator) -> Any:
    if isinstance(tree, Array):
        return next(supply)
    if isinstance(tree, DType):
        return getattr(torch, tree.name)
    if isinstance(tree, list | tuple):
        made = [_fill(branch, torch, supply) for branch in tree]
        return type(tree)(*made) if hasattr(tree, "_fields") else type(tree)(made)
    return tree


def operation(names: str, function: Callable | None = None, /, **calls: Call) -> list[Sample]:
    """Samples of one operation, a label each; aliases behind the first name repeat the first call."""
    name, *aliases = names.split()
    first = next(iter(calls))
    samples = [_sample(name, function, label, made) for label, made in calls.items()]
    return samples + [_sample(alias, function, first, calls[first]) for alias in aliases]


def _sample(name: str, function: Callable | None, label: str, made: Call) -> Sample:
    made_sample = Sample(name, label, made.args, made.kwargs, function, **made.options)
    # Where every tensor has a dtype of its own, all runs are alike.
    varies = any(array.dtype is None for array in made_sample.arrays)
    return made_sample if varies else replace(made_sample, dtypes=made_sample.dtypes[:1])
