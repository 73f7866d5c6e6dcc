"""`autograd.functional`: products with Jacobians and Hessians, and these themselves."""

from ..suite import Cases, raised

case = Cases()


def vector(torch, *values, **options):
    """These values in double precision."""
    return torch.tensor(values, dtype=torch.float64, **options)


def squares(x):
    return x**2 * x.sum()


def cubes(x):
    return (x**3).sum() * x[0]


def pair(x, y):
    return x * y, (x + y**2).sum()


# vjp and jvp --------------------------------------------------------------------------------------------------------


@case
def vjp_of_one_input(torch):
    return torch.autograd.functional.vjp(squares, vector(torch, 1.0, 2.0), vector(torch, 1.0, -1.0))


@case
def vjp_of_several_inputs_and_outputs(torch):
    x, y = vector(torch, 1.0, 2.0), vector(torch, 3.0, 4.0)
    return torch.autograd.functional.vjp(
        pair, (x, y), (vector(torch, 1.0, 1.0), torch.tensor(2.0, dtype=torch.float64))
    )


@case
def vjp_without_a_vector(torch):
    return torch.autograd.functional.vjp(cubes, vector(torch, 1.0, 2.0))


@case
def vjp_needs_a_vector_for_several_elements(torch):
    return torch.autograd.functional.vjp(squares, vector(torch, 1.0, 2.0))


@case
def vjp_with_a_vector_of_another_size(torch):
    return torch.autograd.functional.vjp(squares, vector(torch, 1.0, 2.0), torch.ones(3))


@case
def vjp_with_a_tuple_of_another_length(torch):
    x, y = vector(torch, 1.0, 2.0), vector(torch, 3.0, 4.0)
    return torch.autograd.functional.vjp(pair, (x, y), (torch.ones(2),))


@case
def vjp_with_an_entry_of_another_size(torch):
    x, y = vector(torch, 1.0, 2.0), vector(torch, 3.0, 4.0)
    return torch.autograd.functional.vjp(pair, (x, y), (torch.ones(2), torch.ones(2)))


@case
def vjp_with_two_vectors_for_one_output(torch):
    return torch.autograd.functional.vjp(squares, vector(torch, 1.0, 2.0), (torch.ones(2), torch.ones(2)))


@case
def vjp_with_an_input_that_is_no_tensor(torch):
    return torch.autograd.functional.vjp(squares, 1.0)


@case
def vjp_with_an_entry_that_is_no_tensor(torch):
    return torch.autograd.functional.vjp(pair, (torch.ones(2), 1.0))


@case
def vjp_of_a_function_that_gives_no_tensor(torch):
    return torch.autograd.functional.vjp(lambda x: 1.0, torch.ones(2))


@case
def vjp_with_a_vector_that_is_no_tensor(torch):
    return torch.autograd.functional.vjp(squares, torch.ones(2), [1.0, 2.0])


@case
def vjp_of_what_is_independent_is_zero(torch):
    return torch.autograd.functional.vjp(lambda x, y: x.sum(), (torch.ones(2), torch.ones(3)))


@case
def vjp_strict_of_an_independent_input(torch):
    return torch.autograd.functional.vjp(lambda x, y: x.sum(), (torch.ones(2), torch.ones(3)), strict=True)


@case
def vjp_strict_of_a_constant_output(torch):
    return torch.autograd.functional.vjp(lambda x: torch.ones(()), torch.ones(2), strict=True)


@case
def vjp_strict_of_a_linear_function_with_a_graph(torch):
    x = torch.ones(2, requires_grad=True)
    return torch.autograd.functional.vjp(lambda x: (2 * x).sum(), x, strict=True, create_graph=True)


@case
def vjp_gives_nothing_with_a_history(torch):
    x = vector(torch, 1.0, 2.0, requires_grad=True)
    found = torch.autograd.functional.vjp(cubes, x)
    return [each.requires_grad for each in found], x.grad


@case
def vjp_with_a_graph_is_differentiated(torch):
    x = vector(torch, 1.0, 2.0, requires_grad=True)
    v = vector(torch, 1.0, 1.0, requires_grad=True)
    value, product = torch.autograd.functional.vjp(squares, x, v, create_graph=True)
    return value.requires_grad, torch.autograd.grad(product.sum(), (x, v))


@case
def vjp_under_no_grad(torch):
    with torch.no_grad():
        return torch.autograd.functional.vjp(cubes, vector(torch, 1.0, 2.0))


