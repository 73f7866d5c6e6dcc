"""`autograd.forward_ad`: dual tensors, what carries tangents and what drops them, and both modes together."""

from ..suite import Cases, raised

case = Cases()


def vector(torch, *values, **options):
    """These values in double precision."""
    return torch.tensor(values, dtype=torch.float64, **options)


def pushed(torch, function, x=None, t=None):
    """Value and tangent of a function of one dual vector."""
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        dual = fw.make_dual(
            vector(torch, 1.0, 2.0, 3.0) if x is None else x, vector(torch, 1.0, -1.0, 0.5) if t is None else t
        )
        return list(fw.unpack_dual(function(dual)))


# Levels and dual tensors --------------------------------------------------------------------------------------------


@case
def a_dual_is_unpacked(torch):
    return pushed(torch, lambda x: x)


@case
def the_tangent_given_is_the_tangent_unpacked(torch):
    fw, x, t = torch.autograd.forward_ad, torch.ones(2), torch.ones(2)
    with fw.dual_level():
        dual = fw.make_dual(x, t)
        first, second = fw.unpack_dual(dual), fw.unpack_dual(dual)
        return first.tangent is t, first.tangent is second.tangent, first.primal is second.primal, first.primal is x


@case
def an_unpacked_dual_has_names(torch):
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        found = fw.unpack_dual(torch.ones(2))
        return type(found).__name__, found._fields, found.tangent


@case
def a_dual_is_printed_with_its_tangent(torch):
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        return str(fw.make_dual(torch.ones(2), torch.zeros(2)))


@case
def a_dual_is_a_view_of_its_primal(torch):
    fw, x = torch.autograd.forward_ad, torch.ones(2)
    with fw.dual_level():
        dual = fw.make_dual(x, torch.ones(2))
        dual.mul_(3)
        return dual._is_view(), dual._base is x, x, fw.unpack_dual(dual), fw.unpack_dual(x)


@case
def levels_are_numbered(torch):
    fw = torch.autograd.forward_ad
    with fw.dual_level() as level:
        first = level
    with fw.dual_level() as level:
        return first, level


@case
def a_level_is_entered_and_left(torch):
    fw = torch.autograd.forward_ad
    level = fw.enter_dual_level()
    dual = fw.make_dual(torch.ones(2), torch.ones(2))
    inside = fw.unpack_dual(dual).tangent
    fw.exit_dual_level(level=level)
    return level, inside, fw.unpack_dual(dual).tangent


@case
def tangents_end_with_their_level(torch):
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        dual = fw.make_dual(torch.ones(2), torch.ones(2))
    with fw.dual_level():
        return fw.unpack_dual(dual).tangent, fw.unpack_dual(fw.make_dual(dual, torch.zeros(2))).tangent


@case
def a_level_that_is_not_the_last_is_not_left(torch):
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        return raised(lambda: fw.exit_dual_level(level=3))


@case
def no_level_is_left_where_none_is_open(torch):
    return raised(lambda: torch.autograd.forward_ad.exit_dual_level())


@case
def no_dual_without_a_level(torch):
    return raised(lambda: torch.autograd.forward_ad.make_dual(torch.ones(2), torch.ones(2)))


@case
def unpacking_without_a_level(torch):
    x = torch.ones(2)
    primal, tangent = torch.autograd.forward_ad.unpack_dual(x)
    return primal is x, tangent


@case
def dual_level_is_a_decorator(torch):
    fw = torch.autograd.forward_ad

    @fw.dual_level()
    def inside(x):
        return fw.unpack_dual(fw.make_dual(x, x) * 2).tangent

    return inside(torch.ones(2))


@case
def a_level_ends_with_an_exception(torch):
    fw = torch.autograd.forward_ad

    def fails():
        with fw.dual_level():
            raise ValueError("within")

    return raised(fails), raised(lambda: fw.make_dual(torch.ones(2), torch.ones(2)))


@case
def a_dual_of_a_dual_at_one_level(torch):
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        dual = fw.make_dual(torch.ones(2), torch.ones(2))
        return raised(lambda: fw.make_dual(dual, torch.ones(2))), raised(lambda: fw.make_dual(torch.ones(2), dual))


@case
def a_tangent_of_another_shape(torch):
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        return raised(lambda: fw.make_dual(torch.ones(2), torch.ones(3)))


@case
def whole_numbers_have_no_tangent(torch):
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        whole, ones = torch.ones(2, dtype=torch.int64), torch.ones(2)
        return raised(lambda: fw.make_dual(whole, ones)), raised(lambda: fw.make_dual(ones, whole))


@case.better("tangents of tangents are well defined", gives=[1.0, 6.0])
def levels_are_nested(torch):
    fw = torch.autograd.forward_ad
    x, one = torch.tensor(1.0), torch.tensor(1.0)
    with fw.dual_level():
        outer = fw.make_dual(x, one)
        with fw.dual_level():
            inner = fw.unpack_dual(fw.make_dual(outer, one) ** 3)
        return outer.detach(), fw.unpack_dual(inner.tangent).tangent


