"""How a tensor, or a recorded read or write, addresses part of its family's buffer.

A `View` is a chain of replayable steps (index, transpose, reshape, expand, ...) from the family's base. The same
steps applied to the adjoint buffer give the same region of the adjoint, so gradients of views need no node and no
arithmetic on strides. `Gathered` is the region of an advanced index: its elements can be read and written, but they
are no view. Both answer the three requests of the reverse pass: `read`, `clear` and `add`. All of it works alike on
arrays and, under `create_graph=True`, on tensors: `xp` is the namespace of whichever it is.

Read next: `engine.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import lru_cache
from itertools import accumulate, product
from math import prod
from operator import mul
from typing import Any

import numpy as np

from mutagrad.batched import Batched, empty_like

DEEP = 32  # a chain of more steps than this is replaced by one strided step


class Layout:
    """Shape, dtype and strides (in elements) of a family's base: what its adjoint buffer is made like.

    A base that itself addresses elements several times (`overlapping`: made by `detach()` of an expanded view, say)
    counts as so many independent elements: its adjoint is contiguous.
    """

    __slots__ = ("shape", "dtype", "strides", "aligned", "contiguous", "size", "overlapping", "hidden")

    def __init__(
        self, shape: tuple[int, ...], dtype: np.dtype, strides: tuple[int, ...], aligned: bool, overlapping: bool
    ) -> None:
        in_order = tuple(accumulate(shape[:0:-1], mul, initial=1))[::-1] if shape else ()
        self.shape = shape
        self.dtype = dtype
        self.overlapping = overlapping
        self.strides = in_order if overlapping else strides
        self.contiguous = self.strides == in_order
        self.size = prod(shape)
        self.hidden: Batched | None = None  # an array with the base's hidden dimensions, where it has any
        self.aligned = aligned  # whether the family's base is all of its storage's

    @property
    def plain(self) -> bool:
        """Whether the base lies in order, and without hidden dimensions."""
        return self.contiguous and self.hidden is None

    def zeros(self, xp: Any) -> Any:
        """A buffer of zeros that every view of the base can be replayed on."""
        if self.hidden is not None:
            return xp.asarray(empty_like(self.hidden, self.dtype, 0))
        if self.contiguous:
            return xp.zeros(self.shape, dtype=self.dtype)
        extent = 1 + sum((size - 1) * stride for size, stride in zip(self.shape, self.strides))
        return xp.as_strided(xp.zeros((extent,), dtype=self.dtype), self.shape, self.strides, 0)


def layout_of(base: np.ndarray, aligned: bool) -> Layout:
    """The layout of a base."""
    if type(base) is Batched:
        layout = Layout(
            base.shape, base.dtype, tuple([stride // base.itemsize for stride in base.strides]), aligned, False
        )
        layout.hidden = base
        return layout
    if base.flags.c_contiguous:
        return _layout_in_order(base.shape, base.dtype, aligned)
    strides = tuple([stride // base.itemsize for stride in base.strides])
    return Layout(base.shape, base.dtype, strides, aligned, has_overlap(base.shape, base.strides))


@lru_cache(maxsize=1024)
def _layout_in_order(shape: tuple[int, ...], dtype: np.dtype, aligned: bool) -> Layout:
    strides = tuple(accumulate(shape[:0:-1], mul, initial=1))[::-1] if shape else ()
    return Layout(shape, dtype, strides, aligned, False)


def _index(xp: Any, array: Any, key: tuple) -> Any:
    return array[key]


class View:
    """How a view addresses its family's base: one step in a chain of views, made from `maker` (None: the base).

    `overlapping` says that several of its elements may be one of the base. A view is a `Part` or a `Step`. Of both,
    `function(xp, array, *arguments)` is the step from the maker, and `parent` what the step is replayed on: the maker, or
    a shorter chain to the same region. `rigid` says that the chain can be replayed only on memory laid out like the base.
    """

    __slots__ = ("layout", "overlapping", "maker", "name")

    layout: Layout
    overlapping: bool
    maker: View | None
    name: str
    parent: View | None
    function: Callable
    arguments: tuple
    key: tuple | None
    rigid: bool
    depth: int

    def of(self, xp: Any, array: Any) -> Any:
        """The region of `array`, a buffer of the base's shape, that this view addresses."""
        if self.parent is not None:  # The chain is at most DEEP long.
            array = self.parent.of(xp, array)
        return self.function(xp, array, *self.arguments)

    def on(self, layout: Layout, made: dict[View, View]) -> View:
        """The same view of a base with another layout; `made` are those of other views of it."""
        if self not in made:
            view = made[self] = copy(self)
            view.layout = layout
            view.overlapping = self.overlapping
            view.maker = None if self.maker is None else self.maker.on(layout, made)
            if isinstance(view, Step):
                view.parent = None if self.parent is None else self.parent.on(layout, made)
        return made[self]

    def read(self, xp: Any, buffer: Any) -> Any:
        """A copy of the region."""
        return xp.copy(self.of(xp, buffer))

    def take(self, xp: Any, buffer: Any) -> Any:
        """A copy of the region, which is then zero."""
        region = buffer[self.key] if self.key is not None else self.of(xp, buffer)
        taken = region[()] if region.ndim == 0 and type(region) is np.ndarray else xp.copy(region)
        if self.overlapping:
            self.clear(xp, buffer)
        else:
            region[...] = 0
        return taken

    def alone(self, xp: Any, share: Any) -> Any:
        """The adjoint of the base where nothing but the region has a share, this one; None where it is to be added to zeros.

        That is the share in the base's shape, where the region is all of the base.
        """
        return None

    def put(self, xp: Any, buffer: Any, value: Any) -> None:
        """Writes a value to the region."""
        self.of(xp, buffer)[...] = value

    def clear(self, xp: Any, buffer: Any) -> None:
        """Sets the region to zero."""
        region = self.of(xp, buffer)
        if self.overlapping and hasattr(region, "fill_"):
            region.fill_(0)  # One value may be written where an element is seen several times.
        else:
            region[...] = 0

    def add(self, xp: Any, buffer: Any, share: Any) -> None:
        """Adds `share` into the region; elements addressed several times receive all their shares."""
        region = buffer[self.key] if self.key is not None else self.of(xp, buffer)
        if self.overlapping:
            add_overlapping(xp, region, share)
        elif region.ndim == 0 and type(region) is np.ndarray:
            region[...] = region[()] + share  # NumPy adds single elements as scalars four times as fast.
        else:
            region += share


