"""`func.jvp`, `func.jacfwd`, `func.linearize`: forward mode as transforms of functions, in one another to any depth."""

from ..suite import Cases, raised

case = Cases()


def vector(torch, *values, **options):
    """These values in double precision."""
    return torch.tensor(values, dtype=torch.float64, **options)


def wave(x):
    return x.sin() * x


@case
def jvp_of_one_input(torch):
    return torch.func.jvp(wave, (vector(torch, 1.0, 2.0),), (vector(torch, 1.0, -1.0),))


@case
def jvp_of_trees(torch):
    def function(pair, factor):
        return {"product": pair[0] * pair[1]["b"], "sum": [pair[0].sum() * factor]}

    x, y = vector(torch, 1.0, 2.0), vector(torch, 3.0, 4.0)
    inputs = ((x, {"b": y}), torch.tensor(2.0))
    return torch.func.jvp(function, inputs, ((y, {"b": x}), torch.tensor(1.0)))


@case
def jvp_with_aux(torch):
    return torch.func.jvp(lambda x: (x * 2, x.sum()), (torch.ones(2),), (torch.ones(2),), has_aux=True)


@case
def jvp_with_aux_of_no_pair(torch):
    return torch.func.jvp(lambda x: x, (torch.ones(2),), (torch.ones(2),), has_aux=True)


@case
def jvp_of_a_constant(torch):
    return torch.func.jvp(lambda x: torch.ones(3), (torch.ones(2),), (torch.ones(2),))


@case
def jvp_strict_of_a_constant(torch):
    return torch.func.jvp(lambda x: torch.ones(3), (torch.ones(2),), (torch.ones(2),), strict=True)


@case
def jvp_of_what_is_no_tuple(torch):
    return torch.func.jvp(wave, torch.ones(2), torch.ones(2))


@case
def jvp_with_tangents_of_another_structure(torch):
    return torch.func.jvp(wave, (torch.ones(2),), torch.ones(2))


@case
def jvp_with_tangents_of_another_shape(torch):
    return torch.func.jvp(wave, (torch.ones(2),), (torch.ones(3),))


@case
def jvp_of_nothing(torch):
    return torch.func.jvp(wave, (), ())


@case
def jvp_of_numbers(torch):
    return torch.func.jvp(wave, (1.0,), (1.0,))


@case
def jvp_of_a_function_that_gives_no_tensor(torch):
    return torch.func.jvp(lambda x: 3, (torch.ones(2),), (torch.ones(2),))


@case
def jvp_of_a_function_that_gives_nothing(torch):
    return torch.func.jvp(lambda x: None, (torch.ones(2),), (torch.ones(2),))


@case
def jvp_is_nested(torch):
    x, v = vector(torch, 1.0, 2.0), vector(torch, 1.0, -1.0)

    def derivative(function):
        return lambda x: torch.func.jvp(function, (x,), (v,))[1]

    return [derivative(wave)(x), derivative(derivative(wave))(x), derivative(derivative(derivative(wave)))(x)]


@case
def perturbations_are_not_confused(torch):
    one, x = torch.tensor(1.0), torch.tensor(2.0)

    def inner(x):
        return torch.func.jvp(lambda y: x + y, (one,), (one,))[1]

    def shadowed(x):
        return x * torch.func.jvp(lambda y: x * y * y, (one,), (one,))[1]

    return torch.func.jvp(lambda x: x * inner(x), (x,), (one,)), torch.func.jvp(shadowed, (x,), (one,))


@case
def jvp_of_operations_in_place(torch):
    def function(x):
        y = x.clone()
        y[0] = y[1] * y[1]
        y.mul_(x.sum())
        y[1:].sin_()
        return y

    return torch.func.jvp(function, (vector(torch, 1.0, 2.0),), (vector(torch, 1.0, -1.0),))


@case
def jvp_is_differentiated_in_reverse(torch):
    x, v = vector(torch, 1.0, 2.0, requires_grad=True), vector(torch, 1.0, -1.0, requires_grad=True)
    value, product = torch.func.jvp(wave, (x,), (v,))
    return value.requires_grad, torch.autograd.grad(product.sum(), (x, v))


