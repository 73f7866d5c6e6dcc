"""The first line of each error is PyTorch's, checked by provoking PyTorch."""

from contextlib import nullcontext

import pytest

from mutagrad.report import (
    Origin,
    Overwrite,
    complex_output,
    freed_graph,
    gradient_count,
    gradient_dtype,
    gradient_shape,
    input_without_grad,
    leaf_in_place,
    no_graph,
    non_scalar_output,
    overwritten,
    restricted_view,
    unused_input,
)

torch = pytest.importorskip("torch")


def leaf(*shape, dtype=torch.float64):
    return torch.ones(shape or (4,), dtype=dtype, requires_grad=True)


def double(*shape, dtype=torch.float64):
    return leaf(*shape, dtype=dtype) * 2


class Identity(torch.autograd.Function):
    @staticmethod
    def forward(context, x):
        return x

    @staticmethod
    def backward(context, ct):
        return ct


def lost(tensor, write):
    """Saves `tensor`, writes to it under no_grad where it is a leaf, and asks for the gradient."""
    y = tensor.sin() if tensor.requires_grad else tensor * leaf()
    with torch.no_grad() if tensor.is_leaf else nullcontext():
        write(tensor)
    y.sum().backward()


def twice(output):
    output.backward()
    output.backward()


def view_in(mode, base_modified=False, take=lambda base: base[:2]):
    base = double()
    with mode():
        view = take(base)
    (base if base_modified else view).add_(1)
    return view.grad_fn


def piece(split, base_modified=False):
    return lambda: view_in(nullcontext, base_modified, lambda base: split(base)[0])


def headline_of_overwrite(tensor_type, shape, output_of, version):
    return overwritten(
        Overwrite(
            tensor_type=tensor_type,
            shape=shape,
            output_of=output_of,
            version=version,
            expected_version=0,
            operation="sin",
            saved_role="input",
            written_by="add_",
            nbytes=8,
        )
    )


CASES = {
    "overwritten": (
        lambda: lost(double(), lambda h: h.add_(1).add_(1)),
        headline_of_overwrite("torch.DoubleTensor", (4,), (0, "Add"), 2),
    ),
    "overwritten leaf": (
        lambda: lost(leaf(), lambda h: h.add_(1)),
        headline_of_overwrite("torch.DoubleTensor", (4,), None, 1),
    ),
    "overwritten constant": (
        lambda: lost(torch.ones(4), lambda h: h.add_(1)),
        headline_of_overwrite("torch.FloatTensor", (4,), None, 1),
    ),
    "overwritten scalar": (
        lambda: lost(double(1).sum(), lambda h: h.mul_(1)),
        headline_of_overwrite("torch.DoubleTensor", (), (0, "MulBackward0"), 1),
    ),
    "leaf": (lambda: leaf().add_(1), leaf_in_place("add_")),
    "view of a leaf": (lambda: leaf()[:2].add_(1), leaf_in_place("add_", view=True)),
    "second backward": (lambda: twice((double() ** 2).sum()), freed_graph(Origin("pow"))),
    "not a scalar": (lambda: double().backward(), non_scalar_output((4,))),
    "complex scalar": (lambda: double(1, dtype=torch.complex64).backward(), complex_output("torch.complex64")),
    "no graph": (lambda: torch.autograd.backward([double().sum(), torch.ones(())]), no_graph(1)),
    "unused input": (lambda: torch.autograd.grad(double().sum(), leaf()), unused_input(0)),
    "input without grad": (lambda: torch.autograd.grad(double().sum(), torch.ones(4)), input_without_grad(0)),
    "gradient's shape": (lambda: double(2, 2).backward(torch.ones(3)), gradient_shape(0, (3,), (2, 2))),
    "gradient's shape for a scalar": (lambda: double().sum().backward(torch.ones(3)), gradient_shape(0, (3,), ())),
    "gradient's dtype": (
        lambda: double().backward(torch.ones(4, dtype=torch.complex128)),
        gradient_dtype(0, "torch.complex128", "torch.float64"),
    ),
    "number of gradients": (
        lambda: torch.autograd.backward([double(), double()], [torch.ones(4)]),
        gradient_count(2, 1),
    ),
    "unbind": (piece(torch.unbind), restricted_view("multi_output", "add_", output_of=(0, "Unbind"))),
    "split": (
        piece(lambda base: base.split(2)),
        restricted_view("multi_output", "add_", output_of=(0, "SplitBackward0")),
    ),
    "unbind, base written": (
        piece(torch.unbind, base_modified=True),
        restricted_view("multi_output", "add_", output_of=(0, "Unbind"), base_modified=True),
    ),
    "unbind of what requires no grad": (
        lambda: torch.ones(4).unbind()[0].mul_(leaf(1)[0]),
        restricted_view("multi_output", "mul_"),
    ),
    "custom function": (
        lambda: Identity.apply(double()).add_(1),
        restricted_view("function", "add_", output_of=(0, "IdentityBackward")),
    ),
    "no_grad": (lambda: view_in(torch.no_grad), restricted_view("no_grad", "add_")),
    "no_grad, base written": (
        lambda: view_in(torch.no_grad, base_modified=True),
        restricted_view("no_grad", "add_", base_modified=True),
    ),
    "inference_mode": (lambda: view_in(torch.inference_mode), restricted_view("inference_mode", "add_")),
    "inference_mode, base written": (
        lambda: view_in(torch.inference_mode, base_modified=True),
        restricted_view("inference_mode", "add_", base_modified=True),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_first_line_is_pytorchs(case):
    provoke, error = CASES[case]
    with pytest.raises(RuntimeError) as raised:
        provoke()

    theirs = str(raised.value).splitlines()[0]
    assert str(error).splitlines()[0] == theirs.partition(" Hint: enable anomaly detection")[0]
