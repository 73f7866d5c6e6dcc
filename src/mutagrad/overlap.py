"""Which saved regions of a buffer overlap the region about to be written.

A region of a base array is bounded by a *box*: one `(start, stop, step)` per base dimension. Basic indexing gives
boxes that are exact; for other views the box only bounds the elements, and `numpy.shares_memory` settles the rest.
`RegionIndex` finds the boxes that meet a given one without looking at all of them: a hash grid with one level per
size of box (in the manner of a hierarchical spatial hash), so a loop that saves and overwrites n single elements
costs O(n), also for the columns of a row-major matrix, whose byte ranges all interleave.

Read next: `storage.py`, which asks the question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any
from weakref import ref

import numpy as np

from mutagrad.batched import physical_of

Range = tuple[int, int, int]
Box = tuple[Range, ...]


def address(array: np.ndarray) -> int:
    """The memory address of the array's first element."""
    return physical_of(array).__array_interface__["data"][0]


def same_elements(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether two arrays are the same elements of memory in the same order."""
    return (
        first.shape == second.shape
        and first.strides == second.strides
        and first.dtype == second.dtype
        and address(first) == address(second)
    )


def whole_box(shape: tuple[int, ...]) -> Box:
    """The box of all elements of an array of that shape."""
    return tuple([(0, size, 1) for size in shape])


def box_of_key(key: tuple, base_shape: tuple[int, ...]) -> Box | None:
    """The exact box of `base[key]` for a key of integers, slices, `None` and at most one `...`; None when empty."""
    if len(key) == 2 and type(key[0]) is int and key[1] is Ellipsis:
        first = key[0] if key[0] >= 0 else key[0] + base_shape[0]
        if len(base_shape) == 1:
            return ((first, first + 1, 1),)
        return ((first, first + 1, 1), *[(0, size, 1) for size in base_shape[1:]])
    box: list[Range] = []
    for place, item in enumerate(key):
        if type(item) is slice:
            start, stop, step = item.indices(base_shape[len(box)])
            if start >= stop:
                return None
            if step > 1:
                last = start + (stop - 1 - start) // step * step
                stop, step = last + 1, step if last > start else 1
            box.append((start, stop, step))
        elif item is Ellipsis:
            if place + 1 < len(key):
                behind = sum([each is not None for each in key[place + 1 :]])
                box += [(0, size, 1) for size in base_shape[len(box) : len(base_shape) - behind]]
        elif item is not None:
            start = item + base_shape[len(box)] if item < 0 else item
            box.append((start, start + 1, 1))
    if len(box) < len(base_shape):
        box += [(0, size, 1) for size in base_shape[len(box) :]]
    return tuple(box)


EVERYWHERE = 0, 1 << 62


def rows_of(view: Any) -> tuple[int, int]:
    """Where the rows of a storage's array, by its first dimension, begin and end that bound what a view addresses."""
    if view is None or view.key is None or not view.layout.aligned:
        return EVERYWHERE
    first = view.key[0]
    if type(first) is int:
        if first < 0:
            first += view.layout.shape[0]
        return first, first + 1
    return first.indices(view.layout.shape[0])[:2] if type(first) is slice else EVERYWHERE


def box_of_array(array: np.ndarray, base: np.ndarray) -> tuple[Box, bool]:
    """A box of `base` that bounds the elements of `array`, a view of its memory, and whether it is exact."""
    order = _by_stride(base)
    offset = address(array) - address(base)
    first, rest = _digits(offset, base, order)
    last, steps = list(first), [1] * base.ndim
    exact = rest == 0 and array.itemsize == base.itemsize
    extent = array.itemsize - 1
    for size, stride in zip(array.shape, array.strides):
        if size == 1 or stride == 0:
            continue
        extent += (size - 1) * stride
        moves, beyond = _digits(stride, base, order)
        rest += (size - 1) * beyond
        moved = [d for d in order if moves[d]]
        exact = exact and not beyond and len(moved) == 1 and last[moved[0]] == first[moved[0]]
        for d in moved:
            steps[d] = moves[d] if last[d] == first[d] else 1
            last[d] += (size - 1) * moves[d]
    # What an element reaches beyond the base's element in which it starts.
    for d, more in enumerate(_digits(rest + array.itemsize - 1, base, order)[0]):
        if more:
            exact, steps[d], last[d] = False, 1, last[d] + more
    if all(end < size for end, size in zip(last, base.shape)):
        return tuple([(start, end + 1, step) for start, end, step in zip(first, last, steps)]), exact
    # Digits carry over, as those of a flat view across rows do: so many rows are all that is known.
    rows, stride = order[0], base.strides[order[0]]
    bound = list(whole_box(base.shape))
    bound[rows] = (offset // stride, (offset + extent) // stride + 1, 1)
    return tuple(bound), False


def _by_stride(array: np.ndarray) -> list[int]:
    """The dimensions of more than one element, that with the largest stride first."""
    return sorted((d for d in range(array.ndim) if array.shape[d] > 1), key=lambda d: -array.strides[d])


def _digits(offset: Any, base: np.ndarray, order: list[int]) -> tuple[list[Any], Any]:
    """A distance in bytes as one number of steps for each dimension of `base`, and the bytes that remain."""
    digits: list[Any] = [0] * base.ndim
    for d in order:
        digits[d], offset = divmod(offset, base.strides[d])
    return digits, offset


def ranges_meet(first: Range, second: Range) -> bool:
    """Whether two arithmetic progressions `range(*first)` and `range(*second)` have a common element."""
    low = max(first[0], second[0])
    high = min(first[1], second[1])
    if low >= high:
        return False
    if first[2] == 1 and second[2] == 1:
        return True
    # Chinese remainder theorem: first[0] + i * first[2] == second[0] (mod second[2]).
    common = np.gcd(first[2], second[2])
    gap, remainder = divmod(second[0] - first[0], int(common))
    if remainder:
        return False
    modulus = second[2] // int(common)
    i = gap * pow(first[2] // int(common), -1, modulus) % modulus if modulus > 1 else 0
    meeting, period = first[0] + i * first[2], first[2] * modulus
    meeting += -((meeting - low) // period) * period
    return low <= meeting < high


def boxes_meet(first: Box, second: Box) -> bool:
    """Whether two boxes of one base have a common element."""
    for a, b in zip(first, second):
        if a[0] >= b[1] or b[0] >= a[1]:
            return False
    return all(a[2] == b[2] == 1 or ranges_meet(a, b) for a, b in zip(first, second))


FIRST = 4  # so many elements that were written are told one by one


class Scattered:
    """The elements of an array at some positions: their `addresses` in rising order, and their size in bytes."""

    __slots__ = ("addresses", "itemsize")

    def __init__(self, array: np.ndarray, positions: tuple[np.ndarray, ...]) -> None:
        self.addresses = _addresses(array, positions)
        self.addresses.sort()
        self.itemsize = array.itemsize

    def count(self) -> int:
        """How many elements they are, each counted once."""
        return np.unique(self.addresses).size

    def outline(self, base: np.ndarray) -> tuple[Box, tuple[tuple[int, ...], ...]]:
        """The smallest box of `base` around them, and the indices of the first few."""
        points = np.unique(np.stack(self.points(base)), axis=1)
        bounds = [(int(low), int(high) + 1, 1) for low, high in zip(points.min(1), points.max(1))]
        return tuple(bounds), tuple([tuple(map(int, point)) for point in points.T[:FIRST]])

    def meets(self, array: np.ndarray) -> bool:
        """Whether any of the elements shares memory with one of `array`; in time of the smaller of the two."""
        order = _by_stride(array)
        if array.size <= self.addresses.size or not _nests(array, order):
            addresses = _addresses(array, tuple(np.indices(array.shape, sparse=True)))
            # The last of the elements that starts before the end of the array's: any other ends before that one.
            before = self.addresses.searchsorted(addresses + array.itemsize) - 1
            return bool(np.any((before >= 0) & (self.addresses[before] + self.itemsize > addresses)))
        steps = np.arange(0, self.itemsize, array.itemsize)
        digits, rest = _digits((self.addresses[:, None] + steps).ravel() - address(array), array, order)
        inside = rest < array.itemsize
        for d in order:
            inside &= (digits[d] >= 0) & (digits[d] < array.shape[d])
        return bool(inside.any())

    def points(self, base: np.ndarray) -> list[np.ndarray]:
        """The indices of the elements of `base` in which they lie."""
        steps = np.arange(0, self.itemsize, base.itemsize)
        offsets = (self.addresses[:, None] + steps).ravel() - address(base)
        return [digit + np.zeros_like(offsets) for digit in _digits(offsets, base, _by_stride(base))[0]]


def _addresses(array: np.ndarray, positions: tuple[np.ndarray, ...]) -> np.ndarray:
    """The memory addresses of `array[positions]`, one index array (non-negative) for each dimension."""
    addresses: Any = np.int64(address(array))
    for index, stride in zip(positions, array.strides):
        addresses = addresses + index * stride
    return np.atleast_1d(addresses).ravel()


def _nests(array: np.ndarray, order: list[int]) -> bool:
    """Whether the strides nest: then an address has but one set of digits."""
    extent = array.itemsize
    for d in reversed(order):
        if array.strides[d] < extent:
            return False
        extent += (array.shape[d] - 1) * array.strides[d]
    return True


Cells = Callable[[tuple, dict], Iterable[tuple[int, ...]]]
Bounds = list[tuple[int, int]]  # for each dimension, where the first of some boxes starts and the last stops


def _widen(bounds: Bounds, box: Box) -> None:
    """Makes the bounds of some boxes those of one more."""
    if not bounds:
        bounds.extend([(start, stop) for start, stop, _ in box])
        return
    for d, (start, stop, _) in enumerate(box):
        low, high = bounds[d]
        if start < low or stop > high:
            bounds[d] = (start if start < low else low, stop if stop > high else high)


def _reach(bounds: Bounds, box: Box) -> bool:
    """Whether a box meets the bounds."""
    for (start, stop, _), (low, high) in zip(box, bounds):  # noqa: SIM110  A generator takes twice as long.
        if start >= high or stop <= low:
            return False
    return True


class RegionIndex:
    """Weakly held objects, each filed under the box it occupies, from which those that a write meets are taken.

    A box has a *level*: for each dimension its step and the rounded-up logarithm of its number of steps. Each level
    has a grid of its own, whose cells are blocks of that many steps, one for each remainder by the step; a box is
    filed under the cell in which it starts. So a search looks, level by level, only at the cells it can reach into.

    Nothing is filed before it is searched for. A loop writes ahead of what it reads: in rows beyond those from `start` to
    `stop`, where all that was saved lies, so that not even its boxes are asked for; or, once they were, beyond the `bounds`
    of all boxes. And
    a level is searched only within the bounds of its own boxes (`within`): elimination saves rows above what it writes next,
    and columns to the left of it.
    """

    __slots__ = ("levels", "within", "newest", "unfiled", "bounds", "start", "stop", "count", "limit")

    def __init__(self, limit: int) -> None:
        self.levels: dict[tuple, dict[tuple[int, ...], dict[tuple[Box, bool], list[ref]]]] = {}
        self.within: dict[tuple, Bounds] = {}
        self.newest: list[ref] = []  # those of which no box is known yet
        self.unfiled: list[tuple[Box, bool, ref]] = []
        self.bounds: Bounds = []
        self.start = self.stop = self.count = 0
        self.limit = limit  # at so many objects, the dead ones are to be dropped

    def insert(self, rows: tuple[int, int], item: ref) -> None:
        """Takes in `item`, which lies between these rows."""
        start, stop = rows
        if not self.count:
            self.start, self.stop, self.bounds = start, stop, []
        else:
            if start < self.start:
                self.start = start
            if stop > self.stop:
                self.stop = stop
        self.newest.append(item)
        self.count += 1

    def take_newest(self) -> list[ref]:
        """Gives back the objects of which no box is known yet."""
        newest, self.newest = self.newest, []
        self.count -= len(newest)
        return newest

    def bound(self, box: Box, exact: bool, item: ref) -> None:
        """Takes in `item`, which occupies `box`: just that region (`exact`) or part of it."""
        _widen(self.bounds, box)
        self.unfiled.append((box, exact, item))
        self.count += 1

    def _file(self, box: Box, exact: bool, item: ref) -> None:
        levels, blocks = [], []
        for start, stop, step in box:
            bits = (stop - 1 - start if step == 1 else (stop - 1 - start) // step).bit_length()
            levels.append((step, bits))
            blocks.append(start >> bits if step == 1 else _block(start, step, bits))
        level, cell = tuple(levels), tuple(blocks)
        grid = self.levels.get(level)
        if grid is None:
            grid, self.within[level] = self.levels.setdefault(level, {}), []
        _widen(self.within[level], box)
        grid.setdefault(cell, {}).setdefault((box, exact), []).append(item)

    def reaches(self, box: Box) -> bool:
        """Whether something may be met within `box`."""
        return _reach(self.bounds, box)

    def take(self, cells: Cells, box: Box, meets: Callable[[Any, bool], bool]) -> list:
        """Removes and returns the objects whose box meets `box` and of which `meets(object, exact)` is true.

        `cells(level, grid)` gives the occupied cells of a grid to look at. Objects that have died go, too.
        """
        for entry in self.unfiled:
            self._file(*entry)
        self.unfiled.clear()
        taken: list = []
        for level, grid in list(self.levels.items()):
            if not _reach(self.within[level], box):
                continue
            for cell in cells(level, grid):
                bucket = grid[cell]
                for filed in [filed for filed in bucket if boxes_meet(filed[0], box)]:
                    kept = _part(bucket[filed], filed[1], meets, taken)
                    self.count -= len(bucket[filed]) - len(kept)
                    if kept:
                        bucket[filed] = kept
                    else:
                        del bucket[filed]
                if not bucket:
                    del grid[cell]
            if not grid:
                del self.levels[level], self.within[level]
        return taken

    def prune(self) -> None:
        """Drops the objects that have died."""
        for level, grid in list(self.levels.items()):
            for cell, bucket in list(grid.items()):
                for filed, items in list(bucket.items()):
                    bucket[filed] = [item for item in items if item() is not None]
                    if not bucket[filed]:
                        del bucket[filed]
                if not bucket:
                    del grid[cell]
            if not grid:
                del self.levels[level], self.within[level]
        self.newest = [item for item in self.newest if item() is not None]
        self.unfiled = [entry for entry in self.unfiled if entry[2]() is not None]
        self.count = sum(1 for _ in self)

    def __iter__(self) -> Iterator[ref]:
        filed = [items for grid in self.levels.values() for bucket in grid.values() for items in bucket.values()]
        for items in (self.newest, [item for _, _, item in self.unfiled], *filed):
            for item in items:
                if item() is not None:
                    yield item


def _part(items: list[ref], exact: bool, meets: Callable[[Any, bool], bool], taken: list) -> list[ref]:
    """Moves the objects that `meets` to `taken`, and returns the others that live."""
    kept = []
    for item in items:
        found = item()
        if found is None:
            continue
        if meets(found, exact):
            taken.append(found)
        elif exact:
            return items  # All occupy the very same elements.
        else:
            kept.append(item)
    return kept


def _block(position: Any, step: int, bits: int) -> Any:
    """The number, along one dimension, of the grid cell in which a position lies."""
    return position >> bits if step == 1 else (position // step >> bits) * step + position % step


def cells_of_box(box: Box) -> Cells:
    """For `RegionIndex.take`: the cells from which something could reach into `box`."""

    corner = tuple([start for start, _, _ in box])
    single = all(stop - start == 1 for start, stop, _ in box)

    def cells(level: tuple, grid: dict) -> list[tuple[int, ...]]:
        if single and level == ((1, 0),) * len(box):
            return [corner] if corner in grid else []
        # Positions farther apart than a block are looked at one by one, others as a range of blocks.
        spans: list[Iterable[int]] = []
        number = 1
        for (start, stop, by), (step, bits) in zip(box, level):
            back = ((1 << bits) - 1) * step
            if step == 1 and by <= 1 << bits:
                span = range((start - back if start > back else 0) >> bits, (stop - 1 >> bits) + 1)
                number *= len(span)
            else:
                span = _blocks_behind(range(start, stop, by), step, bits, back)
                number *= 2 * ((stop - 1 - start) // by + 1)
            spans.append(span)
        if number > len(grid):
            return list(grid)
        return [cell for cell in product(*spans) if cell in grid]

    return cells


def _blocks_behind(positions: range, step: int, bits: int, back: int) -> Iterator[int]:
    """The blocks along one dimension from which something could reach one of the positions, each once."""
    found = {_block(position, step, bits) for position in positions}
    yield from found | {_block(max(position - back, position % step), step, bits) for position in positions}


def cells_of_points(points: list[np.ndarray]) -> Cells:
    """For `RegionIndex.take`: the cells from which something could reach points, given by their indices."""

    def cells(level: tuple, grid: dict) -> list[tuple[int, ...]]:
        reaches = []
        for index, (step, bits) in zip(points, level):
            blocks = [_block(index, step, bits)]
            if bits:
                blocks.append(_block(np.maximum(index - ((1 << bits) - 1) * step, index % step), step, bits))
            reaches.append(blocks)
        shape = [int(blocks[0].max()) + 1 for blocks in reaches]
        found = np.unique([np.ravel_multi_index(choice, shape) for choice in product(*reaches)])
        if found.size <= len(grid):
            return [cell for cell in zip(*[c.tolist() for c in np.unravel_index(found, shape)]) if cell in grid]
        near = [cell for cell in grid if all(c < size for c, size in zip(cell, shape))]
        numbers = np.ravel_multi_index(np.array(near, np.int64).reshape(-1, len(shape)).T, shape)
        return [near[i] for i in np.isin(numbers, found).nonzero()[0]]

    return cells if points else lambda level, grid: list(grid)
