"""Dropout: elements, or whole channels, put out by chance, those that PyTorch puts out for the same seed.

The noise is drawn in the order in which the input lies in memory, and multiplied with it; that is all that is recorded.
Follows https://docs.pytorch.org/docs/stable/nn.functional.html#dropout-functions
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from mutagrad.batched import drawn
from mutagrad.dtypes import bool_, of_numpy
from mutagrad.namespaces.layouts import empty_in_order
from mutagrad.ops.creation import ones_like
from mutagrad.ops.random import in_memory_order
from mutagrad.ops.views import check_tensor
from mutagrad.random import bernoulli, dropout_noise
from mutagrad.tensor import Tensor, wrap

__all__ = [
    "alpha_dropout",
    "alpha_dropout_",
    "dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "dropout_",
    "feature_alpha_dropout",
    "feature_alpha_dropout_",
    "feature_dropout",
    "feature_dropout_",
    "native_dropout",
]

SATURATION = 1.7580993408473766  # of the exponential rectifier `selu` far below zero


def _check_probability(p: float) -> None:
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def _times(input: Any, noise: np.ndarray, inplace: bool) -> Any:
    return input.mul_(wrap(noise)) if inplace else input * wrap(noise)


def dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """`input` with each element zeroed with probability `p`, the others divided by `1 - p`; itself out of training.

    The elements are those that PyTorch zeroes for the same seed. Raises ValueError for what is no probability.

    >>> import mutagrad
    >>> _ = mutagrad.manual_seed(0)
    >>> dropout(mutagrad.ones(4), 0.2)
    tensor([0.0000, 1.2500, 1.2500, 0.0000])
    """
    check_tensor("dropout", input)
    _check_probability(p)
    if not training or p == 0 or input._array.size == 0:
        return input
    array = input._array
    place = empty_in_order(array, array.dtype)
    return _times(input, in_memory_order(place, lambda shape: dropout_noise(shape, array.dtype, p)), inplace)


def native_dropout(input: Any, p: float, train: bool | None = None) -> tuple[Tensor, Tensor]:
    """`dropout` and the mask of the elements that it left."""
    if train is False or input._array.size == 0:
        return input.clone(), ones_like(input, dtype=bool_)
    _check_range(p)
    array = input._array
    place = empty_in_order(array, array.dtype)
    noise = in_memory_order(place, lambda shape: dropout_noise(shape, array.dtype, p))
    return input * wrap(noise), wrap(noise != 0)


def _of_features(input: Any, name: str) -> tuple[int, ...]:
    """The shape of noise that all elements of a channel share."""
    if input.ndim < 2:
        raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
    return (*input.shape[:2], *(1,) * (input.ndim - 2))


def feature_dropout(input: Any, p: float = 0.5, train: bool = True, inplace: bool = False) -> Tensor:
    """`input` (N, C, *) with each channel of each sample zeroed with probability `p`, the others divided by `1 - p`."""
    check_tensor("feature_dropout", input)
    _check_range(p)
    if not train or p == 0 or input._array.size == 0:
        return input
    shape = _of_features(input, "feature_dropout") if p < 1 else ()
    return _times(input, drawn(shape, lambda sizes: dropout_noise(sizes, input._array.dtype, p)), inplace)


def _check_range(p: float) -> None:
    if not 0.0 <= p <= 1.0:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {p:g}")


def _alpha_dropout(input: Any, p: float, training: bool, inplace: bool, features: bool) -> Any:
    """`input` with what is put out at the saturation of `selu`, then shifted and scaled to keep mean and variance."""
    check_tensor("alpha_dropout", input)
    _check_probability(p)
    array = input._array
    if not training or p == 0 or array.size == 0:
        return input
    if p == 1:
        return _times(input, np.zeros((), array.dtype), inplace)
    if array.dtype.kind not in "f":
        raise RuntimeError(
            f"result type Float can't be cast to the desired output type {of_numpy[array.dtype].scalar_type}"
        )
    if features:
        kept = drawn(_of_features(input, "feature_alpha_dropout"), lambda shape: bernoulli(shape, array.dtype, 1 - p))
    else:
        place = empty_in_order(array, array.dtype)
        kept = in_memory_order(place, lambda shape: bernoulli(shape, array.dtype, 1 - p))
    scale = 1 / math.sqrt((SATURATION * SATURATION * p + 1) * (1 - p))
    shift = ((kept - 1) * (SATURATION * scale) + SATURATION * scale * p).astype(array.dtype)
    kept = (kept * scale).astype(array.dtype)
    if inplace:
        return input.mul_(wrap(kept)).add_(wrap(shift))
    return (input * wrap(kept)).add_(wrap(shift))


def alpha_dropout(input: Any, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout to follow `selu`: it keeps mean zero and variance one (https://arxiv.org/abs/1706.02515)."""
    return _alpha_dropout(input, p, training, inplace, False)


