"""Shapes changed in place: the tensor stays the same one, in memory, in history and to its views."""

import numpy as np
import pytest

import mutagrad as torch

CHANGES = {
    "t_": ((2, 3), lambda x: x.t_(), lambda a: a.T),
    "transpose_": ((2, 3, 4), lambda x: x.transpose_(0, 2), lambda a: a.swapaxes(0, 2)),
    "swapaxes_": ((2, 3), lambda x: x.swapaxes_(0, 1), lambda a: a.T),
    "squeeze_": ((1, 3, 1), lambda x: x.squeeze_(), lambda a: a.squeeze()),
    "squeeze_ one": ((1, 3, 1), lambda x: x.squeeze_(0), lambda a: a[0]),
    "unsqueeze_": ((2, 3), lambda x: x.unsqueeze_(1), lambda a: a[:, None]),
    "as_strided_": ((2, 3), lambda x: x.as_strided_((3,), (2,)), lambda a: a.ravel()[::2]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_change_of_a_result(name):
    """The values are NumPy's, the tensor is the same, and gradients go on to where it came from."""
    shape, change, expected = CHANGES[name]
    values = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    x = torch.tensor(values, requires_grad=True)
    y = x * 2
    result = change(y)
    (y**2).sum().backward()
    kept = np.zeros(values.size, bool)
    kept[expected(np.arange(values.size).reshape(shape))] = True

    assert result is y
    np.testing.assert_array_equal(y.detach().numpy(), expected(values * 2))
    assert y._version == 1
    assert not y._is_view()
    np.testing.assert_array_equal(x.grad.numpy(), 8 * values * kept.reshape(shape))


@pytest.mark.parametrize("name", CHANGES)
def test_a_leaf_is_not_changed_while_recording(name):
    """A leaf that requires grad keeps its shape, as PyTorch has it; under `no_grad` it may change it."""
    shape, change, expected = CHANGES[name]
    x = torch.ones(shape, requires_grad=True)

    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad is being used in an in-place"):
        change(x)
    assert x.shape == shape
    with torch.no_grad():
        change(x)
    (x * 3).sum().backward()
    assert x.is_leaf
    assert x.grad.tolist() == (3 * expected(np.ones(shape))).tolist()


def test_views_follow_a_base_that_was_turned():
    """Views made before and after a base is transposed in place share its memory and its gradients."""
    x = torch.arange(6.0, requires_grad=True)
    base = (x * 1).view(2, 3).clone()
    before = base[0]
    base.t_()
    after = base[0]
    base.mul_(10)
    (before.sum() + 100 * after.sum()).backward()

    assert before._base is base
    assert before.tolist() == [0.0, 10.0, 20.0]
    assert after.tolist() == [0.0, 30.0]
    assert x.grad.tolist() == [1010.0, 10.0, 10.0, 1000.0, 0.0, 0.0]


def test_a_view_may_be_turned_without_its_base():
    """A view that changes its shape stays a view; its base keeps its shape."""
    base = torch.zeros(2, 3)
    view = base[:, :2]
    view.t_()
    view[0].fill_(7)

    assert view._base is base
    assert base.tolist() == [[7.0, 0.0, 0.0], [7.0, 0.0, 0.0]]


def test_what_was_saved_before_a_turn_is_still_there():
    """A change of shape writes no memory: gradients need no copy."""
    x = torch.arange(4.0, requires_grad=True)
    h = (x * 1).view(2, 2).clone()
    y = h.sin()
    before = torch.overwrite_statistics().copies
    h.t_()
    y.sum().backward()

    assert torch.overwrite_statistics().copies == before
    np.testing.assert_allclose(x.grad.numpy(), np.cos(np.arange(4.0)), rtol=1e-6)


def test_torch_policy_counts_a_turn_as_a_write():
    """Under the policy "torch" a change of shape in place is what it is in PyTorch: a new version."""
    x = torch.ones(2, 2, requires_grad=True)
    h = x * 1
    with torch.set_overwrite_policy("torch"):
        y = h.sin()
        h.t_()
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            y.sum().backward()


def test_resize_keeps_the_memory_that_is_enough():
    """A smaller shape shows the first elements of the same memory, and a larger one brings the rest back."""
    x = torch.arange(6.0)
    address = x.data_ptr()
    assert x.resize_(2, 2).tolist() == [[0.0, 1.0], [2.0, 3.0]]

    assert x.resize_(6).tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert x.data_ptr() == address
    assert x._version == 2


def test_resize_takes_larger_memory():
    """A shape that the memory cannot hold gets its own; what was there is copied, other tensors keep theirs."""
    x = torch.arange(3.0)
    alias = x.detach()
    x.resize_(2, 4)
    x[0, 0] = 7

    assert x.shape == (2, 4)
    assert x[0, :3].tolist() == [7.0, 1.0, 2.0]
    assert alias.tolist() == [0.0, 1.0, 2.0]


def test_set_shares_memory_and_counts_for_itself():
    """After `set_` both see each other's writes, but each counts its own."""
    x, y = torch.zeros(2), torch.arange(6.0).view(2, 3)
    x.set_(y)
    x[0, 0] = 9

    assert y[0, 0] == 9
    assert x.is_set_to(y)
    assert (x._version, y._version) == (2, 0)
    assert x.set_(y.untyped_storage(), 2, (2,), (3,)).tolist() == [2.0, 5.0]
    assert x.set_().numel() == 0