@case.better("the user's tangent is not written", gives=[[1.0, 1.0], [3.0, 3.0]])
def a_write_leaves_the_tangent_that_was_given(torch):
    fw, t = torch.autograd.forward_ad, torch.ones(2)
    with fw.dual_level():
        dual = fw.make_dual(torch.ones(2), t)
        dual.mul_(3)
        return t, fw.unpack_dual(dual).tangent


@case
def forward_mode_is_switched_off(torch):
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        dual = fw.make_dual(torch.ones(2), torch.ones(2))
        with fw._set_fwd_grad_enabled(False):
            off = fw._is_fwd_grad_enabled(), fw.unpack_dual(dual).tangent, fw.unpack_dual(dual * 2).tangent
        return off, fw._is_fwd_grad_enabled(), fw.unpack_dual(dual * 2).tangent


# What carries tangents ----------------------------------------------------------------------------------------------


@case
def arithmetic(torch):
    return pushed(torch, lambda x: (x * x.sin() + 2 / x - x) ** 2)


@case
def two_duals(torch):
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        x = fw.make_dual(vector(torch, 1.0, 2.0), vector(torch, 1.0, 0.0))
        y = fw.make_dual(vector(torch, 3.0, 4.0), vector(torch, 0.0, 1.0))
        return [fw.unpack_dual(z).tangent for z in (x * y, x + y, x / y, x**y, torch.maximum(x, y), torch.dot(x, y))]


@case
def broadcasting(torch):
    return pushed(torch, lambda x: x + x[:, None])


@case
def reductions(torch):
    return [pushed(torch, f) for f in (lambda x: x.sum(), lambda x: x.prod(), lambda x: x.mean(), lambda x: x.var())]


@case
def extremes(torch):
    return [
        pushed(torch, f) for f in (lambda x: x.max(), lambda x: x.sort(descending=True).values, lambda x: x.topk(2)[0])
    ]


@case
def softmax_and_its_logarithm(torch):
    return [pushed(torch, f) for f in (lambda x: x.softmax(0), lambda x: x.log_softmax(0), lambda x: x.logsumexp(0))]


@case
def products(torch):
    m = torch.arange(9, dtype=torch.float64).reshape(3, 3)
    return [pushed(torch, f) for f in (lambda x: m @ x, lambda x: x @ m @ x, lambda x: torch.outer(x, x))]


@case
def einsum(torch):
    return pushed(torch, lambda x: torch.einsum("i,j,ij->i", x, x, torch.outer(x, x)))


@case
def joining(torch):
    return [pushed(torch, f) for f in (lambda x: torch.cat([x, torch.ones(2)]), lambda x: torch.stack([x, x * 2]))]


@case
def reading_by_index(torch):
    key = torch.tensor([2, 0, 2])
    readings = (lambda x: x[key], lambda x: x[x > 1.5], lambda x: x.gather(0, key), lambda x: x.index_select(0, key))
    return [pushed(torch, f) for f in readings]


@case
def an_embedding(torch):
    m, t = torch.arange(6, dtype=torch.float64).reshape(3, 2), torch.ones(3, 2, dtype=torch.float64)
    return pushed(torch, lambda x: torch.nn.functional.embedding(torch.tensor([1, 1, 0]), x), m, t)


@case
def losses(torch):
    target = torch.tensor([1])
    functional = torch.nn.functional
    return [
        pushed(torch, lambda x: functional.cross_entropy(x[None], target)),
        pushed(torch, lambda x: functional.mse_loss(x, torch.zeros(3, dtype=torch.float64))),
        pushed(torch, lambda x: functional.binary_cross_entropy_with_logits(x, torch.ones(3, dtype=torch.float64))),
    ]


@case
def a_linear_layer(torch):
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        x, w, b = torch.ones(2, 3), torch.arange(6.0).reshape(2, 3), torch.ones(2)
        duals = [fw.make_dual(each, torch.ones_like(each)) for each in (x, w, b)]
        return fw.unpack_dual(torch.nn.functional.linear(*duals))


@case
def complex_numbers(torch):
    x, t = torch.tensor([1 + 2j, -1j], dtype=torch.complex128), torch.tensor([1j, 2.0], dtype=torch.complex128)
    functions = (
        lambda x: x * x,
        lambda x: x.exp(),
        lambda x: x.abs(),
        lambda x: x.conj() * x,
        lambda x: x.real,
        lambda x: x.angle(),
    )
    return [pushed(torch, f, x, t) for f in functions]


