"""`autocast`: programs that choose lower precision for speed run here in the precision of their tensors."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any

from mutagrad.caution import warn_once
from mutagrad.device import device

__all__ = ["autocast"]


class autocast:
    """A region, or a decorated function, in which PyTorch would compute in a lower precision; here dtypes stay.

    On a processor there is nothing to win by it: NumPy has no fast kernels of sixteen bits. It is said once where a
    program enables it for the CPU; for CUDA, which is not there, PyTorch's own warning tells that it is disabled.
    Raises RuntimeError for an unknown device.

    >>> import mutagrad
    >>> with mutagrad.autocast("cpu", enabled=False):
    ...     mutagrad.ones(1).dtype
    torch.float32
    """

    def __init__(
        self, device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None
    ) -> None:
        if device_type != "cuda":
            device(device_type)
        if device_type == "cuda" and enabled:
            warnings.warn("CUDA is not available or torch_xla is imported. Disabling autocast.", stacklevel=2)
        elif enabled:
            warn_once("autocast has no effect here: mutagrad computes in the dtypes of the tensors", stacklevel=2)
        self.device = device_type
        self.fast_dtype = dtype

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *raised: Any) -> None:
        pass

    def __call__(self, function: Callable) -> Callable:
        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return call
