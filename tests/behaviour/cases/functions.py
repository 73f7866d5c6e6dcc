"""Custom functions: contexts, what may be returned and saved, gradients that do not fit, and derivatives of them."""

import collections

from ..suite import Cases, raised, warned

case = Cases()


def leaf(torch, *values):
    """A leaf of these values in double precision."""
    return torch.tensor(values or (1.0, 2.0, 3.0), dtype=torch.float64, requires_grad=True)


def made(torch, forward, backward, **members):
    """A function of this forward and backward."""
    members = {"forward": staticmethod(forward), "backward": staticmethod(backward), **members}
    return type("Made", (torch.autograd.Function,), members)


def cube(torch):
    """x * x * x, that can be differentiated again."""

    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x * x

    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * 3 * x * x

    return made(torch, forward, backward)


def passing(torch, backward=None):
    """A function that returns a copy of its inputs' sum."""

    def forward(ctx, *inputs):
        return sum(x for x in inputs if isinstance(x, torch.Tensor)) * 1

    return made(torch, forward, backward or (lambda ctx, gradient: gradient))


# The context --------------------------------------------------------------------------------------------------------


@case
def a_function_and_its_gradient(torch):
    x = leaf(torch)
    y = cube(torch).apply(x)
    y.sum().backward()
    return y, x.grad, y.grad_fn.name()


@case
def setup_context_gets_inputs_and_output(torch):
    seen = []

    def forward(x, n):
        return x * n

    def setup_context(ctx, inputs, output):
        seen.append([type(inputs).__name__, len(inputs), output is not None])
        ctx.n = inputs[1]

    function = made(torch, forward, lambda ctx, g: (g * ctx.n, None), setup_context=staticmethod(setup_context))
    x = leaf(torch)
    function.apply(x, 4).sum().backward()
    return x.grad, seen


@case
def defaults_of_forward_count_with_setup_context(torch):
    def forward(x, n=5):
        return x * n

    def setup_context(ctx, inputs, output):
        ctx.n = inputs[1]

    function = made(torch, forward, lambda ctx, g: (g * ctx.n, None), setup_context=staticmethod(setup_context))
    x = leaf(torch)
    function.apply(x).sum().backward()
    return x.grad


@case
def keywords_with_setup_context(torch):
    def forward(x, n):
        return x * n

    def setup_context(ctx, inputs, output):
        ctx.n = inputs[1]

    function = made(torch, forward, lambda ctx, g: (g * ctx.n, None), setup_context=staticmethod(setup_context))
    x = leaf(torch)
    function.apply(x, n=3).sum().backward()
    return x.grad


@case
def keywords_without_setup_context(torch):
    return passing(torch).apply(x=leaf(torch))


@case
def attributes_of_the_context(torch):
    def forward(ctx, x):
        ctx.mine = [1, 2]
        return x * 2

    y = made(torch, forward, lambda ctx, g: g * sum(ctx.mine)).apply(leaf(torch))
    return y.grad_fn.mine


@case
def needs_input_grad(torch):
    seen = []

    def forward(ctx, *inputs):
        seen.append(ctx.needs_input_grad)
        return inputs[0] + inputs[1]

    def backward(ctx, gradient):
        seen.append(ctx.needs_input_grad)
        return gradient, None, None

    made(torch, forward, backward).apply(leaf(torch), torch.ones(3, dtype=torch.float64), 3).sum().backward()
    return seen


@case
def needs_input_grad_under_no_grad(torch):
    seen = []

    def forward(ctx, x):
        seen.append(ctx.needs_input_grad)
        return x * 2

    function = made(torch, forward, lambda ctx, g: g)
    with torch.no_grad():
        y = function.apply(leaf(torch))
    return seen, y.requires_grad


@case
def grad_mode_within(torch):
    seen = []

    def forward(ctx, x):
        seen.append(torch.is_grad_enabled())
        return x * 2

    def backward(ctx, gradient):
        seen.append(torch.is_grad_enabled())
        return gradient * 2

    x = leaf(torch)
    function = made(torch, forward, backward)
    function.apply(x).sum().backward()
    torch.autograd.grad(function.apply(x).sum(), x, create_graph=True)
    return seen


@case
def inputs_within_forward_are_the_very_tensors(torch):
    seen = []

    def forward(ctx, x):
        seen.extend([x is given, x.requires_grad, x.is_leaf])
        return x * 2

    given = leaf(torch)
    made(torch, forward, lambda ctx, g: g).apply(given)
    return seen


