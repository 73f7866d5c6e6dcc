"""Custom functions: inputs and outputs, and writes in place."""

import collections

from ..material import cube, leaf, made
from ..suite import Cases

case = Cases()


# Inputs and outputs ---------------------------------------------------------------------------------------------------


@case
def an_input_returned_as_it_is(torch):
    x = leaf(torch)
    y = made(torch, lambda ctx, x: x, lambda ctx, g: g * 5).apply(x)
    y.sum().backward()
    return y is x, y.grad_fn.name(), x.grad


@case
def a_constant_returned_as_it_is(torch):
    x = torch.ones(2)
    y = made(torch, lambda ctx, x: x, lambda ctx, g: g * 5).apply(x)
    return y is x, y.requires_grad


@case
def an_input_returned_as_it_is_under_no_grad(torch):
    x = leaf(torch)
    with torch.no_grad():
        y = made(torch, lambda ctx, x: x, lambda ctx, g: g * 5).apply(x)
    return y is x, y.requires_grad


@case
def a_returned_input_written_in_place(torch):
    x = leaf(torch).clone()
    y = made(torch, lambda ctx, x: x, lambda ctx, g: g * 5).apply(x)
    y.add_(1)


@case
def a_view_of_an_input_is_returned(torch):
    x = leaf(torch)
    y = made(torch, lambda ctx, x: x[:2], lambda ctx, g: torch.cat([g * 5, g[:1] * 0])).apply(x)
    y.sum().backward()
    return x.grad, y.grad_fn.name()


@case
def a_view_of_an_input_written_in_place(torch):
    x = leaf(torch).clone()
    y = made(torch, lambda ctx, x: x[:2], lambda ctx, g: torch.cat([g * 5, g[:1] * 0])).apply(x)
    y.add_(1)


@case
def a_view_as_input(torch):
    x = leaf(torch)
    y = cube(torch).apply(x[1:])
    y.sum().backward()
    return x.grad


@case
def outputs_that_share_memory_with_each_other(torch):
    def forward(ctx, x):
        y = x * 2
        return y, y[:1]

    def backward(ctx, a, b):
        return a * 2 + torch.cat([b * 2, a[1:] * 0])

    x = leaf(torch)
    a, b = made(torch, forward, backward).apply(x)
    (a.sum() + 10 * b.sum()).backward()
    return x.grad, b.requires_grad


@case
def the_same_tensor_twice(torch):
    def forward(ctx, x):
        y = x * 2
        return y, y

    x = leaf(torch)
    a, b = made(torch, forward, lambda ctx, a, b: a * 2 + b * 20).apply(x)
    (a.sum() + b.sum()).backward()
    return x.grad, a is b


@case
def the_same_input_twice(torch):
    x = leaf(torch)
    made(torch, lambda ctx, a, b: a * b, lambda ctx, g: (g * 2, g * 30)).apply(x, x).sum().backward()
    return x.grad


@case
def outputs_that_are_no_tensors(torch):
    x = leaf(torch)
    a, n, s, none = made(torch, lambda ctx, x: (x * 2, 5, "s", None), lambda ctx, g, *rest: g * 2).apply(x)
    a.sum().backward()
    return n, s, none, x.grad


@case
def gradients_of_outputs_that_are_no_tensors(torch):
    seen = []

    def backward(ctx, *gradients):
        seen.append([None if g is None else g.tolist() for g in gradients])
        return gradients[0]

    made(torch, lambda ctx, x: (x * 2, 5, None), backward).apply(leaf(torch))[0].sum().backward()
    return seen


@case
def an_output_that_is_no_tensor_alone(torch):
    return made(torch, lambda ctx, x: 5, lambda ctx, g: g).apply(leaf(torch))


@case
def a_list_of_outputs(torch):
    y = made(torch, lambda ctx, x: [x * 2, x], lambda ctx, g: g).apply(leaf(torch))
    return type(y).__name__, y[0].requires_grad


@case
def a_named_tuple_of_outputs(torch):
    pair = collections.namedtuple("pair", "a b")
    y = made(torch, lambda ctx, x: pair(x * 2, x * 3), lambda ctx, a, b: a).apply(leaf(torch))
    return type(y).__name__, len(y), y[1].requires_grad


@case
def tensors_within_lists_are_no_inputs(torch):
    x = leaf(torch)
    y = made(torch, lambda ctx, xs: xs[0] * 2, lambda ctx, g: None).apply([x])
    return y.requires_grad


