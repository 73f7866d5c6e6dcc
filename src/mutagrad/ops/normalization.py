"""Normalisation: an input shifted and scaled to mean zero and variance one over some of its axes, with an affine map.

Layer, group, instance and batch normalisation are one operation over different axes of an input in a suitable shape.
It saves the input, the weight and the two small statistics, which are results so that they may be differentiated too.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mutagrad.declaration import operation
from mutagrad.namespaces import fused_normalization
from mutagrad.namespaces.fused import fused

__all__: list[str] = []

Axes = tuple[int, ...]
HALF, SINGLE = np.dtype(np.float16), np.dtype(np.float32)


def _count(shape: tuple[int, ...], axes: Axes) -> int:
    return max(math.prod([shape[axis] for axis in axes]), 1)


def _mean(xp: Any, x: Any, axes: Axes) -> Any:
    return xp.mean(x, axis=axes, keepdims=True)


def _wide(xp: Any, x: Any) -> Any:
    """Half precision in single."""
    return xp.astype(x, SINGLE) if x is not None and x.dtype == HALF else x


@fused(fused_normalization.standardize)
def _standardize(xp: Any, input: Any, weight: Any = None, bias: Any = None, /, *, axes: Axes, eps: float) -> Any:
    """`(input - mean) * rstd * weight + bias`, and the mean and the reciprocal standard deviation over `axes`.

    Weight and bias broadcast to the input. Half precision is worked out in single.
    """
    x = _wide(xp, input)
    mean = _mean(xp, x, axes)
    centred = x - mean
    rstd = 1 / xp.sqrt(_mean(xp, centred * centred, axes) + eps)
    out = centred * rstd
    if weight is not None:
        out = out * _wide(xp, weight)
    if bias is not None:
        out = out + _wide(xp, bias)
    if input.dtype == HALF:
        kept = next((each.dtype for each in (weight, bias) if each is not None), HALF)
        return xp.astype(out, HALF), xp.astype(mean, kept), xp.astype(rstd, kept)
    return out, mean, rstd


@fused(fused_normalization.standardize_shares)
def _shares(
    xp: Any,
    cts: Any,
    input: Any,
    weight: Any,
    mean: Any,
    rstd: Any,
    weight_shape: tuple,
    bias_shape: tuple,
    axes: Axes,
    needed: list[bool],
) -> list[Any]:
    """The shares of input, weight and bias, in the dtype of the statistics."""
    ct, mean_ct, rstd_ct = (_wide(xp, each) for each in cts)
    normal, scaled = (input - mean) * rstd, ct
    if ct is not None and weight is not None:
        scaled = ct * weight
    of_input = _input_share(xp, scaled, mean_ct, rstd_ct, normal, rstd, axes) if needed[0] else None
    of_weight = xp.fit(ct * normal, weight_shape, rstd.dtype) if needed[1] and ct is not None else None
    of_bias = xp.fit(ct, bias_shape, rstd.dtype) if needed[2] and ct is not None else None
    return [None if of_input is None else xp.astype(of_input, input.dtype), of_weight, of_bias]


def _input_share(xp: Any, ct: Any, mean_ct: Any, rstd_ct: Any, normal: Any, rstd: Any, axes: Axes) -> Any:
    count, share = _count(normal.shape, axes), None
    if ct is not None:
        share = rstd * (ct - _mean(xp, ct, axes) - normal * _mean(xp, ct * normal, axes))
    if mean_ct is not None:
        share = mean_ct / count if share is None else share + mean_ct / count
    if rstd_ct is not None:
        of_rstd = -rstd_ct * rstd * rstd * normal / count
        share = of_rstd if share is None else share + of_rstd
    return xp.broadcast_to(share, normal.shape)


def _normalization(name: str, node_name: str) -> Any:
    return operation(
        name,
        method=False,
        outputs=("out", "mean", "rstd"),
        node_name=node_name,
        joint=_shares,
    )(_standardize)


layer_normalization = _normalization("layer_normalization", "NativeLayerNormBackward0")
group_normalization = _normalization("group_normalization", "NativeGroupNormBackward0")
batch_normalization = _normalization("batch_normalization", "NativeBatchNormBackward0")


# By the root of the mean square -------------------------------------------------------------------------------------


def _rms_share(xp: Any, cts: Any, input: Any, weight: Any, rstd: Any, input_dtype: np.dtype, axes: Axes) -> Any:
    ct, rstd_ct = cts
    normal, share = input * rstd, None
    if ct is not None:
        ct = ct if weight is None else ct * weight.conj()
        share = rstd.conj() * (ct - normal.conj() * _mean(xp, ct * normal.conj(), axes))
    if rstd_ct is not None:
        of_rstd = -rstd_ct * (rstd * rstd * normal).conj() / _count(input.shape, axes)
        share = of_rstd if share is None else share + of_rstd
    return xp.astype(share, input_dtype)


def _rms_weight_share(xp: Any, cts: Any, input: Any, rstd: Any, weight_shape: tuple) -> Any:
    return None if cts[0] is None else xp.fit(cts[0] * (input * rstd).conj(), weight_shape, rstd.dtype)


@operation(
    method=False,
    outputs=("out", "rstd"),
    node_name="FusedRmsNormBackward0",
    input=_rms_share,
    weight=_rms_weight_share,
)
def rms_normalization(xp: Any, input: Any, weight: Any = None, /, *, axes: Axes, eps: float) -> Any:
    """`input * rstd * weight`, and `rstd`, the reciprocal root of the mean square over `axes`."""
    x = _wide(xp, input)
    rstd = 1 / xp.sqrt(_mean(xp, x * x, axes) + eps)
    out = x * rstd
    if weight is not None:
        out = out * weight
    return xp.astype(out, input.dtype), rstd