@case
def vjp_keeps_the_inputs_that_the_function_captures(torch):
    x = vector(torch, 1.0, 2.0, requires_grad=True)
    return torch.autograd.functional.vjp(lambda y: (x * y).sum(), x)


@case
def jvp_of_one_input(torch):
    return torch.autograd.functional.jvp(squares, vector(torch, 1.0, 2.0), vector(torch, 1.0, -1.0))


@case
def jvp_of_several_inputs_and_outputs(torch):
    x, y = vector(torch, 1.0, 2.0), vector(torch, 3.0, 4.0)
    return torch.autograd.functional.jvp(pair, (x, y), (vector(torch, 1.0, 1.0), vector(torch, 0.0, 2.0)))


@case
def jvp_without_a_vector(torch):
    return torch.autograd.functional.jvp(lambda x: x * torch.ones(3), torch.tensor(2.0))


@case
def jvp_needs_a_vector_for_several_elements(torch):
    return torch.autograd.functional.jvp(squares, vector(torch, 1.0, 2.0))


@case
def jvp_with_a_vector_of_another_size(torch):
    return torch.autograd.functional.jvp(squares, vector(torch, 1.0, 2.0), torch.ones(3))


@case
def jvp_of_what_is_independent_is_zero(torch):
    return torch.autograd.functional.jvp(lambda x: (x, torch.ones(2)), torch.ones(2), torch.ones(2))


@case
def jvp_strict_of_a_constant_output(torch):
    return torch.autograd.functional.jvp(lambda x: (x, torch.ones(2)), torch.ones(2), torch.ones(2), strict=True)


@case
def jvp_strict_of_an_independent_input(torch):
    ones = torch.ones(2)
    return torch.autograd.functional.jvp(lambda x, y: x * 2, (ones, ones), (ones, ones), strict=True)


@case
def jvp_with_a_graph_is_differentiated(torch):
    x = vector(torch, 1.0, 2.0, requires_grad=True)
    v = vector(torch, 1.0, 1.0, requires_grad=True)
    _, product = torch.autograd.functional.jvp(squares, x, v, create_graph=True)
    return torch.autograd.grad(product.sum(), (x, v))


@case
def jvp_of_a_function_in_place(torch):
    def function(x):
        y = x.clone()
        y[0] = y[1] * 3
        return y.mul_(x)

    return torch.autograd.functional.jvp(function, vector(torch, 1.0, 2.0), vector(torch, 1.0, 1.0))


# Jacobians ----------------------------------------------------------------------------------------------------------


@case
def jacobian_of_one_input(torch):
    return torch.autograd.functional.jacobian(squares, vector(torch, 1.0, 2.0))


@case
def jacobian_of_several_inputs_and_outputs(torch):
    return torch.autograd.functional.jacobian(pair, (vector(torch, 1.0, 2.0), vector(torch, 3.0, 4.0)))


@case
def jacobian_of_matrices(torch):
    x = torch.arange(6, dtype=torch.float64).reshape(2, 3)
    found = torch.autograd.functional.jacobian(lambda x: x @ x.T, x)
    return found.shape, found


@case
def jacobian_of_a_scalar(torch):
    return torch.autograd.functional.jacobian(cubes, vector(torch, 1.0, 2.0))


@case
def jacobian_of_a_function_of_a_scalar(torch):
    return torch.autograd.functional.jacobian(lambda x: x * torch.arange(3.0), torch.tensor(2.0))


@case
def jacobian_vectorised(torch):
    x, y = vector(torch, 1.0, 2.0), vector(torch, 3.0, 4.0)
    return torch.autograd.functional.jacobian(pair, (x, y), vectorize=True)


@case
def jacobian_vectorised_of_an_independent_input(torch):
    return torch.autograd.functional.jacobian(lambda x, y: x * 2, (torch.ones(2), torch.ones(3)), vectorize=True)


@case
def jacobian_vectorised_with_a_graph(torch):
    x = vector(torch, 1.0, 2.0, requires_grad=True)
    found = torch.autograd.functional.jacobian(squares, x, create_graph=True, vectorize=True)
    return torch.autograd.grad(found.sum(), x)


@case
def jacobian_by_columns(torch):
    x, y = vector(torch, 1.0, 2.0), vector(torch, 3.0, 4.0)
    return torch.autograd.functional.jacobian(pair, (x, y), vectorize=True, strategy="forward-mode")


