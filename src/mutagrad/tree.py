"""Trees of values: nested tuples, lists and dictionaries, taken apart into their leaves and put together again.

Tuples, named tuples, lists, deques and dictionaries are branches; everything else, None too, is a leaf.

>>> leaves, spec = flatten({"a": 1, "b": [2, (3,)]})
>>> leaves
[1, 2, 3]
>>> unflatten([10, 20, 30], spec)
{'a': 10, 'b': [20, (30,)]}
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Spec:
    """The structure of a tree: the kind of its root (None: a leaf), what to make it again with, and its branches."""

    kind: type | None
    context: Any
    branches: tuple[Spec, ...]

    def __repr__(self) -> str:
        if self.kind is None:
            return "*"
        inner = ",\n".join(map(repr, self.branches)).replace("\n", "\n  ")
        return f"TreeSpec({self.kind.__name__}, {self.context}, [{inner}])"


LEAF = Spec(None, None, ())


def flatten(tree: Any) -> tuple[list[Any], Spec]:
    """The leaves of a tree in order, and its structure."""
    leaves: list[Any] = []
    return leaves, _structure(tree, leaves)


def _structure(tree: Any, leaves: list[Any]) -> Spec:
    """The structure of a tree, whose leaves are appended to `leaves`."""
    kind = type(tree)
    if kind in (dict, OrderedDict, defaultdict):
        context: Any = (kind is defaultdict and tree.default_factory, list(tree))
        if kind is not defaultdict:
            context = list(tree)
        return Spec(kind, context, tuple([_structure(each, leaves) for each in tree.values()]))
    if kind in (list, tuple, deque) or is_named_tuple(tree):
        context = tree.maxlen if kind is deque else None
        return Spec(kind, context, tuple([_structure(each, leaves) for each in tree]))
    leaves.append(tree)
    return LEAF


def is_named_tuple(value: Any) -> bool:
    """Whether a value is a tuple with names for its fields."""
    return isinstance(value, tuple) and hasattr(value, "_fields")


def unflatten(leaves: Sequence[Any], spec: Spec) -> Any:
    """The tree of this structure with these leaves."""
    return _grow(iter(leaves), spec)


def _grow(leaves: Iterator[Any], spec: Spec) -> Any:
    kind = spec.kind
    if kind is None:
        return next(leaves)
    branches = [_grow(leaves, each) for each in spec.branches]
    if kind is defaultdict:
        factory, keys = spec.context
        return defaultdict(factory, zip(keys, branches))
    if issubclass(kind, dict):
        return kind(zip(spec.context, branches))
    if kind is deque:
        return deque(branches, spec.context)
    return kind(*branches) if hasattr(kind, "_fields") else kind(branches)


def tree_map(function: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """The tree of what `function` gives for each leaf, and for those at its place in trees of the same structure."""
    leaves, spec = flatten(tree)
    return unflatten([function(*each) for each in zip(leaves, *[flatten(other)[0] for other in others])], spec)
