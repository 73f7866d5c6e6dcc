"""Sums that take a product in: `addmm` and its kin.

beta * input + alpha * product, with `input` broadcast to the product. With beta = 0 nothing of the input counts, not
even nan. A factor is saved only if the other wants a gradient.
Follows https://docs.pytorch.org/docs/stable/generated/torch.addmm.html
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from mutagrad.declaration import operation
from mutagrad.dtypes import type_word
from mutagrad.ops.numbers import element
from mutagrad.ops.products import check_batches, check_numeric, scalar_types, shape_error
from mutagrad.ops.sizes import expanded
from mutagrad.tensor import Tensor

__all__ = ["addbmm", "addmm", "addmv", "addr", "baddbmm"]


def _plus(xp: Any, input: Any, product: Any, beta: Any, alpha: Any) -> Any:
    expanded(input.shape, product.shape, input.dtype)
    beta, alpha = factor_for(input, beta), factor_for(input, alpha)
    if alpha != 1:
        product *= alpha
    if beta != 0:
        product += input if beta == 1 else input * beta
    return product if product.dtype == input.dtype else xp.astype(product, input.dtype)


def _widened(xp: Any, *factors: Any) -> list[Any]:
    """The factors in single precision if they are in half: the sum is to be rounded once, at the end."""
    return [xp.astype(x, np.float32) if x.dtype == np.float16 else x for x in factors]


def factor_for(array: Any, factor: Any) -> Any:
    """A factor as the dtype has it: whole for integers. Raises RuntimeError for one that the dtype cannot hold."""
    kind = array.dtype.kind
    if kind in "biu" or (isinstance(factor, complex) and kind == "f"):
        return element(factor, np.dtype(np.float32) if array.dtype == np.float16 else np.dtype(array.dtype)).item()
    return factor


def _scaled(x: Any, factor: Any) -> Any:
    return x if factor == 1 else x * factor.conjugate()


def _share_of_addend(xp: Any, ct: Any, input_shape: tuple[int, ...], input_dtype: Any, beta: Any) -> Any:
    return xp.fit(_scaled(ct, beta), input_shape, input_dtype)


def _check_addmm(input: Any, mat1: Any, mat2: Any) -> None:
    for i, matrix in enumerate((mat1, mat2), 1):
        if matrix.ndim != 2:
            raise RuntimeError(f"mat{i} must be a matrix, got {matrix.ndim}-D tensor")
    if mat1.shape[1] != mat2.shape[0]:
        raise shape_error(mat1.shape, mat2.shape)
    _check_addmm_dtypes(input, mat1, mat2)


def _check_addmm_dtypes(input: Any, mat1: Any, mat2: Any) -> None:
    for name, array in (("self", input), ("mat1", mat1)):
        if array.dtype is not mat2.dtype:
            first, second = scalar_types(array, mat2)
            raise RuntimeError(f"{name} and mat2 must have the same dtype, but got {first} and {second}")
    check_numeric("addmm_impl_cpu_", mat1, mat2)


@operation(
    in_place=True,
    input=_share_of_addend,
    mat1=lambda xp, ct, mat2, alpha: _scaled(xp.matmul(ct, mat2.mT.conj()), alpha),
    mat2=lambda xp, ct, mat1, alpha: _scaled(xp.matmul(mat1.mT.conj(), ct), alpha),
)
def addmm(xp: Any, input: Any, mat1: Any, mat2: Any, /, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """`beta * input + alpha * (mat1 @ mat2)`, with `input` broadcast to the product (n, p).

    Integers take the factors' whole parts.  Raises RuntimeError for shapes that do not go together and for two dtypes.
    """
    _check_addmm(input, mat1, mat2)
    return _plus(xp, input, xp.matmul(*_widened(xp, mat1, mat2)), beta, alpha)


@operation(
    in_place=True,
    input=_share_of_addend,
    mat=lambda xp, ct, vec, alpha: _scaled(ct[:, None] * vec.conj(), alpha),
    vec=lambda xp, ct, mat, alpha: _scaled(xp.matmul(mat.mT.conj(), ct), alpha),
)
def addmv(xp: Any, input: Any, mat: Any, vec: Any, /, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """`beta * input + alpha * (mat @ vec)`, with `input` broadcast to the product (n). Errors are those of `addmm`."""
    if mat.ndim != 2 or vec.ndim != 1 or input.ndim > 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {input.ndim}, {mat.ndim}, {vec.ndim}")
    if mat.shape[1] != vec.shape[0] or input.shape not in ((), (1,), mat.shape[:1]):
        size, (n, m) = math.prod(input.shape), mat.shape
        raise RuntimeError(f"size mismatch, got input ({size}), mat ({n}x{m}), vec ({vec.shape[0]})")
    if not input.dtype is mat.dtype is vec.dtype:
        names = scalar_types(input, mat, vec)
        raise RuntimeError("addmv input tensors must have the same dtype, but got {}, {}, and {}".format(*names))
    check_numeric("addmv_impl_cpu", mat, vec)
    return _plus(xp, input, xp.matmul(*_widened(xp, mat, vec)), beta, alpha)


@operation(
    in_place=True,
    promotion="promote",
    input=_share_of_addend,
    vec1=lambda xp, ct, vec2, alpha: _scaled(xp.matmul(ct, vec2.conj()), alpha),
    vec2=lambda xp, ct, vec1, alpha: _scaled(xp.matmul(ct.mT, vec1.conj()), alpha),
)
def addr(xp: Any, input: Any, vec1: Any, vec2: Any, /, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """`beta * input + alpha * outer(vec1, vec2)`, with `input` broadcast to (n, m) and all three promoted.

    Raises RuntimeError for shapes that do not go together, and for factors with a fraction where all are integers.
    """
    for i, vector in enumerate((vec1, vec2), 1):
        if vector.ndim != 1:
            raise RuntimeError(f"addr: Expected 1-D argument vec{i}, but got {vector.ndim}-D")
    for name, factor in (("beta", beta), ("alpha", alpha)):
        if isinstance(factor, (float, complex)) and input.dtype.kind in "biu":
            raise RuntimeError(f"For integral input tensors, argument {name} must not be a floating point number.")
    vec1, vec2 = _widened(xp, vec1, vec2)
    return _plus(xp, input, vec1[:, None] * vec2, beta, alpha)


@operation(
    in_place=True,
    input=_share_of_addend,
    batch1=lambda xp, ct, batch2, alpha: _scaled(xp.matmul(ct, batch2.mT.conj()), alpha),
    batch2=lambda xp, ct, batch1, alpha: _scaled(xp.matmul(batch1.mT.conj(), ct), alpha),
)
def baddbmm(xp: Any, input: Any, batch1: Any, batch2: Any, /, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """`beta * input + alpha * bmm(batch1, batch2)`, with `input` broadcast to the products (b, n, p).

    Errors are those of `addmm`.
    """
    if not input.dtype is batch1.dtype is batch2.dtype:
        names = [type_word(array.dtype) for array in (input, batch1, batch2)]
        raise RuntimeError("Input dtypes must be the same, got: input {}, batch1: {}, batch2: {}".format(*names))
    check_numeric("baddbmm", batch1, batch2)
    check_batches(batch1, batch2)
    return _plus(xp, input, xp.matmul(*_widened(xp, batch1, batch2)), beta, alpha)


@operation(
    in_place=True,
    input=_share_of_addend,
    batch1=lambda xp, ct, batch2, alpha: _scaled(xp.matmul(ct, batch2.mT.conj()), alpha),
    batch2=lambda xp, ct, batch1, alpha: _scaled(xp.matmul(batch1.mT.conj(), ct), alpha),
)
def addbmm(xp: Any, input: Any, batch1: Any, batch2: Any, /, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """`beta * input + alpha * bmm(batch1, batch2).sum(0)`, with `input` broadcast to that sum (n, p).

    Errors are those of `addmm`.
    """
    _check_addmm_dtypes(input, batch1, batch2)
    check_batches(batch1, batch2)
    batch1, batch2 = _widened(xp, batch1, batch2)
    return _plus(xp, input, xp.tensordot(batch1, batch2, axes=((0, 2), (0, 1))), beta, alpha)


# In place -----------------------------------------------------------------------------------------------------------


def _bad_call(size: list[int], wanted: list[int]) -> str:
    return f"Bad in-place call: input tensor size {size} and output tensor size {wanted} should match"


def _bad_matrix(size: list[int], wanted: list[int]) -> str:
    if len(size) != 2:
        return f"2D tensor expected, got {len(size)}D tensor for input"
    return f"size mismatch, input: {size}, v1: {wanted[:1]}, v2: {wanted[1:]}"


def _refuse_growth(
    name: str, size: Callable[[Tensor, Tensor], tuple[int, ...]], message: Callable[..., str] = _bad_call
) -> None:
    """Has the in-place method say, in PyTorch's words, that a tensor would have to grow to hold the result."""
    method = getattr(Tensor, name)

    @wraps(method)
    def call(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        factors = [x for x in (*args, *kwargs.values()) if isinstance(x, Tensor)]
        try:
            wanted = size(*factors)
        except (TypeError, IndexError):
            return method(self, *args, **kwargs)  # raises for what they are
        if self.ndim != len(wanted) or any(n == 1 < m for n, m in zip(self.shape, wanted)):
            raise RuntimeError(message(list(self.shape), list(wanted)))
        return method(self, *args, **kwargs)

    setattr(Tensor, name, call)


_refuse_growth("addmm_", lambda mat1, mat2: (mat1.shape[0], mat2.shape[1]))
_refuse_growth("addmv_", lambda mat, vec: (mat.shape[0],))
_refuse_growth("addr_", lambda vec1, vec2: (vec1.shape[0], vec2.shape[0]), _bad_matrix)
_refuse_growth("baddbmm_", lambda batch1, batch2: (batch1.shape[0], batch1.shape[1], batch2.shape[2]))
