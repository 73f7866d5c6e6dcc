"""Operations on object arrays of Scalars, under PyTorch's names.

Each is a plain function: float tensors arrive as object arrays of `Scalar`, index and mask tensors as ordinary arrays,
everything else as it was written. NumPy does the looping, `Scalar` the calculus. Sub-gradients at kinks are PyTorch's.
`Unfit` is raised before anything is written where a value lies so near a pole or a kink that rounding would decide.
"""

import math

import numpy as np

from .scalar import Scalar, lift


class Unfit(Exception):
    """Raised when a program does what this comparison leaves out: it is not run on the library under test."""


def require(condition, reason):
    """Raise `Unfit` unless `condition` holds."""
    if not condition:
        raise Unfit(reason)


lifted = np.frompyfunc(lift, 1, 1)


def values(x):
    """The numbers in an object array of Scalars, or in anything that is a number."""
    array = np.asarray(x, dtype=object)
    return np.array([lift(item).value for item in array.flat], dtype=np.float64).reshape(array.shape)


def _within(x, low, high, what):
    x = values(x)
    require(np.all((x >= low) & (x <= high)), f"{what} of a value outside [{low}, {high}]")


def _decided(x, kink):
    """Raise `Unfit` where a value is near a kink but not exactly at it."""
    distance = np.abs(values(x) - values(kink))
    require(np.all((distance == 0) | (distance > 1e-6)), "a value too near a kink")


def _away_from_zero(x):
    require(np.all(np.abs(values(x)) > 0.2), "division by a value near zero")


def add(x, other, *, alpha=1):
    return x + other * alpha


def sub(x, other, *, alpha=1):
    return x - other * alpha


def mul(x, other):
    return x * other


def div(x, other):
    _away_from_zero(other)
    return x / other


def pow(x, exponent):
    if isinstance(exponent, np.ndarray):
        _within(x, 0.2, 20, "power")
        _within(exponent, -3, 3, "exponent")
        return np.power(x, exponent)
    if exponent != int(exponent) or exponent < 0:
        _within(x, 0.2, 20, "power")
    return x**exponent


def neg(x):
    return -x


def sin(x):
    return np.sin(x)


def cos(x):
    return np.cos(x)


def tanh(x):
    return np.tanh(x)


def exp(x):
    _within(x, -20, 3, "exp")
    return np.exp(x)


def log(x):
    _within(x, 0.2, 50, "log")
    return np.log(x)


def sqrt(x):
    _within(x, 0.2, 50, "sqrt")
    return np.sqrt(x)


def reciprocal(x):
    _away_from_zero(x)
    return 1.0 / x


def square(x):
    return x * x


def sigmoid(x):
    _within(x, -20, 20, "sigmoid")
    return 1.0 / (1.0 + np.exp(-x))


_relu = np.frompyfunc(lambda x: x.scaled(max(x.value, 0.0), float(x.value > 0)), 1, 1)
_abs = np.frompyfunc(lambda x: x.scaled(math.fabs(x.value), float(np.sign(x.value))), 1, 1)


def relu(x):
    _decided(x, 0.0)
    return _relu(x)


def abs(x):
    _decided(x, 0.0)
    return _abs(x)


def clamp(x, min=-np.inf, max=np.inf):
    """`x` kept in [min, max]; on a bound the derivative is one."""
    for bound in (min, max):
        if np.isfinite(bound):
            _decided(x, bound)
    inside = lambda s: s if min <= s.value <= max else Scalar(float(np.clip(s.value, min, max)))
    return np.frompyfunc(inside, 1, 1)(x)


def maximum(x, other):
    return _extreme(x, other, lambda a, b: a > b)


def minimum(x, other):
    return _extreme(x, other, lambda a, b: a < b)


def _extreme(x, other, wins):
    """The winner of each pair; a tie shares the derivative in halves."""
    _decided(np.subtract(x, other), 0.0)
    pick = lambda a, b: (a + b) * 0.5 if a.value == b.value else a if wins(a.value, b.value) else b
    return np.frompyfunc(pick, 2, 1)(x, other)


def where(condition, x, other):
    return np.where(condition, lifted(x), lifted(other))


def addcmul(x, tensor1, tensor2, *, value=1):
    return x + tensor1 * tensor2 * value


def addcdiv(x, tensor1, tensor2, *, value=1):
    _away_from_zero(tensor2)
    return x + tensor1 / tensor2 * value


def lerp(x, end, weight):
    return x + (end - x) * weight


