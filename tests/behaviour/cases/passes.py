"""`backward` and `grad`: what is asked, what is given, and what is refused."""

import warnings
from functools import partial

from ..material import leaf
from ..suite import Cases, raised, warned

case = Cases()


def ones(torch, *shape):
    """Ones in double precision."""
    return torch.ones(*shape, dtype=torch.float64)


@case
def gradients_add_up(torch):
    x = leaf(torch)
    (x * x).sum().backward()
    (x * 3).sum().backward()
    return x.grad, x.grad.requires_grad


@case
def backward_with_a_cotangent(torch):
    x = leaf(torch)
    (x * x).backward(torch.tensor([1.0, 0.0, 2.0], dtype=torch.float64))
    return x.grad


@case
def backward_of_several_numbers(torch):
    x = leaf(torch)
    return raised(lambda: (x * x).backward())


@case
def backward_of_one_number_in_a_vector(torch):
    x = leaf(torch, 3.0)
    (x * x).backward()
    return x.grad


@case
def backward_of_a_complex_number(torch):
    z = torch.tensor(1 + 2j, requires_grad=True)
    return raised(lambda: (z * z).backward())


@case
def backward_without_a_graph(torch):
    return raised(lambda: torch.ones(1).backward()), raised(lambda: torch.ones(2).sum().backward())


@case
def backward_of_a_leaf(torch):
    x = leaf(torch, 3.0)
    x.backward()
    x.backward()
    return x.grad


@case
def backward_with_a_cotangent_of_another_shape(torch):
    x = leaf(torch)
    return raised(lambda: (x * x).backward(ones(torch, 2)))


@case
def backward_with_a_complex_cotangent(torch):
    x = leaf(torch)
    return raised(lambda: (x * x).backward(torch.ones(3, dtype=torch.complex128)))


@case
def backward_with_a_cotangent_of_another_precision(torch):
    x = leaf(torch)
    (x * x).backward(torch.ones(3))
    return x.grad, x.grad.dtype


@case
def backward_with_a_number_as_cotangent(torch):
    x = leaf(torch)
    return raised(lambda: (x * x).sum().backward(1.0))


@case
def backward_of_several_tensors(torch):
    x, y = leaf(torch), leaf(torch)
    torch.autograd.backward([(x * x).sum(), x * y], [None, ones(torch, 3)])
    return x.grad, y.grad


@case
def backward_of_the_same_tensor_twice(torch):
    x = leaf(torch)
    y = (x * x).sum()
    torch.autograd.backward([y, y])
    return x.grad


@case
def backward_with_too_few_cotangents(torch):
    x = leaf(torch)
    return raised(lambda: torch.autograd.backward([x.sum(), (x * x).sum()], [ones(torch)]))


@case
def backward_to_chosen_inputs(torch):
    x, y = leaf(torch), leaf(torch)
    (x * y).sum().backward(inputs=[x])
    return x.grad, y.grad


@case
def backward_to_an_intermediate_result(torch):
    x = leaf(torch)
    h = x * 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (h * h).sum().backward(inputs=[h])
        return h.grad, x.grad


@case
def backward_to_no_inputs(torch):
    x = leaf(torch)
    return raised(lambda: x.sum().backward(inputs=[]))


@case
def backward_to_an_input_without_grad(torch):
    x = leaf(torch)
    return raised(lambda: x.sum().backward(inputs=[torch.ones(2)]))


@case
def backward_to_an_unused_input(torch):
    x, y = leaf(torch), leaf(torch)
    x.sum().backward(inputs=[y])
    return x.grad, y.grad


@case
def a_second_backward(torch):
    x = leaf(torch)
    y = (x * x).sum()
    y.backward()
    return raised(y.backward)


@case
def a_second_backward_that_needs_nothing_saved(torch):
    x = leaf(torch)
    y = (x + 1).sum()
    y.backward()
    y.backward()
    return x.grad


@case
def a_second_backward_of_a_part(torch):
    x = leaf(torch)
    h = x * x
    h.sum().backward()
    return raised(lambda: (h * 2).sum().backward()), x.grad


@case
def retain_graph(torch):
    x = leaf(torch)
    y = (x * x).sum()
    y.backward(retain_graph=True)
    y.backward()
    return x.grad, raised(y.backward)