def feature_alpha_dropout(input: Any, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """`alpha_dropout` of whole channels of an input (N, C, *)."""
    return _alpha_dropout(input, p, training, inplace, True)


def dropout1d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """`input` (N, C, L) or (C, L) with each channel zeroed with probability `p`, the others divided by `1 - p`."""
    _check_probability(p)
    if input.ndim not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.ndim}D input. Note that dropout1d exists to "
            "provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional "
            "batch dimension (i.e. 2D or 3D inputs)."
        )
    return _with_batch(input, 3, p, training, inplace)


def dropout2d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """`input` (N, C, H, W) with each channel zeroed with probability `p`, the others divided by `1 - p`."""
    _check_probability(p)
    if input.ndim not in (3, 4):
        warnings.warn(
            f"dropout2d: Received a {input.ndim}-D input to dropout2d, which is deprecated and will result in an error "
            "in a future release. To retain the behavior and silence this warning, please use dropout instead. Note "
            "that dropout2d exists to provide channel-wise dropout on inputs with 2 spatial dimensions, a channel "
            "dimension, and an optional batch dimension (i.e. 3D or 4D inputs).",
            stacklevel=2,
        )
    elif input.ndim == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired "
            "- input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a "
            "future release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain "
            "the 1D channel-wise dropout behavior, please switch to using dropout1d instead.",
            stacklevel=2,
        )
    return feature_dropout(input, p, training, inplace)


def dropout3d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """`input` (N, C, D, H, W) or (C, D, H, W) with each channel zeroed with probability `p`."""
    _check_probability(p)
    if input.ndim not in (4, 5):
        warnings.warn(
            f"dropout3d: Received a {input.ndim}-D input to dropout3d, which is deprecated and will result in an error "
            "in a future release. To retain the behavior and silence this warning, please use dropout instead. Note "
            "that dropout3d exists to provide channel-wise dropout on inputs with 3 spatial dimensions, a channel "
            "dimension, and an optional batch dimension (i.e. 4D or 5D inputs).",
            stacklevel=2,
        )
    return _with_batch(input, 5, p, training, inplace)


def _with_batch(input: Any, ndim: int, p: float, training: bool, inplace: bool) -> Any:
    """`feature_dropout` of an input that may lack the batch."""
    if input.ndim != ndim - 1:
        return feature_dropout(input, p, training, inplace)
    result: Any = feature_dropout(input.unsqueeze(0), p, training, inplace)
    return input if inplace else result.squeeze(0)


# In place -----------------------------------------------------------------------------------------------------------


def dropout_(input: Any, p: float, train: bool) -> Tensor:
    """In-place form of `dropout`."""
    return dropout(input, p, train, inplace=True)


def feature_dropout_(input: Any, p: float, train: bool) -> Tensor:
    """In-place form of `feature_dropout`."""
    return feature_dropout(input, p, train, inplace=True)


def alpha_dropout_(input: Any, p: float, train: bool) -> Tensor:
    """In-place form of `alpha_dropout`."""
    return alpha_dropout(input, p, train, inplace=True)


def feature_alpha_dropout_(input: Any, p: float, train: bool) -> Tensor:
    """In-place form of `feature_alpha_dropout`."""
    return feature_alpha_dropout(input, p, train, inplace=True)
