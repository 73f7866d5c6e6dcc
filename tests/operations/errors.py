"""Bad calls: shape, dimension, dtype, index, state. What is recorded of each is PyTorch's error class and first line.

A case is a function of the module and of tensors drawn from the arrays behind it; all of them must be unchanged after
the error. To add one, add a line and run `python tools/record_operations.py`.
"""

from __future__ import annotations

from typing import Any

from .sample import Array, Sample, call, index, literal, mask, normal, operation, probability

ERRORS: dict[str, Sample] = {}


def case(name: str, function: Any, *arrays: Array) -> None:
    """Adds a case."""
    (ERRORS[name],) = operation(name, function, error=call(*arrays).but(dtypes=("float64",), raises=True, grad=()))


def whole(*shape: int) -> Array:
    """An int64 tensor."""
    return normal(*shape).of("int64")


def twice(loss: Any) -> None:
    """Two backward passes over one graph."""
    loss.backward()
    loss.backward()


# --- shapes that do not go together ----------------------------------------------------------------------------------

case("add.shapes", lambda torch, x, y: x + y, normal(2, 3), normal(2))
case("mul.shapes_inner", lambda torch, x, y: x * y, normal(2, 3, 2), normal(4, 2))
case("add_.grows", lambda torch, x, y: x.add_(y), normal(3), normal(2, 3))
case("add_.grows_from_one", lambda torch, x, y: x.add_(y), normal(2, 1), normal(2, 3))
case("mul_.shapes", lambda torch, x, y: x.mul_(y), normal(2), normal(3))
case("copy_.shapes", lambda torch, x, y: x.copy_(y), normal(2, 3), normal(2))
case("fill_.matrix", lambda torch, x, y: x.fill_(y), normal(2), normal(2))
case("where.shapes", lambda torch, m, x, y: torch.where(m, x, y), mask(2), normal(3), normal(1))
case("matmul.inner", lambda torch, x, y: x @ y, normal(2, 3), normal(2, 3))
case("matmul.vector", lambda torch, x, y: x @ y, normal(2, 3), normal(2))
case("matmul.vectors", lambda torch, x, y: x @ y, normal(2), normal(3))
case("matmul.batches", lambda torch, x, y: x @ y, normal(2, 2, 3), normal(3, 3, 2))
case("matmul.zero_dim", lambda torch, x, y: x @ y, normal(), normal(2))
case("mm.rank", lambda torch, x, y: torch.mm(x, y), normal(2, 2, 2), normal(2, 2))
case("mm.inner", lambda torch, x, y: torch.mm(x, y), normal(2, 3), normal(2, 3))
case("bmm.rank", lambda torch, x, y: torch.bmm(x, y), normal(2, 2), normal(2, 2, 2))
case("bmm.inner", lambda torch, x, y: torch.bmm(x, y), normal(2, 2, 3), normal(2, 2, 3))
case("mv.inner", lambda torch, x, y: torch.mv(x, y), normal(2, 3), normal(2))
case("mv.rank", lambda torch, x, y: torch.mv(x, y), normal(2), normal(2))
case("dot.sizes", lambda torch, x, y: torch.dot(x, y), normal(2), normal(3))
case("dot.rank", lambda torch, x, y: torch.dot(x, y), normal(2, 2), normal(2, 2))
case("dot.dtypes", lambda torch, x, y: torch.dot(x, y), normal(2), normal(2).of("float32"))
case("mm.dtypes", lambda torch, x, y: torch.mm(x, y), normal(2, 2), normal(2, 2).of("float32"))
case("outer.rank", lambda torch, x, y: torch.outer(x, y), normal(2, 2), normal(2))
case("addmm.inner", lambda torch, a, x, y: torch.addmm(a, x, y), normal(2), normal(2, 3), normal(2, 2))
case("addmm.input", lambda torch, a, x, y: torch.addmm(a, x, y), normal(3), normal(2, 3), normal(3, 2))
case("einsum.sizes", lambda torch, x, y: torch.einsum("ij,jk->ik", x, y), normal(2, 3), normal(2, 3))
case("einsum.count", lambda torch, x: torch.einsum("ij,jk->ik", x), normal(2, 3))
case("linear.sizes", lambda torch, x, w: torch.nn.functional.linear(x, w), normal(2, 3), normal(4, 2))
case("cat.sizes", lambda torch, x, y: torch.cat([x, y]), normal(2, 3), normal(2, 2))
case("cat.ranks", lambda torch, x, y: torch.cat([x, y]), normal(2, 3), normal(2))
case("cat.none", lambda torch: torch.cat([]))
case("cat.zero_dim", lambda torch, x: torch.cat([x, x]), normal())
case("cat.dim", lambda torch, x: torch.cat([x, x], 2), normal(2, 2))
case("stack.sizes", lambda torch, x, y: torch.stack([x, y]), normal(2), normal(3))
case("stack.none", lambda torch: torch.stack([]))
case("index_add.sizes", lambda torch, x, i, y: x.index_add(0, i, y), normal(3), index(3, 2), normal(3))
case("index_put.sizes", lambda torch, x, i, y: x.index_put((i,), y), normal(3), index(3, 2), normal(3))
case("mse_loss.shapes", lambda torch, x, y: torch.nn.functional.mse_loss(x, y), normal(2), normal(3))
case("cross_entropy.batch", lambda torch, x, y: torch.nn.functional.cross_entropy(x, y), normal(2, 3), index(3, 3))
case("bce.shapes", lambda torch, x, y: torch.nn.functional.binary_cross_entropy(x, y), probability(2), probability(3))
case(
    "bce_logits.shapes",
    lambda torch, x, y: torch.nn.functional.binary_cross_entropy_with_logits(x, y),
    normal(2),
    normal(3),
)

