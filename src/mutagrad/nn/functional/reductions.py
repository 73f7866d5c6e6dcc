"""What all loss functions share: the reduction of element-wise losses, and the check that tensors are tensors."""

from __future__ import annotations

import warnings
from typing import Any

from mutagrad.ops.gathering import check_tensor
from mutagrad.tensor import Tensor

__all__: list[str] = []


def reduction_of(size_average: bool | None, reduce: bool | None, reduction: str) -> str:
    """The reduction that is meant. Raises ValueError for one that is unknown."""
    if size_average is not None or reduce is not None:
        meant = "none" if reduce is False else "sum" if size_average is False else "mean"
        text = f"size_average and reduce args will be deprecated, please use reduction='{meant}' instead."
        warnings.warn(text, stacklevel=4)
        return meant
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return reduction


def reduced(losses: Any, reduction: str) -> Tensor:
    """The mean or the sum of losses, or all of them."""
    return losses if reduction == "none" else losses.mean() if reduction == "mean" else losses.sum()


def check_tensors(name: str, input: Any, target: Any) -> None:
    """Raises TypeError where the input or the target of a loss is no tensor."""
    check_tensor(name, "input", 1, input)
    check_tensor(name, "target", 2, target)