@case
def jvp_of_a_gradient(torch):
    def gradient(x):
        x = x.view_as(x) if x.requires_grad else x
        return 4 * x**3

    def reverse(x):
        return torch.func.jvp(gradient, (x,), (torch.ones_like(x),))[1]

    return torch.func.jvp(reverse, (vector(torch, 1.0, 2.0),), (vector(torch, 1.0, -1.0),))


@case
def jvp_under_no_grad(torch):
    x, v = vector(torch, 1.0, 2.0), vector(torch, 1.0, -1.0)
    with torch.no_grad():
        outside = torch.func.jvp(wave, (x,), (v,))

    def inside(x):
        with torch.no_grad():
            return wave(x)

    return outside, torch.func.jvp(inside, (x,), (v,))


@case
def jacfwd_of_one_input(torch):
    return torch.func.jacfwd(wave)(vector(torch, 1.0, 2.0))


@case
def jacfwd_by_several_arguments(torch):
    def function(x, y):
        return {"product": x * y, "sum": (x + y**2).sum()}

    x, y = vector(torch, 1.0, 2.0), vector(torch, 3.0, 4.0)
    return [torch.func.jacfwd(function, argnums)(x, y) for argnums in (0, 1, (1, 0))]


@case.better("a position counted from the end is one", gives=[[1.0, 0.0], [0.0, 2.0]])
def jacfwd_by_the_last_argument(torch):
    return torch.func.jacfwd(lambda x, y: x * y, -1)(vector(torch, 1.0, 2.0), vector(torch, 3.0, 4.0))


@case
def jacfwd_of_trees(torch):
    return torch.func.jacfwd(lambda tree: [tree["a"] * tree["b"].sum()])({"a": torch.ones(2), "b": torch.ones(1, 3)})


@case
def jacfwd_with_aux(torch):
    return torch.func.jacfwd(lambda x: (x * 2, x.sum()), has_aux=True)(torch.ones(2))


@case
def jacfwd_of_matrices(torch):
    found = torch.func.jacfwd(lambda x: x @ x.T)(torch.arange(6.0).reshape(2, 3))
    return found.shape, found


@case
def jacfwd_is_nested(torch):
    return torch.func.jacfwd(torch.func.jacfwd(lambda x: (x**3).sum() * x[0]))(vector(torch, 1.0, 2.0))


@case
def jacfwd_of_wrong_arguments(torch):
    jacfwd, x = torch.func.jacfwd, torch.ones(2)
    return [
        raised(lambda: jacfwd(wave, argnums=2)(x)),
        raised(lambda: jacfwd(wave, argnums=(0, 0))(x)),
        raised(lambda: jacfwd(wave, argnums=())(x)),
        raised(lambda: jacfwd(wave, argnums="0")(x)),
        raised(lambda: jacfwd(wave)(torch.ones(2, dtype=torch.complex64))),
        raised(lambda: jacfwd(lambda x: x * 1j)(x)),
    ]


@case
def linearize_gives_value_and_products(torch):
    value, push = torch.func.linearize(wave, vector(torch, 1.0, 2.0))
    return value, push(vector(torch, 1.0, -1.0)), push(vector(torch, 0.0, 1.0))


@case
def linearize_of_several_inputs_and_outputs(torch):
    x, y = vector(torch, 1.0, 2.0), vector(torch, 3.0, 4.0)
    value, push = torch.func.linearize(lambda x, y: (x * y, x.sum()), x, y)
    return value, push(y, x)


@case
def linearize_with_tangents_of_another_kind(torch):
    _, push = torch.func.linearize(wave, vector(torch, 1.0, 2.0))
    return raised(lambda: push(vector(torch, 1.0))), raised(lambda: push(torch.ones(2)))


@case
def linearize_with_too_many_tangents(torch):
    _, push = torch.func.linearize(wave, vector(torch, 1.0, 2.0))
    return raised(lambda: push(torch.ones(2), torch.ones(2)))
