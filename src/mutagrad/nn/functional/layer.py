"""What layers compute, apart from activations and losses: linear maps, one-hot codes, lengths and similarity.

Follows https://docs.pytorch.org/docs/stable/nn.functional.html
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.batched import physical_of
from mutagrad.dtypes import of_numpy, result_type
from mutagrad.ops.arithmetic import div
from mutagrad.ops.linear import linear
from mutagrad.ops.ranges import arange
from mutagrad.ops.shaping import broadcast_tensors
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor

__all__ = ["bilinear", "cosine_similarity", "linear", "normalize", "one_hot"]


def one_hot(tensor: Any, num_classes: int = -1) -> Tensor:
    """Ones at the indices `tensor` (*) and zeros elsewhere, int64 (*, num_classes); -1 classes are as many as needed.

    Raises RuntimeError for indices that are not int64, negative, or too large.

    >>> import mutagrad
    >>> one_hot(mutagrad.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    check_tensor("one_hot", tensor, "tensor")
    indices = physical_of(tensor._array)
    if num_classes <= 0 and indices is not tensor._array:
        raise RuntimeError(
            "When vmap-ing torch.nn.functional.one_hot, please provide an explicit positive num_classes argument."
        )
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


def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Tensor:
    """The sums over i and j of `input1[i] * weight[k, i, j] * input2[j]`, plus `bias[k]`.

    Shapes: input1 (*, I), input2 (*, J), weight (K, I, J), bias (K), result (*, K). Raises RuntimeError for others.
    """
    if input1.ndim != input2.ndim:
        raise RuntimeError(f"bilinear(): input dimensions do not match: got {input1.ndim} and {input2.ndim}")
    for dim, (first, second) in enumerate(zip(input1.shape[:-1], input2.shape[:-1])):
        if first != second:
            raise RuntimeError(
                f"bilinear(): input batch dimensions do not match at dim {dim}: got {first} and {second}"
            )
    for name, each, dim in (("input1", input1, 1), ("input2", input2, 2)):
        if each.shape[-1] != weight.size(dim):
            raise RuntimeError(
                f"bilinear(): {name} size does not match weight size: got {each.shape[-1]} but expected "
                f"{weight.size(dim)}"
            )
    if bias is not None and bias.size(0) != weight.size(0):
        raise RuntimeError(
            f"bilinear(): bias size does not match weight size: got {bias.size(0)} but expected {weight.size(0)}"
        )
    outputs, first, second = weight.shape
    lead = input1.shape[:-1]
    rows = input1.reshape(-1, first) @ weight.permute(1, 0, 2).reshape(first, outputs * second)
    result = (rows.reshape(-1, outputs, second) @ input2.reshape(-1, second, 1)).reshape(*lead, outputs)
    return result if bias is None else result + bias


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
    check_tensor("cosine_similarity", x1, "x1")
    check_tensor("cosine_similarity", x2, "x2", 2)
    common = result_type(x1._array, x2._array)
    if common.kind != "f":
        raise RuntimeError(
            f"expected common dtype to be floating point, yet common dtype is {of_numpy[common].scalar_type}"
        )
    x1, x2 = broadcast_tensors(x1, x2)
    first: Any = normalize(x1, 2.0, dim, eps)
    return (first * normalize(x2, 2.0, dim, eps)).sum(dim)
