"""Memory that NumPy shares, and memory seen as something else."""

import numpy as np
import pytest

import mutagrad as torch

from .common import LOST, POLICIES, STRICT, leaf

# NumPy ----------------------------------------------------------------------------------------------------------------


def test_an_array_that_has_died_costs_nothing(kept):
    """Values are saved by value only while an array that shares the memory lives."""
    x = leaf(1.0, 2.0)
    h = x * 1.0
    array = h.detach().numpy()
    assert array.tolist() == [1.0, 2.0]
    del array
    h.sin().sum().backward()

    assert kept() == 0


@pytest.mark.parametrize("hold", [lambda a: a[1:], lambda a: a.T, lambda a: a.reshape(1, 2)[0], memoryview, np.nditer])
def test_what_is_made_of_an_array_keeps_the_memory_watched(hold):
    """The array itself is gone; a slice or a buffer of it can still write."""
    x = leaf(1.0, 2.0)
    h = x * 1.0
    held = hold(h.detach().numpy())
    y = h * h
    np.asarray(held.operands[0] if isinstance(held, np.nditer) else held)[...] = 7.0
    y.sum().backward()

    assert x.grad.tolist() == [2.0, 4.0]


@POLICIES
@pytest.mark.parametrize("size", [3, 1 << 18])
def test_a_write_by_the_owner_of_the_memory_is_harmless_or_reported(size, policy):
    """Small values are copied; large ones have a fingerprint, and a pass that finds another raises."""
    owned = np.ones(size)
    x = torch.from_numpy(owned).requires_grad_()
    with torch.set_overwrite_policy(policy):
        y = (x * x).sum()
        owned[0] = 5.0
        try:
            y.backward()
        except RuntimeError as error:
            assert size > 3 and str(error).startswith(LOST) and "was written to from outside" in str(error)
        else:
            assert size == 3 and x.grad.tolist() == [2.0] * size


@POLICIES
@pytest.mark.parametrize(
    "write", ["h.zero_()", "h[1:] = 0.0", "h[[0, 2]] = 0.0", "h.detach().mul_(2)", "n[0] = 5.0; h.zero_()"]
)
@pytest.mark.parametrize("size", [3, 1 << 18])
def test_a_write_of_our_own_to_foreign_memory_is_seen(size, write, policy):
    """It is no write from outside: "preserve" keeps the value, and the others know where it was lost."""
    owned = np.ones(size)
    x, h = torch.ones(size, dtype=torch.float64, requires_grad=True), torch.from_numpy(owned)
    with torch.set_overwrite_policy(policy):
        y = (x * h).sum()
        exec(write, {"h": h, "n": owned})
        try:
            y.backward()
        except RuntimeError as error:
            from_outside = "was written to from outside" in str(error)
            assert str(error).startswith(LOST) and from_outside == write.startswith("n")
            assert size > 3 and (policy != "preserve" or from_outside)
        else:
            assert np.array_equal(x.grad.numpy(), np.ones(size))


def test_a_write_of_our_own_beside_a_large_foreign_value_is_harmless():
    owned = np.ones(1 << 19)
    x, h = torch.ones(1 << 18, dtype=torch.float64, requires_grad=True), torch.from_numpy(owned)
    with torch.set_overwrite_policy("error"):
        y = (x * h[: 1 << 18]).sum()
        h[1 << 18 :] = 0.0
        y.backward()

    assert np.array_equal(x.grad.numpy(), np.ones(1 << 18))


@pytest.mark.parametrize("size", [3, 1 << 18])
def test_memory_that_its_owner_leaves_alone_is_used_as_it_is(size):
    owned = np.full(size, 3.0)
    x = torch.from_numpy(owned).requires_grad_()
    (x * x).sum().backward()

    assert np.array_equal(x.grad.numpy(), np.full(size, 6.0)) and np.array_equal(owned, np.full(size, 3.0))


def test_large_foreign_memory_is_not_copied_for_being_looked_at(kept):
    """Its values have fingerprints: to hand it out once more changes nothing."""
    x = torch.from_numpy(np.full(1 << 18, 3.0)).requires_grad_()
    y = (x * x).sum()
    assert x.detach().numpy()[0] == 3.0
    y.backward()

    assert kept() == 0 and x.grad[0] == 6.0


