"""What layers compute, apart from activations and losses: linear maps, dropout, embedding, normalisation, similarity.

Follows https://docs.pytorch.org/docs/stable/nn.functional.html
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.dtypes import of_numpy, result_type
from mutagrad.ops.arithmetic import div
from mutagrad.ops.linear import linear
from mutagrad.ops.random import in_memory_order
from mutagrad.ops.ranges import arange
from mutagrad.ops.shaping import broadcast_tensors
from mutagrad.random import dropout_noise
from mutagrad.tensor import Tensor, wrap

__all__ = ["cosine_similarity", "dropout", "embedding", "linear", "normalize", "one_hot"]


def dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """`input` with each element zeroed with probability `p`, the others divided by `1 - p`; itself out of training.

    The elements are those that PyTorch zeroes for the same seed. Raises ValueError for what is no probability.

    >>> import mutagrad
    >>> _ = mutagrad.manual_seed(0)
    >>> dropout(mutagrad.ones(4), 0.2)
    tensor([0.0000, 1.2500, 1.2500, 0.0000])
    """
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0 or input._array.size == 0:
        return input
    array = input._array
    noise = wrap(in_memory_order(np.empty_like(array), lambda shape: dropout_noise(shape, array.dtype, p)))
    return input.mul_(noise) if inplace else input * noise


def embedding(input: Any, weight: Any, padding_idx: int | None = None) -> Tensor:
    """The rows of `weight` (count, size) that `input` (*) numbers, (*, size); that of `padding_idx` is not trained.

    >>> import mutagrad
    >>> embedding(mutagrad.tensor([2, 0]), mutagrad.eye(3))
    tensor([[0., 0., 1.],
            [1., 0., 0.]])
    """
    rows = weight[input]
    if padding_idx is None:
        return rows
    count = weight.shape[0]
    if not -count <= padding_idx < count:
        raise AssertionError("Padding_idx must be within num_embeddings")
    is_padding = (input == padding_idx % count).unsqueeze(-1)
    return rows.where(~is_padding, weight.detach()[input])


def one_hot(tensor: Any, num_classes: int = -1) -> Tensor:
    """Ones at the indices `tensor` (*) and zeros elsewhere, int64 (*, num_classes); -1 classes are as many as needed.

    Raises RuntimeError for indices that are not int64, negative, or too large.

    >>> import mutagrad
    >>> one_hot(mutagrad.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    indices = tensor._array
    if indices.dtype != np.int64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    if indices.size == 0 and num_classes <= 0:
        raise RuntimeError("Can not infer total number of classes from empty tensor.")
    if indices.size and indices.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    if num_classes == -1:
        num_classes = int(indices.max()) + 1
    elif indices.size and indices.max() >= num_classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return (tensor.unsqueeze(-1) == arange(num_classes)).long()


def normalize(input: Any, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Tensor | None = None) -> Tensor:
    """`input` over its `p`-norm along `dim`, or over `eps` where that is smaller.

    >>> import mutagrad
    >>> normalize(mutagrad.tensor([[3., 4.]]))
    tensor([[0.6000, 0.8000]])
    """
    length = input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)
    return div(input, length) if out is None else div(input, length, out=out)


def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between `x1` and `x2` along `dim`; lengths below `eps` count as that.

    Raises RuntimeError unless one of them is of a floating-point dtype.

    >>> import mutagrad
    >>> cosine_similarity(mutagrad.tensor([3., 4.]), mutagrad.tensor([3., 0.]), dim=0)
    tensor(0.6000)
    """
    common = result_type(x1._array, x2._array)
    if common.kind != "f":
        raise RuntimeError(
            f"expected common dtype to be floating point, yet common dtype is {of_numpy[common].scalar_type}"
        )
    x1, x2 = broadcast_tensors(x1, x2)
    first: Any = normalize(x1, 2.0, dim, eps)
    return (first * normalize(x2, 2.0, dim, eps)).sum(dim)
