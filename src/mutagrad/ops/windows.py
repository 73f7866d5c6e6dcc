"""Windows: weights that fade a stretch of a signal in and out, under the names of `torch.signal.windows`.

A window is a function of the place between its ends; a periodic one is symmetric with one point more, the last left
out. `torch.hann_window` and its like are older names of some, periodic unless told otherwise. They are computed in
double precision and rounded once.
Follows https://docs.pytorch.org/docs/stable/signal.html

>>> import mutagrad as torch
>>> torch.signal.windows.hann(5)
tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
>>> torch.hann_window(4)
tensor([0.0000, 0.5000, 1.0000, 0.5000])
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mutagrad.deferred import Deferred
from mutagrad.ops.creation import Options, allocate
from mutagrad.ops.sizes import integer
from mutagrad.tensor import Tensor

__all__ = ["bartlett_window", "blackman_window", "hamming_window", "hann_window", "kaiser_window"]

special = Deferred("scipy.special")
Shape = Callable[[np.ndarray], np.ndarray]

# Shapes, of the place from -1 at one end to 1 at the other ----------------------------------------------------------


def _cosines(weights: Sequence[float]) -> Shape:
    """Sums of cosines: one wave, two waves, ... from end to end."""
    return lambda t: sum(a * np.cos(i * math.pi * t) for i, a in enumerate(weights)) + np.zeros_like(t)


def _triangle(t: np.ndarray) -> np.ndarray:
    return 1 - np.abs(t)


def _kaiser(beta: float) -> Shape:
    return lambda t: special.i0(beta * np.sqrt(np.maximum(1 - t * t, 0))) / special.i0(beta)


def _sampled(shape: Shape, count: int, sym: bool, options: Options) -> Tensor:
    """`count` values of a shape, from its one end to the other or, if not symmetric, to just before it."""
    if count == 1:
        return options.finish(np.ones(1, options.dtype))
    steps = max(count - 1 if sym else count, 1)
    places = allocate(lambda size, dtype: np.arange(*size, dtype=dtype), (count,), np.dtype(np.float64))
    return options.finish(shape(2 * places / steps - 1).astype(options.dtype))


# torch.signal.windows -----------------------------------------------------------------------------------------------


def _options(name: str, count: Any, options: dict[str, Any]) -> Options:
    """The checked options of a window of `count` points."""
    if count < 0:
        raise ValueError(f"{name} requires non-negative window length, got M={count}")
    dtype = options.get("dtype")
    if dtype is not None and getattr(dtype, "name", None) not in ("float32", "float64"):
        raise ValueError(f"{name} expects float32 or float64 dtypes, got: {dtype}")
    return Options(name, **options)


def general_cosine(M: int, *, a: Sequence[float], sym: bool = True, **options: Any) -> Tensor:
    """The window of `M` points that is a sum of cosines with alternating weights `a`; options as for `zeros`.

    Raises ValueError for a negative `M`, no weights, and dtypes other than float32 and float64.
    """
    to = _options("general_cosine", M, options)
    if not isinstance(a, (list, tuple)):
        raise TypeError("Coefficients must be a list/tuple")
    if not a:
        raise ValueError("Coefficients cannot be empty")
    return _sampled(_cosines(a), M, sym, to)


def general_hamming(M: int, *, alpha: float = 0.54, sym: bool = True, **options: Any) -> Tensor:
    """The window `alpha` minus a cosine weighted `1 - alpha`; see `general_cosine`."""
    return general_cosine(M, a=[alpha, 1 - alpha], sym=sym, **options)


def hamming(M: int, *, sym: bool = True, **options: Any) -> Tensor:
    """Hamming's window, a raised cosine that ends at 0.08; see `general_cosine`."""
    return general_hamming(M, sym=sym, **options)


def hann(M: int, *, sym: bool = True, **options: Any) -> Tensor:
    """Hann's window, a cosine raised to end at zero; see `general_cosine`."""
    return general_hamming(M, alpha=0.5, sym=sym, **options)


def blackman(M: int, *, sym: bool = True, **options: Any) -> Tensor:
    """Blackman's window of three cosines; see `general_cosine`."""
    return general_cosine(M, a=[0.42, 0.5, 0.08], sym=sym, **options)