# --- views -----------------------------------------------------------------------------------------------------------

case("view.size", lambda torch, x: x.view(4), normal(2, 3))
case("view.inferred", lambda torch, x: x.view(-1, 4), normal(2, 3))
case("view.two_inferred", lambda torch, x: x.view(-1, -1), normal(2, 3))
case("view.strides", lambda torch, x: x.view(6), normal(2, 3).laid("transposed"))
case("reshape.size", lambda torch, x: x.reshape(5), normal(2, 3))
case("reshape.negative", lambda torch, x: x.reshape(-2, 3), normal(2, 3))
case("reshape.empty_inferred", lambda torch, x: x.reshape(-1, 0), normal(0))
case("unflatten.size", lambda torch, x: x.unflatten(0, (2, 2)), normal(6))
case("expand.size", lambda torch, x: x.expand(2, 4), normal(2, 3))
case("expand.fewer", lambda torch, x: x.expand(3), normal(2, 3))
case("expand.new_negative", lambda torch, x: x.expand(-1, 3), normal(3))
case("broadcast_to.size", lambda torch, x: torch.broadcast_to(x, (2, 4)), normal(3))
case("transpose.dim", lambda torch, x: x.transpose(0, 2), normal(2, 3))
case("t.rank", lambda torch, x: x.t(), normal(2, 3, 2))
case("permute.count", lambda torch, x: x.permute(0, 1), normal(2, 3, 2))
case("permute.repeated", lambda torch, x: x.permute(0, 0), normal(2, 3))
case("select.index", lambda torch, x: x.select(0, 2), normal(2, 3))
case("select.dim", lambda torch, x: x.select(2, 0), normal(2, 3))
case("select.zero_dim", lambda torch, x: x.select(0, 0), normal())
case("narrow.length", lambda torch, x: x.narrow(0, 1, 3), normal(3))
case("narrow.negative", lambda torch, x: x.narrow(0, 1, -1), normal(3))
case("narrow.start", lambda torch, x: x.narrow(0, 5, 0), normal(3))
case("split.sizes", lambda torch, x: x.split([1, 1]), normal(3))
case("split.negative", lambda torch, x: x.split(-1), normal(3))
case("chunk.none", lambda torch, x: x.chunk(0), normal(3))
case("unbind.zero_dim", lambda torch, x: x.unbind(), normal())
case("squeeze.dim", lambda torch, x: x.squeeze(2), normal(1, 2))
case("unsqueeze.dim", lambda torch, x: x.unsqueeze(3), normal(2))
case("diagonal.same", lambda torch, x: x.diagonal(0, 1, 1), normal(2, 2))
case("diagonal.rank", lambda torch, x: x.diagonal(), normal(2))
case("unfold.size", lambda torch, x: x.unfold(0, 4, 1), normal(3))
case("unfold.step", lambda torch, x: x.unfold(0, 2, 0), normal(3))
case("as_strided.beyond", lambda torch, x: x.as_strided((3,), (2,)), normal(4))
case("as_strided.negative", lambda torch, x: x.as_strided((2,), (-1,), 1), normal(4))
case("flatten.order", lambda torch, x: x.flatten(1, 0), normal(2, 3))
case("imag.real", lambda torch, x: x.imag, normal(2))
case("view_as_real.real", lambda torch, x: torch.view_as_real(x), normal(2))
case("view_as_complex.size", lambda torch, x: torch.view_as_complex(x), normal(2, 3))
case("add_.expanded", lambda torch, x: x.expand(2, 3).add_(1), normal(1, 3))
case("setitem.expanded", lambda torch, x: x.expand(2, 3).__setitem__(slice(None), 1.0), normal(1, 3))
case("add_.overlap", lambda torch, x: x[1:].add_(x[:-1]), normal(4))

