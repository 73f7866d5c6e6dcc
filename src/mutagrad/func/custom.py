"""Custom functions under `vmap`.

A `Function` that says itself how it is mapped, by its static method `vmap`, is given arguments with the samples in the
first dimension; gradients flow through what that method does. All others, whether or not they set
`generate_vmap_rule`, run on one sample as everything else does: there is nothing in `forward` and `backward` that would
have to know.
Follows https://docs.pytorch.org/docs/stable/notes/extending.func.html
"""

from __future__ import annotations

from typing import Any, NamedTuple

from mutagrad.autograd.custom import Function, transforms
from mutagrad.batched import Level, closed, levels_of, state
from mutagrad.func.vmap import spread
from mutagrad.ops.levels import enter, leave
from mutagrad.tensor import Tensor
from mutagrad.tree import flatten, tree_map, unflatten


class VmapInfo(NamedTuple):
    """What a `vmap` static method is told: how many samples there are, and what chance does."""

    batch_size: int
    randomness: str


def map_function(function: type[Function], args: tuple[Any, ...]) -> Any:
    """The outputs of a custom function that says how it is mapped, for arguments of the innermost level."""
    if not state.levels or function.vmap is Function.vmap:
        return NotImplemented
    leaves = flatten(args)[0]
    level = next((each for each in reversed(state.levels) if any(_is_at(each, x) for x in leaves)), None)
    if level is None:
        return NotImplemented
    if function.generate_vmap_rule:
        raise RuntimeError(
            f"You tried to vmap over {function.__name__}, but it has both generate_vmap_rule=True and an overridden "
            "vmap staticmethod. Please set generate_vmap_rule=False or delete the overridden vmap staticmethod to "
            "avoid ambiguity. For more details, please see "
            "https://pytorch.org/docs/main/notes/extending.func.html"
        )
    # What is the same for all samples is repeated where it has a gradient: within the level each sample has its own.
    shown = tree_map(lambda x: leave(x, 0, level) if _is_at(level, x) or _has_gradient(x) else x, args)
    in_dims = tree_map(lambda x: 0 if _is_at(level, x) or _has_gradient(x) else None, args)
    with closed(level):
        result = function.vmap(VmapInfo(level.size, level.randomness), in_dims, *shown)
    if not (isinstance(result, tuple) and len(result) == 2):
        got = f"{len(result)} returns" if isinstance(result, tuple) else f"a {type(result)}"
        raise RuntimeError(
            "Expected the vmap staticmethod to have two returns, an output and out_dims with pytree structure "
            f"compatible with the output. Got {got} instead"
        )
    output, out_dims = result
    outputs, form = flatten(output)
    dims = spread(out_dims, form)
    if dims is None:
        raise RuntimeError(
            "The autograd.Function's vmap staticmethod returned an incompatible (output, out_dims) tuple. Expected "
            f"out_dims={out_dims} to be compatible with the structure of `output`. out_dims has structure "
            f"{flatten(out_dims)[1]} but output has structure {form}. For more details, please see "
            "https://pytorch.org/docs/main/notes/extending.func.html"
        )
    return unflatten([x if d is None else enter(x, d % x.ndim, level) for x, d in zip(outputs, dims)], form)


def _is_at(level: Level, x: Any) -> bool:
    """Whether an argument differs between the samples of a level."""
    return isinstance(x, Tensor) and level in levels_of(x._array)


def _has_gradient(x: Any) -> bool:
    return isinstance(x, Tensor) and x.requires_grad


transforms.append(map_function)
