"""`torch.tensor`: shapes and dtypes of Python data, compared with NumPy's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mutagrad as torch

numbers = st.one_of(
    st.integers(-(2**31), 2**31),
    st.floats(allow_nan=False, width=32),
    st.booleans(),
    st.complex_numbers(max_magnitude=9),
)


@st.composite
def nested(draw):
    """Lists and tuples of numbers of one kind, in one shape."""
    shape = draw(st.lists(st.integers(0, 3), max_size=3))
    kind = draw(st.sampled_from([st.integers(-9, 9), st.floats(-9, 9), st.booleans(), numbers]))

    def build(sizes):
        if not sizes:
            return draw(kind)
        items = [build(sizes[1:]) for _ in range(sizes[0])]
        return tuple(items) if draw(st.booleans()) else items

    return build(shape)


@given(nested())
def test_values_and_shape_are_numpys(data):
    """Nested sequences have NumPy's shape and values, in the default dtypes of PyTorch."""
    expected = np.array(data)
    tensor = torch.tensor(data)
    dtypes = {"b": torch.bool, "i": torch.int64, "f": torch.float32, "c": torch.complex64}

    assert tensor.shape == expected.shape
    assert tensor.dtype is (dtypes[expected.dtype.kind] if expected.size else torch.float32)
    np.testing.assert_allclose(tensor.numpy(), expected, rtol=1e-6, atol=1e-30)


@given(st.lists(st.one_of(st.integers(-(2**70), 2**70), st.floats()), min_size=1, max_size=3))
def test_a_number_is_stored_or_refused(data):
    """A number that an integer dtype cannot hold raises; none is stored as another."""
    for dtype in (torch.int8, torch.uint8, torch.int32, torch.int64):
        try:
            stored = torch.tensor(data, dtype=dtype).tolist()
        except (RuntimeError, ValueError):
            continue
        width = 2 ** (8 * dtype.itemsize)
        assert [value % width for value in stored] == [int(value) % width for value in data]


def test_default_dtype_is_asked_for():
    """Floats take the default dtype, complex numbers its complex one."""
    torch.set_default_dtype(torch.float64)
    try:
        assert torch.tensor([1.0]).dtype is torch.float64
        assert torch.tensor([1j]).dtype is torch.complex128
        assert torch.zeros(1).dtype is torch.float64
        assert torch.arange(2.0).dtype is torch.float64
    finally:
        torch.set_default_dtype(torch.float32)


def test_tensors_in_lists_are_numbers():
    """Zero-dimensional tensors in a list bring their dtype, and no history."""
    x = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    with pytest.warns(UserWarning, match="Converting a tensor with requires_grad=True to a scalar"):
        tensor = torch.tensor([x, 1.0])

    assert tensor.dtype is torch.float64
    assert not tensor.requires_grad


def test_what_requires_grad_is_a_leaf():
    """`requires_grad=True` makes leaves everywhere."""
    made = [
        torch.tensor([1.0], requires_grad=True),
        torch.zeros(2, requires_grad=True),
        torch.rand(2, requires_grad=True),
        torch.arange(2.0, requires_grad=True),
        torch.full((2,), 1.0, requires_grad=True),
        torch.ones_like(torch.zeros(2), requires_grad=True),
        torch.zeros(1).new_ones(2, requires_grad=True),
        torch.frombuffer(bytearray(8), dtype=torch.float32, requires_grad=True),
    ]

    for tensor in made:
        tensor.sum().backward()
        assert tensor.is_leaf
        assert tensor.grad.tolist() == [1.0] * tensor.numel()


def test_out_takes_the_values():
    """`out=` is resized, converted to, and returned."""
    out = torch.empty(0, dtype=torch.float64)

    assert torch.arange(3, out=out) is out
    assert out.tolist() == [0.0, 1.0, 2.0]
    assert torch.ones(2, 2, out=out).shape == out.shape == (2, 2)


def test_subclasses_are_made():
    """A subclass of Tensor makes instances of itself."""

    class Marked(torch.Tensor):
        pass

    assert type(Marked([1.0, 2.0])) is Marked
    assert type(torch.zeros(2).as_subclass(Marked)) is Marked


def test_legacy_types_are_classes():
    """`FloatTensor` and its like make tensors of their dtype and know them again."""
    assert torch.LongTensor([1, 2]).dtype is torch.int64
    assert torch.DoubleTensor(2, 3).shape == (2, 3)
    assert isinstance(torch.ones(1), torch.FloatTensor)
    assert not isinstance(torch.ones(1), torch.LongTensor)