# --- dimensions ------------------------------------------------------------------------------------------------------

case("sum.dim", lambda torch, x: x.sum(2), normal(2, 3))
case("sum.dim_negative", lambda torch, x: x.sum(-3), normal(2, 3))
case("sum.repeated", lambda torch, x: x.sum((0, -2)), normal(2, 3))
case("mean.dim_zero_dim", lambda torch, x: x.mean(1), normal())
case("softmax.dim", lambda torch, x: x.softmax(1), normal(3))
case("cumsum.dim", lambda torch, x: x.cumsum(1), normal(3))
case("logsumexp.dim", lambda torch, x: x.logsumexp(2), normal(3))
case("max.dim", lambda torch, x: x.max(2), normal(2, 3))
case("argmax.dim", lambda torch, x: x.argmax(2), normal(2, 3))
case("sort.dim", lambda torch, x: x.sort(2), normal(2, 3))
case("topk.dim", lambda torch, x: x.topk(1, 2), normal(2, 3))
case("flip.repeated", lambda torch, x: x.flip((0, 0)), normal(2, 3))
case("roll.count", lambda torch, x: x.roll((1, 2), 0), normal(2, 3))
case("repeat.fewer", lambda torch, x: x.repeat(2), normal(2, 3))
case("max.empty", lambda torch, x: x.max(), normal(0))
case("amax.empty", lambda torch, x: x.amax(), normal(0))
case("argmax.empty", lambda torch, x: x.argmax(), normal(0))
case("topk.size", lambda torch, x: x.topk(4), normal(3))
case("kthvalue.size", lambda torch, x: x.kthvalue(4), normal(3))
case("zeros.negative", lambda torch: torch.zeros(-1))
case("repeat_interleave.negative", lambda torch, x: x.repeat_interleave(-1), normal(2))

# --- indices ---------------------------------------------------------------------------------------------------------