@case
def conversions(torch):
    def types(x):
        return str(x.dtype)

    fw = torch.autograd.forward_ad
    with fw.dual_level():
        dual = fw.make_dual(torch.ones(2), torch.ones(2))
        narrow = fw.unpack_dual(dual.double())
        return types(narrow.primal), types(narrow.tangent), fw.unpack_dual(dual.to(torch.complex64)).tangent


@case
def constants_have_no_tangent(torch):
    functions = (lambda x: x > 1, lambda x: x.argmax(), lambda x: torch.ones_like(x), lambda x: x.to(torch.int64))
    return [pushed(torch, f)[1] for f in functions]


@case
def what_is_flat_has_a_tangent_of_zeros(torch):
    return [pushed(torch, f)[1] for f in (lambda x: x.floor(), lambda x: x.sign(), lambda x: x.round())]


@case
def detach_drops_the_tangent(torch):
    return pushed(torch, lambda x: x.detach())[1], pushed(torch, lambda x: x.data)[1]


@case
def no_grad_keeps_tangents(torch):
    def function(x):
        with torch.no_grad():
            return x * 2

    return pushed(torch, function)


@case
def views_under_no_grad_keep_tangents(torch):
    x = vector(torch, 1.0, 2.0, 3.0, requires_grad=True)

    def function(x):
        with torch.no_grad():
            return x[1:].view(2, 1)

    value, tangent = pushed(torch, function, x)
    return value, tangent


@case
def clone_and_copies_keep_tangents(torch):
    functions = (lambda x: x.clone(), lambda x: x.contiguous(), lambda x: torch.empty(3, dtype=torch.float64).copy_(x))
    return [pushed(torch, f) for f in functions]


# Views and operations in place --------------------------------------------------------------------------------------


@case
def views_carry_tangents(torch):
    views = (
        lambda x: x[1],
        lambda x: x[::2],
        lambda x: x.view(3, 1).t(),
        lambda x: x.expand(2, 3),
        lambda x: x.unfold(0, 2, 1),
        lambda x: x.as_strided((2,), (2,)),
        lambda x: torch.split(x, 2)[1],
        lambda x: x.reshape(1, 3).squeeze(0).unsqueeze(1).movedim(0, 1),
        lambda x: torch.diag(x).diagonal(),
    )
    return [pushed(torch, f) for f in views]


@case
def views_of_fresh_results_carry_tangents(torch):
    views = (lambda y: y.as_strided((2, 2), (1, 1)), lambda y: y[1:].as_strided((2,), (1,), 0), lambda y: y.unbind()[2])
    return [pushed(torch, lambda x, f=f: f(x * x)) for f in views]


@case
def an_operation_in_place(torch):
    def function(x):
        y = x.clone()
        y.mul_(x).add_(1).sin_()
        return y

    return pushed(torch, function)


@case.better("PyTorch reads the operand after it was written", gives=[[1.0, 4.0, 9.0], [2.0, -4.0, 3.0]])
def an_operand_that_is_the_target(torch):
    def function(x):
        y = x.clone()
        return y.mul_(y)

    return pushed(torch, function)


@case
def writes_into_a_constant(torch):
    def function(x):
        y = torch.zeros(5, dtype=torch.float64)
        y[1:4] = x
        y[0] = x[2] * 2
        return y

    return pushed(torch, function)


@case
def writes_of_a_constant(torch):
    def function(x):
        y = x * 2
        y[1] = 7.0
        return y

    def all_of_it(x):
        y = x * 2
        return y.fill_(3.0)

    return pushed(torch, function), pushed(torch, all_of_it)


@case
def writes_through_a_view_of_a_view(torch):
    def function(x):
        y = (x * x).view(1, 3)
        y[0, 1:].mul_(x[:2])
        y.t()[0].copy_(x[1:2])
        return y

    return pushed(torch, function)


@case
def a_view_sees_writes_to_its_base(torch):
    def function(x):
        y = x * 2
        part = y[1:]
        y.mul_(x)
        return part

    return pushed(torch, function)


@case
def writes_at_an_index(torch):
    key = torch.tensor([2, 0])

    def put(x):
        y = x * 2
        y[key] = x[:2]
        return y

    def accumulate(x):
        return (x * 2).index_put_((key,), x[:2], accumulate=True)

    def add(x):
        return torch.zeros(3, dtype=torch.float64).index_add_(0, key, x[:2])

    def scattered(x):
        return torch.zeros(3, dtype=torch.float64).scatter_add(0, torch.tensor([1, 1, 0]), x)

    def masked(x):
        return (x * 2).masked_fill_(x > 1.5, 0.0)

    return [pushed(torch, f) for f in (put, accumulate, add, scattered, masked)]


@case
def a_recurrence_in_place(torch):
    def function(x):
        y = torch.zeros(4, dtype=torch.float64)
        for i in range(3):
            y[i + 1] = y[i] * x[i] + x[i]
        return y

    return pushed(torch, function)


