"""Writes between forward and backward, in hooks and in custom functions."""

from ..material import quartet, squares
from ..suite import Cases, raised

case = Cases()


# Between forward and backward -----------------------------------------------------------------------------------------


@case.better("the value was kept", gives=[0.5403023, -0.4161468, -0.9899925, -0.6536436])
def a_saved_value_is_overwritten(torch):
    x = quartet(torch)
    h = x * 1
    y = h.sin()
    h.zero_()
    y.sum().backward()
    return x.grad


@case.better("the value was kept", gives=[2.7182818, 7.3890561, 20.0855369, 54.5981500])
def a_saved_result_is_overwritten(torch):
    x = quartet(torch)
    y = x.exp()
    z = y.sum()
    y.add_(1)
    z.backward()
    return x.grad


@case.better("other elements were written than are needed", gives=[0.0, 0.0, -0.9899925, -0.6536436])
def elements_beside_those_saved_are_written(torch):
    x = quartet(torch)
    h = x * 1
    y = h[2:].sin()
    h[:2] = 0
    y.sum().backward()
    return x.grad


@case.better("element i is not element i - 1", gives=[43.0, 19.0, 10.0, 10.0])
def a_recurrence_in_place(torch):
    x = quartet(torch)
    d = torch.ones(4, dtype=torch.float64)
    for i in range(1, 4):
        d[i] = d[i - 1] * x[i - 1]
    (d.sum() * x[3] + x[0] + d[3]).backward()
    return x.grad


@case
def what_is_not_needed_may_be_overwritten(torch):
    x = quartet(torch)
    h = x * 2
    y = h + 1
    h.zero_()
    y.sum().backward()
    return x.grad


@case.better("the value was kept", gives=[0.3932239, 0.2099872, 0.0903533, 0.0353254])
def a_result_is_written_by_its_own_tensor(torch):
    x = quartet(torch)
    h = x * 1
    h.sigmoid_().mul_(2)
    h.sum().backward()
    return x.grad


@case.better(
    "the history of what was overwritten is freed at once: no gradient reaches what led to it only", gives=None
)
def a_whole_overwrite_leaves_no_gradient(torch):
    x = quartet(torch)
    h = x * 2
    h.zero_()
    (h + torch.ones(4, dtype=torch.float64, requires_grad=True)).sum().backward()
    return x.grad


@case
def gradients_of_a_graph_written_under_no_grad(torch):
    x = quartet(torch)
    h = x * 2
    y = h * 3
    with torch.no_grad():
        h.mul_(100)
    y.sum().backward()
    return x.grad


@case
def a_gradient_is_written(torch):
    x = quartet(torch)
    (x * x).sum().backward()
    x.grad.zero_()
    (x * 3).sum().backward()
    return x.grad


@case
def a_gradient_is_the_same_tensor_in_every_pass(torch):
    x = quartet(torch)
    (x * x).sum().backward()
    first = x.grad
    (x * x).sum().backward()
    return first is x.grad, first


@case
def a_gradient_of_another_shape_is_refused(torch):
    x = quartet(torch)

    def assign(value):
        def call():
            x.grad = value

        return raised(call)

    return assign(torch.ones(2, dtype=torch.float64)), assign(torch.ones(4)), assign(3), assign(x)


# In hooks and in custom functions -------------------------------------------------------------------------------------


@case
def a_hook_writes_a_leaf(torch):
    x = quartet(torch)
    h = x * 2

    def write(g):
        with torch.no_grad():
            x.zero_()

    h.register_hook(write)
    h.sum().backward()
    return x, x.grad


@case
def a_hook_writes_the_gradient(torch):
    x = quartet(torch)
    h = x * 2
    h.register_hook(lambda g: g.clone().mul_(10))
    h.sum().backward()
    return x.grad


@case.better("the value was kept", gives=[2.0, 4.0, 6.0, 8.0])
def a_hook_overwrites_what_is_still_needed(torch):
    x = quartet(torch)
    h = x * x
    y = h * 1

    def write(g):
        with torch.no_grad():
            x.zero_()

    y.register_hook(write)
    y.sum().backward()
    return x.grad


@case
def a_custom_function_writes_its_input(torch):
    class Triple(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x.mul_(3)

        @staticmethod
        def backward(ctx, g):
            return g * 3

    x = quartet(torch)
    h = x * 1
    y = Triple.apply(h)
    return y is h, h.grad_fn.name(), squares(x, h)


@case
def a_custom_function_writes_a_leaf(torch):
    class Triple(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x.mul_(3)

        @staticmethod
        def backward(ctx, g):
            return g * 3

    return raised(lambda: Triple.apply(quartet(torch)))


@case
def a_view_that_a_custom_function_returns_is_written(torch):
    class Head(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x[:2]

        @staticmethod
        def backward(ctx, g):
            return torch.cat([g, torch.zeros_like(g)])

    v = Head.apply(quartet(torch) * 1)
    return raised(lambda: v.mul_(2))


@case
def what_is_written_inside_a_custom_function(torch):
    class Halves(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            buffer = torch.zeros_like(x)
            buffer[:2] = x[:2]
            buffer[2:] = x[2:] * 2
            return buffer

        @staticmethod
        def backward(ctx, g):
            g = g.clone()
            g[2:] *= 2
            return g

    x = quartet(torch)
    return squares(x, Halves.apply(x))


@case.better(
    "one value may be written where an element is seen twice",
    gives=[0.0, 0.0, 0.0, 1.9982828848737382, -4.071650785973568, -5.370240652806559],
)
def elements_seen_twice_are_set_to_zero_and_differentiated_twice(torch):
    def function(x):
        y = x * 1
        y.expand(2, 2, 3)[:, :1].zero_()
        return (y**3).sum() + y.exp().sum()

    x = torch.arange(6.0, dtype=torch.float64).reshape(2, 3).sin()
    return torch.autograd.functional.hessian(function, x).reshape(6, 6).diagonal()