case("getitem.range", lambda torch, x: x[3], normal(3, 2))
case("getitem.range_negative", lambda torch, x: x[0, -3], normal(3, 2))
case("getitem.too_many", lambda torch, x: x[0, 0, 0], normal(3, 2))
case("getitem.zero_dim", lambda torch, x: x[0], normal())
case("getitem.negative_step", lambda torch, x: x[::-1], normal(3))
case("getitem.zero_step", lambda torch, x: x[::0], normal(3))
case("getitem.float_tensor", lambda torch, x, i: x[i], normal(3), normal(2))
case("getitem.float", lambda torch, x: x[1.0], normal(3))
case("getitem.vector_range", lambda torch, x, i: x[i], normal(3), literal([0, 3], "int64"))
case("getitem.mask_shape", lambda torch, x, i: x[i], normal(3), mask(2))
case("getitem.broadcast", lambda torch, x, i, j: x[i, j], normal(3, 3), index(3, 2), index(3, 3))
case("setitem.shape", lambda torch, x, y: x.__setitem__(0, y), normal(2, 3), normal(2))
case("setitem.vector_shape", lambda torch, x, i, y: x.__setitem__(i, y), normal(3), index(3, 2), normal(3))
case("setitem.range", lambda torch, x: x.__setitem__(5, 1.0), normal(3))
case("setitem.mask_count", lambda torch, x, y: x.__setitem__(x == x, y), normal(3), normal(2))
case("gather.range", lambda torch, x, i: x.gather(0, i), normal(3), literal([0, 3], "int64"))
case("gather.rank", lambda torch, x, i: x.gather(0, i), normal(3, 2), index(3, 2))
case("gather.size", lambda torch, x, i: x.gather(0, i), normal(3, 2), index(3, 1, 3))
case("gather.dtype", lambda torch, x, i: x.gather(0, i), normal(3), normal(2))
case("scatter.range", lambda torch, x, i: x.scatter(0, i, 1.0), normal(3), literal([3], "int64"))
case("scatter_.range", lambda torch, x, i: x.scatter_(0, i, 1.0), normal(3), literal([0, 3], "int64"))
case("scatter.dtypes", lambda torch, x, i, y: x.scatter(0, i, y), normal(3), index(3, 2), normal(2).of("float32"))
case("scatter_add.size", lambda torch, x, i, y: x.scatter_add(0, i, y), normal(3), index(3, 2), normal(1))
case("index_select.range", lambda torch, x, i: x.index_select(0, i), normal(3), literal([3], "int64"))
case("index_select.rank", lambda torch, x, i: x.index_select(0, i), normal(3), index(3, 2, 2))
case("index_select.dtype", lambda torch, x, i: x.index_select(0, i), normal(3), normal(2))
case("index_add.range", lambda torch, x, i, y: x.index_add(0, i, y), normal(3), literal([3], "int64"), normal(1))
case("index_fill_.range", lambda torch, x, i: x.index_fill_(0, i, 1.0), normal(3), literal([0, 3], "int64"))
case("take.range", lambda torch, x, i: x.take(i), normal(3), literal([3], "int64"))
case("take_along_dim.dtype", lambda torch, x, i: torch.take_along_dim(x, i, 0), normal(3), normal(3))
case("nll_loss.range", lambda torch, x, i: torch.nn.functional.nll_loss(x, i), normal(1, 3), literal([3], "int64"))

# --- dtypes ----------------------------------------------------------------------------------------------------------

