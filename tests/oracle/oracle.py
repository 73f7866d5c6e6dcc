"""A very small PyTorch in which every element is a scalar of its own: slow, and right by construction.

The module stands in for `torch`: the same program text runs on it, on mutagrad and on PyTorch. Here are creation,
operations and `autograd.grad`; memory and history are in `tensors.py`, the calculus in `scalar.py`.
"""

import sys

import numpy as np

from . import operations, shapes, tensors
from .graph import Family, gather
from .operations import require
from .tensors import (
    Storage,
    Tensor,
    float64,
    fresh,
    operations_argument,
    set_grad_enabled,
    sweep,
    tensors_in,
)

int64, bool = np.dtype(np.int64), np.dtype(np.bool_)
_gather = gather  # `gather` itself becomes PyTorch's


class autograd:
    """The namespace `torch.autograd`."""

    @staticmethod
    def grad(outputs, inputs, grad_outputs=None, retain_graph=None, create_graph=False, allow_unused=False):
        require(all(tensor.requires_grad for tensor in inputs), "gradient for a tensor that does not require grad")
        nodes = [tensor.nodes() for tensor in inputs]
        sums = sweep(outputs, grad_outputs, retain_graph, create_graph)
        with set_grad_enabled(create_graph):
            return tuple(fresh(_gather(sums, n)) if any(x in sums for x in n.flat) else None for n in nodes)


def no_grad():
    return set_grad_enabled(False)


def is_grad_enabled():
    return tensors.is_grad_enabled()


def _called(operation, arguments, options):
    return operation(
        *[operations_argument(a) for a in arguments], **{k: operations_argument(v) for k, v in options.items()}
    )


def out_of_place(operation):
    def call(*arguments, **options):
        operands = tensors_in(*arguments, *options.values())
        with np.errstate(all="ignore"):
            return fresh(_called(operation, arguments, options), operands)

    return call


def in_place(operation, may_be_same):
    def call(self, *arguments, **options):
        if self.dtype != float64:
            self.storage.numbers[self.cells] = _called(operation, (self, *arguments), options)
            self.storage.touch()
            return self
        result = np.asarray(_called(operation, (self, *arguments), options), dtype=object)
        require(result.shape == self.shape, "an in-place operation that would change the shape")
        operands = tensors_in(*arguments, *options.values())
        self.check_overlap(self.cells, operands, may_be_same)
        self.write(self.cells, operations.lifted(result), operands)
        return self

    return call


def compared(compare):
    def call(self, other):
        numbers = other.numbers() if isinstance(other, Tensor) else other
        operations._decided(self.numbers(), numbers)
        return tensor(compare(self.numbers(), numbers), dtype=bool)

    return call


def tensor(data, dtype=None, requires_grad=False):
    storage = Storage(np.array(data, dtype=dtype))
    cells = storage.cells.reshape(np.shape(data))
    result = Tensor(storage, Family(cells, cells.size), cells)
    return result.requires_grad_() if requires_grad else result


def zeros(*shape, dtype=float64, requires_grad=False):
    return tensor(np.zeros(shapes.sizes(shape)), dtype, requires_grad)


def ones(*shape, dtype=float64, requires_grad=False):
    return tensor(np.ones(shapes.sizes(shape)), dtype, requires_grad)


def full(shape, value, dtype=float64, requires_grad=False):
    return tensor(np.full(shape, value), dtype, requires_grad)


def linspace(start, end, steps, dtype=float64):
    return tensor(np.linspace(start, end, steps), dtype)


def zeros_like(x):
    return zeros(*x.shape)


def _install():
    """Gives the module and `Tensor` their operations, methods, in-place methods and operators."""
    module = sys.modules[__name__]
    for operation in operations.FUNCTIONS:
        function = out_of_place(operation)
        setattr(module, operation.__name__, function)
        setattr(Tensor, operation.__name__, function)
    for operation in operations.ELEMENTWISE_IN_PLACE:
        setattr(Tensor, f"{operation.__name__}_", in_place(operation, may_be_same=True))
    for operation in operations.DISJOINT_IN_PLACE:
        setattr(Tensor, f"{operation.__name__}_", in_place(operation, may_be_same=False))
    for name, method in (("add", "add"), ("sub", "sub"), ("mul", "mul"), ("truediv", "div"), ("pow", "pow")):
        setattr(Tensor, f"__{name}__", getattr(Tensor, method))
        setattr(Tensor, f"__i{name}__", getattr(Tensor, f"{method}_"))
    for name, compare in (("gt", np.greater), ("lt", np.less), ("ge", np.greater_equal), ("le", np.less_equal)):
        setattr(Tensor, f"__{name}__", compared(compare))
    Tensor.__matmul__ = Tensor.matmul
    Tensor.__neg__ = Tensor.neg
    Tensor.__radd__ = out_of_place(lambda x, other: other + x)
    Tensor.__rsub__ = out_of_place(lambda x, other: other - x)
    Tensor.__rmul__ = out_of_place(lambda x, other: other * x)
    Tensor.__rtruediv__ = out_of_place(lambda x, other: operations.div(operations.lifted(other), x))


_install()
