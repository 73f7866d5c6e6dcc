"""Tensors as objects: what `pickle`, `copy.copy` and `copy.deepcopy` keep and share."""

import copy
import pickle

import numpy as np
import pytest

import mutagrad as torch


def pickled(value):
    return pickle.loads(pickle.dumps(value))


@pytest.mark.parametrize("again", [pickled, copy.deepcopy], ids=["pickle", "deepcopy"])
@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(6.0),
        torch.arange(6).view(2, 3).t(),
        torch.arange(12.0).view(3, 4)[1:, ::2],
        torch.ones(3).expand(2, 3),
        torch.zeros(0, 3),
        torch.tensor(1 + 2j),
        torch.tensor([True, False]),
        torch.from_numpy(np.arange(6.0).reshape(2, 3)[:, ::2]),
    ],
    ids=["vector", "transposed", "part", "expanded", "empty", "complex", "bool", "foreign"],
)
def test_round_trip(again, tensor):
    """Values, dtype, strides and offset come back, in memory of their own."""
    result = again(tensor)

    assert result.dtype is tensor.dtype
    assert result.stride() == tensor.stride()
    assert result.storage_offset() == tensor.storage_offset()
    assert result.tolist() == tensor.tolist()
    assert result.numel() == 0 or result.data_ptr() != tensor.data_ptr()


@pytest.mark.parametrize("again", [pickled, copy.deepcopy], ids=["pickle", "deepcopy"])
def test_what_shares_memory_goes_on_sharing(again):
    """Tensors of one storage that are copied together have one storage afterwards."""
    x = torch.arange(6.0).view(2, 3)
    first, second, third = again([x, x[1], x.detach()])
    first[1, 0] = 100

    assert second.tolist() == [100.0, 4.0, 5.0]
    assert third[1, 0] == 100
    assert x[1, 0] == 3


@pytest.mark.parametrize("again", [pickled, copy.deepcopy, copy.copy], ids=["pickle", "deepcopy", "copy"])
def test_what_requires_grad_is_a_leaf_again(again):
    """Whether a tensor requires grad is kept, and so are its own attributes."""
    x = torch.ones(2, requires_grad=True)
    x.label = ["weights"]
    result = again(x)
    (result * 3).sum().backward()

    assert result.is_leaf
    assert result.grad.tolist() == [3.0, 3.0]
    assert result.label == ["weights"]
    assert x.grad is None


def test_a_shallow_copy_shares_memory():
    """`copy.copy` makes another tensor over the same memory."""
    x = torch.zeros(2)
    copy.copy(x)[0] = 1

    assert x.tolist() == [1.0, 0.0]


def test_deepcopy_takes_the_gradient_along():
    """`deepcopy` copies `.grad`, pickling does not."""
    x = torch.ones(2, requires_grad=True)
    x.sum().backward()
    result = copy.deepcopy(x)

    assert result.grad.tolist() == [1.0, 1.0]
    assert result.grad is not x.grad
    assert pickled(x).grad is None


def test_deepcopy_of_a_result_is_an_error():
    """A tensor that an operation made has a history, which cannot be copied."""
    with pytest.raises(RuntimeError, match="Only Tensors created explicitly by the user"):
        copy.deepcopy(torch.ones(2, requires_grad=True) * 2)


def test_one_tensor_twice_is_one_tensor():
    """The same object is copied once."""
    x = torch.ones(2)
    first, second = copy.deepcopy([x, x])

    assert first is second


def test_generators_go_on_where_they_were():
    """A pickled generator continues the sequence, as a generator of tensors."""
    generator = torch.Generator().manual_seed(3)
    torch.rand(5, generator=generator)
    again = pickled(generator)

    assert torch.rand(3, generator=again).tolist() == torch.rand(3, generator=generator).tolist()
    assert again.get_state().dtype is torch.uint8
