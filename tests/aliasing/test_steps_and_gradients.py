"""Optimisers between two passes, and gradients, which are memory too."""

import pytest

import mutagrad as torch

from .common import LOST, POLICIES, STRICT, leaf

# Optimisers -----------------------------------------------------------------------------------------------------------


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


# Gradients are memory too ---------------------------------------------------------------------------------------------


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
