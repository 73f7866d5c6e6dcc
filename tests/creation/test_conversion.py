"""Other dtypes and copies: values are NumPy's, gradients go back in the dtype they came from."""

import itertools
import warnings

import numpy as np
import pytest

import mutagrad as torch

DTYPES = [
    torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64,
    torch.float16, torch.float32, torch.float64, torch.complex64, torch.complex128,
]  # fmt: skip
DIFFERENTIABLE = [dtype for dtype in DTYPES if dtype.is_floating_point or dtype.is_complex]


@pytest.mark.parametrize("source, target", list(itertools.product(DTYPES, DTYPES)), ids=lambda dtype: str(dtype)[6:])
def test_values(source, target):
    """A conversion is NumPy's; of complex numbers the real parts remain, or whether they are zero."""
    values = np.array([0, 1, 2, 100]).astype(source.numpy)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        converted = torch.from_numpy(values).to(target)
        expected = values.astype(target.numpy)

    assert converted.dtype is target
    np.testing.assert_array_equal(converted.numpy(), expected)


@pytest.mark.parametrize(
    "source, target", list(itertools.product(DIFFERENTIABLE, DIFFERENTIABLE)), ids=lambda dtype: str(dtype)[6:]
)
def test_gradients(source, target):
    """The gradient comes back in the leaf's dtype, and second derivatives go through."""
    x = torch.tensor([1.0, 2.0], dtype=source, requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = x.to(target)
        loss = (y * y).sum()
        loss = loss.real if target.is_complex else loss
        (first,) = torch.autograd.grad(loss, x, create_graph=True)
        second = first.real.sum() if source.is_complex else first.sum()
        (second,) = torch.autograd.grad(second, x)

    assert first.dtype is second.dtype is source
    assert first.tolist() == [2.0, 4.0]
    assert second.tolist() == [2.0, 2.0]


@pytest.mark.parametrize("dtype", [dtype for dtype in DTYPES if dtype not in DIFFERENTIABLE])
def test_whole_numbers_have_no_gradient(dtype):
    """What is converted to integers or booleans does not require grad."""
    assert not torch.ones(2, requires_grad=True).to(dtype).requires_grad


def test_nothing_to_do_is_the_tensor_itself():
    """A conversion that changes nothing returns its input, unless a copy is asked for."""
    x = torch.ones(2)

    assert x.to(torch.float32) is x.float() is x.to("cpu") is x.cpu() is x.type_as(x) is x.contiguous() is x
    assert x.to(torch.float32, copy=True).data_ptr() != x.data_ptr()


def test_copies_are_apart():
    """A clone and what `contiguous` makes of a view have memory of their own, and the history of their source."""
    x = torch.arange(6.0, requires_grad=True)
    base = (x * 1).view(2, 3)
    copy, ordered = base.clone(), base.t().contiguous()
    base.zero_()
    (copy.sum() + 10 * ordered[0].sum()).backward()

    assert copy.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    assert ordered.stride() == (2, 1)
    assert x.grad.tolist() == [11.0, 1.0, 1.0, 11.0, 1.0, 1.0]


def test_copies_keep_the_order_of_strides():
    """Clones, conversions and `_like` tensors lie in memory as their source does, if that is dense."""
    x = torch.zeros(2, 3, 4).permute(2, 0, 1)

    for made in (x.clone(), x.double(), torch.zeros_like(x), torch.rand_like(x)):
        assert made.stride() == x.stride()
    assert x[..., ::2].clone().stride() == (1, 8, 4)


def test_channels_last():
    """The memory format `channels_last` is an order of strides."""
    x = torch.arange(120.0).view(2, 3, 4, 5)
    last = x.contiguous(memory_format=torch.channels_last)

    assert last.stride() == (60, 1, 15, 3)
    assert last.is_contiguous(memory_format=torch.channels_last)
    assert last.contiguous(memory_format=torch.channels_last) is last
    assert torch.equal(last, x)
