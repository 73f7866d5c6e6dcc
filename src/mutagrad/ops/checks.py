"""The dtypes that PyTorch refuses, in its words.

`no_kernel` and `not_for` make the `refuses=` of a declaration, `refuse` a check that can be called by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mutagrad.dtypes import of_numpy, result_type
from mutagrad.operation import Refusal


def is_mask(x: Any) -> bool:
    """Whether an input is a truth value, or an array of them."""
    return isinstance(x, bool) or getattr(x, "dtype", None) == np.bool_


def refuse(kinds: str, kernel: str) -> Callable[..., None]:
    """A check that the common dtype is of none of these NumPy kinds ("b" for masks, "iu" for whole numbers, ...)."""

    def check(*inputs: Any) -> None:
        common = result_type(*[x for x in inputs if x is not None])
        if common.kind in kinds:
            raise NotImplementedError(f"\"{kernel}\" not implemented for '{of_numpy[common].scalar_type}'")

    return check


def no_kernel(kinds: str, kernel: str) -> Refusal:
    """For `refuses=`: PyTorch has no kernel for dtypes of these kinds ("b" masks, "iu" whole numbers, "c" complex)."""
    return kinds, lambda dt: NotImplementedError(f"\"{kernel}\" not implemented for '{of_numpy[dt].scalar_type}'")


def not_for(kinds: str, message: str, error: type[Exception] = NotImplementedError) -> Refusal:
    """For `refuses=`: dtypes of these kinds raise `error` with `message`."""
    return kinds, lambda dt: error(message.format(of_numpy[dt].scalar_type))


def type_name(tensor: Any) -> str:
    """The name that PyTorch's messages have for a tensor's dtype."""
    return of_numpy[tensor._array.dtype].scalar_type
