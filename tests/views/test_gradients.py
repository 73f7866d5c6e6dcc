"""Reading a view reads its base and writing through it writes its base: in value, and in gradients of both orders."""

import numpy as np
import pytest

import mutagrad as torch

from .maps import CHAINS, REPEATED, apply, numbers, places, spread

ALL = {**CHAINS, **REPEATED}
WRITABLE = {name: each for name, each in CHAINS.items() if "reshape" not in name}


def close(tensor, expected):
    np.testing.assert_allclose(tensor.detach().numpy(), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ALL)
def test_values(name):
    """A view shows the elements of its base that its map names."""
    shape, chain = ALL[name]
    values = numbers(shape)

    close(apply(chain, torch.tensor(values)), values.ravel()[places(shape, chain)])


@pytest.mark.parametrize("name", ALL)
def test_gradient_of_a_read(name):
    """Each element of the base receives the shares of all elements of the view that are it."""
    shape, chain = ALL[name]
    where = places(shape, chain)
    weights = numbers(where.shape, 1)
    x = torch.tensor(numbers(shape), requires_grad=True)
    (apply(chain, x * 2) * torch.tensor(weights)).sum().backward()

    close(x.grad, 2 * spread(weights, where, shape))


@pytest.mark.parametrize("name", ALL)
def test_second_order_of_a_read(name):
    """The gradient of a gradient through a view goes through the same map."""
    shape, chain = ALL[name]
    where = places(shape, chain)
    values, weights = numbers(shape), numbers(where.shape, 1)
    x = torch.tensor(values, requires_grad=True)
    (first,) = torch.autograd.grad((apply(chain, x) ** 3 * torch.tensor(weights)).sum(), x, create_graph=True)
    (second,) = torch.autograd.grad((first**2).sum(), x)
    cubic = spread(weights, where, shape)  # the sum is that of cubic * x**3

    close(first, 3 * cubic * values**2)
    close(second, 36 * cubic**2 * values**3)


@pytest.mark.parametrize("name", WRITABLE)
def test_write_through_a_view(name):
    """What is written through a view stands in the base; the base's gradient goes to what was written there."""
    shape, chain = WRITABLE[name]
    where = places(shape, chain)
    values, written, weights = numbers(shape), numbers(where.shape, 1), numbers(shape, 2)
    x, y = torch.tensor(values, requires_grad=True), torch.tensor(written, requires_grad=True)
    base = x * 2
    apply(chain, base).copy_(y)
    (base * torch.tensor(weights)).sum().backward()
    kept = np.ones(values.size)
    kept[where.ravel()] = 0
    expected = (values * 2).ravel()
    expected[where.ravel()] = written.ravel()

    close(base, expected.reshape(shape))
    close(x.grad, 2 * weights * kept.reshape(shape))
    close(y.grad, weights.ravel()[where])


@pytest.mark.parametrize("name", WRITABLE)
def test_second_order_of_a_write(name):
    """Second derivatives go through a write to a view too."""
    shape, chain = WRITABLE[name]
    where = places(shape, chain)
    values, factors = numbers(shape), numbers(where.shape, 1)
    x, y = torch.tensor(values, requires_grad=True), torch.tensor(factors, requires_grad=True)
    base = x * 1
    apply(chain, base).mul_(y)
    (first,) = torch.autograd.grad((base**2).sum(), y, create_graph=True)
    (mixed,) = torch.autograd.grad(first.sum(), x)
    inside = values.ravel()[where]

    close(first, 2 * inside**2 * factors)
    close(mixed, spread(4 * inside * factors, where, shape))


def test_a_view_made_before_sees_a_write_after():
    """Values and gradients of a view follow its base, whichever was made or written first."""
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    base = x * 1
    row = base.view(1, 3)
    base.mul_(base.detach().clone())
    (row * torch.tensor([[1.0, 10.0, 100.0]])).sum().backward()

    assert row.tolist() == [[1.0, 4.0, 9.0]]
    assert x.grad.tolist() == [1.0, 20.0, 300.0]


def test_pieces_of_a_split_may_be_written():
    """The pieces of `split`, `chunk` and `unbind` are views like any other; their number is their output's."""
    x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
    base = x * 1
    first, second = base.chunk(2)
    first.mul_(10)
    base.unbind()[3].zero_()
    base.sum().backward()

    assert second.output_nr == 1
    assert base.tolist() == [10.0, 20.0, 3.0, 0.0]
    assert x.grad.tolist() == [10.0, 10.0, 1.0, 0.0]


def test_real_and_imaginary_parts_are_views():
    """Writes to a part of complex numbers are seen in them, and their gradient is that part of the numbers'."""
    z = torch.tensor([1 + 2j, 3 - 1j], requires_grad=True)
    base = z * 1
    base.imag.mul_(torch.tensor([2.0, 3.0]))
    (base.real + 5 * base.imag).sum().backward()

    assert base.tolist() == [1 + 4j, 3 - 3j]
    assert z.grad.tolist() == [1 + 10j, 1 + 15j]


def test_pairs_and_complex_numbers_are_views_of_each_other():
    """`view_as_complex` of `view_as_real` is the same memory, with the same gradient."""
    z = torch.tensor([[1 + 2j], [3 - 1j]], requires_grad=True)
    pairs = torch.view_as_real(z * 1)
    back = torch.view_as_complex(pairs)
    pairs[0, 0, 1] = 7.0
    (back.real * 2 + back.imag * 3).sum().backward()

    assert back.tolist() == [[1 + 7j], [3 - 1j]]
    assert z.grad.tolist() == [[2 + 0j], [2 + 3j]]


def test_as_strided_reads_all_of_its_base():
    """`as_strided` of a part reaches the rest of the base, and so does its gradient (PyTorch drops that share)."""
    x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
    base = x * 1
    base[:2].as_strided((2,), (1,), 2).sum().backward()

    assert x.grad.tolist() == [0.0, 0.0, 1.0, 1.0]


def test_as_strided_beyond_a_leaf_is_an_error():
    """Memory that a leaf shares with others but does not show has no gradient to give."""
    x = torch.arange(4.0)[:2].detach().requires_grad_()

    with pytest.raises(RuntimeError, match="goes beyond the tensor which requires grad"):
        x.as_strided((2,), (1,), 2)


def test_a_view_without_recording_has_no_part_in_the_history():
    """A view made under `no_grad` is a leaf of its own, and must not be written in the base's history."""
    x = torch.ones(2, requires_grad=True) * 1
    with torch.no_grad():
        view = x[0]

    assert view.is_leaf and view.grad_fn is None
    with pytest.raises(RuntimeError, match="A view was created in no_grad mode and is being modified inplace"):
        view.mul_(2)
