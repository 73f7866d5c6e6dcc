"""Distances of vectors, and the losses that are made of distances and angles.

Follows https://docs.pytorch.org/docs/stable/nn.functional.html#distance-functions
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mutagrad.nn.functional.reductions import reduced, reduction_of
from mutagrad.ops.bounds import minimum
from mutagrad.ops.naming import shown_as
from mutagrad.ops.selection import where
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor, wrap

__all__ = [
    "cosine_embedding_loss",
    "pairwise_distance",
    "pdist",
    "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
]


def pairwise_distance(x1: Any, x2: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """The `p`-norms of `x1 - x2 + eps` along the last dimension.

    >>> import mutagrad
    >>> pairwise_distance(mutagrad.tensor([[3., 4.]]), mutagrad.tensor([[0., 0.]]), eps=0.)
    tensor([5.])
    """
    check_tensor("pairwise_distance", x1, "x1")
    check_tensor("pairwise_distance", x2, "x2", 2)
    return shown_as((x1 - x2 + eps).norm(p, -1, keepdim), "NormBackward1")


def pdist(input: Any, p: float = 2.0) -> Tensor:
    """The `p`-norms of the differences of all pairs of rows: (N, M) gives (N * (N - 1) / 2).

    Raises RuntimeError for other dimensions, a negative `p` and dtypes that are not floating.
    """
    check_tensor("pdist", input)
    if input.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.ndim}D")
    if input._array.dtype.kind != "f":
        raise RuntimeError("pdist only supports floating-point dtypes")
    if p < 0:
        raise RuntimeError("pdist only supports non-negative p values")
    first, second = (wrap(each.astype(np.int64)) for each in np.triu_indices(input.shape[0], 1))
    differences = input[first] - input[second]
    if 0 in differences.shape:
        return differences.sum(1)
    return shown_as(differences.norm(p, 1), "PdistBackward0")


def cosine_embedding_loss(
    input1: Any,
    input2: Any,
    target: Any,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """One less the cosine of two vectors where the target is 1; where it is -1, what the cosine exceeds `margin` by.

    Shapes: inputs (N, D) or (D), target (N) or (). Raises RuntimeError for others.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    if target.ndim not in (0, 1):
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    wanted = target.ndim + 1
    if input1.ndim != wanted or input2.ndim != wanted:
        raise RuntimeError(
            f"{target.ndim}D target tensor expects {wanted}D input tensors, but found inputs with sizes "
            f"{list(input1.shape)} and {list(input2.shape)}."
        )
    small = 1e-12
    product = (input1 * input2).sum(-1)
    cosine = product / (((input1 * input1).sum(-1) + small) * ((input2 * input2).sum(-1) + small)).sqrt()
    losses = where(target == 1, 1 - cosine, 0) + where(target == -1, (cosine - margin).clamp_min(0), 0)
    return reduced(losses, reduction)


# Triplets -----------------------------------------------------------------------------------------------------------


def _triplets(
    anchor: Any, positive: Any, negative: Any, distance: Callable[[Any, Any], Any], margin: float, swap: bool
) -> Any:
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            f"anchor {anchor.ndim}D, positive {positive.ndim}D, and negative {negative.ndim}D inputs"
        )
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = minimum(far, distance(positive, negative))
    return (margin + near - far).clamp_min(0)


def _check_margin(margin: float) -> None:
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")


def triplet_margin_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """How far the anchor is from `positive`, plus `margin`, less how far from `negative`; zero where that is below.

    With `swap` the distance of the two others counts where it is less. Raises ValueError and RuntimeError for a margin
    or shapes that do not fit. Follows https://bmva-archive.org.uk/bmvc/2016/papers/paper119/
    """
    reduction = reduction_of(size_average, reduce, reduction)
    _check_margin(margin)
    return reduced(
        _triplets(anchor, positive, negative, lambda a, b: pairwise_distance(a, b, p, eps), margin, swap), reduction
    )


def triplet_margin_with_distance_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    *,
    distance_function: Callable[[Any, Any], Any] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """`triplet_margin_loss` with a distance of one's own."""
    reduction = reduction_of(None, None, reduction)
    _check_margin(margin)
    return reduced(
        _triplets(anchor, positive, negative, distance_function or pairwise_distance, margin, swap), reduction
    )
