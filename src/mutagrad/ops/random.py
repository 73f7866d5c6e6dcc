"""Random tensors: `rand`, `randn`, `randint`, `bernoulli`, `manual_seed` and their like.

For the same seed the numbers are PyTorch's on the CPU (`mutagrad.random` makes them, as arrays). Memory is filled in
the order in which it lies, whatever the order of the dimensions, as there. Writes in place are in `random_filling.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from operator import index
from typing import Any

import numpy as np

from mutagrad import random
from mutagrad.batched import drawn, drawn_from, physical_of, state
from mutagrad.declaration import composite
from mutagrad.device import CPU
from mutagrad.namespaces.layouts import empty_in_order
from mutagrad.operands import broadcast_error
from mutagrad.operation import Operation
from mutagrad.ops.creation import Options, into
from mutagrad.ops.distributions import underived
from mutagrad.ops.sizes import check_sizes, sizes_in, sizes_of
from mutagrad.ops.views import check_tensor
from mutagrad.random import fork_rng, get_rng_state, initial_seed, manual_seed, seed, set_rng_state
from mutagrad.tensor import Tensor, wrap

__all__ = [
    "Generator",
    "bernoulli",
    "binomial",
    "default_generator",
    "fork_rng",
    "get_rng_state",
    "initial_seed",
    "manual_seed",
    "multinomial",
    "normal",
    "poisson",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "randperm",
    "seed",
    "set_rng_state",
]

# The generator ------------------------------------------------------------------------------------------------------


class Generator(random.Generator):
    """A sequence of random numbers, PyTorch's for the same seed, whose state is a tensor.

    >>> import mutagrad
    >>> generator = mutagrad.Generator().manual_seed(0)
    >>> mutagrad.rand(2, generator=generator)
    tensor([0.4963, 0.7682])
    """

    def __init__(self, device: Any = "cpu") -> None:
        super().__init__(device)
        self.device = CPU

    def get_state(self) -> Tensor:
        """The state as 5056 bytes, which PyTorch's generator can take over."""
        return wrap(super().get_state())

    def set_state(self, new_state: Tensor) -> Generator:
        """The generator itself, continuing from a state of `get_state`, its own or PyTorch's."""
        if not isinstance(new_state, Tensor):
            raise TypeError(f"expected a torch.ByteTensor, but got {type(new_state).__name__}")
        return super().set_state(new_state._array)


# Functions on arrays draw from the same one, so it is that object, and only learns to show its state as a tensor.
default_generator: Generator = random.default_generator  # type: ignore[assignment]
default_generator.__class__ = Generator
default_generator.device = CPU


def checked(function: str, generator: Any) -> random.Generator | None:
    """A generator or None. Raises TypeError for anything else."""
    if generator is not None and not isinstance(generator, random.Generator):
        raise TypeError(
            f"{function}(): argument 'generator' must be torch._C.Generator, not {type(generator).__name__}"
        )
    return generator


# Samples of given sizes ---------------------------------------------------------------------------------------------


def memory_order(array: np.ndarray) -> list[int]:
    """The dimensions of an array as they lie in memory, the outermost first."""
    return sorted(range(array.ndim), key=lambda d: -array.strides[d])


def in_memory_order(array: np.ndarray, draw: Callable[[tuple[int, ...]], np.ndarray]) -> np.ndarray:
    """Samples of the array's shape, drawn in the order in which its elements lie in memory."""
    if state.levels:
        return drawn(array.shape, draw)
    if array.flags.c_contiguous:
        return draw(array.shape)
    order = memory_order(array)
    samples = draw(tuple([array.shape[d] for d in order]))
    return samples.transpose(np.argsort(order))