class Part(View):
    """The part `base[key]` for a basic `key`, which is all of the chain: the cheapest view, and the most frequent."""

    __slots__ = ("key",)

    key: tuple
    function = staticmethod(_index)
    rigid = False
    depth = 1

    @property
    def parent(self) -> View | None:
        """The maker."""
        return self.maker

    @property
    def arguments(self) -> tuple:
        """The key in the maker, a part of which the key begins with."""
        return (self.key[len(self.maker.key) - 1 :] if isinstance(self.maker, Part) else self.key,)

    def of(self, xp: Any, array: Any) -> Any:
        """The region of `array`, a buffer of the base's shape, that this view addresses."""
        return array[self.key]

    def alone(self, xp: Any, share: Any) -> Any:
        """The share in the base's shape, where the key leaves out nothing."""
        layout = self.layout
        whole = type(share) is np.ndarray and share.size == layout.size and layout.plain
        return xp.reshape(share, layout.shape) if whole else None


class Step(View):
    """Any other view: a step, replayed on what its parent addresses. `shape` is that of the maker, where it is noted."""

    __slots__ = ("parent", "function", "arguments", "rigid", "depth", "shape")

    shape: tuple[int, ...] | None
    key = None

    def alone(self, xp: Any, share: Any) -> Any:
        """The share taken back through the steps, where each of them has all that it is made from."""
        back, layout = BACK.get(self.function), self.layout
        if back is None or self.shape is None or type(share) is not np.ndarray or not layout.plain:
            return None
        share = back(xp, share, self.shape, *self.arguments)
        if self.parent is not None:
            return self.parent.alone(xp, share)
        return share if share.flags.c_contiguous else xp.copy(share, order="C")

    def add(self, xp: Any, buffer: Any, share: Any) -> None:
        """Adds `share` into the region; that of an expanded view is summed first, and need not be spread to be added."""
        if self.function is not repeat_along:
            View.add(self, xp, buffer, share)
            return
        parent = self.parent
        region = buffer if parent is None else parent.of(xp, buffer)
        share = xp.fit(share, tuple(region.shape), share.dtype)
        if self.layout.overlapping if parent is None else parent.overlapping:
            add_overlapping(xp, region, share)
        else:
            region += share


