"""Custom functions: gradients that do not fit, and what is missing or misused."""

from ..material import cube, leaf, made, passing
from ..suite import Cases, raised, warned

case = Cases()


# Gradients that do not fit --------------------------------------------------------------------------------------------


def backward_giving(torch, *given, inputs=1):
    """What becomes of a backward pass through a function whose backward returns this."""
    function = passing(torch, lambda ctx, g: given if len(given) > 1 else given[0])
    arguments = [leaf(torch) for _ in range(inputs)]
    function.apply(*arguments).sum().backward()
    return [x.grad for x in arguments]


@case
def too_many_gradients(torch):
    return backward_giving(torch, torch.ones(3), torch.ones(3))


@case
def too_many_gradients_that_are_none(torch):
    return backward_giving(torch, torch.ones(3), None, None)


@case
def too_few_gradients(torch):
    return backward_giving(torch, torch.ones(3), inputs=2)


@case
def a_gradient_of_another_shape(torch):
    return backward_giving(torch, torch.ones(2))


@case
def a_gradient_that_can_be_summed(torch):
    return backward_giving(torch, torch.ones(4, 3))


@case
def a_gradient_that_would_have_to_grow(torch):
    return backward_giving(torch, torch.ones(1))


@case
def a_gradient_of_another_dtype(torch):
    (gradient,) = backward_giving(torch, torch.ones(3, dtype=torch.float32))
    return gradient, str(gradient.dtype)


@case.better("its real part is the gradient", gives=[[1.0, 1.0, 1.0]])
def a_complex_gradient_for_a_real_input(torch):
    return backward_giving(torch, torch.ones(3, dtype=torch.complex128))


@case
def a_gradient_that_is_no_tensor(torch):
    return backward_giving(torch, 3)


@case.better("the meaning is clear", gives=[[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]])
def gradients_in_a_list(torch):
    x, y = leaf(torch), leaf(torch)
    passing(torch, lambda ctx, g: [g, g * 2]).apply(x, y).sum().backward()
    return x.grad, y.grad


@case
def a_gradient_that_is_none(torch):
    x = leaf(torch)
    passing(torch, lambda ctx, g: None).apply(x).sum().backward()
    return x.grad


@case
def a_gradient_for_an_argument_that_is_no_tensor(torch):
    passing(torch, lambda ctx, g: (g, g)).apply(leaf(torch), 3).sum().backward()


@case
def a_gradient_for_a_constant_is_dropped(torch):
    c = torch.ones(3, dtype=torch.float64)
    passing(torch, lambda ctx, g: (g, g)).apply(leaf(torch), c).sum().backward()
    return c.grad


@case
def backward_that_raises(torch):
    def backward(ctx, gradient):
        raise ValueError("mine")

    passing(torch, backward).apply(leaf(torch)).sum().backward()


@case
def forward_that_raises_leaves_grad_mode(torch):
    def forward(ctx, x):
        raise ValueError("mine")

    said = raised(lambda: made(torch, forward, lambda ctx, g: g).apply(leaf(torch)))
    return said, torch.is_grad_enabled()


# What is missing or misused -------------------------------------------------------------------------------------------


@case
def no_forward(torch):
    return type("Made", (torch.autograd.Function,), {}).apply(leaf(torch))


@case
def no_backward(torch):
    function = type("Made", (torch.autograd.Function,), {"forward": staticmethod(lambda ctx, x: x * 2)})
    y = function.apply(leaf(torch))
    y.sum().backward()


@case
def vjp_instead_of_backward(torch):
    members = {"forward": staticmethod(lambda ctx, x: x * 2), "vjp": staticmethod(lambda ctx, g: g * 2)}
    x = leaf(torch)
    type("Made", (torch.autograd.Function,), members).apply(x).sum().backward()
    return x.grad


@case
def both_vjp_and_backward(torch):
    function = made(torch, lambda ctx, x: x * 2, lambda ctx, g: g, vjp=staticmethod(lambda ctx, g: g))
    function.apply(leaf(torch)).sum().backward()


@case
def no_setup_context(torch):
    return torch.autograd.Function.setup_context(None, (), None)


@case
def no_jvp(torch):
    return torch.autograd.Function.jvp(None, None)


@case
def no_vmap(torch):
    return torch.autograd.Function.vmap(None, None)


@case
def an_instance_is_warned_of(torch):
    return [text.split(">")[1] for text in warned(lambda: cube(torch)())]


@case
def an_instance_is_called(torch):
    return cube(torch)()(leaf(torch))


@case
def apply_of_an_instance(torch):
    x = leaf(torch)
    return cube(torch)().apply(x)


@case
def forward_that_is_no_static_method(torch):
    class Legacy(torch.autograd.Function):
        def forward(self, x):
            return x * 2

        def backward(self, gradient):
            return gradient * 2

    return Legacy()(leaf(torch))


@case
def a_context_has_its_methods(torch):
    names = ["save_for_backward", "save_for_forward", "mark_dirty", "mark_non_differentiable", "set_materialize_grads"]
    return [hasattr(torch.autograd.function.FunctionCtx, name) for name in names]


@case
def mark_shared_storage_is_deprecated(torch):
    def forward(ctx, x):
        ctx.mark_shared_storage()
        return x * 2

    return warned(lambda: made(torch, forward, lambda ctx, g: g).apply(leaf(torch)))


@case
def nothing_requires_grad(torch):
    x = torch.ones(2)
    y = cube(torch).apply(x)
    return y, y.requires_grad, y.grad_fn


@case
def no_arguments(torch):
    y = made(torch, lambda ctx: torch.ones(2), lambda ctx, g: None).apply()
    return y, y.requires_grad


@case
def a_generate_vmap_rule_is_off(torch):
    return torch.autograd.Function.generate_vmap_rule, torch.autograd.Function.clear_saved_tensors_on_access


@case
def gradients_in_one_list(torch):
    class Boxed(torch.autograd.Function):
        boxed_grads_call = True

        @staticmethod
        def forward(ctx, x):
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, gradients):
            return gradients[0] * 2 + gradients[1] * 3

    x = leaf(torch)
    sum(Boxed.apply(x)).sum().backward()
    return x.grad


@case
def saved_tensors_that_are_cleared_on_access(torch):
    class Once(torch.autograd.Function):
        clear_saved_tensors_on_access = True

        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx, gradient):
            (x,) = ctx.saved_tensors
            ctx.again = raised(lambda: ctx.saved_tensors)
            return gradient * x

    x = leaf(torch)
    y = Once.apply(x)
    y.sum().backward()
    return x.grad, y.grad_fn.again
