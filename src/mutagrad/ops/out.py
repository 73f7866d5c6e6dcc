"""`out=` for functions that are written in terms of other operations and so have no declaration to give it to them."""

from __future__ import annotations

from mutagrad.dtypes import check_can_cast_for_inplace
from mutagrad.modes import modes
from mutagrad.tensor import Tensor


def into(out: Tensor | None, result: Tensor, name: str) -> Tensor:
    """The result; or `out`, resized where it has another shape, with the result in it.

    Raises RuntimeError, in the name of the function `name`, when either requires grad, or a result of this dtype may
    not be written to `out`.
    """
    if out is None:
        return result
    if modes.grad and (result.requires_grad or out.requires_grad):
        raise RuntimeError(
            f"{name}(): functions with out=... arguments don't support automatic differentiation, but one of the "
            "arguments requires grad."
        )
    check_can_cast_for_inplace(result._array.dtype, out._array.dtype)
    if out.shape != result.shape:
        out.resize_(result.shape)  # type: ignore[attr-defined]
    return out.copy_(result)  # type: ignore[attr-defined]
