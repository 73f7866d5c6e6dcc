"""Custom functions: derivatives of their derivatives."""

import weakref

from ..material import cube, leaf, made
from ..suite import Cases, raised

case = Cases()


# Derivatives of derivatives -------------------------------------------------------------------------------------------


@case
def derivatives_of_any_order(torch):
    x = leaf(torch)
    y, found = cube(torch).apply(x).sum(), []
    for _ in range(3):
        (y,) = torch.autograd.grad(y.sum(), x, create_graph=True)
        found.append(y)
    return found


@case
def a_function_within_backward(torch):
    square = made(torch, lambda ctx, x: x * x, lambda ctx, g: g * 100)

    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x * x / 3

    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * square.apply(x)

    x = leaf(torch)
    (first,) = torch.autograd.grad(made(torch, forward, backward).apply(x).sum(), x, create_graph=True)
    return first, torch.autograd.grad(first.sum(), x)


@case
def a_backward_pass_within_forward(torch):
    def forward(ctx, x):
        with torch.enable_grad():
            y = x.detach().requires_grad_()
            (ctx.slope,) = torch.autograd.grad((y * y * y).sum(), y)
        return x * x * x

    x = leaf(torch)
    made(torch, forward, lambda ctx, g: g * ctx.slope).apply(x).sum().backward()
    return x.grad


@case
def once_differentiable_gives_the_first_derivative(torch):
    once = torch.autograd.function.once_differentiable
    function = made(torch, lambda ctx, x: x * 2, once(lambda ctx, g: g * 2))
    x = leaf(torch)
    function.apply(x).sum().backward()
    return x.grad


@case
def once_differentiable_refuses_the_second(torch):
    once = torch.autograd.function.once_differentiable

    def backward(ctx, gradient):
        return gradient * 2

    x = leaf(torch)
    y = made(torch, lambda ctx, x: x * 2, once(backward)).apply(x)
    (first,) = torch.autograd.grad((y * y).sum(), x, create_graph=True)
    return first, first.requires_grad, raised(lambda: first.sum().backward())


@case
def once_differentiable_runs_without_grad_mode(torch):
    seen = []

    def backward(ctx, gradient):
        seen.append(torch.is_grad_enabled())
        return gradient * 2

    x = leaf(torch)
    y = made(torch, lambda ctx, x: x * 2, torch.autograd.function.once_differentiable(backward)).apply(x)
    torch.autograd.grad((y * y).sum(), x, create_graph=True)
    return seen


