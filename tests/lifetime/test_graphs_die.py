"""A graph dies with its last tensor, at once and without the garbage collector."""

import gc
import weakref

import numpy as np
import pytest

import mutagrad as torch

from .graphs import Graph, no_collector  # noqa: F401

pytestmark = pytest.mark.usefixtures("no_collector")


class Double(torch.autograd.Function):
    """Keeps its input and its output, and something of its own."""

    @staticmethod
    def forward(ctx, x):
        y = x * 2
        ctx.save_for_backward(x, y)
        ctx.factor = 2
        return y

    @staticmethod
    def backward(ctx, ct):
        x, y = ctx.saved_tensors
        return ct * ctx.factor + 0 * (x + y)


class DoubleInPlace(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2)

    @staticmethod
    def backward(ctx, ct):
        return ct * 2


def ordinary(x):
    return ((x * 2).sin() + x.exp() / 3).sum()


def matrices(x):
    return torch.softmax(x.view(2, 2) @ x.view(2, 2).t(), 1).log().mean()


def in_place(x):
    h = x * 1
    h.add_(h.sin())
    h.mul_(h.exp())
    h.sigmoid_()
    return h


def the_result_of_a_read_written_back(x):
    """The family's later writer leads to its earlier state: no edge may lead from there to the family itself."""
    h = x * 1
    h.add_(h.sin())
    h[0] = h[1] * h[2]
    h[1:] = h[:-1].clone()
    return h


def views_of_views(x):
    h = x * 1
    v = h.view(2, 2).t()[0]
    v.mul_(h[1:3])
    w = h.view(2, 2)[:, 1]
    w += v.sin()
    return h, v, w


def overwritten_values(x):
    """Saved values that were copied when they were overwritten."""
    h = x * 1
    y = h.sin() * h
    h.zero_()
    return h, y


def scattered(x):
    h = x * 1
    h[[0, 2]] = h[[1, 3]].cos()
    return h.masked_fill(h > 0, 0.0), torch.cat([h, h]).index_select(0, torch.tensor([1, 5]))


def several_outputs(x):
    values, indices = x.sort()
    first, *_ = (x * 1).unbind()
    return values, indices, first, *x.sin().split(2), x.max(0).values


def hooked(x):
    h = x * 1
    h.register_hook(lambda gradient: gradient * 2)
    v = h[1:]
    v.register_hook(lambda gradient: None)
    h.retain_grad()
    v.retain_grad()
    y = h.sin() + v.sum()
    h.mul_(2)
    return y, h


def custom(x):
    y = Double.apply(x * 1)
    return DoubleInPlace.apply(y * 1), y


def looked_at(x):
    """`grad_fn` and what hangs on it, asked for and let go."""
    y = (x * 2).sin()
    assert y.grad_fn.next_functions[0][0].next_functions[0][0].variable is x
    assert y.grad_fn._saved_self is not None
    return y


def second_derivative(x):
    y = (x**3).sum()
    (gradient,) = torch.autograd.grad(y, x, create_graph=True)
    return gradient, (gradient * gradient).sum()


def cut_off(x):
    h = x * 1
    d = h.detach()
    y = h * h
    d.zero_()
    d.requires_grad_()
    return y, d.sin(), h.data


def exposed(x):
    h = x * 1
    array = h.detach().numpy()
    y = h * h
    array[0] = 5
    return y, torch.from_numpy(array)


def under_no_grad(x):
    h = x * 1
    y = h * h
    with torch.no_grad():
        v = h[1:]
        v.zero_()
    return y, v


PROGRAMS = [
    ordinary, matrices, in_place, the_result_of_a_read_written_back, views_of_views, overwritten_values, scattered,
    several_outputs, hooked, custom, looked_at, second_derivative, cut_off, exposed, under_no_grad,
]  # fmt: skip
POLICIES = pytest.mark.parametrize("policy", ["preserve", "error", "torch"])


def leaf():
    return torch.tensor([0.5, -0.25, 1.0, 2.0], dtype=torch.float64, requires_grad=True)


def run(program, x):
    results = program(x)
    return results if isinstance(results, tuple) else (results,)


@POLICIES
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_a_graph_dies_with_its_last_tensor(program, policy):
    x = leaf()
    with torch.set_overwrite_policy(policy):
        results = run(program, x)
        graph = Graph(*results)
        assert graph.alive
        del results

    assert graph.alive == 0


