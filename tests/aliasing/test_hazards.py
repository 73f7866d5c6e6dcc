"""Aliases that the matrix has no room for, one rule each: optimisers, NumPy's lifetimes, gradients, odd views."""

import numpy as np
import pytest

import mutagrad as torch

LOST = "one of the variables needed for gradient computation has been modified by an inplace operation"
POLICIES = pytest.mark.parametrize("policy", ["preserve", "error", "torch"])
STRICT = pytest.mark.parametrize("policy", ["error", "torch"])


def leaf(*numbers, dtype=torch.float64):
    return torch.tensor(list(numbers), dtype=dtype, requires_grad=True)


@pytest.fixture
def kept():
    """How many bytes have been kept since the test began."""
    before = torch.overwrite_statistics().bytes_kept
    return lambda: torch.overwrite_statistics().bytes_kept - before


# Optimisers ---------------------------------------------------------------------------------------------------------


def sgd(w):
    torch.optim.SGD([w], lr=0.1, momentum=0.9).step()


def adam(w):
    torch.optim.Adam([w], lr=0.1).step()


def by_hand(w):
    with torch.no_grad():
        w -= 0.1 * w.grad


def through_data(w):
    w.data.sub_(w.grad, alpha=0.1)


def through_an_array(w):
    w.detach().numpy()[...] -= 0.1 * w.grad.numpy()


STEPS = pytest.mark.parametrize("step", [sgd, adam, by_hand, through_data, through_an_array])


@STEPS
def test_a_step_between_two_passes_leaves_the_gradient_what_it_was(step):
    """The second pass is about the program that ran, with the weights as they were."""
    w = leaf(1.0, 2.0)
    loss = (w**3).sum()
    loss.backward(retain_graph=True)
    first = w.grad.clone()
    step(w)
    w.grad = None
    loss.backward()

    assert w.tolist() != [1.0, 2.0] and w.grad.tolist() == first.tolist() == [3.0, 12.0]


@STRICT
@pytest.mark.parametrize("step", [sgd, adam, by_hand, through_data])
def test_a_step_between_two_passes_is_an_error_where_the_policy_says_so(step, policy):
    w = leaf(1.0, 2.0)
    with torch.set_overwrite_policy(policy):
        loss = (w**3).sum()
        loss.backward(retain_graph=True)
        step(w)

        with pytest.raises(RuntimeError, match=LOST):
            loss.backward()


@POLICIES
def test_a_loop_of_steps_loses_nothing(policy, kept):
    """The usual loop writes to weights only when their graph is gone."""
    w, x = leaf(0.5, -0.5), torch.tensor([1.0, 2.0], dtype=torch.float64)
    optimizer = torch.optim.SGD([w], lr=0.1)
    with torch.set_overwrite_policy(policy):
        for _ in range(5):
            optimizer.zero_grad()
            loss = ((w * x).sin() ** 2).sum()
            loss.backward()
            del loss
            optimizer.step()

    assert kept() == 0


# Gradients are memory too -------------------------------------------------------------------------------------------


def test_a_gradient_used_in_a_graph_survives_its_accumulation():
    """`.grad` is written by the next backward pass; a graph that needs its old value keeps it."""
    w, v = leaf(2.0), leaf(5.0)
    (w * w).sum().backward()
    product = v * w.grad
    (w * w).sum().backward()
    product.sum().backward()

    assert (w.grad.tolist(), v.grad.tolist()) == ([8.0], [4.0])


@pytest.mark.parametrize("create_graph", [False, True])
def test_gradients_are_nobody_elses_memory(create_graph):
    """Leaves that are given one and the same cotangent have a gradient each, and the user's own stays as it was."""
    x, y, given = leaf(1.0, 2.0), leaf(3.0, 4.0), torch.tensor([5.0, 6.0], dtype=torch.float64)
    (x + y).backward(given, create_graph=create_graph)
    with torch.no_grad():
        x.grad.zero_()

    assert (y.grad.tolist(), given.tolist()) == ([5.0, 6.0], [5.0, 6.0])


def test_a_pass_does_not_write_the_cotangent_it_is_given():
    """Regions are added to and cleared in buffers of the pass's own."""
    x = leaf(1.0, 2.0, 3.0)
    h = x * 1.0
    h[0] = h[1] * 2.0
    h[2] = 0.0
    given = torch.tensor([1.0, 10.0, 100.0], dtype=torch.float64)
    h.backward(given)

    assert (given.tolist(), x.grad.tolist()) == ([1.0, 10.0, 100.0], [0.0, 12.0, 0.0])


def test_a_hook_that_writes_its_gradient_changes_no_other():
    """What a hook leaves in the gradient goes on to the leaf behind it, and nowhere else."""
    x, y = leaf(1.0), leaf(2.0)
    h = x * 1.0
    h.register_hook(lambda gradient: gradient.mul_(10) and None)
    (h + y).sum().backward()

    assert (x.grad.tolist(), y.grad.tolist()) == ([10.0], [1.0])


