"""Views that are copies: `permute_copy` and its kin give what the view of that name gives, in memory of their own."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from mutagrad.declaration import composite
from mutagrad.device import contiguous_format
from mutagrad.ops import conversion, parts, shaping, striding, views
from mutagrad.ops.dimensions import axis_of
from mutagrad.ops.out import into
from mutagrad.tensor import Tensor

__all__ = ["narrow_copy", "slice_copy"]


def _in_memory(view: Tensor, out: Tensor | None, name: str) -> Tensor:
    return into(out, conversion.clone(view, memory_format=contiguous_format), name)


def _copying(name: str, view: Callable) -> None:
    """Makes the function `name` of this module, which copies what `view` gives: a tensor, or several."""

    @wraps(view)
    def copied(*args: Any, out: Any = None, **kwargs: Any) -> Any:
        found = view(*args, **kwargs)
        if isinstance(found, Tensor):
            return _in_memory(found, out, name)
        outs: Sequence[Any] = [None] * len(found) if out is None else out
        made = [_in_memory(part, each, name) for part, each in zip(found, outs)]
        return tuple(made) if out is None else out

    copied.__name__ = copied.__qualname__ = name
    copied.__doc__ = f"A copy of what `{view.__name__}` gives."
    parameters = list(inspect.signature(view).parameters.values())
    if not parameters or parameters[-1].kind is not inspect.Parameter.VAR_KEYWORD:
        parameters.append(inspect.Parameter("out", inspect.Parameter.KEYWORD_ONLY, default=None))
    copied.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    globals()[name] = copied
    __all__.append(name)  # pyright: ignore[reportUnsupportedDunderAll]


@composite()
def narrow_copy(input: Tensor, dim: int, start: int, length: int, *, out: Tensor | None = None) -> Tensor:
    """A copy of what `narrow` gives."""
    return _in_memory(parts.narrow(input, dim, start, length), out, "narrow_copy")


@composite(method=False)
def slice_copy(
    input: Tensor,
    dim: int = 0,
    start: int | None = None,
    end: int | None = None,
    step: int = 1,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """A copy of a slice along `dim`."""
    key = (*(slice(None),) * axis_of(dim, input.ndim), slice(start, end, step))
    return _in_memory(input[key], out, "slice_copy")


def _alias(input: Tensor) -> Tensor:
    return shaping.view(input, input.shape)


_VIEWS: dict[str, Callable] = {
    "alias": _alias,
    "as_strided": striding.as_strided,
    "detach": _alias,
    "diagonal": striding.diagonal,
    "expand": shaping.expand,
    "permute": views.permute,
    "select": parts.select,
    "split": parts.split,
    "split_with_sizes": parts.split_with_sizes,
    "squeeze": shaping.squeeze,
    "t": views.t,
    "transpose": views.transpose,
    "unbind": parts.unbind,
    "unfold": striding.unfold,
    "unsqueeze": shaping.unsqueeze,
    "view": shaping.view,
    "view_as_complex": views.view_as_complex,
    "view_as_real": views.view_as_real,
}
for _name, _view in _VIEWS.items():
    _copying(f"{_name}_copy", _view)