def test_two_tensors_over_one_array_do_not_trust_each_other():
    """Each has a storage of its own: a write through one is unseen by the other, and harmless."""
    owned = np.array([1.0, 2.0])
    one, two = torch.from_numpy(owned), torch.from_numpy(owned)
    x = leaf(3.0, 4.0)
    y = x * one
    two.zero_()
    y.sum().backward()

    assert (one.tolist(), x.grad.tolist()) == ([0.0, 0.0], [1.0, 2.0])


def test_a_copy_of_an_array_is_not_shared(kept):
    """`torch.tensor` copies, so nobody outside can write, and nothing need be kept."""
    owned = np.array([1.0, 2.0])
    x, constant = leaf(3.0, 4.0), torch.tensor(owned)
    y = x * constant
    owned[:] = 0.0
    y.sum().backward()

    assert kept() == 0 and x.grad.tolist() == [1.0, 2.0]


def test_an_array_of_a_read_only_owner_is_not_written():
    owned = np.array([1.0, 2.0])
    array = torch.from_numpy(owned).numpy()
    array[0] = 9.0

    assert owned.tolist() == [9.0, 2.0]


# Memory seen as something else ----------------------------------------------------------------------------------------


def test_a_part_of_a_complex_number_is_a_part_of_it():
    """`real` and `imag` of one element are not one another, but both are the element."""
    z = leaf(1 + 2j, 3 - 1j, dtype=torch.complex128)
    h = z * 1.0
    real, imag, square = h.real**2, h.imag**2, h * h
    h.imag.zero_()
    (real.sum() + imag.sum() + square.real.sum()).backward()

    assert z.grad.tolist() == [4 + 0j, 12 + 0j]


@STRICT
@pytest.mark.parametrize("alias", ["h.real", "torch.view_as_real(h)[0]", "h.detach().view(torch.float64)[1:2]"])
def test_writing_a_part_of_a_complex_number_loses_it(alias, policy):
    z = leaf(1 + 2j, 3 - 1j, dtype=torch.complex128)
    h = z * 1.0
    with torch.set_overwrite_policy(policy):
        y = h * h
        eval(alias, {"h": h, "torch": torch}).mul_(2)

        with pytest.raises(RuntimeError, match=LOST):
            y.real.sum().backward()


@STRICT
def test_a_complex_number_written_by_index_loses_its_parts(policy):
    """The imaginary part begins in the middle of the element that is written."""
    z = leaf(1 + 2j, 3 - 1j, dtype=torch.complex128)
    h = z * 1.0
    with torch.set_overwrite_policy(policy):
        y = h.imag**2
        h[[0]] = 5.0

        with pytest.raises(RuntimeError, match=LOST):
            y.sum().backward()


def test_the_real_part_is_written_beside_the_imaginary():
    """Under "error" too: no byte of what the gradient needs is touched."""
    z = leaf(1 + 2j, 3 - 1j, dtype=torch.complex128)
    h = z * 1.0
    with torch.set_overwrite_policy("error"):
        y = h.imag**2
        h.real.zero_()
        y.sum().backward()

    assert z.grad.tolist() == [4j, -2j]


def test_many_saved_elements_seen_as_pairs():
    """An element of another dtype covers several of the base, however many values are saved beside it."""
    x = leaf(*range(16))
    h = x * 1.0
    pairs = torch.view_as_complex(h.view(8, 2))
    parts = [(pairs[i] * pairs[i]).real for i in range(8)]
    h[1::2] = 0.0
    sum(parts).backward()

    assert x.grad.tolist() == [2.0 * i if i % 2 == 0 else -2.0 * i for i in range(16)]


def test_bits_written_through_another_dtype():
    """A view as integers has no history: the value changes, the gradient is that of the value that was read."""
    x = leaf(1.0, 2.0)
    h = x * 1.0
    y = h * h
    h.detach().view(torch.int64)[0] = 0
    y.sum().backward()

    assert (h.tolist(), x.grad.tolist()) == ([0.0, 2.0], [2.0, 4.0])