# NumPy --------------------------------------------------------------------------------------------------------------


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


# Memory seen as something else --------------------------------------------------------------------------------------


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


# In place on what is itself an operand ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("write", "derivative"),
    [
        ("h.mul_(h)", [2.0, 4.0, 6.0]),
        ("h.mul_(h[1].clone())", [2.0, 8.0, 2.0]),
        ("h.addcmul_(h, h)", [3.0, 5.0, 7.0]),
        ("h[1:].mul_(h[:-1].clone())", [3.0, 4.0, 2.0]),
        ("h[[0, 1]] = h[[1, 0]]", [1.0, 1.0, 1.0]),
        ("h[0], h[1] = h[1].clone(), h[0].clone() * 2", [2.0, 1.0, 1.0]),
        ("h.pow_(2).add_(h)", [4.0, 8.0, 12.0]),
        ("h.div_(h.detach())", [1.0, 0.5, 1 / 3]),
        ("h.copy_(h.flip(0))", [1.0, 1.0, 1.0]),
    ],
)
@pytest.mark.parametrize("policy", ["preserve", "error"])
def test_an_operand_may_be_the_memory_that_is_written(write, derivative, policy):
    x = leaf(1.0, 2.0, 3.0)
    h = x * 1.0
    with torch.set_overwrite_policy(policy):
        exec(write, {"h": h})
        h.sum().backward()

    assert x.grad.tolist() == pytest.approx(derivative)


@POLICIES
@pytest.mark.parametrize(
    ("alias", "message"),
    [
        ("h[:1].expand(3)", "unsupported operation: more than one element of the written-to tensor"),
        ("h.unfold(0, 2, 1)", "unsupported operation: more than one element of the written-to tensor"),
        ("x", "a leaf Variable that requires grad is being used in an in-place operation."),
        ("x[1:]", "a view of a leaf Variable that requires grad is being used in an in-place operation."),
    ],
)
def test_a_write_that_is_forbidden_changes_nothing(alias, message, policy):
    x = leaf(1.0, 2.0, 3.0)
    h = x * 1.0
    with torch.set_overwrite_policy(policy):
        y = h * h
        with pytest.raises(RuntimeError, match="^" + message):
            eval(alias, {"h": h, "x": x}).mul_(2)
        y.sum().backward()

    assert (h.tolist(), x.grad.tolist()) == ([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])


REFUSED = [
    "h.add_(torch.ones(2, dtype=h.dtype))",
    "h.add_(1j)",
    "h.mul_('a')",
    "h.mul_(torch.ones(2, 3, dtype=h.dtype))",
    "h.bitwise_and_(1)",
    "h.bitwise_and_(torch.ones(3, dtype=torch.int64))",
    "h.copy_(torch.ones(2))",
    "h[5] = 1.0",
    "h[[7]] = 1.0",
    "h[[0, 1]] = torch.ones(3, dtype=h.dtype)",
    "h[:2] = torch.ones(3, dtype=h.dtype)",
    "h.scatter_(0, torch.tensor([9]), 1.0)",
    "h.index_add_(0, torch.tensor([9]), torch.ones(1, dtype=h.dtype))",
    "h.index_fill_(0, torch.tensor([9]), 1.0)",
    "h.masked_fill_(torch.ones(2, dtype=torch.bool), 1.0)",
    "h.clamp_()",
    "h.cumsum_(3)",
    "h.addmm_(h, h)",
    "h.normal_(0, -1)",
    "h.uniform_(1, 0)",
    "torch.mul(h.detach(), torch.ones(2), out=h.detach())",
]


@POLICIES
@pytest.mark.parametrize("write", REFUSED)
def test_a_write_that_cannot_be_done_changes_nothing(write, policy):
    """Neither the values nor what was saved: the gradient can still be had."""
    x = leaf(1.0, 2.0, 3.0)
    h = x * 1.0
    with torch.set_overwrite_policy(policy):
        y = h * h
        with pytest.raises((RuntimeError, TypeError, IndexError, ValueError)):
            exec(write, {"h": h, "torch": torch})
        y.sum().backward()

    assert (h.tolist(), x.grad.tolist(), h._version) == ([1.0, 2.0, 3.0], [2.0, 4.0, 6.0], 0)


def test_a_view_made_under_no_grad_may_not_be_written_with_history():
    x = leaf(1.0, 2.0)
    h = x * 1.0
    with torch.no_grad():
        v = h[:1]

    with pytest.raises(RuntimeError, match=r"^A view was created in no_grad mode and is being modified inplace"):
        v.mul_(x[:1])
    assert h.tolist() == [1.0, 2.0]


# Other ways to write ------------------------------------------------------------------------------------------------

