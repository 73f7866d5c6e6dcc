"""Forward mode: its levels, and where tangents are kept.

The tangent of a family is a shadow tensor of its base: the views of the family replay their steps on it, and a write
writes the same region of it. So views and operations in place need no rules of their own, just as in the reverse
pass, where the shadow is the adjoint buffer. Shadows are tensors: what is computed with them is recorded (reverse over
forward), and they have shadows themselves in the levels outside of theirs (forward over forward).

Levels are nested like a stack. An operation pushes the tangents of every level, the outermost first, with only the
levels outside of it open: then each tangent is a function of dual numbers of the outer levels and of nothing else,
and no two perturbations are confused.

Read first: `regions.py`. Read next: `autograd/pushforward.py`, how an operation pushes tangents.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

from mutagrad import batched
from mutagrad.graph import Edge, Family, Traits, new_family, next_sequence
from mutagrad.modes import count_extra
from mutagrad.regions import View, layout_of, relative
from mutagrad.storage import Saved
from mutagrad.tensor import Tensor, edge_of, wrap_view

xp: Any = None  # the namespace of tensors, on which views are replayed; it attaches itself
unpack: Any = None  # `unpack(cell, edge, moment)`, a saved value as a tensor; attached by autograd/backward.py


class Level:
    """One level of forward mode. It knows who has a tangent in it, so as to take them all away when it ends."""

    __slots__ = ("holders", "__weakref__")

    def __init__(self) -> None:
        self.holders: WeakSet[Traits] = WeakSet()


class _State(threading.local):
    levels: tuple[Level, ...] = ()  # those that are open, the outermost first
    hidden: tuple[Level, ...] = ()  # the same, while forward mode is switched off


state = _State()


class Shadow:
    """A tangent (None: there is none, whatever the base has), and whether its memory is nobody else's, to be written.

    `base` is memory like the family's base that the tangent of a part of it was moved to; see `_based`.
    """

    __slots__ = ("tensor", "owned", "base")

    def __init__(self, tensor: Tensor | None, owned: bool) -> None:
        self.tensor = tensor
        self.owned = owned
        self.base: Tensor | None = None


# Levels -------------------------------------------------------------------------------------------------------------


def enter() -> Level:
    """Opens a level inside of those that are open."""
    level = Level()
    state.levels += (level,)
    count_extra(1)
    return level


def leave(level: Level) -> None:
    """Ends a level, and the tangents in it."""
    state.levels = tuple([each for each in state.levels if each is not level])
    state.hidden = tuple([each for each in state.hidden if each is not level])
    count_extra(-1)
    for traits in list(level.holders):
        traits.tangents = {key: shadow for key, shadow in traits.tangents.items() if key[0] is not level}


@contextmanager
def opened() -> Iterator[Level]:
    """A level for the duration of a block."""
    level = enter()
    try:
        yield level
    finally:
        leave(level)


@contextmanager
def only(levels: tuple[Level, ...]) -> Iterator[None]:
    """Leaves only these levels open for the duration of a block: where they are none, calls are the fast ones again."""
    before = state.levels
    state.levels = levels
    count_extra(len(levels) - len(before))
    try:
        yield
    finally:
        state.levels = before
        count_extra(len(before) - len(levels))


# Looking up ---------------------------------------------------------------------------------------------------------


def tangent_of(tensor: Any, level: Level) -> Tensor | None:
    """The tangent of a tensor in a level: a view of its family's; None where it has none."""
    if not isinstance(tensor, Tensor) or tensor._family.traits is None or state.hidden:
        return None
    return _region(tensor._family, tensor._view, level)


