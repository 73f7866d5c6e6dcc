"""Custom functions under the transforms: `vmap` static methods, generated rules, and every composition with `torch.func`."""

from ..suite import Cases

case = Cases()


def values(torch, *shape):
    """Values between -1 and 1 in double precision."""
    count = 1
    for size in shape:
        count *= size
    return (torch.arange(count, dtype=torch.float64) + 1).sin().reshape(shape)


def cube(torch, *, generated=True, pushes=True):
    """The third power, with a rule for each mode."""

    class Cube(torch.autograd.Function):
        generate_vmap_rule = generated

        @staticmethod
        def forward(x):
            return x**3

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(*inputs)
            ctx.save_for_forward(*inputs)

        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            return grad * 3 * x**2

    if pushes:

        def jvp(ctx, tangent):
            (x,) = ctx.saved_tensors
            return 3 * x**2 * tangent

        Cube.jvp = staticmethod(jvp)
    return Cube


def mapped_product(torch, log):
    """A product that says itself how it is mapped, and notes what it was told."""

    class Product(torch.autograd.Function):
        @staticmethod
        def forward(x, y):
            return x * y

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(*inputs)

        @staticmethod
        def backward(ctx, grad):
            x, y = ctx.saved_tensors
            return Product.apply(grad, y), Product.apply(grad, x)

        @staticmethod
        def vmap(info, in_dims, x, y):
            log.append((info.batch_size, info.randomness, in_dims))
            x = x if in_dims[0] is None else x.movedim(in_dims[0], 0)
            y = y if in_dims[1] is None else y.movedim(in_dims[1], 0)
            return Product.apply(x, y), 0

    return Product


def giving(torch, result):
    """A function whose `vmap` gives `result(x)`."""

    class Odd(torch.autograd.Function):
        @staticmethod
        def forward(x):
            return x

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        @staticmethod
        def vmap(info, in_dims, x):
            return result(x)

    return Odd


# Rules --------------------------------------------------------------------------------------------------------------


@case
def a_generated_rule(torch):
    return torch.vmap(cube(torch).apply, in_dims=1, out_dims=1)(values(torch, 3, 2))


@case.better(
    "nothing in forward has to know of the samples",
    gives=[
        [0.5958232365909556, 0.7518269446689928],
        [0.002810384734461274, -0.4334586419808374],
        [-0.881765166036633, -0.021814811956275378],
    ],
)
def no_rule(torch):
    return torch.vmap(cube(torch, generated=False).apply)(values(torch, 3, 2))


@case.better("forward may take the context itself", gives=[2.1242202548207136, 2.480465431295418, 0.059744570024450966])
def no_setup_context(torch):
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, grad):
            return grad * 3 * ctx.saved_tensors[0] ** 2

    return torch.func.grad(lambda x: Cube.apply(x).sum())(values(torch, 3))


@case
def a_generated_rule_and_one_of_its_own(torch):
    function = giving(torch, lambda x: (x, 0))
    function.generate_vmap_rule = True
    return torch.vmap(function.apply)(values(torch, 3, 2))


@case
def what_the_rule_is_told(torch):
    log = []
    product = mapped_product(torch, log)
    out = torch.vmap(product.apply, in_dims=(0, None), randomness="same")(values(torch, 3, 2), values(torch, 2))
    return out, log


@case
def two_levels(torch):
    log = []
    product = mapped_product(torch, log)
    out = torch.vmap(torch.vmap(product.apply))(values(torch, 3, 2, 2), values(torch, 3, 2, 2))
    return out, log


@case
def the_same_for_the_inner_level(torch):
    log = []
    product = mapped_product(torch, log)
    inner = torch.vmap(lambda z, x: product.apply(x, x) + z, in_dims=(0, None))
    return torch.vmap(inner, in_dims=(None, 0))(values(torch, 2), values(torch, 3, 2)), log


@case
def no_argument_is_mapped(torch):
    log, y = [], values(torch, 2)
    product = mapped_product(torch, log)
    return torch.vmap(lambda x: product.apply(y, y) + x)(values(torch, 3, 2)), log


@case
def chunks_call_it_once_each(torch):
    log = []
    torch.vmap(mapped_product(torch, log).apply, chunk_size=2)(values(torch, 3, 2), values(torch, 3, 2))
    return log


@case
def three_returns(torch):
    return torch.vmap(giving(torch, lambda x: (x, 0, 0)).apply)(values(torch, 3, 2))


@case
def out_dims_of_another_structure(torch):
    try:
        torch.vmap(giving(torch, lambda x: (x, (0, 0))).apply)(values(torch, 3, 2))
    except RuntimeError as error:
        return str(error).partition(" out_dims has structure")[0]


@case
def an_output_that_is_the_same_for_all(torch):
    return torch.vmap(giving(torch, lambda x: (x.sum(0), None)).apply)(values(torch, 3, 2))


@case
def a_structure_among_the_arguments(torch):
    class Scaled(torch.autograd.Function):
        @staticmethod
        def forward(x, options):
            return x * options["by"][0]

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        @staticmethod
        def vmap(info, in_dims, x, options):
            log.append(in_dims)
            return Scaled.apply(x, options), 0

    log, by = [], values(torch, 2)
    return torch.vmap(lambda x: Scaled.apply(x, {"by": [by]}))(values(torch, 3, 2)), log


# Gradients of samples -----------------------------------------------------------------------------------------------


@case
def a_gradient_for_each_sample(torch):
    product = mapped_product(torch, [])
    y = values(torch, 2)
    return torch.vmap(torch.func.grad(lambda x: product.apply(x, product.apply(x, y)).sum()))(values(torch, 3, 2))


