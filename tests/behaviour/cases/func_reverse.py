"""`func.grad`, `vjp`, `jacrev`, `hessian`, `functional_call`: alone, in one another and in `vmap`, to any depth."""

from ..suite import Cases

case = Cases()


def wave(x):
    return (x.sin() * x).sum()


def loss(w, x):
    return ((x @ w).tanh() ** 2).sum()


def grid(torch, *shape, shift=0.0):
    """Values between -2 and 2 in double precision, no two alike."""
    count = 1
    for size in shape:
        count *= size
    return (torch.arange(count, dtype=torch.float64) * 1.7 + shift).sin().reshape(shape) * 2


def others(torch):
    """Three samples more."""
    return grid(torch, 3, 4, shift=0.5)


def rows(torch):
    """Three samples."""
    return grid(torch, 3, 4)


def weights(torch):
    """A matrix."""
    return grid(torch, 4, 4, shift=0.7)


def vector(torch):
    """One sample."""
    return grid(torch, 4, shift=0.9)


@case
def gradient(torch):
    return torch.func.grad(wave)(vector(torch))


@case
def gradient_of_gradient(torch):
    return torch.func.grad(lambda x: torch.func.grad(wave)(x).pow(2).sum())(vector(torch))


@case
def third_derivative(torch):
    return torch.func.grad(torch.func.grad(torch.func.grad(torch.sin)))(torch.tensor(0.5))


@case
def gradient_by_two(torch):
    return torch.func.grad(loss, argnums=(0, 1))(weights(torch), rows(torch))


@case
def gradient_by_the_last(torch):
    return torch.func.grad(loss, argnums=-1)(weights(torch), rows(torch))


@case
def gradient_of_structures(torch):
    return torch.func.grad(lambda d: (d["a"] * d["b"][0]).sum())({"a": vector(torch), "b": [vector(torch)]})


@case
def gradient_with_aux(torch):
    return torch.func.grad(lambda x: (wave(x), x * 2), has_aux=True)(vector(torch))


@case
def gradient_and_value(torch):
    return torch.func.grad_and_value(wave)(vector(torch))


@case
def gradient_and_value_with_aux(torch):
    return torch.func.grad_and_value(lambda x: (wave(x), {"x": x}), has_aux=True)(vector(torch))


@case
def gradient_with_keywords(torch):
    return torch.func.grad(lambda x, k=1: x.sum() * k)(vector(torch), k=3)


@case
def gradient_by_what_is_not_used(torch):
    return torch.func.grad(lambda x: torch.ones(()))(vector(torch))


@case
def gradient_without_recording(torch):
    x = vector(torch).requires_grad_()
    with torch.no_grad():
        found = torch.func.grad(wave)(x)
    return found, found.requires_grad


@case
def gradient_is_recorded(torch):
    x = vector(torch).requires_grad_()
    found = torch.func.grad(wave)(x)
    found.sum().backward()
    return found.requires_grad, x.grad


@case
def gradient_is_not_recorded(torch):
    found = torch.func.grad(wave)(vector(torch))
    return found.requires_grad, found.is_leaf


@case
def gradient_leads_to_closures(torch):
    w = vector(torch).requires_grad_()
    found = torch.func.grad(lambda x: (x * x * w).sum())(vector(torch))
    found.sum().backward()
    return w.grad


@case
def recording_off_inside(torch):
    def function(x):
        with torch.no_grad():
            c = x**2
        return (x * c).sum()

    return torch.func.grad(function)(vector(torch))


@case
def refused_gradient_of_integers(torch):
    return torch.func.grad(lambda x: x.sum())(torch.arange(3))


@case
def refused_gradient_of_no_scalar(torch):
    return torch.func.grad(lambda x: x)(vector(torch))


@case
def refused_gradient_of_no_tensor(torch):
    return torch.func.grad(lambda x: 1.0)(vector(torch))