def _region(family: Family, view: View | None, level: Level, to_write: bool = False) -> Tensor | None:
    """The region of a family's tangent that a view addresses; of memory that may be written, where it is `to_write`."""
    traits = family.traits
    if traits is None:
        return None
    holder = view
    while (shadow := traits.tangents.get((level, holder))) is None and holder is not None:
        holder = holder.maker
    if shadow is None:
        if traits.region is None:
            return None
        outer = _region(traits.source, traits.region, level, to_write)  # type: ignore[arg-type]
        return outer if outer is None or view is None else view.of(xp, outer)
    if shadow.tensor is None:
        return None
    if to_write and not shadow.owned:
        shadow.tensor, shadow.owned, shadow.base = shadow.tensor.clone(), True, None
    if to_write and batched.state.levels:
        # A tangent may differ from sample to sample where the value does not.
        shadow.tensor._family.set_apart().scope = batched.state.levels
    if view is holder:
        return shadow.tensor
    if holder is None:
        return view.of(xp, shadow.tensor)  # type: ignore[union-attr]
    steps = relative(view, holder)  # type: ignore[arg-type]
    if steps is None:
        return view.of(xp, _based(shadow, holder))  # type: ignore[union-attr]
    region = shadow.tensor
    for step in steps:
        region = step.function(xp, region, *step.arguments)
    return region


def _based(shadow: Shadow, holder: View) -> Tensor:
    """Moves the tangent of a part into memory like the base's, for views whose steps begin at the base; gives that."""
    if shadow.base is None:
        shadow.base = holder.layout.zeros(xp)
        region = holder.of(xp, shadow.base)
        region[...] = shadow.tensor
        shadow.tensor, shadow.owned = region, True
    return shadow.base  # type: ignore[return-value]


def may_have_tangent(tensors: Sequence[Any]) -> bool:
    """False where none of the tensors has a tangent, found out quickly."""
    return any(isinstance(x, Tensor) and x._family.traits is not None for x in tensors)


# Attaching and writing ----------------------------------------------------------------------------------------------


def attach(tensor: Tensor, level: Level, tangent: Tensor | None, owned: bool = True) -> None:
    """Makes `tangent` the tangent of what the tensor addresses (None: it has none, whatever its base has)."""
    if state.hidden:
        return
    family, view = _root(tensor._family, tensor._view)
    array = tensor._array
    if tangent is not None and tangent._array.strides != array.strides and 0 not in array.strides:
        # Laid out like what it is the tangent of, so that every view can be replayed on it.
        laid = layout_of(array, False).zeros(xp)
        laid[...] = tangent
        tangent, owned = laid, True
    _hold(family, level, view, Shadow(tangent, owned))


def _root(family: Family, view: View | None) -> tuple[Family, View | None]:
    """The same memory in the family it was made from, where that is all of a view that was cut off from a history."""
    while view is None and (traits := family.traits) is not None and traits.source is not None and traits.region:
        family, view = traits.source, traits.region
    return family, view


def _hold(family: Family, level: Level, view: View | None, shadow: Shadow) -> None:
    traits = family.set_apart()
    traits.tangents = {**traits.tangents, (level, view): shadow}
    level.holders.add(traits)


def overwrite(target: Tensor, level: Level, tangent: Tensor | None) -> None:
    """Writes a tangent (None: zero), broadcast to the target's shape, where the target's is."""
    if _root(target._family, target._view)[1] is None:
        zero = tangent is None
        attach(target, level, xp.zeros_like(target) if zero else _fitted(tangent, target, (tangent,)))
    elif tangent is None:
        writable(target, level).zero_()
    else:
        writable(target, level).copy_(tangent)


def writable(target: Tensor, level: Level) -> Tensor:
    """The region of the tangent that belongs to the target, to be written; zero where there was no tangent."""
    region = _region(target._family, target._view, level, to_write=True)
    if region is None:
        family, _ = _root(target._family, None)
        layout = family.layout or family.make_layout(target)
        _hold(family, level, None, Shadow(layout.zeros(xp), True))
        region = _region(target._family, target._view, level, to_write=True)
    return region  # type: ignore[return-value]


