"""How a sample is run, the same way in the recorder and in the tests.

Every function takes the module as its first argument, so that PyTorch and mutagrad go through the same lines.
Cotangents and weights are drawn like inputs: from the sample's name.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import numpy as np

from .sample import Array, Sample, draw


def tensor(torch: Any, array: np.ndarray, layout: str = "contiguous", requires_grad: bool = False) -> Any:
    """A leaf tensor with the values of `array`, at strides of the layout named."""
    if layout == "transposed":
        made = torch.tensor(array.T.copy()).permute(tuple(reversed(range(array.ndim))))
    elif layout == "strided" and array.ndim:
        made = torch.tensor(np.repeat(array, 2, axis=-1))[..., ::2]
    else:
        made = torch.tensor(array)
    return made.requires_grad_() if requires_grad else made


def tensors(torch: Any, sample: Sample, arrays: list[np.ndarray], differentiate: bool = False) -> list:
    """The sample's tensors with the values given; those that it differentiates require a gradient when asked."""
    wanted = sample.differentiated if differentiate else ()
    return [
        tensor(torch, values, array.layout, position in wanted and values.dtype.kind in "fc")
        for position, (array, values) in enumerate(zip(sample.arrays, arrays, strict=True))
    ]


def inputs(torch: Any, sample: Sample, dtype: str, differentiate: bool = False) -> list:
    """The sample's tensors with its own values in a run of `dtype`."""
    return tensors(torch, sample, sample.draw(dtype), differentiate)


def evaluate(torch: Any, sample: Sample, tensors: list, form: str = "function", **extra: Any) -> Any:
    """The sample's result, called as a function, as a `method`, or `inplace` on a clone of its first argument."""
    args, kwargs = sample.bind(torch, tensors)
    kwargs.update(extra)
    if sample.function is not None:
        return sample.function(torch, *args, **kwargs)
    name = sample.operation.split(".")[-1]
    if form == "method":
        return getattr(args[0], name)(*args[1:], **kwargs)
    if form == "inplace":
        target = args[0].clone()
        result = getattr(target, name + "_")(*args[1:], **kwargs)
        assert result is target, f"{name}_ returns another tensor than it wrote to"
        return result
    if name.endswith("_"):
        args[0] = args[0].clone()
    return attrgetter(sample.operation)(torch)(*args, **kwargs)


def flatten(result: Any) -> list:
    """The tensors of a result, in order."""
    if isinstance(result, list | tuple):
        return [tensor for part in result for tensor in flatten(part)]
    return [result]


def structure(result: Any) -> str:
    """`Tensor`, `tuple`, `list`, or the field names of a named tuple."""
    if not isinstance(result, list | tuple):
        return "Tensor"
    fields = getattr(type(result), "_fields", None) or getattr(type(result), "__match_args__", ())
    return " ".join(fields) or ("list" if isinstance(result, list) else "tuple")


def to_numpy(tensor: Any) -> np.ndarray:
    """The values of a tensor, apart from its graph and its memory."""
    return np.array(tensor.numpy(force=True))


def shared_out(torch: Any, expected: list) -> Any:
    """Tensors to pass as `out=` for results like `expected`: one, or a tuple."""
    made = [torch.tensor(np.full(a.shape, 7).astype(a.dtype)) for a in expected]
    return made[0] if len(made) == 1 else tuple(made)


def drawn_like(torch: Any, tensor: Any, seed: str, requires_grad: bool = False) -> Any:
    """A tensor of normal values with the shape and dtype of `tensor`."""
    array = draw(Array("normal", tuple(tensor.shape)), str(tensor.dtype).split(".")[-1], seed)
    return torch.tensor(array, requires_grad=requires_grad)


def leaves(sample: Sample, tensors: list) -> list:
    """Those of the sample's tensors that it differentiates."""
    return [tensors[position] for position in sample.differentiated]


def cotangents(torch: Any, sample: Sample, outputs: list, requires_grad: bool = False) -> list:
    """One cotangent for each output given."""
    return [drawn_like(torch, out, f"{sample.name}/ct/{i}", requires_grad) for i, out in enumerate(outputs)]


def gradients(torch: Any, sample: Sample, result: Any, wanted: list, create_graph: bool = False) -> tuple[list, list]:
    """The gradients of `wanted` (None where unused), and the cotangents they answer to."""
    outputs = [out for out in flatten(result) if out.requires_grad]
    cts = cotangents(torch, sample, outputs, requires_grad=create_graph)
    grads = torch.autograd.grad(outputs, wanted, cts, create_graph=create_graph, allow_unused=True)
    return list(grads), cts


def second_gradients(torch: Any, sample: Sample, grads: list, wanted: list) -> list:
    """Gradients, with respect to `wanted`, of a random linear functional of first gradients made with a graph."""
    used = {i: grad for i, grad in enumerate(grads) if grad is not None and grad.requires_grad}
    if not used:
        return [None] * len(wanted)
    weights = [drawn_like(torch, grad, f"{sample.name}/weight/{i}") for i, grad in used.items()]
    return list(torch.autograd.grad(list(used.values()), wanted, weights, allow_unused=True))


def write_through(torch: Any, sample: Sample, tensors: list) -> tuple[Any, Any]:
    """The first tensor, cloned, after the sample's view of it was multiplied in place by a factor; and the factor."""
    base = tensors[0].clone()
    view = flatten(evaluate(torch, sample, [base, *tensors[1:]]))[0]
    factor = drawn_like(torch, view, f"{sample.name}/factor", requires_grad=tensors[0].requires_grad)
    view.mul_(factor)
    return base, factor
