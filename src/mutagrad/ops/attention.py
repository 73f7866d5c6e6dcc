"""Scaled dot-product attention: one rule for the whole, which saves what came in and nothing of its own.

The weights, a matrix of queries by keys for each head, are made anew in the reverse pass: that costs one product more
and spares the memory, which is quadratic in the length of the sequence.
Follows https://arxiv.org/abs/1706.03762
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.declaration import operation
from mutagrad.namespaces import fused_attention
from mutagrad.namespaces.fused import fused

__all__: list[str] = []

SINGLE = np.dtype(np.float32)


def _weights(xp: Any, query: Any, key: Any, mask: Any, scale: float, additive: bool) -> Any:
    """How much each query attends to each key: a softmax; nothing to any where the mask leaves none."""
    scores = xp.matmul(query * scale, xp.matrix_transpose(key))
    if mask is None:
        return xp.softmax(scores, axis=-1)
    scores = scores + mask if additive else xp.where(mask, scores, -np.inf)
    none = xp.max(scores, axis=-1, keepdims=True) == -np.inf
    return xp.where(none, 0, xp.softmax(xp.where(none, 0, scores), axis=-1))


@fused(fused_attention.attend_shares)
def _shares(
    xp: Any,
    ct: Any,
    query: Any,
    key: Any,
    value: Any,
    mask: Any,
    scale: float,
    noise: Any,
    additive: bool,
    needed: list[bool],
) -> list[Any]:
    weights = _weights(xp, query, key, mask, scale, additive)
    noise = None if noise is None else xp.asarray(noise)
    kept = weights if noise is None else weights * noise
    of_weights = xp.matmul(ct, xp.matrix_transpose(value))
    of_weights = of_weights if noise is None else of_weights * noise
    of_scores = weights * (of_weights - xp.sum(of_weights * weights, axis=-1, keepdims=True))
    made = (
        lambda: xp.matmul(of_scores, key) * scale,
        lambda: xp.matmul(xp.matrix_transpose(of_scores), query) * scale,
        lambda: xp.matmul(xp.matrix_transpose(kept), ct),
        lambda: of_scores,
    )
    inputs = query, key, value, mask
    return [
        xp.fit(share(), tuple(x.shape), x.dtype) if wanted else None for share, x, wanted in zip(made, inputs, needed)
    ]


@operation(method=False, node_name="ScaledDotProductFlashAttentionForCpuBackward0", joint=_shares)
@fused(fused_attention.attend)
def attend(
    xp: Any,
    query: Any,
    key: Any,
    value: Any,
    mask: Any = None,
    /,
    *,
    scale: float,
    noise: np.ndarray | None = None,
    additive: bool = False,
) -> Any:
    """The means of `value` (*, S, V), weighted by how well `key` (*, S, E) fits `query` (*, L, E): (*, L, V).

    `mask` (*, L, S) says which keys a query may look at, or, `additive`, is added to how well they fit; `noise`
    multiplies the weights, as dropout does.
    """
    weights = _weights(xp, query, key, mask, scale, additive)
    return xp.matmul(weights if noise is None else weights * xp.asarray(noise), value)