@pytest.mark.parametrize("retain_graph", [False, True])
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_a_graph_that_was_gone_through_dies_too(program, retain_graph):
    """A pass leaves nothing behind on nodes, storages or leaves but the gradient."""
    x = leaf()
    results = run(program, x)
    graph = Graph(*results)
    total = sum(y.sum() for y in results if y.requires_grad)
    total.backward(retain_graph=retain_graph)
    del results, total

    assert graph.alive == 0 and x.grad is not None


@pytest.mark.parametrize("program", [ordinary, in_place, custom, overwritten_values], ids=lambda f: f.__name__)
def test_a_pass_frees_what_was_saved(program):
    """The nodes are there as long as the loss is, but not the memory they kept."""
    x = leaf()
    results = run(program, x)
    total = sum(y.sum() for y in results)
    graph = Graph(total)
    del results
    total.backward()
    own = total._family.storage

    assert [each() for each in graph.storages if each() not in (None, own)] == []
    assert all(node() is not None for node in graph.nodes)


def test_a_gradient_with_a_history_is_let_go_with_the_gradient():
    """`backward(create_graph=True)` ties a leaf to its gradient; `x.grad = None` unties them."""
    x = leaf()
    y = (x**3).sum()
    y.backward(create_graph=True)
    graph = Graph(x.grad)
    x.grad = None
    del y

    assert graph.alive == 0


def test_a_leaf_dies_with_its_name():
    x = leaf()
    x.sin().sum().backward()
    x.register_hook(lambda gradient: None)
    x.register_post_accumulate_grad_hook(lambda tensor: None)
    leaf_itself, storage = weakref.ref(x), weakref.ref(x._family.storage)
    del x

    assert leaf_itself() is None and storage() is None


def test_a_view_holds_the_memory_and_not_the_tensor():
    x = leaf()
    h = x * 1
    v = h[1:]
    base, storage = weakref.ref(h), weakref.ref(h._family.storage)
    del h

    assert base() is None and storage() is not None
    del v
    assert storage() is None


def failing():
    """A class of functions that is nobody else's, whose backward raises."""

    class Fails(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * 1

        @staticmethod
        def backward(ctx, ct):
            raise ValueError("no gradient today")

    return Fails


def test_an_exception_in_backward_leaves_nothing_behind():
    """Once it is handled, with its traceback, the graph dies as ever."""
    fails = failing()
    x = leaf()
    y = fails.apply(x * 1).sin()
    graph = Graph(y)
    try:
        y.sum().backward()
    except ValueError as error:
        assert str(error) == "no gradient today"
    del y

    assert graph.alive == 0


@pytest.mark.parametrize("policy", ["error", "torch"])
def test_an_overwritten_value_leaves_nothing_behind(policy):
    x = leaf()
    with torch.set_overwrite_policy(policy):
        h = x * 1
        y = h * h
        h.zero_()
    graph = Graph(h, y)
    with pytest.raises(RuntimeError) as caught:
        y.sum().backward()
    del caught, y, h

    assert graph.alive == 0


def test_a_hook_that_raises_leaves_nothing_behind():
    def refuse(gradient):
        raise ValueError

    x = leaf()
    h = x * 1
    h.register_hook(refuse)
    y = h.sin()
    graph = Graph(h, y)
    with pytest.raises(ValueError):
        y.sum().backward()
    del h, y

    assert graph.alive == 0


def test_a_second_pass_that_is_refused_leaves_nothing_behind():
    x = leaf()
    y = (x * 1).sin().sum()
    y.backward()
    graph = Graph(y)
    with pytest.raises(RuntimeError):
        y.backward()
    del y

    assert graph.alive == 0


def test_a_class_of_custom_functions_can_die():
    """No registry holds the class; a class is a cycle in itself, so the collector may come."""

    def use():
        kind = failing()
        kind.apply(leaf())
        return weakref.ref(kind)

    kind = use()
    gc.collect()

    assert kind() is None


def test_saved_values_die_with_their_nodes():
    """A storage knows its saved values weakly: one whose graph is gone is no value to be kept."""
    x = leaf()
    h = x * 1
    for _ in range(100):
        h.sin()
    before = torch.overwrite_statistics()
    h.zero_()

    assert torch.overwrite_statistics() == before


def test_memory_taken_in_is_given_back():
    """A tensor over an array holds it; when the tensor is gone so is the hold."""

    class Array(np.ndarray):
        """An array that can be watched."""

    owned = np.ones(3).view(Array)
    watched = weakref.ref(owned)
    x = torch.from_numpy(owned).requires_grad_()
    y = x * x
    del owned
    assert y.tolist() == [1.0, 1.0, 1.0]
    del x, y

    assert watched() is None