def _sampled(function: str, size: tuple, options: dict[str, Any], draw: Callable, default: Any = None) -> Tensor:
    """Samples `draw(shape, dtype, generator=)` of the sizes and options given."""
    generator = checked(function, options.pop("generator", None))
    shape = sizes_of(function, (options.pop("size"),) if "size" in options else size)
    to = Options(function, default, **options)
    check_sizes(shape, to.dtype.itemsize)
    out = to.out
    if out is None or out._array.shape != tuple(shape):
        return to.finish(drawn(shape, lambda sizes: draw(sizes, to.dtype, generator=generator)))
    more = layout_for(draw, out._array)
    return to.finish(in_memory_order(out._array, lambda sizes: draw(sizes, to.dtype, generator=generator, **more)))


def _sampled_like(function: str, input: Tensor, options: dict[str, Any], draw: Callable) -> Tensor:
    """Samples in the shape, dtype and order of strides of a tensor."""
    check_tensor(function, input)
    wanted = options.pop("memory_format", None)
    generator = checked(function, options.pop("generator", None))
    to = Options(function, input._array.dtype, **options)
    array = empty_in_order(input._array, to.dtype) if wanted is None else wanted.arranged(input._array)
    return to.finish(
        in_memory_order(array, lambda shape: draw(shape, to.dtype, generator=generator, **layout_for(draw, array)))
    )


def layout_for(draw: Callable, array: np.ndarray) -> dict[str, bool]:
    """What `random.normal`, unlike the others, has to know of the memory that its samples are for."""
    return {"contiguous": array.flags.c_contiguous} if getattr(draw, "func", draw) is random.normal else {}


def rand(*size: Any, **options: Any) -> Tensor:
    """A tensor of samples uniform on [0, 1).

    `size` is integers or one sequence of them; options are `generator` and those of `zeros`.

    >>> import mutagrad
    >>> _ = mutagrad.manual_seed(0)
    >>> mutagrad.rand(3)
    tensor([0.4963, 0.7682, 0.0885])
    """
    return _sampled("rand", size, options, random.uniform)


def randn(*size: Any, **options: Any) -> Tensor:
    """A tensor of samples of the standard normal distribution; for the options see `rand`.

    >>> import mutagrad
    >>> _ = mutagrad.manual_seed(0)
    >>> mutagrad.randn(3)
    tensor([ 1.5410, -0.2934, -2.1788])
    """
    return _sampled("randn", size, options, random.normal)


def rand_like(input: Tensor, **options: Any) -> Tensor:
    """Samples uniform on [0, 1) in the shape and dtype of `input`."""
    return _sampled_like("rand_like", input, options, random.uniform)


def randn_like(input: Tensor, **options: Any) -> Tensor:
    """Samples of the standard normal distribution in the shape and dtype of `input`."""
    return _sampled_like("randn_like", input, options, random.normal)


def randint(*bounds_and_size: Any, **options: Any) -> Tensor:
    """A tensor of whole numbers even on [low, high), called as `randint(high, size)` or `randint(low, high, size)`.

    Options are `generator` and those of `zeros`; the dtype is int64 unless given.
    Raises RuntimeError for bounds out of order, or that the dtype cannot hold.

    >>> import mutagrad
    >>> _ = mutagrad.manual_seed(0)
    >>> mutagrad.randint(10, (4,))
    tensor([4, 9, 3, 0])
    """
    given = list(bounds_and_size)
    size = options.pop("size") if "size" in options else given.pop() if len(given) > 1 else None
    low, high = _bounds("randint", given, options)
    if size is None or not _are_integers(low, high):
        raise _no_such_call("randint", bounds_and_size)
    shape = sizes_in("randint", size, "size", len(bounds_and_size))

    def draw(shape: tuple[int, ...], dt: np.dtype, generator: Any = None) -> np.ndarray:
        return random.integers(shape, dt, low, high, generator=generator)

    return _sampled("randint", (shape,), options, draw, np.dtype(np.int64))


def randint_like(input: Tensor, *bounds: Any, **options: Any) -> Tensor:
    """Whole numbers even on [low, high) in the shape and dtype of `input`."""
    low, high = _bounds("randint_like", list(bounds), options)

    def draw(shape: tuple[int, ...], dt: np.dtype, generator: Any = None) -> np.ndarray:
        return random.integers(shape, dt, low, high, generator=generator)

    return _sampled_like("randint_like", input, options, draw)