case("add_.fraction", lambda torch, x: x.add_(1.5), whole(3))
case("add_.floats", lambda torch, x, y: x.add_(y), whole(3), normal(3))
case("div_.whole", lambda torch, x: x.div_(2), whole(3))
case("sqrt_.whole", lambda torch, x: x.sqrt_(), whole(3))
case("mul_.complex", lambda torch, x: x.mul_(1j), normal(3))
case("sub.masks", lambda torch, x: x - x, mask(3))
case("sub.mask_number", lambda torch, x: 1 - x, mask(3))
case("neg.mask", lambda torch, x: -x, mask(3))
case("mean.whole", lambda torch, x: x.mean(), whole(3))
case("var.whole", lambda torch, x: x.var(), whole(3))
case("pow.whole_negative", lambda torch, x: x**-1, whole(3))
case("floor_divide.zero", lambda torch, x: x // 0, whole(3))
case("remainder.zero", lambda torch, x: x % 0, whole(3))
case("masked_fill.mask", lambda torch, x, m: x.masked_fill(m, 1.0), normal(3), whole(3))
case("masked_fill.value", lambda torch, x, m, v: x.masked_fill(m, v), normal(3), mask(3), normal(1))
case("masked_fill_.complex", lambda torch, x, m: x.masked_fill_(m, 1j), normal(3), mask(3))
case("masked_select.mask", lambda torch, x, m: x.masked_select(m), normal(3), whole(3))
case("where.condition", lambda torch, c, x: torch.where(c, x, x), normal(3), normal(3))
case("lerp.dtypes", lambda torch, x, y: torch.lerp(x, y, 0.5), normal(3), normal(3).of("float32"))
case("clamp.no_bounds", lambda torch, x: x.clamp(), normal(3))
case("invert.float", lambda torch, x: ~x, normal(3))
case("add.out_dtype", lambda torch, x, y: torch.add(x, x, out=y), normal(3), whole(3))
case("add.string", lambda torch, x: x + "a", normal(3))
case("requires_grad_.whole", lambda torch, x: x.requires_grad_(), whole(3))
case("tensor.ragged", lambda torch: torch.tensor([[1.0, 2.0], [3.0]]))

# --- conversions to Python -------------------------------------------------------------------------------------------

case("item.several", lambda torch, x: x.item(), normal(2))
case("float.several", lambda torch, x: float(x), normal(2))
case("bool.several", lambda torch, x: bool(x), normal(2))
case("bool.none", lambda torch, x: bool(x), normal(0))
case("index.float", lambda torch, x: range(x), normal())
case("len.zero_dim", lambda torch, x: len(x), normal())
case("iter.zero_dim", lambda torch, x: list(x), normal())
case("contains.string", lambda torch, x: "a" in x, normal(2))
case("numpy.requires_grad", lambda torch, x: x.requires_grad_().numpy(), normal(2))

# --- gradients -------------------------------------------------------------------------------------------------------

case("backward.shape", lambda torch, x: (x.requires_grad_() * 2).backward(), normal(2))
case("backward.no_grad", lambda torch, x: x.sum().backward(), normal(2))
case("backward.twice", lambda torch, x: twice(x.requires_grad_().exp().sum()), normal(2))
case("backward.gradient_shape", lambda torch, x, y: (x.requires_grad_() * 2).backward(y), normal(2), normal(3))
case(
    "grad.unused",
    lambda torch, x, y: torch.autograd.grad(x.requires_grad_().sum(), y.requires_grad_()),
    normal(2),
    normal(2),
)
case("grad.no_grad", lambda torch, x, y: torch.autograd.grad(x.requires_grad_().sum(), y), normal(2), normal(2))
case("leaf.add_", lambda torch, x: x.requires_grad_().add_(1), normal(2))
case("leaf.setitem", lambda torch, x: x.requires_grad_().__setitem__(0, 1.0), normal(2))
case("leaf.view", lambda torch, x: x.requires_grad_()[0].mul_(2), normal(2, 2))
case("leaf.relu_", lambda torch, x: x.requires_grad_().relu_(), normal(2))
case("out.requires_grad", lambda torch, x, y: torch.add(x.requires_grad_(), 1, out=y), normal(2), normal(2))
case("resize_.requires_grad", lambda torch, x: x.requires_grad_().resize_(1), normal(2))
case("requires_grad_.result", lambda torch, x: (x.requires_grad_() * 2).requires_grad_(False), normal(2))
case("deepcopy.result", lambda torch, x: (x.requires_grad_() * 2).__deepcopy__({}), normal(2))
