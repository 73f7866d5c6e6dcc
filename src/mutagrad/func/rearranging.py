"""`rearrange`: dimensions of a tensor put in another order, joined and split, as a pattern of names says.

    "batch (height h) width -> (batch height) h width"

Each side of the arrow lists dimensions, those in brackets joined as one; `...` stands for all that are not named.
Follows https://docs.pytorch.org/docs/stable/generated/torch.func.rearrange.html and the notation of A. Rogozhnikov,
"Einops: Clear and reliable tensor manipulations with Einstein-like notation" (2022).
"""

from __future__ import annotations

import keyword
import math
import re
import warnings
from collections.abc import Sequence
from typing import Any

from mutagrad.ops.joining import stack
from mutagrad.tensor import Tensor

ELLIPSIS = "..."
Group = list[str]  # the names joined in one dimension; the ellipsis is a group of its own, or is in one


class DimensionBindError(Exception):
    """Raised where sizes do not fit a pattern."""


def rearrange(tensor: Tensor | Sequence[Tensor], pattern: str, **axes_lengths: int) -> Tensor:
    """The tensor (or the stack of a list of tensors) in the dimensions that the right side of a pattern names.

    `axes_lengths` are the sizes of dimensions that the left side joins, of which one may be left open in each.
    Raises ValueError for a pattern that makes no sense or does not fit the tensor.

    >>> import mutagrad
    >>> mutagrad.func.rearrange(mutagrad.arange(6), "(rows columns) -> columns rows", rows=2)
    tensor([[0, 3],
            [1, 4],
            [2, 5]])
    """
    x: Any = tensor if isinstance(tensor, Tensor) else stack(tensor)
    sides = pattern.split("->")
    if len(sides) != 2:
        raise ValueError("Pattern must contain a single '->' separator")
    left, right = [_parsed(side) for side in sides]
    _check_sides(pattern, left, right)
    for length in axes_lengths.values():
        if not isinstance(length, int):
            raise TypeError(f"rearrange axis lengths must be integers, got: {type(length)}")
    unknown = axes_lengths.keys() - set(_names(left))
    if unknown:
        raise ValueError(f"Identifiers not found in rearrange expression: {unknown}")
    sizes = _bound(left, x.shape, axes_lengths)
    names = [name for name in _names(left) if name != "1"]
    order = [name for name in _names(right) if name != "1"]
    apart = x.reshape([n for name in names for n in sizes[name]])
    places: dict[str, list[int]] = {}
    for name in names:
        start = sum(map(len, places.values()))
        places[name] = list(range(start, start + len(sizes[name])))
    turned = apart.permute([place for name in order for place in places[name]])
    return turned.reshape([n for group in right for n in _together(group, sizes)])


def _together(group: Group, sizes: dict[str, tuple[int, ...]]) -> tuple[int, ...]:
    """The dimensions of the result that a group stands for."""
    if group == [ELLIPSIS, ""]:
        return sizes[ELLIPSIS]
    return (math.prod([n for name in group for n in sizes.get(name, ())]),)


def _names(side: list[Group]) -> list[str]:
    return [name for group in side for name in group if name]