def _bounds(function: str, given: list, options: dict[str, Any]) -> tuple[Any, Any]:
    """The bounds of a call: `high`, or `low` and `high`, by position or name."""
    high = options.pop("high") if "high" in options else given.pop() if given else None
    low = options.pop("low") if "low" in options else given.pop() if given else 0
    if high is None or given:
        raise _no_such_call(function, given)
    return low, high


def _are_integers(*values: Any) -> bool:
    return all(hasattr(value, "__index__") for value in values)


def _no_such_call(function: str, given: Sequence[Any]) -> TypeError:
    shown = ", ".join(type(each).__name__ for each in given)
    return TypeError(
        f"{function}() received an invalid combination of arguments - got ({shown}), but expected one of:\n * see the "
        f"text of {function}"
    )


def randperm(n: int, **options: Any) -> Tensor:
    """The integers from 0 to n - 1 in random order; options are `generator` and those of `zeros`.

    >>> import mutagrad
    >>> _ = mutagrad.manual_seed(0)
    >>> mutagrad.randperm(5)
    tensor([4, 0, 1, 3, 2])
    """
    if not hasattr(n, "__index__"):
        raise TypeError(f"randperm(): argument 'n' (position 1) must be int, not {type(n).__name__}")
    generator = checked("randperm", options.pop("generator", None))
    to = Options("randperm", np.dtype(np.int64), **options)

    def draw(sizes: tuple[int, ...]) -> np.ndarray:
        rows = [random.permutation(index(n), to.dtype, generator=generator) for _ in range(math.prod(sizes[:-1]))]
        return np.stack(rows).reshape(sizes) if rows else np.empty(sizes, to.dtype)

    return to.finish(drawn((index(n),), draw))


# Samples of given parameters ----------------------------------------------------------------------------------------
#
# What chance makes of a parameter has, as in PyTorch, a gradient of zeros.

by_bernoulli, by_poisson = (
    Operation(
        name,
        lambda xp, input, /, *, draw: draw(input),
        {"input": lambda xp, ct: xp.zeros_like(ct)},
        node_name=f"{name.capitalize()}Backward0",
    )
    for name in ("bernoulli", "poisson")
)
by_binomial = Operation(
    "binomial",
    lambda xp, count, prob, /, *, draw: draw(count, prob),
    {"count": underived("binomial"), "prob": underived("binomial")},
    node_name="NotImplemented",
)
by_normal = {
    variant: Operation(
        "normal",
        lambda xp, mean, std, /, *, draw: draw(mean, std),
        {
            "mean": lambda xp, ct, mean_shape: xp.zeros(tuple(mean_shape), dtype=ct.dtype),
            "std": lambda xp, ct, std_shape: xp.zeros(tuple(std_shape), dtype=ct.dtype),
        },
        node_name=f"NormalBackward{variant}",
    )
    for variant in (1, 2, 3)
}


@composite()
def bernoulli(input: Tensor, p: float | None = None, *, generator: Any = None, out: Tensor | None = None) -> Tensor:
    """Ones with the probabilities in `input`, or with probability `p` in its shape; else zeros.

    Raises RuntimeError for a probability outside [0, 1].

    >>> import mutagrad
    >>> _ = mutagrad.manual_seed(0)
    >>> mutagrad.bernoulli(mutagrad.full((4,), 0.5))
    tensor([1., 0., 1., 1.])
    """
    check_tensor("bernoulli", input)

    def draw(array: np.ndarray) -> np.ndarray:
        return random.bernoulli(array.shape, array.dtype, array if p is None else p, generator=generator)

    return into(out, by_bernoulli.apply((input,), {"draw": partial(drawn_from, draw)}))