@case
def refused_gradient_of_a_tuple(torch):
    return torch.func.grad(lambda x: (x.sum(),))(vector(torch))


@case
def refused_gradient_by_no_argument(torch):
    return torch.func.grad(wave, argnums=2)(vector(torch))


@case
def refused_gradient_by_one_twice(torch):
    return torch.func.grad(wave, argnums=(0, 0))(vector(torch))


@case
def refused_gradient_by_a_text(torch):
    return torch.func.grad(wave, argnums="a")(vector(torch))


@case
def refused_gradient_by_a_number(torch):
    return torch.func.grad(lambda x: x)(2.0)


@case
def refused_gradient_without_aux(torch):
    return torch.func.grad(wave, has_aux=True)(vector(torch))


@case
def refused_gradient_writing_the_argument(torch):
    return torch.func.grad(lambda x: x.mul_(2).sum())(vector(torch))


@case
def pullback(torch):
    value, pull = torch.func.vjp(torch.sin, vector(torch))
    return value, pull(vector(torch)), pull(vector(torch) * 2)


@case
def pullback_of_structures(torch):
    _, pull = torch.func.vjp(lambda x, y: {"p": x * y, "s": (x.sum(),)}, vector(torch), vector(torch))
    return pull({"p": vector(torch), "s": (torch.tensor(2.0, dtype=torch.float64),)})


@case
def pullback_with_aux(torch):
    value, pull, aux = torch.func.vjp(lambda x: (x * 2, x), vector(torch), has_aux=True)
    return value, pull(vector(torch)), aux


@case
def mapped_pullback(torch):
    w = weights(torch)
    return torch.vmap(torch.func.vjp(lambda v: w @ v.sin(), vector(torch))[1])(w)


@case
def pullback_in_gradient(torch):
    return torch.func.grad(lambda x: torch.func.vjp(torch.sin, x)[1](x)[0].sum())(vector(torch))


@case
def refused_pullback_shapes(torch):
    return torch.func.vjp(lambda x: x * 2, vector(torch))[1](torch.ones(2, dtype=torch.float64))


@case
def refused_pullback_numbers(torch):
    return torch.func.vjp(lambda x: 2.0, vector(torch))


@case
def refused_pullback_a_number(torch):
    return torch.func.vjp(lambda x: x, 2.0)


@case
def refused_pullback_aux_of_numbers(torch):
    return torch.func.vjp(lambda x: (x * 2, 3), vector(torch), has_aux=True)


@case
def refused_pullback_structures(torch):
    return torch.func.vjp(lambda x: x * 2, vector(torch))[1]((vector(torch),))


@case
def jacobian(torch):
    w = weights(torch)
    return torch.func.jacrev(lambda x: (w @ x.sin()) * x)(vector(torch))


@case
def jacobian_in_chunks(torch):
    w = weights(torch)
    return torch.func.jacrev(lambda x: (w @ x.sin()) * x, chunk_size=3)(vector(torch))


@case
def jacobian_row_by_row(torch):
    w = weights(torch)
    return torch.func.jacrev(lambda x: (w @ x.sin()) * x, chunk_size=1)(vector(torch))


@case
def jacobian_of_jacobian(torch):
    w = weights(torch)
    return torch.func.jacrev(torch.func.jacrev(lambda x: (w @ x.sin()) * x))(vector(torch))


@case
def mapped_jacobian(torch):
    w = weights(torch)
    return torch.vmap(torch.func.jacrev(lambda x: (w @ x.sin()) * x))(rows(torch))


@case
def jacobian_of_mapped(torch):
    w = weights(torch)
    return torch.func.jacrev(torch.vmap(lambda x: (w @ x.sin()) * x))(rows(torch))


@case
def mapped_jacobian_of_jacobian(torch):
    w = weights(torch)
    return torch.vmap(torch.func.jacrev(torch.func.jacrev(lambda x: (w @ x.sin()) * x)))(rows(torch))


