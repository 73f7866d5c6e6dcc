"""The methods that modules attach to `Tensor`. Written by `tools/write_stubs.py`: not to be edited."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.tensor import Tensor

class Methods:
    @property
    def H(self) -> Tensor: ...
    @property
    def T(self) -> Tensor: ...
    def abs(self, *, out: Any = ...) -> Tensor:
        """The absolute value, real also of a complex number."""
    def abs_(self) -> Tensor:
        """In-place form of `abs`."""
    def absolute(self, *, out: Any = ...) -> Tensor:
        """The absolute value, real also of a complex number."""
    def absolute_(self) -> Tensor:
        """In-place form of `abs`."""
    def acos(self, *, out: Any = ...) -> Tensor:
        """The angle whose cosine is `input`; NaN beyond one."""
    def acos_(self) -> Tensor:
        """In-place form of `acos`."""
    def acosh(self, *, out: Any = ...) -> Tensor:
        """The number whose hyperbolic cosine is `input`; NaN below one."""
    def acosh_(self) -> Tensor:
        """In-place form of `acosh`."""
    def add(self, other: Any = ..., *, alpha: Any = ..., out: Any = ...) -> Tensor:
        """The sum `input + alpha * other`."""
    def add_(self, other: Any = ..., *, alpha: Any = ...) -> Tensor:
        """In-place form of `add`."""
    def addbmm(self, batch1: Any = ..., batch2: Any = ..., *, beta: Any = ..., alpha: Any = ..., out: Any = ...) -> Tensor:
        """`beta * input + alpha * bmm(batch1, batch2).sum(0)`, with `input` broadcast to that sum (n, p)."""
    def addbmm_(self, batch1: Any = ..., batch2: Any = ..., *, beta: Any = ..., alpha: Any = ...) -> Tensor:
        """In-place form of `addbmm`."""
    def addcdiv(self, tensor1: Any = ..., tensor2: Any = ..., *, value: Any = ..., out: Any = ...) -> Tensor:
        """The sum `input + value * tensor1 / tensor2`. Raises RuntimeError where both are whole numbers."""
    def addcdiv_(self, tensor1: Any = ..., tensor2: Any = ..., *, value: Any = ...) -> Tensor:
        """In-place form of `addcdiv`."""
    def addcmul(self, tensor1: Any = ..., tensor2: Any = ..., *, value: Any = ..., out: Any = ...) -> Tensor:
        """The sum `input + value * tensor1 * tensor2`."""
    def addcmul_(self, tensor1: Any = ..., tensor2: Any = ..., *, value: Any = ...) -> Tensor:
        """In-place form of `addcmul`."""
    def addmm(self, mat1: Any = ..., mat2: Any = ..., *, beta: Any = ..., alpha: Any = ..., out: Any = ...) -> Tensor:
        """`beta * input + alpha * (mat1 @ mat2)`, with `input` broadcast to the product (n, p)."""
    def addmm_(self, mat1: Any = ..., mat2: Any = ..., *, beta: Any = ..., alpha: Any = ...) -> Tensor:
        """In-place form of `addmm`."""
    def addmv(self, mat: Any = ..., vec: Any = ..., *, beta: Any = ..., alpha: Any = ..., out: Any = ...) -> Tensor:
        """`beta * input + alpha * (mat @ vec)`, with `input` broadcast to the product (n). Errors are those of `addmm`."""
    def addmv_(self, mat: Any = ..., vec: Any = ..., *, beta: Any = ..., alpha: Any = ...) -> Tensor:
        """In-place form of `addmv`."""
    def addr(self, vec1: Any = ..., vec2: Any = ..., *, beta: Any = ..., alpha: Any = ..., out: Any = ...) -> Tensor:
        """`beta * input + alpha * outer(vec1, vec2)`, with `input` broadcast to (n, m) and all three promoted."""
    def addr_(self, vec1: Any = ..., vec2: Any = ..., *, beta: Any = ..., alpha: Any = ...) -> Tensor:
        """In-place form of `addr`."""
    def adjoint(self) -> Tensor:
        """The conjugate transpose of the last two dimensions: a view, but for complex numbers, which are copied."""
    def all(self, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Tensor:
        """Whether all elements are true (not zero), or all along `dim`; uint8 for uint8, else bool."""
    def allclose(self, other: Tensor = ..., rtol: builtins.float = ..., atol: builtins.float = ..., equal_nan: builtins.bool = ...) -> builtins.bool:
        """Whether every element of `input` is near that of `other`; see `isclose`."""
    def amax(self, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Tensor:
        """The largest of all elements, or of those along `dim`; equal ones share the gradient evenly."""
    def amin(self, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Tensor:
        """The smallest of all elements, or of those along `dim`; equal ones share the gradient evenly."""
    def aminmax(self, *, dim: Any = ..., keepdim: Any = ..., out: Any = ...) -> Any:
        """The smallest and the largest of all elements, or of those along `dim`, as a named tuple."""
    def angle(self, *, out: Any = ...) -> Tensor:
        """The angle of complex numbers, from -pi to pi; of real ones zero or pi."""
    def any(self, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Tensor:
        """Whether any element is true (not zero), or any along `dim`; uint8 for uint8, else bool."""
    def apply_(self, callable: Callable[[Any], Any] = ...) -> Tensor:
        """Replaces each element by the function of it."""
    def arccos(self, *, out: Any = ...) -> Tensor:
        """The angle whose cosine is `input`; NaN beyond one."""
    def arccos_(self) -> Tensor:
        """In-place form of `acos`."""
    def arccosh(self, *, out: Any = ...) -> Tensor:
        """The number whose hyperbolic cosine is `input`; NaN below one."""
    def arccosh_(self) -> Tensor:
        """In-place form of `acosh`."""
    def arcsin(self, *, out: Any = ...) -> Tensor:
        """The angle whose sine is `input`; NaN beyond one."""
    def arcsin_(self) -> Tensor:
        """In-place form of `asin`."""
    def arcsinh(self, *, out: Any = ...) -> Tensor:
        """The number whose hyperbolic sine is `input`."""
    def arcsinh_(self) -> Tensor:
        """In-place form of `asinh`."""
    def arctan(self, *, out: Any = ...) -> Tensor:
        """The angle whose tangent is `input`."""
    def arctan2(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The angle of the point whose ordinate is `input` and whose abscissa is `other`, from -pi to pi."""
    def arctan2_(self, other: Any = ...) -> Tensor:
        """In-place form of `atan2`."""
    def arctan_(self) -> Tensor:
        """In-place form of `atan`."""
    def arctanh(self, *, out: Any = ...) -> Tensor:
        """The number whose hyperbolic tangent is `input`; NaN beyond one."""
    def arctanh_(self) -> Tensor:
        """In-place form of `atanh`."""
    def argmax(self, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Tensor:
        """The index of the largest element along `dim`, or in the flat tensor; of equal ones the first."""
    def argmin(self, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Tensor:
        """The index of the smallest element along `dim`, or in the flat tensor; of equal ones the first."""
    def argsort(self, dim: Any = ..., descending: Any = ..., *, stable: Any = ..., out: Any = ...) -> Tensor:
        """The indices that put the elements in order along `dim`."""
    def argwhere(self) -> Tensor:
        """The indices of the elements that are not zero, a row for each."""
    def as_strided(self, size: Sequence[builtins.int] = ..., stride: Sequence[builtins.int] = ..., storage_offset: builtins.int | None = ...) -> Tensor:
        """The view of the storage of `input` with the given size, strides and offset, in elements."""
    def as_strided_(self, size: Sequence[builtins.int] = ..., stride: Sequence[builtins.int] = ..., storage_offset: builtins.int | None = ...) -> Tensor:
        """Shows the storage with the given size, strides and offset from now on."""
    def as_strided_scatter(self, src: Tensor = ..., size: Sequence[builtins.int] = ..., stride: Sequence[builtins.int] = ..., storage_offset: builtins.int | None = ..., *, out: Tensor | None = ...) -> Tensor:
        """A contiguous copy of `input` with `src` at the elements that `as_strided` names."""
    def as_subclass(self, cls: Any = ...) -> Any:
        """The same tensor, with its memory and history, as an instance of a subclass of Tensor."""
    def asin(self, *, out: Any = ...) -> Tensor:
        """The angle whose sine is `input`; NaN beyond one."""
    def asin_(self) -> Tensor:
        """In-place form of `asin`."""
    def asinh(self, *, out: Any = ...) -> Tensor:
        """The number whose hyperbolic sine is `input`."""
    def asinh_(self) -> Tensor:
        """In-place form of `asinh`."""
    def atan(self, *, out: Any = ...) -> Tensor:
        """The angle whose tangent is `input`."""
    def atan2(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The angle of the point whose ordinate is `input` and whose abscissa is `other`, from -pi to pi."""
    def atan2_(self, other: Any = ...) -> Tensor:
        """In-place form of `atan2`."""
    def atan_(self) -> Tensor:
        """In-place form of `atan`."""
    def atanh(self, *, out: Any = ...) -> Tensor:
        """The number whose hyperbolic tangent is `input`; NaN beyond one."""
    def atanh_(self) -> Tensor:
        """In-place form of `atanh`."""
    def backward(self, gradient: Tensor | None = ..., retain_graph: builtins.bool | None = ..., create_graph: builtins.bool = ..., inputs: Any = ...) -> None:
        """Adds to the `.grad` of every leaf behind this tensor its gradient; see `mutagrad.autograd.backward`."""
    def baddbmm(self, batch1: Any = ..., batch2: Any = ..., *, beta: Any = ..., alpha: Any = ..., out: Any = ...) -> Tensor:
        """`beta * input + alpha * bmm(batch1, batch2)`, with `input` broadcast to the products (b, n, p)."""
    def baddbmm_(self, batch1: Any = ..., batch2: Any = ..., *, beta: Any = ..., alpha: Any = ...) -> Tensor:
        """In-place form of `baddbmm`."""
    def bernoulli(self, p: builtins.float | None = ..., *, generator: Any = ..., out: Tensor | None = ...) -> Tensor:
        """Ones with the probabilities in `input`, or with probability `p` in its shape; else zeros."""
    def bernoulli_(self, p: Any = ..., *, generator: Any = ...) -> Tensor:
        """Fills with ones with probability `p`, a number or a tensor of probabilities, else zeros."""
    def bincount(self, weights: Tensor | None = ..., minlength: builtins.int = ...) -> Tensor:
        """How often each of 0, 1, 2, ... occurs, or the sums of the `weights` there."""
    def bitwise_and(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The bits set in both; `and` of masks."""
    def bitwise_and_(self, other: Any = ...) -> Tensor:
        """In-place form of `bitwise_and`."""
    def bitwise_left_shift(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """`input` with its bits moved up by `other` places."""
    def bitwise_left_shift_(self, other: Any = ...) -> Tensor:
        """In-place form of `bitwise_left_shift`."""
    def bitwise_not(self, *, out: Any = ...) -> Tensor:
        """The bits turned over; `not` of masks."""
    def bitwise_not_(self) -> Tensor:
        """In-place form of `bitwise_not`."""
    def bitwise_or(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The bits set in one or both; `or` of masks."""
    def bitwise_or_(self, other: Any = ...) -> Tensor:
        """In-place form of `bitwise_or`."""
    def bitwise_right_shift(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """`input` with its bits moved down by `other` places; the sign stays."""
    def bitwise_right_shift_(self, other: Any = ...) -> Tensor:
        """In-place form of `bitwise_right_shift`."""
    def bitwise_xor(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The bits set in exactly one of two."""
    def bitwise_xor_(self, other: Any = ...) -> Tensor:
        """In-place form of `bitwise_xor`."""
    def bmm(self, mat2: Any = ..., *, out: Any = ...) -> Tensor:
        """The products (b, n, p) of the matrices in two batches (b, n, m) and (b, m, p)."""
    def bool(self, memory_format: Any = ...) -> Tensor:
        """The tensor in dtype torch.bool; itself where that is its own."""
    def broadcast_to(self, *size: Any, **named: Any) -> Tensor:
        """The view expanded to a shape: `expand` under NumPy's name."""
    def byte(self, memory_format: Any = ...) -> Tensor:
        """The tensor in dtype torch.uint8; itself where that is its own."""
    def cauchy_(self, median: builtins.float = ..., sigma: builtins.float = ..., *, generator: Any = ...) -> Tensor:
        """Fills with samples of the Cauchy distribution."""
    def cdouble(self, memory_format: Any = ...) -> Tensor:
        """The tensor in dtype torch.complex128; itself where that is its own."""
    def ceil(self, *, out: Any = ...) -> Tensor:
        """The smallest whole number not below `input`."""
    def ceil_(self) -> Tensor:
        """In-place form of `ceil`."""
    def cfloat(self, memory_format: Any = ...) -> Tensor:
        """The tensor in dtype torch.complex64; itself where that is its own."""
    def char(self, memory_format: Any = ...) -> Tensor:
        """The tensor in dtype torch.int8; itself where that is its own."""
    def cholesky(self, upper: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
        """The Cholesky factor of positive definite matrices; see `mutagrad.linalg.cholesky`."""
    def cholesky_inverse(self, upper: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
        """The inverse of A from its Cholesky factor `L`."""
    def cholesky_solve(self, L: Tensor = ..., upper: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
        """The solution X of A X = B from the Cholesky factor `L` of A."""
    def chunk(self, chunks: builtins.int = ..., dim: builtins.int = ...) -> Any:
        """At most `chunks` pieces of one size along `dim`, as views; the last may be smaller."""
    def clamp(self, min: Any = ..., max: Any = ..., *, out: Tensor | None = ...) -> Tensor:
        """`input` raised to `min` and lowered to `max`, numbers or tensors; where they cross, `max`."""
    def clamp_(self, min: Any = ..., max: Any = ...) -> Tensor:
        """In-place form of `clamp`."""
    def clamp_max(self, max: Any = ..., *, out: Any = ...) -> Tensor:
        """`input` lowered to `max`."""
    def clamp_max_(self, bound: Any = ...) -> Tensor:
        """In-place form of `clamp_max`."""
    def clamp_min(self, min: Any = ..., *, out: Any = ...) -> Tensor:
        """`input` raised to `min`."""
    def clamp_min_(self, bound: Any = ...) -> Tensor:
        """In-place form of `clamp_min`."""
    def clip(self, min: Any = ..., max: Any = ..., *, out: Tensor | None = ...) -> Tensor:
        """`input` raised to `min` and lowered to `max`, numbers or tensors; where they cross, `max`."""
    def clip_(self, min: Any = ..., max: Any = ...) -> Tensor:
        """In-place form of `clamp`."""
    def clone(self, *, memory_format: Any = ...) -> Tensor:
        """A copy with the same history; its strides keep their order, unless a memory format is given."""
    def conj(self) -> Tensor:
        """The conjugate; a real tensor itself."""
    def conj_physical(self, *, out: Any = ...) -> Tensor:
        """The conjugate; a copy of a real tensor."""
    def conj_physical_(self) -> Tensor:
        """In-place form of `conj_physical`."""
    def contiguous(self, memory_format: Any = ...) -> Tensor:
        """The tensor itself where its memory is in order, else a copy in which it is."""
    def copy_(self, other: Any = ..., non_blocking: builtins.bool = ...) -> Tensor:
        """Copies the elements of `other`, broadcast and in this tensor's dtype, into this tensor."""
    def copysign(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The absolute value of `input` with the sign of `other`."""
    def copysign_(self, other: Any = ...) -> Tensor:
        """In-place form of `copysign`."""
    def corrcoef(self) -> Tensor:
        """The correlations of the variables that are the rows of `input`: covariances over the standard deviations."""
    def cos(self, *, out: Any = ...) -> Tensor:
        """The cosine."""
    def cos_(self) -> Tensor:
        """In-place form of `cos`."""
    def cosh(self, *, out: Any = ...) -> Tensor:
        """The hyperbolic cosine."""
    def cosh_(self) -> Tensor:
        """In-place form of `cosh`."""
    def count_nonzero(self, dim: Any = ..., *, out: Any = ...) -> Tensor:
        """How many elements are not zero, in all or along `dim`."""
    def cov(self, *, correction: builtins.int = ..., fweights: Tensor | None = ..., aweights: Tensor | None = ...) -> Tensor:
        """The covariances of the variables that are the rows of `input`, or the variance of one."""
    def cpu(self, memory_format: Any = ...) -> Tensor:
        """The tensor itself: it is on the CPU."""
    def cross(self, other: Tensor = ..., dim: builtins.int | None = ..., *, out: Tensor | None = ...) -> Tensor:
        """The cross products of the vectors along `dim`, by default along the first dimension of size three."""
    def cuda(self, device: Any = ..., non_blocking: builtins.bool = ..., memory_format: Any = ...) -> Tensor:
        """Raises AssertionError: there is only the CPU."""
    def cummax(self, dim: Any = ..., *, out: Any = ...) -> Any:
        """The largest elements so far along `dim`, and their indices; of equal ones the last. Saves the indices."""
    def cummin(self, dim: Any = ..., *, out: Any = ...) -> Any:
        """The smallest elements so far along `dim`, and their indices; of equal ones the last. Saves the indices."""
    def cumprod(self, dim: Any = ..., *, dtype: Any = ..., out: Any = ...) -> Tensor:
        """The running products along `dim`. Integers and bool are multiplied as int64. Saves the input."""
    def cumprod_(self, dim: builtins.int = ..., *, dtype: Any = ...) -> Tensor:
        """In-place form of `cumprod`."""
    def cumsum(self, dim: Any = ..., *, dtype: Any = ..., out: Any = ...) -> Tensor:
        """The running sums along `dim`. Integers and bool are summed as int64. Saves nothing."""
    def cumsum_(self, dim: builtins.int = ..., *, dtype: Any = ...) -> Tensor:
        """In-place form of `cumsum`."""
    def deg2rad(self, *, out: Any = ...) -> Tensor:
        """Degrees in radians."""
    def deg2rad_(self) -> Tensor:
        """In-place form of `deg2rad`."""
    def dense_dim(self) -> builtins.int:
        """The number of dimensions: all are dense."""
    def det(self) -> Tensor:
        """The determinants of square matrices; see `mutagrad.linalg.det`."""
    def diag(self, diagonal: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
        """The matrix with a vector on its diagonal; of a matrix, a copy of its diagonal."""
    def diag_embed(self, offset: Any = ..., dim1: Any = ..., dim2: Any = ..., *, out: Any = ...) -> Tensor:
        """Matrices with the last dimension of `input` on their diagonal `offset`, and zero elsewhere."""
    def diagflat(self, offset: builtins.int = ...) -> Tensor:
        """The matrix with all elements of `input` on its diagonal."""
    def diagonal(self, offset: builtins.int = ..., dim1: builtins.int = ..., dim2: builtins.int = ...) -> Tensor:
        """The view of the elements whose index along `dim2` is that along `dim1` plus `offset`, as the last dimension."""
    def diagonal_scatter(self, src: Tensor = ..., offset: builtins.int = ..., dim1: builtins.int = ..., dim2: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
        """A copy of `input` with `src` along a diagonal. Raises RuntimeError for a `src` of another shape."""
    def diff(self, n: builtins.int = ..., dim: builtins.int = ..., prepend: Tensor | None = ..., append: Tensor | None = ..., *, out: Tensor | None = ...) -> Tensor:
        """The differences between neighbours along `dim`, taken `n` times; of bool, whether they differ."""
    def digamma(self, *, out: Any = ...) -> Tensor:
        """The derivative of the logarithm of the gamma function."""
    def digamma_(self) -> Tensor:
        """In-place form of `digamma`."""
    def dim_order(self, *, ambiguity_check: Any = ...) -> builtins.tuple[builtins.int, ...]:
        """The dimensions as they lie in memory, the outermost first."""
    def dist(self, other: Any = ..., p: Any = ..., *, out: Any = ...) -> Tensor:
        """The norm of order `p` of the difference of two tensors, broadcast together."""
    def div(self, other: Any = ..., *, rounding_mode: Any = ..., out: Any = ...) -> Tensor:
        """The quotient `input / other`, rounded down with `rounding_mode='floor'`, towards zero with `'trunc'`."""
    def div_(self, other: Any = ..., *, rounding_mode: Any = ...) -> Tensor:
        """In-place form of `div`."""
    def divide(self, other: Any = ..., *, rounding_mode: Any = ..., out: Any = ...) -> Tensor:
        """The quotient `input / other`, rounded down with `rounding_mode='floor'`, towards zero with `'trunc'`."""
    def divide_(self, other: Any = ..., *, rounding_mode: Any = ...) -> Tensor:
        """In-place form of `div`."""
    def dot(self, tensor: Any = ..., *, out: Any = ...) -> Tensor:
        """The sum of the products of two vectors' elements."""
    def double(self, memory_format: Any = ...) -> Tensor:
        """The tensor in dtype torch.float64; itself where that is its own."""
    def dsplit(self, indices_or_sections: Any = ...) -> Any:
        """The pieces one behind the other (along the third dimension), as views."""
    def eig(self, eigenvectors: builtins.bool = ..., *, out: Any = ...) -> Any:
        """Raises RuntimeError: `linalg.eig` took its place."""
    def eq(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """Whether `input` equals `other`."""
    def eq_(self, other: Any = ...) -> Tensor:
        """In-place form of `eq`."""
    def equal(self, other: Tensor = ...) -> builtins.bool:
        """Whether two tensors have the same shape and equal elements."""
    def erf(self, *, out: Any = ...) -> Tensor:
        """The error function, the integral of `2 / sqrt(pi) * exp(-t ** 2)` from zero to `input`."""
    def erf_(self) -> Tensor:
        """In-place form of `erf`."""
    def erfc(self, *, out: Any = ...) -> Tensor:
        """One minus the error function, exact also where that is near one."""
    def erfc_(self) -> Tensor:
        """In-place form of `erfc`."""
    def erfinv(self, *, out: Any = ...) -> Tensor:
        """The number whose error function is `input`; NaN beyond one."""
    def erfinv_(self) -> Tensor:
        """In-place form of `erfinv`."""
    def exp(self, *, out: Any = ...) -> Tensor:
        """The exponential."""
    def exp2(self, *, out: Any = ...) -> Tensor:
        """Two to the power `input`."""
    def exp2_(self) -> Tensor:
        """In-place form of `exp2`."""
    def exp_(self) -> Tensor:
        """In-place form of `exp`."""
    def expand(self, *size: Any, **named: Any) -> Tensor:
        """The view with dimensions of size one, and new ones in front, repeated; -1 keeps a size."""
    def expand_as(self, other: Tensor = ...) -> Tensor:
        """The view expanded to the shape of `other`."""
    def expm1(self, *, out: Any = ...) -> Tensor:
        """The exponential minus one, exact also for small numbers."""
    def expm1_(self) -> Tensor:
        """In-place form of `expm1`."""
    def exponential_(self, lambd: builtins.float = ..., *, generator: Any = ...) -> Tensor:
        """Fills with samples of the exponential distribution with rate `lambd`."""
    def fill_(self, value: Any = ...) -> Tensor:
        """Writes one value, a number or a zero-dimensional tensor, to all elements."""
    def fill_diagonal_(self, fill_value: Any = ..., wrap: builtins.bool = ...) -> Tensor:
        """Writes a number along the main diagonal; with `wrap`, a tall matrix's diagonal starts again below its end."""
    def fix(self, *, out: Any = ...) -> Tensor:
        """The whole part: `input` rounded towards zero."""
    def fix_(self) -> Tensor:
        """In-place form of `trunc`."""
    def flatten(self, start_dim: builtins.int = ..., end_dim: builtins.int = ...) -> Tensor:
        """The dimensions from `start_dim` to `end_dim` as one: a view where the strides allow it."""
    def flip(self, *dims: Any, **named: Any) -> Tensor:
        """The elements in the opposite order along `dims`, a sequence or one after another; see `mutagrad.flip`."""
    def fliplr(self) -> Tensor:
        """The columns of a matrix in the opposite order."""
    def flipud(self) -> Tensor:
        """The rows in the opposite order."""
    def float(self, memory_format: Any = ...) -> Tensor:
        """The tensor in dtype torch.float32; itself where that is its own."""
    def float_power(self, exponent: Any = ..., *, out: Tensor | None = ...) -> Tensor:
        """The power `input ** exponent` in double precision."""
    def float_power_(self, exponent: Any = ...) -> Tensor:
        """In-place form of `float_power`, for tensors of double precision. Raises RuntimeError for others."""
    def floor(self, *, out: Any = ...) -> Tensor:
        """The greatest whole number not above `input`."""
    def floor_(self) -> Tensor:
        """In-place form of `floor`."""
    def floor_divide(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The quotient rounded down. Raises RuntimeError for whole numbers divided by zero."""
    def floor_divide_(self, other: Any = ...) -> Tensor:
        """In-place form of `floor_divide`."""
    def fmax(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The larger of two, or the one that is not NaN."""
    def fmin(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The smaller of two, or the one that is not NaN."""
    def fmod(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """What is left of `input` after whole multiples of `other`, with the sign of `input`."""
    def fmod_(self, other: Any = ...) -> Tensor:
        """In-place form of `fmod`."""
    def frac(self, *, out: Any = ...) -> Tensor:
        """What is left of `input` after its whole part, with its sign."""
    def frac_(self) -> Tensor:
        """In-place form of `frac`."""
    def frexp(self, *, out: Any = ...) -> Any:
        """The parts `mantissa`, from a half up to one, and whole `exponent` of `mantissa * 2 ** exponent`."""
    def gather(self, dim: builtins.int = ..., index: Tensor = ..., *, sparse_grad: builtins.bool = ..., out: Tensor | None = ...) -> Tensor:
        """The elements at `index` along `dim`, and along other dimensions where the index itself stands."""
    def gcd(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The greatest common divisor of whole numbers."""
    def gcd_(self, other: Any = ...) -> Tensor:
        """In-place form of `gcd`."""
    def ge(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """Whether `input` is at least `other`."""
    def ge_(self, other: Any = ...) -> Tensor:
        """In-place form of `ge`."""
    def geometric_(self, p: builtins.float = ..., *, generator: Any = ...) -> Tensor:
        """Fills with how many throws it takes to succeed, each with probability `p`."""
    def geqrf(self, *, out: Any = ...) -> Any:
        """R with the vectors of the reflections below it, and their factors, as LAPACK has them; see `linalg.qr`."""
    def ger(self, vec2: Tensor = ..., *, out: Tensor | None = ...) -> Tensor:
        """The products (n, m) of each element of a vector (n) with each of another (m)."""
    def get_device(self) -> builtins.int:
        """The number of the accelerator that holds the tensor: -1, it is on the CPU."""
    @property
    def grad_fn(self) -> Any: ...
    def greater(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """Whether `input` is greater than `other`."""
    def greater_(self, other: Any = ...) -> Tensor:
        """In-place form of `gt`."""
    def greater_equal(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """Whether `input` is at least `other`."""
    def greater_equal_(self, other: Any = ...) -> Tensor:
        """In-place form of `ge`."""
    def gt(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """Whether `input` is greater than `other`."""
    def gt_(self, other: Any = ...) -> Tensor:
        """In-place form of `gt`."""
    def half(self, memory_format: Any = ...) -> Tensor:
        """The tensor in dtype torch.float16; itself where that is its own."""
    def hardshrink(self, lambd: Any = ..., *, out: Any = ...) -> Tensor:
        """`input`, but zero from `-lambd` to `lambd`."""
    def heaviside(self, values: Any = ..., *, out: Any = ...) -> Tensor:
        """Zero below zero, `values` at zero, one above. Raises RuntimeError where the dtypes differ."""
    def heaviside_(self, values: Any = ...) -> Tensor:
        """In-place form of `heaviside`."""
    def histc(self, bins: Any = ..., min: Any = ..., max: Any = ..., *, out: Any = ...) -> Tensor:
        """How many elements lie in each of `bins` equal parts of the range from `min` to `max` (equal: that of the input)."""
    def histogram(self, bins: builtins.int | Tensor = ..., *, range: Sequence[builtins.float] | None = ..., weight: Tensor | None = ..., density: builtins.bool = ..., out: Sequence[Tensor] | None = ...) -> Any:
        """How many elements lie in each of `bins`, a number of equal parts of `range` or a vector of edges; and the edges."""
    def hsplit(self, indices_or_sections: Any = ...) -> Any:
        """The pieces side by side (along the second dimension; the first of a vector), as views."""
    def hypot(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The length `sqrt(input ** 2 + other ** 2)` of a right triangle's long side."""
    def hypot_(self, other: Any = ...) -> Tensor:
        """In-place form of `hypot`."""
    def i0(self, *, out: Any = ...) -> Tensor:
        """The modified Bessel function of the first kind of order zero."""
    def i0_(self) -> Tensor:
        """In-place form of `i0`."""
    def igamma(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The regularised lower incomplete gamma function: the gamma distribution of shape `input` below `other`."""
    def igamma_(self, other: Any = ...) -> Tensor:
        """In-place form of `igamma`."""
    def igammac(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The regularised upper incomplete gamma function, one minus `igamma`."""
    def igammac_(self, other: Any = ...) -> Tensor:
        """In-place form of `igammac`."""
    @property
    def imag(self) -> Tensor: ...
    def index_add(self, dim: builtins.int = ..., index: Tensor = ..., source: Tensor = ..., *, alpha: Any = ...) -> Any:
        """Out-of-place form of `index_add_`."""
    def index_add_(self, dim: builtins.int = ..., index: Tensor = ..., source: Tensor = ..., *, alpha: Any = ...) -> Tensor:
        """Adds to the slices along `dim` that a vector `index` names those of `source`, times `alpha`."""
    def index_copy(self, dim: builtins.int = ..., index: Tensor = ..., source: Tensor = ...) -> Any:
        """Out-of-place form of `index_copy_`."""
    def index_copy_(self, dim: builtins.int = ..., index: Tensor = ..., source: Tensor = ...) -> Tensor:
        """Copies the slices of `source` over those along `dim` that a vector `index` names."""
    def index_fill(self, dim: builtins.int = ..., index: Tensor = ..., value: Any = ...) -> Any:
        """Out-of-place form of `index_fill_`."""
    def index_fill_(self, dim: builtins.int = ..., index: Tensor = ..., value: Any = ...) -> Tensor:
        """Writes one value, a number or a zero-dimensional tensor, to the slices along `dim` that `index` names."""
    def index_put(self, indices: Sequence[Tensor] = ..., values: Tensor = ..., accumulate: builtins.bool = ...) -> Any:
        """Out-of-place form of `index_put_`."""
    def index_put_(self, indices: Sequence[Tensor] = ..., values: Tensor = ..., accumulate: builtins.bool = ...) -> Tensor:
        """Writes `values`, broadcast, to `self[indices]` for a tuple of index tensors and masks; or adds them there."""
    def index_reduce(self, dim: builtins.int = ..., index: Tensor = ..., source: Tensor = ..., reduce: builtins.str = ..., *, include_self: builtins.bool = ...) -> Any:
        """Out-of-place form of `index_reduce_`."""
    def index_reduce_(self, dim: builtins.int = ..., index: Tensor = ..., source: Tensor = ..., reduce: builtins.str = ..., *, include_self: builtins.bool = ...) -> Tensor:
        """Combines the slices along `dim` that a vector `index` names with those of `source`: 'prod', 'mean', 'amax', 'amin'."""
    def index_select(self, dim: builtins.int = ..., index: Tensor = ..., *, out: Tensor | None = ...) -> Tensor:
        """The slices of `input` along `dim` that a vector `index` names."""
    def inner(self, other: Tensor = ..., *, out: Tensor | None = ...) -> Tensor:
        """The product summed over the last dimension of both; with a zero-dimensional operand, the product."""
    def int(self, memory_format: Any = ...) -> Tensor:
        """The tensor in dtype torch.int32; itself where that is its own."""
    def inverse(self, *, out: Tensor | None = ...) -> Tensor:
        """The inverse of square matrices; see `mutagrad.linalg.inv`."""
    def is_conj(self) -> builtins.bool:
        """Whether the tensor is a conjugate that was not computed yet: never, here it is computed at once."""
    def is_distributed(self) -> builtins.bool:
        """Whether the tensor lies on several machines: no."""
    def is_neg(self) -> builtins.bool:
        """Whether the tensor is a negative that was not computed yet: never, here it is computed at once."""
    def is_nonzero(self) -> builtins.bool:
        """Whether the one element is not zero. Raises RuntimeError when there is not exactly one."""
    def is_pinned(self, device: Any = ...) -> builtins.bool:
        """Whether the memory is locked for transfers: never."""
    def is_set_to(self, tensor: Tensor = ...) -> builtins.bool:
        """Whether both show the same storage with the same offset, shape and strides."""
    def is_shared(self) -> builtins.bool:
        """Whether the memory is shared between processes: never."""
    def isclose(self, other: Tensor = ..., rtol: builtins.float = ..., atol: builtins.float = ..., equal_nan: builtins.bool = ...) -> Tensor:
        """Whether `abs(input - other) <= atol + rtol * abs(other)`, element by element; equal infinities are near."""
    def isfinite(self, *, out: Any = ...) -> Tensor:
        """Whether each element is neither infinite nor NaN."""
    def isin(self, test_elements: Any = ..., *, assume_unique: builtins.bool = ..., invert: builtins.bool = ..., out: Any = ...) -> Tensor:
        """Whether each of `elements` is among `test_elements`; with `invert`, whether it is not."""
    def isinf(self, *, out: Any = ...) -> Tensor:
        """Whether each element is infinite."""
    def isnan(self, *, out: Any = ...) -> Tensor:
        """Whether each element is NaN."""
    def isneginf(self, *, out: Any = ...) -> Tensor:
        """Whether each element is negative infinity."""
    def isposinf(self, *, out: Any = ...) -> Tensor:
        """Whether each element is positive infinity."""
    def isreal(self) -> Tensor:
        """Whether the imaginary part of each element is zero."""
    def istft(self, n_fft: builtins.int = ..., hop_length: builtins.int | None = ..., win_length: builtins.int | None = ..., window: Tensor | None = ..., center: builtins.bool = ..., normalized: builtins.bool = ..., onesided: builtins.bool | None = ..., length: builtins.int | None = ..., return_complex: builtins.bool = ...) -> Tensor:
        """The signal whose short-time transform is nearest to `input`, by Griffin and Lim's weighted overlap and add."""
    def kron(self, other: Tensor = ..., *, out: Tensor | None = ...) -> Tensor:
        """The Kronecker product: each element of `input` times all of `other`, as blocks."""
    def kthvalue(self, k: Any = ..., dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Any:
        """The `k`-th smallest element along `dim`, counted from one, and its index."""
    def lcm(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The least common multiple of whole numbers."""
    def lcm_(self, other: Any = ...) -> Tensor:
        """In-place form of `lcm`."""
    def ldexp(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The product `input * 2 ** other`."""
    def ldexp_(self, other: Any = ...) -> Tensor:
        """In-place form of `ldexp`."""
    def le(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """Whether `input` is at most `other`."""
    def le_(self, other: Any = ...) -> Tensor:
        """In-place form of `le`."""
    def lerp(self, end: Any = ..., weight: Any = ..., *, out: Any = ...) -> Tensor:
        """The point `input + weight * (end - input)` between two. Raises RuntimeError where the dtypes differ."""
    def lerp_(self, end: Any = ..., weight: Any = ...) -> Tensor:
        """In-place form of `lerp`."""
    def less(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """Whether `input` is less than `other`."""
    def less_(self, other: Any = ...) -> Tensor:
        """In-place form of `lt`."""
    def less_equal(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """Whether `input` is at most `other`."""
    def less_equal_(self, other: Any = ...) -> Tensor:
        """In-place form of `le`."""
    def lgamma(self, *, out: Any = ...) -> Tensor:
        """The logarithm of the absolute value of the gamma function."""
    def lgamma_(self) -> Tensor:
        """In-place form of `lgamma`."""
    def log(self, *, out: Any = ...) -> Tensor:
        """The natural logarithm; NaN for a negative number."""
    def log10(self, *, out: Any = ...) -> Tensor:
        """The logarithm to the base ten."""
    def log10_(self) -> Tensor:
        """In-place form of `log10`."""
    def log1p(self, *, out: Any = ...) -> Tensor:
        """The natural logarithm of `1 + input`, exact also for small numbers."""
    def log1p_(self) -> Tensor:
        """In-place form of `log1p`."""
    def log2(self, *, out: Any = ...) -> Tensor:
        """The logarithm to the base two."""
    def log2_(self) -> Tensor:
        """In-place form of `log2`."""
    def log_(self) -> Tensor:
        """In-place form of `log`."""
    def log_normal_(self, mean: builtins.float = ..., std: builtins.float = ..., *, generator: Any = ...) -> Tensor:
        """Fills with samples whose logarithm is normal with `mean` and `std`."""
    def log_softmax(self, dim: Any = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
        """The logarithm of `softmax` along `dim`, without its rounding to zero. Saves the result alone."""
    def logaddexp(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The logarithm of `exp(input) + exp(other)`, without overflow."""
    def logaddexp2(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The logarithm to the base two of `2 ** input + 2 ** other`, without overflow."""
    def logcumsumexp(self, dim: Any = ..., *, out: Any = ...) -> Tensor:
        """The logarithm of the running sums of exponentials along `dim`. Saves the input and the result."""
    def logdet(self) -> Tensor:
        """The logarithms of the determinants; NaN where one is negative, minus infinity where one is zero."""
    def logical_and(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """Whether both are true, that is, not zero."""
    def logical_and_(self, other: Any = ...) -> Tensor:
        """In-place form of `logical_and`."""
    def logical_not(self, *, out: Any = ...) -> Tensor:
        """Whether each element is false, that is, zero."""
    def logical_not_(self) -> Tensor:
        """In-place form of `logical_not`."""
    def logical_or(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """Whether one or both are true, that is, not zero."""
    def logical_or_(self, other: Any = ...) -> Tensor:
        """In-place form of `logical_or`."""
    def logical_xor(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """Whether exactly one is true, that is, not zero."""
    def logical_xor_(self, other: Any = ...) -> Tensor:
        """In-place form of `logical_xor`."""
    def logit(self, eps: Any = ..., *, out: Any = ...) -> Tensor:
        """The logarithm of the odds `input / (1 - input)`, first clamped to `[eps, 1 - eps]` where `eps` is given."""
    def logit_(self, eps: Any = ...) -> Tensor:
        """In-place form of `logit`."""
    def logsumexp(self, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Tensor:
        """The logarithm of the sum of exponentials along `dim`; minus infinity of nothing. Saves the input and the result."""
    def long(self, memory_format: Any = ...) -> Tensor:
        """The tensor in dtype torch.int64; itself where that is its own."""
    def lstsq(self, A: Tensor = ..., *, out: Any = ...) -> Any:
        """Raises RuntimeError: `linalg.lstsq` took its place."""
    def lt(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """Whether `input` is less than `other`."""
    def lt_(self, other: Any = ...) -> Tensor:
        """In-place form of `lt`."""
    def lu(self, pivot: builtins.bool = ..., get_infos: builtins.bool = ..., *, out: Any = ...) -> Any:
        """L and U in one matrix, the pivots and, if asked for, where it failed; see `mutagrad.linalg.lu_factor`."""
    def lu_solve(self, LU_data: Tensor = ..., LU_pivots: Tensor = ..., *, out: Tensor | None = ...) -> Tensor:
        """The solution X of A X = b from `lu_factor(A)`; see `mutagrad.linalg.lu_solve`."""
    @property
    def mH(self) -> Tensor: ...
    @property
    def mT(self) -> Tensor: ...
    def map2_(self, x: Tensor = ..., y: Tensor = ..., callable: Callable[[Any, Any, Any], Any] = ...) -> Tensor:
        """Replaces each element by the function of it and those of `x` and `y`. Errors are those of `apply_`."""
    def map_(self, tensor: Tensor = ..., callable: Callable[[Any, Any], Any] = ...) -> Tensor:
        """Replaces each element by the function of it and that of `tensor`. Errors are those of `apply_`."""
    def masked_fill(self, mask: Any = ..., value: Any = ..., *, out: Any = ...) -> Tensor:
        """`input` with `value`, a number or a zero-dimensional tensor, where `mask` is true."""
    def masked_fill_(self, mask: Any = ..., value: Any = ...) -> Tensor:
        """In-place form of `masked_fill`."""
    def masked_scatter(self, mask: Tensor = ..., source: Tensor = ...) -> Tensor:
        """A copy of `input`, broadcast with `mask`, with the elements of `source`, in order, where the mask is true."""
    def masked_scatter_(self, mask: Tensor = ..., source: Tensor = ...) -> Tensor:
        """Writes the elements of `source`, in order, where `mask`, broadcast to `self`, is true."""
    def masked_select(self, mask: Tensor = ..., *, out: Tensor | None = ...) -> Tensor:
        """The elements where `mask` is true, as a vector; both are broadcast together."""
    def matmul(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The matrix product over the last two dimensions, with those before them broadcast; also `input @ other`."""
    def matrix_exp(self) -> Tensor:
        """The exponential of square matrices, the sum of their powers over factorials. Saves the input."""
    def matrix_power(self, n: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
        """The `n`-th power of square matrices, by repeated squaring; of the inverse for a negative `n`."""
    def max(self, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Any:
        """The largest of all elements; with `dim`, the largest along it and their indices; of two tensors, `maximum`."""
    def maximum(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The larger of two; NaN where one of them is."""
    def mean(self, dim: Any = ..., keepdim: Any = ..., *, dtype: Any = ..., out: Any = ...) -> Tensor:
        """The mean of all elements, or of those along `dim`; nan where there are none."""
    def median(self, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Any:
        """The median of all elements, the lower one of two; with `dim`, the medians along it and their indices."""
    def min(self, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Any:
        """The smallest of all elements; with `dim`, the smallest along it and their indices; of two tensors, `minimum`."""
    def minimum(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The smaller of two; NaN where one of them is."""
    def mm(self, mat2: Any = ..., *, out: Any = ...) -> Tensor:
        """The product (n, p) of two matrices (n, m) and (m, p)."""
    def mode(self, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Any:
        """The most frequent element along `dim`, of several the smallest, and its last index."""
    def moveaxis(self, source: builtins.int | Sequence[builtins.int] = ..., destination: builtins.int | Sequence[builtins.int] = ...) -> Tensor:
        """The view with the dimensions `source` at the places `destination` and the others in order."""
    def movedim(self, source: builtins.int | Sequence[builtins.int] = ..., destination: builtins.int | Sequence[builtins.int] = ...) -> Tensor:
        """The view with the dimensions `source` at the places `destination` and the others in order."""
    def msort(self, *, out: Tensor | None = ...) -> Tensor:
        """The elements in order along the first dimension."""
    def mul(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The product `input * other`."""
    def mul_(self, other: Any = ...) -> Tensor:
        """In-place form of `mul`."""
    def multinomial(self, num_samples: builtins.int = ..., replacement: builtins.bool = ..., *, generator: Any = ..., out: Tensor | None = ...) -> Tensor:
        """Indices drawn in proportion to the weights in `input`, for each of its rows."""
    def multiply(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The product `input * other`."""
    def multiply_(self, other: Any = ...) -> Tensor:
        """In-place form of `mul`."""
    def mv(self, vec: Any = ..., *, out: Any = ...) -> Tensor:
        """The product (n) of a matrix (n, m) and a vector (m)."""
    def mvlgamma(self, p: Any = ..., *, out: Any = ...) -> Tensor:
        """The logarithm of the multivariate gamma function of dimension `p`. Raises RuntimeError for `p` below one."""
    def mvlgamma_(self, p: Any = ...) -> Tensor:
        """In-place form of `mvlgamma`."""
    def nan_to_num(self, nan: Any = ..., posinf: Any = ..., neginf: Any = ..., *, out: Any = ...) -> Tensor:
        """`input` with NaN replaced by `nan` (zero) and infinities by `posinf` and `neginf` (the dtype's limits)."""
    def nan_to_num_(self, nan: Any = ..., posinf: Any = ..., neginf: Any = ...) -> Tensor:
        """In-place form of `nan_to_num`."""
    def nanmean(self, dim: Any = ..., keepdim: builtins.bool = ..., *, dtype: Any = ..., out: Tensor | None = ...) -> Tensor:
        """The mean of the elements that are not nan."""
    def nanmedian(self, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Any:
        """The median of the elements that are not nan; see `median`."""
    def nanquantile(self, q: Any = ..., dim: builtins.int | None = ..., keepdim: builtins.bool = ..., *, interpolation: builtins.str = ..., out: Tensor | None = ...) -> Tensor:
        """The quantiles of the elements that are not nan; see `quantile`."""
    def nansum(self, dim: Any = ..., keepdim: Any = ..., *, dtype: Any = ..., out: Any = ...) -> Tensor:
        """The sum of the elements that are not nan."""
    def narrow(self, dim: builtins.int = ..., start: builtins.int | Tensor = ..., length: builtins.int = ...) -> Tensor:
        """The view of `length` indices along `dim` from `start` on."""
    def narrow_copy(self, dim: builtins.int = ..., start: builtins.int = ..., length: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
        """A copy of what `narrow` gives."""
    def ne(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """Whether `input` differs from `other`."""
    def ne_(self, other: Any = ...) -> Tensor:
        """In-place form of `ne`."""
    def neg(self, *, out: Any = ...) -> Tensor:
        """The opposite `-input`. Raises RuntimeError for a mask."""
    def neg_(self) -> Tensor:
        """In-place form of `neg`."""
    def negative(self, *, out: Any = ...) -> Tensor:
        """The opposite `-input`. Raises RuntimeError for a mask."""
    def negative_(self) -> Tensor:
        """In-place form of `neg`."""
    def new(self, *data: Any, **options: Any) -> Any: ...
    def new_empty(self, *size: Any, **options: Any) -> Tensor:
        """Uninitialised memory in the dtype of this tensor, of other sizes."""
    def new_empty_strided(self, size: Sequence[builtins.int] = ..., stride: Sequence[builtins.int] = ..., **options: Any) -> Tensor:
        """Uninitialised memory in the dtype of this tensor, of other sizes and strides."""
    def new_full(self, size: Sequence[builtins.int] = ..., fill_value: Any = ..., **options: Any) -> Tensor:
        """A tensor of one value in the dtype of this one, of other sizes."""
    def new_ones(self, *size: Any, **options: Any) -> Tensor:
        """A tensor of ones in the dtype of this one, of other sizes."""
    def new_tensor(self, data: Any = ..., *, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ...) -> Tensor:
        """A tensor of a copy of `data`, in the dtype of this one unless another is given."""
    def new_zeros(self, *size: Any, **options: Any) -> Tensor:
        """A tensor of zeros in the dtype of this one, of other sizes."""
    def nextafter(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The next number that the dtype can hold after `input` in the direction of `other`."""
    def nextafter_(self, other: Any = ...) -> Tensor:
        """In-place form of `nextafter`."""
    def nonzero(self, *, as_tuple: builtins.bool = ..., out: Tensor | None = ...) -> Any:
        """The indices of the elements that are not zero: a matrix with a row for each, or a tuple of its columns."""
    def nonzero_static(self, *, size: builtins.int = ..., fill_value: builtins.int = ..., out: Tensor | None = ...) -> Tensor:
        """The first `size` rows of what `nonzero` gives, and rows of `fill_value` where there are fewer."""
    def norm(self, p: Any = ..., dim: Any = ..., keepdim: builtins.bool = ..., dtype: Any = ..., *, out: Tensor | None = ...) -> Tensor:
        """The norm of order `p` of all elements as one vector, or of those along `dim`; 'fro' is 2."""
    def normal_(self, mean: builtins.float = ..., std: builtins.float = ..., *, generator: Any = ...) -> Tensor:
        """Fills with samples of the normal distribution. Raises RuntimeError for a negative `std`."""
    def not_equal(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """Whether `input` differs from `other`."""
    def not_equal_(self, other: Any = ...) -> Tensor:
        """In-place form of `ne`."""
    def orgqr(self, tau: Tensor = ..., *, out: Tensor | None = ...) -> Tensor:
        """The product of reflections; see `mutagrad.linalg.householder_product`."""
    def ormqr(self, tau: Tensor = ..., other: Tensor = ..., left: builtins.bool = ..., transpose: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
        """`other` times the product Q of all reflections, from the left or the right; times Qᴴ if `transpose`."""
    def outer(self, vec2: Tensor = ..., *, out: Tensor | None = ...) -> Tensor:
        """The products (n, m) of each element of a vector (n) with each of another (m)."""
    def permute(self, *dims: Any, **named: Any) -> Tensor:
        """The view with its dimensions in the order `dims`."""
    def pin_memory(self, device: Any = ...) -> Tensor:
        """Raises RuntimeError: there is no accelerator to lock memory for."""
    def pinverse(self, rcond: builtins.float = ...) -> Tensor:
        """The pseudo-inverse; see `mutagrad.linalg.pinv`."""
    def polygamma(self, n: Any = ..., *, out: Any = ...) -> Tensor:
        """Shapes: any.  Dtypes: promoted, whole numbers to the default dtype.  Gradient: saves `input`."""
    def polygamma_(self, n: Any = ...) -> Tensor:
        """In-place form of `polygamma`."""
    def positive(self) -> Tensor:
        """`input` itself. Raises RuntimeError for a mask."""
    def pow(self, exponent: Any = ..., *, out: Any = ...) -> Tensor:
        """The power `input ** exponent`; one to any power and any number to the power zero are one."""
    def pow_(self, exponent: Any = ...) -> Tensor:
        """In-place form of `pow`."""
    def prelu(self, weight: Tensor = ...) -> Tensor:
        """`input` where it is positive, else `weight * input`, with one weight, or one for each entry of dimension 1."""
    def prod(self, dim: Any = ..., keepdim: Any = ..., *, dtype: Any = ..., out: Any = ...) -> Tensor:
        """The product of all elements, or of those along one dimension."""
    def put(self, index: Tensor = ..., source: Tensor = ..., accumulate: builtins.bool = ...) -> Any:
        """Out-of-place form of `put_`."""
    def put_(self, index: Tensor = ..., source: Tensor = ..., accumulate: builtins.bool = ...) -> Tensor:
        """Writes the elements of `source` at `index`, counted through all of `self`; or adds them there."""
    def qr(self, some: builtins.bool = ..., *, out: Any = ...) -> Any:
        """Q and R of `linalg.qr`, reduced if `some`, else complete."""
    def quantile(self, q: Any = ..., dim: builtins.int | None = ..., keepdim: builtins.bool = ..., *, interpolation: builtins.str = ..., out: Tensor | None = ...) -> Tensor:
        """The `q`-th quantiles, from zero to one, of all elements or of those along `dim`."""
    def rad2deg(self, *, out: Any = ...) -> Tensor:
        """Radians in degrees."""
    def rad2deg_(self) -> Tensor:
        """In-place form of `rad2deg`."""
    def random_(self, *bounds: builtins.int, generator: Any = ..., **named: builtins.int) -> Tensor:
        """Fills with whole numbers: on [from, to), on [0, to), or on all that the dtype has from 0 on."""
    def ravel(self) -> Tensor:
        """All elements in order along one dimension: a view of a contiguous tensor, else a copy."""
    @property
    def real(self) -> Tensor: ...
    def reciprocal(self, *, out: Any = ...) -> Tensor:
        """The reciprocal `1 / input`."""
    def reciprocal_(self) -> Tensor:
        """In-place form of `reciprocal`."""
    def register_hook(self, hook: Callable[[Tensor], Tensor | None] = ...) -> Any:
        """Calls `hook(gradient)` whenever the gradient with respect to this value is known; what it returns replaces it."""
    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None] = ...) -> Any:
        """Calls `hook(self)` after a backward pass has added to this leaf's `.grad`."""
    def reinforce(self, reward: Any = ...) -> Any:
        """Raises RuntimeError: distributions took its place."""
    def relu(self, *, out: Any = ...) -> Tensor:
        """`input` where it is positive, else zero. The gradient at zero is zero."""
    def relu_(self) -> Tensor:
        """In-place form of `relu`."""
    def remainder(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """What is left of `input` after whole multiples of `other`, with the sign of `other`."""
    def remainder_(self, other: Any = ...) -> Tensor:
        """In-place form of `remainder`."""
    def renorm(self, p: Any = ..., dim: Any = ..., maxnorm: Any = ..., *, out: Any = ...) -> Tensor:
        """Each slice along `dim` whose norm of order `p` exceeds `maxnorm` scaled down to it, the others as they are."""
    def renorm_(self, p: Any = ..., dim: Any = ..., maxnorm: Any = ...) -> Tensor:
        """In-place form of `renorm`."""
    def repeat(self, repeats: Any = ..., *, out: Any = ...) -> Tensor:
        """The tensor repeated so many times along each dimension; further repeats make new dimensions in front."""
    def repeat_interleave(self, repeats: Any = ..., dim: builtins.int | None = ..., *, output_size: builtins.int | None = ...) -> Tensor:
        """Each element, or each slice along `dim`, repeated in its place: all `repeats` times, or each its own number."""
    def reshape(self, *shape: Any, **named: Any) -> Tensor:
        """The same elements in another shape: a view where the strides allow it, else a copy."""
    def reshape_as(self, other: Tensor = ...) -> Tensor:
        """The same elements in the shape of `other`: a view where the strides allow it."""
    def resize(self, *size: Any) -> Tensor:
        """The tensor in another shape of as many elements. Raises RuntimeError for another number of them."""
    def resize_(self, *size: Any, memory_format: Any = ..., **named: Any) -> Tensor:
        """Changes the shape in place, to the first elements of the storage in order from this tensor's offset on."""
    def resize_as(self, tensor: Tensor = ...) -> Tensor:
        """The tensor in the shape of another of as many elements."""
    def resize_as_(self, the_template: Tensor = ..., *, memory_format: Any = ...) -> Tensor:
        """Changes the shape in place to that of another tensor; see `resize_`."""
    def resolve_conj(self) -> Tensor:
        """The tensor itself: conjugates and negatives are computed at once."""
    def resolve_neg(self) -> Tensor:
        """The tensor itself: conjugates and negatives are computed at once."""
    def retain_grad(self) -> None:
        """Makes backward passes keep the gradient of this tensor in its `.grad`, though it is no leaf."""
    @property
    def retains_grad(self) -> builtins.bool: ...
    def roll(self, shifts: Any = ..., dims: Any = ..., *, out: Any = ...) -> Tensor:
        """The elements moved on by `shifts` places along `dims` (none: in flat order), the last ones to the front."""
    def rot90(self, k: Any = ..., dims: Any = ..., *, out: Any = ...) -> Tensor:
        """The plane of two `dims` turned by `k` quarter turns, from the first towards the second."""
    def round(self, *, decimals: Any = ..., out: Any = ...) -> Tensor:
        """The nearest whole number, the even one of two, or the nearest number of so many `decimals`."""
    def round_(self, *, decimals: Any = ...) -> Tensor:
        """In-place form of `round`."""
    def rsqrt(self, *, out: Any = ...) -> Tensor:
        """The reciprocal of the square root."""
    def rsqrt_(self) -> Tensor:
        """In-place form of `rsqrt`."""
    def scatter(self, dim: builtins.int = ..., index: Tensor = ..., src: Any = ..., *, value: Any = ..., reduce: builtins.str | None = ...) -> Any:
        """Out-of-place form of `scatter_`."""
    def scatter_(self, dim: builtins.int = ..., index: Tensor = ..., src: Any = ..., *, value: Any = ..., reduce: builtins.str | None = ...) -> Tensor:
        """Writes the elements of `src`, or one number, at `index` along `dim`, elsewhere where the index itself stands."""
    def scatter_add(self, dim: builtins.int = ..., index: Tensor = ..., src: Tensor = ...) -> Any:
        """Out-of-place form of `scatter_add_`."""
    def scatter_add_(self, dim: builtins.int = ..., index: Tensor = ..., src: Tensor = ...) -> Tensor:
        """Adds the elements of `src` at `index` along `dim`, elsewhere where the index itself stands."""
    def scatter_reduce(self, dim: builtins.int = ..., index: Tensor = ..., src: Tensor = ..., reduce: builtins.str = ..., *, include_self: builtins.bool = ...) -> Any:
        """Out-of-place form of `scatter_reduce_`."""
    def scatter_reduce_(self, dim: builtins.int = ..., index: Tensor = ..., src: Tensor = ..., reduce: builtins.str = ..., *, include_self: builtins.bool = ...) -> Tensor:
        """Combines the elements at `index` along `dim` with those of `src`, by a 'sum', 'prod', 'mean', 'amax' or 'amin'."""
    def select(self, dim: builtins.int = ..., index: builtins.int = ...) -> Tensor:
        """The view of the elements with one index along `dim`, which is left out."""
    def select_scatter(self, src: Tensor = ..., dim: builtins.int = ..., index: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
        """A copy of `input` with `src` at one index along `dim`. Raises RuntimeError for a `src` of another shape."""
    def set_(self, source: Any = ..., storage_offset: builtins.int = ..., size: Sequence[builtins.int] | None = ..., stride: Sequence[builtins.int] | None = ...) -> Tensor:
        """Lets the tensor be over the memory of `source`, a tensor or a storage, without history; over none without it."""
    def sgn(self, *, out: Any = ...) -> Tensor:
        """The sign; of a complex number the number of length one with the same angle, or zero."""
    def sgn_(self) -> Tensor:
        """In-place form of `sgn`."""
    def share_memory_(self) -> Tensor:
        """The tensor itself: it is shared between the threads of its process, not between processes."""
    def short(self, memory_format: Any = ...) -> Tensor:
        """The tensor in dtype torch.int16; itself where that is its own."""
    def sigmoid(self, *, out: Any = ...) -> Tensor:
        """The logistic function `1 / (1 + exp(-input))`."""
    def sigmoid_(self) -> Tensor:
        """In-place form of `sigmoid`."""
    def sign(self, *, out: Any = ...) -> Tensor:
        """Minus one, zero or one, as `input` is below, at or above zero; zero for NaN."""
    def sign_(self) -> Tensor:
        """In-place form of `sign`."""
    def signbit(self, *, out: Any = ...) -> Tensor:
        """Whether each element is negative, minus zero included."""
    def sin(self, *, out: Any = ...) -> Tensor:
        """The sine."""
    def sin_(self) -> Tensor:
        """In-place form of `sin`."""
    def sinc(self, *, out: Any = ...) -> Tensor:
        """The ratio `sin(pi * input) / (pi * input)`, one at zero."""
    def sinc_(self) -> Tensor:
        """In-place form of `sinc`."""
    def sinh(self, *, out: Any = ...) -> Tensor:
        """The hyperbolic sine."""
    def sinh_(self) -> Tensor:
        """In-place form of `sinh`."""
    def slice_scatter(self, src: Tensor = ..., dim: builtins.int = ..., start: builtins.int | None = ..., end: builtins.int | None = ..., step: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
        """A copy of `input` with `src` at a slice along `dim`. Raises RuntimeError for a `src` of another shape."""
    def slogdet(self, *, out: Any = ...) -> Any:
        """Sign and logarithm of the determinants; see `mutagrad.linalg.slogdet`."""
    def softmax(self, dim: Any = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
        """Exponentials over their sum along `dim`. Saves the result alone."""
    def solve(self, A: Tensor = ..., *, out: Any = ...) -> Any:
        """Raises RuntimeError: `linalg.solve` took its place."""
    def sort(self, dim: Any = ..., descending: Any = ..., *, stable: Any = ..., out: Any = ...) -> Any:
        """The elements in order along `dim`, and the indices that they had."""
    def sparse_dim(self) -> builtins.int:
        """Zero: no dimension is sparse."""
    def special_logsumexp(self, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Tensor:
        """The logarithm of the sum of exponentials along `dim`; minus infinity of nothing. Saves the input and the result."""
    def split(self, split_size_or_sections: Any = ..., dim: builtins.int = ..., *, split_size: Any = ...) -> Any:
        """The pieces of a tensor along `dim`, as views: of one size (the last may be smaller), or of the sizes given."""
    def split_with_sizes(self, split_sizes: Sequence[builtins.int] = ..., dim: builtins.int = ...) -> Any:
        """The pieces of these sizes along `dim`, as views. Raises RuntimeError when they do not add up to it."""
    def sqrt(self, *, out: Any = ...) -> Tensor:
        """The square root; NaN for a negative number."""
    def sqrt_(self) -> Tensor:
        """In-place form of `sqrt`."""
    def square(self, *, out: Any = ...) -> Tensor:
        """The square; masks become whole numbers."""
    def square_(self) -> Tensor:
        """In-place form of `square`."""
    def squeeze(self, *dim: Any, **named: Any) -> Tensor:
        """The view without dimensions of size one: all of them, or those named."""
    def squeeze_(self, *dim: Any, **named: Any) -> Tensor:
        """Leaves out dimensions of size one in place: all of them, or those named."""
    def std(self, dim: Any = ..., *, correction: Any = ..., keepdim: Any = ..., out: Any = ...) -> Tensor:
        """The standard deviation of all elements, or of those along `dim`, with Bessel's correction."""
    def stft(self, n_fft: builtins.int = ..., hop_length: builtins.int | None = ..., win_length: builtins.int | None = ..., window: Tensor | None = ..., center: builtins.bool = ..., pad_mode: builtins.str = ..., normalized: builtins.bool = ..., onesided: builtins.bool | None = ..., return_complex: builtins.bool | None = ...) -> Tensor:
        """The Fourier transforms of frames of `n_fft` points, `hop_length` (a quarter) apart, each times the window."""
    def storage(self) -> Any:
        """The elements that the tensor shares with its aliases. Deprecated, as in PyTorch: `untyped_storage` is not."""
    def sub(self, other: Any = ..., *, alpha: Any = ..., out: Any = ...) -> Tensor:
        """The difference `input - alpha * other`. Raises RuntimeError for a mask."""
    def sub_(self, other: Any = ..., *, alpha: Any = ...) -> Tensor:
        """In-place form of `sub`."""
    def subtract(self, other: Any = ..., *, alpha: Any = ..., out: Any = ...) -> Tensor:
        """The difference `input - alpha * other`. Raises RuntimeError for a mask."""
    def subtract_(self, other: Any = ..., *, alpha: Any = ...) -> Tensor:
        """In-place form of `sub`."""
    def sum(self, dim: Any = ..., keepdim: Any = ..., *, dtype: Any = ..., out: Any = ...) -> Tensor:
        """The sum of all elements, or of those along `dim`, one dimension or several."""
    def sum_to_size(self, *size: Any) -> Tensor:
        """The sum over the dimensions that would be expanded to broadcast `size` to the shape of `input`."""
    def svd(self, some: builtins.bool = ..., compute_uv: builtins.bool = ..., *, out: Any = ...) -> Any:
        """U, S and V of `linalg.svd`, the smaller ones if `some`; zeros for U and V unless `compute_uv`."""
    def swapaxes(self, axis0: builtins.int = ..., axis1: builtins.int = ...) -> Tensor:
        """The view with two dimensions exchanged: `transpose` under NumPy's name."""
    def swapaxes_(self, axis0: builtins.int = ..., axis1: builtins.int = ...) -> Tensor:
        """Exchanges two dimensions in place: `transpose_` under NumPy's name."""
    def swapdims(self, dim0: builtins.int = ..., dim1: builtins.int = ...) -> Tensor:
        """The view with two dimensions exchanged: `transpose` under another name."""
    def swapdims_(self, dim0: builtins.int = ..., dim1: builtins.int = ...) -> Tensor:
        """Exchanges two dimensions in place."""
    def symeig(self, eigenvectors: builtins.bool = ..., upper: builtins.bool = ..., *, out: Any = ...) -> Any:
        """Raises RuntimeError: `linalg.eigh` took its place."""
    def t(self) -> Tensor:
        """The transposed matrix, as a view; a vector or a scalar as it is. Raises RuntimeError beyond two dimensions."""
    def t_(self) -> Tensor:
        """Transposes a matrix in place. Raises RuntimeError beyond two dimensions."""
    def take(self, index: Tensor = ..., *, out: Tensor | None = ...) -> Tensor:
        """The elements at `index`, counted through all of `input`; the result has the shape of the index."""
    def take_along_dim(self, indices: Tensor = ..., dim: builtins.int | None = ..., *, out: Tensor | None = ...) -> Tensor:
        """The elements at `indices` along `dim`, both broadcast in the other dimensions; without `dim`, of all in a row."""
    def tan(self, *, out: Any = ...) -> Tensor:
        """The tangent."""
    def tan_(self) -> Tensor:
        """In-place form of `tan`."""
    def tanh(self, *, out: Any = ...) -> Tensor:
        """The hyperbolic tangent."""
    def tanh_(self) -> Tensor:
        """In-place form of `tanh`."""
    def tensor_split(self, indices_or_sections: Any = ..., dim: builtins.int = ..., *, sections: Any = ..., indices: Any = ...) -> Any:
        """The pieces along `dim`, as views: so many of nearly one size, or those between the indices given."""
    def tile(self, *dims: Any) -> Tensor:
        """The tensor repeated along its last dimensions, as `repeat` does once `dims` is filled up with ones in front."""
    def to(self, *target: Any, device: Any = ..., dtype: Any = ..., non_blocking: builtins.bool = ..., copy: builtins.bool = ..., memory_format: Any = ...) -> Tensor:
        """The tensor in the dtype (and on the device) given, or of another tensor; itself where nothing changes."""
    def to_dense(self, dtype: Any = ..., *, masked_grad: builtins.bool | None = ...) -> Tensor:
        """The tensor itself, or in another dtype: it is dense."""
    def topk(self, k: Any = ..., dim: Any = ..., largest: Any = ..., sorted: Any = ..., *, out: Any = ...) -> Any:
        """The `k` largest elements along `dim`, or the smallest, in order, and their indices."""
    def trace(self, *, out: Any = ...) -> Tensor:
        """The sum of the diagonal of a matrix."""
    def transpose(self, dim0: builtins.int = ..., dim1: builtins.int = ...) -> Tensor:
        """The view with two dimensions exchanged."""
    def transpose_(self, dim0: builtins.int = ..., dim1: builtins.int = ...) -> Tensor:
        """Exchanges two dimensions in place."""
    def triangular_solve(self, A: Tensor = ..., upper: builtins.bool = ..., transpose: builtins.bool = ..., unitriangular: builtins.bool = ..., *, out: Any = ...) -> Any:
        """The solution of A x = b (of Aᵀ x = b if `transpose`) for a triangular A, and A; see `linalg.solve_triangular`."""
    def tril(self, diagonal: Any = ..., *, out: Any = ...) -> Tensor:
        """The lower triangle of each matrix, up to the given diagonal; zero above it."""
    def tril_(self, diagonal: Any = ...) -> Tensor:
        """In-place form of `tril`."""
    def triu(self, diagonal: Any = ..., *, out: Any = ...) -> Tensor:
        """The upper triangle of each matrix, from the given diagonal on; zero below it."""
    def triu_(self, diagonal: Any = ...) -> Tensor:
        """In-place form of `triu`."""
    def true_divide(self, other: Any = ..., *, rounding_mode: Any = ..., out: Any = ...) -> Tensor:
        """The quotient `input / other`, rounded down with `rounding_mode='floor'`, towards zero with `'trunc'`."""
    def true_divide_(self, other: Any = ..., *, rounding_mode: Any = ...) -> Tensor:
        """In-place form of `div`."""
    def trunc(self, *, out: Any = ...) -> Tensor:
        """The whole part: `input` rounded towards zero."""
    def trunc_(self) -> Tensor:
        """In-place form of `trunc`."""
    def type(self, dtype: Any = ..., non_blocking: builtins.bool = ...) -> Any:
        """The name of the tensor's type, or the tensor in the dtype (or type, or name of one) given."""
    def type_as(self, other: Tensor = ...) -> Tensor:
        """The tensor in the dtype of another."""
    def unbind(self, dim: builtins.int = ...) -> Any:
        """The slices along `dim`, as views without that dimension."""
    def unflatten(self, dim: builtins.int = ..., sizes: Sequence[builtins.int] = ...) -> Tensor:
        """The view with the dimension `dim` as several of these sizes, one of which may be -1."""
    def unfold(self, dimension: builtins.int = ..., size: builtins.int = ..., step: builtins.int = ...) -> Tensor:
        """The view of all windows of `size` elements along `dimension`, `step` apart, each as a new last dimension."""
    def uniform_(self, *bounds: builtins.float, generator: Any = ..., **named: builtins.float) -> Tensor:
        """Fills with samples uniform on [from, to), by default [0, 1)."""
    def unique(self, dim: Any = ..., *, out: Any = ...) -> Any:
        """The different elements in order, or with `dim` the different slices; on request with the index, among them, of each element (`return_inverse`) and how often each occurs (`return_counts`). Every nan is different."""
    def unique_consecutive(self, dim: Any = ..., *, out: Any = ...) -> Any:
        """The elements, or with `dim` the slices, that differ from the one before; `return_inverse` and `return_counts` as in `unique`."""
    def unsafe_chunk(self, chunks: builtins.int = ..., dim: builtins.int = ...) -> Any:
        """At most `chunks` pieces of one size along `dim`, as views; the last may be smaller."""
    def unsafe_split(self, split_size_or_sections: Any = ..., dim: builtins.int = ..., *, split_size: Any = ...) -> Any:
        """The pieces of a tensor along `dim`, as views: of one size (the last may be smaller), or of the sizes given."""
    def unsafe_split_with_sizes(self, split_sizes: Sequence[builtins.int] = ..., dim: builtins.int = ...) -> Any:
        """The pieces of these sizes along `dim`, as views. Raises RuntimeError when they do not add up to it."""
    def unsqueeze(self, dim: builtins.int = ...) -> Tensor:
        """The view with a new dimension of size one at `dim`."""
    def unsqueeze_(self, dim: builtins.int = ...) -> Tensor:
        """Adds a dimension of size one at `dim` in place."""
    def untyped_storage(self) -> Any:
        """The bytes that the tensor shares with its aliases."""
    def var(self, dim: Any = ..., *, correction: Any = ..., keepdim: Any = ..., out: Any = ...) -> Tensor:
        """The variance of all elements, or of those along `dim`, with Bessel's correction."""
    def vdot(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The dot product of two vectors, the first of them conjugated. Errors are those of `dot`."""
    def view(self, *shape: Any, **named: Any) -> Tensor:
        """The view of the same elements in another shape, or of the same bytes as another dtype."""
    def view_as(self, other: Tensor = ...) -> Tensor:
        """The view in the shape of `other`."""
    def vsplit(self, indices_or_sections: Any = ...) -> Any:
        """The pieces one above the other (along the first dimension), as views."""
    def where(self, condition: Tensor = ..., other: Any = ...) -> Tensor:
        """The elements of this tensor where `condition` is true, else those of `other`."""
    def xlogy(self, other: Any = ..., *, out: Any = ...) -> Tensor:
        """The product `input * log(other)`, zero where `input` is zero, NaN where `other` is."""
    def xlogy_(self, other: Any = ...) -> Tensor:
        """In-place form of `xlogy`."""
    def zero_(self) -> Tensor:
        """Writes zero to all elements."""
