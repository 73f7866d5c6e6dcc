"""Writes of values: what they leave in memory, and where the cotangents go."""

import pytest

import mutagrad as torch


def test_copy_takes_the_cotangent():
    """What was there has no share in the gradient any more; what is copied has it all, summed where it repeats."""
    x = torch.ones(2, 3, requires_grad=True)
    y = torch.tensor([1.0, 2.0, 3.0], requires_grad=True, dtype=torch.float64)
    base = x * 5
    base[:, :2].copy_(y[:2])
    (base * torch.arange(6.0).view(2, 3)).sum().backward()

    assert x.grad.tolist() == [[0.0, 0.0, 10.0], [0.0, 0.0, 25.0]]
    assert y.grad.dtype is torch.float64
    assert y.grad.tolist() == [3.0, 5.0, 0.0]


def test_copy_to_a_constant_begins_a_history():
    """A tensor that did not require grad does once it holds what does."""
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    buffer = torch.zeros(4)
    buffer[1:3].copy_(x)
    (buffer**2).sum().backward()

    assert buffer.requires_grad
    assert x.grad.tolist() == [2.0, 4.0]


def test_copy_between_parts_of_one_memory():
    """A copy to every other element of memory that its source is part of is that of the values before."""
    x = torch.arange(4.0, requires_grad=True)
    base = x * 1
    base[::2].copy_(base[:2])
    (base * torch.tensor([1.0, 10.0, 100.0, 1000.0])).sum().backward()

    assert base.tolist() == [0.0, 1.0, 1.0, 3.0]
    assert x.grad.tolist() == [1.0, 110.0, 0.0, 1000.0]


def test_copy_to_whole_numbers_ends_the_history():
    """Integers take values, but no gradients."""
    target = torch.zeros(2, dtype=torch.int64).copy_(torch.tensor([1.7, -1.7], requires_grad=True))

    assert target.tolist() == [1, -1]
    assert not target.requires_grad


def test_fill_with_a_tensor_sums_the_cotangent():
    """The value of `fill_` receives the sum over all that it filled."""
    value = torch.tensor(2.0, requires_grad=True)
    base = torch.zeros(2, 3)
    base[:, 1:].fill_(value)
    (base * torch.arange(6.0).view(2, 3)).sum().backward()

    assert value.grad == 12.0


def test_zero_ends_the_chain():
    """After `zero_` of all elements nothing earlier is part of the gradient, or kept alive."""
    x = torch.ones(3, requires_grad=True)
    base = x.exp()
    base.zero_()
    base.add_(x)
    base.sum().backward()

    assert x.grad.tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("wrap, rows", [(False, [0, 1]), (True, [0, 1, 3, 4])])
def test_fill_diagonal(wrap, rows):
    """The main diagonal is written, and with `wrap` again below the end of a tall matrix; its gradient ends there."""
    x = torch.ones(5, 2, requires_grad=True)
    base = x * 1
    base.fill_diagonal_(7, wrap=wrap)
    base.sum().backward()
    written = [i for i, row in enumerate(base.tolist()) if 7.0 in row]

    assert written == rows
    assert x.grad.tolist() == [[float(value != 7) for value in row] for row in base.tolist()]


def test_random_writes_end_the_chain():
    """Random numbers are constants."""
    x = torch.ones(4, requires_grad=True)
    base = x * 1
    base[:2].normal_()
    base[3:].uniform_()
    base.sum().backward()

    assert x.grad.tolist() == [0.0, 0.0, 1.0, 0.0]


def test_an_error_leaves_everything_as_it_was():
    """A write that is refused changes neither memory nor version nor the generator."""
    x = torch.ones(2, requires_grad=True)
    y = torch.ones(2)
    state = torch.get_rng_state()

    for refused in (
        lambda: y.copy_(torch.zeros(3)),
        lambda: y.fill_(torch.zeros(2)),
        lambda: y.fill_(1j),
        lambda: y.normal_(0, -1),
        lambda: y.expand(2, 2).normal_(),
        lambda: x.normal_(),
    ):
        with pytest.raises(RuntimeError):
            refused()
    assert y.tolist() == [1.0, 1.0]
    assert y._version == 0
    assert torch.equal(torch.get_rng_state(), state)


def test_copies_with_another_part():
    """`select_scatter` and its like are copies in which a part is another tensor, with gradients to both."""
    x = torch.zeros(2, 3, requires_grad=True)
    part = torch.ones(3, requires_grad=True)
    torch.select_scatter(x * 1, part * 2, 0, 1).sum().backward()

    assert x.grad.tolist() == [[1.0, 1.0, 1.0], [0.0, 0.0, 0.0]]
    assert part.grad.tolist() == [2.0, 2.0, 2.0]
    assert torch.slice_scatter(torch.zeros(3), torch.ones(2), 0, 0, 3, 2).tolist() == [1.0, 0.0, 1.0]
    assert torch.diagonal_scatter(torch.zeros(2, 2), torch.ones(2)).tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert torch.as_strided_scatter(torch.zeros(3), torch.ones(2), (2,), (2,)).tolist() == [1.0, 0.0, 1.0]