@case
def forward_over_reverse(torch):
    w = weights(torch)
    return torch.func.jacfwd(torch.func.jacrev(lambda x: (w @ x.sin()) * x))(vector(torch))


@case
def reverse_over_forward(torch):
    w = weights(torch)
    return torch.func.jacrev(torch.func.jacfwd(lambda x: (w @ x.sin()) * x))(vector(torch))


@case
def jacobian_by_two(torch):
    w = weights(torch)
    return torch.func.jacrev(lambda x, y: w @ (x * y), argnums=(0, 1))(vector(torch), vector(torch))


@case
def jacobian_of_structures(torch):
    w = weights(torch)
    return torch.func.jacrev(lambda x: {"a": x * 2, "b": [w @ x]})(vector(torch))


@case
def jacobian_with_aux(torch):
    w = weights(torch)
    return torch.func.jacrev(lambda x: (w @ x, x), has_aux=True)(vector(torch))


@case
def gradient_of_jacobian(torch):
    w = weights(torch)
    return torch.func.grad(lambda x: torch.func.jacrev(lambda x: (w @ x.sin()) * x)(x).sin().sum())(vector(torch))


@case
def jacobian_backward(torch):
    w = weights(torch)
    x = vector(torch).requires_grad_()
    torch.func.jacrev(lambda x: (w @ x.sin()) * x)(x).sin().sum().backward()
    return x.grad


@case
def refused_jacobian_of_numbers(torch):
    return torch.func.jacrev(lambda x: 2.0)(vector(torch))


@case
def refused_jacobian_without_chunks(torch):
    return torch.func.jacrev(lambda x: x, chunk_size=0)(vector(torch))


@case
def refused_complex_jacobian(torch):
    return torch.func.jacrev(lambda x: x)(vector(torch) + 1j)


@case
def hessian(torch):
    return torch.func.hessian(wave)(vector(torch))


@case
def mapped_hessian(torch):
    return torch.vmap(torch.func.hessian(wave))(rows(torch))


@case
def hessian_by_two(torch):
    return torch.func.hessian(loss, argnums=(0, 1))(weights(torch)[:2, :2], rows(torch)[:, :2])


@case
def hessian_of_mapped(torch):
    return torch.func.hessian(lambda x: torch.vmap(wave)(x).prod())(grid(torch, 2, 2))


@case
def mapped_gradient(torch):
    return torch.vmap(torch.func.grad(wave))(rows(torch))


@case
def gradient_of_mapped(torch):
    return torch.func.grad(lambda x: torch.vmap(wave)(x).sum())(rows(torch))


@case
def per_sample_gradients(torch):
    return torch.vmap(torch.func.grad(loss), in_dims=(None, 0))(weights(torch), rows(torch))


@case
def per_sample_gradients_by_two(torch):
    return torch.vmap(torch.func.grad(loss, argnums=(0, 1)), in_dims=(None, 0))(weights(torch), rows(torch))


@case
def gradient_of_per_sample_gradients(torch):
    return torch.func.grad(lambda w: (torch.vmap(torch.func.grad(loss), in_dims=(None, 0))(w, rows(torch)) ** 2).sum())(
        weights(torch)
    )


@case
def tangents_of_mapped_gradient(torch):
    return torch.func.jvp(torch.vmap(torch.func.grad(wave)), (rows(torch),), (others(torch),))


@case
def mapped_tangents_of_gradient(torch):
    return torch.vmap(lambda x, t: torch.func.jvp(torch.func.grad(wave), (x,), (t,)))(rows(torch), others(torch))


@case
def gradient_of_tangents(torch):
    return torch.func.grad(lambda x: torch.func.jvp(wave, (x,), (vector(torch),))[1])(vector(torch))


@case
def mapped_gradient_of_mapped(torch):
    return torch.vmap(lambda x: torch.func.grad(lambda w: torch.vmap(lambda c: (c * w).sin())(x).sum())(vector(torch)))(
        rows(torch)
    )


