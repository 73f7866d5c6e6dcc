"""`gradcheck` and `gradgradcheck`: what passes, what does not, and what is said of it."""

from ..suite import Cases, raised, warned

case = Cases()


def doubles(torch, *values, requires_grad=True):
    """A vector of double precision."""
    return torch.tensor(values, dtype=torch.float64, requires_grad=requires_grad)


def complexes(torch, *values):
    """A complex vector of double precision."""
    return torch.tensor(values, dtype=torch.complex128, requires_grad=True)


def scaling(torch, forward, backward):
    """A function that multiplies by `forward`, and whose gradient by `backward`."""

    class Scale(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * forward

        @staticmethod
        def backward(ctx, gradient):
            return gradient * backward

    return Scale.apply


def message(call):
    """The whole text of what a call raises."""
    try:
        call()
    except RuntimeError as error:
        return str(error)


@case
def a_right_gradient_passes(torch):
    return torch.autograd.gradcheck(lambda x: x.sin() * x, doubles(torch, 0.1, 0.2))


@case
def a_right_gradient_passes_in_fast_mode(torch):
    return torch.autograd.gradcheck(lambda x: x.sin() * x, doubles(torch, 0.1, 0.2), fast_mode=True)


@case
def several_inputs_and_outputs(torch):
    x, y = doubles(torch, 0.1, 0.2), doubles(torch, 0.3, -0.2)
    return [
        torch.autograd.gradcheck(lambda x, y: (x * y, x.exp() / (y + 1), y), (x, y), fast_mode=fast)
        for fast in (False, True)
    ]


@case
def inputs_that_do_not_require_grad_are_constants(torch):
    x, y = doubles(torch, 0.1, 0.2), doubles(torch, 0.3, -0.2, requires_grad=False)
    return torch.autograd.gradcheck(lambda x, y, n: x * y * n, (x, y, 3))


@case
def inputs_as_a_list(torch):
    return torch.autograd.gradcheck(lambda x, y: x * y, [doubles(torch, 0.1), doubles(torch, 2.0)])


@case
def outputs_as_a_list(torch):
    return torch.autograd.gradcheck(lambda x: [x * 2, x * x], doubles(torch, 0.1))


@case
def an_output_without_gradient_is_passed_over(torch):
    return torch.autograd.gradcheck(lambda x: (x * 2, torch.ones(3, dtype=torch.float64)), doubles(torch, 0.1, 0.4))


@case
def an_empty_input(torch):
    return torch.autograd.gradcheck(lambda x: x * 2, torch.ones(0, 2, dtype=torch.float64, requires_grad=True))


@case
def a_matrix_product(torch):
    a = torch.rand(2, 3, dtype=torch.float64, requires_grad=True)
    b = torch.rand(3, 2, dtype=torch.float64, requires_grad=True)
    return torch.autograd.gradcheck(torch.matmul, (a, b))


@case
def complex_to_real(torch):
    z = complexes(torch, 1 + 2j, -0.5j)
    return [torch.autograd.gradcheck(lambda z: z.abs(), z, fast_mode=fast) for fast in (False, True)]


@case
def complex_to_complex(torch):
    z = complexes(torch, 1 + 2j, -0.5j)
    return [torch.autograd.gradcheck(lambda z: z * z.conj() + z.sin(), z, fast_mode=fast) for fast in (False, True)]


@case
def real_to_complex(torch):
    x = doubles(torch, 0.5, 2.0)
    return [torch.autograd.gradcheck(lambda x: torch.complex(x, x * x), x, fast_mode=fast) for fast in (False, True)]


@case
def a_wrong_gradient_raises(torch):
    return torch.autograd.gradcheck(scaling(torch, 2, 3), doubles(torch, 0.1, 0.2))


@case
def the_message_shows_both_jacobians(torch):
    return message(lambda: torch.autograd.gradcheck(scaling(torch, 2, 3), doubles(torch, 0.5, 0.25)))


@case
def the_message_of_fast_mode_begins_alike(torch):
    said = message(lambda: torch.autograd.gradcheck(scaling(torch, 2, 3), doubles(torch, 0.5), fast_mode=True))
    return [said.splitlines()[0], *(line.split(":")[0] for line in said.splitlines()[1:3])]


@case
def the_message_of_fast_mode_shows_jacobians_in_full(torch):
    said = message(lambda: torch.autograd.gradcheck(scaling(torch, 2, 3), doubles(torch, 0.5), fast_mode=True))
    return said[said.index("Numerical:") : said.index("The max")]


@case
def a_wrong_gradient_of_the_second_output_for_the_second_input(torch):
    wrong = scaling(torch, 1, 2)
    return torch.autograd.gradcheck(lambda x, y: (x * y, wrong(y)), (doubles(torch, 0.5), doubles(torch, 1.5)))


@case
def a_wrong_complex_gradient_names_the_part(torch):
    return torch.autograd.gradcheck(scaling(torch, 2, 3), complexes(torch, 1 + 2j))


@case
def a_wrong_complex_gradient_in_fast_mode(torch):
    return torch.autograd.gradcheck(scaling(torch, 2, 3), complexes(torch, 1 + 2j), fast_mode=True)


@case
def false_instead_of_an_exception(torch):
    return torch.autograd.gradcheck(scaling(torch, 2, 3), doubles(torch, 0.1), raise_exception=False)


@case
def the_exception_is_a_runtime_error(torch):
    from importlib import import_module

    error = import_module(torch.autograd.__name__ + ".gradcheck").GradcheckError
    return [error.__name__, [base.__name__ for base in error.__mro__[1:3]]]


@case
def other_exceptions_come_through(torch):
    def bad(x):
        raise ValueError("mine")

    return torch.autograd.gradcheck(bad, doubles(torch, 0.1), raise_exception=False)


@case
def nothing_requires_grad(torch):
    return torch.autograd.gradcheck(lambda x: x * 2, doubles(torch, 0.1, requires_grad=False))


@case
def nothing_requires_grad_raises_even_when_asked_not_to(torch):
    return torch.autograd.gradcheck(lambda x: x * 2, doubles(torch, 0.1, requires_grad=False), raise_exception=False)


@case
def single_precision_is_warned_of(torch):
    x = torch.ones(2, requires_grad=True)
    return warned(lambda: torch.autograd.gradcheck(lambda x: x * 2, x, raise_exception=False))


@case
def single_precision_passes_with_a_wider_step(torch):
    return torch.autograd.gradcheck(lambda x: x * 2, torch.ones(2, requires_grad=True), eps=1e-2, atol=1e-2)


@case
def an_expanded_input_is_refused(torch):
    x = doubles(torch, 0.5).expand(3)
    return torch.autograd.gradcheck(lambda x: x * 2, x)


@case
def neither_direction(torch):
    return torch.autograd.gradcheck(lambda x: x * 2, doubles(torch, 0.1), check_backward_ad=False)


@case
def batched_needs_reverse(torch):
    options = {"check_batched_grad": True, "check_backward_ad": False, "check_forward_ad": True}
    return torch.autograd.gradcheck(lambda x: x * 2, doubles(torch, 0.1), **options)


@case
def batched_forward_needs_forward(torch):
    return torch.autograd.gradcheck(lambda x: x * 2, doubles(torch, 0.1), check_batched_forward_grad=True)


@case
def batched_gradients_pass(torch):
    return torch.autograd.gradcheck(lambda x: x.exp() * x, doubles(torch, 0.1, 0.3), check_batched_grad=True)


@case
def no_differentiable_output_and_a_slope(torch):
    return torch.autograd.gradcheck(lambda x: x.detach() * 2, doubles(torch, 0.1))


@case
def no_differentiable_output_and_a_slope_in_fast_mode(torch):
    return torch.autograd.gradcheck(lambda x: x.detach() * 2, doubles(torch, 0.1), fast_mode=True)


@case
def no_differentiable_output_and_no_slope(torch):
    return torch.autograd.gradcheck(lambda x: x.detach().sign(), doubles(torch, 0.1))


@case
def gradients_that_are_not_the_same_twice(torch):
    count = [0]

    class Wavering(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, gradient):
            count[0] += 1
            return gradient * (2 + 1e-7 * count[0])

    return torch.autograd.gradcheck(Wavering.apply, doubles(torch, 0.1))


@case
def gradients_that_are_nearly_the_same_twice(torch):
    count = [0]

    class Wavering(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, gradient):
            count[0] += 1
            return gradient * (2 + 1e-7 * count[0])

    return torch.autograd.gradcheck(Wavering.apply, doubles(torch, 0.1), nondet_tol=1e-5)


@case
def a_gradient_that_does_not_multiply_by_the_cotangent(torch):
    class Deaf(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.sum()

        @staticmethod
        def backward(ctx, gradient):
            return torch.ones(1, dtype=torch.float64)

    return torch.autograd.gradcheck(Deaf.apply, doubles(torch, 0.1))


@case
def undefined_cotangents_that_are_not_coped_with(torch):
    class Pair(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(False)
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, a, b):
            if a is None or b is None:
                raise RuntimeError("no cotangent")
            return a * 2 + b * 3

    return torch.autograd.gradcheck(Pair.apply, doubles(torch, 0.1))


@case
def undefined_cotangents_need_not_be_checked(torch):
    class Pair(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(False)
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, a, b):
            return (0 if a is None else a * 2) + (0 if b is None else b * 3)

    return torch.autograd.gradcheck(Pair.apply, doubles(torch, 0.1), check_undefined_grad=False)


@case
def outputs_whose_shape_depends_on_the_point(torch):
    def ragged(x):
        return x[x > 0] * 2

    return torch.autograd.gradcheck(ragged, doubles(torch, 0.0, 1.0))


@case
def the_input_is_as_before(torch):
    x = doubles(torch, 0.1, 0.7)
    torch.autograd.gradcheck(lambda x: x * x, x)
    return x


@case
def the_version_of_the_input_may_be_saved(torch):
    x = doubles(torch, 0.1, 0.7)
    y = (x * x).sum()
    torch.autograd.gradcheck(lambda x: x.sin(), x)
    return torch.autograd.grad(y, x)


@case
def the_random_numbers_of_the_user_stay(torch):
    torch.manual_seed(3)
    torch.autograd.gradcheck(lambda x: x * x, doubles(torch, 0.1), fast_mode=True)
    return torch.rand(2)


@case
def in_place_in_the_function(torch):
    return torch.autograd.gradcheck(lambda x: x.clone().mul_(x).add_(1), doubles(torch, 0.1, 0.7))


@case
def second_derivatives_pass(torch):
    x = doubles(torch, 0.1, 0.7)
    return [torch.autograd.gradgradcheck(lambda x: x.sin() * x, x, fast_mode=fast) for fast in (False, True)]


@case
def second_derivatives_of_several_inputs(torch):
    return torch.autograd.gradgradcheck(lambda x, y: x * y.exp(), (doubles(torch, 0.1), doubles(torch, 0.3)))


@case
def second_derivatives_of_complex_functions(torch):
    return torch.autograd.gradgradcheck(lambda z: z * z.abs(), complexes(torch, 1 + 2j, -0.5j))


@case
def second_derivatives_with_given_cotangents(torch):
    return torch.autograd.gradgradcheck(lambda x: x * x * x, doubles(torch, 0.5), doubles(torch, 2.0))


@case
def second_derivatives_with_constant_cotangents(torch):
    v = doubles(torch, 2.0, requires_grad=False)
    return torch.autograd.gradgradcheck(lambda x: x * x * x, doubles(torch, 0.5), v)


@case
def second_derivatives_with_noncontiguous_cotangents(torch):
    return torch.autograd.gradgradcheck(lambda x: x * x * x, doubles(torch, 0.5, 0.2), gen_non_contig_grad_outputs=True)


@case
def a_wrong_second_derivative(torch):
    class Sine(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.sin()

        @staticmethod
        def backward(ctx, gradient):
            (x,) = ctx.saved_tensors
            return gradient * x.detach().cos()

    x = doubles(torch, 0.5)
    return [torch.autograd.gradcheck(Sine.apply, x), raised(lambda: torch.autograd.gradgradcheck(Sine.apply, x))]


@case
def a_wrong_second_derivative_gives_false(torch):
    class Sine(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.sin()

        @staticmethod
        def backward(ctx, gradient):
            (x,) = ctx.saved_tensors
            return gradient * x.detach().cos()

    return torch.autograd.gradgradcheck(Sine.apply, doubles(torch, 0.5), raise_exception=False)


@case
def neither_direction_of_the_second(torch):
    return torch.autograd.gradgradcheck(lambda x: x * x, doubles(torch, 0.1), check_rev_over_rev=False)


@case
def undefined_cotangents_of_the_second_need_reverse(torch):
    return torch.autograd.gradgradcheck(
        lambda x: x * x, doubles(torch, 0.1), check_rev_over_rev=False, check_fwd_over_rev=True
    )


@case
def a_module_is_checked(torch):
    layer = torch.nn.Linear(3, 2).to(torch.float64)
    return torch.autograd.gradcheck(layer, torch.rand(2, 3, dtype=torch.float64, requires_grad=True))


# Forward mode ---------------------------------------------------------------------------------------------------------


def with_jvp(torch, factor):
    """Doubles, with the right gradient, and a tangent that is `factor` times its input's."""

    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, gradient):
            return gradient * 2

        @staticmethod
        def jvp(ctx, tangent):
            return tangent * factor

    return Double.apply


@case
def forward_mode_passes(torch):
    x, y = doubles(torch, 0.1, 0.2), doubles(torch, 0.3, -0.2)
    return [
        torch.autograd.gradcheck(lambda x, y: (x * y.sin(), y.exp()), (x, y), check_forward_ad=True, fast_mode=fast)
        for fast in (False, True)
    ]


@case
def forward_mode_alone_passes(torch):
    return torch.autograd.gradcheck(
        lambda x: x.sin() * x, doubles(torch, 0.1, 0.2), check_forward_ad=True, check_backward_ad=False
    )


@case
def forward_mode_of_complex_functions_passes(torch):
    z = complexes(torch, 1 + 2j, -0.5j)
    options = {"check_forward_ad": True}
    return [
        torch.autograd.gradcheck(lambda z: z * z.conj() + z.sin(), z, fast_mode=fast, **options)
        for fast in (False, True)
    ]


@case
def forward_mode_of_real_to_complex_passes(torch):
    x = doubles(torch, 0.5, 2.0)
    return torch.autograd.gradcheck(lambda x: torch.complex(x, x * x), x, check_forward_ad=True)


@case
def a_right_tangent_of_a_custom_function(torch):
    return torch.autograd.gradcheck(with_jvp(torch, 2), doubles(torch, 0.1, 0.2), check_forward_ad=True)


@case
def a_wrong_tangent(torch):
    return message(lambda: torch.autograd.gradcheck(with_jvp(torch, 3), doubles(torch, 0.5), check_forward_ad=True))


@case
def a_wrong_tangent_of_complex_inputs(torch):
    return torch.autograd.gradcheck(with_jvp(torch, 3), complexes(torch, 1 + 2j), check_forward_ad=True)


@case
def a_wrong_tangent_in_fast_mode(torch):
    return torch.autograd.gradcheck(with_jvp(torch, 3), doubles(torch, 0.5), check_forward_ad=True, fast_mode=True)


@case
def forward_mode_in_batches_passes(torch):
    return torch.autograd.gradcheck(
        lambda x: x.sin() * x, doubles(torch, 0.1, 0.2), check_forward_ad=True, check_batched_forward_grad=True
    )


@case
def forward_mode_over_reverse_passes(torch):
    x = doubles(torch, 0.1, 0.2)
    return torch.autograd.gradgradcheck(lambda x: x.sin() * x * x, x, check_fwd_over_rev=True)


@case
def batched_gradients_of_gradients_pass(torch):
    x = doubles(torch, 0.1, 0.2)
    return torch.autograd.gradgradcheck(lambda x: x.sin() * x * x, x, check_batched_grad=True)


@case
def in_place_in_forward_mode(torch):
    return torch.autograd.gradcheck(
        lambda x: x.clone().mul_(x)[:1].exp_(), doubles(torch, 0.1, 0.7), check_forward_ad=True
    )


@case
def jacobians_under_their_old_names(torch):
    from importlib import import_module

    module = import_module(torch.autograd.__name__ + ".gradcheck")
    x = doubles(torch, 1.0, 2.0)
    return [
        module.get_numerical_jacobian(lambda inputs: inputs[0] ** 2, (x,), eps=1e-6),
        module.get_analytical_jacobian((x,), x**2),
        module.get_numerical_jacobian_wrt_specific_input(lambda x: (x**2,), 0, (x,), (x**2,), 1e-6),
    ]