@case
def jacobian_by_columns_of_an_independent_output(torch):
    def function(x):
        return x[:1] * 2, torch.ones(2)

    return torch.autograd.functional.jacobian(function, torch.ones(3), vectorize=True, strategy="forward-mode")


@case.better("columns can be computed one after another", gives=[[7.0, 1.0], [4.0, 16.0]])
def jacobian_by_columns_one_after_another(torch):
    x = vector(torch, 1.0, 2.0)
    return torch.autograd.functional.jacobian(squares, x, strategy="forward-mode")


@case.better("tangents are recorded like everything", gives=[12.0, 32.0])
def jacobian_by_columns_with_a_graph(torch):
    x = vector(torch, 1.0, 2.0, requires_grad=True)
    found = torch.autograd.functional.jacobian(
        lambda x: x**3 + x * x.sum(), x, create_graph=True, vectorize=True, strategy="forward-mode"
    )
    return torch.autograd.grad((found * torch.tensor([[1.0, 2.0], [3.0, 2.0]])).sum(), x)[0]


@case
def jacobian_by_columns_strict(torch):
    return torch.autograd.functional.jacobian(squares, torch.ones(2), strict=True, strategy="forward-mode")


@case
def jacobian_by_another_strategy(torch):
    return torch.autograd.functional.jacobian(squares, torch.ones(2), strategy="sideways")


@case
def jacobian_strict_and_vectorised(torch):
    return torch.autograd.functional.jacobian(squares, torch.ones(2), strict=True, vectorize=True)


@case
def jacobian_strict_of_an_independent_input(torch):
    return torch.autograd.functional.jacobian(lambda x, y: x * 2, (torch.ones(2), torch.ones(3)), strict=True)


@case
def jacobian_strict_of_a_linear_function_with_a_graph(torch):
    x = torch.ones(2, requires_grad=True)
    return torch.autograd.functional.jacobian(lambda x: x * 2, x, strict=True, create_graph=True)


@case
def jacobian_strict_of_a_constant(torch):
    return torch.autograd.functional.jacobian(lambda x: torch.ones(2), torch.ones(2), strict=True)


@case
def jacobian_of_a_constant(torch):
    return torch.autograd.functional.jacobian(lambda x: torch.ones(2), torch.ones(2))


@case
def jacobian_with_a_graph_is_differentiated(torch):
    x = vector(torch, 1.0, 2.0, requires_grad=True)
    found = torch.autograd.functional.jacobian(squares, x, create_graph=True)
    return found.requires_grad, torch.autograd.grad(found.sum(), x)


@case
def jacobian_without_a_graph_has_no_history(torch):
    return torch.autograd.functional.jacobian(squares, vector(torch, 1.0, 2.0, requires_grad=True)).requires_grad


@case
def jacobian_of_no_tensor(torch):
    return torch.autograd.functional.jacobian(squares, 1.0)


# Hessians -----------------------------------------------------------------------------------------------------------


@case
def hessian_of_one_input(torch):
    return torch.autograd.functional.hessian(cubes, vector(torch, 1.0, 2.0))


@case
def hessian_of_several_inputs(torch):
    def function(x, y):
        return (x * y**2).sum() + x[0] * y[1]

    return torch.autograd.functional.hessian(function, (vector(torch, 1.0, 2.0), vector(torch, 3.0, 4.0)))


@case
def hessian_of_one_element_in_dimensions(torch):
    return torch.autograd.functional.hessian(lambda x: (x**3).sum().reshape(1, 1), vector(torch, 1.0, 2.0))


@case
def hessian_vectorised(torch):
    return torch.autograd.functional.hessian(cubes, vector(torch, 1.0, 2.0), vectorize=True)


@case
def hessian_forward_over_reverse(torch):
    x = vector(torch, 1.0, 2.0)
    return torch.autograd.functional.hessian(cubes, x, vectorize=True, outer_jacobian_strategy="forward-mode")


@case
def hessian_forward_over_reverse_of_several_inputs(torch):
    def function(x, y):
        return (x * y**2).sum() + x[0] * y[1]

    inputs = (vector(torch, 1.0, 2.0), vector(torch, 3.0, 4.0))
    return torch.autograd.functional.hessian(function, inputs, vectorize=True, outer_jacobian_strategy="forward-mode")


@case
def hessian_by_another_strategy(torch):
    return torch.autograd.functional.hessian(cubes, torch.ones(2), outer_jacobian_strategy="sideways")