@case
def a_write_does_not_reach_other_results(torch):
    def function(x):
        y = x * 1
        z = y + 0
        y.mul_(5)
        return z

    return pushed(torch, function)


@case
def in_place_changes_of_shape(torch):
    return [pushed(torch, f) for f in (lambda x: (x * 2).unsqueeze_(0), lambda x: (x * x).view(3, 1).t_())]


@case
def zeroing_a_dual(torch):
    return pushed(torch, lambda x: (x * 2).zero_())


# Both modes ---------------------------------------------------------------------------------------------------------


@case
def reverse_over_forward(torch):
    fw = torch.autograd.forward_ad
    x = vector(torch, 1.0, 2.0, 3.0, requires_grad=True)
    t = vector(torch, 1.0, -1.0, 0.5, requires_grad=True)
    with fw.dual_level():
        tangent = fw.unpack_dual((fw.make_dual(x, t) ** 3).sum()).tangent
    return tangent.requires_grad, torch.autograd.grad(tangent, (x, t))


@case
def forward_over_reverse(torch):
    fw = torch.autograd.forward_ad
    x, t = vector(torch, 1.0, 2.0, 3.0, requires_grad=True), vector(torch, 1.0, -1.0, 0.5)
    with fw.dual_level():
        dual = fw.make_dual(x, t)
        (gradient,) = torch.autograd.grad((dual**3).sum() * dual.prod(), x)
        value, tangent = fw.unpack_dual(gradient)
        return value, tangent, value.requires_grad, tangent.requires_grad


@case
def forward_over_reverse_with_a_graph(torch):
    fw = torch.autograd.forward_ad
    x, t = vector(torch, 1.0, 2.0, 3.0, requires_grad=True), vector(torch, 1.0, -1.0, 0.5)
    with fw.dual_level():
        dual = fw.make_dual(x, t)
        (gradient,) = torch.autograd.grad((dual**4).sum(), x, create_graph=True)
        tangent = fw.unpack_dual(gradient).tangent
        return tangent, torch.autograd.grad(tangent.sum(), x)


@case.better(
    "nothing that is needed is lost",
    gives=[
        [73.8905609893065, 1012.3229249923189, 327.5889001988654],
        [88.6686731871678, -1593.6101644007433, -600.5796503645865],
    ],
)
def forward_over_reverse_of_writes(torch):
    fw = torch.autograd.forward_ad
    x, t = vector(torch, 1.0, 2.0, 3.0, requires_grad=True), vector(torch, 1.0, -1.0, 0.5)
    with fw.dual_level():
        dual = fw.make_dual(x, t)
        y = dual.exp()
        y[1:] = y[:-1] * dual[1:]
        (gradient,) = torch.autograd.grad((y * y).sum(), x)
        return fw.unpack_dual(gradient)


@case.better("a gradient has a tangent wherever it goes", gives=[[3.0, 12.0], [6.0, -12.0]])
def backward_gives_gradients_with_tangents(torch):
    fw = torch.autograd.forward_ad
    x, t = vector(torch, 1.0, 2.0, requires_grad=True), vector(torch, 1.0, -1.0)
    with fw.dual_level():
        (fw.make_dual(x, t) ** 3).sum().backward()
        return fw.unpack_dual(x.grad)


@case
def a_dual_cotangent(torch):
    fw = torch.autograd.forward_ad
    x = vector(torch, 1.0, 2.0, requires_grad=True)
    y = x**2
    with fw.dual_level():
        ct = fw.make_dual(vector(torch, 1.0, 1.0), vector(torch, 1.0, 3.0))
        return fw.unpack_dual(torch.autograd.grad(y, x, ct)[0])


@case
def the_gradient_of_a_dual_flows_to_its_parts(torch):
    fw = torch.autograd.forward_ad
    x, t = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    with fw.dual_level():
        value, tangent = fw.unpack_dual(fw.make_dual(x, t))
        return torch.autograd.grad((value * 2 + tangent * 3).sum(), (x, t))


@case
def requires_grad_keeps_the_tangent(torch):
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        dual = fw.make_dual(torch.ones(2), torch.ones(2)).requires_grad_()
        (gradient,) = torch.autograd.grad((dual**3).sum(), dual)
        return fw.unpack_dual(dual).tangent, fw.unpack_dual(gradient).tangent


@case
def writes_to_parts_and_their_tangents(torch):
    fwAD = torch.autograd.forward_ad
    with fwAD.dual_level():
        x = fwAD.make_dual(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([4.0, 5.0, 6.0]))
        h, z = x * 1, torch.zeros(3)
        part = h[1:]
        part.mul_(x[:2])
        h[0] = 7.0
        z[:2].copy_(h[1:])
        return [fwAD.unpack_dual(each).tangent for each in (h, part, z, h.view(1, 3))]
