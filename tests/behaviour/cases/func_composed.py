"""Forward mode, reverse mode and `vmap` within one another."""

from ..suite import Cases

case = Cases()


def vector(torch, *values, **options):
    """These values in double precision."""
    return torch.tensor(values, dtype=torch.float64, **options)


def rows(torch):
    return torch.arange(6, dtype=torch.float64).reshape(2, 3) / 3


def wave(x):
    return x.sin() * x + x.prod()


def loss(x):
    return (x**3).sum() * x[0] + x.prod()


def written(x):
    y = x.clone()
    y[0] = y[1] * x[2]
    y[1:].mul_(x[:-1])
    return y * y


@case
def jvp_of_a_gradient(torch):
    x, v = vector(torch, 1.0, 2.0, 3.0), vector(torch, 1.0, -1.0, 0.5)
    return torch.func.jvp(torch.func.grad(loss), (x,), (v,))


@case
def gradient_of_a_jvp(torch):
    x, v = vector(torch, 1.0, 2.0, 3.0), vector(torch, 1.0, -1.0, 0.5)
    return torch.func.grad(lambda x: torch.func.jvp(loss, (x,), (v,))[1])(x)


@case
def gradient_of_a_jvp_by_the_tangent(torch):
    x, v = vector(torch, 1.0, 2.0, 3.0), vector(torch, 1.0, -1.0, 0.5)
    return torch.func.grad(lambda v: (torch.func.jvp(wave, (x,), (v,))[1] ** 2).sum())(v)


@case
def gradients_and_jvps_in_turn(torch):
    x, v = vector(torch, 1.0, 2.0, 3.0), vector(torch, 1.0, -1.0, 0.5)

    def first(x):
        return torch.func.jvp(torch.func.grad(loss), (x,), (v,))[1]

    def second(x):
        return torch.func.grad(lambda x: (first(x) * x).sum())(x)

    return torch.func.jvp(second, (x,), (v,))


@case
def vjp_of_a_jvp_and_the_other_way_round(torch):
    x, v = vector(torch, 1.0, 2.0, 3.0), vector(torch, 1.0, -1.0, 0.5)
    _, pull = torch.func.vjp(lambda x: torch.func.jvp(wave, (x,), (v,))[1], x)
    return pull(v), torch.func.jvp(lambda x: torch.func.vjp(wave, x)[1](v)[0], (x,), (v,))


@case
def hessians_of_every_make(torch):
    x = vector(torch, 1.0, 2.0, 3.0)
    jacfwd, jacrev = torch.func.jacfwd, torch.func.jacrev
    makes = (
        jacfwd(jacrev(loss)),
        jacrev(jacfwd(loss)),
        jacfwd(jacfwd(loss)),
        jacrev(jacrev(loss)),
        torch.func.hessian(loss),
    )
    return [make(x) for make in makes]


@case
def third_derivatives(torch):
    x = vector(torch, 1.0, 2.0)
    jacfwd, jacrev = torch.func.jacfwd, torch.func.jacrev
    return jacfwd(jacrev(jacfwd(lambda x: (x**4).sum() * x[0])))(x)


@case
def vmap_of_a_jvp(torch):
    x = rows(torch)
    return torch.func.vmap(lambda x, v: torch.func.jvp(wave, (x,), (v,)))(x, x.flip(0))


@case
def vmap_of_a_jvp_over_tangents(torch):
    x = vector(torch, 1.0, 2.0, 3.0)
    return torch.func.vmap(lambda v: torch.func.jvp(wave, (x,), (v,))[1])(rows(torch))


@case
def vmap_of_a_jvp_over_primals(torch):
    v = vector(torch, 1.0, -1.0, 0.5)
    return torch.func.vmap(lambda x: torch.func.jvp(wave, (x,), (v,)))(rows(torch))


@case
def jvp_of_a_vmap(torch):
    x = rows(torch)
    return torch.func.jvp(torch.func.vmap(wave), (x,), (x.flip(0),))


@case
def jvp_of_a_vmap_with_a_constant(torch):
    x, w = rows(torch), vector(torch, 1.0, 2.0, 3.0)
    mapped = torch.func.vmap(lambda x, w: x @ w + w.sum(), (0, None))
    return torch.func.jvp(mapped, (x, w), (x.flip(0), w.flip(0)))


@case
def jvp_of_a_vmap_of_a_jvp(torch):
    x, v = rows(torch), vector(torch, 1.0, -1.0, 0.5)
    inner = torch.func.vmap(lambda x: torch.func.jvp(wave, (x,), (v,))[1])
    return torch.func.jvp(inner, (x,), (x.flip(0),))