def poisson(input: Tensor, generator: Any = None) -> Tensor:
    """Counts of independent events that happen `input` times on average. Raises RuntimeError for a negative rate."""
    check_tensor("poisson", input)

    def draw(array: np.ndarray) -> np.ndarray:
        return random.poisson(array, generator=generator)

    return by_poisson.apply((input,), {"draw": partial(drawn_from, draw)})


def binomial(count: Tensor, prob: Tensor, generator: Any = None) -> Tensor:
    """How often of `count` times something happens that has probability `prob`.

    The derivative raises RuntimeError when it is asked for. Raises ValueError for integers, RuntimeError for two dtypes.

    >>> import mutagrad
    >>> _ = mutagrad.manual_seed(0)
    >>> mutagrad.binomial(mutagrad.full((3,), 10.0), mutagrad.tensor([0.0, 0.5, 1.0]))
    tensor([ 0.,  7., 10.])
    """
    check_tensor("binomial", count)
    check_tensor("binomial", prob, "prob", 2)

    def draw(count: np.ndarray, prob: np.ndarray) -> np.ndarray:
        return random.binomial(count, prob, generator=generator)

    return by_binomial.apply((count, prob), {"draw": partial(drawn_from, draw)})


@composite()
def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Any = None, out: Tensor | None = None
) -> Tensor:
    """Indices drawn in proportion to the weights in `input`, for each of its rows.

    Raises RuntimeError for negative weights, for rows without any, or for too few categories without replacement.
    """
    check_tensor("multinomial", input)
    if input.ndim not in (1, 2):
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if out is not None and out._array.dtype != np.int64:
        raise RuntimeError(f"multinomial expects Long tensor out, got: {out.dtype.scalar_type}")

    def draw(weights: np.ndarray) -> np.ndarray:
        if weights.ndim <= 2:
            return random.multinomial(weights, num_samples, replacement, generator=generator)
        rows = weights.reshape(-1, weights.shape[-1])
        found = random.multinomial(rows, num_samples, replacement, generator=generator)
        return found.reshape((*weights.shape[:-1], num_samples))

    return into(out, wrap(drawn_from(draw, input._array)))


def normal(
    mean: Any = 0.0, std: Any = 1.0, size: Any = None, *, generator: Any = None, out: Any = None, **options: Any
) -> Tensor:
    """Samples of normal distributions: with numbers `mean` and `std` of a given size, else with a tensor of either.

    Raises RuntimeError for a negative `std`.

    >>> import mutagrad
    >>> _ = mutagrad.manual_seed(0)
    >>> mutagrad.normal(mutagrad.zeros(2), 1.0).shape
    torch.Size([2])
    """
    if size is not None:
        return _sampled(
            "normal",
            (size,),
            {**options, "out": out, "generator": generator},
            partial(random.normal, mean=mean, std=std),
        )
    if not (isinstance(mean, Tensor) or isinstance(std, Tensor)):
        raise _no_such_call("normal", (mean, std))
    if isinstance(std, Tensor) and physical_of(std._array < 0).any():
        raise RuntimeError("normal expects all elements of std >= 0.0")
    generator = checked("normal", generator)
    try:
        np.broadcast_shapes(*[each._array.shape for each in (mean, std) if isinstance(each, Tensor)])
    except ValueError:
        raise broadcast_error((mean._array.shape, std._array.shape)) from None

    def draw(mean: Any, std: Any) -> np.ndarray:
        shape = np.broadcast_shapes(np.shape(mean), np.shape(std))
        dt = mean.dtype if isinstance(mean, np.ndarray) else std.dtype
        if not isinstance(std, np.ndarray):
            return random.normal(shape, dt, 0.0, std, generator=generator) + mean
        return (random.normal(shape, dt, generator=generator) * std + np.asarray(mean, dt)).astype(dt, copy=False)

    variant = 2 if not isinstance(mean, Tensor) else 3 if isinstance(std, Tensor) else 1
    return into(out, by_normal[variant].apply((mean, std), {"draw": partial(drawn_from, draw)}))