# By the function of a step that leaves out nothing, `back(xp, share, shape, *arguments)`: the share of what was of `shape`.
BACK: dict[Callable, Callable] = {}


class Gathered:
    """The elements `base[key]` of a view for an advanced `key` (integer or boolean arrays)."""

    __slots__ = ("view", "key", "layout", "rigid")

    def __init__(self, view: View | None, key: tuple, layout: Layout) -> None:
        self.view = view
        self.rigid = view is not None and view.rigid
        self.key = key
        self.layout = layout

    def alone(self, xp: Any, share: Any) -> Any:
        """None: the elements are some of the base's."""
        return None

    @property
    def overlapping(self) -> bool:
        """Whether elements of what the key picks from may be one of the base."""
        return self.view is not None and self.view.overlapping

    def _base(self, xp: Any, buffer: Any) -> Any:
        return buffer if self.view is None else self.view.of(xp, buffer)

    def read(self, xp: Any, buffer: Any) -> Any:
        """A copy of the elements."""
        return xp.get_at(buffer if self.view is None else self.view.of(xp, buffer), self.key)

    def take(self, xp: Any, buffer: Any) -> Any:
        """A copy of the elements, which are then zero."""
        base = self._base(xp, buffer)
        taken = xp.get_at(base, self.key)
        base[self.key] = 0
        return taken

    def put(self, xp: Any, buffer: Any, value: Any) -> None:
        """Writes a value to the elements."""
        self._base(xp, buffer)[self.key] = value

    def clear(self, xp: Any, buffer: Any) -> None:
        """Sets the elements to zero."""
        self._base(xp, buffer)[self.key] = 0

    def add(self, xp: Any, buffer: Any, share: Any) -> None:
        """Adds `share` to the elements; one that the key names several times receives all its shares."""
        if self.view is None:
            xp.add_at(buffer, self.key, share)
        else:
            add_gathered(xp, self.view.of(xp, buffer), self.key, share, self.view.overlapping)


class Accumulated(Gathered):
    """The elements of an advanced key that were added to: what stood there before keeps its cotangent."""

    __slots__ = ()

    def take(self, xp: Any, buffer: Any) -> Any:
        """A copy of the elements, which stay."""
        return self.read(xp, buffer)

    def clear(self, xp: Any, buffer: Any) -> None:
        """Leaves the elements as they are."""


Region = View | Gathered


def has_overlap(shape: tuple[int, ...], strides: tuple[int, ...]) -> bool:
    """Whether strided memory addresses an element twice."""
    dims = sorted((abs(s), n) for n, s in zip(shape, strides) if n > 1)
    if not dims or 0 in shape:
        return False
    reach = 0
    for stride, size in dims:
        if stride <= reach:
            break
        reach += stride * (size - 1)
    else:
        return False  # Strides that nest cannot meet; of others the addresses are counted.
    if dims[0][0] == 0:
        return True
    addresses = np.zeros((), np.int64)
    for stride, size in dims:
        addresses = np.add.outer(addresses, np.arange(size) * stride)
    return np.unique(addresses).size < addresses.size


def add_overlapping(xp: Any, region: Any, share: Any) -> None:
    shape, strides = tuple(region.shape), xp.strides(region)
    repeated = tuple(d for d in range(len(shape)) if strides[d] == 0 and shape[d] > 1)
    if repeated:
        share = xp.sum(share, axis=repeated, keepdims=True)
        region = region[tuple(slice(0, 1) if d in repeated else slice(None) for d in range(len(shape)))]
        shape = tuple(region.shape)
    if not has_overlap(shape, strides):
        region += share
        return
    # Windows that overlap (unfold, as_strided): walk along dimensions until the rest addresses each element once.
    walked: list[int] = []
    for d in sorted(range(len(shape)), key=lambda d: shape[d]):
        rest = [k for k in range(len(shape)) if k not in walked]
        if not has_overlap(tuple(shape[k] for k in rest), tuple(strides[k] for k in rest)):
            break
        if shape[d] > 1:
            walked.append(d)
    for place in product(*(range(shape[d]) for d in walked)):
        key: list[Any] = [slice(None)] * len(shape)
        for d, i in zip(walked, place):
            key[d] = i
        part = region[(*key, ...)]
        part += share[(*key, ...)]