def nuttall(M: int, *, sym: bool = True, **options: Any) -> Tensor:
    """Nuttall's window of four cosines; see `general_cosine`."""
    return general_cosine(M, a=[0.3635819, 0.4891775, 0.1365995, 0.0106411], sym=sym, **options)


def bartlett(M: int, *, sym: bool = True, **options: Any) -> Tensor:
    """The triangular window that ends at zero; see `general_cosine`."""
    return _sampled(_triangle, M, sym, _options("bartlett", M, options))


def kaiser(M: int, *, beta: float = 12.0, sym: bool = True, **options: Any) -> Tensor:
    """Kaiser's window, the narrower the larger `beta` is; see `general_cosine`."""
    to = _options("kaiser", M, options)
    if beta < 0:
        raise ValueError(f"beta must be non-negative, got: {beta} instead.")
    return _sampled(_kaiser(beta), M, sym, to)


def cosine(M: int, *, sym: bool = True, **options: Any) -> Tensor:
    """Half a wave of the sine, whose zeros lie half a point beyond the ends; see `general_cosine`."""
    to = _options("cosine", M, options)
    places = (np.arange(M) + 0.5) * (math.pi / max(M if sym else M + 1, 1))
    return to.finish(np.ones(1, to.dtype) if M == 1 else np.sin(places).astype(to.dtype))


def exponential(M: int, *, center: float | None = None, tau: float = 1.0, sym: bool = True, **options: Any) -> Tensor:
    """The window that falls by a factor e every `tau` points from its centre; see `general_cosine`."""
    to = _options("exponential", M, options)
    if tau <= 0:
        raise ValueError(f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError("Center must be None for symmetric windows")
    middle = _middle(M, sym) if center is None else center
    return _around(middle, lambda distance: np.exp(-np.abs(distance) / tau), M, to)


def gaussian(M: int, *, std: float = 1.0, sym: bool = True, **options: Any) -> Tensor:
    """The bell of standard deviation `std` points; see `general_cosine`."""
    to = _options("gaussian", M, options)
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")
    return _around(_middle(M, sym), lambda distance: np.exp(-0.5 * (distance / std) ** 2), M, to)


def _middle(count: int, sym: bool) -> float:
    return (count - 1 if sym or count <= 1 else count) / 2


def _around(middle: float, shape: Shape, count: int, to: Options) -> Tensor:
    return to.finish(shape(np.arange(count) - middle).astype(to.dtype))


# The older names ----------------------------------------------------------------------------------------------------


def _window(name: str, shape: Shape, window_length: Any, periodic: bool, options: dict[str, Any]) -> Tensor:
    count = integer(name, window_length, "window_length", 1)
    to = Options(name, **options)
    if to.dtype.kind not in "f":
        raise RuntimeError(f"{name} expects floating point dtypes, got: {options['dtype']}")
    if count < 0:
        raise RuntimeError(f"{name} requires non-negative window_length, got window_length={count}")
    return _sampled(shape, count, not periodic, to)


def hann_window(window_length: int, periodic: bool = True, **options: Any) -> Tensor:
    """Hann's window, a cosine raised to end at zero; options as for `zeros`.

    Raises RuntimeError for a negative length and for dtypes that are not floating.
    """
    return _window("hann_window", _cosines([0.5, 0.5]), window_length, periodic, options)


def hamming_window(
    window_length: int, periodic: bool = True, alpha: float = 0.54, beta: float = 0.46, **options: Any
) -> Tensor:
    """Hamming's window, `alpha` minus a cosine weighted `beta`; see `hann_window`."""
    return _window("hamming_window", _cosines([alpha, beta]), window_length, periodic, options)


def bartlett_window(window_length: int, periodic: bool = True, **options: Any) -> Tensor:
    """The triangular window that ends at zero; see `hann_window`."""
    return _window("bartlett_window", _triangle, window_length, periodic, options)


def blackman_window(window_length: int, periodic: bool = True, **options: Any) -> Tensor:
    """Blackman's window of three cosines; see `hann_window`."""
    return _window("blackman_window", _cosines([0.42, 0.5, 0.08]), window_length, periodic, options)


def kaiser_window(window_length: int, periodic: bool = True, beta: float = 12.0, **options: Any) -> Tensor:
    """Kaiser's window, the narrower the larger `beta` is; see `hann_window`."""
    return _window("kaiser_window", _kaiser(beta), window_length, periodic, options)