def sum(x, dim=None, keepdim=False):
    return np.sum(x, axis=dim, keepdims=keepdim)


def mean(x, dim=None, keepdim=False):
    require(x.size, "mean of nothing")
    return np.mean(x, axis=dim, keepdims=keepdim)


def prod(x, dim=None, keepdim=False):
    return np.prod(x, axis=dim, keepdims=keepdim)


def cumsum(x, dim):
    return np.cumsum(x, axis=dim) if x.ndim else x


def softmax(x, dim):
    _within(x, -20, 20, "softmax")
    e = np.exp(x)
    return e / np.sum(e, axis=dim, keepdims=True)


def matmul(x, other):
    require(x.size and other.size, "matmul of nothing")
    return np.matmul(x, other)


def addmm(x, mat1, mat2, *, beta=1, alpha=1):
    require(mat1.size and mat2.size, "matmul of nothing")
    return x * beta + np.matmul(mat1, mat2) * alpha


def cat(tensors, dim=0):
    return np.concatenate(tensors, axis=dim)


def stack(tensors, dim=0):
    return np.stack(tensors, axis=dim)


def clone(x):
    return x


def copy(x, src):
    return np.broadcast_to(src, x.shape)


def fill(x, value):
    return np.broadcast_to(np.asarray(value, dtype=object), x.shape)


def zero(x):
    return fill(x, 0.0)


def masked_fill(x, mask, value):
    return np.where(mask, np.asarray(value, dtype=object), x)


def index_select(x, dim, index):
    return np.take(x, index, axis=dim)


def index_add(x, dim, index, source, *, alpha=1):
    result = x.copy()
    along, pieces = np.moveaxis(result, dim, 0), np.moveaxis(source, dim, 0)
    for position, i in enumerate(index):
        along[i] = along[i] + pieces[position] * alpha
    return result


def index_fill(x, dim, index, value):
    result = x.copy()
    np.moveaxis(result, dim, 0)[index] = value
    return result


def index_copy(x, dim, index, source):
    require(len(set(index)) == len(index), "two values for one element")
    result = x.copy()
    np.moveaxis(result, dim, 0)[index] = np.moveaxis(source, dim, 0)
    return result


def index_put(x, indices, values, accumulate=False):
    result, cells = x.copy(), np.arange(x.size).reshape(x.shape)[tuple(indices)]
    source = np.broadcast_to(values, cells.shape)
    require(accumulate or len(set(cells.flat)) == cells.size, "two values for one element")
    flat = result.reshape(-1)
    for cell, item in zip(cells.flat, source.flat, strict=True):
        flat[cell] = flat[cell] + item if accumulate else item
    return flat.reshape(x.shape)


def gather(x, dim, index):
    return np.take_along_axis(x, index, axis=dim)


def scatter(x, dim, index, src):
    source = src if isinstance(src, np.ndarray) and src.ndim else np.broadcast_to(src, index.shape)
    result, written = x.copy(), set()
    for position, target in _targets(dim, index):
        require(target not in written, "two values for one element")
        written.add(target)
        result[target] = source[position]
    return result


def scatter_add(x, dim, index, src):
    result = x.copy()
    for position, target in _targets(dim, index):
        result[target] = result[target] + src[position]
    return result


def _targets(dim, index):
    for position in np.ndindex(index.shape):
        target = list(position)
        target[dim] = int(index[position])
        yield position, tuple(target)


# Functions that are methods too; and those that have an in-place method `name_`, whose operands may be the very tensor
# that is written (elementwise) or must not share its memory.
FUNCTIONS = [
    *(add, sub, mul, div, pow, neg, sin, cos, tanh, exp, log, sqrt, reciprocal, square, sigmoid, relu, abs, clamp),
    *(maximum, minimum, where, addcmul, addcdiv, lerp, sum, mean, prod, cumsum, softmax, matmul, addmm, cat, stack),
    *(clone, masked_fill, index_select, index_add, index_fill, index_copy, index_put, gather, scatter, scatter_add),
]
ELEMENTWISE_IN_PLACE = [
    *(add, sub, mul, div, pow, neg, sin, cos, tanh, exp, log, sqrt, reciprocal, square, sigmoid, relu, abs, clamp),
    *(addcmul, addcdiv, lerp, copy, fill, zero, cumsum),
]
DISJOINT_IN_PLACE = [addmm, masked_fill, index_add, index_fill, index_copy, index_put, scatter, scatter_add]
