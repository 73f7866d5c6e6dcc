"""`scatter` and its kin: elements written at an index along one dimension, elsewhere where the index itself stands.

The index becomes a settled key (`keys.py`), and the write there is `write_at` (`indexing.py`): in time proportional to
the elements named, forward and backward. Of several values written to one element the last remains, and it alone has a
gradient. `putting.py` has the other writes by index. What is not in place is a clone and the form in place.
Follows https://docs.pytorch.org/docs/stable/generated/torch.Tensor.scatter_.html
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from operator import index as as_int
from typing import Any

import numpy as np

from mutagrad.declaration import composite
from mutagrad.ops.gathering import along, check_tensor, is_index
from mutagrad.ops.indexing import part, write_at, writing
from mutagrad.ops.keys import Key
from mutagrad.ops.numbers import NUMBERS
from mutagrad.ops.out import into
from mutagrad.ops.rows import write_rows
from mutagrad.ops.scatter_reduction import reduce_into
from mutagrad.tensor import Tensor, wrap, wrap_dim

__all__ = ["scatter", "scatter_add", "scatter_reduce"]

ndarray = np.ndarray


def out_of_place(in_place: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The function and method that do to a clone what `in_place` does to the tensor itself."""
    name = in_place.__name__[:-1]

    def function(input: Tensor, *args: Any, out: Tensor | None = None, **kwargs: Any) -> Tensor:
        check_tensor(name, "input", 1, input)
        return into(out, in_place(input.clone(), *args, **kwargs), name)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Out-of-place form of `{in_place.__name__}`."
    parameters = list(inspect.signature(in_place).parameters.values())
    function.__signature__ = inspect.Signature([parameters[0].replace(name="input"), *parameters[1:]])
    return composite()(function)


# Single elements along one dimension --------------------------------------------------------------------------------

scattering = writing("scatter")
scattering_of_number = writing("scatter", "ScatterBackward1")
scatter_addition = writing("scatter_add")


@composite()
def scatter_(
    self: Tensor, dim: int, index: Tensor, src: Any = None, *, value: Any = None, reduce: str | None = None
) -> Tensor:
    """Writes the elements of `src`, or one number, at `index` along `dim`, elsewhere where the index itself stands.

    `reduce` ("add", "multiply") combines them with what is there instead.  Raises RuntimeError for an index that is
    negative or out of bounds or does not fit `self` and `src`, and for two dtypes.

    >>> import mutagrad
    >>> mutagrad.zeros(2, 3).scatter_(1, mutagrad.tensor([[2], [0]]), 5)
    tensor([[0., 0., 5.],
            [5., 0., 0.]])
    """
    if src is not None and value is not None:
        raise TypeError("scatter_() received an invalid combination of arguments: both src and value")
    source = value if src is None else src
    if isinstance(source, Tensor) and src is None:
        source = source.item()
    if reduce not in (None, "add", "multiply"):
        raise RuntimeError("reduce argument must be either add or multiply.")
    if reduce is None and self._array.ndim == 1 and write_rows(self, dim, index, source, "scatter_", scattering):
        return self
    target, key, source = scatter_key(self, dim, index, source)
    if reduce == "multiply":
        values = source if isinstance(source, Tensor) else wrap(np.full(index._array.shape, source, self._array.dtype))
        reduce_into(target, key, values, "prod")
        return self
    operation = scattering if isinstance(source, Tensor) else scattering_of_number
    write_at(target, key, source, "scatter_", operation, accumulate=reduce == "add")
    return self


@composite()
def scatter_add_(self: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """Adds the elements of `src` at `index` along `dim`, elsewhere where the index itself stands.

    An element that is named several times receives all of its values. Errors are those of `scatter_`.

    >>> import mutagrad
    >>> mutagrad.zeros(3).scatter_add_(0, mutagrad.tensor([0, 2, 2]), mutagrad.tensor([1., 2., 3.]))
    tensor([1., 0., 5.])
    """
    check_tensor("scatter_add_", "src", 3, src)
    if self._array.ndim == 1 and write_rows(self, dim, index, src, "scatter_add_", scatter_addition, accumulate=True):
        return self
    target, key, src = scatter_key(self, dim, index, src)
    write_at(target, key, src, "scatter_add_", scatter_addition, accumulate=True)
    return self


@composite()
def scatter_reduce_(
    self: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """Combines the elements at `index` along `dim` with those of `src`, by a "sum", "prod", "mean", "amax" or "amin".

    With `include_self=False` the old values of the elements named take no part. Errors are those of `scatter_`.

    >>> import mutagrad
    >>> x = mutagrad.tensor([1., 2.])
    >>> x.scatter_reduce_(0, mutagrad.tensor([0, 0]), mutagrad.tensor([3., 5.]), "mean")
    tensor([3., 2.])
    """
    check_tensor("scatter_reduce_", "src", 3, src)
    target, key, src = scatter_key(self, dim, index, src)
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    reduce_into(target, key, src, reduce, include_self)
    return self


def scatter_key(self: Tensor, dim: int, index: Tensor, src: Any) -> tuple[Tensor, Key, Any]:
    """The target, the key and the values of a scatter, checked; the values are the part of `src` that is read."""
    dim = wrap_dim(as_int(dim), self.ndim)
    check_tensor("scatter_", "index", 2, index)
    where = index._array
    target = self if self.ndim else part(self, (None,))
    if not is_index(where) and where.size:
        raise RuntimeError("scatter(): Expected dtype int32/int64 for index")
    if isinstance(src, Tensor):
        if src.dtype is not self.dtype:
            raise RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype")
    elif not isinstance(src, NUMBERS):
        raise TypeError(f"scatter_(): argument 'src' (position 3) must be Tensor, not {type(src).__name__}")
    if where.size == 0:
        nothing = np.zeros(0, np.int64)
        return target, (nothing,) * target.ndim, src.reshape(-1)[:0] if isinstance(src, Tensor) else src
    _check_scatter(self, dim, where, src)
    if isinstance(src, Tensor) and src._array.shape != where.shape:
        # A tensor without dimensions counts as one with a single element.
        src = src[None] if not src.ndim else src[tuple(slice(n) for n in where.shape)] if where.ndim else src[0]
    return target, along(target, dim, where), src


def _check_scatter(self: Tensor, dim: int, index: ndarray, src: Any) -> None:
    for name, tensor in (("self", self), ("src", src)):
        if isinstance(tensor, Tensor) and max(index.ndim, 1) != max(tensor.ndim, 1):
            raise RuntimeError(f"Index tensor must have the same number of dimensions as {name} tensor")
    too_large = any(d != dim and n > m for d, (n, m) in enumerate(zip(index.shape, self._array.shape)))
    sizes = list(index.shape), list(self.shape)
    message = "Expected index {} to be no larger than self {} apart from dimension {}".format(*sizes, dim)
    if not isinstance(src, Tensor):
        if too_large:
            raise RuntimeError(message)
        return
    if too_large or any(n > m for n, m in zip(index.shape or (1,), src._array.shape or (1,))):
        raise RuntimeError(f"{message} and to be no larger size than src {list(src.shape)}")


scatter = out_of_place(scatter_)
scatter_add = out_of_place(scatter_add_)
scatter_reduce = out_of_place(scatter_reduce_)