@case
def an_integer_output(torch):
    x = leaf(torch, 3.0, 1.0, 2.0)
    values, order = made(torch, lambda ctx, x: tuple(x.sort()), lambda ctx, a, b: a).apply(x)
    return order.requires_grad, order.grad_fn is None, values.requires_grad


@case
def outputs_marked_non_differentiable(torch):
    seen = []

    def forward(ctx, x):
        a, b = x * 2, x * 3
        ctx.mark_non_differentiable(b)
        return a, b

    def backward(ctx, a, b):
        seen.append([a.tolist(), b.tolist()])
        return a * 2

    x = leaf(torch)
    a, b = made(torch, forward, backward).apply(x)
    a.sum().backward()
    return b.requires_grad, b.grad_fn is None, seen, x.grad


@case
def missing_gradients_are_zeros(torch):
    seen = []

    def backward(ctx, a, b):
        seen.append([a.tolist(), b.tolist()])
        return a + b

    function = made(torch, lambda ctx, x: (x * 1, x * 1), backward)
    function.apply(leaf(torch))[0].sum().backward()
    return seen


@case
def missing_gradients_are_none_when_not_materialized(torch):
    seen = []

    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 1, x * 1

    def backward(ctx, a, b):
        seen.append([a is None, b is None])
        return b

    made(torch, forward, backward).apply(leaf(torch))[1].sum().backward()
    return seen


# In place -------------------------------------------------------------------------------------------------------------


def doubling_in_place(torch):
    """Doubles its input where it is."""

    def forward(ctx, x):
        ctx.mark_dirty(x)
        x.mul_(2)
        return x

    return made(torch, forward, lambda ctx, g: g * 2)


@case
def a_dirty_input_is_the_output(torch):
    x = leaf(torch)
    h = x * 3
    y = doubling_in_place(torch).apply(h)
    y.sum().backward()
    return y is h, h, x.grad, h.grad_fn.name(), h._version


@case
def a_dirty_view(torch):
    x = leaf(torch)
    h = x * 3
    y = doubling_in_place(torch).apply(h[:2])
    h.sum().backward()
    return y, h, x.grad, h.grad_fn.name()


@case
def a_dirty_leaf(torch):
    return doubling_in_place(torch).apply(leaf(torch))


@case
def a_dirty_view_of_a_leaf(torch):
    return doubling_in_place(torch).apply(leaf(torch)[:2])


@case
def a_dirty_constant_beside_an_input(torch):
    def forward(ctx, target, x):
        target.add_(x)
        ctx.mark_dirty(target)
        return target

    target, x = torch.zeros(3, dtype=torch.float64), leaf(torch)
    made(torch, forward, lambda ctx, g: (g, g * 7)).apply(target, x)
    target.sum().backward()
    return x.grad, target.requires_grad, target.is_leaf


@case
def a_dirty_input_not_returned(torch):
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2) + 1

    return made(torch, forward, lambda ctx, g: g * 2).apply(leaf(torch) * 1)


@case.better(
    "it says which argument and of what type",
    gives={"raises": "RuntimeError: mark_dirty can only accept variables, but argument 0 is of type int"},
)
def marking_dirty_what_is_no_tensor(torch):
    def forward(ctx, x):
        ctx.mark_dirty(3)
        return x * 2

    return made(torch, forward, lambda ctx, g: g).apply(leaf(torch))


@case
def a_dirty_input_under_no_grad(torch):
    h = torch.ones(2)
    with torch.no_grad():
        y = doubling_in_place(torch).apply(h)
    return y is h, y, h.requires_grad


@case
def marking_dirty_what_is_no_input(torch):
    def forward(ctx, x):
        y = x * 2
        ctx.mark_dirty(y)
        return y

    y = made(torch, forward, lambda ctx, g: g).apply(leaf(torch))
    return y.requires_grad


@case
def an_inplace_function(torch):
    class Fill(torch.autograd.function.InplaceFunction):
        @staticmethod
        def forward(ctx, x, value, inplace=False):
            ctx.inplace = inplace
            if inplace:
                ctx.mark_dirty(x)
                return x.fill_(value)
            return torch.full_like(x, value)

        @staticmethod
        def backward(ctx, gradient):
            return gradient * 0, None, None

    x = leaf(torch)
    h = x * 1
    Fill.apply(h, 4.0, True).sum().backward()
    return x.grad, h, h.grad_fn.name()