@case
def results_within_forward_have_no_history(torch):
    seen = []

    def forward(ctx, x):
        y = x * 2
        seen.append(y.requires_grad)
        return y

    made(torch, forward, lambda ctx, g: g).apply(leaf(torch))
    return seen


@case
def name_and_repr_of_the_node(torch):
    node = cube(torch).apply(leaf(torch)).grad_fn
    return node.name(), type(node).__name__, [type(each).__name__ for each, _ in node.next_functions]


@case
def next_functions_leave_out_what_is_no_tensor(torch):
    def forward(ctx, n, x, y):
        return x * y

    node = made(torch, forward, lambda ctx, g: (None, g, g)).apply(3, leaf(torch), torch.ones(3)).grad_fn
    return [(None if each is None else each.name(), number) for each, number in node.next_functions]


@case
def output_numbers(torch):
    function = made(torch, lambda ctx, x: (x * 2, x * 3), lambda ctx, a, b: a * 2 + b * 3)
    a, b = function.apply(leaf(torch))
    return a.output_nr, b.output_nr, a.grad_fn is b.grad_fn


@case
def hooks_of_the_node(torch):
    seen = []
    x = leaf(torch)
    y = cube(torch).apply(x)
    y.grad_fn.register_hook(lambda inputs, outputs: seen.append([inputs, outputs]))
    y.sum().backward()
    return seen


# What is saved --------------------------------------------------------------------------------------------------------


@case
def saved_inputs_are_themselves(torch):
    x = leaf(torch)
    y = cube(torch).apply(x)
    (saved,) = y.grad_fn.saved_tensors
    return saved is x, saved.requires_grad, saved.is_leaf


@case
def saved_outputs_lead_back_to_the_node(torch):
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    def backward(ctx, gradient):
        (y,) = ctx.saved_tensors
        return gradient * y

    x = leaf(torch)
    y = made(torch, forward, backward).apply(x)
    (saved,) = y.grad_fn.saved_tensors
    (first,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), x)
    return saved.grad_fn is y.grad_fn, first, second


@case
def saved_intermediates_are_constants(torch):
    def forward(ctx, x):
        half = x / 2
        ctx.save_for_backward(half)
        return half * x

    def backward(ctx, gradient):
        (half,) = ctx.saved_tensors
        return gradient * 2 * half

    x = leaf(torch)
    (first,) = torch.autograd.grad(made(torch, forward, backward).apply(x).sum(), x, create_graph=True)
    return first, first.requires_grad


@case
def none_is_saved_as_none(torch):
    def forward(ctx, x):
        ctx.save_for_backward(None, x, None)
        return x * 2

    y = made(torch, forward, lambda ctx, g: g).apply(leaf(torch))
    return [saved is None for saved in y.grad_fn.saved_tensors]


@case
def saving_what_is_no_tensor(torch):
    def forward(ctx, x):
        ctx.save_for_backward(x, 3)
        return x * 2

    return made(torch, forward, lambda ctx, g: g).apply(leaf(torch))


@case
def saving_for_forward_what_is_no_tensor(torch):
    def forward(ctx, x):
        ctx.save_for_forward(x, 3)
        return x * 2

    return made(torch, forward, lambda ctx, g: g).apply(leaf(torch))


@case
def saving_twice_keeps_the_last(torch):
    def forward(ctx, x):
        ctx.save_for_backward(x)
        ctx.save_for_backward(x, x)
        return x * 2

    y = made(torch, forward, lambda ctx, g: g).apply(leaf(torch))
    return len(y.grad_fn.saved_tensors)


@case
def saving_for_forward_alone_is_not_for_backward(torch):
    def forward(ctx, x):
        ctx.save_for_forward(x)
        return x * 2

    y = made(torch, forward, lambda ctx, g: g).apply(leaf(torch))
    return len(y.grad_fn.saved_tensors)


@case
def saved_tensors_after_the_graph_is_freed(torch):
    y = cube(torch).apply(leaf(torch))
    y.sum().backward()
    return y.grad_fn.saved_tensors


@case
def a_second_backward(torch):
    y = cube(torch).apply(leaf(torch)).sum()
    y.backward()
    y.backward()


@case
def a_second_backward_where_nothing_was_saved(torch):
    x = leaf(torch)
    y = passing(torch).apply(x)
    y.backward(torch.ones_like(y))
    y.backward(torch.ones_like(y))
    return x.grad


@case
def saved_tensors_within_forward(torch):
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * len(ctx.saved_tensors)

    return made(torch, forward, lambda ctx, g: g).apply(leaf(torch))


