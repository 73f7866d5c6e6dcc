"""What `import mutagrad as torch` offers. Written by `tools/write_stubs.py`: not to be edited."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.tensor import Tensor as Tensor
from mutagrad.report.errors import AutogradError as AutogradError
from mutagrad.report.traps import AutogradWarning as AutogradWarning
from mutagrad.batched.array import Batched as Batched
from mutagrad.report.guarded import FrozenError as FrozenError
from mutagrad.ops.random import Generator as Generator
from mutagrad.report.errors import OverwrittenError as OverwrittenError
from mutagrad.tensor import Size as Size
from mutagrad.ops.memory import TypedStorage as TypedStorage
from mutagrad.ops.memory import UntypedStorage as UntypedStorage
from mutagrad import accelerator as accelerator
from mutagrad import allocator as allocator
from mutagrad import amp as amp
from mutagrad.amp.autocasting import autocast as autocast
from mutagrad import autograd as autograd
from mutagrad import backends as backends
from mutagrad import collector as collector
from mutagrad import cuda as cuda
from mutagrad.device import device as device
from mutagrad import distributed as distributed
from mutagrad import distributions as distributions
from mutagrad.dtypes import dtype as dtype
from mutagrad.modes import enable_grad as enable_grad
from mutagrad import fft as fft
from mutagrad.dtypes import finfo as finfo
from mutagrad import func as func
from mutagrad.dtypes import iinfo as iinfo
from mutagrad.modes import inference_mode as inference_mode
from mutagrad import jit as jit
from mutagrad.device import Layout as _layout
layout = _layout
from mutagrad.bookkeeping.book import ledger as ledger
from mutagrad import linalg as linalg
from mutagrad import masked as masked
from mutagrad.device import memory_format as memory_format
from mutagrad import nn as nn
from mutagrad.modes import no_grad as no_grad
from mutagrad import onnx as onnx
from mutagrad import optim as optim
from mutagrad import profiler as profiler
from mutagrad import random as random
from mutagrad import safetensors as safetensors
from mutagrad import serialization as serialization
from mutagrad.modes import set_grad_enabled as set_grad_enabled
from mutagrad.overwrite import set_overwrite_policy as set_overwrite_policy
from mutagrad import signal as signal
from mutagrad import special as special
from mutagrad import testing as testing
from mutagrad import utils as utils
from mutagrad import version as version

ARRAYS: Any
BoolTensor: type[Tensor]
ByteTensor: type[Tensor]
CharTensor: type[Tensor]
ComplexDoubleTensor: type[Tensor]
ComplexFloatTensor: type[Tensor]
DoubleTensor: type[Tensor]
FloatTensor: type[Tensor]
HalfTensor: type[Tensor]
IntTensor: type[Tensor]
LongTensor: type[Tensor]
ShortTensor: type[Tensor]
UInt16Tensor: type[Tensor]
UInt32Tensor: type[Tensor]
UInt64Tensor: type[Tensor]
__version__: builtins.str
bool: dtype
bool_: dtype
cdouble: dtype
cfloat: dtype
channels_last: memory_format
channels_last_3d: memory_format
complex128: dtype
complex64: dtype
contiguous_format: memory_format
default_generator: Generator
double: dtype
e: builtins.float
float: dtype
float16: dtype
float32: dtype
float64: dtype
half: dtype
inf: builtins.float
int: dtype
int16: dtype
int32: dtype
int64: dtype
int8: dtype
legacy_contiguous_format: memory_format
long: dtype
nan: builtins.float
newaxis: Any
of_numpy: Any
pi: builtins.float
preserve_format: memory_format
scalar_result: Any
short: dtype
strided: Any
uint16: dtype
uint32: dtype
uint64: dtype
uint8: dtype
def abs(input: Tensor, *, out: Any = ...) -> Tensor:
    """The absolute value, real also of a complex number."""
def abs_(input: Tensor) -> Tensor:
    """In-place form of `abs`."""
def absolute(input: Tensor, *, out: Any = ...) -> Tensor:
    """The absolute value, real also of a complex number."""
def acos(input: Tensor, *, out: Any = ...) -> Tensor:
    """The angle whose cosine is `input`; NaN beyond one."""
def acos_(input: Tensor) -> Tensor:
    """In-place form of `acos`."""
def acosh(input: Tensor, *, out: Any = ...) -> Tensor:
    """The number whose hyperbolic cosine is `input`; NaN below one."""
def acosh_(input: Tensor) -> Tensor:
    """In-place form of `acosh`."""
def adaptive_avg_pool1d(input: Any, output_size: Any = ...) -> Tensor:
    """The means of as many windows as `output_size` says, which cover the input."""
def adaptive_max_pool1d(input: Any, output_size: Any = ..., return_indices: builtins.bool = ...) -> Any:
    """The largest elements of as many windows as `output_size` says, which cover the input; with `return_indices` also their places."""
def add(input: Tensor, other: Any = ..., *, alpha: Any = ..., out: Any = ...) -> Tensor:
    """The sum `input + alpha * other`."""
def addbmm(input: Tensor, batch1: Any = ..., batch2: Any = ..., *, beta: Any = ..., alpha: Any = ..., out: Any = ...) -> Tensor:
    """`beta * input + alpha * bmm(batch1, batch2).sum(0)`, with `input` broadcast to that sum (n, p)."""
def addcdiv(input: Tensor, tensor1: Any = ..., tensor2: Any = ..., *, value: Any = ..., out: Any = ...) -> Tensor:
    """The sum `input + value * tensor1 / tensor2`. Raises RuntimeError where both are whole numbers."""
def addcmul(input: Tensor, tensor1: Any = ..., tensor2: Any = ..., *, value: Any = ..., out: Any = ...) -> Tensor:
    """The sum `input + value * tensor1 * tensor2`."""
def addmm(input: Tensor, mat1: Any = ..., mat2: Any = ..., *, beta: Any = ..., alpha: Any = ..., out: Any = ...) -> Tensor:
    """`beta * input + alpha * (mat1 @ mat2)`, with `input` broadcast to the product (n, p)."""
def addmv(input: Tensor, mat: Any = ..., vec: Any = ..., *, beta: Any = ..., alpha: Any = ..., out: Any = ...) -> Tensor:
    """`beta * input + alpha * (mat @ vec)`, with `input` broadcast to the product (n). Errors are those of `addmm`."""
def addmv_(input: Tensor, mat: Any = ..., vec: Any = ..., *, beta: Any = ..., alpha: Any = ...) -> Tensor:
    """In-place form of `addmv`."""
def addr(input: Tensor, vec1: Any = ..., vec2: Any = ..., *, beta: Any = ..., alpha: Any = ..., out: Any = ...) -> Tensor:
    """`beta * input + alpha * outer(vec1, vec2)`, with `input` broadcast to (n, m) and all three promoted."""
def adjoint(input: Tensor) -> Tensor:
    """The conjugate transpose of the last two dimensions: a view, but for complex numbers, which are copied."""
def affine_grid_generator(theta: Any, size: Sequence[builtins.int] = ..., align_corners: builtins.bool = ...) -> Tensor:
    """`affine_grid` without its checks."""
def alias_copy(input: Tensor, *, out: Any = ...) -> Any:
    """A copy of what `_alias` gives."""
def all(input: Tensor, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Tensor:
    """Whether all elements are true (not zero), or all along `dim`; uint8 for uint8, else bool."""
def allclose(input: Tensor, other: Tensor = ..., rtol: builtins.float = ..., atol: builtins.float = ..., equal_nan: builtins.bool = ...) -> builtins.bool:
    """Whether every element of `input` is near that of `other`; see `isclose`."""
def alpha_dropout(input: Any, p: builtins.float = ..., training: builtins.bool = ..., inplace: builtins.bool = ...) -> Tensor:
    """Dropout to follow `selu`: it keeps mean zero and variance one (https://arxiv.org/abs/1706.02515)."""
def alpha_dropout_(input: Any, p: builtins.float = ..., train: builtins.bool = ...) -> Tensor:
    """In-place form of `alpha_dropout`."""
def amax(input: Tensor, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Tensor:
    """The largest of all elements, or of those along `dim`; equal ones share the gradient evenly."""
def amin(input: Tensor, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Tensor:
    """The smallest of all elements, or of those along `dim`; equal ones share the gradient evenly."""
def aminmax(input: Tensor, *, dim: Any = ..., keepdim: Any = ..., out: Any = ...) -> Any:
    """The smallest and the largest of all elements, or of those along `dim`, as a named tuple."""
def angle(input: Tensor, *, out: Any = ...) -> Tensor:
    """The angle of complex numbers, from -pi to pi; of real ones zero or pi."""
def any(input: Tensor, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Tensor:
    """Whether any element is true (not zero), or any along `dim`; uint8 for uint8, else bool."""
def arange(*bounds: Any, **options: Any) -> Tensor:
    """The numbers from `start` (0) to `end`, not included, `step` (1) apart."""
def arccos(input: Tensor, *, out: Any = ...) -> Tensor:
    """The angle whose cosine is `input`; NaN beyond one."""
def arccos_(input: Tensor) -> Tensor:
    """In-place form of `acos`."""
def arccosh(input: Tensor, *, out: Any = ...) -> Tensor:
    """The number whose hyperbolic cosine is `input`; NaN below one."""
def arccosh_(input: Tensor) -> Tensor:
    """In-place form of `acosh`."""
def arcsin(input: Tensor, *, out: Any = ...) -> Tensor:
    """The angle whose sine is `input`; NaN beyond one."""
def arcsin_(input: Tensor) -> Tensor:
    """In-place form of `asin`."""
def arcsinh(input: Tensor, *, out: Any = ...) -> Tensor:
    """The number whose hyperbolic sine is `input`."""
def arcsinh_(input: Tensor) -> Tensor:
    """In-place form of `asinh`."""
def arctan(input: Tensor, *, out: Any = ...) -> Tensor:
    """The angle whose tangent is `input`."""
def arctan2(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The angle of the point whose ordinate is `input` and whose abscissa is `other`, from -pi to pi."""
def arctan_(input: Tensor) -> Tensor:
    """In-place form of `atan`."""
def arctanh(input: Tensor, *, out: Any = ...) -> Tensor:
    """The number whose hyperbolic tangent is `input`; NaN beyond one."""
def arctanh_(input: Tensor) -> Tensor:
    """In-place form of `atanh`."""
def are_deterministic_algorithms_enabled() -> builtins.bool:
    """Whether `use_deterministic_algorithms` was asked for."""
def argmax(input: Tensor, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Tensor:
    """The index of the largest element along `dim`, or in the flat tensor; of equal ones the first."""
def argmin(input: Tensor, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Tensor:
    """The index of the smallest element along `dim`, or in the flat tensor; of equal ones the first."""
def argsort(input: Tensor, dim: Any = ..., descending: Any = ..., *, stable: Any = ..., out: Any = ...) -> Tensor:
    """The indices that put the elements in order along `dim`."""
def argwhere(input: Tensor) -> Tensor:
    """The indices of the elements that are not zero, a row for each."""
def as_dtype(x: Any, function: builtins.str = ..., argument: builtins.str = ...) -> Any:
    """The dtype meant by a dtype, a NumPy dtype, or one of Python's `bool`, `int`, `float` and `complex`."""
def as_strided(input: Tensor, size: Sequence[builtins.int] = ..., stride: Sequence[builtins.int] = ..., storage_offset: builtins.int | None = ...) -> Tensor:
    """The view of the storage of `input` with the given size, strides and offset, in elements."""
def as_strided_(self: Tensor, size: Sequence[builtins.int] = ..., stride: Sequence[builtins.int] = ..., storage_offset: builtins.int | None = ...) -> Tensor:
    """Shows the storage with the given size, strides and offset from now on."""
def as_strided_copy(input: Tensor, size: Sequence[builtins.int] = ..., stride: Sequence[builtins.int] = ..., storage_offset: builtins.int | None = ..., *, out: Any = ...) -> Any:
    """A copy of what `as_strided` gives."""
def as_strided_scatter(input: Tensor, src: Tensor = ..., size: Sequence[builtins.int] = ..., stride: Sequence[builtins.int] = ..., storage_offset: builtins.int | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """A contiguous copy of `input` with `src` at the elements that `as_strided` names."""
def as_tensor(data: Any, dtype: Any = ..., device: Any = ...) -> Tensor:
    """`data` as a tensor, sharing its memory where it is a tensor or a NumPy array of the dtype."""
def asarray(obj: Any, *, dtype: Any = ..., device: Any = ..., copy: builtins.bool | None = ..., requires_grad: builtins.bool | None = ...) -> Tensor:
    """`obj`, a tensor, array, buffer, or nested sequences of numbers, as a tensor."""
def asin(input: Tensor, *, out: Any = ...) -> Tensor:
    """The angle whose sine is `input`; NaN beyond one."""
def asin_(input: Tensor) -> Tensor:
    """In-place form of `asin`."""
def asinh(input: Tensor, *, out: Any = ...) -> Tensor:
    """The number whose hyperbolic sine is `input`."""
def asinh_(input: Tensor) -> Tensor:
    """In-place form of `asinh`."""
def atan(input: Tensor, *, out: Any = ...) -> Tensor:
    """The angle whose tangent is `input`."""
def atan2(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The angle of the point whose ordinate is `input` and whose abscissa is `other`, from -pi to pi."""
def atan_(input: Tensor) -> Tensor:
    """In-place form of `atan`."""
def atanh(input: Tensor, *, out: Any = ...) -> Tensor:
    """The number whose hyperbolic tangent is `input`; NaN beyond one."""
def atanh_(input: Tensor) -> Tensor:
    """In-place form of `atanh`."""
def atleast_1d(*tensors: Any) -> Any:
    """The tensors, each with at least one dimension, as views."""
def atleast_2d(*tensors: Any) -> Any:
    """The tensors, each with at least two dimensions, as views: a vector becomes a row."""
def atleast_3d(*tensors: Any) -> Any:
    """The tensors, each with at least three dimensions, as views: a vector becomes a row, a matrix grows in depth."""
def avg_pool1d(input: Any, kernel_size: Any = ..., stride: Any = ..., padding: Any = ..., ceil_mode: builtins.bool = ..., count_include_pad: builtins.bool = ...) -> Tensor:
    """The mean of each window of the last dimension."""
def baddbmm(input: Tensor, batch1: Any = ..., batch2: Any = ..., *, beta: Any = ..., alpha: Any = ..., out: Any = ...) -> Tensor:
    """`beta * input + alpha * bmm(batch1, batch2)`, with `input` broadcast to the products (b, n, p)."""
def bartlett_window(window_length: builtins.int, periodic: builtins.bool = ..., **options: Any) -> Tensor:
    """The triangular window that ends at zero; see `hann_window`."""
def batch_norm(input: Any, running_mean: Any = ..., running_var: Any = ..., weight: Any = ..., bias: Any = ..., training: builtins.bool = ..., momentum: builtins.float = ..., eps: builtins.float = ...) -> Tensor:
    """Each channel with mean zero and variance one over the batch, times `weight`, plus `bias`."""
def bernoulli(input: Tensor, p: builtins.float | None = ..., *, generator: Any = ..., out: Tensor | None = ...) -> Tensor:
    """Ones with the probabilities in `input`, or with probability `p` in its shape; else zeros."""
def bilinear(input1: Tensor, input2: Tensor = ..., weight: Tensor = ..., bias: Tensor | None = ...) -> Tensor:
    """`input1 @ weight[k] @ input2` for each k, plus `bias`: (*, m), (*, n), (p, m, n) and (p) give (*, p)."""
def bincount(input: Tensor, weights: Tensor | None = ..., minlength: builtins.int = ...) -> Tensor:
    """How often each of 0, 1, 2, ... occurs, or the sums of the `weights` there."""
def binomial(count: Tensor, prob: Tensor = ..., generator: Any = ...) -> Tensor:
    """How often of `count` times something happens that has probability `prob`."""
def bitwise_and(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The bits set in both; `and` of masks."""
def bitwise_left_shift(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """`input` with its bits moved up by `other` places."""
def bitwise_not(input: Tensor, *, out: Any = ...) -> Tensor:
    """The bits turned over; `not` of masks."""
def bitwise_or(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The bits set in one or both; `or` of masks."""
def bitwise_right_shift(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """`input` with its bits moved down by `other` places; the sign stays."""
def bitwise_xor(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The bits set in exactly one of two."""
def blackman_window(window_length: builtins.int, periodic: builtins.bool = ..., **options: Any) -> Tensor:
    """Blackman's window of three cosines; see `hann_window`."""
def block_diag(tensors: Sequence[Tensor], *, out: Any = ...) -> Tensor:
    """The matrix with the given ones along its diagonal, zero elsewhere; vectors count as rows."""
def bmm(input: Tensor, mat2: Any = ..., *, out: Any = ...) -> Tensor:
    """The products (b, n, p) of the matrices in two batches (b, n, m) and (b, m, p)."""
def broadcast_shapes(*shapes: Any) -> Any:
    """The shape that tensors of these shapes (or sizes) are broadcast to together."""
def broadcast_tensors(*tensors: Tensor) -> builtins.tuple[Tensor, ...]:
    """The tensors expanded to the shape that they have together; those that have it are returned themselves."""
def broadcast_to(input: Tensor, *size: Any, **named: Any) -> Tensor:
    """The view expanded to a shape: `expand` under NumPy's name."""
def bucketize(input: Any, boundaries: Tensor = ..., *, out_int32: builtins.bool = ..., right: builtins.bool = ..., out: Tensor | None = ...) -> Tensor:
    """The number of the bucket, between ascending `boundaries`, that each element falls in."""
def can_cast(from_: Any, to: Any = ...) -> builtins.bool:
    """Whether a result of dtype `from_` may be stored as `to`: never to a lower category."""
def cartesian_prod(*tensors: Tensor) -> Tensor:
    """The rows of all combinations of one element of each vector; of one vector, itself."""
def cat(tensors: Sequence[Tensor], dim: Any = ..., *, out: Any = ...) -> Tensor:
    """The tensors one after another along `dim`; vectors without elements are left out."""
def category(dt: Any) -> builtins.int:
    """The place of `dt` in the order bool < integer < floating point < complex."""
def cdist(x1: Tensor, x2: Tensor = ..., p: builtins.float = ..., compute_mode: builtins.str | None = ...) -> Tensor:
    """The p-norm distances (*, n, m) between the points in (*, n, d) and those in (*, m, d)."""
def ceil(input: Tensor, *, out: Any = ...) -> Tensor:
    """The smallest whole number not below `input`."""
def ceil_(input: Tensor) -> Tensor:
    """In-place form of `ceil`."""
def celu(input: Tensor, alpha: builtins.float = ..., inplace: builtins.bool = ...) -> Tensor:
    """`input` where it is positive, else `alpha * (exp(input / alpha) - 1)`. Raises RuntimeError for a zero `alpha`."""
def celu_(input: Any, *args: Any, **kwargs: Any) -> Tensor:
    """In-place form of `celu`."""
def chain_matmul(*matrices: Tensor, out: Tensor | None = ...) -> Tensor:
    """The product of several matrices, in the order that takes the fewest operations; see `multi_dot`."""
def channel_shuffle(input: Any, groups: builtins.int = ...) -> Tensor:
    """`input` (N, C, *) with its channels, in `groups`, dealt out one of each group in turn."""
def check_can_cast_for_inplace(result: Any, target: Any = ...) -> None:
    """Raises RuntimeError when a result of dtype `result` may not be written into memory of dtype `target`."""
def check_target(result: Any, target: Any = ..., casts: builtins.bool = ..., pointwise: builtins.bool = ...) -> None:
    """Raises RuntimeError when `out=` of dtype `target` cannot take a result of dtype `result`."""
def cholesky(input: Tensor, upper: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
    """The Cholesky factor of positive definite matrices; see `mutagrad.linalg.cholesky`."""
def cholesky_inverse(L: Tensor, upper: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
    """The inverse of A from its Cholesky factor `L`."""
def cholesky_solve(B: Tensor, L: Tensor = ..., upper: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
    """The solution X of A X = B from the Cholesky factor `L` of A."""
def chunk(input: Tensor, chunks: builtins.int = ..., dim: builtins.int = ...) -> Any:
    """At most `chunks` pieces of one size along `dim`, as views; the last may be smaller."""
def clamp(input: Tensor, min: Any = ..., max: Any = ..., *, out: Tensor | None = ...) -> Tensor:
    """`input` raised to `min` and lowered to `max`, numbers or tensors; where they cross, `max`."""
def clamp_(self: Tensor, min: Any = ..., max: Any = ...) -> Tensor:
    """In-place form of `clamp`."""
def clamp_max(input: Tensor, max: Any = ..., *, out: Any = ...) -> Tensor:
    """`input` lowered to `max`."""
def clamp_max_(self: Tensor, bound: Any = ...) -> Tensor:
    """In-place form of `clamp_max`."""
def clamp_min(input: Tensor, min: Any = ..., *, out: Any = ...) -> Tensor:
    """`input` raised to `min`."""
def clamp_min_(self: Tensor, bound: Any = ...) -> Tensor:
    """In-place form of `clamp_min`."""
def clip(input: Tensor, min: Any = ..., max: Any = ..., *, out: Tensor | None = ...) -> Tensor:
    """`input` raised to `min` and lowered to `max`, numbers or tensors; where they cross, `max`."""
def clip_(self: Tensor, min: Any = ..., max: Any = ...) -> Tensor:
    """In-place form of `clamp`."""
def clone(input: Tensor, *, memory_format: Any = ...) -> Tensor:
    """A copy with the same history; its strides keep their order, unless a memory format is given."""
def column_stack(tensors: Sequence[Tensor], *, out: Tensor | None = ...) -> Tensor:
    """The tensors one after another along the second dimension, vectors as columns."""
def combinations(input: Tensor, r: builtins.int = ..., with_replacement: builtins.bool = ...) -> Tensor:
    """The rows of all combinations of `r` elements of a vector, in their order."""
def compile(model: Any, **options: Any) -> Any:
    """The function or module itself: operations run as they are called. Also a decorator with options."""
def complex(real: Tensor, imag: Any = ..., *, out: Any = ...) -> Tensor:
    """The complex numbers with these parts. Raises RuntimeError where the dtypes differ."""
def concat(tensors: Sequence[Tensor], dim: Any = ..., *, out: Any = ...) -> Tensor:
    """The tensors one after another along `dim`; vectors without elements are left out."""
def concatenate(tensors: Sequence[Tensor], dim: Any = ..., *, out: Any = ...) -> Tensor:
    """The tensors one after another along `dim`; vectors without elements are left out."""
def conj(input: Tensor) -> Tensor:
    """The conjugate; a real tensor itself."""
def conj_physical(input: Tensor, *, out: Any = ...) -> Tensor:
    """The conjugate; a copy of a real tensor."""
def conj_physical_(input: Tensor) -> Tensor:
    """In-place form of `conj_physical`."""
def constant_pad_nd(input: Any, pad: Sequence[builtins.int] = ..., value: builtins.float = ...) -> Tensor:
    """`input` with `value` around it, as `pad` puts it."""
def conv1d(input: Any, weight: Any = ..., bias: Any = ..., stride: Any = ..., padding: Any = ..., dilation: Any = ..., groups: builtins.int = ...) -> Tensor:
    """The convolution of `input` with `weight` in 1 dimensions, plus `bias`."""
def conv2d(input: Any, weight: Any = ..., bias: Any = ..., stride: Any = ..., padding: Any = ..., dilation: Any = ..., groups: builtins.int = ...) -> Tensor:
    """The convolution of `input` with `weight` in 2 dimensions, plus `bias`."""
def conv3d(input: Any, weight: Any = ..., bias: Any = ..., stride: Any = ..., padding: Any = ..., dilation: Any = ..., groups: builtins.int = ...) -> Tensor:
    """The convolution of `input` with `weight` in 3 dimensions, plus `bias`."""
def conv_tbc(input: Any, weight: Any = ..., bias: Any = ..., pad: builtins.int = ...) -> Tensor:
    """`conv1d` of an input (time, batch, in) with a weight (kernel, in, out)."""
def conv_transpose1d(input: Any, weight: Any = ..., bias: Any = ..., stride: Any = ..., padding: Any = ..., output_padding: Any = ..., groups: builtins.int = ..., dilation: Any = ...) -> Tensor:
    """The transposed convolution of `input` with `weight` in 1 dimensions, plus `bias`."""
def conv_transpose2d(input: Any, weight: Any = ..., bias: Any = ..., stride: Any = ..., padding: Any = ..., output_padding: Any = ..., groups: builtins.int = ..., dilation: Any = ...) -> Tensor:
    """The transposed convolution of `input` with `weight` in 2 dimensions, plus `bias`."""
def conv_transpose3d(input: Any, weight: Any = ..., bias: Any = ..., stride: Any = ..., padding: Any = ..., output_padding: Any = ..., groups: builtins.int = ..., dilation: Any = ...) -> Tensor:
    """The transposed convolution of `input` with `weight` in 3 dimensions, plus `bias`."""
def convolution(input: Any, weight: Any = ..., bias: Any = ..., stride: Any = ..., padding: Any = ..., dilation: Any = ..., transposed: builtins.bool = ..., output_padding: Any = ..., groups: builtins.int = ...) -> Tensor:
    """The convolution of a batch, or with `transposed` its transpose, in as many dimensions as the weight has."""
def copysign(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The absolute value of `input` with the sign of `other`."""
def corrcoef(input: Tensor) -> Tensor:
    """The correlations of the variables that are the rows of `input`: covariances over the standard deviations."""
def cos(input: Tensor, *, out: Any = ...) -> Tensor:
    """The cosine."""
def cos_(input: Tensor) -> Tensor:
    """In-place form of `cos`."""
def cosh(input: Tensor, *, out: Any = ...) -> Tensor:
    """The hyperbolic cosine."""
def cosh_(input: Tensor) -> Tensor:
    """In-place form of `cosh`."""
def cosine_embedding_loss(input1: Any, input2: Any = ..., target: Any = ..., margin: builtins.float = ..., size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ...) -> Tensor:
    """One less the cosine of two vectors where the target is 1; where it is -1, what the cosine exceeds `margin` by."""
def cosine_similarity(x1: Any, x2: Any = ..., dim: builtins.int = ..., eps: builtins.float = ...) -> Tensor:
    """The cosine of the angle between `x1` and `x2` along `dim`; lengths below `eps` count as that."""
def count_nonzero(input: Tensor, dim: Any = ..., *, out: Any = ...) -> Tensor:
    """How many elements are not zero, in all or along `dim`."""
def cov(input: Tensor, *, correction: builtins.int = ..., fweights: Tensor | None = ..., aweights: Tensor | None = ...) -> Tensor:
    """The covariances of the variables that are the rows of `input`, or the variance of one."""
def cross(input: Tensor, other: Tensor = ..., dim: builtins.int | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """The cross products of the vectors along `dim`, by default along the first dimension of size three."""
def ctc_loss(log_probs: Any, targets: Any = ..., input_lengths: Any = ..., target_lengths: Any = ..., blank: builtins.int = ..., reduction: builtins.str = ..., zero_infinity: builtins.bool = ...) -> Tensor:
    """The negative log-likelihood of labels under the log-probabilities of labels and `blank` at each time."""
def cummax(input: Tensor, dim: Any = ..., *, out: Any = ...) -> Any:
    """The largest elements so far along `dim`, and their indices; of equal ones the last. Saves the indices."""
def cummin(input: Tensor, dim: Any = ..., *, out: Any = ...) -> Any:
    """The smallest elements so far along `dim`, and their indices; of equal ones the last. Saves the indices."""
def cumprod(input: Tensor, dim: Any = ..., *, dtype: Any = ..., out: Any = ...) -> Tensor:
    """The running products along `dim`. Integers and bool are multiplied as int64. Saves the input."""
def cumsum(input: Tensor, dim: Any = ..., *, dtype: Any = ..., out: Any = ...) -> Tensor:
    """The running sums along `dim`. Integers and bool are summed as int64. Saves nothing."""
def cumulative_trapezoid(y: Tensor, x: Tensor | None = ..., *, dx: Any = ..., dim: builtins.int = ...) -> Tensor:
    """The integrals of samples `y` up to each point along `dim` but the first; see `trapezoid`."""
def deg2rad(input: Tensor, *, out: Any = ...) -> Tensor:
    """Degrees in radians."""
def deg2rad_(input: Tensor) -> Tensor:
    """In-place form of `deg2rad`."""
def det(input: Tensor) -> Tensor:
    """The determinants of square matrices; see `mutagrad.linalg.det`."""
def detach(input: Tensor) -> Tensor:
    """An alias of the same memory that begins a history of its own; see `Tensor.detach`."""
def detach_(self: Tensor) -> Tensor:
    """Cuts this tensor from its history, in place. Raises RuntimeError for a view."""
def detach_copy(input: Tensor, *, out: Any = ...) -> Any:
    """A copy of what `_alias` gives."""
def diag(input: Tensor, diagonal: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
    """The matrix with a vector on its diagonal; of a matrix, a copy of its diagonal."""
def diag_embed(input: Tensor, offset: Any = ..., dim1: Any = ..., dim2: Any = ..., *, out: Any = ...) -> Tensor:
    """Matrices with the last dimension of `input` on their diagonal `offset`, and zero elsewhere."""
def diagflat(input: Tensor, offset: builtins.int = ...) -> Tensor:
    """The matrix with all elements of `input` on its diagonal."""
def diagonal(input: Tensor, offset: builtins.int = ..., dim1: builtins.int = ..., dim2: builtins.int = ...) -> Tensor:
    """The view of the elements whose index along `dim2` is that along `dim1` plus `offset`, as the last dimension."""
def diagonal_copy(input: Tensor, offset: builtins.int = ..., dim1: builtins.int = ..., dim2: builtins.int = ..., *, out: Any = ...) -> Any:
    """A copy of what `diagonal` gives."""
def diagonal_scatter(input: Tensor, src: Tensor = ..., offset: builtins.int = ..., dim1: builtins.int = ..., dim2: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
    """A copy of `input` with `src` along a diagonal. Raises RuntimeError for a `src` of another shape."""
def diff(input: Tensor, n: builtins.int = ..., dim: builtins.int = ..., prepend: Tensor | None = ..., append: Tensor | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """The differences between neighbours along `dim`, taken `n` times; of bool, whether they differ."""
def digamma(input: Tensor, *, out: Any = ...) -> Tensor:
    """The derivative of the logarithm of the gamma function."""
def dist(input: Tensor, other: Any = ..., p: Any = ..., *, out: Any = ...) -> Tensor:
    """The norm of order `p` of the difference of two tensors, broadcast together."""
def div(input: Tensor, other: Any = ..., *, rounding_mode: Any = ..., out: Any = ...) -> Tensor:
    """The quotient `input / other`, rounded down with `rounding_mode='floor'`, towards zero with `'trunc'`."""
def divide(input: Tensor, other: Any = ..., *, rounding_mode: Any = ..., out: Any = ...) -> Tensor:
    """The quotient `input / other`, rounded down with `rounding_mode='floor'`, towards zero with `'trunc'`."""
def dot(input: Tensor, tensor: Any = ..., *, out: Any = ...) -> Tensor:
    """The sum of the products of two vectors' elements."""
def draw(*tensors: Tensor, fold: builtins.bool | None = ...) -> Any:
    """A picture of the graph behind `tensors`: leaves, operations, writes in place, and the views that lead between them."""
def dropout(input: Any, p: builtins.float = ..., training: builtins.bool = ..., inplace: builtins.bool = ...) -> Tensor:
    """`input` with each element zeroed with probability `p`, the others divided by `1 - p`; itself out of training."""
def dropout_(input: Any, p: builtins.float = ..., train: builtins.bool = ...) -> Tensor:
    """In-place form of `dropout`."""
def dsplit(input: Tensor, indices_or_sections: Any = ...) -> Any:
    """The pieces one behind the other (along the third dimension), as views."""
def dstack(tensors: Sequence[Tensor], *, out: Tensor | None = ...) -> Tensor:
    """The tensors side by side along a third dimension."""
def eig(self: Tensor, eigenvectors: builtins.bool = ..., *, out: Any = ...) -> Any:
    """Raises RuntimeError: `linalg.eig` took its place."""
def einsum(*args: Any) -> Tensor:
    """The sum of products that an equation says, as `einsum('ij,jk->ik', a, b)` or `einsum(a, [0, 1], b, [1, 2])`."""
def elu(input: Tensor, alpha: builtins.float = ..., inplace: builtins.bool = ...) -> Tensor:
    """`input` where it is positive, else `alpha * (exp(input) - 1)`."""
def embedding(weight: Tensor, indices: Tensor = ..., padding_idx: builtins.int = ..., scale_grad_by_freq: builtins.bool = ..., sparse: builtins.bool = ...) -> Tensor:
    """The rows of a matrix `weight` that `indices` name: indices (*) and a weight (n, m) give (*, m)."""
def embedding_bag(input: Any, weight: Any = ..., offsets: Any = ..., max_norm: builtins.float | None = ..., norm_type: builtins.float = ..., scale_grad_by_freq: builtins.bool = ..., mode: builtins.str = ..., sparse: builtins.bool = ..., per_sample_weights: Any = ..., include_last_offset: builtins.bool = ..., padding_idx: builtins.int | None = ...) -> Tensor:
    """The sum, mean or maximum of the rows of `weight` (count, size) that each bag of numbers names: (bags, size)."""
def embedding_renorm_(input: Any, indices: Any = ..., max_norm: builtins.float = ..., norm_type: builtins.float = ...) -> Tensor:
    """Shortens in place the rows of `input` that `indices` names and that are longer than `max_norm`."""
def empty(*size: Any, memory_format: Any = ..., **options: Any) -> Tensor:
    """A tensor of uninitialised memory; for the options see `zeros`."""
def empty_like(input: Tensor, **options: Any) -> Tensor:
    """Uninitialised memory in the shape, dtype and order of strides of `input`; options as for `zeros`."""
def empty_permuted(size: Sequence[builtins.int], physical_layout: Sequence[builtins.int] = ..., **options: Any) -> Tensor:
    """Uninitialised memory whose dimensions lie in memory in the order given, the outermost first."""
def empty_strided(size: Sequence[builtins.int], stride: Sequence[builtins.int] = ..., **options: Any) -> Tensor:
    """A tensor of uninitialised memory with the sizes and strides given; for the options see `zeros`."""
def eq(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """Whether `input` equals `other`."""
def equal(input: Tensor, other: Tensor = ...) -> builtins.bool:
    """Whether two tensors have the same shape and equal elements."""
def erf(input: Tensor, *, out: Any = ...) -> Tensor:
    """The error function, the integral of `2 / sqrt(pi) * exp(-t ** 2)` from zero to `input`."""
def erf_(input: Tensor) -> Tensor:
    """In-place form of `erf`."""
def erfc(input: Tensor, *, out: Any = ...) -> Tensor:
    """One minus the error function, exact also where that is near one."""
def erfc_(input: Tensor) -> Tensor:
    """In-place form of `erfc`."""
def erfinv(input: Tensor, *, out: Any = ...) -> Tensor:
    """The number whose error function is `input`; NaN beyond one."""
def exp(input: Tensor, *, out: Any = ...) -> Tensor:
    """The exponential."""
def exp2(input: Tensor, *, out: Any = ...) -> Tensor:
    """Two to the power `input`."""
def exp2_(input: Tensor) -> Tensor:
    """In-place form of `exp2`."""
def exp_(input: Tensor) -> Tensor:
    """In-place form of `exp`."""
def expand(input: Tensor, *size: Any, **named: Any) -> Tensor:
    """The view with dimensions of size one, and new ones in front, repeated; -1 keeps a size."""
def expand_copy(input: Tensor, *size: Any, **named: Any) -> Any:
    """A copy of what `expand` gives."""
def expm1(input: Tensor, *, out: Any = ...) -> Tensor:
    """The exponential minus one, exact also for small numbers."""
def expm1_(input: Tensor) -> Tensor:
    """In-place form of `expm1`."""
def eye(n: builtins.int, m: builtins.int | None = ..., **options: Any) -> Tensor:
    """The matrix of `n` rows and `m` (`n`) columns with ones on its diagonal; for the options see `zeros`."""
def feature_alpha_dropout(input: Any, p: builtins.float = ..., training: builtins.bool = ..., inplace: builtins.bool = ...) -> Tensor:
    """`alpha_dropout` of whole channels of an input (N, C, *)."""
def feature_alpha_dropout_(input: Any, p: builtins.float = ..., train: builtins.bool = ...) -> Tensor:
    """In-place form of `feature_alpha_dropout`."""
def feature_dropout(input: Any, p: builtins.float = ..., train: builtins.bool = ..., inplace: builtins.bool = ...) -> Tensor:
    """`input` (N, C, *) with each channel of each sample zeroed with probability `p`, the others divided by `1 - p`."""
def feature_dropout_(input: Any, p: builtins.float = ..., train: builtins.bool = ...) -> Tensor:
    """In-place form of `feature_dropout`."""
def fill(input: Tensor, value: Any = ...) -> Tensor:
    """A tensor like `input` with all elements set to `value`, a number or a zero-dimensional tensor."""
def fill_(self: Tensor, value: Any = ...) -> Tensor:
    """Writes one value, a number or a zero-dimensional tensor, to all elements."""
def fix(input: Tensor, *, out: Any = ...) -> Tensor:
    """The whole part: `input` rounded towards zero."""
def fix_(input: Tensor) -> Tensor:
    """In-place form of `trunc`."""
def flatten(input: Tensor, start_dim: builtins.int = ..., end_dim: builtins.int = ...) -> Tensor:
    """The dimensions from `start_dim` to `end_dim` as one: a view where the strides allow it."""
def flip(input: Tensor, dims: Any = ..., *, out: Any = ...) -> Tensor:
    """The elements in the opposite order along each of `dims`."""
def fliplr(input: Tensor) -> Tensor:
    """The columns of a matrix in the opposite order."""
def flipud(input: Tensor) -> Tensor:
    """The rows in the opposite order."""
def float_power(input: Any, exponent: Any = ..., *, out: Tensor | None = ...) -> Tensor:
    """The power `input ** exponent` in double precision."""
def floor(input: Tensor, *, out: Any = ...) -> Tensor:
    """The greatest whole number not above `input`."""
def floor_(input: Tensor) -> Tensor:
    """In-place form of `floor`."""
def floor_divide(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The quotient rounded down. Raises RuntimeError for whole numbers divided by zero."""
def fmax(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The larger of two, or the one that is not NaN."""
def fmin(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The smaller of two, or the one that is not NaN."""
def fmod(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """What is left of `input` after whole multiples of `other`, with the sign of `input`."""
def fork_rng(devices: Any, enabled: builtins.bool = ...) -> Any:
    """A block after which the default generator stands where it stood before; `devices` names none but the CPU."""
def frac(input: Tensor, *, out: Any = ...) -> Tensor:
    """What is left of `input` after its whole part, with its sign."""
def frac_(input: Tensor) -> Tensor:
    """In-place form of `frac`."""
def freeze(tensor: Tensor) -> Any:
    """Makes the next write to `tensor`'s memory, through whatever alias, raise FrozenError at the line that writes."""
def frexp(input: Tensor, *, out: Any = ...) -> Any:
    """The parts `mantissa`, from a half up to one, and whole `exponent` of `mantissa * 2 ** exponent`."""
def from_dlpack(ext_tensor: Any, *, device: Any = ..., copy: builtins.bool | None = ...) -> Tensor:
    """A tensor over the memory of any object that speaks DLPack (https://dmlc.github.io/dlpack/latest/), or a capsule."""
def from_numpy(ndarray: Any) -> Tensor:
    """A tensor over the memory of a NumPy array: each sees what is written through the other."""
def frombuffer(buffer: Any, *, dtype: Any = ..., count: builtins.int = ..., offset: builtins.int = ..., requires_grad: builtins.bool = ...) -> Tensor:
    """A one-dimensional tensor over the memory of a buffer, from the byte `offset` on."""
def full(size: Sequence[builtins.int], fill_value: Any = ..., **options: Any) -> Tensor:
    """A tensor of one value, whose type decides the dtype unless it is given; for the options see `zeros`."""
def full_like(input: Tensor, fill_value: Any = ..., **options: Any) -> Tensor:
    """A tensor of one value in the shape, dtype and order of strides of `input`; options as for `zeros`."""
def gather(input: Tensor, dim: builtins.int = ..., index: Tensor = ..., *, sparse_grad: builtins.bool = ..., out: Tensor | None = ...) -> Tensor:
    """The elements at `index` along `dim`, and along other dimensions where the index itself stands."""
def gcd(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The greatest common divisor of whole numbers."""
def gcd_(input: Tensor, other: Any = ...) -> Tensor:
    """In-place form of `gcd`."""
def ge(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """Whether `input` is at least `other`."""
def gelu(input: Tensor, *, approximate: Any = ..., out: Any = ...) -> Tensor:
    """`input` times the normal distribution function of it; with `approximate='tanh'` nearly so."""
def geqrf(input: Tensor, *, out: Any = ...) -> Any:
    """R with the vectors of the reflections below it, and their factors, as LAPACK has them; see `linalg.qr`."""
def ger(input: Tensor, vec2: Tensor = ..., *, out: Tensor | None = ...) -> Tensor:
    """The products (n, m) of each element of a vector (n) with each of another (m)."""
def get_default_complex_dtype() -> Any:
    """The dtype of tensors made from Python complex numbers: the default dtype for both parts."""
def get_default_device() -> Any:
    """The device of new tensors: the CPU."""
def get_default_dtype() -> Any:
    """The dtype of tensors made from Python floats."""
def get_deterministic_debug_mode() -> builtins.int:
    """The level of `set_deterministic_debug_mode`."""
def get_device(input: Tensor) -> builtins.int:
    """The number of the accelerator that holds the tensor: -1, it is on the CPU."""
def get_float32_matmul_precision() -> builtins.str:
    """The precision that was set."""
def get_num_interop_threads() -> builtins.int:
    """The number of threads between operations that was set, or of processors."""
def get_num_threads() -> builtins.int:
    """How many threads may work at once on large arrays."""
def get_overwrite_policy() -> builtins.str:
    """The overwrite policy of this thread: `'preserve'`, `'error'` or `'torch'`."""
def get_rng_state() -> Any:
    """The state of the default generator: 5056 bytes, uint8."""
def gradient(input: Tensor, *, spacing: Any = ..., dim: Any = ..., edge_order: builtins.int = ...) -> builtins.tuple[Tensor, ...]:
    """The derivatives of samples of a function along each of the dimensions `dim` (all), a tensor for each."""
def greater(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """Whether `input` is greater than `other`."""
def greater_equal(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """Whether `input` is at least `other`."""
def grid_sampler(input: Any, grid: Any = ..., interpolation_mode: builtins.int = ..., padding_mode: builtins.int = ..., align_corners: builtins.bool = ...) -> Tensor:
    """`grid_sample` with its modes by number."""
def grid_sampler_2d(input: Any, grid: Any = ..., interpolation_mode: builtins.int = ..., padding_mode: builtins.int = ..., align_corners: builtins.bool = ...) -> Tensor:
    """`grid_sample` with its modes by number."""
def grid_sampler_3d(input: Any, grid: Any = ..., interpolation_mode: builtins.int = ..., padding_mode: builtins.int = ..., align_corners: builtins.bool = ...) -> Tensor:
    """`grid_sample` with its modes by number."""
def group_norm(input: Any, num_groups: builtins.int = ..., weight: Any = ..., bias: Any = ..., eps: builtins.float = ...) -> Tensor:
    """Each sample's groups of channels with mean zero and variance one, times `weight`, plus `bias` by channels."""
def gru_cell(input: Any, hx: Any = ..., w_ih: Any = ..., w_hh: Any = ..., b_ih: Any = ..., b_hh: Any = ...) -> Any:
    """The next output of a gated recurrent unit."""
def gt(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """Whether `input` is greater than `other`."""
def hamming_window(window_length: builtins.int, periodic: builtins.bool = ..., alpha: builtins.float = ..., beta: builtins.float = ..., **options: Any) -> Tensor:
    """Hamming's window, `alpha` minus a cosine weighted `beta`; see `hann_window`."""
def hann_window(window_length: builtins.int, periodic: builtins.bool = ..., **options: Any) -> Tensor:
    """Hann's window, a cosine raised to end at zero; options as for `zeros`."""
def hardshrink(input: Tensor, lambd: Any = ..., *, out: Any = ...) -> Tensor:
    """`input`, but zero from `-lambd` to `lambd`."""
def hardsigmoid(input: Tensor, *, out: Any = ...) -> Tensor:
    """The straight line from zero at minus three to one at three, level beyond."""
def hardswish(input: Tensor, *, out: Any = ...) -> Tensor:
    """`input * hardsigmoid(input)`."""
def hardtanh(input: Tensor, min_val: Any = ..., max_val: Any = ..., *, out: Any = ...) -> Tensor:
    """`input` kept from `min_val` to `max_val`. The gradient at the bounds is zero, unlike that of `clamp`."""
def heaviside(input: Tensor, values: Any = ..., *, out: Any = ...) -> Tensor:
    """Zero below zero, `values` at zero, one above. Raises RuntimeError where the dtypes differ."""
def hinge_embedding_loss(input: Any, target: Any = ..., margin: builtins.float = ..., size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ...) -> Tensor:
    """The distances `input` where the target is 1; where it is -1, what they lack of `margin`."""
def histc(input: Tensor, bins: Any = ..., min: Any = ..., max: Any = ..., *, out: Any = ...) -> Tensor:
    """How many elements lie in each of `bins` equal parts of the range from `min` to `max` (equal: that of the input)."""
def histogram(input: Tensor, bins: builtins.int | Tensor = ..., *, range: Sequence[builtins.float] | None = ..., weight: Tensor | None = ..., density: builtins.bool = ..., out: Sequence[Tensor] | None = ...) -> Any:
    """How many elements lie in each of `bins`, a number of equal parts of `range` or a vector of edges; and the edges."""
def histogramdd(input: Tensor, bins: Any = ..., *, range: Sequence[builtins.float] | None = ..., weight: Tensor | None = ..., density: builtins.bool = ...) -> Any:
    """How many of the points that are the rows of `input` lie in each cell of a grid; and the edges along each dimension."""
def hsplit(input: Tensor, indices_or_sections: Any = ...) -> Any:
    """The pieces side by side (along the second dimension; the first of a vector), as views."""
def hstack(tensors: Sequence[Tensor], *, out: Tensor | None = ...) -> Tensor:
    """The tensors one after another along the second dimension, vectors along the first."""
def hypot(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The length `sqrt(input ** 2 + other ** 2)` of a right triangle's long side."""
def i0(input: Tensor, *, out: Any = ...) -> Tensor:
    """The modified Bessel function of the first kind of order zero."""
def i0_(input: Tensor) -> Tensor:
    """In-place form of `i0`."""
def i1(input: Tensor, *, out: Any = ...) -> Tensor:
    """The modified Bessel function of the first kind of order one."""
def igamma(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The regularised lower incomplete gamma function: the gamma distribution of shape `input` below `other`."""
def igammac(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The regularised upper incomplete gamma function, one minus `igamma`."""
def imag(input: Tensor) -> Tensor:
    """The view of the imaginary parts. Raises RuntimeError for a real tensor."""
def index_add(input: Tensor, dim: builtins.int = ..., index: Tensor = ..., source: Tensor = ..., *, alpha: Any = ...) -> Any:
    """Out-of-place form of `index_add_`."""
def index_copy(input: Tensor, dim: builtins.int = ..., index: Tensor = ..., source: Tensor = ...) -> Any:
    """Out-of-place form of `index_copy_`."""
def index_fill(input: Tensor, dim: builtins.int = ..., index: Tensor = ..., value: Any = ...) -> Any:
    """Out-of-place form of `index_fill_`."""
def index_put(input: Tensor, indices: Sequence[Tensor] = ..., values: Tensor = ..., accumulate: builtins.bool = ...) -> Any:
    """Out-of-place form of `index_put_`."""
def index_put_(self: Tensor, indices: Sequence[Tensor] = ..., values: Tensor = ..., accumulate: builtins.bool = ...) -> Tensor:
    """Writes `values`, broadcast, to `self[indices]` for a tuple of index tensors and masks; or adds them there."""
def index_reduce(input: Tensor, dim: builtins.int = ..., index: Tensor = ..., source: Tensor = ..., reduce: builtins.str = ..., *, include_self: builtins.bool = ...) -> Any:
    """Out-of-place form of `index_reduce_`."""
def index_select(input: Tensor, dim: builtins.int = ..., index: Tensor = ..., *, out: Tensor | None = ...) -> Tensor:
    """The slices of `input` along `dim` that a vector `index` names."""
def initial_seed() -> builtins.int:
    """The seed the default generator was last given."""
def inner(input: Tensor, other: Tensor = ..., *, out: Tensor | None = ...) -> Tensor:
    """The product summed over the last dimension of both; with a zero-dimensional operand, the product."""
def install_as_torch() -> None:
    """Lets `import torch` give this library from now on, in this process."""
def instance_norm(input: Any, running_mean: Any = ..., running_var: Any = ..., weight: Any = ..., bias: Any = ..., use_input_stats: builtins.bool = ..., momentum: builtins.float = ..., eps: builtins.float = ...) -> Tensor:
    """Each channel of each sample with mean zero and variance one, times `weight`, plus `bias`."""
def inverse(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """The inverse of square matrices; see `mutagrad.linalg.inv`."""
def is_anomaly_check_nan_enabled() -> builtins.bool:
    """Whether anomaly detection, where it is on, looks for gradients that are not a number."""
def is_anomaly_enabled() -> builtins.bool:
    """Whether anomaly detection is on."""
def is_complex(input: Tensor) -> builtins.bool:
    """Whether the dtype is complex."""
def is_conj(input: Tensor) -> builtins.bool:
    """Whether the tensor is a conjugate that was not computed yet: never, here it is computed at once."""
def is_deterministic_algorithms_warn_only_enabled() -> builtins.bool:
    """Whether warnings instead of errors were asked for."""
def is_distributed(input: Tensor) -> builtins.bool:
    """Whether the tensor lies on several machines: no."""
def is_floating_point(input: Tensor) -> builtins.bool:
    """Whether the dtype is a real floating-point type."""
def is_grad_enabled() -> builtins.bool:
    """Whether operations are recorded now, in this thread; in inference mode, whether that was asked for."""
def is_inference(input: Tensor) -> builtins.bool:
    """Whether the tensor was made in inference mode."""
def is_inference_mode_enabled() -> builtins.bool:
    """Whether inference mode is on now, in this thread."""
def is_neg(input: Tensor) -> builtins.bool:
    """Whether the tensor is a negative that was not computed yet: never, here it is computed at once."""
def is_nonzero(input: Tensor) -> builtins.bool:
    """Whether the one element is not zero. Raises RuntimeError when there is not exactly one."""
def is_same_size(input: Tensor, other: Tensor = ...) -> builtins.bool:
    """Whether both shapes are equal."""
def is_signed(input: Tensor) -> builtins.bool:
    """Whether the dtype can hold negative numbers."""
def is_storage(obj: Any) -> builtins.bool:
    """Whether `obj` is the storage of a tensor."""
def is_tensor(obj: Any) -> builtins.bool:
    """Whether `obj` is a tensor."""
def is_warn_always_enabled() -> builtins.bool:
    """Whether warnings that are given once in a process are given every time."""
def isclose(input: Tensor, other: Tensor = ..., rtol: builtins.float = ..., atol: builtins.float = ..., equal_nan: builtins.bool = ...) -> Tensor:
    """Whether `abs(input - other) <= atol + rtol * abs(other)`, element by element; equal infinities are near."""
def isfinite(input: Tensor, *, out: Any = ...) -> Tensor:
    """Whether each element is neither infinite nor NaN."""
def isin(elements: Any, test_elements: Any = ..., *, assume_unique: builtins.bool = ..., invert: builtins.bool = ..., out: Any = ...) -> Tensor:
    """Whether each of `elements` is among `test_elements`; with `invert`, whether it is not."""
def isinf(input: Tensor, *, out: Any = ...) -> Tensor:
    """Whether each element is infinite."""
def isnan(input: Tensor, *, out: Any = ...) -> Tensor:
    """Whether each element is NaN."""
def isneginf(input: Tensor, *, out: Any = ...) -> Tensor:
    """Whether each element is negative infinity."""
def isposinf(input: Tensor, *, out: Any = ...) -> Tensor:
    """Whether each element is positive infinity."""
def isreal(input: Tensor) -> Tensor:
    """Whether the imaginary part of each element is zero."""
def istft(input: Tensor, n_fft: builtins.int = ..., hop_length: builtins.int | None = ..., win_length: builtins.int | None = ..., window: Tensor | None = ..., center: builtins.bool = ..., normalized: builtins.bool = ..., onesided: builtins.bool | None = ..., length: builtins.int | None = ..., return_complex: builtins.bool = ...) -> Tensor:
    """The signal whose short-time transform is nearest to `input`, by Griffin and Lim's weighted overlap and add."""
def kaiser_window(window_length: builtins.int, periodic: builtins.bool = ..., beta: builtins.float = ..., **options: Any) -> Tensor:
    """Kaiser's window, the narrower the larger `beta` is; see `hann_window`."""
def kl_div(input: Any, target: Any = ..., size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ..., log_target: builtins.bool = ...) -> Tensor:
    """The divergence of the distribution `target` from that of logarithms `input` (S. Kullback and R. Leibler, 1951)."""
def kron(input: Tensor, other: Tensor = ..., *, out: Tensor | None = ...) -> Tensor:
    """The Kronecker product: each element of `input` times all of `other`, as blocks."""
def kthvalue(input: Tensor, k: Any = ..., dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Any:
    """The `k`-th smallest element along `dim`, counted from one, and its index."""
def layer_norm(input: Any, normalized_shape: Sequence[builtins.int] = ..., weight: Any = ..., bias: Any = ..., eps: builtins.float = ...) -> Tensor:
    """`input` with mean zero and variance one over its last dimensions, times `weight`, plus `bias`."""
def lcm(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The least common multiple of whole numbers."""
def lcm_(input: Tensor, other: Any = ...) -> Tensor:
    """In-place form of `lcm`."""
def ldexp(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The product `input * 2 ** other`."""
def ldexp_(input: Tensor, other: Any = ...) -> Tensor:
    """In-place form of `ldexp`."""
def le(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """Whether `input` is at most `other`."""
def leaky_relu(input: Tensor, negative_slope: builtins.float = ..., inplace: builtins.bool = ...) -> Tensor:
    """`input` where it is positive, else `negative_slope * input`."""
def legacy_type_name(dt: Any) -> builtins.str:
    """The name of the tensor type that PyTorch's messages and `Tensor.type()` use."""
def lerp(input: Tensor, end: Any = ..., weight: Any = ..., *, out: Any = ...) -> Tensor:
    """The point `input + weight * (end - input)` between two. Raises RuntimeError where the dtypes differ."""
def less(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """Whether `input` is less than `other`."""
def less_equal(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """Whether `input` is at most `other`."""
def lgamma(input: Tensor, *, out: Any = ...) -> Tensor:
    """The logarithm of the absolute value of the gamma function."""
def linspace(start: Any, end: Any = ..., steps: builtins.int = ..., **options: Any) -> Tensor:
    """`steps` numbers evenly from `start` to `end`, both included; for the options see `zeros`."""
def load(f: Any, map_location: Any = ..., pickle_module: Any = ..., *, weights_only: builtins.bool | None = ..., mmap: builtins.bool | None = ..., **pickle_load_args: Any) -> Any:
    """The object saved in a file (a path, or a binary file) by `save` or by `torch.save`."""
def log(input: Tensor, *, out: Any = ...) -> Tensor:
    """The natural logarithm; NaN for a negative number."""
def log10(input: Tensor, *, out: Any = ...) -> Tensor:
    """The logarithm to the base ten."""
def log10_(input: Tensor) -> Tensor:
    """In-place form of `log10`."""
def log1p(input: Tensor, *, out: Any = ...) -> Tensor:
    """The natural logarithm of `1 + input`, exact also for small numbers."""
def log1p_(input: Tensor) -> Tensor:
    """In-place form of `log1p`."""
def log2(input: Tensor, *, out: Any = ...) -> Tensor:
    """The logarithm to the base two."""
def log2_(input: Tensor) -> Tensor:
    """In-place form of `log2`."""
def log_(input: Tensor) -> Tensor:
    """In-place form of `log`."""
def log_softmax(input: Tensor, dim: Any = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    """The logarithm of `softmax` along `dim`, without its rounding to zero. Saves the result alone."""
def logaddexp(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The logarithm of `exp(input) + exp(other)`, without overflow."""
def logaddexp2(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The logarithm to the base two of `2 ** input + 2 ** other`, without overflow."""
def logcumsumexp(input: Tensor, dim: Any = ..., *, out: Any = ...) -> Tensor:
    """The logarithm of the running sums of exponentials along `dim`. Saves the input and the result."""
def logdet(input: Tensor) -> Tensor:
    """The logarithms of the determinants; NaN where one is negative, minus infinity where one is zero."""
def logical_and(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """Whether both are true, that is, not zero."""
def logical_not(input: Tensor, *, out: Any = ...) -> Tensor:
    """Whether each element is false, that is, zero."""
def logical_or(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """Whether one or both are true, that is, not zero."""
def logical_xor(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """Whether exactly one is true, that is, not zero."""
def logit(input: Tensor, eps: Any = ..., *, out: Any = ...) -> Tensor:
    """The logarithm of the odds `input / (1 - input)`, first clamped to `[eps, 1 - eps]` where `eps` is given."""
def logit_(input: Tensor, eps: Any = ...) -> Tensor:
    """In-place form of `logit`."""
def logsigmoid(input: Tensor, *, out: Any = ...) -> Tensor:
    """The logarithm of the sigmoid."""
def logspace(start: Any, end: Any = ..., steps: builtins.int = ..., base: builtins.float = ..., **options: Any) -> Tensor:
    """The powers of `base` with exponents evenly from `start` to `end`, both included; for the options see `zeros`."""
def logsumexp(input: Tensor, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Tensor:
    """The logarithm of the sum of exponentials along `dim`; minus infinity of nothing. Saves the input and the result."""
def lstm_cell(input: Any, hx: Any = ..., w_ih: Any = ..., w_hh: Any = ..., b_ih: Any = ..., b_hh: Any = ...) -> Any:
    """The next output and the next memory of an LSTM from `hx`, those before."""
def lstsq(input: Tensor, A: Tensor = ..., *, out: Any = ...) -> Any:
    """Raises RuntimeError: `linalg.lstsq` took its place."""
def lt(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """Whether `input` is less than `other`."""
def lu(A: Tensor, pivot: builtins.bool = ..., get_infos: builtins.bool = ..., *, out: Any = ...) -> Any:
    """L and U in one matrix, the pivots and, if asked for, where it failed; see `mutagrad.linalg.lu_factor`."""
def lu_solve(b: Tensor, LU_data: Tensor = ..., LU_pivots: Tensor = ..., *, out: Tensor | None = ...) -> Tensor:
    """The solution X of A X = b from `lu_factor(A)`; see `mutagrad.linalg.lu_solve`."""
def lu_unpack(LU_data: Tensor, LU_pivots: Tensor = ..., unpack_data: builtins.bool = ..., unpack_pivots: builtins.bool = ..., *, out: Any = ...) -> Any:
    """P, L and U from what `linalg.lu_factor` gives; empty what is not asked for."""
def manual_seed(seed: builtins.int) -> Any:
    """The default generator, at the start of the sequence of `seed`."""
def margin_ranking_loss(input1: Any, input2: Any = ..., target: Any = ..., margin: builtins.float = ..., size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ...) -> Tensor:
    """What `input1` lacks of exceeding `input2` by `margin` where the target is 1, and the other way round where -1."""
def masked_fill(input: Tensor, mask: Any = ..., value: Any = ..., *, out: Any = ...) -> Tensor:
    """`input` with `value`, a number or a zero-dimensional tensor, where `mask` is true."""
def masked_scatter(input: Tensor, mask: Tensor = ..., source: Tensor = ...) -> Tensor:
    """A copy of `input`, broadcast with `mask`, with the elements of `source`, in order, where the mask is true."""
def masked_select(input: Tensor, mask: Tensor = ..., *, out: Tensor | None = ...) -> Tensor:
    """The elements where `mask` is true, as a vector; both are broadcast together."""
def matmul(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The matrix product over the last two dimensions, with those before them broadcast; also `input @ other`."""
def matrix_exp(input: Tensor) -> Tensor:
    """The exponential of square matrices, the sum of their powers over factorials. Saves the input."""
def matrix_power(input: Tensor, n: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
    """The `n`-th power of square matrices, by repeated squaring; of the inverse for a negative `n`."""
def matrix_rank(input: Tensor, tol: Any = ..., symmetric: builtins.bool = ..., *, out: Any = ...) -> Any:
    """Raises RuntimeError: `linalg.matrix_rank` took its place."""
def max(input: Tensor, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Any:
    """The largest of all elements; with `dim`, the largest along it and their indices; of two tensors, `maximum`."""
def max_pool1d(input: Any, kernel_size: Any = ..., stride: Any = ..., padding: Any = ..., dilation: Any = ..., ceil_mode: builtins.bool = ..., return_indices: builtins.bool = ...) -> Any:
    """The largest element of each window; with `return_indices` also its place."""
def max_pool1d_with_indices(input: Any, kernel_size: Any = ..., stride: Any = ..., padding: Any = ..., dilation: Any = ..., ceil_mode: builtins.bool = ..., return_indices: builtins.bool = ...) -> Any:
    """The largest element of each window, and its place."""
def max_pool2d(input: Any, kernel_size: Any = ..., stride: Any = ..., padding: Any = ..., dilation: Any = ..., ceil_mode: builtins.bool = ..., return_indices: builtins.bool = ...) -> Any:
    """The largest element of each window; with `return_indices` also its place."""
def max_pool3d(input: Any, kernel_size: Any = ..., stride: Any = ..., padding: Any = ..., dilation: Any = ..., ceil_mode: builtins.bool = ..., return_indices: builtins.bool = ...) -> Any:
    """The largest element of each window; with `return_indices` also its place."""
def maximum(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The larger of two; NaN where one of them is."""
def mean(input: Tensor, dim: Any = ..., keepdim: Any = ..., *, dtype: Any = ..., out: Any = ...) -> Tensor:
    """The mean of all elements, or of those along `dim`; nan where there are none."""
def median(input: Tensor, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Any:
    """The median of all elements, the lower one of two; with `dim`, the medians along it and their indices."""
def meshgrid(*tensors: Any, indexing: builtins.str | None = ...) -> builtins.tuple[Tensor, ...]:
    """For vectors the coordinates of the points of their grid: views, each expanded to the shape of the grid."""
def min(input: Tensor, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Any:
    """The smallest of all elements; with `dim`, the smallest along it and their indices; of two tensors, `minimum`."""
def minimum(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The smaller of two; NaN where one of them is."""
def mish(input: Tensor, *, out: Any = ...) -> Tensor:
    """`input * tanh(softplus(input))`."""
def mm(input: Tensor, mat2: Any = ..., *, out: Any = ...) -> Tensor:
    """The product (n, p) of two matrices (n, m) and (m, p)."""
def mode(input: Tensor, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Any:
    """The most frequent element along `dim`, of several the smallest, and its last index."""
def moveaxis(input: Tensor, source: builtins.int | Sequence[builtins.int] = ..., destination: builtins.int | Sequence[builtins.int] = ...) -> Tensor:
    """The view with the dimensions `source` at the places `destination` and the others in order."""
def movedim(input: Tensor, source: builtins.int | Sequence[builtins.int] = ..., destination: builtins.int | Sequence[builtins.int] = ...) -> Tensor:
    """The view with the dimensions `source` at the places `destination` and the others in order."""
def msort(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """The elements in order along the first dimension."""
def mul(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The product `input * other`."""
def multi_dot(tensors: Sequence[Tensor], *, out: Tensor | None = ...) -> Tensor:
    """The product of two or more matrices, in the order that takes the fewest operations."""
def multinomial(input: Tensor, num_samples: builtins.int = ..., replacement: builtins.bool = ..., *, generator: Any = ..., out: Tensor | None = ...) -> Tensor:
    """Indices drawn in proportion to the weights in `input`, for each of its rows."""
def multiply(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The product `input * other`."""
def mv(input: Tensor, vec: Any = ..., *, out: Any = ...) -> Tensor:
    """The product (n) of a matrix (n, m) and a vector (m)."""
def mvlgamma(input: Tensor, p: Any = ..., *, out: Any = ...) -> Tensor:
    """The logarithm of the multivariate gamma function of dimension `p`. Raises RuntimeError for `p` below one."""
def nan_to_num(input: Tensor, nan: Any = ..., posinf: Any = ..., neginf: Any = ..., *, out: Any = ...) -> Tensor:
    """`input` with NaN replaced by `nan` (zero) and infinities by `posinf` and `neginf` (the dtype's limits)."""
def nan_to_num_(input: Tensor, nan: Any = ..., posinf: Any = ..., neginf: Any = ...) -> Tensor:
    """In-place form of `nan_to_num`."""
def nanmean(input: Tensor, dim: Any = ..., keepdim: builtins.bool = ..., *, dtype: Any = ..., out: Tensor | None = ...) -> Tensor:
    """The mean of the elements that are not nan."""
def nanmedian(input: Tensor, dim: Any = ..., keepdim: Any = ..., *, out: Any = ...) -> Any:
    """The median of the elements that are not nan; see `median`."""
def nanquantile(input: Tensor, q: Any = ..., dim: builtins.int | None = ..., keepdim: builtins.bool = ..., *, interpolation: builtins.str = ..., out: Tensor | None = ...) -> Tensor:
    """The quantiles of the elements that are not nan; see `quantile`."""
def nansum(input: Tensor, dim: Any = ..., keepdim: Any = ..., *, dtype: Any = ..., out: Any = ...) -> Tensor:
    """The sum of the elements that are not nan."""
def narrow(input: Tensor, dim: builtins.int = ..., start: builtins.int | Tensor = ..., length: builtins.int = ...) -> Tensor:
    """The view of `length` indices along `dim` from `start` on."""
def narrow_copy(input: Tensor, dim: builtins.int = ..., start: builtins.int = ..., length: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
    """A copy of what `narrow` gives."""
def native_batch_norm(input: Any, weight: Any = ..., bias: Any = ..., running_mean: Any = ..., running_var: Any = ..., training: builtins.bool = ..., momentum: builtins.float = ..., eps: builtins.float = ..., *, out: Sequence[Tensor] | None = ...) -> Any:
    """`batch_norm`, with the means and the reciprocal standard deviations, which have no gradient."""
def native_channel_shuffle(input: Any, groups: builtins.int = ...) -> Tensor:
    """`input` (N, C, *) with its channels, in `groups`, dealt out one of each group in turn."""
def native_dropout(input: Any, p: builtins.float = ..., train: builtins.bool | None = ...) -> builtins.tuple[Tensor, Tensor]:
    """`dropout` and the mask of the elements that it left."""
def native_group_norm(input: Any, weight: Any = ..., bias: Any = ..., N: builtins.int = ..., C: builtins.int = ..., HxW: builtins.int = ..., group: builtins.int = ..., eps: builtins.float = ...) -> builtins.tuple[Tensor, Tensor, Tensor]:
    """`group_norm` of an input of `N * C * HxW` elements, with the means and the reciprocal standard deviations."""
def native_layer_norm(input: Any, normalized_shape: Sequence[builtins.int] = ..., weight: Any = ..., bias: Any = ..., eps: builtins.float = ...) -> Any:
    """`layer_norm`, with the means and the reciprocal standard deviations, which have no gradient."""
def ne(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """Whether `input` differs from `other`."""
def neg(input: Tensor, *, out: Any = ...) -> Tensor:
    """The opposite `-input`. Raises RuntimeError for a mask."""
def neg_(input: Tensor) -> Tensor:
    """In-place form of `neg`."""
def negative(input: Tensor, *, out: Any = ...) -> Tensor:
    """The opposite `-input`. Raises RuntimeError for a mask."""
def negative_(input: Tensor) -> Tensor:
    """In-place form of `neg`."""
def nextafter(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The next number that the dtype can hold after `input` in the direction of `other`."""
def nonzero(input: Tensor, *, as_tuple: builtins.bool = ..., out: Tensor | None = ...) -> Any:
    """The indices of the elements that are not zero: a matrix with a row for each, or a tuple of its columns."""
def nonzero_static(input: Tensor, *, size: builtins.int = ..., fill_value: builtins.int = ..., out: Tensor | None = ...) -> Tensor:
    """The first `size` rows of what `nonzero` gives, and rows of `fill_value` where there are fewer."""
def norm(input: Tensor, p: Any = ..., dim: Any = ..., keepdim: builtins.bool = ..., dtype: Any = ..., *, out: Tensor | None = ...) -> Tensor:
    """The norm of order `p` of all elements as one vector, or of those along `dim`; 'fro' is 2."""
def norm_except_dim(v: Any, pow: builtins.int = ..., dim: builtins.int = ...) -> Tensor:
    """The norms of the parts of `v` along `dim`, each over all other dimensions, which are kept; of all of it for -1."""
def normal(mean: Any, std: Any = ..., size: Any = ..., *, generator: Any = ..., out: Any = ..., **options: Any) -> Tensor:
    """Samples of normal distributions: with numbers `mean` and `std` of a given size, else with a tensor of either."""
def not_equal(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """Whether `input` differs from `other`."""
def numel(input: Tensor) -> builtins.int:
    """The number of elements."""
def ones(*size: Any, **options: Any) -> Tensor:
    """A tensor of ones; for the options see `zeros`."""
def ones_like(input: Tensor, **options: Any) -> Tensor:
    """A tensor of ones in the shape, dtype and order of strides of `input`; options as for `zeros`."""
def orgqr(input: Tensor, tau: Tensor = ..., *, out: Tensor | None = ...) -> Tensor:
    """The product of reflections; see `mutagrad.linalg.householder_product`."""
def ormqr(input: Tensor, tau: Tensor = ..., other: Tensor = ..., left: builtins.bool = ..., transpose: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
    """`other` times the product Q of all reflections, from the left or the right; times Qᴴ if `transpose`."""
def outer(input: Tensor, vec2: Tensor = ..., *, out: Tensor | None = ...) -> Tensor:
    """The products (n, m) of each element of a vector (n) with each of another (m)."""
def overwrite_statistics() -> Any:
    """A snapshot of the process-wide overwrite counters."""
def pairwise_distance(x1: Any, x2: Any = ..., p: builtins.float = ..., eps: builtins.float = ..., keepdim: builtins.bool = ...) -> Tensor:
    """The `p`-norms of `x1 - x2 + eps` along the last dimension."""
def pca_lowrank(A: Tensor, q: builtins.int | None = ..., center: builtins.bool = ..., niter: builtins.int = ...) -> builtins.tuple[Tensor, Tensor, Tensor]:
    """The `q` first principal components of the rows of A, as the columns of V: `svd_lowrank` of A, centred if `center`."""
def pdist(input: Any, p: builtins.float = ...) -> Tensor:
    """The `p`-norms of the differences of all pairs of rows: (N, M) gives (N * (N - 1) / 2)."""
def permute(input: Tensor, *dims: Any, **named: Any) -> Tensor:
    """The view with its dimensions in the order `dims`."""
def permute_copy(input: Tensor, *dims: Any, **named: Any) -> Any:
    """A copy of what `permute` gives."""
def pinverse(input: Tensor, rcond: builtins.float = ...) -> Tensor:
    """The pseudo-inverse; see `mutagrad.linalg.pinv`."""
def pixel_shuffle(input: Any, upscale_factor: builtins.int = ...) -> Tensor:
    """`input` (*, C * r * r, H, W) with the channels spread out as pixels: (*, C, H * r, W * r)."""
def pixel_unshuffle(input: Any, downscale_factor: builtins.int = ...) -> Tensor:
    """What undoes `pixel_shuffle`: (*, C, H * r, W * r) becomes (*, C * r * r, H, W)."""
def poisson(input: Tensor, generator: Any = ...) -> Tensor:
    """Counts of independent events that happen `input` times on average. Raises RuntimeError for a negative rate."""
def poisson_nll_loss(input: Any, target: Any = ..., log_input: builtins.bool = ..., full: builtins.bool = ..., size_average: builtins.bool | None = ..., eps: builtins.float = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ...) -> Tensor:
    """The negative log-likelihood of counts `target` under Poisson distributions of mean `input`, or of its exponential."""
def polar(abs: Tensor, angle: Any = ..., *, out: Any = ...) -> Tensor:
    """The complex numbers with these absolute values and angles. Raises RuntimeError where the dtypes differ."""
def polygamma(n: builtins.int, input: Tensor = ..., *, out: Tensor | None = ...) -> Tensor:
    """The `n`-th derivative of `digamma`. Raises RuntimeError for a negative `n`."""
def positive(input: Tensor) -> Tensor:
    """`input` itself. Raises RuntimeError for a mask."""
def pow(input: Tensor, exponent: Any = ..., *, out: Any = ...) -> Tensor:
    """The power `input ** exponent`; one to any power and any number to the power zero are one."""
def prelu(input: Tensor, weight: Tensor = ...) -> Tensor:
    """`input` where it is positive, else `weight * input`, with one weight, or one for each entry of dimension 1."""
def prod(input: Tensor, dim: Any = ..., keepdim: Any = ..., *, dtype: Any = ..., out: Any = ...) -> Tensor:
    """The product of all elements, or of those along one dimension."""
def promote(a: Any, b: Any = ...) -> Any:
    """The smallest dtype that PyTorch takes to hold both `a` and `b`."""
def promote_types(type1: Any, type2: Any = ...) -> Any:
    """The smallest dtype that holds both `type1` and `type2`, whatever the shapes."""
def put(input: Tensor, index: Tensor = ..., source: Tensor = ..., accumulate: builtins.bool = ...) -> Any:
    """Out-of-place form of `put_`."""
def qr(input: Tensor, some: builtins.bool = ..., *, out: Any = ...) -> Any:
    """Q and R of `linalg.qr`, reduced if `some`, else complete."""
def quantile(input: Tensor, q: Any = ..., dim: builtins.int | None = ..., keepdim: builtins.bool = ..., *, interpolation: builtins.str = ..., out: Tensor | None = ...) -> Tensor:
    """The `q`-th quantiles, from zero to one, of all elements or of those along `dim`."""
def rad2deg(input: Tensor, *, out: Any = ...) -> Tensor:
    """Radians in degrees."""
def rad2deg_(input: Tensor) -> Tensor:
    """In-place form of `rad2deg`."""
def rand(*size: Any, **options: Any) -> Tensor:
    """A tensor of samples uniform on [0, 1)."""
def rand_like(input: Tensor, **options: Any) -> Tensor:
    """Samples uniform on [0, 1) in the shape and dtype of `input`."""
def randint(*bounds_and_size: Any, **options: Any) -> Tensor:
    """A tensor of whole numbers even on [low, high), called as `randint(high, size)` or `randint(low, high, size)`."""
def randint_like(input: Tensor, *bounds: Any, **options: Any) -> Tensor:
    """Whole numbers even on [low, high) in the shape and dtype of `input`."""
def randn(*size: Any, **options: Any) -> Tensor:
    """A tensor of samples of the standard normal distribution; for the options see `rand`."""
def randn_like(input: Tensor, **options: Any) -> Tensor:
    """Samples of the standard normal distribution in the shape and dtype of `input`."""
def randperm(n: builtins.int, **options: Any) -> Tensor:
    """The integers from 0 to n - 1 in random order; options are `generator` and those of `zeros`."""
def range(*bounds: Any, **options: Any) -> Tensor:
    """The numbers from `start` (0) to `end`, included, `step` (1) apart. Deprecated, as in PyTorch: use `arange`."""
def ravel(input: Tensor) -> Tensor:
    """All elements in order along one dimension: a view of a contiguous tensor, else a copy."""
def real(input: Tensor) -> Tensor:
    """The view of the real parts; a real tensor itself."""
def reciprocal(input: Tensor, *, out: Any = ...) -> Tensor:
    """The reciprocal `1 / input`."""
def reciprocal_(input: Tensor) -> Tensor:
    """In-place form of `reciprocal`."""
reduce: Any
def relu(input: Tensor, *, out: Any = ...) -> Tensor:
    """`input` where it is positive, else zero. The gradient at zero is zero."""
def relu6(input: Tensor, *, out: Any = ...) -> Tensor:
    """`input` kept from zero to six."""
def relu_(input: Tensor) -> Tensor:
    """In-place form of `relu`."""
def remainder(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """What is left of `input` after whole multiples of `other`, with the sign of `other`."""
def renorm(input: Tensor, p: Any = ..., dim: Any = ..., maxnorm: Any = ..., *, out: Any = ...) -> Tensor:
    """Each slice along `dim` whose norm of order `p` exceeds `maxnorm` scaled down to it, the others as they are."""
def repeat_interleave(input: Tensor, repeats: Any = ..., dim: builtins.int | None = ..., *, output_size: builtins.int | None = ...) -> Tensor:
    """Each element, or each slice along `dim`, repeated in its place: all `repeats` times, or each its own number."""
def reshape(input: Tensor, *shape: Any, **named: Any) -> Tensor:
    """The same elements in another shape: a view where the strides allow it, else a copy."""
def resize_as_(self: Tensor, the_template: Tensor = ..., *, memory_format: Any = ...) -> Tensor:
    """Changes the shape in place to that of another tensor; see `resize_`."""
def resolve_conj(input: Tensor) -> Tensor:
    """`input` itself: conjugates are computed at once here."""
def resolve_neg(input: Tensor) -> Tensor:
    """`input` itself: no negation is left pending here."""
def result_type(tensor1: Any, tensor2: Any = ...) -> Any:
    """The dtype that an operation on these two, tensors or numbers, has."""
def rms_norm(input: Any, normalized_shape: Sequence[builtins.int] = ..., weight: Any = ..., eps: builtins.float | None = ...) -> Tensor:
    """`input` over the root of its mean square over the last dimensions, times `weight`."""
def rnn_relu_cell(input: Any, hx: Any = ..., w_ih: Any = ..., w_hh: Any = ..., b_ih: Any = ..., b_hh: Any = ...) -> Any:
    """The next output of Elman's network with `relu`."""
def rnn_tanh_cell(input: Any, hx: Any = ..., w_ih: Any = ..., w_hh: Any = ..., b_ih: Any = ..., b_hh: Any = ...) -> Any:
    """The next output of Elman's network with `tanh`."""
def roll(input: Tensor, shifts: Any = ..., dims: Any = ..., *, out: Any = ...) -> Tensor:
    """The elements moved on by `shifts` places along `dims` (none: in flat order), the last ones to the front."""
def rot90(input: Tensor, k: Any = ..., dims: Any = ..., *, out: Any = ...) -> Tensor:
    """The plane of two `dims` turned by `k` quarter turns, from the first towards the second."""
def round(input: Tensor, *, decimals: Any = ..., out: Any = ...) -> Tensor:
    """The nearest whole number, the even one of two, or the nearest number of so many `decimals`."""
def round_(input: Tensor, *, decimals: Any = ...) -> Tensor:
    """In-place form of `round`."""
def row_stack(tensors: Sequence[Tensor], *, out: Tensor | None = ...) -> Tensor:
    """The tensors one below another, vectors as rows."""
def rrelu(input: Any, lower: builtins.float = ..., upper: builtins.float = ..., training: builtins.bool = ..., inplace: builtins.bool = ...) -> Tensor:
    """`input` where it is positive, else times a slope: drawn between `lower` and `upper`, or their mean out of training."""
def rrelu_(input: Any, *args: Any, **kwargs: Any) -> Tensor:
    """In-place form of `rrelu`."""
def rsqrt(input: Tensor, *, out: Any = ...) -> Tensor:
    """The reciprocal of the square root."""
def rsqrt_(input: Tensor) -> Tensor:
    """In-place form of `rsqrt`."""
def rsub(input: Tensor, other: Any = ..., *, alpha: Any = ..., out: Any = ...) -> Tensor:
    """The difference `other - alpha * input`."""
def save(obj: Any, f: Any = ..., pickle_module: Any = ..., pickle_protocol: builtins.int = ..., _use_new_zipfile_serialization: builtins.bool = ..., _disable_byteorder_record: builtins.bool = ...) -> None:
    """Saves an object of tensors, numbers, texts and containers to a path or a binary file."""
def saved_statistics(*tensors: Tensor) -> Any:
    """The values saved for gradients that are alive, in the graphs behind `tensors` or, without any, in all graphs."""
def scalar_tensor(s: Any, **options: Any) -> Tensor:
    """A zero-dimensional tensor of one number, of the default dtype unless it is given."""
def scatter(input: Tensor, dim: builtins.int = ..., index: Tensor = ..., src: Any = ..., *, value: Any = ..., reduce: builtins.str | None = ...) -> Any:
    """Out-of-place form of `scatter_`."""
def scatter_add(input: Tensor, dim: builtins.int = ..., index: Tensor = ..., src: Tensor = ...) -> Any:
    """Out-of-place form of `scatter_add_`."""
def scatter_reduce(input: Tensor, dim: builtins.int = ..., index: Tensor = ..., src: Tensor = ..., reduce: builtins.str = ..., *, include_self: builtins.bool = ...) -> Any:
    """Out-of-place form of `scatter_reduce_`."""
def searchsorted(sorted_sequence: Tensor, input: Any = ..., *, out_int32: builtins.bool = ..., right: builtins.bool = ..., side: builtins.str | None = ..., sorter: Tensor | None = ..., out: Tensor | None = ...) -> Tensor:
    """The places in the last dimension of `sorted_sequence` where the elements of `input` would keep its order."""
def seed() -> builtins.int:
    """A new seed from the operating system, which the default generator now starts from."""
def segment_reduce(data: Tensor, reduce: builtins.str = ..., *, lengths: Tensor | None = ..., indices: Tensor | None = ..., offsets: Tensor | None = ..., axis: builtins.int = ..., unsafe: builtins.bool = ..., initial: builtins.float | None = ...) -> Tensor:
    """The 'sum', 'mean', 'prod', 'max' or 'min' of each part of `data` along `axis`, which is the last of `lengths`."""
def select(input: Tensor, dim: builtins.int = ..., index: builtins.int = ...) -> Tensor:
    """The view of the elements with one index along `dim`, which is left out."""
def select_copy(input: Tensor, dim: builtins.int = ..., index: builtins.int = ..., *, out: Any = ...) -> Any:
    """A copy of what `select` gives."""
def select_scatter(input: Tensor, src: Tensor = ..., dim: builtins.int = ..., index: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
    """A copy of `input` with `src` at one index along `dim`. Raises RuntimeError for a `src` of another shape."""
def selu(input: Tensor, inplace: builtins.bool = ...) -> Tensor:
    """The exponential rectifier whose two constants keep mean and variance (https://arxiv.org/abs/1706.02515)."""
def selu_(input: Any, *args: Any, **kwargs: Any) -> Tensor:
    """In-place form of `selu`."""
def set_anomaly_enabled(enabled: builtins.bool, check_nan: builtins.bool = ...) -> None:
    """Switches anomaly detection on or off, in all threads."""
def set_default_device(device: Any) -> None:
    """Says where new tensors live: the CPU, which is all there is. Raises RuntimeError for any other device."""
def set_default_dtype(d: Any) -> None:
    """Makes `d` the default dtype."""
def set_default_tensor_type(t: Any) -> None:
    """Makes the dtype of a tensor type, such as `DoubleTensor` or its name, the default one."""
def set_deterministic_debug_mode(debug_mode: builtins.int | builtins.str) -> None:
    """Asks for deterministic algorithms by level: 'default', 'warn' or 'error', or its number."""
def set_float32_matmul_precision(precision: builtins.str) -> None:
    """Remembers the least precision of products in float32, which here are always of the highest."""
def set_flush_denormal(mode: builtins.bool) -> builtins.bool:
    """Whether very small numbers can be flushed to zero: they cannot."""
def set_num_interop_threads(num: builtins.int) -> None:
    """Remembers a number of threads between operations. Raises RuntimeError unless it is positive."""
def set_num_threads(num: builtins.int) -> None:
    """Says how many threads may work at once on large arrays; at first, `OMP_NUM_THREADS`, or all processors."""
def set_printoptions(precision: builtins.int | None, threshold: builtins.float | None = ..., edgeitems: builtins.int | None = ..., linewidth: builtins.int | None = ..., profile: builtins.str | None = ..., sci_mode: builtins.bool | None = ...) -> None:
    """Sets how tensors are printed; what is None stays, but for `sci_mode`, where None means automatic."""
def set_rng_state(new_state: Any) -> None:
    """Lets the default generator continue from `new_state`."""
def set_warn_always(b: builtins.bool, /) -> None:
    """Says whether warnings that are given once in a process are given every time."""
def sgn(input: Tensor, *, out: Any = ...) -> Tensor:
    """The sign; of a complex number the number of length one with the same angle, or zero."""
def sigmoid(input: Tensor, *, out: Any = ...) -> Tensor:
    """The logistic function `1 / (1 + exp(-input))`."""
def sigmoid_(input: Tensor) -> Tensor:
    """In-place form of `sigmoid`."""
def sign(input: Tensor, *, out: Any = ...) -> Tensor:
    """Minus one, zero or one, as `input` is below, at or above zero; zero for NaN."""
def signbit(input: Tensor, *, out: Any = ...) -> Tensor:
    """Whether each element is negative, minus zero included."""
def silu(input: Tensor, *, out: Any = ...) -> Tensor:
    """`input * sigmoid(input)`."""
def sin(input: Tensor, *, out: Any = ...) -> Tensor:
    """The sine."""
def sin_(input: Tensor) -> Tensor:
    """In-place form of `sin`."""
def sinc(input: Tensor, *, out: Any = ...) -> Tensor:
    """The ratio `sin(pi * input) / (pi * input)`, one at zero."""
def sinc_(input: Tensor) -> Tensor:
    """In-place form of `sinc`."""
def sinh(input: Tensor, *, out: Any = ...) -> Tensor:
    """The hyperbolic sine."""
def sinh_(input: Tensor) -> Tensor:
    """In-place form of `sinh`."""
def slice_copy(input: Tensor, dim: builtins.int = ..., start: builtins.int | None = ..., end: builtins.int | None = ..., step: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
    """A copy of a slice along `dim`."""
def slice_scatter(input: Tensor, src: Tensor = ..., dim: builtins.int = ..., start: builtins.int | None = ..., end: builtins.int | None = ..., step: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
    """A copy of `input` with `src` at a slice along `dim`. Raises RuntimeError for a `src` of another shape."""
def slogdet(input: Tensor, *, out: Any = ...) -> Any:
    """Sign and logarithm of the determinants; see `mutagrad.linalg.slogdet`."""
def softmax(input: Tensor, dim: Any = ..., dtype: Any = ..., *, out: Any = ...) -> Tensor:
    """Exponentials over their sum along `dim`. Saves the result alone."""
def softmin(input: Tensor, dim: builtins.int = ..., dtype: Any = ...) -> Tensor:
    """`softmax` of the negative."""
def softplus(input: Tensor, beta: Any = ..., threshold: Any = ..., *, out: Any = ...) -> Tensor:
    """`log(1 + exp(beta * input)) / beta`, and `input` itself where `beta * input` is above `threshold`."""
def softshrink(input: Tensor, lambd: Any = ..., *, out: Any = ...) -> Tensor:
    """`input` moved by `lambd` towards zero, and zero from `-lambd` to `lambd`."""
def softsign(input: Tensor) -> Tensor:
    """`input / (1 + abs(input))`."""
def solve(input: Tensor, A: Tensor = ..., *, out: Any = ...) -> Any:
    """Raises RuntimeError: `linalg.solve` took its place."""
def sort(input: Tensor, dim: Any = ..., descending: Any = ..., *, stable: Any = ..., out: Any = ...) -> Any:
    """The elements in order along `dim`, and the indices that they had."""
def split(tensor: Tensor, split_size_or_sections: Any = ..., dim: builtins.int = ..., *, split_size: Any = ...) -> Any:
    """The pieces of a tensor along `dim`, as views: of one size (the last may be smaller), or of the sizes given."""
def split_copy(tensor: Tensor, split_size_or_sections: Any = ..., dim: builtins.int = ..., *, split_size: Any = ..., out: Any = ...) -> Any:
    """A copy of what `split` gives."""
def split_with_sizes(input: Tensor, split_sizes: Sequence[builtins.int] = ..., dim: builtins.int = ...) -> Any:
    """The pieces of these sizes along `dim`, as views. Raises RuntimeError when they do not add up to it."""
def split_with_sizes_copy(input: Tensor, split_sizes: Sequence[builtins.int] = ..., dim: builtins.int = ..., *, out: Any = ...) -> Any:
    """A copy of what `split_with_sizes` gives."""
def sqrt(input: Tensor, *, out: Any = ...) -> Tensor:
    """The square root; NaN for a negative number."""
def sqrt_(input: Tensor) -> Tensor:
    """In-place form of `sqrt`."""
def square(input: Tensor, *, out: Any = ...) -> Tensor:
    """The square; masks become whole numbers."""
def square_(input: Tensor) -> Tensor:
    """In-place form of `square`."""
def squeeze(input: Tensor, *dim: Any, **named: Any) -> Tensor:
    """The view without dimensions of size one: all of them, or those named."""
def squeeze_copy(input: Tensor, *dim: Any, **named: Any) -> Any:
    """A copy of what `squeeze` gives."""
def stack(tensors: Sequence[Tensor], dim: Any = ..., *, out: Any = ...) -> Tensor:
    """The tensors, of one shape, side by side along a new dimension."""
def std(input: Tensor, dim: Any = ..., *, correction: Any = ..., keepdim: Any = ..., out: Any = ...) -> Tensor:
    """The standard deviation of all elements, or of those along `dim`, with Bessel's correction."""
def std_mean(input: Tensor, dim: Any = ..., *, correction: Any = ..., keepdim: Any = ..., out: Any = ...) -> Any:
    """The standard deviation and the mean of all elements, or of those along `dim`; see `std`."""
def stft(input: Tensor, n_fft: builtins.int = ..., hop_length: builtins.int | None = ..., win_length: builtins.int | None = ..., window: Tensor | None = ..., center: builtins.bool = ..., pad_mode: builtins.str = ..., normalized: builtins.bool = ..., onesided: builtins.bool | None = ..., return_complex: builtins.bool | None = ...) -> Tensor:
    """The Fourier transforms of frames of `n_fft` points, `hop_length` (a quarter) apart, each times the window."""
def sub(input: Tensor, other: Any = ..., *, alpha: Any = ..., out: Any = ...) -> Tensor:
    """The difference `input - alpha * other`. Raises RuntimeError for a mask."""
def subtract(input: Tensor, other: Any = ..., *, alpha: Any = ..., out: Any = ...) -> Tensor:
    """The difference `input - alpha * other`. Raises RuntimeError for a mask."""
def sum(input: Tensor, dim: Any = ..., keepdim: Any = ..., *, dtype: Any = ..., out: Any = ...) -> Tensor:
    """The sum of all elements, or of those along `dim`, one dimension or several."""
def sum_to_size(input: Tensor, *size: Any) -> Tensor:
    """The sum over the dimensions that would be expanded to broadcast `size` to the shape of `input`."""
def svd(input: Tensor, some: builtins.bool = ..., compute_uv: builtins.bool = ..., *, out: Any = ...) -> Any:
    """U, S and V of `linalg.svd`, the smaller ones if `some`; zeros for U and V unless `compute_uv`."""
def svd_lowrank(A: Tensor, q: builtins.int | None = ..., niter: builtins.int | None = ..., M: Tensor | None = ...) -> builtins.tuple[Tensor, Tensor, Tensor]:
    """U, S and V of A ≈ U diag(S) Vᴴ with the `q` largest singular values; of A - M where `M` is given."""
def swapaxes(input: Tensor, axis0: builtins.int = ..., axis1: builtins.int = ...) -> Tensor:
    """The view with two dimensions exchanged: `transpose` under NumPy's name."""
def swapdims(input: Tensor, dim0: builtins.int = ..., dim1: builtins.int = ...) -> Tensor:
    """The view with two dimensions exchanged: `transpose` under another name."""
def symeig(self: Tensor, eigenvectors: builtins.bool = ..., upper: builtins.bool = ..., *, out: Any = ...) -> Any:
    """Raises RuntimeError: `linalg.eigh` took its place."""
def t(input: Tensor) -> Tensor:
    """The transposed matrix, as a view; a vector or a scalar as it is. Raises RuntimeError beyond two dimensions."""
def t_copy(input: Tensor, *, out: Any = ...) -> Any:
    """A copy of what `t` gives."""
def take(input: Tensor, index: Tensor = ..., *, out: Tensor | None = ...) -> Tensor:
    """The elements at `index`, counted through all of `input`; the result has the shape of the index."""
def take_along_dim(input: Tensor, indices: Tensor = ..., dim: builtins.int | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """The elements at `indices` along `dim`, both broadcast in the other dimensions; without `dim`, of all in a row."""
def tan(input: Tensor, *, out: Any = ...) -> Tensor:
    """The tangent."""
def tan_(input: Tensor) -> Tensor:
    """In-place form of `tan`."""
def tanh(input: Tensor, *, out: Any = ...) -> Tensor:
    """The hyperbolic tangent."""
def tanh_(input: Tensor) -> Tensor:
    """In-place form of `tanh`."""
def tanhshrink(input: Tensor) -> Tensor:
    """`input - tanh(input)`."""
def tensor(data: Any, *, dtype: Any = ..., device: Any = ..., requires_grad: builtins.bool = ..., pin_memory: builtins.bool = ...) -> Tensor:
    """A tensor of a copy of `data`: a number, nested sequences of numbers or tensors, a NumPy array."""
def tensor_split(input: Tensor, indices_or_sections: Any = ..., dim: builtins.int = ..., *, sections: Any = ..., indices: Any = ...) -> Any:
    """The pieces along `dim`, as views: so many of nearly one size, or those between the indices given."""
def tensordot(a: Tensor, b: Tensor = ..., dims: Any = ..., out: Tensor | None = ...) -> Tensor:
    """The product summed over pairs of dimensions: `dims` lists those of `a` and those of `b`, or counts the last of `a` against the first of `b`."""
def threshold(input: Tensor, threshold: builtins.float = ..., value: builtins.float = ..., inplace: builtins.bool = ...) -> Tensor:
    """`input` where it is above `threshold`, else `value`."""
def threshold_(input: Any, *args: Any, **kwargs: Any) -> Tensor:
    """In-place form of `threshold`."""
def tile(input: Tensor, *dims: Any) -> Tensor:
    """The tensor repeated along its last dimensions, as `repeat` does once `dims` is filled up with ones in front."""
def topk(input: Tensor, k: Any = ..., dim: Any = ..., largest: Any = ..., sorted: Any = ..., *, out: Any = ...) -> Any:
    """The `k` largest elements along `dim`, or the smallest, in order, and their indices."""
def trace(input: Tensor, *, out: Any = ...) -> Tensor:
    """The sum of the diagonal of a matrix."""
def transpose(input: Tensor, dim0: builtins.int = ..., dim1: builtins.int = ...) -> Tensor:
    """The view with two dimensions exchanged."""
def transpose_copy(input: Tensor, dim0: builtins.int = ..., dim1: builtins.int = ..., *, out: Any = ...) -> Any:
    """A copy of what `transpose` gives."""
def trapezoid(y: Tensor, x: Tensor | None = ..., *, dx: Any = ..., dim: builtins.int = ...) -> Tensor:
    """The integral of samples `y` along `dim` by the trapezoidal rule: at points `x`, or `dx` apart (1)."""
def trapz(y: Tensor, x: Tensor | None = ..., *, dx: Any = ..., dim: builtins.int = ...) -> Tensor:
    """Another name for `trapezoid`."""
def triangular_solve(b: Tensor, A: Tensor = ..., upper: builtins.bool = ..., transpose: builtins.bool = ..., unitriangular: builtins.bool = ..., *, out: Any = ...) -> Any:
    """The solution of A x = b (of Aᵀ x = b if `transpose`) for a triangular A, and A; see `linalg.solve_triangular`."""
def tril(input: Tensor, diagonal: Any = ..., *, out: Any = ...) -> Tensor:
    """The lower triangle of each matrix, up to the given diagonal; zero above it."""
def tril_indices(row: builtins.int, col: builtins.int = ..., offset: builtins.int = ..., **options: Any) -> Tensor:
    """The indices of the lower triangle of a matrix, as two rows; `offset` moves its diagonal up."""
def triplet_margin_loss(anchor: Any, positive: Any = ..., negative: Any = ..., margin: builtins.float = ..., p: builtins.float = ..., eps: builtins.float = ..., swap: builtins.bool = ..., size_average: builtins.bool | None = ..., reduce: builtins.bool | None = ..., reduction: builtins.str = ...) -> Tensor:
    """How far the anchor is from `positive`, plus `margin`, less how far from `negative`; zero where that is below."""
def triu(input: Tensor, diagonal: Any = ..., *, out: Any = ...) -> Tensor:
    """The upper triangle of each matrix, from the given diagonal on; zero below it."""
def triu_indices(row: builtins.int, col: builtins.int = ..., offset: builtins.int = ..., **options: Any) -> Tensor:
    """The indices of the upper triangle of a matrix, as two rows; `offset` moves its diagonal up."""
def true_divide(input: Tensor, other: Any = ..., *, rounding_mode: Any = ..., out: Any = ...) -> Tensor:
    """The quotient `input / other`, rounded down with `rounding_mode='floor'`, towards zero with `'trunc'`."""
def trunc(input: Tensor, *, out: Any = ...) -> Tensor:
    """The whole part: `input` rounded towards zero."""
def trunc_(input: Tensor) -> Tensor:
    """In-place form of `trunc`."""
def type_word(dt: Any) -> builtins.str:
    """The C++ name of a dtype."""
def typename(obj: Any) -> builtins.str:
    """The name of an object's type, of a tensor with its dtype."""
def unbind(input: Tensor, dim: builtins.int = ...) -> Any:
    """The slices along `dim`, as views without that dimension."""
def unbind_copy(input: Tensor, dim: builtins.int = ..., *, out: Any = ...) -> Any:
    """A copy of what `unbind` gives."""
def unflatten(input: Tensor, dim: builtins.int = ..., sizes: Sequence[builtins.int] = ...) -> Tensor:
    """The view with the dimension `dim` as several of these sizes, one of which may be -1."""
def unfold_copy(input: Tensor, dimension: builtins.int = ..., size: builtins.int = ..., step: builtins.int = ..., *, out: Any = ...) -> Any:
    """A copy of what `unfold` gives."""
def unique(input: Tensor, dim: Any = ..., *, out: Any = ...) -> Any:
    """The different elements in order, or with `dim` the different slices; on request with the index, among them, of each element (`return_inverse`) and how often each occurs (`return_counts`). Every nan is different."""
def unique_consecutive(input: Tensor, dim: Any = ..., *, out: Any = ...) -> Any:
    """The elements, or with `dim` the slices, that differ from the one before; `return_inverse` and `return_counts` as in `unique`."""
def unravel_index(indices: Tensor, shape: builtins.int | Sequence[builtins.int] = ...) -> builtins.tuple[Tensor, ...]:
    """The indices along each dimension of a tensor of `shape` that lead to its elements numbered `indices`."""
def unsafe_chunk(input: Tensor, chunks: builtins.int = ..., dim: builtins.int = ...) -> Any:
    """At most `chunks` pieces of one size along `dim`, as views; the last may be smaller."""
def unsafe_split(tensor: Tensor, split_size_or_sections: Any = ..., dim: builtins.int = ..., *, split_size: Any = ...) -> Any:
    """The pieces of a tensor along `dim`, as views: of one size (the last may be smaller), or of the sizes given."""
def unsafe_split_with_sizes(input: Tensor, split_sizes: Sequence[builtins.int] = ..., dim: builtins.int = ...) -> Any:
    """The pieces of these sizes along `dim`, as views. Raises RuntimeError when they do not add up to it."""
def unsqueeze(input: Tensor, dim: builtins.int = ...) -> Tensor:
    """The view with a new dimension of size one at `dim`."""
def unsqueeze_copy(input: Tensor, dim: builtins.int = ..., *, out: Any = ...) -> Any:
    """A copy of what `unsqueeze` gives."""
def use_deterministic_algorithms(mode: builtins.bool, *, warn_only: builtins.bool = ...) -> None:
    """Asks for algorithms that give the same result each time. All do."""
def vander(x: Tensor, N: builtins.int | None = ..., increasing: builtins.bool = ...) -> Tensor:
    """The powers of each element of a vector, falling from `N - 1` to zero, or rising if `increasing`."""
def var(input: Tensor, dim: Any = ..., *, correction: Any = ..., keepdim: Any = ..., out: Any = ...) -> Tensor:
    """The variance of all elements, or of those along `dim`, with Bessel's correction."""
def var_mean(input: Tensor, dim: Any = ..., *, correction: Any = ..., keepdim: Any = ..., out: Any = ...) -> Any:
    """The variance and the mean of all elements, or of those along `dim`; see `var`."""
def vdot(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The dot product of two vectors, the first of them conjugated. Errors are those of `dot`."""
def view(input: Tensor, *shape: Any, **named: Any) -> Tensor:
    """The view of the same elements in another shape, or of the same bytes as another dtype."""
def view_as_complex(input: Tensor) -> Tensor:
    """The view of the pairs along the last dimension as complex numbers."""
def view_as_complex_copy(input: Tensor, *, out: Any = ...) -> Any:
    """A copy of what `view_as_complex` gives."""
def view_as_real(input: Tensor) -> Tensor:
    """The view of complex numbers as pairs, along a new last dimension. Raises RuntimeError for a real tensor."""
def view_as_real_copy(input: Tensor, *, out: Any = ...) -> Any:
    """A copy of what `view_as_real` gives."""
def view_copy(input: Tensor, *shape: Any, **named: Any) -> Any:
    """A copy of what `view` gives."""
def vmap(func: Callable[..., Any], in_dims: Any = ..., out_dims: Any = ..., randomness: builtins.str = ..., *, chunk_size: builtins.int | None = ...) -> Callable[..., Any]:
    """The function that maps `func` over a dimension of its arguments, in one call."""
def vsplit(input: Tensor, indices_or_sections: Any = ...) -> Any:
    """The pieces one above the other (along the first dimension), as views."""
def vstack(tensors: Sequence[Tensor], *, out: Tensor | None = ...) -> Tensor:
    """The tensors one below another, vectors as rows."""
def watch(tensor: Tensor, tell: Any = ...) -> Any:
    """Names each write to `tensor`'s memory, through whatever alias, and lets it happen."""
def where(condition: Tensor, input: Any = ..., other: Any = ..., *, out: Tensor | None = ...) -> Any:
    """The elements of `input` where `condition` is true, else those of `other`, with broadcasting and promotion."""
def xlogy(input: Tensor, other: Any = ..., *, out: Any = ...) -> Tensor:
    """The product `input * log(other)`, zero where `input` is zero, NaN where `other` is."""
def xlogy_(input: Tensor, other: Any = ...) -> Tensor:
    """In-place form of `xlogy`."""
def zero_(self: Tensor) -> Tensor:
    """Writes zero to all elements."""
def zeros(*size: Any, **options: Any) -> Tensor:
    """A tensor of zeros."""
def zeros_like(input: Tensor, **options: Any) -> Tensor:
    """A tensor of zeros in the shape, dtype and order of strides of `input`; options as for `zeros`."""
