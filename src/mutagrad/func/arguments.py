"""What the transforms of functions ask of their arguments, in PyTorch's words: which are differentiated, and of what
they must be made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mutagrad.tensor import Tensor
from mutagrad.tree import flatten

Argnums = int | tuple[int, ...]


def chosen(args: tuple[Any, ...], argnums: Argnums) -> tuple[Any, ...]:
    """The arguments at the positions `argnums`. Raises RuntimeError for positions that are not there, or named twice."""
    if not isinstance(argnums, (int, tuple)):
        raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
    places = [_place(each, len(args)) for each in (argnums if isinstance(argnums, tuple) else (argnums,))]
    if not places:
        raise RuntimeError("argnums must be non-empty")
    if len(set(places)) != len(places):
        raise RuntimeError(f"argnums elements must be unique, got {tuple(places)}")
    return tuple([args[place] for place in places])


def replaced(args: tuple[Any, ...], argnums: Argnums, new: Sequence[Any]) -> tuple[Any, ...]:
    """The arguments with those at the positions `argnums` replaced."""
    made = list(args)
    for place, value in zip(argnums if isinstance(argnums, tuple) else (argnums,), new):
        made[place] = value
    return tuple(made)


def _place(argnum: Any, count: int) -> int:
    if not isinstance(argnum, int):
        raise RuntimeError(f"argnum must be int, got: {type(argnum)}")
    if not -count <= argnum < count:
        raise RuntimeError(f"Got argnum={argnum}, but only {count} positional inputs")
    return argnum % count


def check_all_tensors(leaves: Sequence[Any], call: str, name: str) -> None:
    """Raises RuntimeError unless there are leaves, and all are tensors."""
    if not leaves:
        raise RuntimeError(f"{call}: Expected {name} to contain at least one Tensor.")
    for leaf in leaves:
        if not isinstance(leaf, Tensor):
            raise RuntimeError(f"{call}: Expected {name} to only contain Tensors, got {type(leaf)}")


def check_outputs(outputs: Sequence[Any], call: str) -> None:
    """Raises RuntimeError unless a function has given something, and tensors only."""
    if not outputs or (len(outputs) == 1 and outputs[0] is None):
        raise RuntimeError(
            f"{call}: Expected f to be a function that has non-empty output (got output = {list(outputs)})"
        )
    for output in outputs:
        if not isinstance(output, Tensor):
            raise RuntimeError(
                f"{call}: expected f(*primals) to return only tensors, got unsupported type {type(output)}"
            )


def with_aux(result: Any, call: str) -> tuple[Any, Any]:
    """What a function gave, and beside it. Raises RuntimeError unless it gave a pair."""
    if not (isinstance(result, tuple) and len(result) == 2):
        raise RuntimeError(f"{call}: output of function f should be a tuple: (output, aux) if has_aux is True")
    return result


def check_real(name: str, tree: Any, kind: str) -> None:
    """Raises RuntimeError where there is a complex tensor among the "inputs" or "outputs"."""
    for i, leaf in enumerate(flatten(tree)[0]):
        if isinstance(leaf, Tensor) and leaf.is_complex():
            raise RuntimeError(
                f"{name}: Expected all {kind} to be real but received complex tensor at flattened input idx: {i}"
            )
