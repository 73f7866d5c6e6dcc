"""What an optimiser writes over a live graph may still need: the overwrite policy holds for steps as for any write.

The expected gradients are worked out by hand.
"""

import pytest

import mutagrad
from mutagrad import nn, optim

MAKERS = {
    "SGD": lambda parameters: optim.SGD(parameters, lr=0.5),
    "momentum": lambda parameters: optim.SGD(parameters, lr=0.5, momentum=0.9, nesterov=True),
    "Adam": lambda parameters: optim.Adam(parameters, lr=0.5),
    "AdamW": lambda parameters: optim.AdamW(parameters, lr=0.5, amsgrad=True),
}


@pytest.fixture(params=MAKERS)
def square(request):
    """A parameter w = 3, the graph of w², which has saved w, and an optimiser that has stepped since."""
    w = nn.Parameter(mutagrad.tensor([3.0], dtype=mutagrad.float64))
    loss = (w * w).sum()
    optimizer = MAKERS[request.param]([w])
    w.grad = mutagrad.ones(1, dtype=mutagrad.float64)
    return w, loss, optimizer


def test_a_backward_pass_after_the_step_sees_the_old_parameter(square):
    """The value that a graph has saved of a parameter is kept when the optimiser writes over it."""
    w, loss, optimizer = square
    optimizer.step()
    w.grad = None
    loss.backward()

    assert w.item() != 3.0
    assert w.grad.item() == 6.0


@pytest.mark.parametrize("policy", ["error", "torch"])
def test_the_other_policies_report_it(square, policy):
    """Under "error" and "torch" the backward pass that needs the old parameter raises, and names the step."""
    _, loss, optimizer = square
    with mutagrad.set_overwrite_policy(policy):
        optimizer.step()
        with pytest.raises(RuntimeError, match="modified by an inplace operation") as caught:
            loss.backward()

    assert f"{type(optimizer).__name__}.step" in str(caught.value)
    assert "optimizer.step()" in str(caught.value)


def test_a_step_without_a_live_graph_copies_nothing(square):
    """Once the graph is gone, nothing is kept."""
    _, loss, optimizer = square
    loss.backward()
    before = mutagrad.overwrite_statistics().bytes_kept
    optimizer.step()

    assert mutagrad.overwrite_statistics().bytes_kept == before


def test_a_step_counts_as_a_write(square):
    """The version of a parameter is counted up, for all aliases that share it."""
    w, _, optimizer = square
    alias = w.detach()
    optimizer.step()

    assert w._version == alias._version == 1


def test_a_step_writes_in_place(square):
    """The parameter stays the same tensor over the same memory, a leaf that requires grad."""
    w, _, optimizer = square
    alias, address = w.data, w.data_ptr()
    optimizer.step()

    assert w.data_ptr() == address
    assert alias.item() == w.item()
    assert w.is_leaf and w.requires_grad


def test_the_gradient_is_left_as_it_was(square):
    """A step reads the gradient, also with weight decay and maximisation, and does not write to it."""
    w, _, _ = square
    for make in (optim.SGD, optim.Adam, optim.AdamW):
        make([w], lr=0.1, weight_decay=0.1, maximize=True).step()

    assert w.grad.item() == 1.0


def test_gradients_of_a_residual_sum_in_place_are_right_in_a_module():
    """`h += block(h)` over what the block's layer has saved, as networks are written."""
    mutagrad.manual_seed(0)
    block = nn.Linear(3, 3, dtype=mutagrad.float64)
    x = mutagrad.randn(4, 3, dtype=mutagrad.float64)
    for in_place in (False, True):
        block.zero_grad()
        h = x * 1.0
        if in_place:
            h += block(h).relu_()
        else:
            h = h + block(h).relu()
        h.square().sum().backward()
        if not in_place:
            expected = [parameter.grad.clone() for parameter in block.parameters()]

    for parameter, gradient in zip(block.parameters(), expected, strict=True):
        assert mutagrad.equal(parameter.grad, gradient)
