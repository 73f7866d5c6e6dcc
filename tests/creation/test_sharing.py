"""Memory shared with NumPy and others: what is written on one side is seen on the other, and gradients stay right."""

import array as standard
import warnings

import numpy as np
import pytest

import mutagrad as torch
from mutagrad.utils.dlpack import from_dlpack, to_dlpack


def shared_by(kind):
    """A tensor over the memory of an array, and the array."""
    memory = np.arange(4.0)
    if kind == "from_numpy":
        return torch.from_numpy(memory), memory
    if kind == "as_tensor":
        return torch.as_tensor(memory), memory
    if kind == "asarray":
        return torch.asarray(memory), memory
    if kind == "from_dlpack":
        return torch.from_dlpack(memory), memory
    return torch.frombuffer(memory, dtype=torch.float64), memory


KINDS = ["from_numpy", "as_tensor", "asarray", "from_dlpack", "frombuffer"]


@pytest.mark.parametrize("kind", KINDS)
def test_writes_are_seen_on_both_sides(kind):
    """Tensor and array are one memory."""
    tensor, memory = shared_by(kind)
    memory[0] = 7
    tensor[1] = 8

    assert tensor.tolist() == memory.tolist() == [7.0, 8.0, 2.0, 3.0]
    assert tensor.data_ptr() == memory.ctypes.data


@pytest.mark.parametrize("kind", KINDS)
def test_a_write_that_cannot_be_seen_does_not_reach_the_gradient(kind):
    """What a gradient needs of shared memory is kept when it is saved: NumPy may write it at any time."""
    tensor, memory = shared_by(kind)
    weight = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    loss = (tensor * weight).sum()
    memory[:] = -100
    loss.backward()

    assert weight.grad == 6.0


def test_a_view_of_shared_memory_is_shared():
    """Slices and transposes of a shared tensor write the array."""
    memory = np.zeros((2, 3))
    torch.from_numpy(memory).t()[1].fill_(5)

    assert memory.tolist() == [[0.0, 5.0, 0.0], [0.0, 5.0, 0.0]]


def test_strides_of_an_array_are_kept():
    """A slice of an array is shared as it is; the storage begins with its first element."""
    memory = np.arange(12.0).reshape(3, 4)
    tensor = torch.from_numpy(memory[1:, ::2])

    assert tensor.stride() == (4, 2)
    assert tensor.storage_offset() == 0
    assert tensor.tolist() == [[4.0, 6.0], [8.0, 10.0]]


def test_the_array_may_change_its_own_shape():
    """A new shape of the array object leaves the tensor as it is."""
    memory = np.zeros((2, 3))
    tensor = torch.from_numpy(memory)
    memory.shape = (3, 2)

    assert tensor.shape == (2, 3)


def test_tensor_copies():
    """`torch.tensor` shares with nothing."""
    memory = np.zeros(2)
    tensor = torch.tensor(memory)
    memory[0] = 5

    assert tensor.tolist() == [0.0, 0.0]


def test_read_only_memory_warns_and_is_not_written():
    """A read-only array is taken with a warning; a write to it raises and changes nothing."""
    memory = np.zeros(2)
    memory.flags.writeable = False
    with pytest.warns(UserWarning, match="The given NumPy array is not writable"):
        tensor = torch.from_numpy(memory)

    with pytest.raises(ValueError, match="read-only"):
        tensor.add_(1)
    assert memory.tolist() == [0.0, 0.0]


def test_any_buffer_will_do():
    """`frombuffer` takes what has the buffer protocol."""
    numbers = standard.array("i", [1, 2, 3])
    tensor = torch.frombuffer(numbers, dtype=torch.int32, offset=4)
    numbers[1] = 20

    assert tensor.tolist() == [20, 3]


def test_dlpack_takes_a_capsule_once():
    """A capsule gives the memory it was made of, to the first who takes it."""
    x = torch.ones(2)
    capsule = to_dlpack(x)
    from_dlpack(capsule).add_(1)

    assert x.tolist() == [2.0, 2.0]
    with pytest.raises(RuntimeError, match="consumed only once"):
        from_dlpack(capsule)


def test_dlpack_between_tensors_is_an_alias():
    """`from_dlpack` of a tensor shares its memory and counts its writes."""
    x = torch.zeros(3)
    y = torch.from_dlpack(x)
    y[0] = 1

    assert x.tolist() == [1.0, 0.0, 0.0]
    assert x._version == y._version == 1


def test_a_tensor_of_other_dtype_is_copied():
    """`as_tensor` and `asarray` share where the dtype is the same, and convert where it is not."""
    memory = np.zeros(2)

    assert torch.as_tensor(memory, dtype=torch.float32).untyped_storage().nbytes() == 8
    with pytest.raises(ValueError, match="can't alias tensor with dtype 'Double' into dtype 'Float'"):
        torch.asarray(memory, dtype=torch.float32, copy=False)


def test_a_tensor_of_a_tensor_warns():
    """Copying a tensor with `torch.tensor` works, with PyTorch's warning."""
    with pytest.warns(UserWarning, match="it is recommended to use sourceTensor.detach"):
        copy = torch.tensor(torch.ones(2, requires_grad=True) * 2)

    assert copy.is_leaf
    assert not copy.requires_grad


def test_no_other_warnings():
    """Creation from ordinary data, from numbers out of range too, is silent."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        torch.tensor([1e300, float("nan"), float("inf")])
        torch.tensor(1e10, dtype=torch.float16)
        torch.from_numpy(np.zeros(2)).float()
        torch.tensor([float("nan"), 1e30]).long()
        torch.zeros(2).copy_(torch.tensor([1e300, 1.0], dtype=torch.float64))