@case
def gradient_of_mapped_gradient_of_gradient(torch):
    return torch.func.grad(
        lambda w: torch.vmap(lambda x: torch.func.grad(lambda z: ((z * w) ** 3).sum())(x))(rows(torch)).sum()
    )(vector(torch))


@case
def three_levels(torch):
    return torch.vmap(
        torch.vmap(torch.vmap(torch.func.grad(lambda a, b, c: (a * b + c).sin()), (0, None, None)), (None, 0, None)),
        (None, None, 0),
    )(vector(torch), vector(torch), vector(torch))


@case
def per_sample_gradients_backward(torch):
    w = weights(torch).requires_grad_()
    (torch.vmap(torch.func.grad(loss), in_dims=(None, 0))(w, rows(torch)) ** 2).sum().backward()
    return w.grad


@case
def functional_call(torch):
    layer = torch.nn.Linear(2, 2)
    x = torch.ones(2)
    zero = {"weight": torch.zeros(2, 2)}
    return torch.func.functional_call(layer, {**zero, "bias": torch.ones(2)}, (x,))


@case
def functional_call_of_dictionaries(torch):
    layer = torch.nn.Linear(2, 2)
    x = torch.ones(2)
    zero = {"weight": torch.zeros(2, 2)}
    return torch.func.functional_call(layer, (zero, {"bias": torch.ones(2)}), x)


@case
def functional_call_with_keywords(torch):
    layer = torch.nn.Linear(2, 2)
    x = torch.ones(2)
    zero = {"weight": torch.zeros(2, 2)}
    return torch.func.functional_call(layer, {**zero, "bias": torch.ones(2)}, kwargs={"input": x})


@case
def refused_strict_missing(torch):
    layer = torch.nn.Linear(2, 2)
    x = torch.ones(2)
    zero = {"weight": torch.zeros(2, 2)}
    return torch.func.functional_call(layer, zero, x, strict=True)


@case
def refused_no_dictionaries(torch):
    layer = torch.nn.Linear(2, 2)
    x = torch.ones(2)
    return torch.func.functional_call(layer, [1], x)


@case
def refused_repeated_names(torch):
    layer = torch.nn.Linear(2, 2)
    x = torch.ones(2)
    zero = {"weight": torch.zeros(2, 2)}
    return torch.func.functional_call(layer, (zero, zero), x)


@case
def refused_number_as_parameter(torch):
    layer = torch.nn.Linear(2, 2)
    x = torch.ones(2)
    return torch.func.functional_call(layer, {"weight": 1.0}, x)


@case
def per_sample_gradients_of_a_layer(torch):
    layer = torch.nn.Linear(2, 1).double()
    state = {"weight": grid(torch, 1, 2), "bias": grid(torch, 1)}

    def error(state, x):
        return torch.func.functional_call(layer, state, x).pow(2).sum()

    return torch.vmap(torch.func.grad(error), in_dims=(None, 0))(state, grid(torch, 3, 2))


@case
def an_ensemble(torch):
    layers = [torch.nn.Linear(2, 2).double() for _ in range(3)]
    for layer in layers:
        for parameter in layer.parameters():
            torch.nn.init.constant_(parameter, 0.5)
    state, buffers = torch.func.stack_module_state(layers)
    out = torch.vmap(lambda s, x: torch.func.functional_call(layers[0], s, x), in_dims=(0, None))(state, grid(torch, 2))
    return out, state["weight"].shape, state["weight"].requires_grad, state["weight"].is_leaf, buffers


@case
def refused_no_models(torch):
    return torch.func.stack_module_state([])


@case
def refused_models_of_two_classes(torch):
    return torch.func.stack_module_state([torch.nn.Linear(2, 2), torch.nn.ReLU()])


@case
def refused_models_in_two_modes(torch):
    return torch.func.stack_module_state([torch.nn.Linear(2, 2).eval(), torch.nn.Linear(2, 2)])
