"""`linear`: a matrix of weights applied to the last dimension of a batch, with a bias.

One operation instead of a transposition, a product and a sum: the gradients of weight and bias are products and sums of
whole arrays, and reach their adjoints without a buffer in between.
Follows https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.linear.html
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from mutagrad.declaration import operation
from mutagrad.dtypes import of_numpy, type_word
from mutagrad.graph import EMPTY
from mutagrad.namespaces.fused import added, fused
from mutagrad.ops.arithmetic import add
from mutagrad.ops.gathering import check_tensor
from mutagrad.ops.products import matmul
from mutagrad.tensor import Tensor

__all__: list[str] = []


def _rows(xp: Any, x: Any) -> Any:
    """`x` as a matrix with its last dimension for rows."""
    if x.ndim == 2:
        return x
    return xp.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1]))


def _check(input: Any, weight: Any, bias: Any) -> None:
    """Raises what PyTorch raises for arguments that do not fit together."""
    check_tensor("linear", "input", 1, input)
    check_tensor("linear", "weight", 2, weight)
    if bias is not None:
        check_tensor("linear", "bias", 3, bias)
    x, w = input._array, weight._array
    if x.ndim == 0 or w.ndim == 0:
        raise RuntimeError(f"both arguments to linear need to be at least 1D, but they are {x.ndim}D and {w.ndim}D")
    if w.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {w.ndim}D")
    if x.dtype is not w.dtype and bias is None:
        words = type_word(x.dtype), type_word(w.dtype)
        raise RuntimeError("expected m1 and m2 to have the same dtype, but got: {} != {}".format(*words))
    if x.dtype is not w.dtype:
        names = of_numpy[x.dtype].scalar_type, of_numpy[w.dtype].scalar_type
        raise RuntimeError("mat1 and mat2 must have the same dtype, but got {} and {}".format(*names))
    if bias is not None and bias._array.dtype is not w.dtype:
        names = of_numpy[bias._array.dtype].scalar_type, of_numpy[w.dtype].scalar_type
        raise RuntimeError("self and mat2 must have the same dtype, but got {} and {}".format(*names))
    if w.ndim == 2 and x.shape[-1] != w.shape[1]:
        rows = math.prod(x.shape[:-1])
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({rows}x{x.shape[-1]} and {w.shape[1]}x{w.shape[0]})"
        )


def _unless_broadcast(apply: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The public call: a weight that is a vector, and a bias of another shape, are left to other operations."""

    def linear(input: Any, weight: Any, bias: Any = None, *, out: Tensor | None = None) -> Any:
        _check(input, weight, bias)
        if weight._array.ndim == 2 and (bias is None or bias._array.shape == weight._array.shape[:1]):
            if out is not None:
                return apply(input, weight, bias, out=out)
            # Past the general call: the arguments have just been checked.
            return linear.operation.apply((input, weight, bias), EMPTY)
        if bias is None:
            return matmul(input, weight, out=out)
        if weight._array.ndim == 1 and bias._array.ndim:
            raise RuntimeError("mat2 must be a matrix, got 1-D tensor")
        product = matmul(input, weight) if weight._array.ndim == 1 else apply(input, weight)
        return add(product, bias.expand(product.shape), out=out)

    return linear


@fused(added)
def _plus(xp: Any, product: Any, bias: Any) -> Any:
    return product + bias


def _tangent(xp: Any, of_input: Any, of_weight: Any, of_bias: Any, input: Any, weight: Any) -> Any:
    parts = [
        None if of_input is None else xp.matmul(of_input, xp.matrix_transpose(weight)),
        None if of_weight is None else xp.matmul(input, xp.matrix_transpose(of_weight)),
        of_bias,
    ]
    return reduce(add, [part for part in parts if part is not None])


@operation(
    method=False,
    node_name="AddmmBackward0",
    wrapper=_unless_broadcast,
    input=lambda xp, ct, weight: xp.matmul(ct, weight.conj()),
    weight=lambda xp, ct, input: xp.matmul(xp.matrix_transpose(_rows(xp, ct)), _rows(xp, input).conj()),
    bias=lambda xp, ct: xp.sum(ct, axis=tuple(range(ct.ndim - 1))),
    jvp=_tangent,
)
def linear(xp: Any, input: Any, weight: Any, bias: Any = None, /) -> Any:
    """The product of `input` with the transposed `weight`, plus `bias`.

    Shapes: input (*, in), weight (out, in), bias (out), result (*, out); a weight (in) gives (*).
    Raises RuntimeError for sizes that do not fit and for dtypes that differ.

    >>> import mutagrad
    >>> mutagrad.nn.functional.linear(mutagrad.ones(2, 3), mutagrad.ones(4, 3), mutagrad.zeros(4)).shape
    torch.Size([2, 4])
    """
    if bias is not None and input.dtype == np.float16:
        # Product and sum are rounded once.
        input, weight, bias = (xp.astype(x, np.float32) for x in (input, weight, bias))
        return xp.astype(xp.matmul(input, weight.T) + bias, np.float16)
    product = xp.matmul(input, weight.T)
    return product if bias is None else _plus(xp, product, bias)