@case
def create_graph(torch):
    x = leaf(torch)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (x * x * x).sum().backward(create_graph=True)
    g = x.grad
    (second,) = torch.autograd.grad(g.sum(), x)
    x.grad = None
    return g, g.requires_grad, second


@case
def create_graph_without_retaining(torch):
    x = leaf(torch)
    y = (x * x).sum()
    (g,) = torch.autograd.grad(y, x, create_graph=True, retain_graph=False)
    return g, raised(lambda: torch.autograd.grad(y, x))


@case
def grad_of_several(torch):
    x, y = leaf(torch), leaf(torch, 4.0, 5.0, 6.0)
    return torch.autograd.grad([(x * y).sum(), x.sum()], [x, y])


@case
def grad_leaves_the_leaves_alone(torch):
    x = leaf(torch)
    g = torch.autograd.grad((x * x).sum(), x)
    return g, x.grad


@case
def grad_of_an_intermediate_result(torch):
    x = leaf(torch)
    h = x * 2
    return torch.autograd.grad((h * h).sum(), [h, x])


@case
def grad_for_the_output_itself(torch):
    x = leaf(torch)
    y = (x * x).sum()
    return torch.autograd.grad(y, [y, x])


@case
def grad_for_one_tensor_twice(torch):
    x = leaf(torch)
    return torch.autograd.grad((x * x).sum(), [x, x])


@case
def grad_for_an_unused_input(torch):
    x, y = leaf(torch), leaf(torch)
    return raised(lambda: torch.autograd.grad(x.sum(), [x, y]))


@case
def grad_allows_an_unused_input(torch):
    x, y = leaf(torch), leaf(torch)
    return torch.autograd.grad(x.sum(), [x, y], allow_unused=True)


@case
def grad_materialises_zeros(torch):
    x, y = leaf(torch), leaf(torch)
    g = torch.autograd.grad(x.sum(), [x, y], materialize_grads=True)
    return g, raised(lambda: torch.autograd.grad(x.sum(), x, allow_unused=False, materialize_grads=True))


@case
def grad_for_an_input_without_grad(torch):
    x = leaf(torch)
    return raised(lambda: torch.autograd.grad(x.sum(), torch.ones(2)))


@case
def grad_of_an_output_without_grad(torch):
    x = leaf(torch)
    return raised(lambda: torch.autograd.grad(torch.ones(1), x))


@case
def grad_for_a_view(torch):
    x = leaf(torch)
    v = x[1:]
    return torch.autograd.grad((v * v).sum() + x.sum(), [v, x])


@case
def grad_for_a_view_taken_anew(torch):
    x = leaf(torch)
    y = (x[1:] * 2).sum()
    return raised(lambda: torch.autograd.grad(y, x[1:]))


@case
def grad_of_many_cotangents_at_once(torch):
    x = leaf(torch)
    y = x * x
    return torch.autograd.grad(y, x, torch.eye(3, dtype=torch.float64), is_grads_batched=True)


@case
def third_derivatives(torch):
    x = leaf(torch)
    y = (x**4).sum()
    for _ in range(2):
        (g,) = torch.autograd.grad(y, x, create_graph=True)
        y = g.sum()
    return torch.autograd.grad(y, x)


@case
def second_derivatives_through_a_write(torch):
    x = leaf(torch)
    h = x * x
    h[1] = x[0] * x[2]
    h.mul_(h.detach() * 0 + 2)
    (g,) = torch.autograd.grad((h * x).sum(), x, create_graph=True)
    return g, torch.autograd.grad((g * g).sum(), x)


@case
def a_gradient_penalty(torch):
    w, x = leaf(torch, 0.5, -0.5), leaf(torch, 1.0, 2.0)
    y = (w * x).tanh().sum()
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    ((g * g).sum() + y).backward()
    return w.grad, x.grad


@case
def a_real_gradient_of_complex_steps(torch):
    x = leaf(torch)
    z = torch.complex(x, x * 2)
    (z * z.conj()).real.sum().backward()
    return x.grad


@case
def a_gradient_summed_over_broadcasting(torch):
    x, m = leaf(torch), ones(torch, 4, 3).requires_grad_()
    (m * x).sum().backward()
    return x.grad, m.grad.shape


@case
def a_gradient_in_the_dtype_of_its_leaf(torch):
    x = torch.ones(2, requires_grad=True)
    (x.double() * 3).sum().backward()
    return x.grad, x.grad.dtype