OTHER_WRITES = [
    "torch.mul(h.detach(), 2, out=h.detach())",
    "torch.zeros(3, dtype=torch.float64, out=d)",
    "d.normal_()",
    "d.uniform_()",
    "torch.nn.init.ones_(d)",
    "d.masked_fill_(d > 1, 9.0)",
    "d.index_fill_(0, torch.tensor([2]), 9.0)",
    "d.scatter_(0, torch.tensor([1]), 9.0)",
    "d.index_add_(0, torch.tensor([1]), torch.ones(1, dtype=torch.float64))",
    "d[d > 2] = 0.0",
    "d.clamp_(max=1.5)",
    "d.copy_(torch.zeros(3, dtype=torch.float64))",
    "torch.cumsum(d, 0, out=d)",
    "d.t_().zero_()",
    "d.unsqueeze_(0).zero_()",
    "d.resize_(2).zero_()",
    "d.set_(d.untyped_storage(), 1, (2,), (1,)).zero_()",
]


@pytest.mark.parametrize("write", OTHER_WRITES)
def test_every_way_to_write_is_seen(write):
    """Through `d`, an alias without history, by whatever name."""
    x = leaf(1.0, 2.0, 3.0)
    h = x * 1.0
    y = h * h
    exec(write, {"torch": torch, "h": h, "d": h.detach()})
    y.sum().backward()

    assert h.tolist() != [1.0, 2.0, 3.0] and x.grad.tolist() == [2.0, 4.0, 6.0]


@STRICT
@pytest.mark.parametrize("write", OTHER_WRITES)
def test_every_way_to_write_is_reported(write, policy):
    x = leaf(1.0, 2.0, 3.0)
    h = x * 1.0
    with torch.set_overwrite_policy(policy):
        y = h * h
        exec(write, {"torch": torch, "h": h, "d": h.detach()})

        with pytest.raises(RuntimeError, match=LOST):
            y.sum().backward()


INDEX = [
    "x[i]",
    "x[i, i]",
    "x.gather(0, i.view(1, 2))",
    "x.index_select(1, i)",
    "torch.take_along_dim(x, i.view(1, 2), 1)",
]
INDEX += ["x.take(i)", "torch.zeros(3, 2, dtype=x.dtype).index_add(0, i, x)", "x.index_fill(0, i[:1], 2.0)"]
INDEX += [
    "torch.zeros(2, 2, dtype=x.dtype).scatter(0, i.view(2, 1).expand(2, 2), x)",
    "x.clone().index_put_((i,), x[1])",
]
INDEX += [
    "torch.where(m, x, x * 3)",
    "x[m]",
    "x.masked_fill(m, 2.0)",
    "x.masked_select(m)",
    "x.clone().masked_fill_(m, 2.0)",
]


@pytest.mark.parametrize("read", INDEX)
def test_an_index_may_be_overwritten_after_its_use(read):
    """The gradient goes to the elements that were picked then."""
    gradients = []
    for change in (False, True):
        x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.float64, requires_grad=True)
        i, m = torch.tensor([1, 0]), torch.tensor([[True, False], [False, False]])
        y = eval(read, {"torch": torch, "x": x, "i": i, "m": m})
        if change:
            i.zero_()
            m.fill_(True)
        (y * torch.arange(1.0, y.numel() + 1, dtype=torch.float64).view(y.shape)).sum().backward()
        gradients.append(x.grad.tolist())

    assert gradients[0] == gradients[1]


def test_a_function_that_writes_its_input_is_seen():
    """`mark_dirty` says that `forward` wrote: what was saved before is kept."""

    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x.mul_(2)

        @staticmethod
        def backward(ctx, ct):
            return ct * 2

    x = leaf(1.0, 2.0)
    h = x * 1.0
    y = h * h
    Double.apply(h)
    (y + h).sum().backward()

    assert x.grad.tolist() == [4.0, 6.0]


def test_memory_swapped_through_data_leaves_the_old_alone():
    """`x.data = other` writes nothing: what was saved is in memory that nobody changed."""
    x = leaf(1.0, 2.0)
    y = (x * x).sum()
    x.data = torch.tensor([5.0, 6.0], dtype=torch.float64)
    with torch.set_overwrite_policy("error"):
        y.backward()

    assert (x.tolist(), x.grad.tolist()) == ([5.0, 6.0], [2.0, 4.0])


@POLICIES
def test_a_second_derivative_through_an_overwritten_value(policy):
    """Under `create_graph` a saved value has the history that it had when it was saved."""
    x = leaf(0.5, 1.0)
    h = x * 1.0
    with torch.set_overwrite_policy(policy):
        y = h**3
        h.mul_(2)
        try:
            (first,) = torch.autograd.grad(y.sum(), x, create_graph=True)
            (second,) = torch.autograd.grad(first.sum(), x)
        except RuntimeError as error:
            assert policy != "preserve" and str(error).startswith(LOST)
            return

    assert policy == "preserve"
    assert (first.tolist(), second.tolist()) == (pytest.approx([0.75, 3.0]), pytest.approx([3.0, 6.0]))
