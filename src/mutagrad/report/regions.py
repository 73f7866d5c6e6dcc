"""Words for the elements of a tensor that a write went over.

A region is given as one (start, stop, step) per dimension of the base tensor, or, where no box describes it, by the
number of its elements. `describe_region` puts it the way a user would: a row, a column, a slice, everything.
"""

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple

__all__ = ["Box", "Region", "describe_region"]

Box = Sequence[tuple[int, int, int]]


class Region(NamedTuple):
    """Elements of a base tensor of shape `shape`: a box of (start, stop, step) per dimension, or just so many of them.

    Where they are no box, `outline` may have a box around them and the indices of the first few.

    >>> region = Region((8, 5), ((0, 8, 1), (2, 3, 1)))
    >>> region.text, region.count, region.is_whole
    ('column 2 of (8, 5)', 8, False)
    """

    shape: tuple[int, ...]
    box: tuple[tuple[int, int, int], ...] | None = None
    elements: int | None = None
    outline: tuple[Box, Sequence[tuple[int, ...]]] | None = None

    @classmethod
    def of_mask(cls, mask: Any) -> "Region":
        """The elements of a base tensor where `mask`, a boolean array of its shape, is true."""
        return cls(tuple(mask.shape), None, int(mask.sum()))

    @property
    def count(self) -> int | None:
        """How many elements the region has; None where only a caller who did not say would know."""
        return self.elements if self.box is None else prod(len(range(*bounds)) for bounds in self.box)

    @property
    def is_whole(self) -> bool:
        """Whether the region is every element of the base."""
        return self.count == prod(self.shape)

    @property
    def text(self) -> str:
        """The region in words, as `describe_region` puts it."""
        text = describe_region(self.shape, self.box, self.elements)
        if self.box is not None or self.outline is None or self.is_whole:
            return text
        around, first = self.outline
        if self.elements == len(first):
            return f"{text} ({_listed(first)})"
        within = [_index(range(*bounds), size) for bounds, size in zip(around, self.shape)]
        return text if set(within) <= {":"} else f"{text} (within [{', '.join(within)}])"


def describe_region(shape: Sequence[int], box: Box | None, count: int | None = None) -> str:
    """The elements of a base tensor in words: `box` in a tensor of shape `shape`, or `count` scattered elements.

    `box` has one (start, stop, step) per dimension, steps of either sign, and lies inside `shape`.

    >>> describe_region((4,), [(0, 2, 1)])
    'elements [0:2] of 4'
    >>> describe_region((8, 5), [(3, 4, 1), (0, 5, 1)])
    'row 3 of (8, 5)'
    >>> describe_region((8, 5), [(0, 2, 1), (1, 4, 1)])
    'elements [0:2, 1:4] of (8, 5)'
    >>> describe_region((8, 5), None, 7)
    '7 of the 40 elements of (8, 5)'
    """
    if box is None:
        return _describe_count(shape, count)
    ranges = [_ascending(bounds) for bounds in box]
    selected = prod(map(len, ranges))
    if selected == 0:
        return f"no element of {_size(shape)}"
    if selected == prod(shape):
        return _describe_whole(shape)
    line = _describe_line(shape, ranges)
    if line is not None:
        return f"{line} of {_size(shape)}"
    noun = "element" if selected == 1 else "elements"
    return f"{noun} [{', '.join(map(_index, ranges, shape))}] of {_size(shape)}"


def _describe_count(shape: Sequence[int], count: int | None) -> str:
    total = prod(shape)
    if count is None:
        return f"some elements of {_size(shape)}"
    if count == total:
        return _describe_whole(shape)
    return f"{count} of {total} elements" if len(shape) == 1 else f"{count} of the {total} elements of {_size(shape)}"


def _describe_whole(shape: Sequence[int]) -> str:
    total = prod(shape)
    if total == 1:
        return "its only element"
    return f"all {total} elements" + (f" of {_size(shape)}" if len(shape) > 1 else "")


def _listed(indices: Sequence[tuple[int, ...]]) -> str:
    """A few elements by their indices."""
    named = [f"[{', '.join(map(str, index))}]" for index in indices]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def _describe_line(shape: Sequence[int], ranges: Sequence[range]) -> str | None:
    """Rows or columns of a matrix; None for any other region."""
    if len(shape) != 2:
        return None
    for noun, along, across in (("row", 0, 1), ("column", 1, 0)):
        if len(ranges[across]) == shape[across]:
            several = "s" if len(ranges[along]) > 1 else ""
            index = _index(ranges[along], shape[along])
            return f"{noun}s [{index}]" if several else f"{noun} {index}"
    return None


def _ascending(bounds: tuple[int, int, int]) -> range:
    """The same indices from the lowest to the highest: the order of a write is nothing to tell."""
    indices = range(*map(int, bounds))
    return indices if indices.step > 0 else indices[::-1]


def _index(indices: range, size: int) -> str:
    """One dimension of an index, as short as it can be written."""
    if len(indices) == size:
        return ":" if size != 1 else "0"
    if len(indices) == 1:
        return str(indices.start)
    # Of the stops that mean the same, the one a user would write: the end of the dimension, or just after the last.
    stop = size if indices[-1] + indices.step >= size else indices[-1] + 1
    return f"{indices.start}:{stop}" + (f":{indices.step}" if indices.step != 1 else "")


def _size(shape: Sequence[int]) -> str:
    """What the region is a part of: a number of elements, or a shape."""
    return str(shape[0]) if len(shape) == 1 else str(tuple(map(int, shape)))