def _fitted(tangent: Tensor, output: Tensor, sources: Sequence[Tensor | None]) -> Tensor:
    """A tangent in the output's shape and dtype, in memory that is none of the sources'."""
    wanted = output._array
    if tangent._array.dtype != wanted.dtype:
        real = tangent._array.dtype.kind == "c" and wanted.dtype.kind != "c"
        tangent = xp.astype(xp.real(tangent) if real else tangent, wanted.dtype)
    if tangent._array.shape != wanted.shape:
        tangent = xp.broadcast_to(tangent, wanted.shape)
    storage = tangent._family.storage
    if storage.array is not tangent._array or any(s is not None and s._family.storage is storage for s in sources):
        tangent = tangent.clone()
    return tangent


# Pushing ------------------------------------------------------------------------------------------------------------


def push(outputs: Sequence[Any], inputs: Sequence[Any], rule: Callable[..., Any], fresh: bool = False) -> bool:
    """Gives fresh outputs, or inputs that were written as a whole, their tangents in every open level.

    `rule(*tangents)`, called with those of the inputs (None where there is none), gives one tangent, or a tuple with
    one for each output, of which some may be None; `fresh` ones are no user's. Says whether an input has a tangent.
    """
    levels, found = state.levels, False
    for i, level in enumerate(levels if may_have_tangent(inputs) else ()):
        tangents = [tangent_of(x, level) for x in inputs]
        if all(t is None for t in tangents):
            continue
        found = True
        with only(levels[:i]):
            made = rule(*tangents)
            for output, tangent in zip(outputs, made if isinstance(made, tuple) else (made,)):
                if tangent is None or not isinstance(output, Tensor) or output._array.dtype.kind not in "fc":
                    continue
                if any(output is x for x in inputs):
                    overwrite(output, level, tangent)
                else:
                    attach(output, level, _fitted(tangent, output, tangents), owned=fresh)
    return found


def push_into(target: Tensor, sources: Sequence[Any], write: Callable[..., None]) -> None:
    """Writes the target's tangent in every open level in which it or a source has one.

    `write(target, level, *tangents)` does it, with the tangents of the sources (None where there is none).
    """
    levels = state.levels
    for i, level in enumerate(levels):
        tangents = [tangent_of(x, level) for x in sources]
        if any(t is not None for t in tangents) or tangent_of(target, level) is not None:
            with only(levels[:i]):
                write(target, level, *tangents)


def carry(source: Tensor, target: Tensor) -> None:
    """Gives an alias of the source, which begins a family, the source's tangents."""
    for level in state.levels:
        tangent = tangent_of(source, level)
        if tangent is not None:
            attach(target, level, tangent, owned=False)


def undifferentiated(tensor: Tensor) -> Tensor:
    """An alias of the memory that begins a history of its own, as `detach()`, but keeps the tangents."""
    alias = wrap_view(tensor._array, new_family(tensor._family.storage, tensor._array), None)
    carry(tensor, alias)
    return alias


# Saved values -------------------------------------------------------------------------------------------------------

Token = tuple["tuple[Level, Saved, Edge | None, int, Token | None]", ...]


def save(tensor: Any) -> Token | None:
    """The tangents of a value that is saved for the reverse pass, themselves saved; None where there are none."""
    levels = state.levels
    saved = []
    for i, level in enumerate(levels):
        tangent = tangent_of(tensor, level)
        if tangent is not None:
            with only(levels[:i]):
                deeper = save(tangent)
            cell = tangent._family.storage.save(tangent._array, tangent._view)
            saved.append((level, cell, edge_of(tangent), next_sequence(), deeper))
    return tuple(saved) or None


def restore(token: Token | None, tensor: Tensor) -> Tensor:
    """Gives a value that was saved the tangents it had, in the levels that are still open."""
    for level, cell, edge, moment, deeper in token or ():
        if level in state.levels:
            attach(tensor, level, restore(deeper, unpack(cell, edge, moment)), owned=False)
    return tensor


Tensor._carry_tangents = staticmethod(carry)