def add_gathered(xp: Any, base: Any, key: tuple, share: Any, overlapping: bool) -> None:
    """Adds `share` to `base[key]`, of a base whose elements may address each other's memory where it is `overlapping`."""
    if overlapping:
        spread = xp.zeros_like(base, dtype=share.dtype)
        xp.add_at(spread, key, share)
        add_overlapping(xp, base, spread)
    else:
        xp.add_at(base, key, share)


def _strided(xp: Any, array: Any, shape: tuple[int, ...], strides: tuple[int, ...], offset: int) -> Any:
    return xp.as_strided(array, shape, strides, offset)


def index_view(maker: View | None, key: tuple, layout: Layout, name: str = "Slice") -> View:
    """The view `maker[key]` for a basic key that gives an array (never a scalar)."""
    if maker is not None:
        if type(maker) is not Part or not _is_prefix(maker.key):
            return step_view(maker, _index, (key,), layout, name)
        key = maker.key[:-1] + key  # x[i][k] is x[i, k]: one step
    view = Part()
    view.maker = maker
    view.layout = layout
    view.overlapping = layout.overlapping
    view.key = key
    view.name = name
    return view


def _is_prefix(key: tuple) -> bool:
    """Whether the key is integers followed by `...`."""
    if not key or key[-1] is not Ellipsis:
        return False
    return all(type(item) is int for item in key[:-1])


def step_view(
    maker: View | None,
    function: Callable,
    arguments: tuple,
    layout: Layout,
    name: str,
    rigid: bool = False,
    overlapping: bool = False,
) -> Step:
    """The view `function(xp, maker, *arguments)`."""
    view = Step()
    view.parent = view.maker = maker
    view.function = function
    view.arguments = arguments
    view.layout = layout
    view.name = name
    view.shape = None
    if maker is None:
        view.rigid = rigid
        view.overlapping = overlapping or layout.overlapping
        view.depth = 1
    else:
        view.rigid = rigid or maker.rigid
        view.overlapping = overlapping or maker.overlapping
        view.depth = maker.depth + 1
    return view


def strided_view(
    maker: View | None, array: np.ndarray, base: np.ndarray, layout: Layout, overlapping: bool, name: str = "AsStrided"
) -> View:
    """The view of one strided step from the base that addresses the elements of `array`, of the base's dtype."""
    offset = (array.__array_interface__["data"][0] - base.__array_interface__["data"][0]) // base.itemsize
    strides = tuple(stride // base.itemsize for stride in array.strides)
    view = step_view(None, _strided, (array.shape, strides, offset), layout, name, True, overlapping)
    view.maker = maker
    return view


def shorten(view: Step, array: np.ndarray, base: np.ndarray) -> None:
    """Replaces the chain behind a deep view of `array` by one strided step; what is behind stays known as its maker."""
    if array.dtype == base.dtype and view.parent is not None and not view.layout.overlapping:
        flat = strided_view(view.maker, array, base, view.layout, view.overlapping)
        view.parent = flat
        view.function, view.arguments = _same, ()
        view.rigid = True
        view.depth = 2


def repeat_along(xp: Any, array: Any, shape: tuple[int, ...]) -> Any:
    """The step of `expand`: dimensions of size one, and new ones in front, repeated."""
    return xp.broadcast_to(array, shape)


BACK[repeat_along] = lambda xp, share, shape, wide: xp.fit(share, shape, share.dtype)


def _same(xp: Any, array: Any) -> Any:
    return array


def generation(view: View) -> int:
    """How many views lie between a view and its base."""
    count, maker = 0, view.maker
    while maker is not None:
        count, maker = count + 1, maker.maker
    return count


def relative(view: View, ancestor: View) -> list[View] | None:
    """The steps that lead from `ancestor` to `view`; None where one of them is relative to the base only."""
    steps: list[View] = []
    step: View | None = view
    while step is not ancestor:
        if step is None or step.function is _strided or step.function is _same:
            return None
        steps.append(step)
        step = step.maker
    return steps[::-1]