@case
def hessian_of_several_elements(torch):
    return torch.autograd.functional.hessian(squares, torch.ones(2))


@case
def hessian_of_a_tuple(torch):
    return torch.autograd.functional.hessian(lambda x: (x.sum(), x.sum()), torch.ones(2))


@case
def hessian_of_a_linear_function(torch):
    return torch.autograd.functional.hessian(lambda x: x.sum(), torch.ones(2))


@case
def hessian_strict_of_a_linear_function(torch):
    return torch.autograd.functional.hessian(lambda x: x.sum(), torch.ones(2), strict=True)


@case
def hessian_strict_of_a_constant(torch):
    return torch.autograd.functional.hessian(lambda x: torch.ones(()), torch.ones(2), strict=True)


@case
def hessian_with_a_graph_is_differentiated(torch):
    x = vector(torch, 1.0, 2.0, requires_grad=True)
    found = torch.autograd.functional.hessian(cubes, x, create_graph=True)
    return torch.autograd.grad(found.sum(), x)


@case
def vhp_and_hvp_of_one_input(torch):
    x, v = vector(torch, 1.0, 2.0), vector(torch, 1.0, -1.0)
    return torch.autograd.functional.vhp(cubes, x, v), torch.autograd.functional.hvp(cubes, x, v)


@case
def vhp_and_hvp_of_several_inputs(torch):
    def function(x, y):
        return (x * y**2).sum() + x[0] * y[1]

    inputs, v = (vector(torch, 1.0, 2.0), vector(torch, 3.0, 4.0)), (vector(torch, 1.0, 0.0), vector(torch, 2.0, 1.0))
    return torch.autograd.functional.vhp(function, inputs, v), torch.autograd.functional.hvp(function, inputs, v)


@case
def vhp_and_hvp_of_what_is_no_scalar(torch):
    functional = torch.autograd.functional
    x = torch.ones(2)
    return [
        raised(lambda p=product, f=function: p(f, x, x))
        for product in (functional.vhp, functional.hvp)
        for function in (squares, lambda x: (x.sum(),), lambda x: 1.0)
    ]


@case
def vhp_and_hvp_without_a_vector(torch):
    functional, x = torch.autograd.functional, vector(torch, 2.0)
    return functional.vhp(lambda x: (x**3).sum(), x), functional.hvp(lambda x: (x**3).sum(), x)


@case
def vhp_and_hvp_need_a_vector(torch):
    functional, x = torch.autograd.functional, torch.ones(2)
    return raised(lambda: functional.vhp(cubes, x)), raised(lambda: functional.hvp(cubes, x))


@case
def vhp_and_hvp_with_a_vector_of_another_size(torch):
    functional, x = torch.autograd.functional, torch.ones(2)
    return [raised(lambda p=product: p(cubes, x, torch.ones(3))) for product in (functional.vhp, functional.hvp)]


@case
def vhp_and_hvp_of_a_linear_function(torch):
    functional, x = torch.autograd.functional, torch.ones(2)
    return functional.vhp(lambda x: x.sum(), x, x), functional.hvp(lambda x: x.sum(), x, x)


@case
def vhp_and_hvp_strict_of_a_linear_function(torch):
    functional, x = torch.autograd.functional, torch.ones(2)
    return [raised(lambda p=product: p(torch.sum, x, x, strict=True)) for product in (functional.vhp, functional.hvp)]


@case
def vhp_and_hvp_strict_of_an_independent_input(torch):
    functional, x = torch.autograd.functional, torch.ones(2)

    def function(x, y):
        return (x**2).sum()

    return [
        raised(lambda p=each: p(function, (x, x), (x, x), strict=True)) for each in (functional.vhp, functional.hvp)
    ]


@case
def vhp_with_a_graph_is_differentiated(torch):
    x, v = vector(torch, 1.0, 2.0, requires_grad=True), vector(torch, 1.0, 1.0)
    _, product = torch.autograd.functional.vhp(cubes, x, v, create_graph=True)
    return torch.autograd.grad(product.sum(), x)


@case
def hvp_with_a_graph_is_differentiated(torch):
    x, v = vector(torch, 1.0, 2.0, requires_grad=True), vector(torch, 1.0, 1.0)
    _, product = torch.autograd.functional.hvp(cubes, x, v, create_graph=True)
    return torch.autograd.grad(product.sum(), x)