@case
def jvp_of_a_vmap_over_another_dimension(torch):
    x = rows(torch)
    return torch.func.jvp(torch.func.vmap(lambda x: x.cumsum(0) * x, in_dims=1, out_dims=1), (x,), (x.flip(0),))


@case
def vmap_of_jacobians(torch):
    return torch.func.vmap(torch.func.jacfwd(wave))(rows(torch)), torch.func.vmap(torch.func.jacrev(wave))(rows(torch))


@case
def vmap_of_hessians(torch):
    return torch.func.vmap(torch.func.hessian(loss))(rows(torch))


@case
def forward_mode_of_writes(torch):
    x = rows(torch)
    return (
        torch.func.jacfwd(written)(x[1]),
        torch.func.vmap(torch.func.jacfwd(written))(x),
        torch.func.jvp(torch.func.vmap(written), (x,), (x.flip(0),)),
    )


@case.better(
    "nothing that is needed is lost",
    gives=[
        [0.0, 7.407407407407408, 5.925925925925926],
        [3.5555555555555554, 2.6666666666666665, 0.0],
        [0.0, 7.407407407407408, 5.925925925925926],
    ],
)
def jacrev_of_writes(torch):
    return torch.func.jacrev(written)(rows(torch)[1])


@case
def jacfwd_of_writes_into_what_is_made_within(torch):
    def function(x):
        y = torch.zeros(2, dtype=torch.float64)
        y[0] = x[0]
        y[1] = x[1] * x[1] / 2
        return y

    return torch.func.jacfwd(function)(vector(torch, 1.0, 2.0))


@case
def forward_over_reverse_of_a_write_and_a_sum(torch):
    def function(a, b):
        d = vector(torch, 0.3, 0.4)
        d[:].sub_(a * b)
        return ((d + b) ** 2).sum()

    inputs, directions = (
        (vector(torch, 1.4, 1.7), vector(torch, 0.6, 0.3)),
        (vector(torch, 0.5, -0.3), vector(torch, -1.0, 0.7)),
    )
    return torch.func.jvp(torch.func.grad(function, argnums=(0, 1)), inputs, directions)


@case
def strided_views_within_jacfwd(torch):
    views = (lambda x: x.unfold(0, 2, 1) ** 2, lambda x: (x * x).as_strided((2,), (1,), 1))
    return [torch.func.jacfwd(f)(vector(torch, 1.0, 2.0, 3.0)) for f in views]


@case
def jacfwd_of_a_recurrence(torch):
    def function(x):
        y = [x[0]]
        for i in range(1, 3):
            y.append(y[-1] * x[i].sin())
        return torch.stack(y)

    return torch.func.jacfwd(function)(vector(torch, 1.0, 2.0, 3.0))


@case
def jacfwd_of_reads_by_index(torch):
    key = torch.tensor([2, 0, 2])
    functions = (lambda x: x[key], lambda x: x.gather(0, key), lambda x: x.sort().values, lambda x: x.cummax(0).values)
    return [torch.func.jacfwd(f)(vector(torch, 1.0, 3.0, 2.0)) for f in functions]


@case
def jacfwd_of_common_operations(torch):
    functions = (
        lambda x: x.softmax(0),
        lambda x: x.log_softmax(0),
        lambda x: x.logsumexp(0),
        lambda x: x.std(),
        lambda x: x.norm(),
        lambda x: x.cumprod(0),
        lambda x: x.prod(),
        lambda x: x.max(),
        lambda x: torch.cat([x, x.flip(0)]),
        lambda x: torch.outer(x, x) @ x,
        lambda x: torch.where(x > 1.5, x * x, x),
        lambda x: torch.nn.functional.mse_loss(x, x.flip(0)),
        lambda x: torch.nn.functional.cross_entropy(x[None], torch.tensor([1])),
    )
    return [torch.func.jacfwd(f)(vector(torch, 1.0, 3.0, 2.0)) for f in functions]


@case
def linearize_within_vmap(torch):
    x = vector(torch, 1.0, 2.0, 3.0)
    _, push = torch.func.linearize(wave, x)
    return torch.func.vmap(push)(rows(torch))


@case
def jvp_of_a_layer_called_with_its_parameters(torch):
    layer = torch.nn.Linear(3, 2)
    parameters = {name: torch.ones_like(p.detach()) for name, p in layer.named_parameters()}

    def call(parameters):
        return torch.func.functional_call(layer, parameters, (torch.ones(1, 3),))

    return torch.func.jvp(call, (parameters,), (parameters,))


@case
def dual_levels_around_vmap(torch):
    fw, x = torch.autograd.forward_ad, rows(torch)
    with fw.dual_level():
        dual = fw.make_dual(x, x.flip(0))
        return fw.unpack_dual(torch.func.vmap(wave)(dual)).tangent