@case
def a_gradient_that_is_not_a_view_of_another(torch):
    x, y = leaf(torch), leaf(torch)
    (x + y).sum().backward()
    x.grad.zero_()
    return x.grad, y.grad


@case
def detach_ends_the_graph(torch):
    x = leaf(torch)
    (x.detach() * x).sum().backward()
    return x.grad


@case
def no_grad_ends_the_graph(torch):
    x = leaf(torch)
    with torch.no_grad():
        h = x * x
    return h.requires_grad, h.grad_fn, (h * x).grad_fn.name()


@case
def enable_grad_within_no_grad(torch):
    x = leaf(torch)
    with torch.no_grad(), torch.enable_grad():
        h = x * x
    h.sum().backward()
    return x.grad


@case
def grad_modes_as_decorators(torch):
    @torch.no_grad()
    def first():
        return torch.is_grad_enabled()

    @torch.no_grad
    def second():
        return torch.is_grad_enabled()

    @torch.enable_grad()
    def third():
        return torch.is_grad_enabled()

    @torch.set_grad_enabled(False)
    def fourth():
        return torch.is_grad_enabled()

    return first(), second(), third(), fourth(), torch.is_grad_enabled()


@case
def a_generator_without_grad(torch):
    @torch.no_grad()
    def numbers():
        yield torch.is_grad_enabled()
        yield torch.is_grad_enabled()

    seen = []
    for inside in numbers():
        seen += [inside, torch.is_grad_enabled()]
    return seen


@case
def set_grad_enabled_as_a_function(torch):
    torch.set_grad_enabled(False)
    inside = torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    return inside, torch.is_grad_enabled()


@case
def modes_can_be_cloned(torch):
    modes = torch.no_grad(), torch.enable_grad(), torch.inference_mode(), torch.inference_mode(False)
    seen = []
    for mode in modes:
        with mode.clone():
            seen.append((torch.is_grad_enabled(), torch.is_inference_mode_enabled()))
    return seen


@case
def the_gradient_of_a_result_is_asked_for(torch):
    h = leaf(torch) * 2
    h.sum().backward()
    return warned(lambda: h.grad)


@case
def a_leaf_is_made_of_a_leaf(torch):
    x = leaf(torch)
    y = torch.autograd.Variable(x, requires_grad=True)
    (y * 2).sum().backward()
    return isinstance(x, torch.autograd.Variable), isinstance(3, torch.autograd.Variable), y.is_leaf, y.grad


@case
def warn_always(torch):
    before = torch.is_warn_always_enabled()
    torch.set_warn_always(True)
    during = torch.is_warn_always_enabled()
    torch.set_warn_always(False)
    return before, during, torch.is_warn_always_enabled()


@case
def a_graph_kept_in_gradients_is_warned_of(torch):
    x = leaf(torch)
    torch.set_warn_always(True)
    try:
        seen = warned(lambda: (x * x).sum().backward(create_graph=True))
    finally:
        torch.set_warn_always(False)
        x.grad = None
    return seen


@case
def a_number_made_of_what_requires_grad_is_warned_of(torch):
    x = leaf(torch)[0]
    torch.set_warn_always(True)
    try:
        seen = [len(warned(partial(convert, x))) for convert in (float, complex, int, "%f".__mod__, "{:f}".format)]
        with torch.no_grad():
            return seen, warned(lambda: float(x)), warned(lambda: float(x.detach()))
    finally:
        torch.set_warn_always(False)


@case
def a_budget_of_memory_outside_a_compiler(torch):
    def program():
        with torch.autograd.graph.region_activation_memory_budget(0.5):
            pass

    return raised(program)


@case
def a_cotangent_of_another_precision_is_cast(torch):
    x = torch.ones(2, dtype=torch.float64, requires_grad=True)
    x.clone().backward(torch.ones(2))
    narrow = torch.autograd.grad(x.float(), x, torch.ones(2, dtype=torch.float64))[0]
    return x.grad.dtype is torch.float64, narrow.dtype is torch.float64


@case
def no_inputs(torch):
    x = torch.ones(2, requires_grad=True)
    return raised(lambda: torch.autograd.grad(x.sum(), []))


@case
def a_gradient_of_another_shape_than_the_one_there(torch):
    x = leaf(torch)
    (x * 2).sum().backward()
    x.data = torch.ones(2, dtype=torch.float64)
    return raised(lambda: (x * 2).sum().backward()), x.grad
