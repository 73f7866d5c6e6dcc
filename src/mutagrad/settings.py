"""Settings of PyTorch's that programs make at their start, and constants.

Everything here runs on the CPU, in one way, deterministically. So a setting is checked and remembered, for the program to
read again, and changes nothing, but for the default tensor type.
"""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Callable
from typing import Any

from mutagrad import dtypes
from mutagrad.device import CPU
from mutagrad.device import device as device_of
from mutagrad.namespaces.blocks import threads
from mutagrad.tensor import Tensor

__all__ = [
    "are_deterministic_algorithms_enabled",
    "compile",
    "e",
    "get_default_device",
    "get_deterministic_debug_mode",
    "get_float32_matmul_precision",
    "get_num_interop_threads",
    "get_num_threads",
    "inf",
    "is_deterministic_algorithms_warn_only_enabled",
    "nan",
    "newaxis",
    "pi",
    "set_default_device",
    "set_default_tensor_type",
    "set_deterministic_debug_mode",
    "set_float32_matmul_precision",
    "set_flush_denormal",
    "set_num_interop_threads",
    "set_num_threads",
    "typename",
    "use_deterministic_algorithms",
]

e, inf, nan, pi, newaxis = math.e, math.inf, math.nan, math.pi, None

_PRECISIONS = ("highest", "high", "medium")
_DEBUG_MODES = ("default", "warn", "error")


class _Settings:
    deterministic = warn_only = False
    precision = "highest"
    interop_threads = os.cpu_count() or 1


# Devices, threads, precision --------------------------------------------------------------------------------------------


def set_default_device(device: Any) -> None:
    """Says where new tensors live: the CPU, which is all there is. Raises RuntimeError for any other device."""
    if device is not None:
        device_of(device)


def get_default_device() -> Any:
    """The device of new tensors: the CPU."""
    return CPU


def set_num_threads(num: int) -> None:
    """Says how many threads may work at once on large arrays; at first, `OMP_NUM_THREADS`, or all processors.

    Those of NumPy's BLAS are set by its environment variables, at the start. Raises RuntimeError unless it is positive.
    """
    if num <= 0:
        raise RuntimeError("set_num_threads expects a positive integer")
    threads.count = int(num)


def get_num_threads() -> int:
    """How many threads may work at once on large arrays."""
    return threads.count


def set_num_interop_threads(num: int) -> None:
    """Remembers a number of threads between operations. Raises RuntimeError unless it is positive."""
    if num <= 0:
        raise RuntimeError("set_num_interop_threads expects a positive integer")
    _Settings.interop_threads = num


def get_num_interop_threads() -> int:
    """The number of threads between operations that was set, or of processors."""
    return _Settings.interop_threads


def set_float32_matmul_precision(precision: str) -> None:
    """Remembers the least precision of products in float32, which here are always of the highest.

    Warns, and changes nothing, unless it is "highest", "high" or "medium".
    """
    if precision not in _PRECISIONS:
        warnings.warn(
            f"{precision} is not one of 'highest', 'high', or 'medium'; the current setFloat32MatmulPrecision call has "
            "no effect.",
            stacklevel=2,
        )
        return
    _Settings.precision = precision


def get_float32_matmul_precision() -> str:
    """The precision that was set.

    >>> import mutagrad
    >>> mutagrad.get_float32_matmul_precision()
    'highest'
    """
    return _Settings.precision


def set_flush_denormal(mode: bool) -> bool:
    """Whether very small numbers can be flushed to zero: they cannot."""
    return False


# Determinism and warnings ---------------------------------------------------------------------------------------------


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Asks for algorithms that give the same result each time. All do."""
    _Settings.deterministic, _Settings.warn_only = bool(mode), bool(warn_only)


def are_deterministic_algorithms_enabled() -> bool:
    """Whether `use_deterministic_algorithms` was asked for."""
    return _Settings.deterministic


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """Whether warnings instead of errors were asked for."""
    return _Settings.warn_only


def set_deterministic_debug_mode(debug_mode: int | str) -> None:
    """Asks for deterministic algorithms by level: "default", "warn" or "error", or its number."""
    if isinstance(debug_mode, str) and debug_mode not in _DEBUG_MODES:
        raise RuntimeError(
            f"invalid value of debug_mode, expected one of `default`, `warn`, `error`, but got {debug_mode}"
        )
    level = _DEBUG_MODES.index(debug_mode) if isinstance(debug_mode, str) else debug_mode
    if level not in (0, 1, 2):
        raise RuntimeError(f"invalid value of debug_mode, expected 0, 1, or 2, but got {debug_mode}")
    use_deterministic_algorithms(level > 0, warn_only=level == 1)


def get_deterministic_debug_mode() -> int:
    """The level of `set_deterministic_debug_mode`."""
    return 0 if not _Settings.deterministic else 1 if _Settings.warn_only else 2


# Types and functions --------------------------------------------------------------------------------------------------


def set_default_tensor_type(t: Any) -> None:
    """Makes the dtype of a tensor type, such as `DoubleTensor` or its name, the default one."""
    name = t.rpartition(".")[2] if isinstance(t, str) else getattr(t, "__name__", "")
    for each in (dtypes.float32, dtypes.float64, dtypes.float16):
        if name == f"{each.scalar_type}Tensor":
            dtypes.set_default_dtype(each)
            return
    raise TypeError("only floating-point types are supported as the default type")


def typename(obj: Any) -> str:
    """The name of an object's type, of a tensor with its dtype.

    >>> import mutagrad
    >>> mutagrad.typename(mutagrad.zeros(2))
    'torch.FloatTensor'
    """
    if isinstance(obj, Tensor):
        return obj.type()
    kind = obj if hasattr(obj, "__qualname__") else type(obj)
    module = getattr(kind, "__module__", "")
    return kind.__qualname__ if module in ("builtins", "", None) else f"{module}.{kind.__qualname__}"


def compile(model: Any = None, **options: Any) -> Any:
    """The function or module itself: operations run as they are called. Also a decorator with options.

    >>> import mutagrad
    >>> mutagrad.compile(mutagrad.sin) is mutagrad.sin
    True
    """
    if model is None:
        decorate: Callable[[Any], Any] = lambda model: model
        return decorate
    return model
