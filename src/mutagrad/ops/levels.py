"""Tensors at levels of `vmap`: summed over levels or repeated along them, and the views that enter and leave a level.

The views are steps like all others, so gradients flow through `vmap` as they do through any view: what enters a level
as one hidden dimension is that dimension of the adjoint.

Read first: `batched/array.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.batched import Batched, Level, levels_of, matched, physical_of
from mutagrad.batched import state as open_levels
from mutagrad.operands import fitting
from mutagrad.operation import Operation
from mutagrad.ops.views import view_step
from mutagrad.pullback import same
from mutagrad.tensor import Tensor

matching = Operation(
    "vmap", lambda xp, input, *, levels, kept: matched(input, levels, kept), {"input": same}, jvp="linear"
)


def at_levels(tensor: Tensor, levels: tuple[Level, ...], kept: tuple[Level, ...] | None = None) -> Tensor:
    """The tensor at just these levels, and those `kept` (None: that are open): summed over others, repeated along
    missing ones."""
    present = levels_of(tensor._array)
    kept = open_levels.levels if kept is None else kept
    if set(levels) <= set(present) <= {*levels, *kept}:
        return tensor
    made = matching.apply((tensor,), {"levels": levels, "kept": kept})
    edge = made._family.edge
    if edge is not None:
        edge[2].fit = (fitting(tensor),)
    return made


def enter(tensor: Tensor, dim: int, level: Level) -> Tensor:
    """The view of a tensor in which a dimension is hidden: what one sample of the level sees."""
    return view_step(tensor, _hidden, (dim, level), "Vmap")


def leave(tensor: Tensor, dim: int, level: Level) -> Tensor:
    """The opposite view: the hidden dimension of a level as the dimension `dim`."""
    if level not in levels_of(tensor._array):
        tensor = at_levels(tensor, (*levels_of(tensor._array), level))
    return view_step(tensor, _shown, (dim, level), "Vmap", overlapping=0 in physical_of(tensor._array).strides)


def _hidden(xp: Any, x: Any, dim: int, level: Level) -> Any:
    return enter(x, dim, level) if isinstance(x, Tensor) else hidden(x, dim, level)


def _shown(xp: Any, x: Any, dim: int, level: Level) -> Any:
    return leave(x, dim, level) if isinstance(x, Tensor) else shown(x, dim, level)


def hidden(x: Any, dim: int, level: Level) -> Batched:
    """The view of an array in which a dimension is hidden, in the order of the levels."""
    present = levels_of(x)
    if level in present:
        # Each sample has such an array of its own: it sees its own part of that.
        place = present.index(level)
        part = x.physical.diagonal(0, place, x.axis(dim))
        part.flags.writeable = x.physical.flags.writeable
        return Batched(np.moveaxis(part, -1, place), present)
    levels = tuple(sorted((*present, level), key=lambda each: each.number))
    physical = x.physical if present else x
    return Batched(np.moveaxis(physical, len(present) + dim, levels.index(level)), levels)


def shown(x: Any, dim: int, level: Level) -> Any:
    """The opposite: the hidden dimension of a level as the dimension `dim`; repeated where there is none."""
    if level not in levels_of(x):
        x = matched(x, (*levels_of(x), level))
    rest = tuple([each for each in x.levels if each is not level])
    physical = np.moveaxis(x.physical, x.levels.index(level), len(rest) + dim)
    return Batched(physical, rest) if rest else physical