@case.better("the saved value is kept", gives=[12.0, 12.0])
def a_saved_tensor_is_overwritten(torch):
    x = torch.ones(2, dtype=torch.float64, requires_grad=True)
    h = x * 2
    y = cube(torch).apply(h)
    h.zero_()
    y.sum().backward()
    return x.grad / 2


@case
def hooks_on_saved_tensors(torch):
    seen = []

    def pack(x):
        seen.append(x.tolist())
        return x.tolist()

    x = leaf(torch)
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda p: torch.tensor(p, dtype=torch.float64)):
        y = cube(torch).apply(x)
    y.sum().backward()
    return seen, x.grad


# Inputs and outputs ---------------------------------------------------------------------------------------------------


@case
def an_input_returned_as_it_is(torch):
    x = leaf(torch)
    y = made(torch, lambda ctx, x: x, lambda ctx, g: g * 5).apply(x)
    y.sum().backward()
    return y is x, y.grad_fn.name(), x.grad


@case
def a_constant_returned_as_it_is(torch):
    x = torch.ones(2)
    y = made(torch, lambda ctx, x: x, lambda ctx, g: g * 5).apply(x)
    return y is x, y.requires_grad


@case
def an_input_returned_as_it_is_under_no_grad(torch):
    x = leaf(torch)
    with torch.no_grad():
        y = made(torch, lambda ctx, x: x, lambda ctx, g: g * 5).apply(x)
    return y is x, y.requires_grad


@case
def a_returned_input_written_in_place(torch):
    x = leaf(torch).clone()
    y = made(torch, lambda ctx, x: x, lambda ctx, g: g * 5).apply(x)
    y.add_(1)


@case
def a_view_of_an_input_is_returned(torch):
    x = leaf(torch)
    y = made(torch, lambda ctx, x: x[:2], lambda ctx, g: torch.cat([g * 5, g[:1] * 0])).apply(x)
    y.sum().backward()
    return x.grad, y.grad_fn.name()


@case
def a_view_of_an_input_written_in_place(torch):
    x = leaf(torch).clone()
    y = made(torch, lambda ctx, x: x[:2], lambda ctx, g: torch.cat([g * 5, g[:1] * 0])).apply(x)
    y.add_(1)


@case
def a_view_as_input(torch):
    x = leaf(torch)
    y = cube(torch).apply(x[1:])
    y.sum().backward()
    return x.grad


@case
def outputs_that_share_memory_with_each_other(torch):
    def forward(ctx, x):
        y = x * 2
        return y, y[:1]

    def backward(ctx, a, b):
        return a * 2 + torch.cat([b * 2, a[1:] * 0])

    x = leaf(torch)
    a, b = made(torch, forward, backward).apply(x)
    (a.sum() + 10 * b.sum()).backward()
    return x.grad, b.requires_grad


@case
def the_same_tensor_twice(torch):
    def forward(ctx, x):
        y = x * 2
        return y, y

    x = leaf(torch)
    a, b = made(torch, forward, lambda ctx, a, b: a * 2 + b * 20).apply(x)
    (a.sum() + b.sum()).backward()
    return x.grad, a is b


@case
def the_same_input_twice(torch):
    x = leaf(torch)
    made(torch, lambda ctx, a, b: a * b, lambda ctx, g: (g * 2, g * 30)).apply(x, x).sum().backward()
    return x.grad


@case
def outputs_that_are_no_tensors(torch):
    x = leaf(torch)
    a, n, s, none = made(torch, lambda ctx, x: (x * 2, 5, "s", None), lambda ctx, g, *rest: g * 2).apply(x)
    a.sum().backward()
    return n, s, none, x.grad


@case
def gradients_of_outputs_that_are_no_tensors(torch):
    seen = []

    def backward(ctx, *gradients):
        seen.append([None if g is None else g.tolist() for g in gradients])
        return gradients[0]

    made(torch, lambda ctx, x: (x * 2, 5, None), backward).apply(leaf(torch))[0].sum().backward()
    return seen


@case
def an_output_that_is_no_tensor_alone(torch):
    return made(torch, lambda ctx, x: 5, lambda ctx, g: g).apply(leaf(torch))


@case
def a_list_of_outputs(torch):
    y = made(torch, lambda ctx, x: [x * 2, x], lambda ctx, g: g).apply(leaf(torch))
    return type(y).__name__, y[0].requires_grad


@case
def a_named_tuple_of_outputs(torch):
    pair = collections.namedtuple("pair", "a b")
    y = made(torch, lambda ctx, x: pair(x * 2, x * 3), lambda ctx, a, b: a).apply(leaf(torch))
    return type(y).__name__, len(y), y[1].requires_grad


