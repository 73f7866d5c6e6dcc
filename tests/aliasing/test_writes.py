"""Every way to write: what is an operand itself, what is refused, and what hardly looks like a write."""

import pytest

import mutagrad as torch

from .common import LOST, POLICIES, STRICT, leaf

# In place on what is itself an operand --------------------------------------------------------------------------------


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


# Other ways to write --------------------------------------------------------------------------------------------------

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
