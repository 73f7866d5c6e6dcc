"""`vmap`: a function of one sample, called once for all samples.

The samples of an argument are hidden in a view (`ops/levels.py`), the function runs on that as it would on one of
them, and the results are shown again. So gradients flow through as through any view, and what is written in place is
written for every sample.
Follows https://docs.pytorch.org/docs/stable/generated/torch.func.vmap.html
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.batched import Level, levels_of, opened
from mutagrad.ops.joining import cat
from mutagrad.ops.levels import enter, leave
from mutagrad.tensor import Tensor, wrap_dim
from mutagrad.tree import Spec, flatten, unflatten

Dims = Any  # an integer, None, or a structure of them


def vmap(
    func: Callable[..., Any],
    in_dims: Dims = 0,
    out_dims: Dims = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """The function that maps `func` over a dimension of its arguments, in one call.

    `in_dims` says over which dimension of each argument (None: over none), `out_dims` where it stands in the results;
    both may be nested like what they are about. Random functions draw "different" samples or the "same" for all, or
    raise ("error"). With `chunk_size` there is a call for every so many samples. Within, memory made there may be
    written with what differs among samples; memory from outside may not, which raises RuntimeError, as does what
    depends on the data of one sample (`item()`, control flow, shapes).

    >>> import mutagrad
    >>> rows = mutagrad.tensor([[1., 2.], [3., 4.]])
    >>> mutagrad.vmap(mutagrad.dot)(rows, rows)
    tensor([ 5., 25.])
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}")
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")
    name = getattr(func, "__name__", repr(func))

    @functools.wraps(func)
    def mapped(*args: Any, **kwargs: Any) -> Any:
        leaves, structure, dims = _arguments(name, in_dims, args)
        size = _size([x.shape[d] for x, d in zip(leaves, dims) if d is not None])

        def of_samples(leaves: Sequence[Any], size: int) -> tuple[list[Tensor], Spec, list[int | None]]:
            with opened(size, randomness) as level:
                inner = [x if d is None else enter(x, d, level) for x, d in zip(leaves, dims)]
                result = func(*unflatten(inner, structure), **kwargs)
                outputs, form = flatten(result)
                places = _out_dims(name, out_dims, result, form)
                shown = [_shown(name, output, place, level) for output, place in zip(outputs, places)]
            return shown, form, places

        if chunk_size is None or chunk_size >= size:
            outputs, form, _ = of_samples(leaves, size)
            return unflatten(outputs, form)
        pieces = []
        for start in range(0, size, chunk_size):
            count = min(chunk_size, size - start)
            some = [x if d is None else x.narrow(d, start, count) for x, d in zip(leaves, dims)]
            chunk, form, places = of_samples(some, count)
            pieces.append(chunk)
        return unflatten([_joined(parts, place) for parts, place in zip(zip(*pieces), places)], form)

    return mapped


def _joined(parts: Sequence[Tensor], place: int | None) -> Tensor:
    """The results of all chunks in one; what is the same for all samples comes from the first."""
    return parts[0] if place is None else cat(list(parts), place)


# Arguments ----------------------------------------------------------------------------------------------------------


def _arguments(name: str, in_dims: Dims, args: tuple) -> tuple[list[Any], Spec, list[int | None]]:
    """The leaves of the arguments, their structure, and the dimension of each that is mapped, from the front."""
    call = f"vmap({name}, in_dims={in_dims}, ...)(<inputs>)"
    if not isinstance(in_dims, (int, tuple)):
        raise ValueError(
            f"{call}: expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, "
            f"got: {type(in_dims)}."
        )
    if not args:
        raise ValueError(
            f"vmap({name})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over a "
            "function with no inputs. The latter is unsupported."
        )
    leaves, structure = flatten(args)
    dims = spread(in_dims, structure)
    if dims is None:
        raise ValueError(
            f"{call}: in_dims is not compatible with the structure of `inputs`. in_dims has structure "
            f"{flatten(in_dims)[1]} but inputs has structure {structure}."
        )
    return leaves, structure, [_in_dim(call, x, d) for x, d in zip(leaves, dims)]


def _in_dim(call: str, x: Any, dim: Any) -> int | None:
    if dim is None:
        return None
    if not isinstance(dim, int):
        raise ValueError(
            f"{call}: Got in_dim={dim} for an input but in_dim must be either an integer dimension or None."
        )
    if not isinstance(x, Tensor):
        raise ValueError(
            f"{call}: Got in_dim={dim} for an input but the input is of type {type(x)}. We cannot vmap over non-Tensor "
            "arguments, please use None as the respective in_dim"
        )
    if not -x.ndim <= dim < x.ndim:
        raise ValueError(
            f"{call}: Got in_dim={dim} for some input, but that input is a Tensor of dimensionality {x.ndim} so "
            f"expected in_dim to satisfy -{x.ndim} <= in_dim < {x.ndim}."
        )
    return dim % x.ndim


def _size(sizes: list[int]) -> int:
    if not sizes:
        raise ValueError("vmap: Expected at least one Tensor to vmap over")
    if len(set(sizes)) > 1:
        raise ValueError(
            "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
            f"{sizes} for the mapped dimension"
        )
    return sizes[0]


def spread(dims: Dims, structure: Spec) -> list[Any] | None:
    """One of `dims` for each leaf of a structure, of which `dims` may be a prefix; None where it is none."""
    if dims is None or isinstance(dims, int) or not isinstance(dims, (tuple, list, dict)):
        return [dims] * _count(structure)
    top = flatten_once(dims)
    if structure.kind is None or top[0] is not structure.kind or len(top[1]) != len(structure.branches):
        return None
    found: list[Any] = []
    for each, branch in zip(top[1], structure.branches):
        inner = spread(each, branch)
        if inner is None:
            return None
        found.extend(inner)
    return found


def flatten_once(tree: Any) -> tuple[type, list[Any]]:
    """The kind of a container and what is directly in it."""
    return type(tree), list(tree.values() if isinstance(tree, dict) else tree)


def _count(structure: Spec) -> int:
    return 1 if structure.kind is None else sum(map(_count, structure.branches))


# Results ------------------------------------------------------------------------------------------------------------


def _out_dims(name: str, out_dims: Dims, result: Any, form: Spec) -> list[int | None]:
    """Where the mapped dimension stands in each of the results."""
    for dim in flatten(out_dims)[0]:
        if dim is not None and not isinstance(dim, int):
            raise ValueError(
                f"vmap({name}, ..., out_dims={out_dims}): `out_dims` must be an int, None or a python collection of "
                "ints representing where in the outputs the vmapped dimension should appear."
            )
    alone = isinstance(out_dims, tuple) and len(out_dims) == 1 and isinstance(result, Tensor)
    places = spread(out_dims[0] if alone else out_dims, form)
    if places is None:
        raise ValueError(
            f"vmap({name}, ..., out_dims={out_dims})(<inputs>): out_dims is not compatible with the structure of "
            f"`outputs`. out_dims has structure {flatten(out_dims)[1]} but outputs has structure {form}."
        )
    return places


def _shown(name: str, output: Any, place: int | None, level: Level) -> Any:
    if place is None:
        if isinstance(output, Tensor) and level in levels_of(output._array):
            raise ValueError(f"vmap({name}, ...): `{name}` can not return a BatchedTensor when out_dim is None")
        return output
    if not isinstance(output, Tensor):
        raise ValueError(
            f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(output)}. Did you mean to set "
            "out_dims= to None for output?"
        )
    return leave(output, wrap_dim(place, output.ndim + 1), level)
