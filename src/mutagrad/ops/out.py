"""`out=` for functions that are written in terms of other operations and so have no declaration to give it to them.

All is checked before anything is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mutagrad.dtypes import check_target
from mutagrad.modes import modes
from mutagrad.return_types import named
from mutagrad.tensor import Tensor


def into(out: Tensor | None, result: Tensor, name: str, casts: bool = False) -> Tensor:
    """The result; or `out`, resized where it has another shape, with the result in it.

    Raises RuntimeError, in the name of the function `name`, when either requires grad, or `out` has another dtype, unless
    the function `casts` its result to that of `out`; TypeError when `out` is no tensor.
    """
    if out is None:
        return result
    _check(out, result, name, casts)
    return _written(out, result)


def several_into(outs: Sequence[Tensor], results: Sequence[Tensor], name: str, casts: bool = False) -> list[Tensor]:
    """The tensors `outs` with the results in them; see `into`."""
    for out, result in zip(outs, results):
        _check(out, result, name, casts)
    return [_written(out, result) for out, result in zip(outs, results)]


def results_into(out: Any, name: str, fields: str, results: tuple, casts: bool = False) -> Any:
    """Several results under their names, or in the tensors given for them."""
    kind = named(name, *fields.split())
    return kind(*(results if out is None else several_into(out, results, name, casts)))


def _check(out: Tensor, result: Tensor, name: str, casts: bool) -> None:
    if not isinstance(out, Tensor):
        raise TypeError(f"{name}(): argument 'out' must be Tensor, not {type(out).__name__}")
    if modes.grad and (result.requires_grad or out.requires_grad):
        raise RuntimeError(
            f"{name}(): functions with out=... arguments don't support automatic differentiation, but one of the "
            "arguments requires grad."
        )
    check_target(result._array.dtype, out._array.dtype, casts)


def _written(out: Tensor, result: Tensor) -> Tensor:
    if out.shape != result.shape:
        out.resize_(result.shape)
    return out.copy_(result)
