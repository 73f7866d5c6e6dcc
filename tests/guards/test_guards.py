"""Frozen memory is never written, by whatever alias and operation; watched memory names every write."""

import itertools
import warnings

import numpy as np
import pytest

import mutagrad as torch

WRITES = {
    "the tensor": lambda h: h.add_(1),
    "an index": lambda h: h.__setitem__(1, 5.0),
    "a mask": lambda h: h.__setitem__(h > 1, 5.0),
    "a view": lambda h: h[1:].zero_(),
    "a view of a view": lambda h: h.view(2, 2)[0].mul_(2),
    "detach": lambda h: h.detach().fill_(7),
    "data": lambda h: h.data.clamp_(max=0.5),
    "out": lambda h: torch.add(torch.ones(4), 1, out=h),
    "copy_": lambda h: h.copy_(torch.ones(4)),
    "random numbers": lambda h: h.normal_(),
    "scattered values": lambda h: h.index_fill_(0, torch.tensor([1]), 9.0),
    "running in no_grad": torch.no_grad()(lambda h: h.sub_(1)),
}


def values():
    return torch.arange(4.0)


@pytest.mark.parametrize("alias", WRITES)
def test_a_write_to_frozen_memory_raises_at_the_write(alias):
    """Through every alias, before anything is changed; after thawing it is allowed."""
    h = values()
    frozen = torch.freeze(h)
    with pytest.raises(torch.FrozenError, match="a frozen tensor is about to be overwritten") as caught:
        WRITES[alias](h)

    assert torch.equal(h, values())
    assert caught.value.frozen_at.line == caught.value.frozen_at.position.line and caught.value.nbytes == 16
    frozen.thaw()
    WRITES[alias](h)
    assert not torch.equal(h, values())


def test_a_write_beside_the_frozen_elements_is_allowed():
    h = torch.zeros(4, 3)
    with torch.freeze(h[:, 1]):
        h[:, 0] = 1
        h[:, 2].add_(1)
        h[torch.tensor([0, 2]), 2] = 4
        with pytest.raises(torch.FrozenError) as caught:
            h[2] = 5

    assert caught.value.region.text == "row 2 of (4, 3)"
    h[2] = 5


def test_an_optimiser_that_steps_on_frozen_memory_is_caught():
    w = torch.ones(2, requires_grad=True)
    (w * 3).sum().backward()
    optimizer = torch.optim.SGD([w], lr=0.1)
    with torch.freeze(w), pytest.raises(torch.FrozenError) as caught:
        optimizer.step()

    assert caught.value.operation == "SGD.step" and torch.equal(w, torch.ones(2))


def test_gradients_added_to_a_frozen_grad_are_caught():
    w = torch.ones(2, requires_grad=True)
    (w * 3).sum().backward()
    with torch.freeze(w.grad), pytest.raises(torch.FrozenError):
        (w * 3).sum().backward()


def test_frozen_memory_is_handed_out_read_only():
    h = values()
    with torch.freeze(h):
        array = h.numpy()
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    h.numpy()[0] = 1


def test_a_write_from_outside_is_found_when_the_guard_ends():
    h = values()
    array = h.numpy()
    with pytest.raises(torch.FrozenError, match="from outside"), torch.freeze(h):
        array[0] = 5


def test_nothing_of_a_guard_remains():
    """The storage is an ordinary one again, and gradients and copies are as without a guard."""
    x = torch.ones(3, requires_grad=True)
    h = x * 2
    kind = type(h._family.storage)
    with torch.freeze(h), torch.watch(h):
        y = h.sin()
    h.zero_()
    y.sum().backward()

    assert type(h._family.storage) is kind
    assert torch.allclose(x.grad, 2 * torch.cos(torch.full((3,), 2.0)))


def test_a_watch_names_each_write_and_lets_it_happen(capsys):
    h = values()
    with torch.watch(h) as watching:
        h.add_(1)
        h[1:3] = 0
        torch.zeros(4).add_(1)
    h.add_(1)

    assert [(each.operation, each.region.text) for each in watching.writes] == [
        ("add_", "all 4 elements"),
        ("__setitem__", "elements [1:3] of 4"),
    ]
    assert [each.written_at.text.strip() for each in watching.writes] == ["h.add_(1)", "h[1:3] = 0"]
    told = capsys.readouterr().err
    assert "watched: elements [1:3] of 4 overwritten by assignment to an index" in told and "h[1:3] = 0" in told
    assert h.tolist() == [2.0, 1.0, 1.0, 5.0]


IN_PLACE = sorted(name for name in dir(torch.Tensor) if name.endswith("_") and not name.startswith("_"))
OPERANDS = (2.0, 0, 1, torch.full((2, 2), 2.0), torch.tensor([[True, False], [True, True]]), torch.tensor([0, 1]))


def test_no_operation_in_place_escapes():
    """Every method in place, with whatever arguments it takes: the frozen elements are never changed."""
    caught = set()
    for name in IN_PLACE:
        for count in (0, 1, 2, 3):
            for operands in itertools.product(OPERANDS if count < 3 else OPERANDS[2:], repeat=count):
                h = torch.tensor([[0.25, 0.5], [0.75, 0.125]])
                before = h._array.copy()
                memory = h._array
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    try:
                        with torch.freeze(h):
                            getattr(h, name)(*operands)
                    except torch.FrozenError:
                        caught.add(name)
                    except Exception:
                        continue
                assert np.array_equal(memory, before), name
            if name in caught:
                break

    free = set(IN_PLACE) - caught
    assert len(caught) > 3 * len(free)
    assert caught >= {"add_", "mul_", "exp_", "copy_", "fill_", "zero_", "normal_", "clamp_", "index_fill_", "addcmul_"}