def _bound(left: list[Group], shape: Sequence[int], given: dict[str, int]) -> dict[str, tuple[int, ...]]:
    """The sizes of what each name stands for. Raises where the tensor's do not fit."""
    count, least = len(shape), sum(ELLIPSIS not in group for group in left)
    if least == len(left) and least != count:
        raise ValueError(
            f"Number of dimensions in pattern ({least}) must be equal to the number of dimensions in the tensor ({count})"
        )
    if least > count:
        raise ValueError(
            f"Number of dimensions in pattern ({least}) must be less than or equal to the number of dimensions in the "
            f"tensor ({count})"
        )
    sizes: dict[str, tuple[int, ...]] = {}
    remaining = list(shape)
    for group in left:
        if ELLIPSIS in group:
            sizes[ELLIPSIS] = tuple(remaining[: count - least])
            del remaining[: count - least]
            continue
        size = remaining.pop(0)
        names = [name for name in group if name != "1"]
        known = math.prod([given[name] for name in names if name in given])
        free = [name for name in names if name not in given]
        shown = ", ".join(names)
        if len(free) > 1:
            raise DimensionBindError(f"cannot infer the sizes of two dimensions at once {free[0]} and {free[1]}")
        if free and (known == 0 or size % known):
            raise DimensionBindError(
                f"inferred dimension does not evenly fit into larger dimension: {size} vs ({shown})"
            )
        if not free and known != size:
            raise DimensionBindError(
                f"Dimension sizes to do not match ({size} != {known}) when matching dimension pack ({shown})"
            )
        sizes.update({name: (given.get(name, size // max(known, 1)),) for name in names})
    return sizes


# The pattern --------------------------------------------------------------------------------------------------------


def _parsed(side: str) -> list[Group]:
    """The groups of one side. Raises ValueError for what is no list of names."""
    if "." in side:
        if ELLIPSIS not in side:
            raise ValueError("Expression may contain dots only inside ellipsis (...)")
        if side.count(ELLIPSIS) != 1 or side.count(".") != 3:
            raise ValueError("Expression may contain dots only inside ellipsis (...); only one ellipsis for tensor ")
    groups: list[Group] = []
    inner: Group | None = None
    seen: set[str] = set()
    for token in re.findall(r"\.\.\.|\w+|[^\s]", side):
        if token == "(":
            if inner is not None:
                raise ValueError("Axis composition is one-level (brackets inside brackets not allowed)")
            inner = []
        elif token == ")":
            if inner is None:
                raise ValueError("Brackets are not balanced")
            groups.append(inner)
            inner = None
        else:
            name = _checked(token)
            if name != "1" and name in seen:
                raise ValueError(f"Indexing expression contains duplicate dimension '{name}'")
            seen.add(name)
            if inner is not None:
                inner.append(name)
            else:
                groups.append([ELLIPSIS, ""] if name == ELLIPSIS else [name])
    if inner is not None:
        raise ValueError(f"Imbalanced parentheses in expression: '{side}'")
    return groups


def _checked(token: str) -> str:
    """A name, "1" or the ellipsis. Raises ValueError for anything else."""
    if token == ELLIPSIS:
        return token
    if not re.fullmatch(r"\w+", token):
        raise ValueError(f"Unknown character '{token}'")
    if token.isdecimal():
        if int(token) == 0:
            raise ValueError("Anonymous axis should have positive length, not 0")
        if int(token) != 1:
            raise ValueError("rearrange only supports unnamed axes of size 1")
        return "1"
    if not token.isidentifier():
        raise ValueError(f"Invalid axis identifier: {token}\nnot a valid python identifier")
    if token[0] == "_" or token[-1] == "_":
        raise ValueError(f"Invalid axis identifier: {token}\naxis name should should not start or end with underscore")
    if keyword.iskeyword(token):
        warnings.warn(
            f"It is discouraged to use axes names that are keywords: {token}", category=RuntimeWarning, stacklevel=4
        )
    return token


def _check_sides(pattern: str, left: list[Group], right: list[Group]) -> None:
    """Raises ValueError where the two sides do not name the same dimensions."""
    on_left, on_right = set(_names(left)), set(_names(right))
    if ELLIPSIS in on_right - on_left:
        raise ValueError(f"Ellipsis found in right side, but not left side of a pattern {pattern}")
    if any(ELLIPSIS in group and group != [ELLIPSIS, ""] for group in left):
        raise ValueError(f"Ellipsis is parenthesis in the left side is not allowed: {pattern}")
    alone = (on_left ^ on_right) - {"1"}
    if alone:
        raise ValueError(f"Identifiers only on one side of rearrange expression (should be on both): {alone}")
