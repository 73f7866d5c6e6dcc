"""What losses and layers save, share and release."""

import gc
import weakref

import pytest

import mutagrad
from mutagrad import nn
from mutagrad.nn import functional as F


def kept_while(write):
    """The bytes that the overwrite policy keeps while `write` runs."""
    before = mutagrad.overwrite_statistics().bytes_kept
    write()
    return mutagrad.overwrite_statistics().bytes_kept - before


def test_cross_entropy_needs_neither_scores_nor_their_memory():
    """The scores may be written over for free: the log-probabilities are what is saved."""
    scores = mutagrad.randn(4, 3, requires_grad=True)
    h = scores * 1.0
    loss = F.cross_entropy(h, mutagrad.tensor([0, 1, 2, 0]))
    kept = kept_while(lambda: h.detach().zero_())
    loss.backward()

    expected = F.softmax(scores.detach(), 1) - F.one_hot(mutagrad.tensor([0, 1, 2, 0]), 3)
    assert kept == 0
    assert mutagrad.allclose(scores.grad, expected / 4)


@pytest.mark.parametrize("function", [F.cross_entropy, F.nll_loss])
def test_targets_that_are_overwritten_are_kept(function):
    """A buffer for targets may be filled with the next batch before the backward pass of this one."""
    scores, targets = mutagrad.randn(4, 3), mutagrad.tensor([0, 1, 2, 0])
    first, second = scores.clone().requires_grad_(), scores.clone().requires_grad_()
    loss = function(first, targets)
    function(second, targets.clone()).backward()
    kept = kept_while(lambda: targets.fill_(1))
    loss.backward()

    assert kept == 4 * 8
    assert mutagrad.equal(first.grad, second.grad)


def test_mse_saves_its_inputs_and_no_difference():
    """What is written over is kept once, and the gradient is that of the old values."""
    x = mutagrad.tensor([1.0, 2.0], requires_grad=True)
    h, target = x * 1.0, mutagrad.tensor([0.0, 5.0])
    loss = F.mse_loss(h, target, reduction="sum")
    kept = kept_while(lambda: target.zero_())
    loss.backward()

    assert kept == 8
    assert x.grad.tolist() == [2.0, -6.0]


def test_a_linear_layer_may_have_its_output_written_over():
    """The gradients of a linear layer need its input and its weight, not its output."""
    layer = nn.Linear(3, 2)
    x = mutagrad.randn(4, 3)
    y = layer(x)
    assert kept_while(lambda: y.relu_()) == 0
    y.sum().backward()

    assert layer.weight.grad.shape == (2, 3)


def test_dropout_out_of_training_is_the_input_itself():
    """No copy is made where nothing is dropped."""
    x = mutagrad.randn(3)

    assert nn.Dropout(0.5).eval()(x) is x
    assert nn.Dropout(0.0)(x) is x
    assert nn.Dropout(0.5, inplace=True)(x) is x


def test_a_training_step_leaves_nothing_to_the_collector():
    """With the garbage collector off, graph and gradients die with their last reference."""
    network = nn.Sequential(nn.Linear(3, 4), nn.ReLU(inplace=True), nn.Dropout(0.5), nn.Linear(4, 2))
    optimizer = mutagrad.optim.Adam(network.parameters())
    gc.collect()
    gc.disable()
    try:
        loss = F.cross_entropy(network(mutagrad.randn(5, 3)), mutagrad.tensor([0, 1, 1, 0, 1]))
        loss.backward()
        optimizer.step()
        node = weakref.ref(loss._family.edge[2])
        del loss
        assert node() is None
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_parameters_share_memory_and_not_history_with_the_state_dict():
    """Writing to the state dict's tensors is writing to the parameters; they do not require grad."""
    layer = nn.Linear(2, 1)
    state = layer.state_dict()
    state["bias"].fill_(5.0)

    assert layer.bias.item() == 5.0
    assert not state["bias"].requires_grad
    assert layer.bias.grad_fn is None


def test_views_of_parameters_belong_to_them():
    """What is computed from a part of a parameter has its gradient in the parameter."""
    layer = nn.Linear(2, 2, bias=False)
    layer.weight[0].sum().backward()

    assert layer.weight.grad.tolist() == [[1.0, 1.0], [0.0, 0.0]]
