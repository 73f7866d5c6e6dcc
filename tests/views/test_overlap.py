"""Views that show one place of memory several times: what may be written, and what it does."""

import pytest

import mutagrad as torch

MESSAGE = "more than one element of the written-to tensor refers to a single memory location"

REPEATING = {
    "expanded": lambda x: x.expand(2, 3),
    "a view of expanded": lambda x: x.expand(2, 3).t(),
    "part of expanded": lambda x: x.expand(4, 3)[1:, 1:],
    "expanded twice": lambda x: x.expand(2, 3).unsqueeze(0).expand(2, 2, 3),
    "overlapping windows": lambda x: x.unfold(0, 2, 1),
    "overlapping strides": lambda x: x.as_strided((2, 2), (1, 1)),
    "detached": lambda x: x.expand(2, 3).detach(),
    "data": lambda x: x.expand(2, 3).data,
    "reshaped": lambda x: x[:1].expand(4).view(2, 2),
}

WRITES = {
    "add_": lambda v: v.add_(1),
    "mul_": lambda v: v.mul_(v.detach().clone()),
    "copy_": lambda v: v.copy_(torch.ones(v.shape)),
    "normal_": lambda v: v.normal_(),
    "setitem": lambda v: v.__setitem__(slice(None), 1.0),
}


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("kind", REPEATING)
def test_repeated_elements_are_not_written(kind, write):
    """A write to memory that stands for several elements raises, and nothing has changed."""
    x = torch.tensor([1.0, 2.0, 3.0])

    with pytest.raises(RuntimeError, match=MESSAGE):
        WRITES[write](REPEATING[kind](x))
    assert x.tolist() == [1.0, 2.0, 3.0]
    assert x._version == 0


def test_views_without_recording_are_not_written_either():
    """What `no_grad` made of an expanded leaf is refused as well."""
    x = torch.ones(3, requires_grad=True)

    with torch.no_grad(), pytest.raises(RuntimeError, match=MESSAGE):
        x.expand(2, 3).add_(1)


def test_one_row_of_expanded_may_be_written():
    """A part of an expanded view that shows no place twice is written, and all other rows with it."""
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    base = x * 1
    rows = base.expand(2, 3)
    rows[0].mul_(torch.tensor([1.0, 10.0, 100.0]))
    rows.sum().backward()

    assert rows.tolist() == [[1.0, 20.0, 300.0]] * 2
    assert x.grad.tolist() == [2.0, 20.0, 200.0]


def test_one_number_may_be_written_to_repeated_elements():
    """`fill_` and `zero_` write the same to all elements, so they may."""
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    base = x * 1
    base[:1].expand(3).fill_(5)
    base.sum().backward()

    assert base.tolist() == [5.0, 2.0]
    assert x.grad.tolist() == [0.0, 1.0]


def test_sizes_that_stay_are_not_repeated():
    """`expand` to its own shape, or with new dimensions of size one, may be written."""
    x = torch.tensor([1.0, 2.0])
    x.expand(1, 2).add_(1)
    x.expand(2).mul_(2)

    assert x.tolist() == [4.0, 6.0]


def test_no_elements_overlap_in_none():
    """An expanded view without elements may be written: there is nothing to repeat."""
    x = torch.ones(3, 0)
    x.expand(2, 3, 0).add_(1)

    assert x._version == 1


def test_a_copy_of_expanded_is_in_order():
    """The clone of an expanded view has memory of its own, in order."""
    copy = torch.arange(3.0).expand(2, 3).clone()
    copy.view(6).add_(torch.arange(6.0))

    assert copy.stride() == (3, 1)
    assert copy.tolist() == [[0.0, 2.0, 4.0], [3.0, 5.0, 7.0]]


# Memory that is read as well --------------------------------------------------------------------------------------

READ = "some elements of the input tensor and the written-to tensor refer to a single memory location"

CLASHES = {
    "copy": lambda x: x[1:].copy_(x[:-1]),
    "copy of the transposed": lambda x: x.view(2, 2).copy_(x.view(2, 2).t()),
    "copy by way of data": lambda x: x[1:].copy_(x.data[:-1]),
    "assignment": lambda x: x.__setitem__(slice(1, None), x[:-1]),
    "assignment of rows": lambda x: x.view(2, 2).__setitem__(torch.tensor([0]), x.view(2, 2)[1:]),
    "arithmetic": lambda x: x[1:].mul_(x[:-1]),
    "out": lambda x: torch.add(x[:-1], 1, out=x[1:]),
    "out repeated": lambda x: torch.add(torch.ones(3, 4), 1, out=x.expand(3, 4)),
    "index_add_": lambda x: x.index_add_(0, torch.tensor([0, 1]), x[:2]),
    "index_copy_": lambda x: x.index_copy_(0, torch.tensor([0, 1]), x[:2]),
    "scatter_": lambda x: x.scatter_(0, torch.tensor([0, 1, 2, 3]), x),
    "index_put_": lambda x: x.index_put_((torch.tensor([0, 1]),), x[2:]),
}


@pytest.mark.parametrize("clash", CLASHES)
def test_what_is_read_is_not_written_in_part(clash):
    """A write to memory that an input of the same operation is read from raises, and nothing has changed."""
    x = torch.tensor([1.0, 2.0, 3.0, 4.0])

    with pytest.raises(RuntimeError, match=MESSAGE if clash == "out repeated" else READ):
        CLASHES[clash](x)
    assert x.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert x._version == 0


def test_what_is_read_and_written_alike():
    """The same elements in the same order, one value, and the elements that a key has picked may be written."""
    x = torch.tensor([1.0, 2.0, 3.0, 4.0])
    x.copy_(x)
    x[:] = x[3]
    x.mul_(x.view(4))
    torch.add(x, 1, out=x)
    x[[0, 1]] = x[[1, 0]]
    x.masked_scatter_(torch.tensor([True, False, False, True]), x[1:])
    x.masked_fill_(x > 0, x[0])

    assert x.tolist() == [17.0] * 4


def test_one_number_for_elements_seen_twice():
    """Under a mask or at an index one number may be written where an element is seen several times."""
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    base = x * 1
    rows = base.expand(2, 3)
    rows[torch.tensor([[True, False, False], [False, False, True]])] = 0.0
    rows.sum().backward()

    assert base.tolist() == [0.0, 2.0, 0.0]
    assert x.grad.tolist() == [0.0, 2.0, 0.0]