@case
def tensors_within_lists_are_no_inputs(torch):
    x = leaf(torch)
    y = made(torch, lambda ctx, xs: xs[0] * 2, lambda ctx, g: None).apply([x])
    return y.requires_grad


@case
def an_integer_output(torch):
    x = leaf(torch, 3.0, 1.0, 2.0)
    values, order = made(torch, lambda ctx, x: tuple(x.sort()), lambda ctx, a, b: a).apply(x)
    return order.requires_grad, order.grad_fn is None, values.requires_grad


@case
def outputs_marked_non_differentiable(torch):
    seen = []

    def forward(ctx, x):
        a, b = x * 2, x * 3
        ctx.mark_non_differentiable(b)
        return a, b

    def backward(ctx, a, b):
        seen.append([a.tolist(), b.tolist()])
        return a * 2

    x = leaf(torch)
    a, b = made(torch, forward, backward).apply(x)
    a.sum().backward()
    return b.requires_grad, b.grad_fn is None, seen, x.grad


@case
def missing_gradients_are_zeros(torch):
    seen = []

    def backward(ctx, a, b):
        seen.append([a.tolist(), b.tolist()])
        return a + b

    function = made(torch, lambda ctx, x: (x * 1, x * 1), backward)
    function.apply(leaf(torch))[0].sum().backward()
    return seen


@case
def missing_gradients_are_none_when_not_materialized(torch):
    seen = []

    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 1, x * 1

    def backward(ctx, a, b):
        seen.append([a is None, b is None])
        return b

    made(torch, forward, backward).apply(leaf(torch))[1].sum().backward()
    return seen


# In place -------------------------------------------------------------------------------------------------------------


def doubling_in_place(torch):
    """Doubles its input where it is."""

    def forward(ctx, x):
        ctx.mark_dirty(x)
        x.mul_(2)
        return x

    return made(torch, forward, lambda ctx, g: g * 2)


@case
def a_dirty_input_is_the_output(torch):
    x = leaf(torch)
    h = x * 3
    y = doubling_in_place(torch).apply(h)
    y.sum().backward()
    return y is h, h, x.grad, h.grad_fn.name(), h._version


@case
def a_dirty_view(torch):
    x = leaf(torch)
    h = x * 3
    y = doubling_in_place(torch).apply(h[:2])
    h.sum().backward()
    return y, h, x.grad, h.grad_fn.name()


@case
def a_dirty_leaf(torch):
    return doubling_in_place(torch).apply(leaf(torch))


@case
def a_dirty_view_of_a_leaf(torch):
    return doubling_in_place(torch).apply(leaf(torch)[:2])


@case
def a_dirty_constant_beside_an_input(torch):
    def forward(ctx, target, x):
        target.add_(x)
        ctx.mark_dirty(target)
        return target

    target, x = torch.zeros(3, dtype=torch.float64), leaf(torch)
    made(torch, forward, lambda ctx, g: (g, g * 7)).apply(target, x)
    target.sum().backward()
    return x.grad, target.requires_grad, target.is_leaf


@case
def a_dirty_input_not_returned(torch):
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2) + 1

    return made(torch, forward, lambda ctx, g: g * 2).apply(leaf(torch) * 1)


@case.better(
    "it says which argument and of what type",
    gives={"raises": "RuntimeError: mark_dirty can only accept variables, but argument 0 is of type int"},
)
def marking_dirty_what_is_no_tensor(torch):
    def forward(ctx, x):
        ctx.mark_dirty(3)
        return x * 2

    return made(torch, forward, lambda ctx, g: g).apply(leaf(torch))


@case
def a_dirty_input_under_no_grad(torch):
    h = torch.ones(2)
    with torch.no_grad():
        y = doubling_in_place(torch).apply(h)
    return y is h, y, h.requires_grad


@case
def marking_dirty_what_is_no_input(torch):
    def forward(ctx, x):
        y = x * 2
        ctx.mark_dirty(y)
        return y

    y = made(torch, forward, lambda ctx, g: g).apply(leaf(torch))
    return y.requires_grad


@case
def an_inplace_function(torch):
    class Fill(torch.autograd.function.InplaceFunction):
        @staticmethod
        def forward(ctx, x, value, inplace=False):
            ctx.inplace = inplace
            if inplace:
                ctx.mark_dirty(x)
                return x.fill_(value)
            return torch.full_like(x, value)

        @staticmethod
        def backward(ctx, gradient):
            return gradient * 0, None, None

    x = leaf(torch)
    h = x * 1
    Fill.apply(h, 4.0, True).sum().backward()
    return x.grad, h, h.grad_fn.name()


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
    import weakref

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