@case
def a_gradient_for_each_sample_by_what_they_share(torch):
    product = mapped_product(torch, [])
    by_both = torch.func.grad(lambda x, y: product.apply(x, y).sum(), argnums=(0, 1))
    return torch.vmap(by_both, in_dims=(0, None))(values(torch, 3, 2), values(torch, 2))


@case
def the_gradient_of_all_by_what_they_share(torch):
    product = mapped_product(torch, [])
    x = values(torch, 3, 2)
    return torch.func.grad(lambda y: torch.vmap(product.apply, in_dims=(0, None))(x, y).sum())(values(torch, 2))


@case
def generated_by_what_they_share(torch):
    class Product(torch.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(x, y):
            return x * y

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(*inputs)

        @staticmethod
        def backward(ctx, grad):
            x, y = ctx.saved_tensors
            return grad * y, grad * x

    x, y = values(torch, 3, 2), values(torch, 2)
    each = torch.vmap(torch.func.grad(lambda y, x: Product.apply(x, y).sum()), in_dims=(None, 0))
    return each(y, x), torch.func.grad(lambda y: torch.vmap(Product.apply, in_dims=(0, None))(x, y).sum())(y)


@case
def a_saved_output(torch):
    class Exp(torch.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(x):
            return x.exp()

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(output)

        @staticmethod
        def backward(ctx, grad):
            return grad * ctx.saved_tensors[0]

    gradient = torch.func.grad(lambda x: Exp.apply(x).sum())
    return torch.vmap(gradient)(values(torch, 3, 2)), torch.vmap(torch.func.jacrev(gradient))(values(torch, 3, 2))


@case
def writes_in_place_in_both_passes(torch):
    class Shifted(torch.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(x):
            y = x.clone()
            y[0] = y[1] * 3
            return y

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        @staticmethod
        def backward(ctx, grad):
            grad = grad.clone()
            grad[1] += 3 * grad[0]
            grad[0] = 0
            return grad

    return torch.vmap(torch.func.grad(lambda x: (Shifted.apply(x) ** 2).sum()))(values(torch, 3, 2))


@case
def a_view_and_an_input_given_back(torch):
    def function(forward, factor):
        class Given(torch.autograd.Function):
            generate_vmap_rule = True

            @staticmethod
            def setup_context(ctx, inputs, output):
                pass

            @staticmethod
            def backward(ctx, grad):
                return grad.reshape(2) * factor

        Given.forward = staticmethod(forward)
        return torch.func.grad(lambda x: (Given.apply(x) ** 2).sum())

    view, same = function(lambda x: x.view(2, 1), 1), function(lambda x: x, 5)
    return torch.vmap(view)(values(torch, 3, 2)), torch.vmap(same)(values(torch, 3, 2))


@case
def no_gradient_for_a_mask(torch):
    class Masked(torch.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(x):
            return x * 2, (x > 0).double()

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.mark_non_differentiable(output[1])

        @staticmethod
        def backward(ctx, grad, _):
            return grad * 2

    return torch.vmap(torch.func.grad(lambda x: sum(out.sum() for out in Masked.apply(x))))(values(torch, 3, 2))


@case
def a_dirty_input_is_written_for_every_sample(torch):
    class Doubled(torch.autograd.Function):
        @staticmethod
        def forward(x):
            return x.mul_(2)

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.mark_dirty(inputs[0])

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

        @staticmethod
        def vmap(info, in_dims, x):
            return Doubled.apply(x), in_dims[0]

    def twice(x):
        y = x.clone()
        return y, Doubled.apply(y)

    return torch.vmap(twice)(values(torch, 3, 2)), torch.func.grad(lambda x: twice(x)[0].sum())(values(torch, 3))


# Compositions -------------------------------------------------------------------------------------------------------


@case
def pushed(torch):
    return torch.func.jvp(cube(torch).apply, (values(torch, 3),), (values(torch, 3),))


@case
def nothing_to_push_with(torch):
    return torch.func.jvp(cube(torch, pushes=False).apply, (values(torch, 3),), (values(torch, 3),))


@case.better(
    "PyTorch loses the second tangent of what jvp saved",
    gives=[
        [1.7874697097728667, 2.2554808340069785, 0.008431154203383822],
        [3.5749394195457334, 4.510961668013957, 0.016862308406767643],
    ],
)
def pushed_twice(torch):
    x = values(torch, 3)
    return torch.func.jvp(lambda x: torch.func.jvp(cube(torch).apply, (x,), (values(torch, 3),))[1], (x,), (x,))


@case
def pushed_through_a_gradient(torch):
    return torch.func.jvp(
        torch.func.grad(lambda x: cube(torch).apply(x).sum()), (values(torch, 3),), (values(torch, 3),)
    )


@case
def the_gradient_of_what_is_pushed(torch):
    x = values(torch, 3)
    return torch.func.grad(lambda y: torch.func.jvp(cube(torch).apply, (y,), (x,))[1].sum())(x)


@case
def pushed_for_each_sample(torch):
    return torch.vmap(lambda x: torch.func.jvp(cube(torch).apply, (x,), (values(torch, 2),)))(values(torch, 3, 2))


@case
def jacobians(torch):
    function = cube(torch).apply
    return torch.func.jacrev(function)(values(torch, 3)), torch.func.jacfwd(function)(values(torch, 3))


@case
def hessians(torch):
    def function(x):
        return cube(torch).apply(x).sum()

    twice = torch.func.jacrev(torch.func.jacrev(function))
    return torch.func.hessian(function)(values(torch, 3)), twice(values(torch, 3))


@case
def linear(torch):
    out, push = torch.func.linearize(cube(torch).apply, values(torch, 3))
    return out, push(values(torch, 3))


@case
def pulled(torch):
    out, pull = torch.func.vjp(cube(torch).apply, values(torch, 3))
    return out, pull(values(torch, 3))