@case
def once_differentiable_with_a_constant_cotangent(torch):
    once = torch.autograd.function.once_differentiable
    x = leaf(torch)
    y = made(torch, lambda ctx, x: x * 2, once(lambda ctx, g: g * 2)).apply(x)
    (first,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    return first.requires_grad


@case
def once_differentiable_with_none_among_the_gradients(torch):
    once = torch.autograd.function.once_differentiable
    x = leaf(torch)
    y = made(torch, lambda ctx, x, n: x * n, once(lambda ctx, g: (g * 2, None))).apply(x, 2)
    (first,) = torch.autograd.grad((y * y).sum(), x, create_graph=True)
    return first.requires_grad


@case.better("the saved values are kept: 72 x**8 and 24 x**2", gives=[72.0, 18432.0, 216.0])
def a_function_in_a_chain_of_writes(torch):
    x = leaf(torch)
    h = x * 1
    y = cube(torch).apply(h[:2])
    h[:2] = y
    h.mul_(2)
    cube(torch).apply(h).sum().backward()
    return x.grad


@case
def complex_functions(torch):
    z = torch.tensor([1 + 2j, 3 - 1j], dtype=torch.complex128, requires_grad=True)

    def forward(ctx, z):
        ctx.save_for_backward(z)
        return z * z

    def backward(ctx, gradient):
        (z,) = ctx.saved_tensors
        return gradient * 2 * z.conj()

    made(torch, forward, backward).apply(z).abs().sum().backward()
    return z.grad


@case
def a_graph_is_freed_with_its_context(torch):

    class Token:
        pass

    def forward(ctx, x):
        ctx.token = Token()
        seen.append(weakref.ref(ctx.token))
        return x * 2

    seen = []
    y = made(torch, forward, lambda ctx, g: g).apply(leaf(torch))
    alive = seen[0]() is not None
    del y
    return alive, seen[0]() is None


@case
def a_nested_function_class(torch):
    names = ["forward_extended", "backward_extended", "mark_dirty", "save_for_backward"]
    return [hasattr(torch.autograd.function.NestedIOFunction, name) for name in names]


@case
def hooks_on_inputs_and_outputs(torch):
    seen = []
    x = leaf(torch)
    x.register_hook(lambda g: seen.append(["x", g.tolist()]))
    y = cube(torch).apply(x)
    y.register_hook(lambda g: g * 2)
    y.sum().backward()
    return seen, x.grad


@case
def retain_grad_of_an_output(torch):
    y = cube(torch).apply(leaf(torch))
    y.retain_grad()
    (y * 3).sum().backward()
    return y.grad


@case
def a_tensor_that_is_captured_has_no_gradient(torch):
    w = leaf(torch)
    y = made(torch, lambda ctx, x: x * w, lambda ctx, g: g).apply(leaf(torch))
    y.sum().backward()
    return w.grad


# Forward mode ---------------------------------------------------------------------------------------------------------


def with_jvp(torch, forward, jvp, **members):
    """A function of this forward and jvp."""
    return made(torch, forward, lambda ctx, g: g, jvp=staticmethod(jvp), **members)


def pushed(torch, function, *pairs):
    """The values and tangents of a function's outputs, for pairs of values and tangents."""
    forward_ad = torch.autograd.forward_ad
    with forward_ad.dual_level():
        duals = [forward_ad.make_dual(*pair) if isinstance(pair, tuple) else pair for pair in pairs]
        outputs = function.apply(*duals)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        return [tuple(forward_ad.unpack_dual(output)) for output in outputs]


def vector(torch, *values):
    """A vector of double precision."""
    return torch.tensor(values, dtype=torch.float64)


@case
def a_tangent_by_jvp(torch):
    def forward(ctx, x):
        ctx.save_for_forward(x)
        return x * x

    def jvp(ctx, t):
        (x,) = ctx.saved_tensors
        return 2 * x * t

    return pushed(torch, with_jvp(torch, forward, jvp), (vector(torch, 1.0, 2.0), vector(torch, 1.0, 10.0)))


@case
def tangents_that_are_missing_are_zeros(torch):
    seen = []

    def jvp(ctx, *ts):
        seen.append([None if t is None else t.tolist() for t in ts])
        return ts[0]

    function = with_jvp(torch, lambda ctx, x, y, n: x + y, jvp)
    return pushed(torch, function, (vector(torch, 1.0), vector(torch, 3.0)), vector(torch, 5.0), 7), seen


@case
def tangents_that_are_missing_are_none_when_not_materialized(torch):
    seen = []

    def forward(ctx, x, y):
        ctx.set_materialize_grads(False)
        return x + y

    def jvp(ctx, *ts):
        seen.append([t is None for t in ts])
        return ts[0]

    return pushed(
        torch, with_jvp(torch, forward, jvp), (vector(torch, 1.0), vector(torch, 3.0)), vector(torch, 5.0)
    ), seen


@case
def a_function_without_jvp_in_forward_mode(torch):
    return pushed(torch, cube(torch), (vector(torch, 1.0), vector(torch, 3.0)))


@case
def a_function_without_jvp_and_without_tangents(torch):
    with torch.autograd.forward_ad.dual_level():
        return cube(torch).apply(vector(torch, 2.0))


@case
def two_tangents_by_jvp(torch):
    function = with_jvp(torch, lambda ctx, x: (x * 2, x * 3), lambda ctx, t: (t * 2, t * 3))
    return pushed(torch, function, (vector(torch, 1.0), vector(torch, 3.0)))


@case.better("that output is constant", gives=[[2.0], [6.0]])
def one_of_two_tangents_is_none(torch):
    function = with_jvp(torch, lambda ctx, x: (x * 2, x * 3), lambda ctx, t: (t * 2, None))
    return pushed(torch, function, (vector(torch, 1.0), vector(torch, 3.0)))[0]


@case
def too_few_tangents(torch):
    function = with_jvp(torch, lambda ctx, x: (x * 2, x * 3), lambda ctx, t: t * 2)
    return pushed(torch, function, (vector(torch, 1.0), vector(torch, 3.0)))


@case
def a_tangent_of_another_shape(torch):
    function = with_jvp(torch, lambda ctx, x: x * 2, lambda ctx, t: torch.ones(3, dtype=torch.float64))
    return pushed(torch, function, (vector(torch, 1.0), vector(torch, 3.0)))


@case
def a_tangent_that_is_no_tensor(torch):
    function = with_jvp(torch, lambda ctx, x: x * 2, lambda ctx, t: 3)
    return pushed(torch, function, (vector(torch, 1.0), vector(torch, 3.0)))


@case
def a_dirty_input_and_its_tangent(torch):
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2)

    function = with_jvp(torch, forward, lambda ctx, t: t.mul_(2))
    return pushed(torch, function, (vector(torch, 1.0), vector(torch, 3.0)))


@case.better("the meaning is clear", gives=[[[1.0], [3.0]]])
def an_input_returned_as_it_is_and_its_tangent(torch):
    function = with_jvp(torch, lambda ctx, x: x, lambda ctx, t: t)
    return pushed(torch, function, (vector(torch, 1.0), vector(torch, 3.0)))


@case
def setup_context_and_jvp(torch):
    def setup_context(ctx, inputs, output):
        ctx.save_for_forward(*inputs)

    def jvp(ctx, s, t):
        x, y = ctx.saved_tensors
        return x * t + y * s

    function = with_jvp(torch, lambda x, y: x * y, jvp, setup_context=staticmethod(setup_context))
    return pushed(torch, function, (vector(torch, 2.0), vector(torch, 1.0)), (vector(torch, 5.0), vector(torch, 10.0)))


@case
def what_forward_computes_has_no_tangents(torch):
    seen = []

    def forward(ctx, x):
        seen.append(torch.autograd.forward_ad.unpack_dual(x * 2).tangent)
        return x * 2

    function = with_jvp(torch, forward, lambda ctx, t: t * 2)
    pushed(torch, function, (vector(torch, 1.0), vector(torch, 3.0)))
    return seen


@case
def forward_mode_over_backward(torch):
    forward_ad = torch.autograd.forward_ad

    def forward(ctx, x):
        ctx.save_for_backward(x)
        ctx.save_for_forward(x)
        return x * x * x

    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * 3 * x * x

    def jvp(ctx, t):
        (x,) = ctx.saved_tensors
        return 3 * x * x * t

    function = made(torch, forward, backward, jvp=staticmethod(jvp))
    x = leaf(torch, 2.0)
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(x, vector(torch, 1.0))
        (gradient,) = torch.autograd.grad(function.apply(dual).sum(), dual, create_graph=True)
        return tuple(forward_ad.unpack_dual(gradient))
