"""Exchange of memory with other libraries by DLPack (https://dmlc.github.io/dlpack/latest/), without a copy."""

from __future__ import annotations

from typing import Any

from mutagrad.ops.sharing import from_dlpack
from mutagrad.tensor import Tensor

__all__ = ["from_dlpack", "to_dlpack"]


def to_dlpack(tensor: Tensor) -> Any:
    """A capsule with the tensor's memory, for a consumer that takes capsules; it can be consumed once."""
    return tensor.__dlpack__()
